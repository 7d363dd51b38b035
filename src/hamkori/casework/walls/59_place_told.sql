-- Which organisation said yes on the telephone to a place for tonight (ADR 0130). It is named to whoever reads the steps of the case, the
-- team and its supervisor, and to nobody else: no other organisation reads a step of a case.

-- Names the organisation of a place that was found a moment ago, by who found it. One that gives places to sleep, as the directory
-- says: whoever names another could read where that is called. Codes of our own lists (tests/web/test_which_place.py holds them alike).
create or replace function case_place_of(p_case uuid, p_organisation uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not exists (select 1 from public.service s join public.organisation o on o.id = s.organisation_id
                  where s.organisation_id = p_organisation and s.is_active and o.is_active
                    and s.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'])) then
    raise exception 'which_place' using errcode = 'HK409';
  end if;
  update public.case_step s set organisation_id = p_organisation
   where s.id = (select f.id from public.case_step f
                  where f.case_id = p_case and f.step_code = 'place_found' and f.reason_code = 'organisation' and f.organisation_id is null
                    and f.membership_id = public.me() and f.at > public.hk_now() - interval '1 minute' order by f.at desc limit 1);
  if not found then raise exception 'which_place' using errcode = 'HK409'; end if;
end $$;

-- The places that were found, whose and when. A slip that was put back is no other place: what was found once more right after "the person is
-- there", or "goes to another place", or the one and then the other, is the one of before, and keeps the hour of the yes (ADR 0165).
-- `again_at`: when it was said last. Granted to nobody.
create or replace function place_finds(p_case uuid) returns table (reason text, body uuid, at timestamptz, again_at timestamptz)
  language sql stable set search_path = '' as $$
  with said as (
    select s.step_code, s.reason_code, s.organisation_id, s.at, lag(s.step_code) over w as step_1, lag(s.at) over w as at_1,
           lag(s.reason_code) over w as reason_1,
           lag(s.step_code, 2) over w as step_2, lag(s.reason_code, 2) over w as reason_2, lag(s.organisation_id, 2) over w as body_2,
           lag(s.step_code, 3) over w as step_3, lag(s.reason_code, 3) over w as reason_3, lag(s.organisation_id, 3) over w as body_3
      from public.case_step s
     where s.case_id = p_case and s.step_code in ('place_found', 'place_needed', 'place_reached')
    window w as (order by s.at)
  ), found as (
    select f.*, count(*) filter (where not coalesce(
             (f.step_1 = 'place_reached' or f.step_1 = 'place_needed' and f.reason_1 = 'goes_elsewhere') and f.at < f.at_1 + interval '24 hours'
             and (f.step_2 = 'place_found' and f.reason_2 = f.reason_code and f.body_2 is not distinct from f.organisation_id
                  or f.step_1 = 'place_needed' and f.step_2 = 'place_reached' and f.step_3 = 'place_found' and f.reason_3 = f.reason_code
                     and f.body_3 is not distinct from f.organisation_id)
             -- Whoever was told since that nobody comes is asked anew (ADR 0173).
             and not exists (
               select 1 from public.case_step t
                where t.case_id = p_case and t.step_code = 'call_off' and t.reason_code = 'reached' and t.at > f.at_1 and t.at < f.at
                  and t.organisation_id is not distinct from f.organisation_id), false)) over (order by f.at) as place
      from said f where f.step_code = 'place_found'
  )
  select f.reason_code, f.organisation_id, min(f.at), max(f.at) from found f group by f.place, f.reason_code, f.organisation_id
$$;

-- Why such a place does not count any more, and since when, what came last: afterwards that organisation declined a referral of the case
-- for a place, or returned it, or ended it without help (`decline`, `unaccept`, `finish`); it said no on the telephone about one, and no
-- yes since (`said_no`); or it was told that nobody comes (`told`). Granted to nobody.
create or replace function place_ended(p_case uuid, p_body uuid, p_found timestamptz) returns table (why text, at timestamptz)
  language sql stable set search_path = '' as $$
  with asked as (
    select r.* from public.referral_origin o join public.referral r on r.id = o.referral_id
     where o.case_id = p_case and r.to_organisation_id = p_body
       and r.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05']))
  select x.why, x.at from (
    select 'told', s.at from public.case_step s
     where s.case_id = p_case and s.step_code = 'call_off' and s.reason_code = 'reached' and s.organisation_id is not distinct from p_body
    union all
    select s.step_code::text, s.at from asked r join public.referral_step s on s.referral_id = r.id
     where s.step_code in ('decline', 'unaccept')
    union all
    select s.step_code::text, s.at from asked r join public.referral_step s on s.referral_id = r.id
     where s.step_code = 'finish' and r.result_code = 'not_given'
    union all
    select c.answer, c.at from asked r cross join lateral (
             select c.answer, c.at from public.calls_about(r.id) c
              where c.answer in ('said_yes', 'said_no') and c.at > p_found order by c.at desc limit 1) c
     where c.answer = 'said_no') x (why, at)
   where x.at > p_found order by x.at desc limit 1
$$;

-- Of the place that was said last to be found so: that it does not count any more, why and since when, for a day; until then the person
-- has none for tonight (`without_place` in work/queries/no_place.py). Null where it counts, or something else was said since. Whatever
-- was ticked, and whatever the person has said no to: whom that is read of calls nobody (work/queries/peace.py). Granted to nobody.
create or replace function place_lost(p_case uuid) returns jsonb
  language plpgsql stable set search_path = '' as $$
declare
  v_now timestamptz := public.hk_now();
  f record;
begin
  select g.* into f from public.place_finds(p_case) g order by g.again_at desc limit 1;
  if (f.reason = 'organisation') is not true or exists (
       select 1 from public.case_step s
        where s.case_id = p_case and s.step_code in ('place_needed', 'place_reached') and s.at > f.again_at) then
    return null;
  end if;
  return (select jsonb_build_object('found', f.at, 'why', e.why, 'at', e.at) from public.place_ended(p_case, f.body, f.at) e
           where e.at > v_now - interval '24 hours' and e.at < f.at + interval '24 hours');
end $$;

-- The same for Today, the case, the list of cases and the rail: whether it does not count any more, for the team and the supervisor.
create or replace function case_place_lost(p_case uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.place_lost(p_case) is not null and coalesce(public.case_sides(p_case) && array['S', 'SV'], false);
end $$;

-- The places for tonight that were found so within a day, the newest first, for the team and the supervisor: whose ('' in no list: null),
-- when, where that desk is called, and whether it is the last that was found. Not once the person is known to have got there, or the
-- organisation itself said no. `since`: when it was said last that it is still needed, else when it was found. `told_at`: they were told that
-- nobody comes. `lost`: the last does not count any more, see above.
-- `off`: why they are to be told; '' where they are not, or took the place back themselves. Until the noon after that night, when nobody waits any more, it begins where
--   elsewhere: another organisation has accepted the person for that night (comes_later in referral/rules/tonight.py), and they know of it
--     since, or are there: what it accepted alone is no word of the person's (ADR 0168);
--   found: another place was found since;
--   not_wanted: nobody goes there, as the team said; or `none`: a place is needed again, and nobody said who called it off (ADR 0165);
--   closed: the case was closed;
--   withdrawn: the person withdrew everything.
-- It stands until they were told, at most a day. `sure`: nobody comes. Otherwise the person may go there all the same, it may be the
-- same organisation, which is in no list, or a referral of the case asks it for another night: that is asked first. "The place is still needed" ends what was said before it.
create or replace function case_places_told(p_case uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_now timestamptz := public.hk_now();
  v_zone text := public.house_zone();
  v_lost jsonb;
  -- Nobody calls the own organisation, whose bed it is (ADR 256).
  v_ours uuid := (select c.organisation_id from public."case" c where c.id = p_case);
begin
  if (public.case_sides(p_case) && array['S', 'SV']) is not true then return null; end if;
  v_lost := public.place_lost(p_case);
  return (
    with steps as (
      select s.step_code, s.reason_code, s.organisation_id as body, s.at from public.case_step s where s.case_id = p_case
    ), found as (
      select f.*, lead(f.at) over (order by f.at) as next_at, lead(f.body) over (order by f.at) as next_body
        from public.place_finds(p_case) f
    ), made as (
      select f.body, f.at, f.again_at, f.next_at, f.next_body, public.night_of(f.at, v_zone) as night,
             (public.night_of(f.at, v_zone) + 1 + time '12:00') at time zone v_zone as noon,
             exists (
               select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
                where o.case_id = p_case and r.to_organisation_id = f.body and r.state_code in ('sent', 'accepted', 'serving')
                  and r.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'])) as asked,
             (select max(t.at) from steps t where t.step_code = 'call_off' and t.reason_code = 'reached'
                 and t.body is not distinct from f.body and t.at > f.at) as told_at,
             coalesce((select max(t.at) from steps t where t.step_code = 'call_off' and t.reason_code = 'still_needed'
                 and t.body is not distinct from f.body and t.at > f.at), f.at) as since
        from found f
       where f.reason = 'organisation'
         and (f.at > v_now - interval '24 hours' or f.at = (v_lost ->> 'found')::timestamptz)
         and not exists (
           select 1 from steps e where e.at > f.again_at and coalesce(e.at < f.next_at, true)
              and (e.step_code = 'place_reached' or e.step_code = 'place_needed' and e.reason_code = 'they_said_no'))
         -- Nor once a newer place was found at the same organisation: what it is to hear is said of that one (ADR 0162).
         and not exists (select 1 from found g where g.at > f.at and g.body = f.body)
    )
    select jsonb_agg(jsonb_build_object('organisation', m.body, 'at', m.at, 'since', m.since, 'last', m.next_at is null, 'told_at', m.told_at,
             'lost', case when m.at = (v_lost ->> 'found')::timestamptz then v_lost end,
             'unheard', w.off = 'withdrawn' and public.answer_unheard(p_case, 'shelter_social', 'help'),
             'off', coalesce(w.off, ''), 'sure', coalesce(w.sure, false) and not m.asked, 'phone', coalesce(p.phone::text, ''),
             -- The person said since that it must get nothing.
             'unwanted', exists (
               select 1 from public.consent_excluded x
                where x.organisation_id = m.body
                  and x.consent_id = (select n.id from public.consent n where n.case_id = p_case order by n.number desc limit 1)))
             order by m.at desc)
      from made m
      left join public.organisation_phone p on p.organisation_id = m.body
      left join lateral (
        select x.off, x.sure from (
          select 'elsewhere' as off, m.body is not null as sure, k.at
            from public.referral_origin o join public.referral r on r.id = o.referral_id
              cross join lateral (
                select greatest(case when r.state_code = 'serving' then r.served_at end,
                                case when r.heard_code = 'came' then r.heard_at end, public.referral_told(r.id)) as at) k
           where o.case_id = p_case and r.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'])
             and r.to_organisation_id is distinct from m.body and r.missed_at is null and r.heard_code <> 'did_not_come'
             and (r.state_code = 'serving' or r.state_code = 'accepted'
                  and (r.arrival_on is null or r.arrival_on <= m.night or r.arrival_part_code = 'now' or r.heard_code = 'came'))
          union all
          select 'found', m.body is not null and (n.reason <> 'organisation' or n.body is not null), n.at
            from found n where n.at = m.next_at and (n.body is distinct from m.body or m.body is null)
          union all
          select case e.reason_code when '' then 'none' else 'not_wanted' end, m.body is not null and e.reason_code <> '', e.at
            from steps e
           where e.step_code = 'place_needed' and e.reason_code in ('', 'nobody_comes', 'goes_elsewhere') and e.at > m.again_at
             and coalesce(e.at < m.next_at, true)
          union all
          select 'closed', false, c.closed_at from public."case" c where c.id = p_case and c.state_code = 'closed'
          union all
          -- Since when all is a no: what was carried over when the case was opened again was said before.
          select 'withdrawn', false, min(k.at)
            from public.consent k
           where k.case_id = p_case and k.number > coalesce((
                   select max(n.number) from public.consent n
                    where n.case_id = p_case
                      and (select bool_and(a.answer_code in ('no', 'withdrawn')) from public.consent_row a where a.consent_id = n.id)
                          is not true), 0)) x
         where m.told_at is null and m.body is distinct from v_ours and x.at > m.since and x.at < m.noon and m.at > v_now - interval '24 hours'
           and not exists (select 1 from public.place_ended(p_case, m.body, m.at))
         order by x.sure desc, x.at desc limit 1) w on true);
end $$;

-- "Told them", "Not reached", "The place is still needed": of who is to be called off. A row in the time line of the case, by its team or its
-- supervisor, after its end too. Nothing of the case moves.
create or replace function case_call_off(p_case uuid, p_organisation uuid, p_answer text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.case_sides(p_case);
  v_state text;
  v_off jsonb;
begin
  if (v_sides && array['S', 'SV']) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select c.state_code into v_state from public."case" c where c.id = p_case for no key update;
  if (p_answer = any (array['reached', 'not_reached', 'still_needed'])) is not true then
    raise exception 'reason_given' using errcode = 'HK409';
  end if;
  select t into v_off from jsonb_array_elements(public.case_places_told(p_case)) t
   where (t ->> 'organisation')::uuid is not distinct from p_organisation and t ->> 'off' <> ''
     and (p_answer <> 'still_needed' or t ->> 'sure' = 'false') limit 1;
  if not found or v_state not in ('draft', 'open', 'closed') then raise exception 'place_called_off' using errcode = 'HK409'; end if;
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at, organisation_id)
  values (gen_random_uuid(), p_case, 'call_off', v_state, v_state, p_answer, public.me(), public.hk_now(), p_organisation);
end $$;

grant execute on function case_place_of(uuid, uuid), case_places_told(uuid), case_place_lost(uuid), case_call_off(uuid, uuid, text) to hk_app;
