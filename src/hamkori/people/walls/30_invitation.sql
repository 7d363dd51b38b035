-- Invitations, credentials, second factors: definers only, and each write shows a proof of the keyring. A statement
-- slipped into a page can neither invite, nor set a passphrase, nor plant or remove a second factor.

alter table invitation enable row level security;

-- Administrator, auditor and custodian exclude work with cases, per person and in every body
-- (docs/design/teams.md#who-joins-no-team).
create or replace function roles_clash(p_user uuid, p_roles text[]) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_all text[] := p_roles || coalesce((
    select array_agg(r.role_code::text) from public.role_held r join public.membership m on m.id = r.membership_id
     where m.user_id = p_user and m.ended_at is null and r.ended_at is null), '{}');
begin
  return v_all && array['administrator', 'auditor', 'custodian']
     and v_all && array['case_worker', 'supervisor', 'desk_officer', 'hotline_operator'];
end $$;

-- Each proof covers every column that is written, the act and its moment, in the order of the parameters.
drop function if exists invitation_make(uuid, bytea, uuid, text, text, text, text[], uuid, text, bytea);
drop function if exists invitation_make(uuid, bytea, uuid, text, text, text, text[], uuid, text, bigint, bytea);
create or replace function invitation_make(
  p_id uuid, p_token_hash bytea, p_org uuid, p_email text, p_name text, p_function text, p_roles text[],
  p_supervisor uuid, p_language text, p_until bigint, p_tag bytea, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_until timestamptz := public.proved_moment(p_until);
begin
  if not public.proved(p_proof, p_at, 'invite', p_id::text, encode(p_token_hash, 'hex'), p_org::text, p_email, p_name,
                       p_function, public.hk_list(p_roles), p_supervisor::text, p_language, p_until::text,
                       encode(p_tag, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  if v_until > statement_timestamp() + interval '72 hours 1 minute' then
    raise exception 'too long an invitation' using errcode = '42501';
  end if;
  if public.roles_clash((select u.id from public.app_user u where u.email = p_email), p_roles) then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  -- Criminal files belong to the police's own side (docs/design/access.md#functions-and-sections).
  if p_function = 'investigator' and not exists (
    select 1 from public.organisation o where o.id = p_org and o.compartment_code = 'law_enforcement') then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  if p_supervisor is not null and not exists (
    select 1 from public.membership m where m.id = p_supervisor and m.organisation_id = p_org and m.ended_at is null) then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  insert into public.invitation (id, token_hash, organisation_id, email, name, function_code, role_codes, supervisor_id,
                                 language_code, expires_at, tag)
  values (p_id, p_token_hash, p_org, p_email, p_name, p_function, p_roles, p_supervisor, p_language, v_until, p_tag);
end $$;

-- What the invited person is shown; she proves by the link that she is meant. `is_known`: she has an account already.
-- With all that the tags of invitation and organisation cover.
drop function if exists invitation_look(bytea);
create function invitation_look(p_token_hash bytea)
  returns table (name text, email text, function_code text, roles text[], supervisor_id uuid, expires_at timestamptz,
                 tag bytea, organisation_id uuid, org_version int, org_slug text, name_en text, name_tg text,
                 name_ru text, name_fr text, org_kind text, compartment_code text, org_has_desk boolean, org_tag bytea,
                 language_code text, is_known boolean)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select i.name::text, i.email::text, i.function_code::text, i.role_codes::text[], i.supervisor_id, i.expires_at,
           i.tag, o.id, o.version, o.slug::text, o.name_en::text, o.name_tg::text, o.name_ru::text, o.name_fr::text,
           o.kind_code::text, o.compartment_code::text, o.has_desk, o.tag, i.language_code::text,
           exists (select 1 from public.app_user u where u.email = i.email)
      from public.invitation i join public.organisation o on o.id = i.organisation_id
     where i.token_hash = p_token_hash and i.used_at is null and i.expires_at > statement_timestamp() and o.is_active;
end $$;

-- The membership and its roles; used by both ways of accepting. Granted to nobody. Id and tag are the web process's:
-- if the invitation is no longer what she was shown, the tag is another post's and the post does not hold.
drop function if exists invitation_use(bytea, uuid);
create or replace function invitation_use(p_token_hash bytea, p_user uuid, p_membership uuid, p_post_tag bytea)
  returns uuid language plpgsql volatile security definer set search_path = '' as $$
declare
  v_inv public.invitation;
begin
  update public.invitation i set used_at = statement_timestamp(), tag = ''
   where i.token_hash = p_token_hash and i.used_at is null and i.expires_at > statement_timestamp()
  returning * into v_inv;
  if not found then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if p_user is not null and v_inv.email is distinct from (select u.email from public.app_user u where u.id = p_user) then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if public.roles_clash(p_user, v_inv.role_codes::text[]) then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  insert into public.membership (id, user_id, organisation_id, function_code, supervisor_id, since, serial, tag)
  values (p_membership, p_user, v_inv.organisation_id, v_inv.function_code, v_inv.supervisor_id, public.hk_now(), 1,
          p_post_tag);
  insert into public.role_held (id, membership_id, role_code, since)
  select gen_random_uuid(), p_membership, r, public.hk_now() from unnest(v_inv.role_codes) r;
  perform coalesce(public.ledger_write('invitation.accept', 'done', p_user, null, null, public.my_session(), '', '', '', null, null,
                                       '', null, null, '', null, null), public.ledger_lacks_row());
  return p_membership;
end $$;

-- A new person: account, verified e-mail, credential, key, second factor, membership, roles. All or nothing.
drop function if exists invitation_accept(
  bytea, uuid, text, bytea, int, bigint, bytea, bytea, uuid, bytea, bytea, jsonb, jsonb, bytea);
drop function if exists invitation_accept(
  bytea, uuid, text, bytea, int, bigint, bytea, bytea, uuid, bytea, bytea, text, text, bigint, bytea);
create or replace function invitation_accept(
  p_token_hash bytea, p_user uuid, p_language text, p_salt bytea, p_ops int, p_memory bigint, p_login_hash bytea,
  p_box bytea, p_key uuid, p_public bytea, p_tag bytea, p_totp text, p_codes text, p_membership uuid,
  p_post_tag bytea, p_at bigint, p_proof bytea) returns uuid
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_email text;
  v_name text;
begin
  if not public.proved(p_proof, p_at, 'accept', encode(p_token_hash, 'hex'), p_user::text, p_language,
                       encode(p_salt, 'hex'), p_ops::text, p_memory::text, encode(p_login_hash, 'hex'),
                       encode(p_box, 'hex'), p_key::text, encode(p_public, 'hex'), encode(p_tag, 'hex'), p_totp, p_codes,
                       p_membership::text, encode(p_post_tag, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  select i.email, i.name into v_email, v_name from public.invitation i
   where i.token_hash = p_token_hash and i.used_at is null and i.expires_at > statement_timestamp() for update;
  if not found or exists (select 1 from public.app_user u where u.email = v_email) then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  insert into public.app_user (id, email, name, language_code, is_active)
  values (p_user, v_email, v_name, p_language, true);
  insert into public.account_emailaddress (user_id, email, verified, "primary") values (p_user, v_email, true, true);
  insert into public.credential (user_id, salt, ops, memory, login_hash, key_no, box, changed_at)
  values (p_user, p_salt, p_ops, p_memory, p_login_hash, 1, p_box, statement_timestamp());
  insert into public.person_key (id, user_id, key_no, public, tag, since)
  values (p_key, p_user, 1, p_public, p_tag, public.hk_now());
  insert into public.mfa_authenticator (user_id, type, data, created_at)
  values (p_user, 'totp', p_totp::jsonb, statement_timestamp()),
         (p_user, 'recovery_codes', p_codes::jsonb, statement_timestamp());
  return public.invitation_use(p_token_hash, p_user, p_membership, p_post_tag);
end $$;

-- A person who has an account takes a second place of work; the web process has checked her passphrase.
drop function if exists invitation_join(bytea, uuid, bytea);
drop function if exists invitation_join(bytea, uuid, bigint, bytea);
create or replace function invitation_join(p_token_hash bytea, p_user uuid, p_membership uuid, p_post_tag bytea,
                                           p_at bigint, p_proof bytea) returns uuid
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'join', encode(p_token_hash, 'hex'), p_user::text, p_membership::text,
                       encode(p_post_tag, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  return public.invitation_use(p_token_hash, p_user, p_membership, p_post_tag);
end $$;

-- What a passphrase is checked against: only for the account at the door or one's own. A person who works nowhere has
-- none, so that her answer is the same as that of an unknown e-mail.
create or replace function credential_for(p_user uuid)
  returns table (salt bytea, ops int, memory bigint, login_hash bytea, key_no int, box bytea, key_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if p_user is distinct from public.at_door() and p_user is distinct from public.my_user() then
    return;
  end if;
  return query
    select c.salt, c.ops, c.memory, c.login_hash, c.key_no, c.box, k.id
      from public.credential c
      join public.app_user u on u.id = c.user_id
      join public.person_key k on k.user_id = c.user_id and k.key_no = c.key_no and k.ended_at is null
     where c.user_id = p_user and u.is_active
       and exists (select 1 from public.membership m join public.organisation o on o.id = m.organisation_id
                    where m.user_id = p_user and m.ended_at is null and m.suspended_at is null and o.is_active);
end $$;

-- A new authenticator or new recovery codes in place of the old ones; only one's own.
drop function if exists second_factor_set(text, jsonb, bigint, bytea);
create or replace function second_factor_set(p_type text, p_data text, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := public.my_user();
begin
  if v_user is null or p_type not in ('totp', 'recovery_codes') then
    raise exception 'nobody is acting' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'factor', v_user::text, p_type, p_data) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  delete from public.mfa_authenticator a where a.user_id = v_user and a.type = p_type;
  insert into public.mfa_authenticator (user_id, type, data, created_at)
  values (v_user, p_type, p_data::jsonb, statement_timestamp());
end $$;

grant execute on function
  invitation_make(uuid, bytea, uuid, text, text, text, text[], uuid, text, bigint, bytea, bigint, bytea),
  invitation_look(bytea),
  invitation_accept(bytea, uuid, text, bytea, int, bigint, bytea, bytea, uuid, bytea, bytea, text, text, uuid, bytea,
                    bigint, bytea),
  invitation_join(bytea, uuid, uuid, bytea, bigint, bytea),
  credential_for(uuid),
  second_factor_set(text, text, bigint, bytea) to hk_app;
