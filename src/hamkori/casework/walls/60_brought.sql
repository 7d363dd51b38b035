-- What the person said themselves, first, since a no that somebody else brought ended a referral: when they were asked, and whether they agree
-- to that help and to this organisation (ADR 200); `no_at`: since when their last word to it is a no (ADR 225). Null: not asked since; or asked anew, because the case was opened again. Granted to nobody.
create or replace function brought_answer(r public.referral) returns jsonb
  language sql stable set search_path = '' as $$
  select case when n.step_code <> 'ask_again' and w.answer_code <> 'not_asked' and not public.ended_unheard(r) then jsonb_build_object(
           'at', n.at, 'agrees', w.answer_code in ('yes', 'without_name') and not exists (
             select 1 from public.consent_excluded e where e.consent_id = n.id and e.organisation_id = r.to_organisation_id),
           'no_at', (select case when l.answer in ('no', 'withdrawn') then l.at end
                       from public.answered_since(r) l join public.consent c on c.case_id = o.case_id and c.number = l.number
                      where c.step_code <> 'ask_again' order by l.number desc limit 1)) end
    from public.referral_origin o
      join public.referral_sender x on x.referral_id = o.referral_id
      join public.consent n on n.case_id = o.case_id
      left join public.consent_row w on w.consent_id = n.id and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
   where o.referral_id = r.id and r.state_code = 'ended' and x.ending_code = 'withdrawn' and n.at > r.ended_at
     and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and public.persons_word(r, n)
   order by n.number limit 1
$$;

-- Of a case: of each such referral what the person answered, by its number; and the organisations that must get nothing because of such a
-- no, and of which the person was not asked since. To its team and supervisor, who do not read the ledger that it asks.
create or replace function case_brought(p_case uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.case_sides(p_case) && array['S', 'SV']) is not true then return null; end if;
  return (
    with brought as (
      select r, r.code, r.to_organisation_id as body, public.brought_answer(r) as said
        from public.referral_origin o
          join public.referral_sender x on x.referral_id = o.referral_id
          join public.referral r on r.id = o.referral_id
       where o.case_id = p_case and r.state_code = 'ended' and x.ending_code = 'withdrawn'
         and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other'))
    select jsonb_build_object(
      'said', coalesce((select jsonb_object_agg(b.code, b.said) from brought b where b.said is not null), '{}'),
      'shut', coalesce((
        select jsonb_agg(distinct b.body) from brought b
          join public.consent_excluded e on e.organisation_id = b.body
           and e.consent_id = (select n.id from public.consent n where n.case_id = p_case order by n.number desc limit 1)
         where not exists (select 1 from public.consent n
                            where n.case_id = p_case and n.at > (b.r).ended_at and public.persons_word(b.r, n))), '[]')));
end $$;
grant execute on function case_brought(uuid) to hk_app;
