-- Who is looked for: it was said of them that they did not arrive, or that the place where they slept could not reach them, and nobody
-- has said since that they are safe, or where they are (ADR 0133, 0155). To the team and the supervisor of the case: since when, how it was said, of which referral if of one, the last call of their
-- side about it, what that desk told a coordinator since, and when somebody looked in vain. Null to everybody else, and of everybody who
-- is not looked for.
--
-- A child, and whoever is in danger or at risk, is looked for until that is said; everybody else for a day. A call says nothing of the
-- person, and another bed neither. Of an adult at no risk another time that was agreed, the person's own word and "nothing more to do" end
-- it as well. A case that was closed meanwhile keeps it for a day, of the others for three. `p_place`: the kinds of help that are a place
-- for tonight.
-- When somebody said first, since a moment, what is known of the person: that they are safe, or where they are. Who was looked for in
-- vain after that is looked for anew (ADR 0159). Granted to nobody.
drop function if exists person_known_at(uuid, timestamptz, boolean);
drop function if exists person_known_at(uuid, timestamptz);
-- Of which referrals those there had said, and not taken back by then, that who left is back, when it was said at the sender's side that the
-- person is safe, or stays where they were: it rested on that (ADR 0178). `p_since`: since when they are looked for. Granted to nobody.
create or replace function word_rests_on(p_case uuid, p_since timestamptz, p_step text, p_at timestamptz) returns setof uuid
  language sql stable set search_path = '' as $$
  select r.id
    from public.referral_origin o join public.referral r on r.id = o.referral_id
   where o.case_id = p_case
     and (select b.reason_code from public.referral_step b
           where b.referral_id = r.id and b.step_code = 'call_sender' and b.reason_code in ('is_back', 'not_back')
             and b.at >= p_since and b.at <= p_at order by b.at desc limit 1) = 'is_back'
     -- That they got to a place that was found, where that was the one that they had left.
     and (p_step <> 'place_reached' or (
           select f.reason_code = 'stays' or f.organisation_id is not distinct from r.to_organisation_id
             from public.case_step f where f.case_id = p_case and f.step_code = 'place_found' and f.at <= p_at
            order by f.at desc limit 1))
$$;

-- When these took it back; null where it stands, or nothing was. Granted to nobody.
create or replace function word_doubted(p_case uuid, p_since timestamptz, p_step text, p_at timestamptz) returns timestamptz
  language sql stable set search_path = '' as $$
  select min(n.at)
    from public.word_rests_on(p_case, p_since, p_step, p_at) r (id)
      join public.referral_step n on n.referral_id = r.id and n.step_code = 'call_sender' and n.reason_code = 'not_back' and n.at > p_at
$$;

create or replace function person_known_at(p_case uuid, p_since timestamptz, p_without uuid default null) returns timestamptz
  language sql stable set search_path = '' as $$
  with vain as (
    select coalesce(max(s.at), p_since) as at from public.case_step s
     where s.case_id = p_case and s.at >= p_since and s.step_code = 'looked_for' and s.reason_code = 'not_found')
  select min(k.at) from (
    select s.at from public.case_step s, vain
     where s.case_id = p_case and s.at > vain.at and public.word_doubted(p_case, p_since, s.step_code, s.at) is null
       and (p_without is null or p_without not in (select public.word_rests_on(p_case, p_since, s.step_code, s.at)))
       and (s.step_code = 'place_reached'
            -- A slip that was put back says nothing: the same place was found once more right after it (ADR 0162).
            and not exists (
                 select 1
                   from (select x.* from public.case_step x
                          where x.case_id = p_case and x.at > s.at and x.step_code in ('place_found', 'place_needed', 'place_reached')
                          order by x.at limit 1) n
                   join lateral (
                     select f.reason_code, f.organisation_id as body from public.case_step f
                      where f.case_id = p_case and f.step_code = 'place_found' and f.at < s.at order by f.at desc limit 1) f
                     on f.reason_code = n.reason_code and f.body is not distinct from n.organisation_id
                  where n.step_code = 'place_found' and n.at < s.at + interval '24 hours')
            -- A slip that was put back says nothing (ADR 0161).
            or s.step_code in ('looked_for', 'place_needed') and s.reason_code = 'is_safe' and not exists (
                 select 1 from public.case_step b
                  where b.case_id = p_case and b.at > s.at and b.step_code = 'looked_for' and b.reason_code = 'put_back')
            -- A place that was found, whosever it is, says nothing of who is to sleep in it (ADR 0162).
            or s.step_code = 'place_found' and s.reason_code = 'stays')
    union all
    -- Or the person is at some organisation.
    select s.at from public.referral_origin o join public.referral_step s on s.referral_id = o.referral_id
      join public.referral r on r.id = o.referral_id cross join vain
     where o.case_id = p_case and s.at > vain.at
       and (s.step_code = 'serve' or s.step_code = 'hear' and s.reason_code = 'came'
            or s.step_code = 'finish' and r.result_code in ('given', 'partly'))) k
