-- A new passphrase is a new pair of keys: what the old one held is sealed anew, all or nothing.

alter table former_key enable row level security;
grant select on former_key to hk_app;
drop policy if exists former_key_mine on former_key;
create policy former_key_mine on former_key for select to hk_app using (to_key_id = any ((select my_keys())::uuid[]));

-- Nothing is sealed to a person's key that has ended. Whoever seals holds that key's row until she has committed, so a
-- change of passphrase at the same moment waits and takes the new wrap along, or comes first and is seen here.
create or replace function recipient_lives() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  perform 1 from public.person_key k where k.id = new.recipient_key_id and k.ended_at is null for key share;
  if not found and exists (select 1 from public.person_key k where k.id = new.recipient_key_id) then
    raise exception 'key_changed' using errcode = 'HK409';
  end if;
  return new;
end $$;
create or replace trigger recipient_lives before insert on section_wrap for each row execute function recipient_lives();
create or replace trigger recipient_lives before insert on packet_seal for each row execute function recipient_lives();
create or replace trigger recipient_lives before insert on body_key_wrap for each row execute function recipient_lives();

-- Everything that is sealed to my present key, under the lock of its row. `place` and `number` as the kind says:
-- section: case, epoch; packet: referral, number; desk: body key; pair: none (the outer envelope is mine); inner: none
-- (the inner envelope is mine, in somebody else's); former: key, number. With a proof: this is no page's question.
create or replace function key_change_begin(p_key uuid, p_at bigint, p_proof bytea)
  returns table (kind text, id uuid, place uuid, section text, number int, seal bytea, tag bytea)
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'key_change_begin', p_key::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  perform 1 from public.person_key k where k.id = p_key and k.user_id = public.my_user() and k.ended_at is null for update;
  if not found then
    raise exception 'key_changed' using errcode = 'HK409';
  end if;
  return query
    select 'section', w.id, k.case_id, k.section_code::text, k.epoch, w.seal, k.tag
      from public.section_wrap w join public.section_key k on k.id = w.section_key_id where w.recipient_key_id = p_key
    union all
    select 'packet', s.id, s.referral_id, s.section_code::text, s.packet_no, s.seal, null
      from public.packet_seal s where s.recipient_key_id = p_key
    union all
    select case when w.inner_key_id is null then 'desk' else 'pair' end, w.id, w.body_key_id, '', 0, w.seal, null
      from public.body_key_wrap w where w.recipient_key_id = p_key
    union all
    select 'former', f.key_id, f.key_id, '', k.key_no, f.seal, null
      from public.former_key f join public.person_key k on k.id = f.key_id where f.to_key_id = p_key
    union all
    select 'inner', w.id, w.body_key_id, '', 0, null, null from public.body_key_wrap w where w.inner_key_id = p_key;
end $$;

-- The change. `p_anew`: {section, desk, pair: [{id, seal}], packet: [{id, seal, epoch}], former: [{id, seal}]}, seals as hex;
-- `p_shut`: how many rows never opened and stay behind. The old box goes with its credential.
create or replace function key_change(
  p_old uuid, p_key uuid, p_key_no int, p_public bytea, p_tag bytea, p_salt bytea, p_ops int, p_memory bigint,
  p_login_hash bytea, p_box bytea, p_anew text, p_shut int, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := public.my_user();
  v_anew jsonb := p_anew::jsonb;
  v_left int;
begin
  if v_user is null then
    raise exception 'nobody is acting' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'key_change', v_user::text, p_old::text, p_key::text, p_key_no::text,
                       encode(p_public, 'hex'), encode(p_tag, 'hex'), encode(p_salt, 'hex'), p_ops::text,
                       p_memory::text, encode(p_login_hash, 'hex'), encode(p_box, 'hex'), p_anew, p_shut::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.person_key k set ended_at = public.hk_now()
   where k.id = p_old and k.user_id = v_user and k.ended_at is null and k.key_no < p_key_no;
  if not found then
    raise exception 'key_changed' using errcode = 'HK409';
  end if;
  insert into public.person_key (id, user_id, key_no, public, tag, since)
  values (p_key, v_user, p_key_no, p_public, p_tag, public.hk_now());
  update public.credential c
     set salt = p_salt, ops = p_ops, memory = p_memory, login_hash = p_login_hash, box = p_box, key_no = p_key_no,
         changed_at = statement_timestamp()
   where c.user_id = v_user;
  update public.section_wrap w set recipient_key_id = p_key, seal = decode(a ->> 'seal', 'hex')
    from jsonb_array_elements(v_anew -> 'section') a where w.id = (a ->> 'id')::uuid and w.recipient_key_id = p_old;
  update public.packet_seal s set recipient_key_id = p_key, seal = decode(a ->> 'seal', 'hex'), release_epoch = (a ->> 'epoch')::int
    from jsonb_array_elements(v_anew -> 'packet') a where s.id = (a ->> 'id')::uuid and s.recipient_key_id = p_old;
  update public.body_key_wrap w set recipient_key_id = p_key, seal = decode(a ->> 'seal', 'hex')
    from jsonb_array_elements((v_anew -> 'desk') || (v_anew -> 'pair')) a
   where w.id = (a ->> 'id')::uuid and w.recipient_key_id = p_old;
  update public.former_key f set to_key_id = p_key, seal = decode(a ->> 'seal', 'hex')
    from jsonb_array_elements(v_anew -> 'former') a where f.key_id = (a ->> 'id')::uuid and f.to_key_id = p_old;
  insert into public.former_key (key_id, to_key_id, seal)
  select p_old, p_key, decode(a ->> 'seal', 'hex')
    from jsonb_array_elements(v_anew -> 'former') a where (a ->> 'id')::uuid = p_old;
  v_left := (select count(*) from public.section_wrap w where w.recipient_key_id = p_old)
          + (select count(*) from public.packet_seal s where s.recipient_key_id = p_old)
          + (select count(*) from public.body_key_wrap w where w.recipient_key_id = p_old)
          + (select count(*) from public.former_key f where f.to_key_id = p_old);
  if v_left <> p_shut or (not exists (select 1 from public.former_key f where f.key_id = p_old)
     and exists (select 1 from public.body_key_wrap w where w.inner_key_id = p_old)) then
    raise exception 'key_changed' using errcode = 'HK409';
  end if;
  perform public.sessions_end_others();
end $$;

-- A former key goes once no envelope needs it: none of a live key, and none of a key that something is still sealed to.
create or replace function former_keys_sweep() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  delete from public.former_key f where not exists (
    select 1 from public.body_key_wrap w join public.body_key b on b.id = w.body_key_id
     where w.inner_key_id = f.key_id and (b.ended_at is null
        or exists (select 1 from public.section_wrap s where s.recipient_key_id = b.id)
        or exists (select 1 from public.packet_seal s where s.recipient_key_id = b.id)));
  return null;
end $$;
create or replace trigger former_keys_sweep after update of ended_at on body_key
  for each statement execute function former_keys_sweep();

drop function if exists credential_set(bytea, int, bigint, bytea, bytea, bigint, bytea);
grant execute on function key_change_begin(uuid, bigint, bytea),
  key_change(uuid, uuid, int, bytea, bytea, bytea, int, bigint, bytea, bytea, text, int, bigint, bytea) to hk_app;
