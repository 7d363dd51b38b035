-- Wall 2 for cases: who reaches which row. What an access row allows is (membership, case, kind, sections, writes).
-- Policies of access tables look at their own columns only: policies that look at each other recurse.

alter table case_access enable row level security;
alter table "case" enable row level security;
alter table case_step enable row level security;
alter table case_clock enable row level security;
alter table person_link enable row level security;
alter table gap enable row level security;
alter table section_key enable row level security;
alter table section_wrap enable row level security;
alter table consent enable row level security;
alter table consent_row enable row level security;
alter table consent_excluded enable row level security;

drop policy if exists case_access_own on case_access;
create policy case_access_own on case_access for select to hk_app
  using (membership_id = (select me()) and ended_at is null and suspended_at is null);
grant select on case_access to hk_app;

-- Sections of my live row in a case: '{}' without one. A definer, so that policies stay flat.
create or replace function my_sections(p_case uuid) returns text[]
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return coalesce((select a.sections from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())
     and a.ended_at is null and a.suspended_at is null), '{}');
end $$;

create or replace function my_writes(p_case uuid) returns text[]
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return coalesce((select a.writes from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())
     and a.ended_at is null and a.suspended_at is null), '{}');
end $$;

-- The sides of a membership in a case: L lead, S team, SV supervisor (or acting for a missing one).
create or replace function case_sides_of(p_case uuid, p_me uuid) returns text[]
  language plpgsql stable security definer set search_path = '' as $$
declare v_kind text;
begin
  select a.kind_code into v_kind from public.case_access a
   where a.case_id = p_case and a.membership_id = p_me and a.ended_at is null and a.suspended_at is null;
  if not found then return '{}'; end if;
  if v_kind = 'supervisor' and public.holds_role(p_me, 'supervisor') then return array['SV']; end if;
  if not (public.holds_role(p_me, 'case_worker') or public.holds_role(p_me, 'hotline_operator')) then return '{}'; end if;
  if v_kind = 'lead' then return array['L', 'S']; end if;
  if v_kind = 'member' then
    if public.case_supervised(p_case) then return array['S']; end if;
    return array['S', 'SV'];
  end if;
  return '{}';
end $$;

