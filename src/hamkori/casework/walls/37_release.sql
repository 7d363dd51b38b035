-- Release epochs, turned from time to time by whoever holds the keyring: a new one begins, seals that still live are
-- locked anew, the old key is destroyed. Every step shows a proof of the keyring, so no statement slipped into a page
-- can move the floor or exchange a seal.

alter table release_epoch enable row level security;
drop policy if exists release_epoch_read on release_epoch;
create policy release_epoch_read on release_epoch for select to hk_app, hk_clock using (true);
grant select on release_epoch to hk_app, hk_clock;

-- A seal made under an epoch that is on its way out would be lost with it: its writer reads the keyring again.
create or replace function packet_seal_epoch_lives() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare v_floor integer := (select max(e.number) from public.release_epoch e);
begin
  if new.release_epoch < v_floor then
    raise exception 'release_epoch'
      using errcode = 'HK409', detail = json_build_object('key', 'release', 'number', v_floor)::text;
  end if;
  return new;
end $$;
create or replace trigger packet_seal_epoch_lives before insert or update of release_epoch on packet_seal
  for each row execute function packet_seal_epoch_lives();

-- The epoch that a lock names in its third and fourth byte; null: it is no lock of ours.
create or replace function lock_epoch(p_lock bytea) returns integer
  language sql immutable parallel safe set search_path = ''
  as $$ select case when substr(p_lock, 1, 2) = decode('0101', 'hex') and octet_length(p_lock) > 4
                    then get_byte(p_lock, 2) * 256 + get_byte(p_lock, 3) end $$;

-- From here on nothing is sealed under an older epoch. Whoever holds the keyring says which is the newest: rows above it
-- would stop every sealing, and are answered with and gone.
drop function if exists release_begin(integer, bigint, bytea);
create function release_begin(p_epoch integer, p_at bigint, p_proof bytea) returns setof integer
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'release.begin', p_epoch::text, '') then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  -- Whoever is writing a seal has committed it before the floor moves, and is then seen by whoever locks anew.
  lock table public.packet_seal in share row exclusive mode;
  return query delete from public.release_epoch e where e.number > p_epoch returning e.number;
  update public.release_epoch e set destroyed_at = null where e.number = p_epoch and e.destroyed_at is not null;
  -- The one before has no row if it was never begun by a turn: it is as old as the database, and lives on for now.
  insert into public.release_epoch (number, begun_at)
  select p_epoch - 1, min(m.applied) from public.django_migrations m
   where p_epoch > 1 and not exists (select 1 from public.release_epoch e) having min(m.applied) is not null;
  insert into public.release_epoch (number, begun_at) values (p_epoch, statement_timestamp()) on conflict do nothing;
  if found then
    perform coalesce(public.ledger_write('release.begin', 'done', null, null, null, null, 'system', 'command_line', 'release', null,
                                         null, '', null, null, '', null, p_epoch), public.ledger_lacks_row());
  end if;
end $$;

-- The next of the seals that are not under the newest epoch, by what their row says or by what their bytes say, locked
-- until this transaction is over: 500 after this one, so that one which does not open holds up none; from null on, all.
drop function if exists release_old(integer, integer, bigint, bytea);
create or replace function release_old(p_epoch integer, p_after uuid, p_at bigint, p_proof bytea)
  returns table (id uuid, referral_id uuid, packet_no integer, section_code text, recipient_key_id uuid, release_epoch integer, seal bytea)
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'release.old', p_epoch::text, coalesce(p_after::text, '')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  return query select s.id, s.referral_id, s.packet_no, s.section_code::text, s.recipient_key_id, s.release_epoch, s.seal
    from public.packet_seal s
   where (p_after is null or s.id > p_after)
     and (s.release_epoch <> p_epoch or public.lock_epoch(s.seal) is distinct from p_epoch)
   order by s.id limit 500 for update;
end $$;

-- The same seals under the new epoch: `p_seals` is {id: seal as hex}.
create or replace function release_lock_anew(p_epoch integer, p_seals text, p_at bigint, p_proof bytea) returns integer
  language plpgsql volatile security definer set search_path = '' as $$
declare v_count integer;
begin
  if not public.proved(p_proof, p_at, 'release.lock_anew', p_epoch::text, p_seals) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.packet_seal s set seal = decode(x.value, 'hex'), release_epoch = p_epoch
    from jsonb_each_text(p_seals::jsonb) x where s.id = x.key::uuid;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- The key is gone from the keyring, whatever lies here under it: a row that says otherwise is not asked.
create or replace function release_destroyed(p_epoch integer, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'release.destroyed', p_epoch::text, '') then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  insert into public.release_epoch (number, begun_at, destroyed_at) values (p_epoch, statement_timestamp(), statement_timestamp())
    on conflict (number) do update set destroyed_at = coalesce(release_epoch.destroyed_at, excluded.destroyed_at);
  perform coalesce(public.ledger_write('release.destroy', 'done', null, null, null, null, 'system', 'command_line', 'release', null,
                                       null, '', null, null, '', null, p_epoch), public.ledger_lacks_row());
end $$;

grant execute on function release_begin(integer, bigint, bytea), release_old(integer, uuid, bigint, bytea),
  release_lock_anew(integer, text, bigint, bytea), release_destroyed(integer, bigint, bytea) to hk_app;
