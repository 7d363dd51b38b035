-- For the coordinator: that she was called about a child of whom child protection does not know yet. Which organisation called, since
-- when, and the number of that row of its time line, by which she says that it is settled. No case, no referral, no age, no region, no
-- kind of help (ADR 0122). Over once child protection was told, a place was found or given, the person is no child, the case is closed,
-- or a coordinator has said so. `p_place`: the kinds of help that are such a place.
create or replace function children_told(p_place text[])
  returns table (call_id uuid, organisation_id uuid, called_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_today date := (public.hk_now() at time zone public.house_zone())::date;
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select s.id, c.organisation_id, s.at
      from public."case" c cross join lateral (
             select t.id, t.at from public.case_step t
              where t.case_id = c.id and t.step_code = 'child_not_reached' and t.reason_code = 'coordinator'
              order by t.at desc limit 1) s
     where c.state_code = 'open' and c.is_child
       and (c.told_child_protection_at is null or c.told_child_protection_at < s.at)
       and not exists (select 1 from public.case_step f where f.case_id = c.id and f.step_code = 'place_found' and f.at > s.at)
       and not exists (
         select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
          where o.case_id = c.id and r.service_code = any (p_place) and r.agreed_at > s.at
            -- What was accepted for a later day is no place for tonight.
            and (r.state_code = 'serving' or r.state_code = 'accepted' and (r.arrival_on is null or r.arrival_on <= v_today)))
       and not exists (
         select 1 from public.ledger l where l.object_id = s.id and l.object_kind_code = 'call'
            and l.action_code = 'referral.late' and l.decision_code = 'done' and l.role_code = 'national_coordinator')
     order by s.at;
end $$;

-- All that the coordinator is to call about, in one question: what nobody reads in time, what is late, and those children.
create or replace function national_owed(p_place text[])
  returns table (code text, to_organisation_id uuid, service_code text, urgency_code text, clock_code text, due_at timestamptz,
                 service_id uuid, from_organisation_id uuid, call_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select c.code, c.to_organisation_id, c.service_code, c.urgency_code, 'closed_there', c.due_at, c.service_id, c.from_organisation_id,
           null::uuid
      from public.referrals_closed_there() c
    union all
    select l.code, l.to_organisation_id, l.service_code, l.urgency_code, l.clock_code, l.late_since, l.service_id, l.from_organisation_id,
           null
      from public.referrals_late() l
    union all
    select '', t.organisation_id, '', '', 'child', t.called_at, null, null, t.call_id from public.children_told(p_place) t;
end $$;

grant execute on function national_owed(text[]) to hk_app;
