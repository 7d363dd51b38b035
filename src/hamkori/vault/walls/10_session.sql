-- A session's locked private key: unlogged, so in no WAL, standby or archive. Only its own session touches it; between
-- passphrase and second factor there is no session yet, and the row waits under a random id for five minutes.

alter table vault_session set unlogged;
alter table vault_session enable row level security;
-- By columns, and without delete: who may update or delete in a whole table may also lock it, and every page with it.
grant select, insert, update (box, key_no, at) on vault_session to hk_app;

drop policy if exists vault_session_own on vault_session;
create policy vault_session_own on vault_session for all to hk_app
  using (session_id = (select my_session()) and level_code = 'live')
  with check (session_id = (select my_session()) and level_code = 'live');

-- For the account that stands at the door, which nobody names there without the keyring. Five wait for one person, the
-- newest. Rows that are over go, but for those that another transaction holds: nobody waits for it.
create or replace function vault_pending_put(p_id uuid, p_box bytea, p_key_no int) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := public.at_door();
begin
  if v_user is null then
    raise exception 'nobody is at the door' using errcode = '42501';
  end if;
  if p_box is null or octet_length(p_box) not between 1 and 512 then
    raise exception 'not a waiting key' using errcode = '22023';
  end if;
  delete from public.vault_session w where w.session_id in (
    select o.session_id from public.vault_session o
     where o.level_code = 'pending' and o.at < statement_timestamp() - interval '5 minutes' for update skip locked);
  delete from public.vault_session w where w.session_id in (
    select o.session_id from public.vault_session o join public.access_session s on s.id = o.session_id
     where o.level_code = 'live'
       and (s.ended_at is not null or s.expires_at < statement_timestamp() or s.idle_until < statement_timestamp())
       for update of o skip locked);
  delete from public.vault_session w where w.session_id in (
    select o.session_id from public.vault_session o where o.level_code = 'pending' and o.user_id = v_user
     order by o.at desc offset 4 for update skip locked);
  insert into public.vault_session (session_id, level_code, user_id, box, key_no, at)
  values (p_id, 'pending', v_user, p_box, p_key_no, statement_timestamp());
end $$;

-- A crash of the server empties what is in no log. That a vault was open stands beside its session, which is logged: open
-- there and gone here, it was closed by a crash, and the page can say why. Nothing is kept for all together: whoever held
-- such a row in a transaction would keep everybody from signing in.
drop trigger if exists vault_session_began on vault_session;
drop function if exists vault_began();
drop table if exists vault_since;

create or replace function vault_opened() returns trigger
  language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.access_session s set vault_opened_at = statement_timestamp()
   where s.id = new.session_id and s.vault_opened_at is null;
  return null;
end $$;

drop trigger if exists vault_session_opened on vault_session;
create trigger vault_session_opened after insert or update on vault_session
  for each row when (new.level_code = 'live') execute function vault_opened();

create or replace function vault_was_emptied() returns boolean
  language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.access_session s
    where s.id = public.my_session() and s.vault_opened_at is not null
      and not exists (select 1 from public.vault_session w where w.session_id = s.id));
$$;

-- Once only: taken is gone, also when it was too old.
create or replace function vault_pending_take(p_id uuid) returns table (box bytea, key_no int)
  language plpgsql volatile security definer set search_path = '' as $$
begin
  return query
    with taken as (delete from public.vault_session w where w.session_id = p_id and w.level_code = 'pending' returning w.*)
    select t.box, t.key_no from taken t where t.at > statement_timestamp() - interval '5 minutes';
end $$;

-- Closes the acting session's vault. An answer for no other: p_session must be the one that acts.
create or replace function vault_close(p_session uuid) returns void
  language sql volatile security definer set search_path = '' as $$
  update public.access_session s set vault_opened_at = null where s.id = p_session and s.id = public.my_session();
  delete from public.vault_session w
   where w.session_id = p_session and w.session_id = public.my_session() and w.level_code = 'live';
$$;

-- All sessions of the acting person but this one: at a change of passphrase, or when she lost a device.
create or replace function sessions_end_others() returns int
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_ended uuid[];
begin
  with ended as (
    update public.access_session s set ended_at = statement_timestamp()
      from public.membership m
     where m.id = s.membership_id and m.user_id = public.my_user() and s.id <> public.my_session()
       and s.ended_at is null
    returning s.id)
  select coalesce(array_agg(e.id), '{}') into v_ended from ended e;
  delete from public.vault_session w where w.session_id = any (v_ended);
  return (select count(*) from public.access_session s
           where s.id = any (v_ended) and s.expires_at > statement_timestamp() and s.idle_until > statement_timestamp());
end $$;

grant execute on function vault_was_emptied(), vault_close(uuid), vault_pending_put(uuid, bytea, int), vault_pending_take(uuid), sessions_end_others() to hk_app;
