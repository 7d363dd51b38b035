-- What pages ask for many rows at once, or on every page. Each asks once who acts; row by row the policies ask each time.

-- Whether the person, an adult and in no danger, said no to everything or took it back (work/queries/peace.py):
-- what is planned is then not late. What is carried on when a case is opened again is no word (ADR 179), nor what somebody else brought
-- before the person was asked (ADR 190). Called by my_counts alone.
create or replace function case_no_to_all(p_case uuid) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce(bool_and(w.answer_code in ('no', 'withdrawn')), false)
    from public."case" c
    join public.consent s on s.case_id = c.id and s.number = (select max(n.number) from public.consent n where n.case_id = c.id)
    join public.consent_row w on w.consent_id = s.id
   where c.id = p_case and c.state_code = 'open' and not c.has_danger and not c.is_child and s.step_code <> 'ask_again'
     and public.case_unheard(p_case) = '{}'
$$;

-- Whether the last word to everything is a no, and not all of it was heard of the person (all_brought in work/queries/peace.py).
-- Called by my_counts alone.
create or replace function case_all_brought(p_case uuid) returns boolean
  language sql stable set search_path = '' as $$
  select public.case_unheard(p_case) <> '{}' and (
    select coalesce(bool_and(w.answer_code in ('no', 'withdrawn')), false) from public.consent_row w
     where w.consent_id = (select n.id from public.consent n where n.case_id = p_case order by n.number desc limit 1))
$$;

-- Whether they said so to everything, and have said nothing else since to this one, of which help is asked: what is
-- missing then calls nobody to act. A yes to something else ends it for that alone, a case that is opened again for all.
-- Called by my_counts alone.
create or replace function case_left_in_peace(p_case uuid, p_kind text, p_purpose text) returns boolean
  language sql stable set search_path = '' as $$
  select exists (
    select 1 from public."case" c join public.consent s on s.case_id = c.id
     where c.id = p_case and c.state_code = 'open' and not c.has_danger and not c.is_child
       and not exists (select 1 from public.consent g where g.case_id = c.id and g.number >= s.number and g.step_code = 'ask_again')
       and not (s.step_code in ('refuse', 'withdraw') and s.how_said_code in ('by_phone_no_word', 'by_message', 'through_other'))
       and (select bool_and(w.answer_code in ('no', 'withdrawn')) from public.consent_row w where w.consent_id = s.id)
       and (select bool_and(w.answer_code in ('no', 'withdrawn'))
              from public.consent n join public.consent_row w on w.consent_id = n.id
             where n.case_id = c.id and n.number >= s.number and w.kind_code = p_kind and w.purpose_code = p_purpose))
$$;

-- The numbers beside the places of the rail: of the acting membership's own rows, by the roles it holds now.
-- Which clocks are whose comes from work/queries/today.py, so that the rail and Today count the same.
-- A case without a next step is late once its first working day is over; of somebody who came by referral the next one
-- (plan_by in case/rules/days.py).
drop function if exists my_counts(date, text[], text[], text[], text[]);
drop function if exists my_counts(text, text[], text[], text[], text[]);
drop function if exists my_counts(text, text[], text[], text[], text[], text[]);
drop function if exists my_counts(text, text[], text[], text[], text[], text[], jsonb);
drop function if exists my_counts(text[], text[], text[], text[], text[], jsonb);
create function my_counts(p_child text[], p_consent text[], p_sender text[], p_receiver text[], p_place text[], p_takes jsonb)
  returns table (at timestamptz, open_cases bigint, late_cases bigint, late_clocks bigint, late_sent bigint, late_got bigint,
                 waiting bigint, desk_waiting bigint, desk_late bigint, national_late bigint, to_call bigint, in_danger bigint,
                 without_place bigint, who_left bigint, to_confirm bigint)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_me uuid := public.me();
  v_now timestamptz := public.hk_now();
  v_zone text := public.house_zone();
  v_today date := (v_now at time zone v_zone)::date;
  v_night date := public.night_of(v_now, v_zone);
  v_planned_since date := v_today - case extract(isodow from v_today)::int when 7 then 1 when 1 then 2 else 0 end;
  v_kinds text[] := '{}';
  v_got text[] := '{}';
  v_stopped uuid[];
  v_danger uuid[];
  v_lacks uuid[];
  v_stays uuid[];
  v_closed uuid[];
  v_looked jsonb;
  v_missing uuid[];
  v_ended bigint;
  v_not_here bigint;
  v_undecided bigint;