$$;

-- When those who receive said last, since a moment, what came of a call to the sender. Granted to nobody.
create or replace function sender_called(p_referral uuid, p_since timestamptz, p_answer text) returns timestamptz
  language sql stable set search_path = '' as $$
  select max(s.at) from public.referral_step s
   where s.referral_id = p_referral and s.step_code = 'call_sender' and s.reason_code = p_answer and s.at >= p_since
$$;

-- That who left is back with them, unless they said after it that it is not so (ADR 0174). Granted to nobody.
create or replace function said_back(p_referral uuid, p_since timestamptz) returns timestamptz
  language sql stable set search_path = '' as $$
  select b.at from (select public.sender_called(p_referral, p_since, 'is_back')) b (at)
   where b.at > coalesce(public.sender_called(p_referral, p_since, 'not_back'), '-infinity')
$$;

-- Whether anybody of this case is looked for at all: a case that was closed keeps it for a day, of a child and of whoever is in danger or at
-- risk for three. Granted to nobody.
create or replace function may_be_looked_for(p_case uuid) returns boolean
  language sql stable set search_path = '' as $$
  select k.state_code in ('draft', 'open') or k.state_code = 'closed' and k.outcome_code is distinct from 'deceased'
      and k.closed_at > public.hk_now() - case when k.is_child or k.has_danger or k.risk_code in ('raised', 'high') then interval '3 days'
                                               else interval '24 hours' end
    from public."case" k where k.id = p_case
$$;

-- Asked by the two below, each of its own readers. Granted to nobody.
create or replace function case_search(p_case uuid, p_place text[]) returns jsonb
  language plpgsql stable set search_path = '' as $$
declare
  v record;
  c record;
  v_now timestamptz := public.hk_now();
  v_night date;
  v_since timestamptz;
