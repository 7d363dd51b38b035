-- What the clock could not do: an act's name, the kind of fault, how often, since when, and at which row last. `./hamkori status` reads it as hk_clock.

alter table clock_failure enable row level security;
grant select (act_code, fault_code, failures, first_at, last_at, row_id) on clock_failure to hk_clock;
drop policy if exists clock_reads on clock_failure;
create policy clock_reads on clock_failure for select to hk_clock using (true);

-- The clock tries again every ten seconds: after an hour without a failure the next one is a new trouble.
-- Real time, not the world's: it is about this server.
drop function if exists clock_failed(text, text);
create or replace function clock_failed(p_act text, p_fault text, p_row uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_now timestamptz := statement_timestamp();
begin
  perform public.worker_here();
  insert into public.clock_failure as f (id, act_code, fault_code, failures, first_at, last_at, row_id)
  values (gen_random_uuid(), left(p_act, 30), left(p_fault, 60), 1, v_now, v_now, p_row)
  on conflict (act_code) do update set fault_code = excluded.fault_code, last_at = v_now, row_id = p_row,
    failures = case when f.last_at < v_now - interval '1 hour' then 1 else f.failures + 1 end,
    first_at = case when f.last_at < v_now - interval '1 hour' then v_now else f.first_at end;
end $$;

grant execute on function clock_failed(text, text, uuid) to hk_clock;