begin
  if v_me is null then return; end if;
  if public.holds_role(v_me, 'case_worker') then v_got := array['worker']; end if;
  if v_got <> '{}' or public.holds_role(v_me, 'hotline_operator') then v_kinds := array['lead', 'member']; end if;
  if public.holds_role(v_me, 'supervisor') then
    v_kinds := v_kinds || array['supervisor'];
    v_got := v_got || array['supervisor'];
  end if;
  at := v_now;
  select count(*), count(*) filter (where case when a.kind_code in ('lead', 'supervisor') and (c.next_step_on < v_today
               or c.next_step_on is null and (c.opened_at at time zone v_zone)::date < v_planned_since - c.from_referral::int)
             then not public.case_no_to_all(c.id) else false end)
    into open_cases, late_cases
    from public.case_access a join public."case" c on c.id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and c.state_code = 'open';
  -- Somebody is in danger, and nobody is asked for help or gives it (in_need in work/queries/helped.py). Help that was
  -- given answers it, until danger is said again.
  v_stopped := array(select public.my_stopped(v_kinds));
  v_danger := array(select c.id
    from public.case_access a join public."case" c on c.id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and c.state_code in ('draft', 'open') and c.has_danger
     and not exists (select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
                      where o.case_id = c.id
                        and (r.state_code in ('sent', 'accepted', 'serving')
                             or r.state_code in ('finished', 'disputed', 'confirmed') and r.result_code in ('', 'given', 'partly')
                                and r.finished_at >= greatest(c.begun_at, c.opened_at, coalesce(
                                  (select max(s.at) from public.case_step s where s.case_id = c.id and s.step_code = 'danger_said'),
                                  c.edited_at))))
     and c.id <> all (v_stopped));
  -- And cases in which one who helps, or is asked, was asked before that was said, and nobody has told that one (untold).
  in_danger := cardinality(v_danger) + (select count(*)
    from public.case_access a join public."case" c on c.id = a.case_id
    cross join lateral (select max(s.at) as at from public.case_step s
                         where s.case_id = c.id and s.step_code = 'danger_said') d
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and c.state_code = 'open' and c.has_danger
     and exists (select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
                  where o.case_id = c.id and r.state_code in ('sent', 'accepted', 'serving') and r.sent_at < d.at
                    and not exists (select 1 from public.case_step s
                                     where s.case_id = c.id and s.step_code = 'danger_told' and s.at >= d.at
                                       and coalesce(s.organisation_id = r.to_organisation_id, true))));
  -- Nobody has a place for the person for tonight, and no row of danger, of a referral that waits or of one that stopped
  -- stands for it (work/queries/no_place.py). `p_place`: the kinds of help that are such a place.
  v_lacks := array(select c.id
    from public.case_access a join public."case" c on c.id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and c.state_code in ('draft', 'open')
     and ('safe_place' = any (c.need_tonight_codes)
          and greatest(c.begun_at, c.opened_at, c.edited_at) > v_now - interval '24 hours'
          -- Or a place that somebody had accepted ended by the person's word.
          or c.state_code = 'open' and exists (
               select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
                 join public.referral_step s on s.referral_id = r.id
                where o.case_id = c.id and r.service_code = any (p_place) and s.step_code = 'withdraw'
                  and s.from_code in ('accepted', 'serving') and s.at > v_now - interval '24 hours'
                  -- Until "A place was found" is pressed afterwards.
                  and not exists (select 1 from public.case_step f
                                   where f.case_id = c.id and f.step_code = 'place_found' and f.at > s.at)
                  -- Nor where another place was found before, of which this says nothing (_has_another).
                  and not exists (
                    select 1 from public.case_step f
                     where f.case_id = c.id and f.step_code = 'place_found' and f.reason_code in ('organisation', 'known_people', 'own_home', 'another')
                       and not (f.reason_code = 'organisation' and (f.organisation_id is null or f.organisation_id = r.to_organisation_id))
                       and not exists (select 1 from public.case_step n
                                        where n.case_id = c.id and n.at > f.at
                                          and (n.step_code = 'place_found'
                                               or n.step_code = 'place_needed' and not exists (
                                                    select 1 from public.case_step b
                                                     where b.case_id = c.id and b.step_code = 'place_reached' and b.at > n.at)))
                       and not exists (select 1 from public.referral_origin w join public.referral h on h.id = w.referral_id
                                        where w.case_id = c.id and h.service_code = any (p_place) and h.served_at > f.at)))
          -- Or a place by telephone does not count any more.
          or exists (select 1 from public.case_step f
                      where f.case_id = c.id and f.step_code = 'place_found' and f.at > v_now - interval '48 hours')
             and public.case_place_lost(c.id)
          -- Or a shelter's help has ended, and nobody has said since where the person stays; or it closed its own case since, or
          -- this case was opened again.
          or c.state_code = 'open' and exists (
               select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
                where o.case_id = c.id and r.service_code = any (p_place)
                  and (r.state_code in ('finished', 'disputed', 'confirmed')
                       and (greatest(r.finished_at, c.opened_at) > v_now - interval '24 hours'
                            or r.one_more_night and r.finished_at > v_now - interval '48 hours')
                       or r.state_code = 'ended' and r.served_at is not null))
             and public.case_shelter_ended(c.id, p_place) is not null)
     and not exists (
       select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
        where o.case_id = c.id and r.service_code = any (p_place)
          -- What was accepted for a later day is no place for tonight (referral/rules/tonight.py).
          and (r.state_code = 'serving'
               -- Where help has ended, and the person sleeps there one more night.
               or r.one_more_night and r.state_code in ('finished', 'disputed', 'confirmed') and public.referral_slept_until(r) > v_now
               or r.state_code = 'accepted' and r.missed_at is null and r.heard_code <> 'did_not_come' and (r.heard_code = 'came'
                    -- Nor is one of which they said no on the telephone since.
                    or (r.arrival_on is null or r.arrival_on <= v_night or r.arrival_part_code = 'now') and not public.referral_no_since(r)))));
  -- Of these: who had them closed their own case, and nobody knows where they sleep, whatever they said no to (closed_there).
  v_closed := array(select lacks.id from unnest(v_lacks) lacks (id)
   where exists (
     select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
      where o.case_id = lacks.id and r.service_code = any (p_place) and r.state_code = 'ended' and r.served_at is not null)
     and public.case_shelter_ended(lacks.id, p_place) ->> 'result' = 'closed');
  -- Of these: who is at the place that the person's word ended is asked whether they stay (is_asked_to_stay).
  v_stays := array(select lacks.id from unnest(v_lacks) lacks (id)
   where lacks.id <> all (v_closed) and exists (
     select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
       join public.referral_step s on s.referral_id = r.id
      where o.case_id = lacks.id and r.service_code = any (p_place) and s.step_code = 'withdraw'
        and s.from_code = 'serving' and s.at > v_now - interval '24 hours'
        -- Who was said to leave it is asked no more, nor who was said to stay.
        and not exists (select 1 from public.case_step f
                         where f.case_id = lacks.id and f.at > s.at
                           and (f.step_code = 'place_needed' or (f.step_code, f.reason_code) = ('place_found', 'stays')))
        and not exists (
          select 1 from public.referral_origin p join public.referral n on n.id = p.referral_id
           where p.case_id = lacks.id and n.service_code = any (p_place) and n.written_at > s.at
             and n.state_code <> 'discarded')));
  -- Who did not arrive is looked for, whatever else is said (59_looked_for.sql): each in one row, that of the referral if that waits,
  -- else one of the case. Asked only where somebody has said so of them, which is of few.
  v_looked := coalesce((select jsonb_object_agg(l.id, l.said)
    from (select c.id, case when exists (
                   select 1 from public.case_step s
                    where s.case_id = c.id and s.step_code = 'place_needed' and s.reason_code = 'did_not_get_there')
                   or exists (
                   select 1 from public.referral_origin o join public.referral_step s on s.referral_id = o.referral_id
                    where o.case_id = c.id and (s.step_code in ('miss', 'finish') or s.step_code = 'hear' and s.reason_code = 'did_not_come'))
                 then public.case_looked_for(c.id, p_place) end as said
            from public.case_access a join public."case" c on c.id = a.case_id
           where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
             and (c.state_code in ('draft', 'open') or c.state_code = 'closed' and c.closed_at > v_now - interval '3 days')) l
   where l.said is not null), '{}');
  v_missing := array(select l.key::uuid from jsonb_each(v_looked) l
   where not exists (select 1 from public.referral r
                      where r.id = (l.value ->> 'referral')::uuid and l.key::uuid = any (v_stopped)
                        and public.referral_waits(r, l.key::uuid)));
  select count(*) into without_place from unnest(v_lacks) lacks (id)
   where lacks.id <> all (v_danger) and lacks.id <> all (v_missing)
     -- A place is missing that they said no to; who is at the place that their word ended is asked whether they stay.
     and (lacks.id = any (v_stays || v_closed) or not public.case_left_in_peace(lacks.id, 'shelter_social', 'help')
          -- Or a bed was asked for after that (bed_asked).
          or exists (select 1 from public.case_step f
                      where f.case_id = lacks.id and f.step_code = 'place_needed' and f.reason_code <> 'goes_elsewhere'
                        and not exists (select 1 from public.consent k where k.case_id = f.case_id and k.at >= f.at)))
     and not exists (
     select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
      where o.case_id = lacks.id and r.service_code = any (p_place)
        and (r.state_code = 'sent' and (r.urgency_code = 'urgent' or r.answer_due_at <= v_now)
             or lacks.id = any (v_stopped) and lacks.id <> all (v_stays) and public.referral_waits(r, lacks.id)));
  -- One that stopped and was for such a place is to call about now, and counts there and not among what stopped. So is one of whom
  -- somebody is looked for (not_here in work/queries/due.py).
  -- Of what the person said no to, with everything else, nothing is to call about or late (in_peace in work/queries/due.py).
  select count(*) filter (where u.for_a_place and not u.not_here), count(*) filter (where u.not_here), count(*)
    into v_ended, v_not_here, v_undecided
    from (select o.case_id = any (v_lacks) and o.case_id <> all (v_stays) and r.service_code = any (p_place)
                 and not exists (
                   select 1 from public.referral_origin p join public.referral n on n.id = p.referral_id
                    where p.case_id = o.case_id and n.service_code = any (p_place) and n.state_code = 'sent'
                      and (n.urgency_code = 'urgent' or n.answer_due_at <= v_now)) as for_a_place,
                 coalesce((v_looked -> o.case_id::text ->> 'referral')::uuid = r.id, false) as not_here
    from public.case_access a join public.referral_origin o on o.case_id = a.case_id
    join public.referral r on r.id = o.referral_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and o.case_id = any (v_stopped) and public.referral_waits(r, o.case_id)
     and not public.case_left_in_peace(o.case_id, r.recipient_kind_code, r.purpose_code)) u;
  without_place := without_place + v_ended + v_not_here + cardinality(v_missing);
  -- Whom nobody reads in time is to call now, and who does not say that they take the child that the person is: for a place that is
  -- missing and was asked for urgently it counts there.
  select without_place + count(*) filter (where u.for_a_place), count(*) filter (where not u.for_a_place)
    into without_place, to_call
    from (select r.state_code = 'sent' and r.urgency_code = 'urgent' and r.service_code = any (p_place)
                 and o.case_id = any (v_lacks) as for_a_place
            from public.case_access a join public.referral_origin o on o.case_id = a.case_id
            join public.referral r on r.id = o.referral_id left join public.referral_card d on d.referral_id = r.id
           where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
             and (case when r.state_code = 'sent' and r.urgency_code = 'urgent' then public.referral_silent(r, v_now, v_zone)
                       else false end
                  or case when r.state_code in ('sent', 'accepted', 'serving') and d.corrected_at is not null
                          then public.referral_in_doubt(r, p_takes, v_now) else false end)) u;
  -- Whose no to everything was only brought by somebody else is asked now, at raised or high risk; who has no place stands there already
  -- (to_ask in work/queries/unheard.py).
  to_call := to_call + (select count(*)
    from public.case_access a join public."case" c on c.id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code in ('lead', 'supervisor')
     and a.kind_code = any (v_kinds) and c.state_code = 'open' and c.risk_code in ('raised', 'high') and c.id <> all (v_danger)
     and c.id <> all (v_lacks) and public.case_all_brought(c.id));
  select count(*) into late_clocks
    from public.case_access a join public."case" c on c.id = a.case_id join public.case_clock k on k.case_id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and c.state_code = 'open' and k.due_at <= v_now
     and (k.clock_code = 'child' and a.kind_code = any (p_child) and public.child_told_there(c.id) is null
          or k.clock_code = 'consent' and a.kind_code = any (p_consent)
          -- Where a referral that stopped waits for the same asking, its row says so (asked_again_once in queries/beside.py).
          and not (a.kind_code <> 'supervisor' and c.id = any (v_stopped) and exists (
            select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
             where o.case_id = c.id and public.referral_waits(r, c.id)
               and coalesce((select case when w.answer_code in ('yes', 'without_name') then w.until end
                               from public.consent s join public.consent_row w on w.consent_id = s.id
                              where s.case_id = c.id and w.kind_code = r.recipient_kind_code
                                and w.purpose_code = r.purpose_code
                              order by s.number desc limit 1), '-infinity') <= v_now)));
  -- No clock runs in the own case of a child who came by referral: whoever leads it tells child protection within a day
  -- (children_to_tell in work/queries/here_now.py).
  late_clocks := late_clocks + (select count(*)
    from public.case_access a join public."case" c on c.id = a.case_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = 'lead'
     and a.kind_code = any (v_kinds) and c.state_code = 'open' and c.from_referral and c.is_child
     and c.told_child_protection_at is null and c.opened_at <= v_now - interval '24 hours' and public.child_told_there(c.id) is null
     and not exists (select 1 from public.case_clock k
                      where k.case_id = c.id and k.clock_code = 'child' and 'lead' = any (p_child)));
  select count(*) into waiting
    from public.case_access a join public.referral_origin o on o.case_id = a.case_id join public.referral r on r.id = o.referral_id
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and r.state_code = 'sent';
  select count(*) into late_sent
    from public.referral_clock k join public.referral r on r.id = k.referral_id join public.referral_origin o on o.referral_id = r.id
    join public.case_access a on a.case_id = o.case_id
   where k.due_at <= v_now and k.clock_code = any (p_sender)
     and r.state_code in ('sent', 'accepted', 'serving', 'finished', 'disputed')
     and not (k.clock_code = 'arrival' and (r.heard_code = 'did_not_come'
              -- What was said rests, until that desk has told a coordinator that the person is not there.
              or case when r.heard_code <> '' and k.next_at > v_now then not public.referral_not_with_them(r) else false end))
     -- Whoever is looked for is not asked how help was (not_asked in work/queries/beside.py).
     and not (k.clock_code = 'confirm' and v_looked ? o.case_id::text)
     and a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds);
  select count(*) into late_got
    from public.referral_access x join public.referral r on r.id = x.referral_id join public.referral_clock k on k.referral_id = r.id
   where x.membership_id = v_me and x.ended_at is null and x.kind_code = any (v_got)
     and r.state_code in ('accepted', 'serving', 'disputed') and k.due_at <= v_now and k.clock_code = any (p_receiver);
  late_sent := late_sent - v_ended - v_not_here + v_undecided;
  -- Who slept here and left without a word, of whom nobody has said yet that they are safe (who_left in work/queries/here_now.py).
  select count(*) into who_left
    from public.referral_access x join public.referral r on r.id = x.referral_id
   where x.membership_id = v_me and x.ended_at is null and x.kind_code = 'worker' and x.kind_code = any (v_got)
     and r.state_code in ('finished', 'confirmed') and r.served_at is not null and r.service_code = any (p_place)
     and case r.state_code when 'finished' then r.result_code = 'not_reached'
          or exists (select 1 from public.referral_step s where s.referral_id = r.id and s.step_code = 'amend')
          else exists (select 1 from public.referral_step s where s.referral_id = r.id and s.step_code = 'call_sender'
                          and s.reason_code in ('is_back', 'not_back')) end
     and (select l.said is not null and l.said ->> 'safe' is null and l.said ->> 'aside' = 'false' from (select public.referral_left(r.id)) l (said));
  -- Own cases of whom the sender says a child and the case an adult, until somebody confirms it (work/queries/other_age.py).
  select count(*) into to_confirm
    from public.case_access a join public."case" c on c.id = a.case_id
      join lateral (
        select w.said_age_code::text as age, w.said_age_at as at, w.said_age_how::text as how from public.referral_own_case w
         where w.case_id = c.id and w.said_age_at is not null order by w.said_age_at desc limit 1) w
        on w.age in ('a0_8', 'a9_17', 'child_age_unknown')
   where a.membership_id = v_me and a.ended_at is null and a.suspended_at is null and a.kind_code = any (v_kinds)
     and a.kind_code <> 'supervisor' and c.state_code = 'open' and not c.is_child
     and not (coalesce(c.age_settled_at >= w.at, false)
              and coalesce(array_position(array['assessment', 'papers'], (
                    select s.reason_code::text from public.case_step s
                     where s.case_id = c.id and s.step_code = 'settle_age' order by s.at desc limit 1)), 0)
                  >= coalesce(array_position(array['assessment', 'papers'], w.how), 0));
  desk_waiting := 0; desk_late := 0; national_late := 0;
  if public.holds_role(v_me, 'desk_officer') then
    select count(*), count(*) filter (where r.answer_due_at <= v_now) into desk_waiting, desk_late
      from public.referral r
     where r.to_organisation_id = (select m.organisation_id from public.membership m where m.id = v_me)
       and r.state_code = 'sent' and r.visible_at <= v_now;
  end if;
  if public.holds_role(v_me, 'national_coordinator') then
    -- What is urgent is called now, or was: it is counted there, and not as late.
    select count(*) into national_late from public.referrals_late() l
     where l.urgency_code <> 'urgent' and not public.known_safe(l.referral_id);
    to_call := to_call + public.national_to_call() + (select count(*) from public.children_told(p_place));
  end if;
  return next;