begin
  for v in
    select s.at, s.step_code::text as step, null::uuid as referral_id from public.case_step s
     where s.case_id = p_case and s.step_code = 'place_needed' and s.reason_code = 'did_not_get_there'
    union all
    select s.at, s.step_code::text, s.referral_id
      from public.referral_origin o join public.referral_step s on s.referral_id = o.referral_id
     where o.case_id = p_case and (s.step_code = 'miss' or s.step_code = 'hear' and s.reason_code = 'did_not_come')
    union all
    -- Who slept there, and of whom those there say that they could not be reached: they left, and nobody knows where to (ADR 0155).
    -- So, too, where that was said anew, whatever was said between: it is later than what was known of the person before (`amend`).
    select s.at, 'finish', s.referral_id
      from public.referral_origin o join public.referral r on r.id = o.referral_id
        join public.referral_step s on s.referral_id = r.id
     where o.case_id = p_case and s.step_code in ('finish', 'amend') and r.service_code = any (p_place)
       -- Another result, put right since, ends no search in which the sender's side looked in vain: what it said was said of this one,
       -- where no other had begun before that word (ADR 0162).
       -- Nor where those there said since that they are not back after all: it is later than that result (ADR 0178).
       and (r.result_code = 'not_reached' or exists (
             select 1 from public.referral_step n
              where n.referral_id = r.id and n.at > s.at and n.step_code = 'call_sender' and n.reason_code = 'not_back'
                and not exists (select 1 from public.referral_step a where a.referral_id = r.id and a.step_code = 'amend' and a.at > n.at))
         or exists (
             select 1 from public.case_step w
              where w.case_id = p_case and w.at > s.at and w.step_code = 'looked_for' and w.reason_code = 'not_found'
                and not exists (select 1 from public.referral_step a
                                 where a.referral_id = r.id and a.step_code = 'amend' and a.at > s.at and a.at < w.at)
                and exists (select 1 from public.referral_step a
                             where a.referral_id = r.id and a.step_code = 'amend' and a.at > w.at)
                and not exists (select 1 from public.case_step x
                                 where x.case_id = p_case and x.at > s.at and x.at < w.at
                                   and x.step_code = 'place_needed' and x.reason_code = 'did_not_get_there')
                and not exists (select 1 from public.referral_origin p join public.referral_step x on x.referral_id = p.referral_id
                                 where p.case_id = p_case and x.at > s.at and x.at < w.at
                                   and (x.step_code = 'miss' or x.step_code = 'hear' and x.reason_code = 'did_not_come'))))
       and exists (select 1 from public.referral_step b where b.referral_id = r.id and b.step_code = 'serve')
     order by 1 desc
  loop
    if c is null then
      select k.state_code, k.closed_at, k.is_child or k.has_danger or k.risk_code in ('raised', 'high') as hurry
        into c from public."case" k where k.id = p_case;
      if public.may_be_looked_for(p_case) is not true then return null; end if;
      v_night := public.night_of(v_now, public.house_zone());
    end if;
    -- Who was said to be back and is not is missed since then (ADR 0178).
    v_since := coalesce(public.sender_called(v.referral_id, v.at, 'not_back'), v.at);
    continue when not c.hurry and v_since <= coalesce(case when c.state_code = 'closed' then c.closed_at end, v_now) - interval '24 hours';
    continue when public.person_known_at(p_case, v.at) is not null;
    if not c.hurry then
      continue when exists (
        select 1 from public.referral_step s
         where s.referral_id = v.referral_id and s.at > v_since and s.step_code in ('expect', 'withdraw', 'settle')
           and not (s.step_code = 'settle' and exists (
                 select 1 from public.referral_step b where b.referral_id = v.referral_id and b.step_code = 'put_back' and b.at > s.at)));
      continue when v.referral_id is null and exists (
        select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
         where o.case_id = p_case and r.service_code = any (p_place) and r.agreed_at > v.at and r.state_code = 'accepted'
           and (r.arrival_on is null or r.arrival_on <= v_night or r.arrival_part_code = 'now'));
    end if;
    -- Who said no to everything is left in peace, where they were expected by an organisation (work/queries/peace.py).
    continue when exists (select 1 from public.referral r
                           where r.id = v.referral_id and public.case_left_in_peace(p_case, r.recipient_kind_code, r.purpose_code));
    return (
      select jsonb_build_object(
        'at', v.at, 'step', v.step, 'referral', r.id, 'code', r.code, 'service', r.service_code, 'to', b.body,
        'phone', (select p.phone from public.organisation_phone p where p.organisation_id = b.body and p.phone <> ''),
        -- That the place where they did not arrive had been promised by telephone, when; and how help ended that was put right since.
        'found_at', f.at,
        -- Which place is meant, a code, and when it was found; and the organisation that says since that evening, before this was said,
        -- that the person is with them: then nobody looks for them yet, and it is called. Until somebody looked in vain (ADR 0232).
        'meant', m.reason, 'meant_at', m.at,
        'here', (select jsonb_build_object('to', h.to_organisation_id, 'at', h.served_at,
                          'phone', (select p.phone from public.organisation_phone p where p.organisation_id = h.to_organisation_id and p.phone <> ''))
                   from public.referral_origin o join public.referral h on h.id = o.referral_id
                  where v.referral_id is null and o.case_id = p_case and h.state_code = 'serving' and h.service_code = any (p_place)
                    and h.served_at <= v.at
                    and public.night_of(h.served_at, public.house_zone()) = public.night_of(v.at, public.house_zone())
                    and not exists (select 1 from public.case_step s where s.case_id = p_case and s.at >= v.at
                                       and s.step_code = 'looked_for' and s.reason_code = 'not_found')
                  order by h.served_at desc limit 1),
        -- Of other organisations that help the person now, and may, the one that met them last: it is called, too (ADR 0254).
        'helps', (select jsonb_build_object('to', h.to_organisation_id, 'at', h.served_at,
                           'phone', (select p.phone from public.organisation_phone p where p.organisation_id = h.to_organisation_id and p.phone <> ''))
                    from public.referral_origin o join public.referral h on h.id = o.referral_id
                   where o.case_id = p_case and h.state_code = 'serving' and h.served_at is not null
                     and h.to_organisation_id is distinct from b.body
                     and not exists (select 1 from public.consent_excluded x
                                      where x.organisation_id = h.to_organisation_id
                                        and x.consent_id = (select n.id from public.consent n where n.case_id = p_case order by n.number desc limit 1))
                   order by h.served_at desc limit 1),
        'result', case when v.step = 'finish' then r.result_code end,
        'result_at', (select max(a.at) from public.referral_step a where a.referral_id = r.id and a.step_code = 'amend' and a.at > v.at),
        -- That those whom they left said since that they are back (ADR 0174). It ends nothing: the person is asked.
        'back_at', public.said_back(r.id, v.at),
        -- That this was not so; and when it was said before that they are safe, which is open again (ADR 0178).
        'not_back_at', n.at,
        'doubted_at', (select max(s.at) from public.case_step s
                        where s.case_id = p_case and s.at > r.served_at and s.step_code = 'looked_for' and s.reason_code = 'is_safe'
                          and public.word_doubted(p_case, r.served_at, s.step_code, s.at) = n.at
                          and not exists (select 1 from public.case_step b where b.case_id = p_case and b.at > s.at and b.at < n.at
                                             and b.step_code = 'looked_for' and b.reason_code in ('put_back', 'not_found'))),
        -- Then it is nobody to ask for help. What is sent stands on the believed word (queries/said.py), not on this.
        'unwanted', exists (
          select 1 from public.consent_excluded x
           where x.organisation_id = b.body
             and x.consent_id = (select n.id from public.consent n where n.case_id = p_case order by n.number desc limit 1)),
        'said_come', coalesce(r.heard_code = 'came' and r.missed_at is not null, false),
        'call', (select jsonb_build_object('answer', s.reason_code, 'at', s.at) from public.referral_step s
                  where s.referral_id = r.id and s.step_code = 'call' and s.undone_at is null and s.at >= v.at order by s.at desc limit 1),
        -- What that desk told a coordinator since: it ends nothing, and the sender asks the person (`heard_there` in
        -- referral/queries/calls.py reads the same of who is not looked for).
        'there', (select jsonb_build_object('answer', a.answer, 'at', a.at) from public.calls_about(r.id) a
                   where r.state_code = 'accepted' and a.side = 'N' and a.answer in ('with_them', 'not_with_them', 'not_known')
                     and a.at > v.at order by a.at desc limit 1),
        'not_found_at', (select max(s.at) from public.case_step s
                          where s.case_id = p_case and s.at >= v.at and s.step_code = 'looked_for' and s.reason_code = 'not_found'))
        from (select 1) one left join public.referral r on r.id = v.referral_id
          -- Of a place that was found: the one that was the last when it was said, and not what was found since.
          left join lateral (
            select g.body, g.at, g.reason from public.place_finds(p_case) g
             where v.referral_id is null and g.at < v.at order by g.again_at desc limit 1) m on true
          left join lateral (select m.body, m.at) f on m.reason = 'organisation'
          cross join lateral (select coalesce(r.to_organisation_id, f.body)) b (body)
          cross join lateral (select case when public.said_back(r.id, v.at) is null
                                          then public.sender_called(r.id, v.at, 'not_back') end) n (at));
  end loop;
  return null;
