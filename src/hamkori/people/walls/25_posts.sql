-- A post is changed, suspended or ended by its definer only, each time under the next number. The web process makes the
-- tag over all that it covers, as it will stand; what is suspended or ended has none. Whether the asking person may do
-- it is asked above: here counts the proof.

-- Function, roles and supervisor as they are to stand; a suspended post comes back by it too.
create or replace function post_set(p_membership uuid, p_was int, p_serial int, p_function text, p_roles text[],
                                    p_supervisor uuid, p_tag bytea, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid;
begin
  if not public.proved(p_proof, p_at, 'post', p_membership::text, p_was::text, p_serial::text, p_function,
                       public.hk_list(p_roles), p_supervisor::text, encode(p_tag, 'hex')) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.membership m
     set serial = p_serial, function_code = p_function, supervisor_id = p_supervisor, suspended_at = null, tag = p_tag
   where m.id = p_membership and m.serial = p_was and m.ended_at is null and p_serial > p_was
  returning m.user_id into v_user;
  if not found then
    raise exception 'version_same' using errcode = 'HK409';
  end if;
  update public.role_held r set ended_at = public.hk_now()
   where r.membership_id = p_membership and r.ended_at is null and not r.role_code = any (p_roles);
  if public.roles_clash(v_user, p_roles) then
    raise exception 'may_join' using errcode = 'HK409';
  end if;
  insert into public.role_held (id, membership_id, role_code, since)
  select gen_random_uuid(), p_membership, w, public.hk_now() from unnest(p_roles) w
   where not exists (select 1 from public.role_held r
                      where r.membership_id = p_membership and r.role_code = w and r.ended_at is null);
end $$;

-- Her name, and with it all her live posts: `p_posts` is [{membership, was, serial, tag as hex}].
create or replace function posts_name(p_user uuid, p_name text, p_posts text, p_at bigint, p_proof bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_post jsonb;
begin
  if not public.proved(p_proof, p_at, 'name', p_user::text, p_name, p_posts) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.app_user u set name = p_name where u.id = p_user;
  for v_post in select value from jsonb_array_elements(p_posts::jsonb) loop
    update public.membership m
       set serial = (v_post ->> 'serial')::int, tag = decode(v_post ->> 'tag', 'hex')
     where m.id = (v_post ->> 'membership')::uuid and m.user_id = p_user and m.serial = (v_post ->> 'was')::int
       and m.ended_at is null and m.suspended_at is null;
    if not found then
      raise exception 'version_same' using errcode = 'HK409';
    end if;
  end loop;
end $$;

-- Suspended or ended: no tag, no session, and from here on no older row either.
create or replace function post_end(p_membership uuid, p_was int, p_serial int, p_how text, p_at bigint, p_proof bytea)
  returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_how not in ('suspend', 'end') then
    raise exception 'not an ending' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'post_end', p_membership::text, p_was::text, p_serial::text, p_how) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  update public.membership m
     set serial = p_serial, tag = '', suspended_at = coalesce(m.suspended_at, public.hk_now()),
         ended_at = case when p_how = 'end' then public.hk_now() end
   where m.id = p_membership and m.serial = p_was and m.ended_at is null and p_serial > p_was;
  if not found then
    raise exception 'version_same' using errcode = 'HK409';
  end if;
  update public.access_session s set ended_at = statement_timestamp()
   where s.membership_id = p_membership and s.ended_at is null;
end $$;

grant execute on function post_set(uuid, int, int, text, text[], uuid, bytea, bigint, bytea),
  posts_name(uuid, text, text, bigint, bytea), post_end(uuid, int, int, text, bigint, bytea) to hk_app;
