-- Who is acting, as the database knows it. The context is an unforgeable token, resolved once per statement.
-- Row security is ENABLEd, never FORCEd: definer functions are the owner's and see every row (kernel.md 0).

revoke all on schema public from public;
grant usage on schema public to hk_app, hk_clock, hk_stats, hk_backup;
revoke execute on all functions in schema public from public;
-- What the walls no longer grant is no longer granted: these files are the whole list.
revoke all on all tables in schema public from hk_app, hk_clock, hk_stats;
revoke all on all sequences in schema public from hk_app, hk_clock, hk_stats;
revoke all on all functions in schema public from hk_app, hk_clock, hk_stats;
alter default privileges for role hk_owner revoke execute on functions from public;

-- The world's time. Sessions and limits use real time; casework, policies and the ledger use this.
create or replace function hk_now() returns timestamptz
  language sql stable security definer parallel safe
  begin atomic
    select statement_timestamp() + coalesce((select w.offset from public.world w), interval '0');
  end;

-- The acting membership: null without a live session of a live membership, user and body. Null sees nothing.
create or replace function me() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return (
    select s.membership_id
      from public.access_session s
      join public.membership m on m.id = s.membership_id
      join public.app_user u on u.id = m.user_id
      join public.organisation o on o.id = m.organisation_id
     where s.token_hash = sha256(convert_to(coalesce(current_setting('hk.token', true), ''), 'UTF8'))
       and s.ended_at is null
       and s.idle_until > statement_timestamp() and s.expires_at > statement_timestamp()
       and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active);
end $$;

create or replace function my_session() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return (
    select s.id from public.access_session s
     where s.token_hash = sha256(convert_to(coalesce(current_setting('hk.token', true), ''), 'UTF8'))
       and s.ended_at is null
       and s.idle_until > statement_timestamp() and s.expires_at > statement_timestamp());
end $$;

create or replace function my_org() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return (select m.organisation_id from public.membership m where m.id = (select public.me()));
end $$;

create or replace function my_user() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return (select m.user_id from public.membership m where m.id = (select public.me()));
end $$;

-- Whether this membership holds a role. For definers that have asked `me()` already: each asking costs four tables.
create or replace function holds_role(p_membership uuid, p_role text) returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return exists (
    select 1 from public.role_held r
     where r.membership_id = p_membership and r.role_code = p_role and r.ended_at is null
       and (r.competent_until is null or r.competent_until > statement_timestamp()));
end $$;

create or replace function has_role(p_role text) returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return public.holds_role(public.me(), p_role);
end $$;

-- Live desk officer: the role, in the body asked about, which must be mine.
create or replace function on_desk(p_org uuid) returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return p_org = (select public.my_org()) and (select public.has_role('desk_officer'));
end $$;

-- Everything a page needs to know about who acts, in one row.
create or replace function whoami()
  returns table (user_id uuid, membership_id uuid, organisation_id uuid, compartment_code text, function_code text,
                 roles text[], language_code text, person_name text, session_id uuid, level_code text,
                 stepped_up_at timestamptz, expires_at timestamptz, idle_until timestamptz, supervisor_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.user_id, m.id, m.organisation_id, o.compartment_code::text, m.function_code::text,
           coalesce((select array_agg(r.role_code::text order by r.role_code) from public.role_held r
              where r.membership_id = m.id and r.ended_at is null
                and (r.competent_until is null or r.competent_until > statement_timestamp())), '{}'),
           u.language_code::text, u.name::text, s.id, s.level_code::text, s.stepped_up_at, s.expires_at, s.idle_until,
           m.supervisor_id
      from public.membership m
      join public.app_user u on u.id = m.user_id
      join public.organisation o on o.id = m.organisation_id
      join public.access_session s on s.id = (select public.my_session())
     where m.id = (select public.me());
end $$;

-- The only way to a session row: with a proof that only the web process can compute (keyring), never by injection.
-- proof = sha256(k || sha256(k || payload)); payload = token hash, membership, level, made_at joined by '|'.
create or replace function issue(p_token_hash bytea, p_membership uuid, p_level text, p_made_at text, p_proof bytea,
                                 p_idle interval, p_absolute interval)
  returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  k bytea;
  payload bytea := convert_to(encode(p_token_hash, 'hex') || '|' || p_membership::text || '|' || p_level || '|' || p_made_at, 'UTF8');
  v_id uuid := gen_random_uuid();
begin
  select secret into k from public.session_proof;
  if k is null or p_proof is distinct from sha256(k || sha256(k || payload)) then
    raise exception 'proof refused' using errcode = '42501';
  end if;
  if abs(extract(epoch from statement_timestamp() - p_made_at::timestamptz)) > 60 then
    raise exception 'proof refused' using errcode = '42501';
  end if;
  if p_idle > interval '15 minutes' or p_absolute > interval '8 hours' then
    raise exception 'too long a session' using errcode = '42501';
  end if;
  insert into public.access_session (id, token_hash, membership_id, level_code, issued_at, idle_until, expires_at, stepped_up_at)
  values (v_id, p_token_hash, p_membership, p_level, statement_timestamp(), statement_timestamp() + p_idle,
          statement_timestamp() + p_absolute, statement_timestamp());
  return v_id;
end $$;

-- Moves only the current token's idle limit, never past the absolute one.
create or replace function session_touch() returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.access_session s set idle_until = least(s.expires_at, statement_timestamp() + interval '15 minutes')
   where s.id = (select public.my_session()) and s.idle_until < statement_timestamp() + interval '14 minutes';
end $$;

create or replace function session_step_up() returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.access_session s set stepped_up_at = statement_timestamp() where s.id = (select public.my_session());
end $$;

create or replace function session_end() returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare v uuid := public.my_session();
begin
  update public.access_session s set ended_at = statement_timestamp() where s.id = v;
  delete from public.vault_session w where w.session_id = v;
end $$;

grant execute on function hk_now() to hk_app, hk_clock, hk_stats;
grant execute on function me(), my_session(), my_org(), my_user(), has_role(text), on_desk(uuid), whoami(),
  issue(bytea, uuid, text, text, bytea, interval, interval), session_touch(), session_step_up(), session_end() to hk_app;

-- Tables of this floor. Nothing is granted on access_session and session_proof: definers only.
alter table access_session enable row level security;
alter table operation enable row level security;
grant select on world to hk_app, hk_clock, hk_stats;

drop policy if exists operation_own on operation;
create policy operation_own on operation for select to hk_app using (membership_id = (select me()));
drop policy if exists operation_add on operation;
create policy operation_add on operation for insert to hk_app with check (membership_id = (select me()));
drop policy if exists operation_finish on operation;
create policy operation_finish on operation for update to hk_app
  using (membership_id = (select me())) with check (membership_id = (select me()));
grant select, insert on operation to hk_app;
grant update (url_path, object_id) on operation to hk_app;
