-- Wall 2 of the directory: whoever is signed in reads, the own desk writes, and a shelter's address or telephone is
-- refused whoever brings it, the owner included.

-- Wide on purpose (directory/rules/shelter.py): a body that can shelter, or offers any place to stay, is one in all.
-- Granted to nobody: the guards below ask it for whoever writes.
create or replace function body_shelters(p_org uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.organisation o where o.id = p_org and o.actor_type_code in ('state_shelter', 'ngo_shelter'))
      or exists (select 1 from public.service s where s.organisation_id = p_org and s.service_code like 'HOME-%');
end $$;

create or replace function service_contact_guard() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if public.body_shelters((select s.organisation_id from public.service s where s.id = new.service_id)) then
    raise exception 'a shelter has no address and no telephone here' using errcode = '23514';
  end if;
  return new;
end $$;

-- A body that becomes a shelter loses what was kept of it, in the same transaction.
create or replace function shelter_forget() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  v_org uuid;
begin
  if tg_table_name = 'service' then v_org := new.organisation_id; else v_org := new.id; end if;
  if public.body_shelters(v_org) then
    delete from public.service_contact c using public.service s
     where s.id = c.service_id and s.organisation_id = v_org;
  end if;
  return null;
end $$;

-- The search column: own names and the body's, folded, each word after a blank.
create or replace function service_words() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  new.search_text := (
    select ' ' || public.tj_fold(concat_ws(' ', new.name_tg, new.name_ru, new.name_en, new.name_fr,
                                           o.name_tg, o.name_ru, o.name_en, o.name_fr))
      from public.organisation o where o.id = new.organisation_id);
  return new;
end $$;

create or replace function organisation_words() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.service set search_text = '' where organisation_id = new.id;
  return null;
end $$;

create or replace trigger service_contact_guard before insert or update on service_contact
  for each row execute function service_contact_guard();
create or replace trigger service_forget after insert or update of service_code, organisation_id on service
  for each row execute function shelter_forget();
create or replace trigger organisation_forget after update of actor_type_code on organisation
  for each row execute function shelter_forget();
create or replace trigger service_words before insert or update on service
  for each row execute function service_words();
create or replace trigger organisation_words after update of name_tg, name_ru, name_en, name_fr on organisation
  for each row execute function organisation_words();

-- The list is sorted by the name a reader sees; there are as many orders as languages.
create index if not exists organisation_by_name_tg on organisation
  ((tj_key(coalesce(nullif(name_tg, ''), nullif(name_ru, ''), nullif(name_en, ''), name_fr))));

alter table service enable row level security;
alter table service_area enable row level security;
alter table service_hours enable row level security;
alter table service_contact enable row level security;
alter table organisation_source enable row level security;
alter table directory_import enable row level security;

-- Whether a service is of the acting desk. A definer, so that policies of the parts stay flat.
create or replace function my_service(p_service uuid) returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return exists (select 1 from public.service s where s.id = p_service and public.on_desk(s.organisation_id));
end $$;
grant execute on function my_service(uuid) to hk_app;

drop policy if exists service_read on service;
create policy service_read on service for select to hk_app using ((select me()) is not null);
drop policy if exists service_add on service;
create policy service_add on service for insert to hk_app with check (on_desk(organisation_id));
drop policy if exists service_edit on service;
create policy service_edit on service for update to hk_app
  using (on_desk(organisation_id)) with check (on_desk(organisation_id));
drop policy if exists service_clock on service;
create policy service_clock on service for select to hk_clock using (true);
grant select on service to hk_app;
grant select (id, organisation_id, service_code, region_code, is_active, is_full, usual_answer_minutes) on service to hk_clock;
grant insert on service to hk_app;
grant update (name_tg, name_ru, name_en, name_fr, text_tg, text_ru, text_en, text_fr, region_code, is_active, is_full,
  admission_codes, language_codes, kept_by_desk, version, changed_at) on service to hk_app;

drop policy if exists service_area_read on service_area;
create policy service_area_read on service_area for select to hk_app using ((select me()) is not null);
drop policy if exists service_area_add on service_area;
create policy service_area_add on service_area for insert to hk_app with check (my_service(service_id));
drop policy if exists service_area_drop on service_area;
grant select, insert on service_area to hk_app;

drop policy if exists service_hours_read on service_hours;
create policy service_hours_read on service_hours for select to hk_app using ((select me()) is not null);
drop policy if exists service_hours_add on service_hours;
create policy service_hours_add on service_hours for insert to hk_app with check (my_service(service_id));
drop policy if exists service_hours_drop on service_hours;
grant select, insert on service_hours to hk_app;

drop policy if exists service_contact_read on service_contact;
create policy service_contact_read on service_contact for select to hk_app using ((select me()) is not null);
drop policy if exists service_contact_add on service_contact;
create policy service_contact_add on service_contact for insert to hk_app with check (my_service(service_id));
drop policy if exists service_contact_edit on service_contact;
create policy service_contact_edit on service_contact for update to hk_app
  using (my_service(service_id)) with check (my_service(service_id));
drop policy if exists service_contact_drop on service_contact;
grant select, insert on service_contact to hk_app;
grant update (phone, address) on service_contact to hk_app;

-- Areas, hours and contact are written anew as a whole. A grant to delete from a table is one to lock it, too.
create or replace function service_parts_drop(p_service uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.my_service(p_service) then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  delete from public.service_area a where a.service_id = p_service;
  delete from public.service_hours h where h.service_id = p_service;
  delete from public.service_contact c where c.service_id = p_service;
end $$;
grant execute on function service_parts_drop(uuid) to hk_app;

-- Imports are the owner's: nothing is granted on organisation_source and directory_import.
