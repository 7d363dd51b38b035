-- Every change of who sees a case, or of its state, is one of these functions: the app may not touch the columns.
-- Refusals: SQLSTATE HK404 not visible, HK403 not allowed, HK409 not now (the message is the guard's key).

-- Former shapes of functions below: one that gives other columns or takes others is another function.
drop function if exists case_open(uuid, text, text[], text[], bytea, bytea);
drop function if exists case_open(uuid, text, text[], text[], uuid, bytea, uuid, bytea);
drop function if exists case_supervisor_row(uuid, uuid, bytea, timestamptz);
drop function if exists team_admit(uuid, uuid, text[], text[], bytea);
drop function if exists team_end(uuid, uuid, text);
drop function if exists epochs_close(uuid, text[]);
drop function if exists continuity_key(uuid);
drop function if exists case_people(uuid);
drop function if exists case_take(uuid, text, integer, jsonb);
drop function if exists case_tick(uuid, text);
drop function if exists case_clock_set(uuid, jsonb);
drop function if exists case_effect_region(uuid, text, jsonb, timestamptz);

-- Begins a draft: the case, its lead (who asks) and her supervisor. Ids and tags of their rows are the web process's (keyring).
create or replace function case_open(p_case uuid, p_sections text[], p_writes text[], p_row uuid, p_tag bytea,
                                     p_supervisor_row uuid, p_supervisor_tag bytea)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  m uuid := public.me();
  v_org uuid := public.my_org();
  v_now timestamptz := public.hk_now();
  v_draws integer := 0;
begin
  if m is null then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not (public.has_role('case_worker') or public.has_role('hotline_operator')) then
    raise exception 'not allowed' using errcode = 'HK403';
  end if;
  loop
    insert into public."case" (id, code, organisation_id, state_code, decision_code, decision_reason_code, sex_code, age_band_code,
        is_child, region_code, language_code, needs_interpreter, need_tonight_codes, has_danger, risk_code, doctor_code, stairs_code,
        children_code, next_step_code, outcome_code, from_referral, begun_at, version)
    values (p_case, public.code_draw(), v_org, 'draft', 'not_yet', '', 'other_or_not_said', 'unknown', false, '', 'unknown', false,
        '{}', false, 'not_asked', 'not_asked', 'not_asked', 'not_asked', '', '', false, v_now, 1)
    on conflict (code) do nothing;
    exit when found;
    v_draws := public.code_drawn_again(v_draws);
  end loop;
  insert into public.case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)
  values (p_row, p_case, m, 'lead', p_sections, p_writes, p_tag, v_now, v_now);
  perform public.case_supervisor_row(p_case, m, p_supervisor_row, p_supervisor_tag, v_now);
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at)
  values (gen_random_uuid(), p_case, 'begin', '', 'draft', '', m, v_now);
end $$;

-- The lead's supervisor sees codes, screening and needs; shown in "who can see this".
create or replace function case_supervisor_row(p_case uuid, p_lead uuid, p_row uuid, p_tag bytea, p_now timestamptz)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_tag is null then return; end if;
  insert into public.case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)
  select p_row, p_case, s.id, 'supervisor', array['screening', 'needs'], '{}', p_tag, p_now, p_now
    from public.membership m join public.membership s on s.id = m.supervisor_id and s.ended_at is null
   where m.id = p_lead and s.id <> p_lead;
end $$;

-- What the steps of a case ask and do beside their rows (case/rules/lifecycle.py); `take` (access/walls/60_machine.sql) calls them.
-- Each outcome has one side that closes with it (rules.closing).
select guards_build('case', 'case', '', '', array[
  ['time_passed', $g$ this.begun_at < p_now - interval '14 days' $g$],
  ['no_screening', $g$ not exists (select 1 from public.screening x where x.case_id = this.id and x.state_code <> 'draft') $g$],
  ['screening_done', $g$ this.has_danger or exists (select 1 from public.screening x where x.case_id = this.id and x.state_code = 'completed') $g$],
  ['no_open_referral', $g$ not exists (select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
      where o.case_id = this.id and r.state_code in ('sent', 'accepted', 'disputed')) $g$],
  ['not_self', $g$ p_side = 'SV' or coalesce(p_values ->> 'outcome_code' not in ('lost_contact', 'not_a_victim', 'deceased', 'duplicate'), true) $g$],
  ['outcome_given', $g$ case p_side when 'SV' then p_values ->> 'outcome_code' in ('lost_contact', 'not_a_victim', 'deceased', 'duplicate')
      else p_values ->> 'outcome_code' in ('goals_met', 'person_withdrew') end $g$]
]);

