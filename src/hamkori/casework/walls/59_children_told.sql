-- For the coordinator: that she was called about a child of whom child protection does not know yet. Which organisation called, since
-- when, and the number of that row of its time line, by which she answers it; what came of it last, since when, and whether she said so
-- or another coordinator. No case, no referral, no age, no region, no kind of help (ADR 0122). Over once child protection was told by the
-- team, a place was found or given, the person is no child, or the case is closed. What a coordinator put away is read for one more day,
-- so that a slip can be put back (ADR 0125). `p_place`: the kinds of help that are such a place. Granted to nobody.
create or replace function children_called(p_place text[])
  returns table (call_id uuid, organisation_id uuid, called_at timestamptz, answer text, answered_at timestamptz, side_code text)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_night date := public.night_of(public.hk_now(), public.house_zone());
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select s.id, c.organisation_id, s.at, coalesce(a.answer, ''), a.at, coalesce(a.side, '')
      from public."case" c cross join lateral (
             select t.id, t.at from public.case_step t
              where t.case_id = c.id and t.step_code = 'child_not_reached' and t.reason_code = 'coordinator'
              order by t.at desc limit 1) s
           left join lateral (
             select l.reason_code::text as answer, l.at, case when l.membership_id = public.me() then 'ME' else 'N' end as side
               from public.ledger l
              where l.object_id = s.id and l.object_kind_code = 'call' and l.action_code = 'referral.late'
                and l.decision_code = 'done' and l.role_code = 'national_coordinator'
              order by l.at desc, l.id desc limit 1) a on true
     where c.state_code = 'open' and c.is_child
       and (c.told_child_protection_at is null or c.told_child_protection_at < s.at)
       -- A place that came to nothing ("No place after all"), or does not count any more, brings the call back.
       and not exists (
         select 1 from public.case_step f
          where f.case_id = c.id and f.step_code = 'place_found' and f.at > s.at
            and not exists (select 1 from public.case_step n
                             where n.case_id = c.id and n.step_code = 'place_needed' and n.at > f.at)
            and public.place_lost(c.id) is null)
       and not exists (
         select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
          where o.case_id = c.id and r.service_code = any (p_place) and r.agreed_at > s.at
            -- What was accepted for a later day is no place for tonight, nor one that the person did not come to.
            and (r.state_code = 'serving'
                 or r.state_code = 'accepted' and r.missed_at is null and r.heard_code <> 'did_not_come'
                    and (r.arrival_on is null or r.arrival_on <= v_night or r.arrival_part_code = 'now')))
       and (coalesce(a.answer, '') in ('', 'not_reached', 'put_back') or a.at > public.hk_now() - interval '24 hours')
     order by s.at;
end $$;

