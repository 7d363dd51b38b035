-- Notices: a key, and the thing of some room that it is about (kind and id). Each room finds by a definer of its own whom
-- its event concerns, and hands them on here. Nobody is told of her own act.

alter table notice enable row level security;

drop policy if exists notice_own on notice;
create policy notice_own on notice for select to hk_app using (membership_id = (select me()) and at <= hk_now());
drop policy if exists notice_read on notice;
create policy notice_read on notice for update to hk_app
  using (membership_id = (select me()) and at <= hk_now()) with check (membership_id = (select me()));
grant select on notice to hk_app, hk_clock;
grant update (read_at) on notice to hk_app;

drop policy if exists notice_for_the_clock on notice;
create policy notice_for_the_clock on notice for select to hk_clock using (true);

-- Not callable by any login: definers of other rooms say who acts and find the people. Of those only live people of live
-- bodies are told, and never who acts. The same rung of a clock about the same thing tells nobody twice. `p_at`: not before
-- this moment.
create or replace function notice_to(
    p_memberships uuid[], p_about text, p_about_id uuid, p_key text, p_clock text, p_rung text, p_urgent bool, p_mail bool,
    p_at timestamptz)
  returns int language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := public.hk_now();
  v_me uuid := public.me();
  v_count int;
begin
  if coalesce(cardinality(p_memberships), 0) = 0 then return 0; end if;  -- no statement that tells nobody: each takes its time
  insert into public.notice (
    id, membership_id, key_code, about_code, about_id, clock_code, rung_code, is_urgent, by_mail, at)
  select gen_random_uuid(), m.id, p_key, p_about, p_about_id, p_clock, p_rung, p_urgent, p_mail, greatest(v_now, p_at)
    from public.membership m
    join public.app_user u on u.id = m.user_id
    join public.organisation o on o.id = m.organisation_id
   where m.id = any (p_memberships) and m.id is distinct from v_me
     and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active
  on conflict do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
