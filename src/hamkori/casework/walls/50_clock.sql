-- The clock's side: coded columns, its own steps, and what the coordinator sees. No update or delete grant on any table.

do $$
declare r record;
begin
  for r in select * from (values
    ('referral', 'id, code, state_code, urgency_code, from_organisation_id, to_organisation_id, service_id, service_code, written_at, sent_at, visible_at, answer_due_at, answered_at, arrival_on, arrival_part_code, missed_at, served_at, finished_at, version'),
    ('"case"', 'id, organisation_id, state_code, is_child, begun_at, opened_at, age_settled_at, version'),
    ('consent', 'id, case_id, number, step_code, at'),
    ('consent_row', 'id, consent_id, kind_code, purpose_code, answer_code, sections, until, asked_as_child, speaker_code, speaker_suspected, child_answer_code'),
    ('consent_excluded', 'consent_id, organisation_id'),
    ('referral_origin', 'referral_id, case_id'),
    ('referral_word', 'id, referral_id, side_code, how_said_code, at'),
    ('referral_clock', 'id, referral_id, clock_code, row_code, started_at, due_at, next_at, rungs, done, period, calendar_version'),
    ('case_clock', 'id, case_id, clock_code, row_code, started_at, due_at, next_at, rungs, done, period, calendar_version')) as t (tab, cols)
  loop
    execute format('grant select (%s) on %s to hk_clock', r.cols, r.tab);
    execute format('drop policy if exists clock_reads on %s', r.tab);
    execute format('create policy clock_reads on %s for select to hk_clock using (true)', r.tab);
  end loop;
end $$;
drop policy if exists clock_reads on case_clock;  -- but no time limit that has stopped (ADR 191)
create policy clock_reads on case_clock for select to hk_clock using (clock_code <> 'child_told');

-- Ends a request by her word, which stood while somebody held it: as of then, on the side of who heard it. False: no word stands,
-- or somebody holds the request still; then the next turn asks again.
create or replace function referral_word_take(p_referral uuid)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare w public.referral_word;
begin
  perform public.worker_here();
  perform 1 from public.referral r where r.id = p_referral for no key update skip locked;
  if not found then return false; end if;
  select * into w from public.referral_word x where x.referral_id = p_referral order by x.at limit 1;
  if not found then return false; end if;
  perform public.step_do('referral', p_referral, 'withdraw', null, jsonb_build_object('how_said_code', w.how_said_code), '[]',
                         array[w.side_code], w.at, w.membership_id);
  return true;
exception when sqlstate 'HK409' or sqlstate 'HK403' then
  return false;
end $$;

-- Marks a rung of a clock as acted on; false if another run was first. `p_next`: the clock's next period (result).
create or replace function clock_rung(p_clock uuid, p_rung text, p_next_at timestamptz, p_next jsonb)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare v_done jsonb := jsonb_build_object(p_rung, public.hk_now());
begin
  perform public.worker_here();
  if not public.not_far(p_next_at) then raise exception 'no date' using errcode = 'HK403'; end if;
  if p_next is not null then perform public.clock_is_not_far(p_next); end if;
  update public.referral_clock c set done = c.done || v_done, next_at = p_next_at where c.id = p_clock and not c.done ? p_rung;
  if found then
    if p_next is not null then
      update public.referral_clock c set done = '{}', started_at = (p_next ->> 'started_at')::timestamptz,
        due_at = (p_next ->> 'due_at')::timestamptz, next_at = (p_next ->> 'next_at')::timestamptz, rungs = public.clock_rungs(p_next),
        period = (p_next ->> 'period')::integer, calendar_version = (p_next ->> 'calendar_version')::integer
       where c.id = p_clock;
    end if;
    return true;
  end if;
  update public.case_clock c set done = c.done || v_done, next_at = p_next_at where c.id = p_clock and not c.done ? p_rung;
  return found;
end $$;

