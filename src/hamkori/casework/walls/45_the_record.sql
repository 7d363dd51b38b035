-- What the record says is so, and what is done is in the record: also where somebody slips a statement of her own into a page.
-- The rows of the ledger say what an act says of itself; here the casework asks back.

-- "Opened what was sent" stands in the sender's record only of whoever is handed that part at that moment.
create or replace function packet_opened() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if new.object_kind_code <> 'referral' or new.membership_id is distinct from public.me()
     or not 'R' = any (public.referral_sides(new.object_id))
     or not exists (select 1 from public.referral r where r.id = new.object_id and r.state_code in ('accepted', 'serving')) then
    raise exception 'not opened' using errcode = '42501';
  end if;
  -- Her word may come between two statements of an opening: whoever opens is told so, and nothing is amiss.
  if not coalesce((select c.live from public.referral_consent(new.object_id) c), false) or public.referral_said_no(new.object_id) then
    raise exception 'consent_live' using errcode = 'HK409';
  end if;
  -- Without a part: nothing is left for her function.
  if new.section_code <> '' and not exists (
       select 1 from public.packet_seals(new.object_id) s where s.section_code = new.section_code) then
    -- Sealed to her, and not handed out: the part was taken back a moment ago, and waits to be deleted.
    if exists (select 1 from public.packet_seal s join public.person_key p on p.id = s.recipient_key_id and p.user_id = public.my_user()
                where s.referral_id = new.object_id and s.section_code = new.section_code) then
      raise exception 'version_same' using errcode = 'HK409';
    end if;
    raise exception 'not opened' using errcode = '42501';
  end if;
  return new;
end $$;

drop trigger if exists packet_opened on ledger;
create trigger packet_opened before insert on ledger for each row
  when (new.action_code = 'packet.open' and new.decision_code = 'done') execute function packet_opened();

-- A step of a request or a case has its row in the ledger by the end of its transaction, or it is not taken (ADR 0061). One look
-- into the index of this transaction's rows.
create or replace function step_is_written_down() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  v_referral uuid;
  v_case uuid;
  v_acts text[];
  v_of_case text[];
begin
  if tg_table_name = 'referral_step' then
    v_referral := new.referral_id;
    -- That a part is not shared is an answer, by whoever may answer; hour and place are written by whoever may agree on a time; what
    -- the person knows of one that was taken back is said by whoever hears of the arrival, and the sender called by whoever may return it.
    v_acts := array['referral.' || case new.step_code when 'keep_part' then 'answer' when 'meet' then 'expect'
                                     when 'warn_person' then 'hear' when 'call_sender' then 'unaccept'
                                     when 'undo_call' then 'call' else new.step_code end];
    -- Her word ends requests that wait and throws drafts away; so does the end of a case.
    if new.step_code in ('withdraw', 'discard') then
      v_acts := v_acts || array['referral.withdraw'];
      v_of_case := array['consent.record', 'consent.withdraw', 'case.close'];
      select o.case_id into v_case from public.referral_origin o where o.referral_id = v_referral;
    end if;
    -- So does the age of a child: what no desk can see yet is a draft again (ADR 0137).
    if new.step_code = 'stop' then
      v_of_case := array['case.settle_age', 'case.edit'];
      select o.case_id into v_case from public.referral_origin o where o.referral_id = v_referral;
    end if;
  else
    v_case := new.case_id;
    v_of_case := case new.step_code
      when 'decide' then array['screening.decide']
      when 'admit' then array['team.admit']
      when 'leave' then array['team.leave']
      when 'release' then array['team.remove']
      when 'serve' then array['referral.serve']
      when 'place_found' then array['case.edit']
      when 'place_needed' then array['case.edit']
      when 'place_reached' then array['case.edit']
      when 'ask_alone' then array['case.edit']
      when 'doctor_seen' then array['case.edit']
      when 'doctor_unseen' then array['case.edit']
      when 'help_goes_on' then array['case.edit']
      when 'help_over' then array['case.edit']
      when 'is_child' then array['case.edit']
      when 'facts_changed' then array['case.edit', 'case.settle_age', 'consent.record']
      when 'region_changed' then array['case.edit', 'section.write']
      when 'child_not_reached' then array['case.edit']
      when 'child_not_told' then array['case.tell_child_protection']
      when 'danger_said' then array['case.edit', 'case.begin', 'case.register', 'screening.record']
      when 'needs_said' then array['case.edit']
      when 'danger_told' then array['case.edit']
      when 'danger_over' then array['case.edit', 'case.register', 'screening.record']
      else array['case.' || new.step_code] end;
  end if;
  if not exists (
      select 1 from public.ledger l
       where l.cluster = (select c.system_identifier from pg_catalog.pg_control_system() c)
         and l.tx = pg_catalog.pg_current_xact_id()::text::bigint and l.decision_code = 'done'
         and ((l.object_id = v_referral and l.action_code = any (v_acts))
           or (l.case_id = v_case and l.action_code = any (v_of_case)))) then
    raise exception 'a step that is not written down' using errcode = '42501';
  end if;
  return null;
end $$;

do $$
declare t text;
begin
  foreach t in array array['referral_step', 'case_step'] loop
    execute format('drop trigger if exists step_is_written_down on %I', t);
    execute format('create constraint trigger step_is_written_down after insert on %I deferrable initially deferred'
      ' for each row execute function step_is_written_down()', t);
  end loop;
end $$;
