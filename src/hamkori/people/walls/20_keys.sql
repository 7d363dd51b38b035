-- Public keys and the wraps of body keys. Nothing here is written by a plain statement of the page role: a key comes
-- in with its person (30_invitation.sql) or by a definer that checks role, body and recipients. The tag that makes a
-- key worth sealing to is the web process's; the database cannot make one.

alter table person_key enable row level security;
alter table body_key enable row level security;
alter table body_key_wrap enable row level security;
alter table credential enable row level security;
grant select on person_key, body_key, body_key_wrap to hk_app;

create or replace function my_keys() returns uuid[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(k.id), '{}') from public.person_key k where k.user_id = public.my_user());
end $$;

drop policy if exists person_key_read on person_key;
create policy person_key_read on person_key for select to hk_app
  using (user_id = (select my_user()) or user_id = (select at_door()) or user_id = any ((select my_people())::uuid[]));
drop policy if exists body_key_read on body_key;
create policy body_key_read on body_key for select to hk_app using ((select me()) is not null);
drop policy if exists body_key_wrap_read on body_key_wrap;
create policy body_key_wrap_read on body_key_wrap for select to hk_app
  using (recipient_key_id = any ((select my_keys())::uuid[]));

-- The live key of a person who now holds this role in this body, if this is it.
create or replace function holds(p_org uuid, p_role text, p_key uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select 1 from public.person_key k
      join public.membership m on m.user_id = k.user_id
      join public.role_held r on r.membership_id = m.id
      join public.app_user u on u.id = k.user_id
     where k.id = p_key and k.ended_at is null and u.is_active
       and m.organisation_id = p_org and m.ended_at is null and m.suspended_at is null
       and r.role_code = p_role and r.ended_at is null);
end $$;

-- Ready for cases: a live continuity key that two custodians of today can open together. Nobody without a session is told.
create or replace function body_ready(p_org uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.me() is not null and exists (
    select 1 from public.body_key b
      join public.body_key_wrap w on w.body_key_id = b.id
     where b.organisation_id = p_org and b.kind_code = 'continuity' and b.ended_at is null
       and w.inner_key_id is not null
       and public.holds(p_org, 'custodian', w.recipient_key_id)
       and public.holds(p_org, 'custodian', w.inner_key_id));
end $$;

-- Ready to be asked: a live desk key that an officer of today can open, in a body that is ready.
create or replace function desk_ready(p_org uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return public.body_ready(p_org) and exists (
    select 1 from public.body_key b
      join public.body_key_wrap w on w.body_key_id = b.id
      join public.organisation o on o.id = b.organisation_id
     where b.organisation_id = p_org and b.kind_code = 'desk' and b.ended_at is null
       and o.is_active and o.has_desk
       and w.inner_key_id is null and public.holds(p_org, 'desk_officer', w.recipient_key_id));
end $$;

-- The custodians' public keys of my body, for sealing a new body key to them: each with the post that makes her one,
-- and all that its tag covers.
drop function if exists custodian_keys();
create function custodian_keys()
  returns table (id uuid, user_id uuid, key_no int, public bytea, tag bytea, membership_id uuid, serial int,
                 organisation_id uuid, person_name text, function_code text, roles_held text[], supervisor_id uuid,
                 post_tag bytea)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
begin
  return query
    select k.id, k.user_id, k.key_no, k.public, k.tag, m.id, m.serial, m.organisation_id, u.name::text,
           m.function_code::text, r.held, m.supervisor_id, m.tag
      from public.membership m
      join public.app_user u on u.id = m.user_id
      join public.person_key k on k.user_id = m.user_id and k.ended_at is null
      cross join lateral (
        select coalesce(array_agg(h.role_code::text order by h.role_code), '{}') as held
          from public.role_held h where h.membership_id = m.id and h.ended_at is null) r
     where m.organisation_id = v_org and m.ended_at is null and m.suspended_at is null
       and public.holds(v_org, 'custodian', k.id)
     order by k.id;
end $$;

-- A desk's new key with all its wraps, in one statement. `p_wraps`: [{id, recipient, inner or null, seal as hex}].
-- False: a live key is there already (somebody was quicker), nothing was written. The continuity key is made by two
-- people, never here (25_two_person.sql). Locks of organisations, memberships and cases are `for no key update`: a row
-- of hers that points there, whom she does not want, waits for none of them (adr/0056).
create or replace function body_key_add(p_id uuid, p_kind text, p_key_no int, p_public bytea, p_tag bytea, p_wraps jsonb)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
  v_wrap jsonb;
  v_inner uuid;
begin
  if v_org is null or p_kind <> 'desk' or not public.has_role('desk_officer') then
    raise exception 'not_allowed' using errcode = 'HK403';
  end if;
  perform 1 from public.organisation o where o.id = v_org for no key update;
  if exists (select 1 from public.body_key b
              where b.organisation_id = v_org and b.kind_code = p_kind and b.ended_at is null) then
    return false;
  end if;
  if p_key_no <= coalesce((select max(b.key_no) from public.body_key b
                            where b.organisation_id = v_org and b.kind_code = p_kind), 0) then
    return false;
  end if;
  insert into public.body_key (id, organisation_id, kind_code, key_no, public, tag, since)
  values (p_id, v_org, p_kind, p_key_no, p_public, p_tag, public.hk_now());
  for v_wrap in select value from jsonb_array_elements(p_wraps) loop
    v_inner := (v_wrap ->> 'inner')::uuid;
    if v_inner is null then
      if not public.holds(v_org, 'desk_officer', (v_wrap ->> 'recipient')::uuid) then
        raise exception 'not_allowed' using errcode = 'HK403';
      end if;
    elsif v_inner = (v_wrap ->> 'recipient')::uuid
       or not public.holds(v_org, 'custodian', (v_wrap ->> 'recipient')::uuid)
       or not public.holds(v_org, 'custodian', v_inner) then
      raise exception 'not_allowed' using errcode = 'HK403';
    end if;
    insert into public.body_key_wrap (id, body_key_id, recipient_key_id, inner_key_id, seal)
    values ((v_wrap ->> 'id')::uuid, p_id, (v_wrap ->> 'recipient')::uuid, v_inner, decode(v_wrap ->> 'seal', 'hex'));
  end loop;
  return true;
end $$;

-- A holder of the desk key hands it to another live officer of her body.
create or replace function desk_key_hand(p_id uuid, p_body_key uuid, p_recipient uuid, p_seal bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
begin
  if not exists (
    select 1 from public.body_key b join public.body_key_wrap w on w.body_key_id = b.id
     where b.id = p_body_key and b.organisation_id = v_org and b.kind_code = 'desk' and b.ended_at is null
       and w.inner_key_id is null and w.recipient_key_id = any (public.my_keys()))
     or not public.has_role('desk_officer') then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if not public.holds(v_org, 'desk_officer', p_recipient) then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  if exists (select 1 from public.body_key_wrap w
              where w.body_key_id = p_body_key and w.recipient_key_id = p_recipient and w.inner_key_id is null) then
    return;
  end if;
  insert into public.body_key_wrap (id, body_key_id, recipient_key_id, inner_key_id, seal)
  values (p_id, p_body_key, p_recipient, null, p_seal);
end $$;

grant execute on function my_keys(), body_ready(uuid), desk_ready(uuid), custodian_keys(),
  body_key_add(uuid, text, int, bytea, bytea, jsonb), desk_key_hand(uuid, uuid, uuid, bytea) to hk_app;
