-- Counters of tries and used codes (src/hamkori/web/sessions/counters.py). No login may touch the table: with a grant on it, a
-- statement that slipped into a page could lock it, and with it every sign-in. A key is a keyed hash of a counter's name,
-- so that nobody without the keyring can name one, and who writes one shows a proof of the keyring, so that nobody else
-- fills the table. A row is moments and an end; nothing in it is ever run or unpacked.

alter table attempt enable row level security;

-- Only what is over goes: a counter is never put out by others.
create or replace function attempt_sweep() returns void
  language sql volatile security definer set search_path = '' as $$
    delete from public.attempt a
     where a.key in (select o.key from public.attempt o where o.until < statement_timestamp()
                      order by o.until limit 20 for update skip locked);
$$;

-- `at` is null for a flag.
create or replace function attempt_read(p_key bytea) returns table (is_there boolean, at double precision[])
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query select true, a.at from public.attempt a where a.key = p_key and a.until > statement_timestamp();
  if not found then
    return query select false, null::double precision[];
  end if;
end $$;

drop function if exists attempt_flag(bytea, double precision);
drop function if exists attempt_write(bytea, double precision[], double precision);

-- Whether the flag was down, and is up from now on.
create or replace function attempt_flag(p_key bytea, p_ms bigint, p_at bigint, p_proof bytea) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if not public.proved(p_proof, p_at, 'attempt_flag', encode(p_key, 'hex'), p_ms::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  perform public.attempt_sweep();
  insert into public.attempt as a (key, at, until)
  values (p_key, null, statement_timestamp() + p_ms * interval '1 millisecond')
  on conflict (key) do update set at = null, until = excluded.until where a.until <= statement_timestamp();
  return found;
end $$;

-- The moments that were there before. They come as texts, as the proof says them: a number is written in many ways.
create or replace function attempt_write(p_key bytea, p_moments text[], p_ms bigint, p_at bigint, p_proof bytea)
  returns double precision[]
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_before double precision[];
begin
  if not public.proved(p_proof, p_at, 'attempt_write', encode(p_key, 'hex'), public.hk_list(p_moments), p_ms::text) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  perform public.attempt_sweep();
  select a.at into v_before from public.attempt a where a.key = p_key for update;
  insert into public.attempt (key, at, until)
  values (p_key, p_moments::double precision[], statement_timestamp() + p_ms * interval '1 millisecond')
  on conflict (key) do update set at = excluded.at, until = excluded.until;
  return coalesce(v_before, '{}');
end $$;

create or replace function attempt_forget(p_key bytea) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.attempt a where a.key = p_key;
  return found;
end $$;

grant execute on function
  attempt_read(bytea),
  attempt_flag(bytea, bigint, bigint, bytea),
  attempt_write(bytea, text[], bigint, bigint, bytea),
  attempt_forget(bytea) to hk_app;
