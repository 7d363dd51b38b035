-- "I told the person", of somebody who is expected: said by the sender's team (ADR 129). Nothing of the referral moves, its version
-- neither: it is a row in the time line of its sender's side, which the other side never reads.

-- Whether hour or meeting point are written as they were agreed by telephone, and the last that was said there is a yes, for who the person
-- is. For functions that have asked whose it is.
create or replace function referral_arranged_yes(p_referral uuid) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no = 0)
     and coalesce((select c.answer = 'said_yes' from public.calls_about(p_referral) c
                    where c.answer in ('said_yes', 'said_no', 'yes_before') order by c.at desc limit 1), false)
$$;

-- When the person was told what is agreed now. For functions that have asked whose it is. Null: not told, or agreed or written anew since. What was agreed
-- by telephone can be told before the answer in Hamkori, while that yes stands (ADR 128): an acceptance for that same day which leaves the
-- sender's line as it is (number 0) agrees nothing else. Whom somebody told not to go, after a no there, is told again (ADR 180).
create or replace function person_told_now(p_referral uuid) returns timestamptz
  language plpgsql stable set search_path = '' as $$
begin
  return (select case when s.step_code = 'tell_person' and s.reason_code = 'told' then s.at end
            from public.referral_step s
           where s.referral_id = p_referral
             and (s.step_code in ('tell_person', 'arrange', 'expect', 'meet')
                  or s.step_code = 'warn_person' and s.reason_code in ('warned', 'never_told') and not exists (
                   select 1 from public.referral_step b where b.referral_id = s.referral_id and b.step_code = 'warn_person'
                      and b.reason_code = 'put_back' and b.at >= s.at)
                  or s.step_code = 'accept' and not exists (
                   select 1 from public.referral r join public.packet_body b on b.referral_id = r.id
                    where r.id = p_referral and b.section_code = 'meeting' and b.packet_no = 0
                      and r.arrival_on = (select (max(t.at) at time zone public.house_zone())::date from public.referral_step t
                                           where t.referral_id = r.id and t.step_code = 'tell_person' and t.at <= s.at)))
           order by s.at desc, s.reason_code = 'told' limit 1);
end $$;

-- The same, for the sender's side.
create or replace function referral_told(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  if exists (select 1 from public.referral r where r.id = p_referral and r.state_code = 'sent')
     and not public.referral_arranged_yes(p_referral) then return null; end if;
  return public.person_told_now(p_referral);
end $$;

-- For whoever expects somebody: when the person was told another time than that which is agreed now, while that is what they know: they
-- may come then. Who told them and what is not said; hour and place that were told may be deleted (ADR 0251). Null: they know the time of
-- now, were told none, or not to go, or something is known of the arrival.
create or replace function referral_told_before(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['D', 'R', 'RV']) is not true then return null; end if;
  return (
    select t.at from public.referral r cross join lateral (
        select s.at, s.reason_code from public.referral_step s
         where s.referral_id = r.id and (s.step_code = 'tell_person' or s.step_code = 'warn_person' and s.reason_code <> 'not_reached')
         order by s.at desc limit 1) t
     where r.id = p_referral and r.state_code = 'accepted' and r.arrival_on is not null and r.missed_at is null and r.heard_code not in ('came', 'did_not_come')
       and t.reason_code = 'told' and public.person_told_now(r.id) is null);
end $$;

-- Whether whoever asks knows the hour and the meeting point that are written for somebody who is expected, for the sender's team: they
-- have opened them since they were written, or wrote them. Also where they may not open them: they tell what was read to them. Null where
-- nothing is written. What the sender agreed by telephone has the number 0, and stays where the desk wrote nothing of its own.
create or replace function referral_line_read(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if ('S' = any (public.referral_sides(p_referral))) is not true or public.referral_meets(p_referral) is not true then return null; end if;
  if not public.packet_readable(p_referral, 'meeting') then return true; end if;
  return (select (s.step_code = 'arrange' and w.membership_id = public.me()) or exists (
                   select 1 from public.ledger l
                    where l.object_id = p_referral and l.object_kind_code = 'referral' and l.action_code = 'meeting.open'
                      and l.decision_code = 'done' and l.membership_id = public.me() and l.at >= s.at)
            from public.referral_step s left join public.referral_step_by w on w.step_id = s.id
           where s.referral_id = p_referral
             and s.step_code = any (case when exists (select 1 from public.packet_body b
                                          where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no = 0)
                                    then array['arrange'] else array['accept', 'expect', 'meet'] end)
           order by s.at desc limit 1);
end $$;

-- That the person was told, or not yet after all. Who can open hour and meeting point has read them before. `p_version`: what stood on the
-- page by which somebody was told; a time that was agreed since is none that the person knows.
create or replace function referral_tell_person(p_referral uuid, p_version int, p_answer text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  r public.referral;
  v_told timestamptz;
begin
  if ('S' = any (public.referral_sides(p_referral))) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into r from public.referral x where x.id = p_referral for no key update;
  if public.referral_said_no(p_referral)
     or (case r.state_code
           when 'sent' then not public.referral_arranged_yes(p_referral)
           when 'accepted' then r.arrival_on is null or r.missed_at is not null or r.heard_code in ('came', 'did_not_come')
           else true end) then
    raise exception 'from_state' using errcode = 'HK409';
  end if;
  if p_version is distinct from r.version then raise exception 'time_as_read' using errcode = 'HK409'; end if;
  if (p_answer = any (array['told', 'not_told'])) is not true then raise exception 'reason_given' using errcode = 'HK409'; end if;
  if p_answer = 'told' and not public.referral_line_read(p_referral) then raise exception 'line_read' using errcode = 'HK409'; end if;
  v_told := public.referral_told(p_referral);
  -- Who has moved to another region since may have been told what does not fit any more: that is said once more (ADR 0159).
  if p_answer = 'told' and v_told is not null and not exists (
      select 1 from public.referral_origin o join public.case_step s on s.case_id = o.case_id
       where o.referral_id = p_referral and s.step_code = 'region_changed' and s.at > v_told) then raise exception 'not_told' using errcode = 'HK409'; end if;
  if p_answer = 'not_told' and v_told is null then raise exception 'is_told' using errcode = 'HK409'; end if;
  perform public.referral_step_note(p_referral, 'tell_person', r.state_code, r.state_code, 'S', p_answer, public.hk_now(), public.me());
end $$;

grant execute on function referral_told(uuid), referral_told_before(uuid), referral_line_read(uuid), referral_tell_person(uuid, int, text) to hk_app;
