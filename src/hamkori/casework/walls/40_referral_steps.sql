-- What the steps of a referral ask and do beside their rows (referral/rules/lifecycle.py): the guards of the database, and effects, each
-- (id, side, values, now) -> columns or null. Codes and ids only. `take` (access/walls/60_machine.sql) calls them.

-- Former shapes of functions below, and those that one function for all machines has replaced.
drop function if exists referral_take(uuid, text, integer, jsonb, jsonb);
drop function if exists referral_tick(uuid, text, text);
drop function if exists referral_step_effects(public.referral, text, uuid, text, jsonb, timestamptz);
drop function if exists referral_may_leave(public.referral, uuid);
drop function if exists referral_clock_of(text);
drop function if exists referral_clocks_set(uuid, jsonb);
drop function if exists referral_discard_drafts(uuid, timestamptz);
drop function if exists referral_step_note(uuid, text, text, text, text, text, timestamptz);
drop function if exists referral_join(public.referral, uuid, text[], timestamptz);

-- Sender-side steps lock the case first, then the referral: else a send beside a withdrawal leaves without consent.
create or replace function referral_locks(p_referral uuid, p_sides text[])
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if 'S' = any (p_sides) then
    perform 1 from public."case" c where c.id = (select o.case_id from public.referral_origin o where o.referral_id = p_referral) for no key update;
  end if;
end $$;

