-- Wall 2 for referrals: sender's team, receiving desk, receiver's team; and what each of them reads of it.

alter table referral enable row level security;
alter table referral_sender enable row level security;
alter table referral_origin enable row level security;
alter table referral_card enable row level security;
alter table referral_step enable row level security;
alter table referral_step_by enable row level security;
alter table referral_question enable row level security;
alter table referral_access enable row level security;
alter table referral_clock enable row level security;
alter table referral_own_case enable row level security;
alter table packet_body enable row level security;
alter table packet_seal enable row level security;

drop policy if exists referral_access_own on referral_access;
create policy referral_access_own on referral_access for select to hk_app
  using (membership_id = (select me()) and ended_at is null);
grant select on referral_access to hk_app;

drop policy if exists referral_origin_as_case on referral_origin;
create policy referral_origin_as_case on referral_origin for select to hk_app using (
  exists (select 1 from case_access a where a.case_id = referral_origin.case_id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
drop policy if exists referral_origin_add on referral_origin;
grant select on referral_origin to hk_app;

-- The sides of the acting membership in a referral: S SV D R RV. The one rule that steps and packets ask.
create or replace function referral_sides(p_referral uuid) returns text[]
  language plpgsql stable security definer set search_path = '' as $$
declare
  r public.referral;
  v_me uuid := public.me();
  v_sides text[];
  v_kind text;
begin
  select * into r from public.referral where id = p_referral;
  if not found or v_me is null then return '{}'; end if;
  v_sides := array_remove(public.case_sides_of(
    (select o.case_id from public.referral_origin o where o.referral_id = p_referral), v_me), 'L');
  if r.state_code <> 'draft' and r.visible_at <= public.hk_now()
     and r.to_organisation_id = (select m.organisation_id from public.membership m where m.id = v_me)
     and public.holds_role(v_me, 'desk_officer') then
    v_sides := v_sides || array['D'];
  end if;
  select a.kind_code into v_kind from public.referral_access a
   where a.referral_id = p_referral and a.membership_id = v_me and a.ended_at is null;
  if v_kind = 'worker' and public.holds_role(v_me, 'case_worker') then v_sides := v_sides || array['R']; end if;
  if v_kind = 'supervisor' and public.holds_role(v_me, 'supervisor') then v_sides := v_sides || array['RV']; end if;
  return v_sides;
end $$;

drop policy if exists referral_related on referral;
-- The cheapest question first: the desk's answer is known for the whole statement, the others cost a look for each row.
create policy referral_related on referral for select to hk_app using (
  (to_organisation_id = (select my_org()) and (select has_role('desk_officer'))
      and state_code <> 'draft' and visible_at <= (select hk_now()))
  or exists (select 1 from referral_access x where x.referral_id = referral.id and x.membership_id = (select me())
                and x.ended_at is null)
  or exists (select 1 from referral_origin o join case_access a on a.case_id = o.case_id
           where o.referral_id = referral.id and a.membership_id = (select me()) and a.ended_at is null and a.suspended_at is null));
drop policy if exists referral_draft_add on referral;
drop policy if exists referral_draft_edit on referral;
create policy referral_draft_edit on referral for update to hk_app
  using (state_code = 'draft' and 'S' = any (referral_sides(id)))
  with check (state_code = 'draft');
grant select on referral to hk_app;
grant update (to_organisation_id, service_id, service_code, recipient_kind_code, purpose_code, urgency_code,
  needed_from_on, told_body, version) on referral to hk_app;

-- A draft of hers, under the case that it is about. Nothing else writes either row.
create or replace function referral_draft(p_referral uuid, p_case uuid, p_to uuid, p_service uuid, p_service_code text, p_kind text,
                                          p_purpose text, p_urgency text, p_needed_from date, p_told_body boolean)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_draws integer := 0;
  v_state text;
begin
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not visible' using errcode = 'HK404'; end if;
  select c.state_code into v_state from public."case" c where c.id = p_case for no key update;
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not visible' using errcode = 'HK404'; end if;
  if v_state <> 'open' then raise exception 'case_open' using errcode = 'HK409'; end if;
  if not public.soon(p_needed_from::timestamptz) then raise exception 'no date' using errcode = 'HK403'; end if;
  loop
    insert into public.referral (id, code, kind_code, from_organisation_id, to_organisation_id, service_id, service_code,
        recipient_kind_code, purpose_code, urgency_code, needed_from_on, told_body, state_code, version, written_at,
        arrival_part_code, moves, packets, result_code, reason_code, suggested_service_code, was_disputed)
    values (p_referral, public.code_draw(), 'service', public.my_org(), p_to, p_service, p_service_code, p_kind, p_purpose,
        p_urgency, p_needed_from, p_told_body, 'draft', 1, public.hk_now(), '', 0, 0, '', '', '', false)
    on conflict (code) do nothing;
    exit when found;
    v_draws := public.code_drawn_again(v_draws);
  end loop;
  insert into public.referral_origin (referral_id, case_id) values (p_referral, p_case);
end $$;
grant execute on function referral_draft(uuid, uuid, uuid, uuid, text, text, text, text, date, boolean) to hk_app;

-- Row security hides no columns: what only the sender's side may read has a row of its own
-- (docs/design/summary-and-shared-information.md#what-only-the-sender-reads).
drop policy if exists referral_sender_read on referral_sender;
create policy referral_sender_read on referral_sender for select to hk_app using (
  exists (select 1 from referral_origin o join case_access a on a.case_id = o.case_id
           where o.referral_id = referral_sender.referral_id and a.membership_id = (select me()) and a.ended_at is null
             and a.suspended_at is null));
drop policy if exists referral_sender_add on referral_sender;
create policy referral_sender_add on referral_sender for insert to hk_app with check (
  exists (select 1 from referral r where r.id = referral_id and r.state_code = 'draft') and 'S' = any (referral_sides(referral_id)));
drop policy if exists referral_sender_edit on referral_sender;
create policy referral_sender_edit on referral_sender for update to hk_app
  using (exists (select 1 from referral r where r.id = referral_id and r.state_code = 'draft') and 'S' = any (referral_sides(referral_id)))
  with check ('S' = any (referral_sides(referral_id)));
grant select, insert on referral_sender to hk_app;
grant update (consent_rows, sections) on referral_sender to hk_app;

-- A state as both sides may read it (rules/referral.fate says the same): who took a request back, and why, is the sender's.
create or replace function referral_fate(p_state text) returns text
  language sql immutable set search_path = '' as $$ select case when p_state in ('recalled', 'withdrawn') then 'ended' else p_state end $$;

-- The card: sender always; the desk until help begins; the receiver's team while it helps; nobody else, and no desk after an ending.
drop policy if exists referral_card_read on referral_card;
create policy referral_card_read on referral_card for select to hk_app using (
  exists (select 1 from referral_origin o join case_access a on a.case_id = o.case_id
           where o.referral_id = referral_card.referral_id and a.membership_id = (select me()) and a.ended_at is null
             and a.suspended_at is null)
  or exists (select 1 from referral r where r.id = referral_card.referral_id and (
        (r.state_code in ('sent', 'accepted') and r.visible_at <= (select hk_now()) and r.to_organisation_id = (select my_org())
            and (select has_role('desk_officer')))
        or (r.state_code in ('accepted', 'serving') and exists (
              select 1 from referral_access x where x.referral_id = r.id and x.membership_id = (select me())
                 and x.kind_code = 'worker' and x.ended_at is null)))
      and not exists (select 1 from referral_word w where w.referral_id = r.id)));
drop policy if exists referral_card_add on referral_card;
create policy referral_card_add on referral_card for insert to hk_app with check (
  former_age_code = '' and corrected_at is null and former_ages = '[]'::jsonb
  and exists (select 1 from referral r where r.id = referral_id and r.state_code = 'draft') and 'S' = any (referral_sides(referral_id)));
drop policy if exists referral_card_edit on referral_card;
create policy referral_card_edit on referral_card for update to hk_app
  using (exists (select 1 from referral r where r.id = referral_id and r.state_code = 'draft') and 'S' = any (referral_sides(referral_id)))
  with check ('S' = any (referral_sides(referral_id)));
-- By columns: who may update a whole table may also lock it.
grant select, insert, update (sex_code, age_band_code, region_code, language_code, needs_interpreter, risk_code, doctor_code,
  stairs_code, children_code) on referral_card to hk_app;

drop policy if exists referral_step_as_referral on referral_step;
create policy referral_step_as_referral on referral_step for select to hk_app using (
  exists (select 1 from referral_origin o join case_access a on a.case_id = o.case_id
           where o.referral_id = referral_step.referral_id and a.membership_id = (select me()) and a.ended_at is null
             and a.suspended_at is null)
  or (step_code in ('send', 'ask', 'answer', 'arrange', 'accept', 'decline', 'lapse', 'unaccept', 'expect', 'meet', 'miss', 'hear', 'serve', 'add', 'ask_part',
                    'keep_part', 'staff', 'finish', 'confirm', 'dispute', 'amend', 'call_sender')
      and exists (select 1 from referral r where r.id = referral_step.referral_id)));
-- Who it was: her own body only, and only of a step that is read.
drop policy if exists referral_step_by_own_body on referral_step_by;
create policy referral_step_by_own_body on referral_step_by for select to hk_app using (
  membership_id = any ((select my_members())::uuid[])
  and exists (select 1 from referral_step s where s.id = referral_step_by.step_id));
-- Questions and answers are part of the card, and go with it.
drop policy if exists referral_question_as_referral on referral_question;
create policy referral_question_as_referral on referral_question for select to hk_app using (
  exists (select 1 from referral_card k where k.referral_id = referral_question.referral_id));
drop policy if exists referral_clock_as_referral on referral_clock;
create policy referral_clock_as_referral on referral_clock for select to hk_app using (
  exists (select 1 from referral r where r.id = referral_clock.referral_id));
drop policy if exists referral_own_case_team on referral_own_case;
create policy referral_own_case_team on referral_own_case for select to hk_app using (
  exists (select 1 from case_access a where a.case_id = referral_own_case.case_id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
grant select on referral_step, referral_step_by, referral_question, referral_clock, referral_own_case to hk_app;

-- What consent says now about one kind and purpose of a case. Derived at each read (consent/rules/consent.py says the same).
create or replace function consent_now(p_case uuid, p_kind text, p_purpose text)
  returns table (answer text, live boolean, until timestamptz, sections text[], consent_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    with newest as (
      select w.answer_code, w.sections, k.id, w.asked_as_child, w.speaker_code, w.speaker_suspected, w.child_answer_code,
             case when w.asked_as_child = c.is_child then w.until
                  when c.age_settled_at is null then null
                  else least(w.until, c.age_settled_at + case when p_kind = 'police' then interval '0' else interval '14 days' end)
             end as ends_at
        from public.consent k
        join public."case" c on c.id = k.case_id
        join public.consent_row w on w.consent_id = k.id and w.kind_code = p_kind and w.purpose_code = p_purpose
       where k.case_id = p_case
       order by k.number desc limit 1)
    select n.answer_code::text,
           n.answer_code in ('yes', 'without_name') and n.ends_at > public.hk_now()
             and (not n.asked_as_child
                  or (n.speaker_code <> '' and not n.speaker_suspected and n.child_answer_code not in ('', 'says_no'))),
           n.ends_at,
           case when n.answer_code = 'without_name' then array_remove(n.sections::text[], 'identity') else n.sections::text[] end,
           n.id
      from newest n;
end $$;

-- The rows that a request to such an organisation, for this service and purpose, needs; the first decides what may go. Null:
-- it cannot be asked for this (rules/consent.rows_needed says the same).
create or replace function consent_rows_needed(p_compartment text, p_service text, p_purpose text) returns text[]
  language sql immutable set search_path = '' as $$
  select case
    when p_compartment = 'oversight' then null
    when k.kind || ':' || p_purpose <> all (array['shelter_social:help', 'health:help', 'health:justice', 'psychological:help',
      'legal:help', 'legal:justice', 'police:protection', 'police:justice']) then null
    when p_service = 'HEALTH-05' and k.kind || ':' || p_purpose <> 'police:justice'
      then array[k.kind || ':' || p_purpose, 'police:justice']
    else array[k.kind || ':' || p_purpose]
  end
  from (select case
      when p_compartment = 'law_enforcement' then 'police'
      when split_part(p_service, '-', 1) = 'HEALTH' then 'health'
      when split_part(p_service, '-', 1) = 'MHPSS' then 'psychological'
      when split_part(p_service, '-', 1) = 'LEGAL' then 'legal'
      else 'shelter_social' end as kind) k
$$;

-- Whether the rows that a request names are those of its own organisation, service and purpose: nobody sends to the police on
-- what she said of a shelter.
create or replace function referral_names_its_rows(r public.referral, p_rows text[]) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare v_needed text[];
begin
  select public.consent_rows_needed(o.compartment_code, r.service_code, r.purpose_code) into v_needed
    from public.organisation o where o.id = r.to_organisation_id;
  return coalesce(v_needed = p_rows and split_part(v_needed[1], ':', 1) = r.recipient_kind_code, false)
     and exists (select 1 from public.service s where s.id = r.service_id and s.organisation_id = r.to_organisation_id
                    and s.service_code = r.service_code);
end $$;

-- Every row that a referral needs is live, and she has not excluded the body. Rows of another kind or purpose: not live.
create or replace function referral_consent(p_referral uuid)
  returns table (live boolean, until timestamptz, sections text[], consent_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
declare
  r public.referral;
  x public.referral_sender;
  v_case uuid;
  v_row text;
  n record;
  v_live boolean := true;
  v_until timestamptz;
  v_sections text[];
  v_consent uuid;
begin
  select * into r from public.referral where id = p_referral;
  select * into x from public.referral_sender y where y.referral_id = p_referral;
  select o.case_id into v_case from public.referral_origin o where o.referral_id = p_referral;
  if v_case is null or not public.referral_names_its_rows(r, x.consent_rows::text[]) then
    return query select false, null::timestamptz, '{}'::text[], null::uuid; return;
  end if;
  foreach v_row in array x.consent_rows loop
    select * into n from public.consent_now(v_case, split_part(v_row, ':', 1), split_part(v_row, ':', 2));
    if not coalesce(n.live, false) then v_live := false; end if;
    if v_sections is null then
      v_sections := coalesce(n.sections, '{}'); v_consent := n.consent_id;
    end if;
    v_until := least(coalesce(v_until, n.until), n.until);
  end loop;
  if exists (select 1 from public.consent_excluded e where e.consent_id = v_consent and e.organisation_id = r.to_organisation_id) then
    v_live := false;
  end if;
  if public.referral_said_no(p_referral) then v_live := false; end if;
  return query select v_live, v_until, v_sections, v_consent;
end $$;

-- The same for the receiver, who sees no consent: live or not, until when, which sections of this referral, and the permit
-- while it is open, which only the web process reads. After an ending it hears "no": what her agreement says then would tell
-- her word from a recall.
drop function if exists consent_of(uuid);
create or replace function consent_of(p_referral uuid)
  returns table (live boolean, until timestamptz, sections text[], permit bytea)
  language plpgsql stable security definer set search_path = '' as $$
declare v_sides text[] := public.referral_sides(p_referral);
begin
  if v_sides = '{}' then return; end if;
  if not v_sides && array['S', 'SV'] and (public.referral_said_no(p_referral)
     or not exists (select 1 from public.referral r where r.id = p_referral and r.state_code in ('sent', 'accepted', 'serving'))) then
    return query select false, null::timestamptz, '{}'::text[], null::bytea; return;
  end if;
  return query select c.live, c.until,
      (select coalesce(array_agg(s), '{}') from unnest(x.sections::text[]) s where s = any (c.sections)),
      (select x.permit from public.referral r where r.id = p_referral and r.state_code in ('sent', 'accepted', 'serving')
          and not public.referral_said_no(r.id))
    from public.referral_sender x, public.referral_consent(p_referral) c where x.referral_id = p_referral;
end $$;

-- What the sender's session decided may go: opaque here, for the web process of either side. A supervisor who opens a case
-- again pauses what goes on.
create or replace function permit_put(p_referral uuid, p_permit bytea)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if not 'S' = any (public.referral_sides(p_referral)) and not public.referral_is_reopened(p_referral) then
    raise exception 'not visible' using errcode = 'HK404';
  end if;
  update public.referral_sender x set permit = p_permit where x.referral_id = p_referral;
end $$;

create or replace function referral_is_live(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return coalesce((select c.live from public.referral_consent(p_referral) c), false);
end $$;

-- May the acting worker of the receiver read this section of this packet now?
create or replace function packet_readable(p_referral uuid, p_section text) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare r public.referral; v_sections text[];
begin
  select * into r from public.referral where id = p_referral;
  if public.referral_said_no(p_referral) then return false; end if;
  -- Where they meet: both who go there, the sender's team and who was named at the receiver (ADR 0114). While the answer is awaited
  -- also the desk with which the sender agreed on it by telephone (ADR 0128).
  if p_section = 'meeting' then
    if public.line_aside(p_referral) then return false; end if;
    if r.state_code = 'sent' and 'D' = any (public.referral_sides(p_referral)) then return public.referral_is_live(p_referral); end if;
    return r.state_code in ('sent', 'accepted') and ('R' = any (public.referral_sides(p_referral)) or exists (
      select 1 from public.referral_origin o join public.case_access a on a.case_id = o.case_id
       where o.referral_id = p_referral and a.membership_id = public.me() and a.ended_at is null and a.suspended_at is null
         and a.kind_code in ('lead', 'member') and 'contact' = any (a.sections)));
  end if;
  -- The note of a result: the sender's team once help has ended, and until the result is confirmed.
  if p_section = 'result' then
    return r.state_code in ('finished', 'disputed') and exists (
      select 1 from public.referral_origin o join public.case_access a on a.case_id = o.case_id
       where o.referral_id = p_referral and a.membership_id = public.me() and a.ended_at is null and a.suspended_at is null
         and a.kind_code in ('lead', 'member') and 'needs' = any (a.sections));
  end if;
  if r.state_code not in ('accepted', 'serving') or not 'R' = any (public.referral_sides(p_referral)) then return false; end if;
  select a.sections into v_sections from public.referral_access a
   where a.referral_id = p_referral and a.membership_id = public.me() and a.ended_at is null;
  return public.referral_is_live(p_referral) and (p_section = 'text' or (p_section = any (v_sections)
    and p_section = any ((select c.sections from public.referral_consent(p_referral) c)::text[])));
end $$;

drop policy if exists packet_body_read on packet_body;
create policy packet_body_read on packet_body for select to hk_app using (packet_readable(referral_id, section_code));

create or replace function packet_addable(p_referral uuid, p_section text) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare v_state text; v_sides text[];
begin
  select r.state_code into v_state from public.referral r where r.id = p_referral;
  if public.referral_said_no(p_referral) then return false; end if;
  v_sides := public.referral_sides(p_referral);
  if p_section = 'meeting' then
    return (v_state = 'sent' and ('D' = any (v_sides) or 'S' = any (v_sides) and public.referral_is_live(p_referral)))
        or (v_state = 'accepted' and 'R' = any (v_sides));
  end if;
  if p_section = 'result' then return v_state in ('accepted', 'serving') and 'R' = any (v_sides); end if;
  return v_state in ('draft', 'accepted', 'serving') and 'S' = any (v_sides);
end $$;
drop policy if exists packet_body_add on packet_body;
create policy packet_body_add on packet_body for insert to hk_app with check (packet_addable(referral_id, section_code));
grant select, insert on packet_body to hk_app;

-- Seals are handed out by `packet_seals` alone. Written by: the sender (desk's; the team's when adding; of the meeting line as it was
-- agreed by telephone those of both, ADR 0128), the accepting desk, a holder.
-- The receiving side seals on what was sent, and never into the number of a packet that the sender has yet to make.
drop policy if exists packet_seal_add on packet_seal;
drop function if exists seal_addable(uuid, text);
create or replace function seal_addable(p_referral uuid, p_section text, p_packet_no int) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare v_state text; v_sides text[]; v_packets int;
begin
  select r.state_code, r.packets into v_state, v_packets from public.referral r where r.id = p_referral;
  if public.referral_said_no(p_referral) then return false; end if;
  v_sides := public.referral_sides(p_referral);
  return (v_state in ('draft', 'accepted', 'serving') and 'S' = any (v_sides) and p_section not in ('meeting', 'result'))
      or (v_state = 'sent' and 'S' = any (v_sides) and p_section = 'meeting' and p_packet_no = 0 and public.referral_is_live(p_referral))
      or ((p_section = 'meeting' or p_packet_no <= v_packets)
          and ((v_state = 'sent' and 'D' = any (v_sides)) or (v_state in ('accepted', 'serving') and 'R' = any (v_sides))));
end $$;
create policy packet_seal_add on packet_seal for insert to hk_app with check (seal_addable(referral_id, section_code, packet_no));
grant insert on packet_seal to hk_app;

grant execute on function referral_sides(uuid), consent_of(uuid), permit_put(uuid, bytea), packet_readable(uuid, text),
  packet_addable(uuid, text), seal_addable(uuid, text, int) to hk_app;