-- When the clock shall look at this row again, without a rung.
create or replace function clock_look(p_clock uuid, p_next_at timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.worker_here();
  if not public.not_far(p_next_at) then raise exception 'no date' using errcode = 'HK403'; end if;
  update public.referral_clock c set next_at = p_next_at where c.id = p_clock;
  update public.case_clock c set next_at = p_next_at where c.id = p_clock;
end $$;

-- A running clock under the calendar of another version: target and rungs that are still to come. Locks what it runs for,
-- as a step does, and changes nothing if a step has started it anew meanwhile. False: it did.
create or replace function clock_recompute(p_clock uuid, p_version integer, p_new jsonb)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare
  v_due timestamptz := (p_new ->> 'due_at')::timestamptz;
  v_started timestamptz := (p_new ->> 'started_at')::timestamptz;
  v_next timestamptz := (p_new ->> 'next_at')::timestamptz;
  v_newer integer := (p_new ->> 'calendar_version')::integer;
begin
  perform public.worker_here();
  perform public.clock_is_not_far(p_new);
  perform 1 from public."case" k where k.id = (select c.case_id from public.case_clock c where c.id = p_clock) for no key update;
  update public.case_clock c set due_at = v_due, next_at = v_next, rungs = public.clock_rungs(p_new), calendar_version = v_newer
   where c.id = p_clock and c.calendar_version = p_version and c.started_at = v_started;
  if found then return true; end if;
  perform 1 from public.referral r where r.id = (select c.referral_id from public.referral_clock c where c.id = p_clock) for update;
  update public.referral_clock c set due_at = v_due, next_at = v_next, rungs = public.clock_rungs(p_new), calendar_version = v_newer
   where c.id = p_clock and c.calendar_version = p_version and c.started_at = v_started;
  if not found then return false; end if;
  -- The answer target stands on the card too.
  update public.referral r set answer_due_at = v_due from public.referral_clock c
   where c.id = p_clock and c.clock_code = 'answer' and r.id = c.referral_id;
  return true;
end $$;

-- Ended referrals whose bodies or seals are still there: a miss that a job repairs. Returns how many. The note of a result is
-- no miss until that is confirmed.
create or replace function packets_sweep()
  returns integer language plpgsql volatile security definer set search_path = '' as $$
declare n integer := 0; v uuid; v_note boolean;
begin
  perform public.worker_here();
  for v, v_note in select distinct b.referral_id, r.state_code in ('finished', 'disputed')
                     from public.packet_body b join public.referral r on r.id = b.referral_id
            where r.state_code in ('confirmed', 'ended', 'declined', 'lapsed', 'unaccepted', 'discarded')
               or (r.state_code in ('finished', 'disputed') and b.section_code <> 'result')
  loop
    if v_note then perform public.referral_effect_finish(v, '', '{}', public.hk_now()); else perform public.packet_destroy(v); end if;
    n := n + 1;
  end loop;
  -- A word against what somebody was ending just then in another way.
  delete from public.referral_word w using public.referral r
   where r.id = w.referral_id and r.state_code not in ('sent', 'accepted', 'serving');
  return n;
end $$;

-- Open requests with parts that her newest word carries no more: somebody held them when she took those back, so that only
-- the walls kept them shut. Their bodies and seals go. Returns how many requests; what is still held waits.
create or replace function packets_narrow()
  returns integer language plpgsql volatile security definer set search_path = '' as $$
declare n integer := 0; v record;
begin
  perform public.worker_here();
  -- First what costs little: whether she has said anything since it was sent.
  for v in select r.id, c.sections from public.referral r join public.referral_sender x on x.referral_id = r.id
             join public.referral_origin o on o.referral_id = r.id cross join lateral public.referral_consent(r.id) c
            where r.state_code in ('sent', 'accepted', 'serving')
              and x.consent_id is distinct from (select k.id from public.consent k where k.case_id = o.case_id order by k.number desc limit 1)
              and c.live and not x.sections::text[] <@ c.sections
            for update of r skip locked
  loop
    perform public.packet_narrowed(v.id, array(select s from public.referral_sender x, unnest(x.sections::text[]) s
                                                where x.referral_id = v.id and s <> all (v.sections)));
    delete from public.packet_seal s where s.referral_id = v.id and s.section_code not in ('text', 'meeting', 'result') and s.section_code <> all (v.sections);
    delete from public.packet_body b where b.referral_id = v.id and b.section_code not in ('text', 'meeting', 'result') and b.section_code <> all (v.sections);
    update public.referral r set version = r.version + 1 where r.id = v.id;
    update public.referral_sender x set sections = array(select s from unnest(x.sections) s where s = any (v.sections::varchar[]))
     where x.referral_id = v.id;
    n := n + 1;
  end loop;
  return n;
end $$;

-- For the coordinator: body, service, urgency, late since, random code. No card, no region, no case. Of a questioned
-- result the body and nothing else (docs/design/clocks-and-notices.md#what-the-coordinator-sees).
-- Of an urgent one that nobody has answered also the service and the sender: whoever finds the desk closed calls back (ADR 0106).
-- Of who was expected the sender, once that desk has told a coordinator that the person is not there: only the sender can look (ADR 0140).
drop function if exists referrals_late();
create function referrals_late()
  returns table (referral_id uuid, code text, to_organisation_id uuid, service_code text, urgency_code text, clock_code text, late_since timestamptz,
                 service_id uuid, from_organisation_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select case when told then r.id end, case when told then r.code else '' end::text, r.to_organisation_id,
           case when told then r.service_code else '' end::text, case when told then r.urgency_code else '' end::text,
           c.clock_code::text, c.due_at, case when urgent then r.service_id end, case when urgent or gone then r.from_organisation_id end
      from public.referral_clock c cross join lateral (select c.clock_code <> 'dispute') t (told) join public.referral r on r.id = c.referral_id
      cross join lateral (select c.clock_code = 'answer' and r.urgency_code = 'urgent') u (urgent)
      cross join lateral (select case when c.clock_code = 'arrival' then coalesce((
             select l.answer = 'not_with_them' from public.coordinators_calls('referral', r.id) l
              where l.answer in ('with_them', 'not_with_them', 'not_known') and l.at >= c.due_at
              order by l.at desc, l.turn desc limit 1), false) else false end) g (gone)
     where c.clock_code in ('answer', 'arrival', 'dispute') and c.due_at <= public.hk_now() and r.state_code in ('sent', 'accepted', 'disputed')
       -- Of what nobody waits for any more nobody is called (referral_moot in 59_whom_to_call.sql).
       and not (c.clock_code = 'answer' and public.referral_moot(r, public.hk_now(), public.house_zone()) <> '')
       -- Nor whoever can confirm that somebody came only once the person was asked again: that is for the sender; unless that desk
       -- said that they are not there, which nobody has settled.
       and not (c.clock_code = 'arrival' and r.heard_code = 'came' and not gone and not (select a.live from public.referral_consent(r.id) a))
     order by c.due_at;
end $$;

-- Referrals whose agreement ran out: those that wait end at once, the others 30 days later
-- (docs/design/clocks-and-notices.md#consent-that-runs-out).
create or replace function referrals_unagreed()
  returns table (referral_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query select r.id from public.referral r cross join lateral public.referral_consent(r.id) c
    where (r.state_code = 'sent' and c.until <= public.hk_now())
       or (r.state_code in ('accepted', 'serving') and c.until <= public.hk_now() - interval '30 days')
    order by r.id;
end $$;

-- Referrals at work whose consent ran out, and of which a named worker who works there has not been told; with the rung under
-- which it is told once. A case's own clock names no receiver: of one case the rows may run out on different days.
create or replace function referrals_ran_out()
  returns table (referral_id uuid, rung text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query select r.id, t.rung from public.referral r cross join lateral public.referral_consent(r.id) c
    cross join lateral (select 'end_' || to_char(c.until at time zone 'UTC', 'YYYYMMDDHH24MI')) t (rung)
    where r.state_code in ('accepted', 'serving') and c.until <= public.hk_now() and c.until > public.hk_now() - interval '30 days'
      and exists (
        select 1 from public.referral_access a join public.membership m on m.id = a.membership_id
          join public.app_user u on u.id = m.user_id join public.organisation o on o.id = m.organisation_id
         where a.referral_id = r.id and a.kind_code = 'worker' and a.ended_at is null
           and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active
           and not exists (select 1 from public.notice n where n.membership_id = m.id and n.about_code = 'referral' and n.about_id = r.id
                              and n.clock_code = 'consent' and n.rung_code = t.rung))
    order by r.id;
end $$;

-- The usual answer time of a service: the median of its first answers, from five on; else it stays unknown.
create or replace function service_usual_time()
  returns integer language plpgsql volatile security definer set search_path = '' as $$
declare n integer;
begin
  perform public.worker_here();
  with answered as (
    select r.service_id, percentile_cont(0.5) within group (order by extract(epoch from r.answered_at - r.visible_at) / 60) as minutes
      from public.referral r where r.answered_at is not null and r.visible_at is not null
     group by r.service_id having count(*) >= 5)
  update public.service s set usual_answer_minutes = round(a.minutes) from answered a
   where a.service_id = s.id and s.usual_answer_minutes is distinct from round(a.minutes);
  get diagnostics n = row_count;
  return n;
end $$;

grant execute on function referrals_unagreed(), referrals_ran_out(), service_usual_time(), packets_narrow() to hk_clock;
grant execute on function referral_word_take(uuid), clock_rung(uuid, text, timestamptz, jsonb), clock_recompute(uuid, integer, jsonb), packets_sweep(), referral_consent(uuid), clock_look(uuid, timestamptz) to hk_clock;
grant execute on function referrals_late() to hk_app;
