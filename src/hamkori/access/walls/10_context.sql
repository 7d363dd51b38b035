-- Who is acting, as the database knows it. The context is an unforgeable token, resolved once per statement.
-- Row security is ENABLEd, never FORCEd: definer functions are the owner's and see every row
-- (docs/design/keys-and-walls.md#row-security).

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

-- Whether the pages ask, in this transaction: with each token they show what only their keyring gives, under its newest
-- version and the one before. Without it somebody's token and the login's password are nobody (ADR 0059). Nobody either is
-- who asks under an older snapshot: what is asked again under a lock would be answered as it was before the lock.
create or replace function pages_here() returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return current_setting('transaction_isolation') = 'read committed' and exists (
    select 1 from public.pages_known p
     where (p.ended_at is null or p.ended_at > statement_timestamp() - interval '1 minute')
       and p.shown_hash in (sha256(convert_to(split_part(current_setting('hk.pages', true), ',', 1), 'UTF8')),
                            sha256(convert_to(split_part(current_setting('hk.pages', true), ',', 2), 'UTF8'))));
end $$;

-- The acting membership: null without a live session of a live membership, user and body. Null sees nothing.
-- By the clock and not by the statement's beginning: a session is over in a statement that goes on, too.
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
       and s.idle_until > clock_timestamp() and s.expires_at > clock_timestamp()
       and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active
       and public.pages_here());
end $$;

create or replace function my_session() returns uuid
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return (
    select s.id from public.access_session s
     where s.token_hash = sha256(convert_to(coalesce(current_setting('hk.token', true), ''), 'UTF8'))
       and s.ended_at is null
       and s.idle_until > clock_timestamp() and s.expires_at > clock_timestamp()
       and public.pages_here());
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
     where r.membership_id = p_membership and r.role_code = p_role and r.ended_at is null);
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

-- Everything a page needs to know about who acts, in one row: with all that the tags of her post and of her
-- organisation cover, because what was read in two statements may have been changed between them. The roles are those
-- that she holds: until when she is proven in one takes none away (docs/adr/0082-a-day-takes-no-role-away.md).
drop function if exists whoami();
create function whoami()
  returns table (user_id uuid, membership_id uuid, organisation_id uuid, compartment_code text, function_code text,
                 roles text[], language_code text, person_name text, session_id uuid, level_code text,
                 issued_at timestamptz, stepped_up_at timestamptz, expires_at timestamptz, idle_until timestamptz,
                 supervisor_id uuid,
                 serial int, tag bytea, org_version int, org_slug text, org_name_en text,
                 org_name_tg text, org_name_ru text, org_name_fr text, org_kind text, org_has_desk boolean,
                 org_tag bytea)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.user_id, m.id, m.organisation_id, o.compartment_code::text, m.function_code::text,
           r.held, u.language_code::text, u.name::text, s.id, s.level_code::text, s.issued_at,
           s.stepped_up_at, s.expires_at,
           s.idle_until, m.supervisor_id, m.serial, m.tag, o.version, o.slug::text, o.name_en::text,
           o.name_tg::text, o.name_ru::text, o.name_fr::text, o.kind_code::text, o.has_desk, o.tag
      from public.membership m
      join public.app_user u on u.id = m.user_id
      join public.organisation o on o.id = m.organisation_id
      join public.access_session s on s.id = (select public.my_session())
      cross join lateral (
        select coalesce(array_agg(h.role_code::text order by h.role_code), '{}') as held
          from public.role_held h where h.membership_id = m.id and h.ended_at is null) r
     where m.id = (select public.me());
end $$;

-- No literal of a wall holds a backslash: what it means is for the caller's `standard_conforming_strings` to say.
-- One encoding of a fact: 'hk2', then kind and parts, each as four bytes of length and its text; null is ff ff ff ff.
-- Two different facts never read alike. Its twin is src/hamkori/canon.py.
create or replace function hk_canon(p_kind text, variadic p_parts text[]) returns bytea
  language plpgsql stable parallel safe set search_path = '' as $$
declare
  v_all bytea := decode('686b32', 'hex');
  v_part text;
  v_bytes bytea;
begin
  foreach v_part in array array_prepend(p_kind, p_parts) loop
    if v_part is null then
      v_all := v_all || decode('ffffffff', 'hex');
    else
      v_bytes := convert_to(v_part, 'UTF8');
      v_all := v_all || int4send(octet_length(v_bytes)) || v_bytes;
    end if;
  end loop;
  return v_all;
end $$;

-- A list as one part of a fact.
create or replace function hk_list(p_items text[]) returns text
  language plpgsql stable parallel safe set search_path = '' as $$
begin
  return encode(public.hk_canon('list', variadic p_items), 'hex');
end $$;

