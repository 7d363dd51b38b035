-- Something of the database was not what the server knows of it. The row tells the auditors; the file beside the marks
-- tells the operator, whatever becomes of this row. At most 60 an hour, so that nobody buries the first under others.

create or replace function ledger_alarm(p_kind text, p_object uuid, p_reason text) returns bigint
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_kind !~ '^[a-z_]{1,20}$' or p_reason !~ '^[a-z_.]{0,60}$' then
    raise exception 'not an alarm' using errcode = '22023';
  end if;
  if 60 <= (select count(*) from public.ledger l
             where l.action_code = 'tag.mismatch' and l.at > public.hk_now() - interval '1 hour') then
    return null;
  end if;
  return public.ledger_write(
    'tag.mismatch', 'failed', public.my_user(), public.me(), public.my_org(), public.my_session(), '', '', p_kind,
    p_object, null, '', null, null, p_reason, null, null);
end $$;

grant execute on function ledger_alarm(text, uuid, text) to hk_app;
