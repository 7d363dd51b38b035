-- A person's own sessions, of all her memberships: which are open, and one more way to end each. Nobody else's.

-- Which kind of browser this session was begun in: said once, at the sign-in itself, and never changed.
create or replace function session_describe(p_device text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_device is null or p_device !~ '^[a-z]{1,14}_[a-z]{1,14}$' then
    raise exception 'not a kind of browser' using errcode = '22023';
  end if;
  update public.access_session s set device_code = p_device
   where s.id = (select public.my_session()) and s.device_code = '';
end $$;

-- Whether the acting person has had another session before this one: whoever comes for the first time after an
-- invitation has just made everything herself.
create or replace function session_is_first() returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := public.my_user();
begin
  if v_user is null then
    raise exception 'nobody is acting' using errcode = '42501';
  end if;
  return not exists (
    select 1 from public.access_session s join public.membership m on m.id = s.membership_id
     where m.user_id = v_user and s.id <> public.my_session());
end $$;

-- Sessions end by the machine's clock; pages speak in the world's time, which the demo lets stand.
create or replace function my_sessions()
  returns table (session_id uuid, membership_id uuid, device_code text, issued_at timestamptz, used_at timestamptz,
                 is_this boolean)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := public.my_user();
  v_shift interval := public.hk_now() - statement_timestamp();
begin
  return query
    select s.id, s.membership_id, s.device_code::text, s.issued_at + v_shift,
           coalesce(s.used_at, s.issued_at) + v_shift, s.id = public.my_session()
      from public.access_session s
      join public.membership m on m.id = s.membership_id
      join public.organisation o on o.id = m.organisation_id
     where m.user_id = v_user and s.ended_at is null
       and s.idle_until > statement_timestamp() and s.expires_at > statement_timestamp()
       and m.ended_at is null and m.suspended_at is null and o.is_active
     order by s.id = public.my_session() desc, coalesce(s.used_at, s.issued_at) desc, s.id;
end $$;

-- Ends one of them; whether it was still open. Somebody else's is as one that there never was.
create or replace function session_end_own(p_session uuid) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := public.my_user();
  v_was public.access_session;
begin
  select s.* into v_was
    from public.access_session s join public.membership m on m.id = s.membership_id
   where s.id = p_session and m.user_id = v_user for update of s;
  if v_was.id is null then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  update public.access_session s set ended_at = statement_timestamp() where s.id = v_was.id and s.ended_at is null;
  delete from public.vault_session w where w.session_id = v_was.id;
  return v_was.ended_at is null and v_was.idle_until > statement_timestamp() and v_was.expires_at > statement_timestamp();
end $$;

grant execute on function session_describe(text), session_is_first(), my_sessions(), session_end_own(uuid) to hk_app;