-- Whether the web process asks, for exactly this, within the last minute: an HMAC-SHA-256 over act, moment and all that is
-- written, under a key that it makes of the keyring and this database's salt (src/hamkori/vault/proof.py). The table holds
-- the two halves of that key and no value of the keyring. Granted to nobody: only definers ask it. What it refuses has an
-- SQLSTATE of its own, HK412: our own process proves rightly, so what the table holds is not what we wrote there.
create or replace function proved(p_proof bytea, p_at bigint, p_kind text, variadic p_written text[]) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_said bytea := public.hk_canon(p_kind, variadic array_prepend(p_at::text, p_written));
begin
  return p_proof is not null and p_at is not null
     and abs(extract(epoch from statement_timestamp()) * 1000000 - p_at) <= 60000000
     and exists (
       select 1 from public.session_proof s
        where (s.ended_at is null or s.ended_at > statement_timestamp() - interval '1 minute')
          and p_proof = sha256(s.outer_half || sha256(s.inner_half || v_said)));
end $$;

create or replace function proof_now() returns table (no int, salt bytea)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query select s.no, s.salt from public.session_proof s where s.ended_at is null order by s.made_at desc limit 1;
end $$;

-- Whether the pages hold the keyring that this database was founded with: asked at their start, so that a wrong one is said
-- there and not at every sign-in.
create or replace function keyring_is_ours(p_at bigint, p_proof bytea) returns boolean
  language sql stable security definer set search_path = ''
  as $$ select public.proved(p_proof, p_at, 'start', variadic '{}'::text[]) $$;

-- What the pages show from now on, where nothing is written down yet: after an update without the keyring at hand.
create or replace function pages_come(p_no int, p_hash bytea, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if octet_length(p_hash) is distinct from 32 or not public.proved(p_proof, p_at, 'pages_come', p_no::text, encode(p_hash, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  insert into public.pages_known (no, shown_hash) select p_no, p_hash
   where not exists (select 1 from public.pages_known p where p.ended_at is null) on conflict (no) do nothing;
end $$;

create or replace function proved_moment(p_at bigint) returns timestamptz
  language sql immutable parallel safe set search_path = ''
  as $$ select timestamptz 'epoch' + p_at * interval '1 microsecond' $$;

-- The only way to a session row: with a proof that only the web process can compute, never by injection.
drop function if exists issue(bytea, uuid, text, text, bytea, interval, interval);
create or replace function issue(p_id uuid, p_token_hash bytea, p_membership uuid, p_level text, p_idle int,
                                 p_absolute int, p_at bigint, p_proof bytea)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := public.proved_moment(p_at);
begin
  if not public.proved(p_proof, p_at, 'issue', p_id::text, encode(p_token_hash, 'hex'), p_membership::text, p_level,
                       p_idle::text, p_absolute::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  if p_idle > 15 * 60 or p_absolute > 8 * 60 * 60 then
    raise exception 'too long a session' using errcode = '42501';
  end if;
  insert into public.access_session (id, token_hash, membership_id, level_code, issued_at, idle_until, expires_at, stepped_up_at)
  values (p_id, p_token_hash, p_membership, p_level, v_now, v_now + p_idle * interval '1 second',
          v_now + p_absolute * interval '1 second', v_now);
end $$;

-- Moves only the current token's idle limit, never past the absolute one.
create or replace function session_touch() returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.access_session s
     set idle_until = least(s.expires_at, statement_timestamp() + interval '15 minutes'), used_at = statement_timestamp()
   where s.id = (select public.my_session()) and s.idle_until < statement_timestamp() + interval '14 minutes';
end $$;

-- The same session as another membership of the same person, under a new token and id: it began, was stepped up and ends
-- when it did before, so that choosing an organisation renews nothing. What was open under the old token is gone.
create or replace function session_change(p_id uuid, p_token_hash bytea, p_membership uuid, p_at bigint, p_proof bytea)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_old public.access_session;
  v_user uuid := public.my_user();
begin
  select s.* into v_old from public.access_session s where s.id = (select public.my_session()) for update;
  if v_user is null or v_old.id is null then
    raise exception 'nobody is acting' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'change', p_id::text, encode(p_token_hash, 'hex'), p_membership::text,
                       v_old.id::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  if not exists (
    select 1 from public.membership m join public.organisation o on o.id = m.organisation_id
     where m.id = p_membership and m.user_id = v_user and m.ended_at is null and m.suspended_at is null and o.is_active)
  then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  insert into public.access_session (id, token_hash, membership_id, level_code, issued_at, idle_until, expires_at, stepped_up_at,
                                     used_at, device_code, vault_opened_at)
  values (p_id, p_token_hash, p_membership, v_old.level_code, v_old.issued_at, v_old.idle_until, v_old.expires_at,
          v_old.stepped_up_at, statement_timestamp(), v_old.device_code, v_old.vault_opened_at);
  update public.access_session s set ended_at = statement_timestamp() where s.id = v_old.id;
  delete from public.vault_session w where w.session_id = v_old.id;
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
  proof_now(), keyring_is_ours(bigint, bytea), pages_here(), pages_come(int, bytea, bigint, bytea), issue(uuid, bytea, uuid, text, int, int, bigint, bytea), session_touch(), session_step_up(), session_end(),
  session_change(uuid, bytea, uuid, bigint, bytea) to hk_app;

-- Tables of this floor. Nothing is granted on access_session and session_proof: definers only.
alter table access_session enable row level security;
alter table pages_known enable row level security;
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
grant update (url_path, object_id, done_in, done_tag) on operation to hk_app;
