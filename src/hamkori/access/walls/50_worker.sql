-- The worker shows its files, not only a password: each of its connections brings a secret of its folder as a setting
-- (src/hamkori/site/database/worker_secret.py), and here lies its hash. What only the clock does asks `worker_here()`; so do the
-- policies of the tables that it writes itself (ADR 0054). Reading asks for nothing.

alter table worker_known enable row level security;

-- True, or HK413: no HK412, by which a page knows that what proofs are compared with was changed. Under an older snapshot
-- nobody is the worker, as nobody is a person there (`pages_here`). The owner of all tables needs no secret: what it must not do is kept elsewhere than in the database. It
-- is known by SET ROLE, which no other login may; inside a definer `current_user` is always the owner.
create or replace function worker_here() returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if current_setting('role') = 'hk_owner' or current_setting('transaction_isolation') = 'read committed' and exists (
       select 1 from public.worker_known k
        where k.secret_hash = sha256(convert_to(coalesce(current_setting('hk.worker', true), ''), 'UTF8'))) then
    return true;
  end if;
  raise exception 'worker refused' using errcode = 'HK413';
end $$;

-- At the worker's start. Who comes first to a database that knows nobody is known from then on; only the owner forgets
-- it. Whether this is the one.
create or replace function worker_comes(p_hash bytea) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if octet_length(p_hash) is distinct from 32 then
    raise exception 'not a hash' using errcode = '22023';
  end if;
  insert into public.worker_known (id, secret_hash, known_at) values (1, p_hash, statement_timestamp())
  on conflict (id) do nothing;
  return exists (select 1 from public.worker_known k where k.secret_hash = p_hash);
end $$;

-- Whether a worker is known here: one that has lost its secret must not make another.
create or replace function worker_is_known() returns boolean
  language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.worker_known) $$;

grant execute on function worker_here(), worker_comes(bytea), worker_is_known() to hk_clock;