-- Of these the calls that are still hers to answer: nobody has, or she called back in vain, or put it back.
create or replace function children_told(p_place text[])
  returns table (call_id uuid, organisation_id uuid, called_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select c.call_id, c.organisation_id, c.called_at from public.children_called(p_place) c
     where c.answer in ('', 'not_reached', 'put_back');
end $$;

-- All that the coordinator is to call about, in one question: what nobody reads in time, what is late, each yes by telephone that has
-- become a no (as `answer` how it stands, see 59_passed_on.sql), and those children, with what came of the call about each.
drop function if exists national_owed(text[]);
create function national_owed(p_place text[])
  returns table (code text, to_organisation_id uuid, service_code text, urgency_code text, clock_code text, due_at timestamptz,
                 service_id uuid, from_organisation_id uuid, call_id uuid, answer text, answered_at timestamptz, side_code text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select c.code, c.to_organisation_id, c.service_code, c.urgency_code, 'closed_there', c.due_at, c.service_id, c.from_organisation_id,
           null::uuid, null::text, null::timestamptz, null::text
      from public.referrals_closed_there() c
    union all
    select l.code, l.to_organisation_id, l.service_code, l.urgency_code, l.clock_code, l.late_since, l.service_id, l.from_organisation_id,
           null, null, null, null
      from public.referrals_late() l
    union all
    select n.code, n.to_organisation_id, n.service_code, '', 'no_after_yes', n.ended_at, null, n.from_organisation_id,
           null, n.state_code, null, null
      from public.referrals_no_after_yes() n
    union all
    select '', t.organisation_id, '', '', 'child', t.called_at, null, null, t.call_id, t.answer, t.answered_at, t.side_code
      from public.children_called(p_place) t;
end $$;

-- To the team and the supervisor of a case: what a coordinator recorded about their call to her, the newest first; of nobody the name.
-- `p_call`: that call, a step of the case. Null to everybody else.
create or replace function child_call_answers(p_call uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.case_sides((select t.case_id from public.case_step t where t.id = p_call and t.step_code = 'child_not_reached'))
      && array['S', 'SV']) is not true then
    return null;
  end if;
  return (select coalesce(jsonb_agg(jsonb_build_object('answer', l.reason_code, 'at', l.at) order by l.at desc, l.id desc), '[]')
            from public.ledger l
           where l.object_id = p_call and l.object_kind_code = 'call' and l.action_code = 'referral.late'
             and l.decision_code = 'done' and l.role_code = 'national_coordinator');
end $$;

-- Where the desks of these organisations can be called: for whoever refers, and for the supervisor of this child's case, who stands in for
-- a worker who is away (ADR 0125). Of no other case, and of no adult.
create or replace function phones_for_child(p_case uuid, p_bodies uuid[])
  returns table (organisation_id uuid, phone text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not (public.has_role('case_worker') or public.has_role('hotline_operator')
          or exists (select 1 from public."case" c
                      where c.id = p_case and c.is_child and c.state_code = 'open' and 'SV' = any (public.case_sides(c.id)))) then
    return;
  end if;
  return query
    select p.organisation_id, p.phone::text from public.organisation_phone p
     where p.organisation_id = any (p_bodies) and p.phone <> '';
end $$;

-- Of a child whom two organisations help: that the other one says that child protection was told, which it is and since when (ADR 0183).
-- To the team and the supervisor of the case whose own side has not said so. Only while help goes on by a referral that they share, both
-- cases are of a child, and the consent carries it: neither after an end or a no, nor while it rests. Of nobody a name, and not who was told.
create or replace function child_told_there(p_case uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.case_sides(p_case) && array['S', 'SV']) is not true then return null; end if;
  return (
    select jsonb_build_object('at', t.at, 'by', t.by)
      from public."case" c cross join lateral (
        select w.told_child_protection_at as at, r.to_organisation_id as by, r.id
          from public.referral_origin o join public.referral r on r.id = o.referral_id
            join public.referral_own_case x on x.referral_id = r.id join public."case" w on w.id = x.case_id
         where o.case_id = c.id and r.state_code = 'serving' and w.is_child and w.told_child_protection_at is not null
        union all
        select w.told_child_protection_at, r.from_organisation_id, r.id
          from public.referral_own_case x join public.referral r on r.id = x.referral_id
            join public.referral_origin o on o.referral_id = r.id join public."case" w on w.id = o.case_id
         where x.case_id = c.id and r.state_code = 'serving' and w.is_child and w.told_child_protection_at is not null) t
     where c.id = p_case and c.state_code = 'open' and c.is_child and c.told_child_protection_at is null
       and not public.referral_said_no(t.id) and public.referral_is_live(t.id)
     order by t.at desc limit 1);
end $$;

-- Child protection was told: nobody reads the time limit any more, but its row is kept, so that a slip can be put back (ADR 191).
create or replace function case_effect_told(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  if exists (select 1 from public.case_clock k where k.case_id = p_case and k.clock_code = 'child') then
    delete from public.case_clock k where k.case_id = p_case and k.clock_code = 'child_told';
    update public.case_clock k set clock_code = 'child_told', next_at = null where k.case_id = p_case and k.clock_code = 'child';
  end if;
  return null;
end $$;

-- They were not: it goes on from where it was. What was due meanwhile is said at the next turn of the clock.
create or replace function case_effect_not_told(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.case_clock k set clock_code = 'child', next_at = p_now where k.case_id = p_case and k.clock_code = 'child_told';
  return null;
end $$;

grant execute on function national_owed(text[]), child_call_answers(uuid), phones_for_child(uuid, uuid[]), child_told_there(uuid) to hk_app;
