-- A change of what opens her account: told to the person herself, each time, with the kind of browser of the session in
-- which it was made. No side is named, and only these keys: whoever calls this can tell nobody else and nothing else.
-- Up to 20 of a key in an hour; more is a flood, and she has been told.
create or replace function notice_account(p_key text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_key is null or p_key <> all (array['passphrase', 'authenticator', 'recovery_codes']) then
    raise exception 'not a notice' using errcode = '22023';
  end if;
  insert into public.notice (id, membership_id, key_code, clock_code, rung_code, device_code, is_urgent, by_mail, at)
  select gen_random_uuid(), s.membership_id, p_key, '', '', s.device_code, true, true, public.hk_now()
    from public.access_session s
   where s.id = public.my_session() and s.membership_id = public.me()
     and 20 > (select count(*) from public.notice n
                where n.membership_id = s.membership_id and n.key_code = p_key
                  and n.at > public.hk_now() - interval '1 hour');
end $$;

grant execute on function notice_account(text) to hk_app;
