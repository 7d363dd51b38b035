-- The telephone of a desk, beside its own organisation and the coordinator (people/walls/10_people.sql): the team and the
-- supervisor of a referral that waits there, for an answer or for the person to come. They are told to call (ADR 0092).
drop policy if exists organisation_phone_asked on organisation_phone;
create policy organisation_phone_asked on organisation_phone for select to hk_app using (
  exists (select 1 from referral r join referral_origin o on o.referral_id = r.id
           where r.to_organisation_id = organisation_phone.organisation_id and r.state_code in ('sent', 'accepted')));

-- And the other way: the desk and the team of a referral that is at work read the telephone of its sender's desk. The sender alone
-- knows whether it is safe to talk, and what was not recorded (ADR 0099).
drop policy if exists organisation_phone_of_sender on organisation_phone;
create policy organisation_phone_of_sender on organisation_phone for select to hk_app using (
  exists (select 1 from referral r where r.from_organisation_id = organisation_phone.organisation_id
             and r.state_code in ('sent', 'accepted', 'serving', 'disputed')));

-- Which referral the coordinator has called about: one that is late now, or that nobody answered (referrals_expired()). Null: none.
create or replace function referral_to_call(p_code text) returns uuid
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return null; end if;
  return (select r.id from public.referral r where r.code = p_code
             and (r.id in (select l.referral_id from public.referrals_late() l where l.code <> '')
                  or r.code in (select e.code from public.referrals_expired() e)));
end $$;

-- Who has called about these, and what came of it: which organisation and from which side (from the record ME: the coordinator who asks,
-- N: another one), the newest first. Of the sender also what it says of the arrival (ADR 0093). No name of a person.
drop function if exists referrals_called();
create function referrals_called()
  returns table (code text, organisation_id uuid, side_code text, answer_code text, at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    with told as (
      select r.id, r.code::text as code, r.from_organisation_id from public.referral r
       where r.id in (select l.referral_id from public.referrals_late() l where l.code <> '')
          or r.code in (select e.code from public.referrals_expired() e))
    select t.code, t.from_organisation_id, s.side_code::text, s.reason_code::text, s.at
      from told t join public.referral_step s on s.referral_id = t.id and s.step_code = 'hear'
    union all
    select t.code, l.organisation_id, case when l.membership_id = public.me() then 'ME' else 'N' end, l.reason_code::text, l.at
      from told t join public.ledger l on l.object_id = t.id and l.object_kind_code = 'referral'
       and l.action_code = 'referral.late' and l.decision_code = 'done'
    order by 5 desc, 1;
end $$;

grant execute on function referral_to_call(text), referrals_called() to hk_app;
