-- Whether it was said where the person sleeps: after `p_asked`, when that is asked; or after `p_since`, that it is elsewhere. A slip that
-- was taken back, so that it was said last that the person stays, answers nothing (ADR 173). Asks nobody who runs it: it is run inside.
create or replace function case_sleeps_elsewhere(p_case uuid, p_asked timestamptz, p_since timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select exists (
    select 1 from public.case_step s
     where s.case_id = p_case and s.step_code in ('place_found', 'place_needed', 'place_reached')
       and (s.at > p_asked or s.at > p_since and (s.step_code, s.reason_code) <> ('place_found', 'stays')
            and not exists (select 1 from public.case_step b
                             where b.case_id = p_case and b.at > s.at and (b.step_code, b.reason_code) = ('place_found', 'stays'))));
$$;

-- Since when somebody whom that help gave a place to sleep has none any more by it: since it ended; or, where those there said that the
-- person sleeps there one more night (ADR 257), since the morning after that night. `sleeps_on` in referral/rules/last_night.py. Asks nobody
-- who runs it: it is run inside.
create or replace function referral_slept_until(r public.referral) returns timestamptz
  language plpgsql stable set search_path = '' as $$
begin
  if not r.one_more_night or r.served_at is null or r.result_code = 'not_reached' then return r.finished_at; end if;
  return (public.night_of(r.finished_at, public.house_zone()) + 1 + interval '6 hours') at time zone public.house_zone();
end $$;

-- To those who helped there: until when the person sleeps there one more night, as they said when they ended that help. Null from that
-- morning on, and as soon as another place has the person, or the sender's case or their own says that they got to one. Nothing of where. Null to everybody else. `p_place`: the kinds of help that are such a place.
create or replace function referral_sleeps_on(p_referral uuid, p_place text[]) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if 'R' = any (public.referral_sides(p_referral)) is not true then return null; end if;
  return (
    select u.at
      from public.referral r join public.referral_origin o on o.referral_id = r.id
      left join public.referral_own_case x on x.referral_id = r.id
      cross join lateral (select public.referral_slept_until(r)) u (at)
     where r.id = p_referral and r.one_more_night and r.state_code in ('finished', 'disputed', 'confirmed')
       and r.service_code = any (p_place) and u.at > public.hk_now()
       and not exists (
         select 1 from public.referral_origin w join public.referral h on h.id = w.referral_id
          where w.case_id in (o.case_id, x.case_id) and h.service_code = any (p_place) and h.served_at > r.finished_at)
       and not exists (
         select 1 from public.case_step s
          where s.case_id in (o.case_id, x.case_id) and s.at > r.finished_at
            and s.step_code = 'place_reached' and not exists (
              -- Not where it was said that they are with those here.
              select 1 from public.case_step f
               where f.case_id = s.case_id and f.step_code = 'place_found' and f.organisation_id = r.to_organisation_id
                 and f.at = (select max(l.at) from public.case_step l
                              where l.case_id = s.case_id and l.step_code = 'place_found' and l.at < s.at))));
end $$;

grant execute on function referral_sleeps_on(uuid, text[]) to hk_app;

-- Where help that was a place to sleep has ended within a day, whatever its result, and nobody has said since where the person stays
-- (ADR 0136): the last such referral of the case, of which organisation and where it is called, how and when it ended, and whether a note
-- came with it that nobody has opened. Until "A place was found", "No place after all", or that none is needed any more. To the team and the supervisor of the case; null to everybody else, and where there is none.
-- So, too, where those who had the person closed their own case after the person's word had ended what was agreed (ADR 0150): result
-- "closed", unless it was said last that the person leaves or sleeps elsewhere; of that case nothing else is told.
-- So, too, for a day, in a case that was opened again for somebody who slept in a shelter before (ADR 179): result "opened", unless it was
-- said since that help there ended where the person sleeps; not of a case that was closed by mistake.
-- `p_place`: the kinds of help that are such a place.
create or replace function case_shelter_ended(p_case uuid, p_place text[]) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.case_sides(p_case) && array['S', 'SV']) is not true then return null; end if;
  return (
    select e.said from (
    select l.at, jsonb_build_object('to', r.to_organisation_id, 'result', r.result_code, 'at', l.at, 'code', r.code,
             'phone', (select p.phone::text from public.organisation_phone p where p.organisation_id = r.to_organisation_id), 'note',
             r.state_code in ('finished', 'disputed')
             and exists (select 1 from public.packet_body b where b.referral_id = r.id and b.section_code = 'result')
             and not exists (select 1 from public.ledger l where l.object_id = r.id and l.object_kind_code = 'referral'
                               and l.action_code = 'note.open' and l.decision_code = 'done')) as said
      from public.referral_origin o join public.referral r on r.id = o.referral_id
      cross join lateral (select public.referral_slept_until(r)) l (at)
     where o.case_id = p_case and r.service_code = any (p_place) and r.state_code in ('finished', 'disputed', 'confirmed')
       and l.at > public.hk_now() - interval '24 hours' and l.at <= public.hk_now()
       and not exists (
         select 1 from public.case_step s
          where s.case_id = p_case and s.step_code in ('place_found', 'place_needed', 'place_reached')
            -- Who was looked for in vain since: a word older than that search does not come back (ADR 0168).
            and not exists (select 1 from public.case_step v
                             where v.case_id = p_case and v.at > s.at and v.step_code = 'looked_for' and v.reason_code = 'not_found')
            -- Since help ended: a result that is put right later ends nothing anew (ADR 0162).
            and s.at > (select max(h.at) from public.referral_step h where h.referral_id = r.id and h.step_code = 'finish'))
    union all
    select l.at, jsonb_build_object('to', r.to_organisation_id, 'result', 'closed', 'at', l.at, 'code', r.code,
             'phone', (select p.phone::text from public.organisation_phone p where p.organisation_id = r.to_organisation_id), 'note', false)
      from public.referral_origin o join public.referral r on r.id = o.referral_id
      join public.referral_own_case x on x.referral_id = r.id join public."case" w on w.id = x.case_id
      -- Closed since; or before that word, and it was said since that help there has ended (ADR 0158).
      cross join lateral (
        select case when w.closed_at > r.ended_at then w.closed_at
                    else (select max(s.at) from public.case_step s
                           where s.case_id = w.id and s.step_code = 'help_over' and s.at > r.ended_at) end) l (at)
     where o.case_id = p_case and r.service_code = any (p_place) and r.state_code = 'ended' and r.served_at is not null
       and w.state_code = 'closed' and l.at > public.hk_now() - interval '24 hours'
       -- What came after it there tells itself how it ended.
       and not exists (select 1 from public.referral_own_case y join public.referral n on n.id = y.referral_id
                        where y.case_id = w.id and n.served_at > r.ended_at)
       and not public.case_sleeps_elsewhere(p_case, l.at, r.ended_at)
    union all
    select l.at, jsonb_build_object('to', r.to_organisation_id, 'result', 'opened', 'at', l.at, 'code', r.code, 'phone', null, 'note', false)
      from public.referral_origin o join public.referral r on r.id = o.referral_id
      cross join lateral (
        select s.at, s.reason_code from public.case_step s
         where s.case_id = p_case and s.step_code = 'reopen' order by s.at desc limit 1) l (at, why)
     where o.case_id = p_case and r.service_code = any (p_place) and r.served_at is not null
       and r.state_code in ('finished', 'disputed', 'confirmed', 'ended')
       and l.why <> 'closed_by_mistake' and l.at > public.hk_now() - interval '24 hours' and l.at > r.served_at
       -- Whether they stay is asked for a day after their word ended it, and until it is said (is_asked_to_stay).
       and (coalesce(r.finished_at, r.ended_at) <= public.hk_now() - interval '24 hours' or exists (
         select 1 from public.case_step b
          where b.case_id = p_case and b.at > r.served_at and (b.step_code, b.reason_code) = ('place_found', 'stays')))
       and not public.case_sleeps_elsewhere(p_case, l.at, r.served_at)
    ) e order by e.at desc limit 1);
end $$;

grant execute on function case_shelter_ended(uuid, text[]) to hk_app;
