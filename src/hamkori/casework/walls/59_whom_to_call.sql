-- The telephone of a desk, beside its own organisation and the coordinator (people/walls/10_people.sql): the team and the
-- supervisor of a referral that waits there, for an answer, for the person to come, or for a word to a dispute. They are told to
-- call (ADR 0092). So are they for a day after the person's word ended what was being given: whether the person stays there is asked
-- there (ADR 0124). Of other help that had begun it is read until it was said whether that goes on, while the case is open (ADR 0138).
-- And where help goes on, while somebody is in danger in a case that is open: those who help are called (ADR 255).
drop policy if exists organisation_phone_asked on organisation_phone;
create policy organisation_phone_asked on organisation_phone for select to hk_app using (
  exists (select 1 from referral r join referral_origin o on o.referral_id = r.id
           where r.to_organisation_id = organisation_phone.organisation_id and (r.state_code in ('sent', 'accepted', 'disputed')
                or r.state_code = 'serving' and exists (select 1 from referral_step s where s.referral_id = r.id and s.step_code = 'serve' and s.reason_code = 'other_age')
                or r.state_code = 'serving' and exists (select 1 from "case" c where c.id = o.case_id and c.state_code = 'open' and c.has_danger)
                or r.state_code = 'ended' and exists (
                  select 1 from referral_step s where s.referral_id = r.id and s.step_code = 'withdraw' and s.from_code = 'serving'
                     and s.at > hk_now() - interval '24 hours')
                or r.state_code = 'ended' and (r.served_at is not null or r.heard_code = 'came' and r.missed_at is null)
                   and r.service_code <> all (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05']) and exists (
                  select 1 from referral_step s join referral_sender x on x.referral_id = s.referral_id
                    join "case" c on c.id = o.case_id and c.state_code = 'open'
                   where s.referral_id = r.id and s.step_code = 'withdraw' and s.from_code in ('accepted', 'serving')
                     and s.side_code in ('S', 'SV') and coalesce(x.settled_at, '-infinity') < s.at))));

-- The other way: whoever works on a referral reads the telephone of its sender's desk, which alone knows whether it is safe to talk (ADR
-- 0099); and those with whom somebody slept who left so, while they are looked for, or said that they are back, also once the result is confirmed (ADR 0155, 0174, 0186).
drop policy if exists organisation_phone_of_sender on organisation_phone;
create policy organisation_phone_of_sender on organisation_phone for select to hk_app using (
  exists (select 1 from referral r where r.from_organisation_id = organisation_phone.organisation_id and (
    r.state_code in ('sent', 'accepted', 'serving', 'disputed') or r.state_code in ('finished', 'confirmed') and r.served_at is not null
      and r.service_code = any (array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05']) and (r.result_code = 'not_reached'
        or r.state_code = 'finished' and referral_left(r.id) is not null
        or r.state_code = 'confirmed' and exists (
          select 1 from referral_step s where s.referral_id = r.id and s.step_code = 'call_sender' and s.reason_code in ('is_back', 'not_back'))))));

