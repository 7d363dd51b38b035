-- A sign-in from a browser that she has not used before: told to the person herself, once for a session. No side and no
-- key is named: whoever calls this can tell nobody else and nothing else.
create or replace function notice_device() returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into public.notice (id, membership_id, key_code, clock_code, rung_code, device_code, is_urgent, by_mail, at)
  select gen_random_uuid(), s.membership_id, 'device', 'device', left(replace(s.id::text, '-', ''), 20), s.device_code, true,
         true, public.hk_now()
    from public.access_session s where s.id = public.my_session() and s.membership_id = public.me()
  on conflict do nothing;
end $$;

grant execute on function notice_device() to hk_app;
