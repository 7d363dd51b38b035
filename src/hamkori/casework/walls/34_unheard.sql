-- The answers of a case, as kind:purpose, that are a no which somebody else brought, and of which the person was not asked since (ADR 190):
-- a no by telephone without the code word, by message or through somebody else, to one help or to everything (ADR 190), changed them to what they are now, and nothing has changed them since. The
-- person's own no to everything ends that for all, and so does a case that is opened again (`unheard_rows` in consent/rules/consent.py).
create or replace function case_unheard(p_case uuid) returns text[]
  language plpgsql stable set search_path = '' as $$
declare v_others constant text[] := array['by_phone_no_word', 'by_message', 'through_other'];
begin
  if not exists (select 1 from public.consent b where b.case_id = p_case and b.step_code in ('refuse', 'withdraw')
                    and b.how_said_code = any (v_others)) then return '{}'; end if;
  return array(
    with said as (
      select s.id, s.number, s.step_code = 'ask_again' as anew,
             s.step_code in ('refuse', 'withdraw') and s.how_said_code = any (v_others) as brought,
             s.step_code in ('refuse', 'withdraw') and coalesce((select bool_and(w.answer_code in ('no', 'withdrawn'))
                from public.consent_row w where w.consent_id = s.id), false) as noes
        from public.consent s where s.case_id = p_case),
    answers as (
      select n.number, w.kind_code, w.purpose_code, w.answer_code
        from said n join public.consent_row w on w.consent_id = n.id)
    select a.kind_code || ':' || a.purpose_code from answers a
     where a.number = (select max(n.number) from said n) and a.answer_code in ('no', 'withdrawn') and exists (
       select 1 from said u
        where u.brought
          and not exists (select 1 from answers b where b.number = (select max(p.number) from said p where p.number < u.number)
                             and b.kind_code = a.kind_code and b.purpose_code = a.purpose_code and b.answer_code = a.answer_code)
          and not exists (
            select 1 from said l where l.number >= u.number and (
                   l.anew or l.noes and not l.brought
                   or not exists (select 1 from answers b where b.number = l.number and b.kind_code = a.kind_code
                                     and b.purpose_code = a.purpose_code and b.answer_code = a.answer_code))))
     order by 1);
end $$;

-- The same of one answer.
create or replace function answer_unheard(p_case uuid, p_kind text, p_purpose text) returns boolean
  language sql stable set search_path = '' as $$
  select p_kind || ':' || p_purpose = any (public.case_unheard(p_case))
$$;

-- Whether the person was asked about this help when a version was recorded, whatever they answered: the ledger has which answers were asked,
-- as the bits of ROWS in consent/rules/consent.py (`bits_of`). Null: nobody wrote it down, as of a no that takes something back.
create or replace function consent_asked(p_consent uuid, p_case uuid, p_kind text, p_purpose text) returns boolean
  language sql stable set search_path = '' as $$
  select l.count >> (array_position(array['shelter_social:help', 'health:help', 'health:justice', 'psychological:help', 'legal:help',
                                          'legal:justice', 'police:protection', 'police:justice'], p_kind || ':' || p_purpose) - 1) & 1 = 1
    from public.ledger l
   where l.object_id = p_case and l.action_code = 'consent.record' and l.consent_id = p_consent and l.count is not null
   limit 1
$$;

-- What the person has answered themselves since a referral ended to the help that it was for, the same as before too; that this organisation
-- must get nothing, or may get something again, is an answer to it, and so is that the case was opened again, which asks anew. An answer to something else is none.
create or replace function answered_since(r public.referral) returns table (number integer, at timestamptz, answer text)
  language sql stable set search_path = '' as $$
  select n.number, n.at, w.answer_code::text
    from public.referral_origin o join public.consent n on n.case_id = o.case_id
      left join public.consent_row w on w.consent_id = n.id and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
      left join lateral (select p.id from public.consent p where p.case_id = n.case_id and p.number < n.number order by p.number desc limit 1) p on true
      left join public.consent_row b on b.consent_id = p.id and b.kind_code = w.kind_code and b.purpose_code = w.purpose_code
   where o.referral_id = r.id and n.at > r.ended_at
     and not (n.step_code in ('refuse', 'withdraw') and n.how_said_code in ('by_phone_no_word', 'by_message', 'through_other'))
     and (n.step_code = 'ask_again'
          or public.consent_asked(n.id, n.case_id, r.recipient_kind_code, r.purpose_code)
          or (w.answer_code, w.until, w.sections) is distinct from (b.answer_code, b.until, b.sections)
          or exists (select 1 from public.consent_excluded e where e.consent_id = n.id and e.organisation_id = r.to_organisation_id)
             <> exists (select 1 from public.consent_excluded e where e.consent_id = p.id and e.organisation_id = r.to_organisation_id))
$$;

-- Whether a version is a word of the person's own to that help: such an answer, or a no to everything. Granted to nobody.
create or replace function persons_word(r public.referral, n public.consent) returns boolean
  language sql stable set search_path = '' as $$
  select n.number in (select a.number from public.answered_since(r) a)
      or n.step_code in ('refuse', 'withdraw') and n.how_said_code not in ('by_phone_no_word', 'by_message', 'through_other')
     and coalesce((select bool_and(w.answer_code in ('no', 'withdrawn')) from public.consent_row w where w.consent_id = n.id), false)
$$;

-- The same of one referral that was ended alone by such a no, while the person's yes to that help stood (ADR 190): until the person has
-- answered to that help since; it was asked for anew; or the case was opened again.
create or replace function ended_alone_unheard(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'ended' and exists (
    select 1 from public.referral_sender x join public.referral_origin o on o.referral_id = x.referral_id
     where x.referral_id = r.id and x.ending_code = 'withdrawn' and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other')
       and coalesce((select w.answer_code in ('yes', 'without_name') from public.consent n join public.consent_row w on w.consent_id = n.id
                      where n.case_id = o.case_id and n.at <= r.ended_at
                        and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
                      order by n.number desc limit 1), false)
       and not exists (select 1 from public.answered_since(r))
       and not exists (
         select 1 from public.referral_origin q join public.referral n on n.id = q.referral_id
          where q.case_id = o.case_id and n.id <> r.id and n.service_code = r.service_code and n.sent_at > r.ended_at))
$$;

-- Of a case: the kinds of help that ended so. To its team and supervisor: it asks the ledger, which they do not read.
create or replace function case_ended_unheard(p_case uuid) returns text[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.case_sides(p_case) && array['S', 'SV']) is not true then return '{}'; end if;
  return array(
    select distinct r.service_code::text from public.referral_origin o
      join public.referral_sender x on x.referral_id = o.referral_id join public.referral r on r.id = o.referral_id
     where o.case_id = p_case and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and public.ended_alone_unheard(r) order by 1);
end $$;

grant execute on function case_unheard(uuid), answer_unheard(uuid, text, text), case_ended_unheard(uuid) to hk_app;
revoke execute on function ended_alone_unheard(referral) from hk_app;
