-- Something of the database was not what the server knows of it. The row tells the auditors; the file beside the marks
-- tells the operator, whatever becomes of this row. Nobody buries the first under others: each kind has room for 60 an hour,
-- and beyond them for the first of each act. What carries no proof of the keyring has one room of 60 for all kinds together:
-- it is somebody's own SQL, or what proofs are compared with was changed. The row's operation is the line of the file: what
-- of the file has no row by then, the worker writes here.

drop function if exists ledger_alarm(text, uuid, text);
drop function if exists ledger_alarm(text, uuid, text, bigint, bytea);
create or replace function ledger_alarm(
    p_kind text, p_object uuid, p_reason text, p_line uuid, p_at bigint, p_proof bytea)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare
  v_ours boolean := public.proved(p_proof, p_at, 'ledger_alarm', p_kind, p_object::text, p_reason, p_line::text);
  v_unproved bigint;
  v_of_kind bigint;
  v_of_act bigint;
begin
  if p_kind is null or p_kind !~ '^[a-z_]{1,20}$' or p_reason is null or p_reason !~ '^[a-z_.]{0,40}$' then
    raise exception 'not an alarm' using errcode = '22023';
  end if;
  select count(*) filter (where l.scope_code = 'unproved'),
         count(*) filter (where l.scope_code = '' and l.object_kind_code = p_kind),
         count(*) filter (where l.scope_code = '' and l.object_kind_code = p_kind and l.reason_code = p_reason)
    into v_unproved, v_of_kind, v_of_act
    from public.ledger l where l.action_code = 'tag.mismatch' and l.at > public.hk_now() - interval '1 hour';
  if (v_ours and v_of_kind >= 60 and v_of_act > 0) or (not v_ours and v_unproved >= 60) then
    return 0;
  end if;
  return coalesce(public.ledger_write(
    'tag.mismatch', 'failed', public.my_user(), public.me(), public.my_org(), public.my_session(), '',
    case when v_ours then '' else 'unproved' end, p_kind, p_object, null, '', null, null, p_reason, p_line, null),
    public.ledger_lacks_row());
end $$;

-- A line of the file that has no row: its room was full, or the page died before it. Each once, whoever else copies.
create or replace function ledger_alarm_line(p_line uuid, p_kind text, p_object uuid) returns bigint
  language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.worker_here();
  if p_line is null or p_kind is null or p_kind !~ '^[a-z_]{1,20}$' then
    raise exception 'not an alarm' using errcode = '22023';
  end if;
  if exists (select 1 from public.ledger l where l.action_code = 'tag.mismatch' and l.operation_id = p_line) then
    return 0;
  end if;
  return coalesce(public.ledger_write(
    'tag.mismatch', 'failed', null, null, null, null, 'system', 'from_file', p_kind, p_object, null, '', null, null, '',
    p_line, null), public.ledger_lacks_row());
exception when unique_violation then
  -- Somebody else has copied it meanwhile, or the violation is of something else.
  if not exists (select 1 from public.ledger l where l.action_code = 'tag.mismatch' and l.operation_id = p_line) then
    raise;
  end if;
  return 0;
end $$;

grant execute on function ledger_alarm(text, uuid, text, uuid, bigint, bytea) to hk_app;
grant execute on function ledger_alarm_line(uuid, text, uuid) to hk_clock;
