-- What somebody types and has not saved, locked under a key of their own. Unlogged: in no WAL, standby or archive. No login
-- reads or writes the table; the functions below know who asks, and nobody reaches another's row.
alter table typed set unlogged;
alter table typed enable row level security;

-- One row for each form that is open, the newest forty of a person. True: it is kept.
create or replace function typed_keep(p_id uuid, p_place bytea, p_body bytea, p_at timestamptz) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare v_user uuid := public.my_user();
begin
  if v_user is null then raise exception 'not_visible' using errcode = 'HK404'; end if;
  if p_id is null or octet_length(p_place) is distinct from 32 or octet_length(p_body) not between 1 and 262144
     or p_body is null or p_at is null or abs(extract(epoch from p_at - public.hk_now())) > 60 then
    raise exception 'no typing' using errcode = '22023';
  end if;
  delete from public.typed t where t.id in (
    select o.id from public.typed o where o.user_id = v_user and o.id <> p_id order by o.at desc offset 39);
  insert into public.typed as t (id, user_id, place, body, at) values (p_id, v_user, p_place, p_body, p_at)
  on conflict (id) do update set place = excluded.place, body = excluded.body, at = excluded.at where t.user_id = v_user;
  return found;
end $$;

create or replace function typed_newest(p_place bytea) returns table (id uuid, body bytea, at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select t.id, t.body, t.at from public.typed t
     where t.user_id = public.my_user() and t.place = p_place and t.at > public.hk_now() - interval '7 days'
     order by t.at desc limit 1;
end $$;

create or replace function typed_drop(p_id uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.typed t where t.id = p_id and t.user_id = public.my_user();
end $$;

create or replace function typed_drop_all(p_place bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.typed t where t.place = p_place and t.user_id = public.my_user();
end $$;

-- After seven days nothing of it is there. Returns how many.
create or replace function typed_forget() returns integer
  language plpgsql volatile security definer set search_path = '' as $$
declare n integer;
begin
  perform public.worker_here();
  delete from public.typed t where t.at <= public.hk_now() - interval '7 days';
  get diagnostics n = row_count;
  return n;
end $$;

grant execute on function typed_keep(uuid, bytea, bytea, timestamptz), typed_newest(bytea), typed_drop(uuid), typed_drop_all(bytea)
  to hk_app;
grant execute on function typed_forget() to hk_clock;
