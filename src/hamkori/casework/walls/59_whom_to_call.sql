-- The telephone of a desk, beside its own organisation and the coordinator (people/walls/10_people.sql): the team and the
-- supervisor of a referral that waits there, for an answer or for the person to come. They are told to call (ADR 0092).
drop policy if exists organisation_phone_asked on organisation_phone;
create policy organisation_phone_asked on organisation_phone for select to hk_app using (
  exists (select 1 from referral r join referral_origin o on o.referral_id = r.id
           where r.to_organisation_id = organisation_phone.organisation_id and r.state_code in ('sent', 'accepted')));