-- When the coordinator was told, as it was sent, that nobody there reads it before the answer is due: for its sender's side.
create or replace function referral_closed_told(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return (select min(n.at) from public.notice n where n.about_code = 'referral' and n.about_id = p_referral
             and n.key_code = 'closed_there' and n.at <= public.hk_now());
end $$;

-- For the coordinator, beside referrals_late(): what is urgent, not late yet, and was sent to a desk that is closed until then. That she was
-- told of it brings it here; whoever asks a question has read it. No more of it than of a late one, and its times: no case (ADR 0106).
drop function if exists referrals_closed_there();
create function referrals_closed_there()
  returns table (referral_id uuid, code text, to_organisation_id uuid, service_code text, urgency_code text, due_at timestamptz,
                 service_id uuid, from_organisation_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select r.id, r.code::text, r.to_organisation_id, r.service_code::text, r.urgency_code::text, r.answer_due_at, r.service_id,
           r.from_organisation_id
      from public.referral r cross join lateral (
             select min(n.at) from public.notice n where n.about_code = 'referral' and n.about_id = r.id
                and n.key_code = 'closed_there' and n.at <= public.hk_now()) t (told_at)
     where r.state_code = 'sent' and r.urgency_code = 'urgent' and r.answer_due_at > public.hk_now() and t.told_at is not null
       and not exists (select 1 from public.referral_question q where q.referral_id = r.id)
       and public.referral_moot(r, public.hk_now(), public.house_zone()) = ''
     order by r.answer_due_at;
end $$;

-- Whether a service answers at no moment from one to the other (closed_throughout in directory/rules/hours.py). Where its hours
-- are not known, nobody can say so. Both reckon by the clock on that zone's wall.
create or replace function closed_between(p_service uuid, p_from timestamptz, p_until timestamptz, p_zone text) returns boolean
  language sql stable security definer set search_path = '' as $$
  select f.at < u.at and u.at - f.at <= interval '8 days'
     and exists (select 1 from public.service_hours h where h.service_id = p_service)
     and not exists (
       select 1 from public.service_hours h, generate_series(date_trunc('day', f.at), u.at, interval '1 day') d
        where h.service_id = p_service and h.day = extract(isodow from d)
          and d + h.opens * interval '1 minute' < u.at and f.at < d + h.closes * interval '1 minute')
    from (select p_from at time zone p_zone) f (at), (select p_until at time zone p_zone) u (at)
$$;

-- Whether the last that was said there is such a yes: they are called again. A coordinator's call that brought no answer ends it not.
create or replace function said_yes_before(p_referral uuid) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce((
    select c.answer = 'yes_before' from public.calls_about(p_referral) c
     where c.answer in ('said_yes', 'said_no', 'yes_before') or (c.side = 'S' and c.answer in ('reached', 'promised', 'calls_back'))
     order by c.at desc limit 1), false)
$$;

-- Which call counts while its first answer is awaited: the last of its sender's side, or of a coordinator who heard something there.
-- What was said last counts, to whom it was said; a yes also after a call that brought neither yes nor no (`counting` in
-- referral/queries/calls.py says the same, ADR 0121, 0185).
create or replace function call_that_counts(p_referral uuid) returns text
  language sql stable set search_path = '' as $$
  with calls as (select c.side, c.answer, c.at from public.calls_about(p_referral) c)
  select case when (select e.answer from calls e where e.answer in ('said_yes', 'said_no', 'yes_before') order by e.at desc limit 1) = 'said_yes'
              then 'said_yes' else c.answer end
    from calls c
   where c.side = 'S' or c.answer in ('reached', 'promised', 'said_yes', 'said_no', 'calls_back', 'yes_before')
   order by c.at desc limit 1
$$;

-- The same for the sender's side.
create or replace function referral_heard(p_referral uuid) returns text
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return public.call_that_counts(p_referral);
end $$;

-- The calls about a referral, the newest first, for its two sides: from where (S the sender's side, N a coordinator), what came of
-- it, and when; of nobody the name. The sender's side reads all but the coordinator's calls to itself, also what was put back (`undone`);
-- the desk, while it is asked and the person has not said no, only what one of its own said on the telephone (ADR 0121). While somebody is expected, the desk and
-- who was named read of these calls only what one of theirs told the coordinator of that since it was agreed (ADR 0140).
create or replace function referral_calls(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_sent boolean := (v_sides && array['S', 'SV']) is true;
  v_state text;
  v_since timestamptz;
begin
  select r.state_code, r.agreed_at into v_state, v_since from public.referral r where r.id = p_referral and r.missed_at is null;
  if not v_sent and (coalesce(v_state, '') not in ('sent', 'accepted') or public.referral_said_no(p_referral)
                     or (v_sides && case v_state when 'sent' then array['D'] else array['D', 'R'] end) is not true) then
    return null;
  end if;
  return (
    select jsonb_agg(jsonb_build_object('side', c.side, 'answer', c.answer, 'at', c.at)
                     || case when c.was = '' then '{}'::jsonb else jsonb_build_object('was', c.was) end
                     || case when c.undone_at is null then '{}'::jsonb else jsonb_build_object('undone', c.undone_at) end
                     || case when w.by is null then '{}'::jsonb else jsonb_build_object('by', w.by) end order by c.at desc)
      from (select a.side, a.answer, a.at, a.was, null::timestamptz as undone_at from public.calls_about(p_referral) a
            union all select s.side, s.answer, s.at, '', s.undone_at from public.slips_about(p_referral) s where v_sent) c
           -- Who of one's own people it was, as `referral_step_by` says it to them.
           left join lateral (
             select min(u.name) as by from public.referral_step t join public.referral_step_by b on b.step_id = t.id
               join public.membership m on m.id = b.membership_id join public.app_user u on u.id = m.user_id
              where v_sent and c.side = 'S' and t.referral_id = p_referral and t.step_code = 'call' and t.at = c.at
                and m.organisation_id = public.my_org()) w on true
     where case when v_sent then c.side = 'S' or c.answer not in ('sender', 'no_sender')
                when v_state = 'sent' then c.answer in ('said_yes', 'said_no', 'calls_back', 'yes_before')
                else c.answer in ('with_them', 'not_with_them', 'not_known') and c.at > v_since end);
end $$;

-- Whether the last that a desk told a coordinator of who is expected there is that they are not there, and neither another time was
-- agreed nor anything said by the sender's side since (`heard_there` in referral/queries/calls.py). For those who know whose it is.
create or replace function referral_not_with_them(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'accepted' and r.missed_at is null and coalesce((
    select c.answer = 'not_with_them' and c.at > greatest(r.agreed_at, r.heard_at) from public.calls_about(r.id) c
     where c.side = 'N' and c.answer in ('with_them', 'not_with_them', 'not_known') order by c.at desc limit 1), false)
$$;

-- That one of theirs said yes on the telephone, or that they would call back, for the sender's side: which, when, and where that desk is
-- called. While it waits, and, once it was ended, for a week until somebody says that they were told: until then they may wait at a
-- meeting point, or look for a place all night. An answer in Hamkori puts it out: who accepted is told there. The last yes or no
-- counts, to whomever it was said (ADR 0121), of whatever age; that they call back counts where no yes stands and no no came after it.
-- So is whoever had accepted what somebody else's no has ended, once the person wants it after all (ADR 196): they were told there that it
-- is over, or may be. What they were told before the person said so is told anew. Where nobody has to be called 'wanted' says that it is to be
-- sent again, because somebody else's no ended it and the person wants it after all (ADR 201): until that help was asked for again, anywhere.
create or replace function referral_promised(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return coalesce((
    select jsonb_build_object('answer', c.answer, 'at', c.at, 'unheard', public.kept_unheard(r), 'accepted', r.agreed_at is not null,
             'again', w.at is not null, 'phone', coalesce(
             (select p.phone::text from public.organisation_phone p where p.organisation_id = r.to_organisation_id), ''))
      from public.referral r cross join lateral (select public.wanted_since(r)) w (at)
        cross join lateral (
             select 'said_yes' as answer, r.agreed_at as at where r.agreed_at is not null
             union all
             select * from (
             select case a.answer when 'yes_before' then 'said_yes' else a.answer end as answer, a.at
               from public.calls_about(r.id) a cross join lateral (
                      select max(n.at) from public.calls_about(r.id) n where n.answer = 'said_no') n (no_at)
              where r.agreed_at is null and a.answer in ('said_yes', 'yes_before', 'calls_back') and coalesce(a.at > n.no_at, true)
              order by a.answer = 'calls_back', a.at desc limit 1) telephone) c
     where r.id = p_referral
       and (r.state_code = 'sent' and r.agreed_at is null
            or r.state_code = 'ended' and r.ended_at > public.hk_now() - interval '7 days'
               and case when r.agreed_at is null then not (w.at is not null and public.asked_there_since(r))
                        else public.expects_after_all(r) is not null end
               and not exists (
                 select 1 from public.referral_step t where t.referral_id = r.id and t.step_code = 'call' and t.from_code = 'ended' and t.undone_at is null
                    and t.reason_code = 'reached' and coalesce(t.at > w.at, true)))),
    (select jsonb_build_object('answer', 'wanted', 'at', w.at, 'unheard', false, 'accepted', false, 'again', true, 'phone', '')
       from public.referral r join public.referral_sender x on x.referral_id = r.id
         cross join lateral (select public.wanted_since(r)) w (at)
      where r.id = p_referral and r.state_code = 'ended' and r.ended_at > public.hk_now() - interval '7 days'
        and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and w.at is not null and not public.asked_for_since(r)));
end $$;

-- Why nobody calls about what waits for an answer; '' where somebody may have to. 'elsewhere': a place for tonight is asked for
-- urgently, and since it was sent another organisation has agreed that the person comes by today, or is helping. A place from a
-- later day, one that the person did not come to or of which nobody says so in time, one that was agreed before the age was put
-- right, or that the person's word is ending, is none (comes_later in referral/rules/tonight.py); what is no place to sleep is never settled by one.
-- 'there': it was sent after that acceptance, and the person came there since. What is asked for once they are there says that they have to leave.
-- 'double': the same organisation said yes by telephone to another referral of this person for a place, and that counts (ADR 0166).
-- 'promised': they said no by telephone, or were called in vain, and another organisation that was asked for a place said yes (ADR 227). 'adult': help for children alone
-- was asked for, and the person is an adult since; of a place that stays to call about, so that its lack is never hidden.
-- Codes of our own lists, which tests/web/test_settled_elsewhere.py holds alike with them.
create or replace function referral_moot(r public.referral, p_now timestamptz, p_zone text) returns text
  language sql stable set search_path = '' as $$
  with k as (select array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'] as places, array['girls', 'boys', 'children'] as groups,
                    array['a18_29', 'a30_47', 'a48_plus', 'adult_age_unknown'] as adults, (p_now at time zone p_zone)::date as today,
             public.night_of(p_now, p_zone) as night)
  select case
    when r.state_code <> 'sent' then ''
    when r.service_code = any (k.places) then
      coalesce((select case when n.agreed_at > r.sent_at then 'elsewhere' else 'there' end
          from public.referral_origin o join public.referral_origin p on p.case_id = o.case_id
          join public.referral n on n.id = p.referral_id
         where r.urgency_code = 'urgent' and coalesce(r.needed_from_on <= k.today, true)
           and o.referral_id = r.id and n.service_code = any (k.places)
           and greatest(n.agreed_at, case when n.state_code = 'serving' then n.served_at end,
                        case when n.heard_code = 'came' then n.heard_at end) > r.sent_at
           and n.missed_at is null and n.heard_code <> 'did_not_come'
           and (n.state_code = 'serving'
                or n.state_code = 'accepted' and n.heard_code = 'came'
                or n.state_code = 'accepted' and coalesce(n.arrival_on <= k.night or n.arrival_part_code = 'now', true) and not exists (
                  select 1 from public.referral_clock c
                   where c.referral_id = n.id and c.clock_code = 'arrival' and c.due_at <= p_now))
           and not public.age_differs(n.id, n.agreed_at) and not public.referral_no_since(n)
           and not exists (select 1 from public.referral_word w where w.referral_id = n.id)
         order by n.agreed_at > r.sent_at desc limit 1),
        (select case when n.to_organisation_id = r.to_organisation_id then 'double' else 'promised' end
          from public.referral_origin o join public.referral_origin p on p.case_id = o.case_id join public.referral n on n.id = p.referral_id
         where o.referral_id = r.id and r.urgency_code = 'urgent' and n.id <> r.id and n.state_code = 'sent' and n.service_code = any (k.places)
           and case when n.to_organisation_id = r.to_organisation_id then coalesce(public.call_that_counts(r.id), '') <> 'said_yes'
                    else public.call_that_counts(r.id) in ('said_no', 'not_reached', 'no_coordinator') end and coalesce(n.needed_from_on <= k.today, true)
           and public.call_that_counts(n.id) = 'said_yes' and not exists (select 1 from public.referral_word w where w.referral_id = n.id)
         order by n.to_organisation_id <> r.to_organisation_id limit 1), '')
    when (r.service_code like 'CHILD-%' or exists (
           select 1 from public.service s where s.id = r.service_id and cardinality(s.admission_codes) > 0
              and s.admission_codes::text[] <@ k.groups))
     and exists (select 1 from public.referral_card d where d.referral_id = r.id and d.corrected_at is not null
                    and d.age_band_code = any (k.adults))
      then 'adult'
    else '' end
    from k
$$;

-- The same for the sender's side.
create or replace function referral_moot_now(p_referral uuid) returns text
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return ''; end if;
  return coalesce((select public.referral_moot(r, public.hk_now(), public.house_zone()) from public.referral r where r.id = p_referral), '');
end $$;

-- Somebody has to call about this referral now: it is urgent and not late, nobody there has asked anything, no call reached anybody, and
-- they are closed until the answer is due (`opening` in work/queries/beside.py says it of a row). A call to the coordinator rests: until
-- then, or for an hour where they were not reached (ADR 170). For the two who asked already whose it is; the zone is ours (ADR 111).
create or replace function referral_silent(r public.referral, p_now timestamptz, p_zone text) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'sent' and r.urgency_code = 'urgent' and r.answer_due_at > p_now
     and not exists (select 1 from public.referral_question q where q.referral_id = r.id)
     and coalesce(public.call_that_counts(r.id), '') not in ('reached', 'promised', 'said_yes', 'calls_back', 'coordinator')
     and public.closed_between(r.service_id, p_now, r.answer_due_at, p_zone)
     and public.referral_moot(r, p_now, p_zone) = ''
$$;

-- The same for the sender's side.
drop function if exists referral_unread(uuid, text);
create or replace function referral_unread(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return false; end if;
  return coalesce((select public.referral_silent(r, public.hk_now(), public.house_zone()) from public.referral r where r.id = p_referral), false);
end $$;

-- Whether somebody is expected where it was accepted: in time, and nobody has said anything else.
create or replace function referral_is_expected(r public.referral, p_now timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'accepted' and r.missed_at is null and r.heard_code not in ('came', 'did_not_come')
     and exists (select 1 from public.referral_clock k where k.referral_id = r.id and k.clock_code = 'arrival'
                    and k.due_at > p_now and not (r.heard_code <> '' and coalesce(k.next_at > p_now, false)))
$$;

-- Somebody has to call, because the person is a child since an adult was asked for or accepted, and they do
-- not say that they take such a child (queries/doubt.py). Over once a call since then reached somebody. Or because they said yes on
-- the telephone for another age, and have not been asked since; or no, since they accepted. `p_takes`: sex and age of a
-- child -> the groups of the directory that are such a child. For the two who have asked already whose it is.
create or replace function referral_in_doubt(r public.referral, p_takes jsonb, p_now timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce((
    select case r.state_code when 'sent' then r.answer_due_at > p_now and public.age_said(d, r.sent_at) <> d.age_band_code
             when 'accepted' then public.age_said(d, r.agreed_at) <> d.age_band_code and public.referral_is_expected(r, p_now) when 'serving' then public.age_said(d, r.agreed_at) <> d.age_band_code and public.came_as_another(r.id) end
           and p_takes ? (d.sex_code || ' ' || d.age_band_code)
           and cardinality(s.admission_codes) > 0
           and not p_takes -> (d.sex_code || ' ' || d.age_band_code) ?| s.admission_codes::text[]
           and not coalesce((select t.reason_code in ('reached', 'promised', 'said_yes', 'calls_back') and t.at > d.corrected_at
                               from public.referral_step t where t.referral_id = r.id and t.step_code = 'call' and t.undone_at is null order by t.at desc limit 1), false)
      from public.referral_card d join public.service s on s.id = r.service_id
     where d.referral_id = r.id and d.corrected_at is not null), false)
      or (r.state_code = 'sent' and r.answer_due_at > p_now and public.said_yes_before(r.id))
      or (public.referral_no_since(r) and public.referral_is_expected(r, p_now))
$$;

create or replace function referral_doubted(p_referral uuid, p_takes jsonb) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return false; end if;
  return coalesce((select public.referral_in_doubt(r, p_takes, public.hk_now()) from public.referral r where r.id = p_referral), false);
end $$;

-- Which referrals the coordinator may call about: late now, unread, or nobody answered (referrals_expired()).
create or replace function referrals_to_call() returns setof uuid
  language sql stable security definer set search_path = '' as $$
  select l.referral_id from public.referrals_late() l where l.code <> ''
  union select c.referral_id from public.referrals_closed_there() c
  union select r.id from public.referrals_expired() e join public.referral r on r.code = e.code
$$;

-- Who has called about these, and what came of it: which organisation and from which side (from the record ME: the coordinator who asks,
-- N: another one), the newest first. Of the sender also what it says of the arrival (ADR 0093), and of who did not come that they are
-- safe: else she has somebody looked for whom nobody misses. No name of a person. While it waits, a
-- yes that was said for another age counts no more: that the summary was changed since, and when, and no age (ADR 0123).
-- Of a referral of whom the sender said that they did not come: when it was said since that they are safe. A slip that was put back, or a
-- search that began anew, takes it away (ADR 0161). Granted to nobody: referrals_called() and known_safe() ask it.
create or replace function said_safe(p_referral uuid) returns setof timestamptz
  language sql stable security definer set search_path = '' as $$
  select s.at
    from public.referral_origin o
    join public.case_step s on s.case_id = o.case_id and s.step_code in ('looked_for', 'place_needed') and s.reason_code = 'is_safe'
   where o.referral_id = p_referral
     and s.at > (select max(h.at) from public.referral_step h
                  where h.referral_id = p_referral and h.step_code = 'hear' and h.reason_code = 'did_not_come')
     and not exists (select 1 from public.case_step b
                      where b.case_id = o.case_id and b.at > s.at and b.step_code = 'looked_for'
                        and b.reason_code in ('put_back', 'not_found'))
$$;

-- Whether that is the last word of its sender: then the coordinator calls nobody about it (ADR 0166). Granted to nobody.
create or replace function known_safe(p_referral uuid) returns boolean
  language sql stable security definer set search_path = '' as $$
  select coalesce((select max(s) from public.said_safe(p_referral) s)
                  > (select max(h.at) from public.referral_step h where h.referral_id = p_referral and h.step_code = 'hear'), false)
$$;

drop function if exists referrals_called();
create function referrals_called()
  returns table (code text, organisation_id uuid, side_code text, answer_code text, at timestamptz, changed_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    with told as (
      select r.id, r.code::text as code, r.from_organisation_id, array(
               select b.at from public.calls_about(r.id) b where b.answer = 'yes_before' and r.state_code = 'sent') as before,
             (select d.corrected_at from public.referral_card d where d.referral_id = r.id) as corrected_at
        from public.referral r where r.id in (select public.referrals_to_call())),
    called as (
      select t.id, t.from_organisation_id as by, s.side_code::text as side, s.reason_code::text as answer, s.at
        from told t join public.referral_step s on s.referral_id = t.id and s.step_code in ('hear', 'call') and s.undone_at is null
      union all
      -- Of whom the sender said that they did not come, and since then that they are safe: that, and when. Not where, and no case.
      select t.id, t.from_organisation_id, 'S', 'is_safe', s.at from told t cross join lateral public.said_safe(t.id) s (at)
      union all
      select t.id, l.organisation_id, case when l.membership_id = public.me() then 'ME' else 'N' end, l.answer, l.at
        from told t cross join lateral public.coordinators_calls('referral', t.id) l
      union all
      -- What was put back is no call; that it was, and when, whoever sent it has to hear (ADR 0185).
      select t.id, null, 'SLIP', l.answer, l.undone_at from told t cross join lateral public.coordinators_slips(t.id) l)
    select t.code, c.by, c.side, case when w.before then 'yes_before' else c.answer end, c.at, case when w.before then t.corrected_at end
      from called c join told t on t.id = c.id cross join lateral (select c.answer = 'said_yes' and c.at = any (t.before)) w (before)
    union all
    -- Of a disputed result she reads no number: the call is one to the organisation, which stands in its place.
    select l.object_id::text, l.organisation_id, case when l.membership_id = public.me() then 'ME' else 'N' end, l.reason_code::text, l.at,
           null
      from public.ledger l
     where l.object_kind_code = 'organisation' and l.action_code = 'referral.late' and l.decision_code = 'done'
       and l.role_code = 'national_coordinator'
       and exists (select 1 from public.referrals_late() d
                    where d.code = '' and d.to_organisation_id = l.object_id and d.late_since <= l.at)
    order by 5 desc, 1;
end $$;

grant execute on function referral_unread(uuid), referral_moot_now(uuid), referral_doubted(uuid, jsonb), referrals_called(),
  referrals_closed_there(), referral_closed_told(uuid),
  referral_heard(uuid), referral_calls(uuid), referral_promised(uuid) to hk_app;
