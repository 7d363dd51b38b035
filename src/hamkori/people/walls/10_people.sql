-- Who may see which person, body and role. The page role writes none of these tables: people come in by an
-- invitation, keys by the definers of 20_keys.sql, and the only column a person changes herself is her language.

drop function if exists proved(text, bytea);

-- The one account at the door, before there is a session: 'e-mail or user id | microseconds | proof'. Without a valid
-- proof of the last minute nobody stands there, so a guessed setting shows no row.
create or replace function at_door() returns uuid
  language plpgsql stable security definer set search_path = '' as $$
declare
  parts text[] := string_to_array(coalesce(current_setting('hk.knock', true), ''), '|');
begin
  if cardinality(parts) is distinct from 3 or parts[2] !~ '^[0-9]{1,17}$' or parts[3] !~ '^[0-9a-f]{64}$' then
    return null;
  end if;
  if not public.proved(decode(parts[3], 'hex'), parts[2]::bigint, 'knock', parts[1]) then
    return null;
  end if;
  return (select u.id from public.app_user u where u.id::text = parts[1] or u.email = parts[1]);
end $$;

-- Names the account at the door for the rest of this transaction. A proof that does not hold is refused aloud: at the door
-- it would look like an e-mail that nobody has.
create or replace function knock(p_name text, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'knock', p_name) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  perform set_config('hk.knock', p_name || '|' || p_at::text || '|' || encode(p_proof, 'hex'), true);
end $$;

-- Everybody of my body, former members too: their names stand beside what they did.
create or replace function my_members() returns uuid[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(m.id), '{}') from public.membership m where m.organisation_id = public.my_org());
end $$;

create or replace function my_people() returns uuid[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(distinct m.user_id), '{}')
            from public.membership m where m.organisation_id = public.my_org());
end $$;

-- The bodies in which a person works now: asked at the door and when she changes to another of hers. With all that
-- the tags of post and organisation cover, in one statement.
drop function if exists my_bodies();
create function my_bodies()
  returns table (membership_id uuid, organisation_id uuid, name_en text, name_tg text, name_ru text, name_fr text,
                 function_code text, roles text[], serial int, user_id uuid, person_name text,
                 supervisor_id uuid, tag bytea, org_version int, org_slug text, org_kind text, compartment_code text,
                 org_has_desk boolean, org_tag bytea)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.id, o.id, o.name_en::text, o.name_tg::text, o.name_ru::text, o.name_fr::text, m.function_code::text,
           r.held, m.serial, m.user_id, u.name::text, m.supervisor_id, m.tag, o.version, o.slug::text,
           o.kind_code::text, o.compartment_code::text, o.has_desk, o.tag
      from public.membership m
      join public.app_user u on u.id = m.user_id
      join public.organisation o on o.id = m.organisation_id
      cross join lateral (
        select coalesce(array_agg(h.role_code::text order by h.role_code), '{}') as held
          from public.role_held h where h.membership_id = m.id and h.ended_at is null) r
     where m.user_id = coalesce(public.my_user(), public.at_door())
       and m.ended_at is null and m.suspended_at is null and o.is_active
     order by m.since, m.id;
end $$;

grant execute on function at_door(), knock(text, bigint, bytea), my_members(), my_people(), my_bodies() to hk_app;

alter table organisation enable row level security;
alter table organisation_phone enable row level security;
alter table app_user enable row level security;
alter table membership enable row level security;
alter table role_held enable row level security;

grant select on organisation, organisation_phone, app_user, membership, role_held to hk_app;
grant update (language_code) on app_user to hk_app;

drop policy if exists organisation_signed_in on organisation;
create policy organisation_signed_in on organisation for select to hk_app using ((select me()) is not null);

drop policy if exists organisation_phone_read on organisation_phone;
create policy organisation_phone_read on organisation_phone for select to hk_app
  using (organisation_id = (select my_org()) or (select has_role('national_coordinator')));

-- The desk itself records where it can be called; taking it away is an empty number, and nobody deletes.
drop policy if exists organisation_phone_add on organisation_phone;
create policy organisation_phone_add on organisation_phone for insert to hk_app
  with check (on_desk(organisation_id) and not by_coordinator);
drop policy if exists organisation_phone_edit on organisation_phone;
create policy organisation_phone_edit on organisation_phone for update to hk_app
  using (on_desk(organisation_id)) with check (on_desk(organisation_id) and not by_coordinator);
-- Of a desk that has recorded none the coordinator records it, marked as hers; the desk's own number is not hers to change.
drop policy if exists organisation_phone_add_for on organisation_phone;
create policy organisation_phone_add_for on organisation_phone for insert to hk_app
  with check (by_coordinator and (select has_role('national_coordinator')));
drop policy if exists organisation_phone_edit_for on organisation_phone;
create policy organisation_phone_edit_for on organisation_phone for update to hk_app
  using ((by_coordinator or phone = '') and (select has_role('national_coordinator')))
  with check (by_coordinator and (select has_role('national_coordinator')));
grant insert, update (phone, by_coordinator) on organisation_phone to hk_app;

-- Who refers calls a desk that is closed before anything waits there (docs/adr/0094-who-refers-calls-the-desk.md): these alone.
create or replace function phones_for_referring(p_bodies uuid[])
  returns table (organisation_id uuid, phone text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not (public.has_role('case_worker') or public.has_role('hotline_operator')) then return; end if;
  return query
    select p.organisation_id, p.phone::text from public.organisation_phone p
     where p.organisation_id = any (p_bodies) and p.phone <> '';
end $$;

grant execute on function phones_for_referring(uuid[]) to hk_app;

drop policy if exists app_user_read on app_user;
create policy app_user_read on app_user for select to hk_app
  using (id = (select my_user()) or id = (select at_door()) or id = any ((select my_people())::uuid[]));
drop policy if exists app_user_own on app_user;
create policy app_user_own on app_user for update to hk_app
  using (id = (select my_user())) with check (id = (select my_user()));

drop policy if exists membership_read on membership;
create policy membership_read on membership for select to hk_app
  using (organisation_id = (select my_org()) or user_id = (select my_user()));

drop policy if exists role_held_read on role_held;
create policy role_held_read on role_held for select to hk_app
  using (membership_id = any ((select my_members())::uuid[]));

-- The clock writes to people and counts desks; it sees no telephone, and no tag: it vouches for nobody.
grant select on role_held to hk_clock;
grant select (id, slug, name_en, name_tg, name_ru, name_fr, kind_code, compartment_code, actor_type_code, region_code,
              has_desk, is_active, version) on organisation to hk_clock;
grant select (id, user_id, organisation_id, function_code, supervisor_id, since, suspended_at, ended_at, serial)
  on membership to hk_clock;
grant select (id, email, name, language_code, is_active) on app_user to hk_clock;
drop policy if exists organisation_clock on organisation;
create policy organisation_clock on organisation for select to hk_clock using (true);
drop policy if exists membership_clock on membership;
create policy membership_clock on membership for select to hk_clock using (true);
drop policy if exists role_held_clock on role_held;
create policy role_held_clock on role_held for select to hk_clock using (true);
drop policy if exists app_user_clock on app_user;
create policy app_user_clock on app_user for select to hk_clock using (true);