end $$;

-- Whose the desk of the acting membership is: null for everybody who is not on one.
create or replace function my_desk() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
declare v_me uuid := public.me();
begin
  if v_me is null or not public.holds_role(v_me, 'desk_officer') then return null; end if;
  return (select m.organisation_id from public.membership m where m.id = v_me);
end $$;

-- Who meets her, for accepted rows of the own desk: names of the own body only.
create or replace function desk_workers(p_referrals uuid[])
  returns table (referral_id uuid, person_name text)
  language plpgsql stable security definer set search_path = '' as $$
declare v_desk uuid := public.my_desk();
begin
  if v_desk is null then return; end if;
  return query select r.id, u.name::text
    from public.referral r join public.referral_access a on a.referral_id = r.id and a.kind_code = 'worker' and a.ended_at is null
    join public.membership m on m.id = a.membership_id join public.app_user u on u.id = m.user_id
   where r.id = any (p_referrals) and r.to_organisation_id = v_desk and r.state_code in ('accepted', 'serving')
   order by a.since, u.name;
end $$;

-- Whether her agreement carries each of these requests now, for those that wait at the own desk.
create or replace function desk_agreed(p_referrals uuid[])
  returns table (referral_id uuid, live boolean)
  language plpgsql stable security definer set search_path = '' as $$
declare v_desk uuid := public.my_desk();
begin
  if v_desk is null then return; end if;
  return query select r.id, c.live
    from public.referral r cross join lateral public.referral_consent(r.id) c
   where r.id = any (p_referrals) and r.to_organisation_id = v_desk and r.state_code = 'sent' and r.visible_at <= public.hk_now();
end $$;

grant execute on function my_counts(text[], text[], text[], text[], text[], jsonb), desk_workers(uuid[]), desk_agreed(uuid[]) to hk_app;