-- A step in the time line of both sides, and who took it: a row for her own body.
create or replace function referral_step_note(p_referral uuid, p_step text, p_from text, p_to text, p_side text, p_reason text, p_at timestamptz, p_by uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_id uuid := gen_random_uuid();
begin
  insert into public.referral_step (id, referral_id, step_code, from_code, to_code, side_code, reason_code, at)
  values (v_id, p_referral, p_step, p_from, p_to, p_side, p_reason, p_at);
  if p_by is not null then
    insert into public.referral_step_by (step_id, membership_id) values (v_id, p_by);
  end if;
end $$;

-- Whether time has ended a request: nobody answered and everybody was told (59_expires.sql), or what she agreed to has run out; once it was
-- accepted, 30 days after that.
create or replace function referral_time_passed(p_referral uuid, p_reason text, p_now timestamptz)
  returns boolean language plpgsql stable security definer set search_path = '' as $$
declare
  v_state text := (select r.state_code from public.referral r where r.id = p_referral);
  c public.referral_clock;
begin
  if v_state = 'draft' then
    return (select r.written_at <= p_now - interval '14 days' from public.referral r where r.id = p_referral);
  end if;
  if p_reason = 'no_answer' then
    select * into c from public.referral_clock k where k.referral_id = p_referral and k.clock_code = 'answer';
    return found and c.done ? 'told' and coalesce(public.referral_expires(p_referral), p_now + interval '1 day') <= p_now;
  end if;
  return p_reason = 'consent_ended' and not coalesce((select x.until from public.referral_consent(p_referral) x)
    > case when v_state = 'sent' then p_now else p_now - interval '30 days' end, false);
end $$;

select guards_build('referral', 'referral', 'referral_sender', 'referral_id', array[
  ['from_state', $g$ case when public.referral_said_no(this.id) then jsonb_build_object('state', public.referral_fate('withdrawn')) else 'true' end $g$],
  ['time_passed', $g$ public.referral_time_passed(this.id, p_values ->> 'reason_code', p_now) $g$],
  ['body_closed', $g$ exists (select 1 from public.organisation o where o.id = this.from_organisation_id and not o.is_active) $g$],
  ['case_open', $g$ exists (select 1 from public.referral_origin o join public."case" k on k.id = o.case_id
      where o.referral_id = this.id and k.state_code = 'open') $g$],
  ['consent_live', $g$ (select c.live from public.referral_consent(this.id) c) $g$],
  -- A police body takes what she said of the police, and nothing else.
  ['police_not_refused', $g$ this.recipient_kind_code = 'police'
      or (select o.compartment_code from public.organisation o where o.id = this.to_organisation_id) <> 'law_enforcement' $g$],
  ['section_agreed', $g$ (select beside.sections::text[] <@ c.sections from public.referral_consent(this.id) c)
      and not exists (select 1 from public.packet_body b where b.referral_id = this.id and b.section_code <> 'text'
                         and b.section_code <> all (beside.sections)) $g$],
  ['told_body', $g$ this.told_body $g$],
  ['not_own_body', $g$ this.to_organisation_id <> this.from_organisation_id $g$],
  ['body_may_receive', $g$ (select o.compartment_code from public.organisation o where o.id = this.to_organisation_id) <> 'oversight' $g$],
  ['desk_ready', $g$ exists (select 1 from public.body_key b where b.organisation_id = this.to_organisation_id and b.kind_code = 'desk'
      and b.ended_at is null) $g$],
  ['no_twin', $g$ not exists (select 1 from public.referral_origin o join public.referral_origin t on t.case_id = o.case_id
      join public.referral x on x.id = t.referral_id where o.referral_id = this.id and x.id <> this.id
       and x.service_code = this.service_code and x.state_code = 'sent' and x.answer_due_at > p_now) $g$],
  ['not_yet_visible', $g$ this.visible_at > p_now $g$],
  ['no_open_question', $g$ not exists (select 1 from public.referral_question q where q.referral_id = this.id and q.answered_at is null) $g$],
  ['under_three', $g$ (select count(*) from public.referral_question q where q.referral_id = this.id) < 3 $g$],
  ['team_named', $g$ case when jsonb_typeof(p_values -> 'team') = 'array' then jsonb_array_length(p_values -> 'team') > 0 end $g$],
  ['arrival_given', $g$ p_values ->> 'arrival_on' is not null and p_values ->> 'arrival_part_code' in ('now', 'morning', 'afternoon', 'evening') $g$],
  ['within_24h', $g$ this.answered_at > p_now - interval '24 hours' $g$],
  ['under_two_moves', $g$ this.moves < 2 $g$],
  ['not_missed', $g$ this.missed_at is null $g$],
  ['not_disputed_before', $g$ not this.was_disputed $g$]
]);

-- A draft's text goes with it.
create or replace function referral_effect_draft(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.need n where n.referral_id = p_referral;
  return null;
end $$;

-- When the desk sees it and until when it shall answer; which of her agreements it stands on.
create or replace function referral_effect_send(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  if not (public.soon((p_values ->> 'visible_at')::timestamptz) and public.soon((p_values ->> 'answer_due_at')::timestamptz)) then
    perform public.refuse('HK403', 'no date'); end if;
  return jsonb_build_object('visible_at', greatest(p_now, (p_values ->> 'visible_at')::timestamptz),
                            '+consent_id', (select c.consent_id from public.referral_consent(p_referral) c));
end $$;

create or replace function referral_effect_ask(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into public.referral_question (id, referral_id, question_code, answer_code, asked_at)
  values (gen_random_uuid(), p_referral, p_values ->> 'question_code', '', p_now);
  return null;
end $$;

create or replace function referral_effect_answer(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.referral_question set answer_code = p_values ->> 'answer_code', answered_at = p_now
   where referral_id = p_referral and answered_at is null;
  if not found then perform public.refuse('HK409', 'from_state', '{"state": "sent"}'); end if;
  return null;
end $$;

-- A day on which somebody comes can be read, and so can its part. "Now" is no other day; the zone is not known here.
create or replace function referral_effect_arrival(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare v_on date := (p_values ->> 'arrival_on')::date;
begin
  if not public.soon(v_on::timestamptz) or p_values ->> 'arrival_part_code' not in ('now', 'morning', 'afternoon', 'evening')
     or p_values ->> 'arrival_part_code' = 'now' and abs(v_on - (p_now at time zone 'UTC')::date) > 1 then
    perform public.refuse('HK403', 'no date'); end if;
  return null;
end $$;

-- Who is named at the receiver (`team` at the first, `joins` later), and who is released. A supervisor holds no seal: codes only.
create or replace function referral_effect_team(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare
  r public.referral;
  t jsonb;
begin
  select * into r from public.referral x where x.id = p_referral;
  for t in select * from jsonb_array_elements(coalesce(p_values -> 'team', '[]') || coalesce(p_values -> 'joins', '[]')) loop
    perform public.referral_join(r, t,
      case when p_side = 'RV' then '{}' else array(select jsonb_array_elements_text(t -> 'sections')) end, p_now);
  end loop;
  for t in select * from jsonb_array_elements(coalesce(p_values -> 'leaves', '[]')) loop
    perform public.referral_part(r, (t #>> '{}')::uuid, p_now);
  end loop;
  return null;
end $$;

create or replace function referral_effect_settle(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.packet_settle(p_referral);
  return null;
end $$;

-- Where to come: with another day the new line, if there is one, has the next number and the former goes; once she came, and before
-- the same day gets another line (ADR 0114), all go.
create or replace function referral_effect_meeting(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare v_kept integer := (select r.moves + 2 from public.referral r where r.id = p_referral and p_values ? 'arrival_on');
begin
  delete from public.packet_seal x where x.referral_id = p_referral and x.section_code = 'meeting' and (v_kept is null or x.packet_no < v_kept);
  delete from public.packet_body x where x.referral_id = p_referral and x.section_code = 'meeting' and (v_kept is null or x.packet_no < v_kept);
  return null;
end $$;

-- Every ending, in the same transaction: bodies, seals and the meeting line are gone, and so is a word that waited for it.
create or replace function packet_destroy(p_referral uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.referral_word w where w.referral_id = p_referral;
  delete from public.packet_seal s where s.referral_id = p_referral;
  delete from public.packet_body b where b.referral_id = p_referral;
end $$;

create or replace function referral_effect_destroy(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.packet_destroy(p_referral);
  return null;
end $$;

-- Help has ended: all of the packet is gone but the note of the result, which the confirmation deletes.
create or replace function referral_effect_finish(p_referral uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.referral_word w where w.referral_id = p_referral;
  delete from public.packet_seal s where s.referral_id = p_referral and s.section_code <> 'result';
  delete from public.packet_body b where b.referral_id = p_referral and b.section_code <> 'result';
  return null;
end $$;

-- Whether a note came with the result and still lies there, and for the sender whether somebody has opened it. No row: no note.
create or replace function result_note(p_referral uuid)
  returns table (opened boolean) language plpgsql stable security definer set search_path = '' as $$
declare v_sides text[] := public.referral_sides(p_referral);
begin
  if not v_sides && array['S', 'SV', 'R', 'RV'] then return; end if;
  if exists (select 1 from public.packet_body b join public.referral r on r.id = b.referral_id
              where b.referral_id = p_referral and b.section_code = 'result' and r.state_code in ('finished', 'disputed')) then
    return query select v_sides && array['S', 'SV'] and exists (
      select 1 from public.ledger l where l.object_id = p_referral and l.object_kind_code = 'referral'
         and l.action_code = 'note.open' and l.decision_code = 'done');
  end if;
end $$;
grant execute on function result_note(uuid) to hk_app;

-- Names one worker of the receiving body, and her supervisor beside her (codes only, no seals, no tag).
-- `p_one`: {membership, id, tag(hex)}; id and tag are the web process's (keyring).
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
        is_child, region_code, language_code, needs_interpreter, need_tonight_codes, has_danger, risk_code, doctor_code, stairs_code,
        children_code, next_step_code, outcome_code, from_referral, begun_at, opened_at, version)
    values (p_case, public.code_draw(), r.to_organisation_id, 'open', 'not_yet', '', k.sex_code, k.age_band_code,
        k.age_band_code in ('a0_8', 'a9_17', 'child_age_unknown'), k.region_code, k.language_code, k.needs_interpreter, '{}', false,
        k.risk_code, k.doctor_code, k.stairs_code, k.children_code, '', '', true, v_now, v_now, 1)
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

grant execute on function serve_open(uuid, uuid, jsonb) to hk_app;
