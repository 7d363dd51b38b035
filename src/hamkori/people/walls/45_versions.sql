-- What people have under versions of the keyring's keys (vault/walls/20_versions.sql): tags, seeds of a second factor,
-- and what a passphrase is checked against.

create or replace trigger tag_is_of_today before insert or update of tag on organisation for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on membership for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on invitation for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on person_key for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on body_key for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on two_person for each row execute function tag_is_of_today();

-- `<kind>.<number>.<the lock in hex>`; a lock names its version in its third and fourth byte.
create or replace function factor_version(p_data jsonb) returns integer
  language sql stable security definer set search_path = '' as $$
  select case when s.text ~ '^[a-z]+[.][0-9]+[.]0101[0-9a-f]{4}' then
           get_byte(decode(substr(split_part(s.text, '.', 3), 5, 4), 'hex'), 0) * 256
           + get_byte(decode(substr(split_part(s.text, '.', 3), 5, 4), 'hex'), 1) end
    from (select coalesce(p_data ->> 'secret', p_data ->> 'seed', '') as text) s;
$$;

create or replace function seed_is_of_today() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  v_number integer := public.factor_version(new.data);
begin
  if v_number is not null
     and (tg_op = 'INSERT' or (new.data - 'used_mask') is distinct from (old.data - 'used_mask')) then
    perform public.made_under('kept', v_number);
  end if;
  return new;
end $$;
create or replace trigger seed_is_of_today before insert or update of data on mfa_authenticator
  for each row execute function seed_is_of_today();

create or replace function credential_is_of_today() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if octet_length(new.login_hash) = 34 and (tg_op = 'INSERT' or new.login_hash is distinct from old.login_hash) then
    perform public.made_under('pepper', get_byte(new.login_hash, 0) * 256 + get_byte(new.login_hash, 1));
  end if;
  return new;
end $$;
create or replace trigger credential_is_of_today before insert or update of login_hash on credential
  for each row execute function credential_is_of_today();

-- The same passphrase and pair under the newest pepper, at a sign-in that was right: what it is checked against, and the
-- lock on her private key. Only for the account at the door or one's own, and only if nobody changed it meanwhile.
create or replace function credential_turn(p_user uuid, p_former bytea, p_login_hash bytea, p_box bytea, p_at bigint, p_proof bytea)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_user is null or (p_user is distinct from public.at_door() and p_user is distinct from public.my_user()) then
    raise exception 'another account' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'credential_turn', p_user::text, encode(p_former, 'hex'),
                       encode(p_login_hash, 'hex'), encode(p_box, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.credential c set login_hash = p_login_hash, box = p_box
   where c.user_id = p_user and c.login_hash = p_former;
  return found;
end $$;

grant execute on function credential_turn(uuid, bytea, bytea, bytea, bigint, bytea) to hk_app;
