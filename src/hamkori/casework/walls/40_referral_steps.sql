-- Every step of a referral but writing and editing a draft. Codes and ids only; the lifecycle table is the rule.

-- A step in the time line of both sides, and who took it: a row for her own body.
create or replace function referral_step_note(
    p_referral uuid, p_step text, p_from text, p_to text, p_side text, p_reason text, p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_id uuid := gen_random_uuid(); m uuid := public.me();
begin
  insert into public.referral_step (id, referral_id, step_code, from_code, to_code, side_code, reason_code, at)
  values (v_id, p_referral, p_step, p_from, p_to, p_side, p_reason, p_now);
  if m is not null then
    insert into public.referral_step_by (step_id, membership_id) values (v_id, m);
  end if;
end $$;

create or replace function referral_discard_drafts(p_case uuid, p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v uuid;
begin
  for v in select r.id from public.referral_origin o join public.referral r on r.id = o.referral_id
            where o.case_id = p_case and r.state_code = 'draft' order by r.id for update of r
  loop
    update public.referral set state_code = 'discarded', version = version + 1, ended_at = p_now where id = v;
    delete from public.need n where n.referral_id = v;
    perform public.referral_step_note(v, 'discard', 'draft', 'discarded', 'S', '', p_now);
  end loop;
end $$;

-- Every ending, in the same transaction: bodies, seals and the meeting line are gone, and so is a word that waited for it.
create or replace function packet_destroy(p_referral uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.referral_word w where w.referral_id = p_referral;
  delete from public.packet_seal s where s.referral_id = p_referral;
  delete from public.packet_body b where b.referral_id = p_referral;
end $$;

create or replace function referral_clocks_set(p_referral uuid, p_clocks jsonb)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.clock_is_sound(c) from jsonb_array_elements(p_clocks) c;
  delete from public.referral_clock c where c.referral_id = p_referral;
  insert into public.referral_clock (id, referral_id, clock_code, row_code, started_at, due_at, next_at, rungs, done, period, calendar_version)
  select gen_random_uuid(), p_referral, c ->> 'clock_code', c ->> 'row_code', (c ->> 'started_at')::timestamptz,
         (c ->> 'due_at')::timestamptz, (c ->> 'next_at')::timestamptz, public.clock_rungs(c), '{}', coalesce((c ->> 'period')::integer, 1),
         (c ->> 'calendar_version')::integer
    from jsonb_array_elements(p_clocks) c;
end $$;

-- What must hold at `send`, asked once more beside the policy and the rules: consent, sections, the body and its desk.
create or replace function referral_may_leave(r public.referral, p_case uuid)
  returns void language plpgsql stable security definer set search_path = '' as $$
declare c record; v_sections text[] := (select x.sections::text[] from public.referral_sender x where x.referral_id = r.id);
begin
  if (select k.state_code from public."case" k where k.id = p_case) <> 'open' then
    raise exception 'case_open' using errcode = 'HK409'; end if;
  select * into c from public.referral_consent(r.id);
  if not c.live then raise exception 'consent_live' using errcode = 'HK409'; end if;
  if not v_sections <@ c.sections then raise exception 'section_agreed' using errcode = 'HK409'; end if;
  if not r.told_body then raise exception 'told_body' using errcode = 'HK409'; end if;
  if r.to_organisation_id = r.from_organisation_id then raise exception 'not_own_body' using errcode = 'HK409'; end if;
  if (select o.compartment_code from public.organisation o where o.id = r.to_organisation_id) = 'oversight' then
    raise exception 'body_may_receive' using errcode = 'HK409'; end if;
  if (select o.compartment_code from public.organisation o where o.id = r.to_organisation_id) = 'law_enforcement'
     and r.recipient_kind_code <> 'police' then
    raise exception 'police_not_refused' using errcode = 'HK409'; end if;
  if not exists (select 1 from public.body_key b where b.organisation_id = r.to_organisation_id and b.kind_code = 'desk'
                    and b.ended_at is null) then
    raise exception 'desk_ready' using errcode = 'HK409'; end if;
  if exists (select 1 from public.packet_body b where b.referral_id = r.id and b.section_code <> 'text'
                and not b.section_code = any (v_sections)) then
    raise exception 'section_agreed' using errcode = 'HK409'; end if;
end $$;

-- The clock that a step starts, none ('') or, null, the one that runs on: nobody takes a step and leaves out who is told of silence.
create or replace function referral_clock_of(p_step text) returns text
  language sql immutable set search_path = '' as $$
  select case
    when p_step = 'send' then 'answer'
    when p_step in ('accept', 'expect') then 'arrival'
    when p_step = 'miss' then 'miss'
    when p_step = 'serve' then 'result'
    when p_step in ('finish', 'amend') then 'confirm'
    when p_step = 'dispute' then 'dispute'
    when p_step in ('ask', 'answer', 'add', 'staff') then null
    else ''
  end
$$;

-- One step. `p_clocks` null leaves the clocks; a list replaces them. Returns the new state.
create or replace function referral_take(p_referral uuid, p_step text, p_version integer, p_values jsonb, p_clocks jsonb)
  returns text language plpgsql volatile security definer set search_path = '' as $$
declare
  r public.referral;
  s public.lifecycle_step;
  v_case uuid;
  v_sides text[];
  v_side text;
  v_now timestamptz := public.hk_now();
begin
  select o.case_id into v_case from public.referral_origin o where o.referral_id = p_referral;
  v_sides := public.referral_sides(p_referral);
  if v_sides = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  -- Sender-side steps lock the case first, then the referral: else a send beside a withdrawal leaves without consent.
  if 'S' = any (v_sides) then
    perform 1 from public."case" c where c.id = v_case for no key update;
  end if;
  select * into r from public.referral where id = p_referral for update;
  -- Asked again under the lock: whoever was released while she waited takes no step.
  v_sides := public.referral_sides(p_referral);
  if v_sides = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into s from public.lifecycle_step l
   where l.machine_code = 'referral' and l.step_code = p_step and l.from_code = r.state_code and l.by_take and l.sides::text[] && v_sides
   limit 1;
  if not found then
    if exists (select 1 from public.lifecycle_step l where l.machine_code = 'referral' and l.step_code = p_step and l.sides::text[] && v_sides) then
      raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', r.state_code)::text;
    end if;
    raise exception 'not allowed' using errcode = 'HK403';
  end if;
  -- Her word against it stands, though somebody held it: for everybody it has ended.
  if p_step <> 'withdraw' and public.referral_said_no(p_referral) then
    raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', public.referral_fate('withdrawn'))::text;
  end if;
  select x into v_side from unnest(s.sides::text[]) x where x = any (v_sides) limit 1;
  if p_version <> r.version then raise exception 'version_same' using errcode = 'HK409'; end if;
  if exists (select 1 from jsonb_object_keys(p_values) k
              where k <> all (s.carries::text[] || array['visible_at', 'answer_due_at', 'team', 'joins', 'leaves', 'question'])) then
    raise exception 'unknown value' using errcode = 'HK403';
  end if;
  if s.needs_consent and p_step <> 'send' and not (select c.live from public.referral_consent(p_referral) c) then
    raise exception 'consent_live' using errcode = 'HK409';
  end if;

  perform public.referral_step_effects(r, p_step, v_case, v_side, p_values, v_now);
  if (select string_agg(c ->> 'clock_code', ',') from jsonb_array_elements(p_clocks) c)
       is distinct from nullif(public.referral_clock_of(p_step), '')
     or (p_clocks is null) <> (public.referral_clock_of(p_step) is null) then
    raise exception 'no clock' using errcode = 'HK403';
  end if;
  if not (public.soon((p_values ->> 'visible_at')::timestamptz) and public.soon((p_values ->> 'answer_due_at')::timestamptz)
          and public.soon((p_values ->> 'arrival_on')::date::timestamptz))
     or p_values ->> 'arrival_part_code' not in ('morning', 'afternoon', 'evening') then
    raise exception 'no date' using errcode = 'HK403';
  end if;

  update public.referral set
    state_code = public.referral_fate(s.to_code),
    version = version + 1,
    sent_at = case p_step when 'send' then v_now when 'stop' then null else sent_at end,
    visible_at = case p_step when 'send' then greatest(v_now, (p_values ->> 'visible_at')::timestamptz) when 'stop' then null else visible_at end,
    answer_due_at = case p_step when 'send' then (p_values ->> 'answer_due_at')::timestamptz when 'stop' then null else answer_due_at end,
    answered_at = case when p_step in ('accept', 'decline') then v_now else answered_at end,
    arrival_on = coalesce((p_values ->> 'arrival_on')::date, arrival_on),
    arrival_part_code = coalesce(p_values ->> 'arrival_part_code', arrival_part_code),
    moves = moves + case when p_step = 'expect' then 1 else 0 end,
    packets = case p_step when 'send' then 1 when 'stop' then 0 when 'add' then packets + 1 else packets end,
    missed_at = case p_step when 'miss' then v_now when 'expect' then null else missed_at end,
    served_at = case when p_step = 'serve' then v_now else served_at end,
    finished_at = case when p_step in ('finish', 'amend') then v_now else finished_at end,
    ended_at = case when s.to_code in ('confirmed', 'recalled', 'declined', 'lapsed', 'withdrawn', 'unaccepted', 'discarded') then v_now else ended_at end,
    result_code = coalesce(p_values ->> 'result_code', result_code),
    reason_code = case when p_step = 'recall' then reason_code else coalesce(p_values ->> 'reason_code', reason_code) end,
    suggested_service_code = coalesce(p_values ->> 'suggested_service_code', suggested_service_code),
    was_disputed = was_disputed or p_step = 'dispute'
  where id = p_referral;
  -- What the sender's side keeps to itself. How it was said stays here also where the receiver heard it. Other steps leave the
  -- row alone: while one of the receiver's is held open, her next word still writes its permit.
  update public.referral_sender x set
    consent_id = case p_step when 'send' then (select c.consent_id from public.referral_consent(p_referral) c) else consent_id end,
    ending_code = case when p_step in ('recall', 'withdraw') then s.to_code else ending_code end,
    reason_code = case when p_step = 'recall' then coalesce(p_values ->> 'reason_code', '') else reason_code end,
    how_said_code = coalesce(p_values ->> 'how_said_code', how_said_code),
    her_view_code = coalesce(p_values ->> 'her_view_code', her_view_code),
    agrees = case when p_step = 'confirm' then coalesce((p_values ->> 'agrees')::boolean, false) else agrees end,
    sections = case when p_step = 'add' then array(select jsonb_array_elements_text(p_values -> 'sections')) else sections end
  where x.referral_id = p_referral and p_step in ('send', 'add', 'recall', 'withdraw', 'confirm');

  if s.is_ending then perform public.packet_destroy(p_referral); end if;
  if p_step = 'accept' then perform public.packet_settle(p_referral); end if;
  if p_clocks is not null then perform public.referral_clocks_set(p_referral, p_clocks); end if;
  if s.to_code in ('confirmed', 'recalled', 'declined', 'lapsed', 'withdrawn', 'unaccepted', 'discarded') then
    delete from public.referral_clock c where c.referral_id = p_referral;
  end if;
  perform public.referral_step_note(p_referral, p_step, r.state_code, s.to_code, v_side,
    coalesce(p_values ->> 'reason_code', p_values ->> 'how_said_code', ''), v_now);
  return s.to_code;
end $$;

-- What single steps do beside the state: guards that only the database can hold, team rows, questions.
create or replace function referral_step_effects(r public.referral, p_step text, p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare t jsonb;
begin
  case p_step
  when 'send' then
    perform public.referral_may_leave(r, p_case);
    if exists (select 1 from public.referral_origin o join public.referral x on x.id = o.referral_id
                where o.case_id = p_case and x.id <> r.id and x.service_code = r.service_code and x.state_code = 'sent'
                  and x.answer_due_at > p_now) then
      raise exception 'no_twin' using errcode = 'HK409'; end if;
  when 'stop' then
    if r.visible_at <= p_now then raise exception 'not_yet_visible' using errcode = 'HK409'; end if;
  when 'discard' then
    delete from public.need n where n.referral_id = r.id;
  when 'ask' then
    if exists (select 1 from public.referral_question q where q.referral_id = r.id and q.answered_at is null) then
      raise exception 'no_open_question' using errcode = 'HK409'; end if;
    if (select count(*) from public.referral_question q where q.referral_id = r.id) >= 3 then
      raise exception 'under_three' using errcode = 'HK409'; end if;
    insert into public.referral_question (id, referral_id, question_code, answer_code, asked_at)
    values (gen_random_uuid(), r.id, p_values ->> 'question_code', '', p_now);
  when 'answer' then
    update public.referral_question set answer_code = p_values ->> 'answer_code', answered_at = p_now
     where referral_id = r.id and answered_at is null;
    if not found then raise exception 'from_state' using errcode = 'HK409'; end if;
  when 'accept' then
    if coalesce(jsonb_array_length(p_values -> 'team'), 0) = 0 then raise exception 'team_named' using errcode = 'HK409'; end if;
    if p_values ->> 'arrival_on' is null then raise exception 'arrival_given' using errcode = 'HK409'; end if;
    for t in select * from jsonb_array_elements(p_values -> 'team') loop
      perform public.referral_join(r, t, array(select jsonb_array_elements_text(t -> 'sections')), p_now);
    end loop;
  when 'staff' then
    for t in select * from jsonb_array_elements(coalesce(p_values -> 'joins', '[]')) loop
      perform public.referral_join(r, t,
        case when p_side = 'RV' then '{}' else array(select jsonb_array_elements_text(t -> 'sections')) end, p_now);
    end loop;
    for t in select * from jsonb_array_elements(coalesce(p_values -> 'leaves', '[]')) loop
      perform public.referral_part(r, (t #>> '{}')::uuid, p_now);
    end loop;
  when 'unaccept' then
    if r.answered_at < p_now - interval '24 hours' then raise exception 'within_24h' using errcode = 'HK409'; end if;
  when 'expect' then
    if r.moves >= 2 then raise exception 'under_two_moves' using errcode = 'HK409'; end if;
    -- The new meeting line, if there is one, has the next number; the former one goes.
    delete from public.packet_seal x where x.referral_id = r.id and x.section_code = 'meeting' and x.packet_no < r.moves + 2;
    delete from public.packet_body x where x.referral_id = r.id and x.section_code = 'meeting' and x.packet_no < r.moves + 2;
  when 'serve' then
    delete from public.packet_seal x where x.referral_id = r.id and x.section_code = 'meeting';
    delete from public.packet_body x where x.referral_id = r.id and x.section_code = 'meeting';
  when 'dispute' then
    if r.was_disputed then raise exception 'not_disputed_before' using errcode = 'HK409'; end if;
  else null;
  end case;
end $$;

-- Names one worker of the receiving body, and her supervisor beside her (codes only, no seals, no tag).
-- `p_one`: {membership, id, tag(hex)}; id and tag are the web process's (keyring).
drop function if exists referral_join(public.referral, uuid, text[], timestamptz);
create or replace function referral_join(r public.referral, p_one jsonb, p_sections text[], p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_membership uuid := (p_one ->> 'membership')::uuid;
begin
  if not public.may_know_her(v_membership, r.to_organisation_id, array['case_worker']) then
    raise exception 'may_join' using errcode = 'HK409'; end if;
  insert into public.referral_access (id, referral_id, membership_id, kind_code, sections, tag, since)
  values ((p_one ->> 'id')::uuid, r.id, v_membership, 'worker', p_sections, decode(p_one ->> 'tag', 'hex'), p_now)
  on conflict (referral_id, membership_id) where ended_at is null
  do update set id = excluded.id, kind_code = 'worker', sections = excluded.sections, tag = excluded.tag;
  insert into public.referral_access (id, referral_id, membership_id, kind_code, sections, since)
  select gen_random_uuid(), r.id, m.supervisor_id, 'supervisor', '{}', p_now from public.membership m
   where m.id = v_membership and m.supervisor_id is not null
  on conflict (referral_id, membership_id) where ended_at is null do nothing;
end $$;

create or replace function referral_part(r public.referral, p_membership uuid, p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.referral_access a where a.referral_id = r.id and a.kind_code = 'worker' and a.ended_at is null
                    and a.membership_id <> p_membership and public.is_at_work(a.membership_id)) then
    raise exception 'last_member' using errcode = 'HK409'; end if;
  update public.referral_access set ended_at = p_now, tag = ''
   where referral_id = r.id and membership_id = p_membership and kind_code = 'worker' and ended_at is null;
  if not found then raise exception 'not visible' using errcode = 'HK404'; end if;
  -- Her supervisor goes with her, unless another named worker has the same.
  update public.referral_access a set ended_at = p_now
   where a.referral_id = r.id and a.kind_code = 'supervisor' and a.ended_at is null
     and a.membership_id = (select x.supervisor_id from public.membership x where x.id = p_membership)
     and not exists (select 1 from public.referral_access w join public.membership x on x.id = w.membership_id
                      where w.referral_id = r.id and w.kind_code = 'worker' and w.ended_at is null and x.supervisor_id = a.membership_id);
  delete from public.packet_seal x using public.person_key p, public.membership m
   where x.referral_id = r.id and x.recipient_key_id = p.id and p.user_id = m.user_id and m.id = p_membership;
end $$;

-- She has come: the receiver's own case, codes from the card, nothing of the packet. Already known there: linked instead.
-- `p_team`: [{id, membership, kind, sections, writes, tag(hex)}] with the presser as lead.
drop function if exists serve_open(uuid, uuid, text, jsonb);
create or replace function serve_open(p_referral uuid, p_case uuid, p_team jsonb)
  returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  r public.referral;
  k public.referral_card;
  m uuid := public.me();
  v_now timestamptz := public.hk_now();
  v_token uuid;
  v_known uuid;
  v_draws integer := 0;
  t jsonb;
begin
  if not 'R' = any (public.referral_sides(p_referral)) then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into r from public.referral x where x.id = p_referral for update;
  if r.state_code <> 'serving' or public.referral_said_no(p_referral) or exists (select 1 from public.referral_own_case o where o.referral_id = p_referral) then
    raise exception 'from_state' using errcode = 'HK409'; end if;
  if (select count(*) from public.organisation o where o.id in (r.from_organisation_id, r.to_organisation_id) and o.compartment_code = 'service') = 2 then
    select l.token into v_token from public.referral_origin o join public.person_link l on l.case_id = o.case_id where o.referral_id = p_referral;
  end if;
  select l.case_id into v_known from public.person_link l join public."case" c on c.id = l.case_id and c.state_code = 'open'
    join public.case_access a on a.case_id = c.id and a.membership_id = m and a.ended_at is null and a.kind_code in ('lead', 'member')
   where l.token = v_token and c.organisation_id = r.to_organisation_id limit 1;
  if v_known is not null then
    insert into public.referral_own_case (referral_id, case_id) values (p_referral, v_known);
    return v_known;
  end if;
  select * into k from public.referral_card x where x.referral_id = p_referral;
  loop
    insert into public."case" (id, code, organisation_id, state_code, decision_code, decision_reason_code, sex_code, age_band_code,
        is_child, region_code, language_code, needs_interpreter, need_tonight_codes, has_danger, risk_code, flag_codes, children_code,
        next_step_code, outcome_code, from_referral, begun_at, opened_at, version)
    values (p_case, public.code_draw(), r.to_organisation_id, 'open', 'not_yet', '', k.sex_code, k.age_band_code,
        k.age_band_code in ('a0_8', 'a9_17', 'child_age_unknown'), k.region_code, k.language_code, k.needs_interpreter, '{}', false,
        k.risk_code, k.flag_codes, k.children_code, '', '', true, v_now, v_now, 1)
    on conflict (code) do nothing;
    exit when found;
    v_draws := public.code_drawn_again(v_draws);
  end loop;
  for t in select * from jsonb_array_elements(p_team) loop
    if (t ->> 'kind') = 'lead' and (t ->> 'membership')::uuid <> m then raise exception 'not allowed' using errcode = 'HK403'; end if;
    if (t ->> 'kind') <> 'supervisor' and not exists (select 1 from public.referral_access a where a.referral_id = p_referral
          and a.membership_id = (t ->> 'membership')::uuid and a.kind_code = 'worker' and a.ended_at is null) then
      raise exception 'may_join' using errcode = 'HK409'; end if;
    if (t ->> 'kind') = 'supervisor' and (t ->> 'membership')::uuid is distinct from (select x.supervisor_id from public.membership x where x.id = m) then
      raise exception 'may_join' using errcode = 'HK409'; end if;
    insert into public.case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)
    values ((t ->> 'id')::uuid, p_case, (t ->> 'membership')::uuid, t ->> 'kind', array(select jsonb_array_elements_text(t -> 'sections')),
            array(select jsonb_array_elements_text(t -> 'writes')), decode(t ->> 'tag', 'hex'), v_now, v_now);
  end loop;
  if not exists (select 1 from public.case_access a where a.case_id = p_case and a.kind_code = 'lead' and a.membership_id = m) then
    raise exception 'team_named' using errcode = 'HK409'; end if;
  if v_token is not null then
    insert into public.person_link (id, case_id, token) values (gen_random_uuid(), p_case, v_token);
  elsif (select o.compartment_code from public.organisation o where o.id = r.to_organisation_id) = 'service' then
    insert into public.person_link (id, case_id, token) values (gen_random_uuid(), p_case, gen_random_uuid());
  end if;
  insert into public.referral_own_case (referral_id, case_id) values (p_referral, p_case);
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at)
  values (gen_random_uuid(), p_case, 'serve', '', 'open', '', m, v_now);
  return p_case;
end $$;

grant execute on function referral_take(uuid, text, integer, jsonb, jsonb), serve_open(uuid, uuid, jsonb) to hk_app;
