-- What of casework has a number, for the start of the pages: a crash between a commit and its mark has left the mark behind.
-- `number` is what the mark must be at least, if the row's tag holds (`said`: what it covers); where there is no tag any
-- more the row has ended, and to believe that only takes away. With a proof: no statement slipped into a page has one.
-- The number of a permit lies under its lock: of a request that goes on the permit is shown, of one that has ended none.
-- `by_clock`: the worker has ended it, who may write no mark: no crash has left that one behind.
drop function if exists numbered_casework(bigint, bytea);
create function numbered_casework(p_at bigint, p_proof bytea)
  returns table (kind text, thing text, number int, said text, tag bytea, by_clock boolean)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'numbered_casework', 'all') then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  return query
    select 'consent', replace(c.case_id::text, '-', ''), c.number, c.case_id::text, null::bytea, false
      from public.consent c
    union all
    select 'epoch', replace(k.case_id::text, '-', '') || '.' || k.section_code, k.epoch + (k.closed_at is not null)::int,
           jsonb_build_array(k.case_id, k.section_code, k.epoch, encode(k.commitment, 'hex'))::text, k.tag, false
      from public.section_key k
    union all
    select 'team', replace(a.id::text, '-', ''), 2, null, null, exists (
        select 1 from public.case_step x where x.case_id = a.case_id and x.to_code = 'erased' and x.membership_id is null)
      from public.case_access a where a.ended_at is not null
    union all
    select 'part', replace(a.id::text, '-', ''), 2, null, null, false from public.referral_access a
     where a.ended_at is not null and a.kind_code = 'worker'
    union all
    select 'permit', replace(r.id::text, '-', ''), null, null,
           case when r.state_code in ('draft', 'sent', 'accepted', 'serving') then x.permit end, exists (
        select 1 from public.referral_step t where t.referral_id = r.id and t.at = r.ended_at and t.side_code = 'T')
      from public.referral r
      join public.referral_sender x on x.referral_id = r.id
     where x.permit is not null;
end $$;

-- One version of what was agreed to, whole: its columns, rows, and whom she does not want.
create or replace function numbered_word(p_case uuid, p_number int, p_at bigint, p_proof bytea)
  returns table (version text, answers text, without uuid[])
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'numbered_word', p_case::text, p_number::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  return query
    select to_jsonb(c)::text,
           (select coalesce(jsonb_agg(to_jsonb(w) - 'id' - 'consent_id'), '[]') from public.consent_row w
             where w.consent_id = c.id)::text,
           array(select e.organisation_id from public.consent_excluded e where e.consent_id = c.id)
      from public.consent c where c.case_id = p_case and c.number = p_number;
end $$;

grant execute on function numbered_casework(bigint, bytea), numbered_word(uuid, int, bigint, bytea) to hk_app;