end $$;

-- The same for the team and the supervisor of the case, and nobody else.
create or replace function case_looked_for(p_case uuid, p_place text[]) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_found jsonb := public.case_search(p_case, p_place);
begin
  if v_found is null or (public.case_sides(p_case) && array['S', 'SV']) is not true then return null; end if;
  return v_found;
end $$;

-- On which word of those there "safe" rests alone: since when they say that the person is back; null where it rests on another, too, or
-- nobody has said that the person is safe. Granted to nobody.
create or replace function safe_by_word_of(p_case uuid, p_referral uuid, p_since timestamptz) returns timestamptz
  language sql stable set search_path = '' as $$
  select b.at from (select public.said_back(p_referral, p_since)) b (at)
   where b.at is not null and public.person_known_at(p_case, p_since) is not null
     and public.person_known_at(p_case, p_since, p_referral) is null
$$;

-- To those whom somebody left so: since when; whether that result was put right since, and the sender's
-- side looks for them all the same; when it was known there that the person is safe, null while it is not (ADR 0158); that those here
-- said that they are back, that they called the sender, or reached nobody there (ADR 0174), or read that they are safe (ADR 0175). Nothing of
-- where, nor of who said it. As long as their word stands that they are back they can take it back, also once it is known that the person
-- is safe (ADR 0178). Once the result is confirmed: as long as the sender's side looks for them, "safe" rests on the word of those here
-- alone, or was said after that and is not read here. `aside`: then it is on the page of the referral alone, since those here have said
-- nothing of it, or have read it.
drop function if exists referral_known_safe(uuid);
create or replace function referral_left(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_places text[] := array['HOME-01', 'HOME-02', 'HOME-04', 'HOME-05'];
  v_case uuid;
  v_result text;
  v_confirmed timestamptz;
  v_at timestamptz;
  v_told timestamptz;
  v_search jsonb;
  v_safe timestamptz;
  v_read timestamptz;
  v_sought boolean;
  v_said timestamptz;
begin
  if (public.referral_sides(p_referral) && array['R', 'RV']) is not true then return null; end if;
  select o.case_id, r.result_code, case when r.state_code = 'confirmed' then r.ended_at end,
         (select max(s.at) from public.referral_step s where s.referral_id = r.id and s.step_code in ('finish', 'amend')),
         (select max(s.at) from public.referral_step s
           where s.referral_id = r.id and s.step_code = 'call_sender' and s.reason_code in ('is_back', 'not_back'))
    into v_case, v_result, v_confirmed, v_at, v_said
    from public.referral r join public.referral_origin o on o.referral_id = r.id
   where r.id = p_referral and r.state_code in ('finished', 'disputed', 'confirmed') and r.served_at is not null
     and r.service_code = any (v_places);
  if v_case is null then return null; end if;
  if v_confirmed is not null
     and ((v_result <> 'not_reached' and v_said is null) or public.may_be_looked_for(v_case) is not true) then
    return null;
  end if;
  if v_result <> 'not_reached' or v_confirmed is not null then
    v_search := public.case_search(v_case, v_places);
    v_sought := coalesce(v_search ->> 'step' = 'finish' and v_search ->> 'referral' = p_referral::text, false);
  end if;
  if v_result <> 'not_reached' then
    if v_sought then
      v_at := (v_search ->> 'at')::timestamptz;
    else
      -- Known to be safe since their word that they are back, which stands, or that this is not so: from that word on.
      v_at := coalesce(public.said_back(p_referral, '-infinity'), public.sender_called(p_referral, v_at, 'not_back'));
      if v_at is null or public.person_known_at(v_case, v_at) is null then return null; end if;
    end if;
  end if;
  v_told := coalesce(public.sender_called(p_referral, v_at, 'not_back'), v_at);
  v_safe := public.person_known_at(v_case, v_at);
  v_read := public.sender_called(p_referral, v_safe, 'read_safe');
  if v_confirmed is not null and not v_sought and (v_safe > v_confirmed and v_read is null) is not true
     and public.safe_by_word_of(v_case, p_referral, v_at) is null then
    return null;
  end if;
  return jsonb_build_object(
    'at', v_at, 'corrected', v_result <> 'not_reached', 'safe', v_safe, 'read', v_read,
    'aside', v_confirmed is not null and (v_safe is not null and v_read is not null or (v_said >= v_at) is not true),
    'back', public.said_back(p_referral, v_at),
    'called', public.sender_called(p_referral, v_told, 'reached'),
    'tried', public.sender_called(p_referral, v_told, 'not_reached'));
end $$;

-- To the sender's side: since when those there say that the person is back, where "safe" rests on that alone. Asked before the result is
-- confirmed, and after it.
create or replace function referral_safe_by_word(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return (
    select public.safe_by_word_of(o.case_id, r.id, b.at)
      from public.referral r join public.referral_origin o on o.referral_id = r.id
        cross join lateral (select public.said_back(r.id, case when r.result_code = 'not_reached' then (
          select max(s.at) from public.referral_step s where s.referral_id = r.id and s.step_code in ('finish', 'amend'))
          else '-infinity' end)) b (at)
     where r.id = p_referral and b.at is not null);
end $$;

grant execute on function case_looked_for(uuid, text[]), referral_left(uuid), referral_safe_by_word(uuid) to hk_app;
