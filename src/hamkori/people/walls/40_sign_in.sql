-- The tables of Django and allauth. Own rows, or those of the one account at the door; the second factor can be used
-- at the door, and changed only through `second_factor_set`.

alter table account_emailaddress enable row level security;
alter table account_emailconfirmation enable row level security;
alter table mfa_authenticator enable row level security;
alter table auth_group enable row level security;
alter table auth_group_permissions enable row level security;
alter table auth_permission enable row level security;

grant select on account_emailaddress to hk_app;
drop policy if exists emailaddress_read on account_emailaddress;
create policy emailaddress_read on account_emailaddress for select to hk_app
  using (user_id = (select my_user()) or user_id = (select at_door()));

-- allauth saves whole rows when a code is used, so column grants would stop a sign-in
-- (docs/design/engine.md#traps-of-the-database-met-once): the trigger says
-- what may change. An insert or delete has no grant at all.
-- By columns: who may update a whole table may also lock it, and every sign-in with it.
grant select, update (user_id, type, data, created_at, last_used_at) on mfa_authenticator to hk_app;
drop policy if exists authenticator_read on mfa_authenticator;
create policy authenticator_read on mfa_authenticator for select to hk_app
  using (user_id = (select my_user()) or user_id = (select at_door()));
drop policy if exists authenticator_use on mfa_authenticator;
create policy authenticator_use on mfa_authenticator for update to hk_app
  using (user_id = (select my_user()) or user_id = (select at_door()))
  with check (user_id = (select my_user()) or user_id = (select at_door()));

create or replace function authenticator_is_only_used() returns trigger
  language plpgsql set search_path = '' as $$
declare
  was bigint := coalesce((old.data ->> 'used_mask')::bigint, 0);
  is_now bigint := coalesce((new.data ->> 'used_mask')::bigint, 0);
begin
  -- The owner, when the key is turned under which seeds lie. No definer changes a row here: they put another in its place.
  if current_user = 'hk_owner' then
    return new;
  end if;
  if (new.id, new.user_id, new.type, new.created_at) is distinct from (old.id, old.user_id, old.type, old.created_at)
     or (new.data - 'used_mask') is distinct from (old.data - 'used_mask')
     or (was & is_now) <> was or new.last_used_at < old.last_used_at then
    raise exception 'a second factor is only used here' using errcode = '42501';
  end if;
  return new;
end $$;
create or replace trigger authenticator_is_only_used before update on mfa_authenticator
  for each row execute function authenticator_is_only_used();

grant select on django_migrations, django_content_type to hk_app, hk_clock;
