-- Which referral a coordinator has called about, and what is said of one that waits no more.

-- What a desk has told stays true where it or the sender said meanwhile whether the person came: she may not read it any more, and it
-- is written down all the same, for both are then read. Within half a day of that word, from the day on which the person was to come.
create or replace function referral_heard_lately(r public.referral) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return r.state_code = 'accepted' and greatest(r.heard_at, r.missed_at) > public.hk_now() - interval '12 hours'
     and (r.arrival_on is null or r.arrival_on <= (greatest(r.heard_at, r.missed_at) at time zone public.house_zone())::date);
end $$;

-- Which referral the coordinator has called about: one of these. That she called the sender, also of one whose yes by telephone became
-- a no (59_passed_on.sql); no other call is about it. Null: none.
drop function if exists referral_to_call(text);
create or replace function referral_to_call(p_code text, p_answer text default '') returns uuid
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return null; end if;
  return (select r.id from public.referral r
           where r.code = p_code and (r.id in (select public.referrals_to_call())
              and (r.state_code in ('sent', 'accepted') or p_answer not in ('with_them', 'not_with_them', 'not_known'))
              or p_answer = 'sender' and r.id in (select n.referral_id from public.referrals_no_after_yes() n)
              or p_answer in ('with_them', 'not_with_them', 'not_known') and public.referral_heard_lately(r)));
end $$;

-- Which one she could have called about a moment ago, and cannot any more: how it stands since when. It was late or unread as
-- it was answered or ended, or she was told of it, and that was within half a day. Of no other one anything. A yes and a no of the
-- desk are named; of all else only whether it was answered: that a person ended it is no business of hers (ADR 0120). The desk, and of
-- what is urgent who sent it, are named as her row had named them: what she heard there is told to them. Where a
-- coordinator has called since it was accepted: whether its sender said that the person came, as her row said it. Of what called her to the sender
-- (59_passed_on.sql): when it was said that they were called; and of who left a place, whether their side has said anything.
drop function if exists referral_called_late(text);
create function referral_called_late(p_code text)
  returns table (state_code text, at timestamptz, to_organisation_id uuid, from_organisation_id uuid, told_at timestamptz, left_code text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select case when h.at is not null then h.said
                when r.state_code in ('accepted', 'declined') then r.state_code::text
                when r.state_code in ('serving', 'finished', 'disputed', 'confirmed', 'unaccepted') then 'answered' else 'over' end, coalesce(h.at, s.at),
           r.to_organisation_id, case when r.urgency_code = 'urgent' then r.from_organisation_id end,
           (select max(l.at) from public.coordinators_calls('referral', r.id) l
             where l.answer = 'sender' and l.at >= coalesce(w.since, r.ended_at)),
           case when w.since is null then '' when public.left_heard(r.id, w.said_at, w.since) then 'heard' else 'left' end
      from public.referral r cross join lateral (
             select t.at from public.referral_step t where t.referral_id = r.id and t.from_code <> t.to_code
              order by t.at desc limit 1) s
           left join lateral public.left_word(r) w on true
           left join lateral (
             select t.at, t.reason_code::text as said from public.referral_step t
              where t.referral_id = r.id and r.state_code = 'accepted' and t.step_code = 'hear' and t.at > s.at
                and t.reason_code in ('came', 'did_not_come')
                and exists (select 1 from public.coordinators_calls('referral', r.id) l where l.at > s.at)
              order by t.at desc limit 1) h on true
     where r.code = p_code and (w.since is not null or coalesce(h.at, s.at) > public.hk_now() - interval '12 hours')
       and r.id not in (select public.referrals_to_call())
       and (w.since is not null or h.at is not null
            or exists (select 1 from public.referral_step t where t.referral_id = r.id and t.from_code = 'sent'
                       and t.from_code <> t.to_code and t.at > r.answer_due_at)
            or exists (select 1 from public.referral_step t where t.referral_id = r.id and t.from_code = 'accepted' and t.at = s.at
                          and (r.arrival_on is null or r.arrival_on <= (s.at at time zone public.house_zone())::date))
            or exists (select 1 from public.notice n where n.about_code = 'referral' and n.about_id = r.id
                          and n.membership_id = public.me() and n.at < s.at)
            or exists (select 1 from public.ledger l where l.object_id = r.id and l.object_kind_code = 'referral'
                          and l.action_code = 'referral.late' and l.decision_code = 'done'));
end $$;

-- How many urgent ones the coordinator calls about now: those about which a coordinator, or before its first answer the sender's side,
-- has reached somebody rest until their answer is due, or for an hour where it is (`quiet_until` in queries/coordination.py says the
-- same of each). What was said there last counts; a call to the sender is none to the desk, and a yes for another age than now is no
-- yes. Of who was expected, that they are there or that nobody knows yet rests too, and that they are not, once the sender was called
-- (`told_since` in queries/arrival_calls.py). Whose sender was not reached rests for an hour, and no longer (ADR 0175), unless that side
-- has called there since. And each yes that has become a no.
create or replace function national_to_call() returns bigint
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return 0; end if;
  return (select count(*) from public.referrals_no_after_yes()) + (
    select count(*) from (
      select x.referral_id, x.late_since as since from public.referrals_late() x
       where x.urgency_code = 'urgent' and not public.known_safe(x.referral_id)
      union all select c.referral_id, null from public.referrals_closed_there() c) u
     where not coalesce((
       select n.answer = 'no_sender' and n.at > public.hk_now() - interval '1 hour'
         from (select l.answer, l.at from public.coordinators_calls('referral', u.referral_id) l order by l.at desc, l.turn desc limit 1) n
        where n.answer = 'no_sender' and not exists (
          select 1 from (select t.reason_code::text as answer, t.at from public.referral_step t
                          where t.referral_id = u.referral_id and t.step_code = 'call' and t.to_code = 'sent' and t.undone_at is null
                          order by t.at desc limit 1) s
           where s.at > n.at and s.answer in ('reached', 'promised', 'said_yes', 'calls_back', 'said_no'))), (
       select c.answer in ('reached', 'promised', 'said_yes', 'calls_back', 'with_them', 'not_known')
              and (u.since is null or c.at >= u.since and c.at > public.hk_now() - interval '1 hour')
              and not exists (select 1 from public.referral r cross join lateral public.calls_about(r.id) b
                               where r.id = u.referral_id and r.state_code = 'sent' and b.answer = 'yes_before' and b.at = c.at)
         from (select case when t.at is null then l.answer else 'reached' end as answer, coalesce(t.at, l.at) as at, l.at as said_at
                 from public.coordinators_calls('referral', u.referral_id) l cross join lateral (
                      select max(s.at) from public.coordinators_calls('referral', u.referral_id) s
                       where l.answer = 'not_with_them' and s.answer = 'sender' and s.at >= l.at) t (at)
                where l.answer not in ('sender', 'no_sender')
               union all
               select s.answer, s.at, s.at
                 from (select t.reason_code::text as answer, t.at from public.referral_step t
                        where t.referral_id = u.referral_id and t.step_code = 'call' and t.to_code = 'sent' and t.undone_at is null
                        order by t.at desc limit 1) s
                where s.answer in ('reached', 'promised', 'said_yes', 'calls_back', 'said_no')) c
        order by c.said_at desc limit 1), false));
end $$;

grant execute on function referral_to_call(text, text), referral_called_late(text) to hk_app;
