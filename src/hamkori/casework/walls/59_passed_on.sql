-- Of a referral of somebody who left a place so: when that was said last, and since when it counts: since those there said that the person
-- is back, and that this is not so (ADR 0178), also once the result is confirmed. No row of any other, nor of whom the sender's side leaves in peace. Granted to nobody.
drop function if exists left_word(public.referral);
create function left_word(r public.referral) returns table (said_at timestamptz, since timestamptz)
  language plpgsql stable set search_path = '' as $$
begin
  return query
    select l.at, s.at
      from (select max(t.at) from public.referral_step t where t.referral_id = r.id and t.step_code in ('finish', 'amend')) l (at)
           cross join lateral (select coalesce(public.sender_called(r.id, l.at, 'not_back'), l.at)) s (at)
     where (r.state_code in ('finished', 'disputed') or r.state_code = 'confirmed' and s.at > r.ended_at)
       and r.served_at is not null and (r.result_code = 'not_reached' or s.at > l.at)
       and r.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'])
       and public.hk_now() < public.close_of_next_day(s.at) - interval '5 hours'
       and not exists (select 1 from public.referral_origin o
                        where o.referral_id = r.id and public.case_left_in_peace(o.case_id, r.recipient_kind_code, r.purpose_code));
end $$;

-- Whether the sender's side has said anything since, of the person, of the search or of a place. Granted to nobody.
create or replace function left_heard(p_referral uuid, p_said timestamptz, p_since timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select exists (
    select 1 from public.referral_origin o
     where o.referral_id = p_referral and (public.person_known_at(o.case_id, p_said) is not null or exists (
       select 1 from public.case_step c
        where c.case_id = o.case_id and c.at >= p_since and c.step_code in ('looked_for', 'place_found', 'place_needed'))))
$$;

-- For the coordinator: a yes that she or another one heard by telephone, and that has become a no. Of a referral about which the last
-- that a coordinator heard there, a yes or a no, was a yes, and which was declined, given back, or expired without an answer since: for a
-- day, until a coordinator has recorded that the sender was called after it. She may have told the sender yes, and the person may be on
-- the way. The number, both organisations, the kind of help, how it stands and since when; no reason, no region, no age, no case, and
-- nothing of any other referral that was answered (ADR 0123). And of whom a shelter says that they left without a word, as `left`: until
-- somebody of the sender's side has said anything of the search or of a place, or a coordinator that she called the sender; at most until
-- the noon of the next working day; not of whom the sender's side leaves in peace, since they said no to everything (ADR 0174). As
-- `left_again` once those there took back that the person is back (ADR 0178). Granted to nobody: national_owed() and referral_to_call() ask it.
create or replace function referrals_no_after_yes()
  returns table (referral_id uuid, code text, to_organisation_id uuid, from_organisation_id uuid, service_code text, state_code text,
                 ended_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select r.id, r.code::text, r.to_organisation_id, r.from_organisation_id, r.service_code::text, r.state_code::text, r.ended_at
      from public.referral r
     where r.ended_at > public.hk_now() - interval '24 hours'
       -- What expired because consent ran out is no word of that desk.
       and (r.state_code in ('declined', 'unaccepted') or r.state_code = 'lapsed' and r.reason_code = 'no_answer')
       and (select l.answer from public.coordinators_calls('referral', r.id) l
             where l.answer in ('said_yes', 'said_no') and l.at <= r.ended_at
             order by l.at desc, l.turn desc limit 1) = 'said_yes'
       and not exists (
         select 1 from public.coordinators_calls('referral', r.id) l where l.answer = 'sender' and l.at >= r.ended_at)
    union all
    select r.id, r.code::text, r.to_organisation_id, r.from_organisation_id, r.service_code::text,
           case when w.since > w.said_at then 'left_again' else 'left' end, w.since
      from public.referral r cross join lateral public.left_word(r) w
     where not public.left_heard(r.id, w.said_at, w.since)
       and not exists (
         select 1 from public.coordinators_calls('referral', r.id) l where l.answer = 'sender' and l.at >= w.since)
     order by 7;
end $$;