create or replace function case_sides(p_case uuid) returns text[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.case_sides_of(p_case, public.me());
end $$;

-- Whether a live supervisor stands on a case. Granted to nobody: it answers about any case.
create or replace function case_supervised(p_case uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.case_access a where a.case_id = p_case and a.kind_code = 'supervisor'
                    and a.ended_at is null and a.suspended_at is null);
end $$;

-- Whether the acting membership has a live row on a case: what the pages may ask is told to nobody else.
create or replace function case_is_mine(p_case uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.case_access a where a.case_id = p_case and a.membership_id = public.me()
                    and a.ended_at is null and a.suspended_at is null);
end $$;

-- Whether whoever asks is on a case where no live supervisor stands. A member sees her own row only and cannot tell: wall 1 asks
-- here. Nobody else hears yes.
drop function if exists case_has_supervisor(uuid);
create or replace function case_lacks_supervisor(p_case uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.case_is_mine(p_case) and not public.case_supervised(p_case);
end $$;

create or replace function case_is_writable(p_case uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public."case" c where c.id = p_case and c.state_code in ('draft', 'open'))
     and public.case_is_mine(p_case);
end $$;

drop policy if exists case_reached on "case";
create policy case_reached on "case" for select to hk_app using (
  exists (select 1 from case_access a where a.case_id = "case".id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
drop policy if exists case_codes on "case";
create policy case_codes on "case" for update to hk_app
  using (state_code in ('draft', 'open') and 'S' = any (case_sides(id)))
  with check (state_code in ('draft', 'open') and 'S' = any (case_sides(id)));
grant select on "case" to hk_app;
grant update (sex_code, age_band_code, is_child, region_code, district_code, language_code, needs_interpreter, need_tonight_codes,
  has_danger, risk_code, doctor_code, stairs_code, children_code, next_step_code, next_step_on, edited_by,
  edited_at, version) on "case" to hk_app;

drop policy if exists case_step_as_case on case_step;
create policy case_step_as_case on case_step for select to hk_app using (
  exists (select 1 from case_access a where a.case_id = case_step.case_id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
drop policy if exists case_clock_as_case on case_clock;
create policy case_clock_as_case on case_clock for select to hk_app using (
  clock_code <> 'child_told'  -- a time limit that has stopped (ADR 191)
  and exists (select 1 from case_access a where a.case_id = case_clock.case_id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
drop policy if exists person_link_as_case on person_link;
create policy person_link_as_case on person_link for select to hk_app using ('S' = any (case_sides(case_id)));
grant select on case_step, case_clock, person_link to hk_app;

drop policy if exists gap_seen on gap;
create policy gap_seen on gap for select to hk_app
  using (organisation_id = (select my_org()) or (select has_role('national_coordinator')));
drop policy if exists gap_added on gap;
create policy gap_added on gap for insert to hk_app with check (
  organisation_id = (select my_org()) and ((select has_role('case_worker')) or (select has_role('hotline_operator'))));
grant select, insert on gap to hk_app;

-- Sections. One block for nine tables of one shape; `section` is the word in `sections` and `writes`.
do $$
declare r record;
begin
  for r in select * from (values ('identity', 'identity'), ('contact', 'contact'), ('place', 'place'), ('screening', 'screening'),
             ('need', 'needs'), ('health', 'health'), ('psychosocial', 'psychosocial'), ('legal', 'legal'),
             ('criminal', 'criminal')) as t (tab, section)
  loop
    execute format('alter table %I enable row level security', r.tab);
    execute format('drop policy if exists section_read on %I', r.tab);
    execute format('create policy section_read on %I for select to hk_app using (%L = any (my_sections(case_id)))', r.tab, r.section);
    execute format('drop policy if exists section_add on %I', r.tab);
    execute format('create policy section_add on %I for insert to hk_app with check (%L = any (my_writes(case_id)) and case_is_writable(case_id))', r.tab, r.section);
    execute format('drop policy if exists section_write on %I', r.tab);
    execute format('create policy section_write on %I for update to hk_app using (%L = any (my_writes(case_id)) and case_is_writable(case_id)) with check (%L = any (my_writes(case_id)))', r.tab, r.section, r.section);
    execute format('grant select, insert on %I to hk_app', r.tab);
    execute format('grant update (body, epoch, seal_no, written_at, written_by) on %I to hk_app', r.tab);
  end loop;
end $$;
grant update (state_code, set_codes, completed_at) on screening to hk_app;

-- The text agreed for a referral is a row of needs. Whoever refers writes it, also a member who only reads needs.
drop policy if exists agreed_text_add on need;
create policy agreed_text_add on need for insert to hk_app with check (
  kind_code = 'agreed_text' and 'needs' = any (my_sections(case_id)) and 'S' = any (case_sides(case_id)) and case_is_writable(case_id));
drop policy if exists agreed_text_write on need;
create policy agreed_text_write on need for update to hk_app
  using (kind_code = 'agreed_text' and 'needs' = any (my_sections(case_id)) and 'S' = any (case_sides(case_id)) and case_is_writable(case_id))
  with check (kind_code = 'agreed_text' and 'needs' = any (my_sections(case_id)));

-- A completed screening is frozen: nothing but "superseded" may follow.
create or replace function screening_frozen() returns trigger
  language plpgsql set search_path = '' as $$
begin
  if old.state_code = 'completed' and not (new.state_code = 'superseded' and new.body = old.body) then
    raise exception 'from_state' using errcode = 'HK409';
  end if;
  if old.state_code in ('superseded', 'discarded') then
    raise exception 'from_state' using errcode = 'HK409';
  end if;
  return new;
end $$;
drop trigger if exists screening_frozen on screening;
create trigger screening_frozen before update on screening for each row execute function screening_frozen();

-- The word of a section key's section must be in my sections; a new epoch only where I may write.
drop policy if exists section_key_read on section_key;
create policy section_key_read on section_key for select to hk_app using (section_code::text = any (my_sections(case_id)));
drop policy if exists section_key_mint on section_key;
create policy section_key_mint on section_key for insert to hk_app with check (
  section_code::text = any (my_writes(case_id))
  or (section_code = 'needs' and 'needs' = any (my_sections(case_id)) and 'S' = any (case_sides(case_id))));
grant select, insert on section_key to hk_app;

-- Who is entitled to a wrap of this epoch: live team rows that hold the section, and the body's continuity key. Told to those
-- who hold the section themselves.
create or replace function entitled(p_section_key uuid, p_recipient uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.section_key_is_mine(p_section_key) and (exists (
    select 1 from public.section_key k
      join public.case_access a on a.case_id = k.case_id and a.ended_at is null and a.suspended_at is null
                               and k.section_code = any (a.sections)
      join public.membership m on m.id = a.membership_id and m.ended_at is null
      join public.person_key p on p.user_id = m.user_id and p.ended_at is null
     where k.id = p_section_key and p.id = p_recipient)
  or exists (
    select 1 from public.section_key k
      join public."case" c on c.id = k.case_id
      join public.body_key b on b.organisation_id = c.organisation_id and b.kind_code = 'continuity' and b.ended_at is null
     where k.id = p_section_key and b.id = p_recipient));
end $$;
create or replace function section_key_is_mine(p_section_key uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.section_key k where k.id = p_section_key
     and k.section_code::text = any (public.my_sections(k.case_id)));
end $$;

drop policy if exists section_wrap_mine on section_wrap;
create policy section_wrap_mine on section_wrap for select to hk_app using (
  exists (select 1 from person_key p where p.id = section_wrap.recipient_key_id and p.user_id = (select my_user()))
  and section_key_is_mine(section_key_id));
drop policy if exists section_wrap_add on section_wrap;
create policy section_wrap_add on section_wrap for insert to hk_app with check (
  entitled(section_key_id, recipient_key_id));
grant select, insert on section_wrap to hk_app;

-- Consent: as the case; the receiver sees none of it and asks `consent_of`. The team writes what she said; what a case is opened
-- again with is written whole by `consent_ask_again`, and nobody adds to it.
drop policy if exists consent_as_case on consent;
create policy consent_as_case on consent for select to hk_app using (
  exists (select 1 from case_access a where a.case_id = consent.case_id and a.membership_id = (select me())
             and a.ended_at is null and a.suspended_at is null));
drop policy if exists consent_added on consent;
create policy consent_added on consent for insert to hk_app
  with check (membership_id = (select me()) and step_code <> 'ask_again' and 'S' = any (case_sides(case_id))
    and (step_code <> 'give' or exists (select 1 from "case" k where k.id = consent.case_id and k.state_code <> 'closed')
      -- A closed case takes a yes only while help that rests on it goes on.
      or exists (select 1 from referral_origin o join referral r on r.id = o.referral_id
                  where o.case_id = consent.case_id and r.state_code = 'serving')));
drop policy if exists consent_row_as_case on consent_row;
create policy consent_row_as_case on consent_row for select to hk_app using (
  exists (select 1 from consent c where c.id = consent_row.consent_id));
drop policy if exists consent_row_added on consent_row;
create policy consent_row_added on consent_row for insert to hk_app with check (
  exists (select 1 from consent c where c.id = consent_row.consent_id and c.membership_id = (select me()) and c.step_code <> 'ask_again'));
drop policy if exists consent_excluded_as_case on consent_excluded;
create policy consent_excluded_as_case on consent_excluded for select to hk_app using (
  exists (select 1 from consent c where c.id = consent_excluded.consent_id));
drop policy if exists consent_excluded_added on consent_excluded;
create policy consent_excluded_added on consent_excluded for insert to hk_app with check (
  exists (select 1 from consent c where c.id = consent_excluded.consent_id and c.membership_id = (select me()) and c.step_code <> 'ask_again'));
grant select, insert on consent, consent_row, consent_excluded to hk_app;

grant execute on function my_sections(uuid), my_writes(uuid), case_sides(uuid), case_lacks_supervisor(uuid), case_is_writable(uuid), entitled(uuid, uuid),
  section_key_is_mine(uuid) to hk_app;
