-- Django's sessions (src/hamkori/web/sessions/store.py). No login may touch the table: with a grant on it, a statement that
-- slipped into a page could lock it, and every page with it, or delete everybody's. Who asks must know the name of a
-- session; what is stored is the name's hash, so that a copy of the table names none. Data is locked under the keyring,
-- and who keeps it shows a proof of the keyring: nobody else fills the table. The greatest that was seen is 2 kB.

alter table django_session enable row level security;

create or replace function browser_session_hash(p_name bytea) returns text
  language plpgsql immutable parallel safe set search_path = '' as $$
begin
  if octet_length(p_name) is distinct from 32 then
    raise exception 'not the name of a session' using errcode = '22023';
  end if;
  return left(encode(sha256(p_name), 'hex'), 40);
end $$;

create or replace function browser_session_read(p_name bytea) returns table (said text)
  language sql stable security definer set search_path = '' as $$
  select d.session_data from public.django_session d
   where d.session_key = public.browser_session_hash(p_name) and d.expire_date > statement_timestamp();
$$;

-- Whether it is kept: a new one under a name that no other has, or one that is still there. What is over goes, a few at
-- a time, and nobody waits for a row that another holds.
drop function if exists browser_session_put(bytea, text, int, boolean);
create or replace function browser_session_put(p_name bytea, p_data text, p_seconds int, p_is_new boolean, p_at bigint,
                                               p_proof bytea) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_key text := public.browser_session_hash(p_name);
  v_until timestamptz := statement_timestamp() + make_interval(secs => p_seconds);
begin
  if p_data is null or p_data !~ '^([0-9a-f]{2})+$' or octet_length(p_data) > 8192
     or p_seconds is null or p_seconds not between 1 and 86400 then
    raise exception 'not a session' using errcode = '22023';
  end if;
  if not public.proved(p_proof, p_at, 'browser_session_put', encode(p_name, 'hex'), p_data, p_seconds::text,
                       case when p_is_new then 'new' else 'old' end) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  if p_is_new then
    delete from public.django_session d where d.session_key in (
      select o.session_key from public.django_session o where o.expire_date < statement_timestamp()
       order by o.expire_date limit 20 for update skip locked);
    insert into public.django_session (session_key, session_data, expire_date) values (v_key, p_data, v_until)
    on conflict (session_key) do nothing;
  else
    update public.django_session d set session_data = p_data, expire_date = v_until
     where d.session_key = v_key and d.expire_date > statement_timestamp();
  end if;
  return found;
end $$;

create or replace function browser_session_forget(p_name bytea) returns void
  language sql volatile security definer set search_path = '' as $$
  delete from public.django_session d where d.session_key = public.browser_session_hash(p_name);
$$;

grant execute on function
  browser_session_read(bytea),
  browser_session_put(bytea, text, int, boolean, bigint, bytea),
  browser_session_forget(bytea) to hk_app;