create or replace function case_step_note(p_case uuid, p_step text, p_from text, p_to text, p_side text, p_reason text, p_at timestamptz, p_by uuid)
  returns void language sql volatile security definer set search_path = '' as $$
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at)
  values (gen_random_uuid(), p_case, p_step, p_from, p_to, p_reason, p_by, p_at)
$$;

-- A supervisor asks the lead worker to look at a case: a row in its time line, once in twelve hours (rules/team.py says the
-- same). Nothing of the case moves.
create or replace function case_tell_lead(p_case uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.case_sides(p_case);
  v_state text;
begin
  if coalesce(v_sides, '{}') = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'SV' = any (v_sides) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select c.state_code into v_state from public."case" c where c.id = p_case for no key update;
  if v_state not in ('draft', 'open') then raise exception 'case_open' using errcode = 'HK409'; end if;
  if not exists (select 1 from public.case_access a where a.case_id = p_case and a.kind_code = 'lead' and a.ended_at is null
                    and a.suspended_at is null) then
    raise exception 'lead_there' using errcode = 'HK409';
  end if;
  if exists (select 1 from public.case_step s where s.case_id = p_case and s.step_code = 'tell_lead'
                and s.at > public.hk_now() - interval '12 hours') then
    raise exception 'not_told_lately' using errcode = 'HK409';
  end if;
  perform public.case_step_note(p_case, 'tell_lead', v_state, v_state, 'SV', '', public.hk_now(), public.me());
end $$;
grant execute on function case_tell_lead(uuid) to hk_app;

-- A number for the person, by which her organisations that give services know her again.
create or replace function case_effect_person(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into public.person_link (id, case_id, token) select gen_random_uuid(), p_case, gen_random_uuid()
   where (select o.compartment_code from public.organisation o join public."case" c on c.organisation_id = o.id where c.id = p_case) = 'service'
  on conflict do nothing;
  return null;
end $$;

-- An age that is confirmed is one age everywhere: of an adult no clock of a child runs on, and the summaries that somebody reads,
-- or will, say what the case says. Both sides of each are told.
create or replace function case_effect_age(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare v record;
begin
  if (p_values ->> 'is_child')::boolean is not true then
    delete from public.case_clock k where k.case_id = p_case and k.clock_code = 'child';
  end if;
  perform public.age_into_own_cases(p_case, p_values ->> 'age_band_code', coalesce(p_values ->> 'reason_code', ''), p_now);
  for v in select r.id, r.state_code from public.referral_origin o join public.referral r on r.id = o.referral_id
             join public.referral_card k on k.referral_id = r.id
            where o.case_id = p_case and r.state_code in ('draft', 'sent', 'accepted', 'serving')
              and k.age_band_code <> p_values ->> 'age_band_code' order by r.id
               for no key update of r  -- whoever answers what was read before is first, or is told that it has changed
  loop
    -- Who reads it, or read it, is told what it said before; of a draft nobody has read anything.
    update public.referral_card k set age_band_code = p_values ->> 'age_band_code',
           former_age_code = case when v.state_code = 'draft' then '' else k.age_band_code end,
           corrected_at = case when v.state_code = 'draft' then null else p_now end,
           former_ages = case when v.state_code = 'draft' then '[]'::jsonb
             else k.former_ages || jsonb_build_array(jsonb_build_object('age', k.age_band_code, 'until', p_now)) end
     where k.referral_id = v.id;
    if v.state_code <> 'draft' then
      perform public.notice_write('referral', v.id, array['S', case v.state_code when 'sent' then 'D' else 'R' end], 'corrected', '', '',
                                  false, true);
    end if;
  end loop;
  return null;
end $$;

-- So it is of what else a summary says of the person, for which the case itself is asked: the summaries that somebody reads, or will,
-- say what it says, each as much as it said before (`says` in referral/rules/summary.py): that of the police no region and none of
-- the three flags, and that a doctor is needed only to whoever heals or houses, or was told of it once. What it said is kept (ADR 0152).
-- While no consent is valid for a referral its summary stays as it is: nobody is told anything new without a yes (ADR 0156).
create or replace function case_effect_facts(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare
  c public."case";
  v record;
  v_says jsonb;
  v_was jsonb;
begin
  select * into c from public."case" where id = p_case;
  for v in select r.id, r.state_code, r.recipient_kind_code, r.service_code, to_jsonb(k) as card
             from public.referral_origin o join public.referral r on r.id = o.referral_id
             join public.referral_card k on k.referral_id = r.id
            where o.case_id = p_case and (r.state_code = 'draft'
                    or r.state_code in ('sent', 'accepted', 'serving') and public.referral_is_live(r.id)) order by r.id
               for no key update of r  -- as for an age
  loop
    v_says := jsonb_build_object('sex_code', c.sex_code, 'language_code', c.language_code, 'needs_interpreter', c.needs_interpreter,
                                 'risk_code', c.risk_code);
    if v.recipient_kind_code <> 'police' then
      v_says := v_says || jsonb_build_object('region_code', c.region_code, 'stairs_code', c.stairs_code, 'children_code', c.children_code);
      if v.service_code like 'HEALTH-%' or v.service_code like 'HOME-%' or v.card ->> 'doctor_code' <> 'not_asked' then
        v_says := v_says || jsonb_build_object('doctor_code', c.doctor_code);
      end if;
    end if;
    select jsonb_agg(jsonb_build_object('fact', x.key, 'was', v.card ->> x.key, 'now', x.value, 'until', p_now) order by x.key) into v_was
      from jsonb_each_text(v_says) x where v.card ->> x.key <> x.value;
    if v_was is null then continue; end if;
    v_says := v.card || v_says;
    update public.referral_card k set sex_code = v_says ->> 'sex_code', language_code = v_says ->> 'language_code',
           needs_interpreter = (v_says ->> 'needs_interpreter')::boolean, risk_code = v_says ->> 'risk_code',
           region_code = v_says ->> 'region_code', stairs_code = v_says ->> 'stairs_code', children_code = v_says ->> 'children_code',
           doctor_code = v_says ->> 'doctor_code',
           former_ages = case when v.state_code = 'draft' then k.former_ages else k.former_ages || v_was end
     where k.referral_id = v.id;
    if v.state_code <> 'draft' then
      perform public.notice_write('referral', v.id, array['S', case v.state_code when 'sent' then 'D' else 'R' end], 'corrected', '', '',
                                  false, true);
    end if;
  end loop;
  return null;
end $$;

-- A duplicate points to an older case of the same organisation that she reaches, and nothing else does. Its drafts go with it.
create or replace function case_effect_close(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare v uuid;
begin
  if p_values ->> 'outcome_code' = 'duplicate' and not exists (
      select 1 from public."case" c join public."case" older on older.organisation_id = c.organisation_id and older.begun_at < c.begun_at
       where c.id = p_case and older.id = (p_values ->> 'older_case')::uuid and older.id <> p_case and public.case_sides(older.id) <> '{}') then
    perform public.refuse('HK404', 'not visible'); end if;
  if p_values ->> 'outcome_code' <> 'duplicate' and p_values ->> 'older_case' is not null then perform public.refuse('HK403', 'unknown value'); end if;
  for v in select r.id from public.referral_origin o join public.referral r on r.id = o.referral_id
            where o.case_id = p_case and r.state_code = 'draft' order by r.id for no key update of r
  loop
    perform public.step_do('referral', v, 'discard', null, '{}', '[]', array['S']);
  end loop;
  return null;
end $$;

create or replace function case_effect_erase(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.case_erase(p_case);
  return null;
end $$;

-- No case is opened again on what she agreed to before it was closed (22_opened_again.sql).
create or replace function case_effect_asked_again(p_case uuid, p_side text, p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql volatile security definer set search_path = '' as $$
begin
  if (select k.step_code from public.consent k where k.case_id = p_case order by k.number desc limit 1) <> 'ask_again' then
    perform public.refuse('HK403', 'consents_asked_again'); end if;
  return null;
end $$;

-- The consent clock follows the newest asking; without an agreement there is none. Sender's team.
create or replace function consent_clock(p_case uuid, p_clock jsonb)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  if p_clock is null then
    delete from public.case_clock k where k.case_id = p_case and k.clock_code = 'consent';
  elsif p_clock ->> 'clock_code' is distinct from 'consent' then
    raise exception 'no clock' using errcode = 'HK403';
  else
    perform public.clocks_change('case_clock', 'case_id', p_case, array['consent'], '{}', '{}', jsonb_build_array(p_clock));
  end if;
end $$;

-- An erased draft: its wraps are destroyed, so nothing opens; its rows go with them.
create or replace function case_erase(p_case uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare t text;
begin
  delete from public.section_wrap w using public.section_key k where k.id = w.section_key_id and k.case_id = p_case;
  delete from public.section_key k where k.case_id = p_case;
  foreach t in array array['identity', 'contact', 'place', 'screening', 'need', 'health', 'psychosocial', 'legal', 'criminal', 'set_aside'] loop
    execute format('delete from public.%I where case_id = $1', t) using p_case;
  end loop;
  delete from public.case_clock k where k.case_id = p_case;
  update public.case_access a set ended_at = public.hk_now(), tag = '' where a.case_id = p_case and a.ended_at is null;
end $$;

-- The people of a case: who can see it and why, with the keys and tags that rule M needs. Names are staff's.
create or replace function case_people(p_case uuid)
  returns table (access_id uuid, membership_id uuid, user_id uuid, person_name text, function_code text, kind_code text, sections text[],
                 writes text[], tag bytea, key_id uuid, key_no integer, public_key bytea, key_tag bytea, since timestamptz,
                 suspended_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if public.case_sides(p_case) = '{}' then return; end if;
  return query
    select a.id, a.membership_id, m.user_id, u.name::text, m.function_code::text, a.kind_code::text, a.sections::text[], a.writes::text[],
           a.tag, p.id, p.key_no, p.public, p.tag, a.since, a.suspended_at
      from public.case_access a
      join public.membership m on m.id = a.membership_id
      join public.app_user u on u.id = m.user_id
      left join public.person_key p on p.user_id = m.user_id and p.ended_at is null
     where a.case_id = p_case and a.ended_at is null and m.ended_at is null
     order by case a.kind_code when 'lead' then 0 when 'member' then 1 else 2 end, a.since;
end $$;

-- Whether somebody is at work: her post there and she herself.
create or replace function is_at_work(p_membership uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.membership m join public.app_user u on u.id = m.user_id
                  where m.id = p_membership and m.ended_at is null and m.suspended_at is null and u.is_active);
end $$;

-- Whether somebody at work in this body may be let in to a person's papers: by one of these roles, with a key, and with none of
-- the roles that exclude it, in whichever body (rules.team).
create or replace function may_know_her(p_membership uuid, p_body uuid, p_roles text[]) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.is_at_work(p_membership) and exists (
    select 1 from public.membership m join public.person_key p on p.user_id = m.user_id and p.ended_at is null
      join public.role_held r on r.membership_id = m.id and r.ended_at is null and r.role_code = any (p_roles)
     where m.id = p_membership and m.organisation_id = p_body and not public.roles_clash(m.user_id, '{}'));
end $$;

-- Admits a colleague of the same body who has a key. A lead only; never a supervisor's row, never twice.
create or replace function team_admit(p_case uuid, p_membership uuid, p_sections text[], p_writes text[], p_row uuid, p_tag bytea)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := public.hk_now();
  c public."case";
begin
  if public.case_sides(p_case) = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into c from public."case" where id = p_case for no key update;
  if not 'L' = any (public.case_sides(p_case)) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  if c.state_code <> 'open' then
    raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', c.state_code)::text;
  end if;
  if not public.may_know_her(p_membership, c.organisation_id, array['case_worker', 'hotline_operator'])
     or exists (select 1 from public.case_access a where a.case_id = p_case and a.membership_id = p_membership
                   and a.ended_at is null and a.kind_code <> 'supervisor') then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  update public.case_access a set ended_at = v_now, tag = ''
   where a.case_id = p_case and a.membership_id = p_membership and a.ended_at is null;
  insert into public.case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)
  select p_row, p_case, p_membership, 'member', p_sections, p_writes, p_tag, x.opened_at, v_now
    from public.case_access x where x.case_id = p_case and x.kind_code = 'lead' and x.ended_at is null;
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at)
  values (gen_random_uuid(), p_case, 'admit', c.state_code, c.state_code, '', public.me(), v_now);
end $$;

-- Somebody leaves or is released: her row ends, her wraps go at once, all epochs close: the next writer mints. Tells which.
create or replace function team_end(p_case uuid, p_row uuid, p_step text)
  returns table (section_code text, epoch integer) language plpgsql volatile security definer set search_path = '' as $$
declare
  v_membership uuid := (select a.membership_id from public.case_access a where a.id = p_row and a.case_id = p_case);
  v_now timestamptz := public.hk_now();
  v_sides text[] := public.case_sides(p_case);
  c public."case";
  v_kind text;
begin
  if v_sides = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into c from public."case" where id = p_case for no key update;
  v_sides := public.case_sides(p_case);
  if v_sides = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if c.state_code <> 'open' then
    raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', c.state_code)::text;
  end if;
  if v_membership is null then raise exception 'not visible' using errcode = 'HK404'; end if;
  if p_step = 'leave' and (v_membership <> public.me() or not 'S' = any (v_sides)) then
    raise exception 'not allowed' using errcode = 'HK403';
  end if;
  if p_step = 'release' and (v_membership = public.me() or not (v_sides && array['L', 'SV'])) then
    raise exception 'not allowed' using errcode = 'HK403';
  end if;
  if p_step not in ('leave', 'release') then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select a.kind_code into v_kind from public.case_access a
   where a.id = p_row and a.ended_at is null;
  if v_kind is null or v_kind = 'supervisor' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if v_kind = 'lead' and not exists (
      select 1 from public.case_access a join public.membership m on m.id = a.membership_id and m.ended_at is null
       where a.case_id = p_case and a.kind_code = 'lead' and a.id <> p_row and a.ended_at is null and a.suspended_at is null) then
    raise exception 'last_member' using errcode = 'HK409';
  end if;
  update public.case_access a set ended_at = v_now, tag = '' where a.id = p_row;
  return query update public.section_key k set closed_at = v_now
   where k.case_id = p_case and k.closed_at is null
   returning k.section_code::text, k.epoch;
  delete from public.section_wrap w using public.section_key k, public.person_key p, public.membership m
   where w.section_key_id = k.id and k.case_id = p_case and p.id = w.recipient_key_id and m.user_id = p.user_id
     and m.id = v_membership;
  -- How the others will meet her, and how help ended, is no longer for whoever left: her seals of both go too.
  delete from public.packet_seal s using public.referral_origin o, public.person_key p, public.membership m
   where o.case_id = p_case and s.referral_id = o.referral_id and s.section_code in ('meeting', 'result')
     and p.id = s.recipient_key_id and m.user_id = p.user_id and m.id = v_membership;
  insert into public.case_step (id, case_id, step_code, from_code, to_code, reason_code, membership_id, at)
  values (gen_random_uuid(), p_case, p_step, c.state_code, c.state_code, '', public.me(), v_now);
end $$;

-- The newcomer's missing sections: their open epochs close, the next write includes her (rule M).
create or replace function epochs_close(p_case uuid, p_sections text[])
  returns table (section_code text, epoch integer) language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.case_sides(p_case) && array['L', 'SV'] then raise exception 'not allowed' using errcode = 'HK403'; end if;
  return query update public.section_key k set closed_at = public.hk_now()
   where k.case_id = p_case and k.closed_at is null and k.section_code = any (p_sections)
   returning k.section_code::text, k.epoch;
end $$;

-- A new epoch closes the one before: one that was reopened by hand, or by a restored backup, stands in nobody's way.
create or replace function epoch_succeeds() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.section_key k set closed_at = new.since
   where k.case_id = new.case_id and k.section_code = new.section_code and k.epoch < new.epoch and k.closed_at is null;
  return new;
end $$;
drop trigger if exists epoch_succeeds on section_key;
create trigger epoch_succeeds before insert on section_key for each row execute function epoch_succeeds();

grant execute on function case_open(uuid, text[], text[], uuid, bytea, uuid, bytea), case_people(uuid), team_admit(uuid, uuid, text[], text[], uuid, bytea), team_end(uuid, uuid, text), epochs_close(uuid, text[]),
  consent_clock(uuid, jsonb) to hk_app;
