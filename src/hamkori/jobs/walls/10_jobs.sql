-- The queue is the worker's. The pages put nothing in (ADR 0016) and may not: what has to be told is a notice. The worker
-- writes it through the queue's own functions alone, so that no login can lock its tables, and each writing asks whether it
-- is the worker (ADR 0054).
grant select on procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers to hk_clock;
grant select on django_migrations to hk_clock, hk_app;
-- Earlier walls let the pages put jobs in.
revoke all on procrastinate_jobs, procrastinate_events from hk_app;
revoke all on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq from hk_app;

-- Not before a superuser's or the owner's own statement, who need not ask.
create or replace function queue_asks() returns trigger language plpgsql set search_path = '' as $$
begin
  if session_user = 'hk_clock' then perform public.worker_here(); end if;
  return null;
end $$;

do $$
declare
  t text;
  f record;
begin
  foreach t in array array['procrastinate_jobs', 'procrastinate_events', 'procrastinate_periodic_defers', 'procrastinate_workers'] loop
    execute format('alter table %I enable row level security', t);
    execute format('drop policy if exists clock_reads on %I', t);
    execute format('create policy clock_reads on %I for select to hk_clock using (true)', t);
    execute format('create or replace trigger queue_asks before insert or update or delete on %I'
      ' for each statement execute function queue_asks()', t);
  end loop;
  -- They are made without execute for anybody, and look names up without saying where.
  for f in select p.oid::regprocedure as signature, p.prorettype = 'trigger'::regtype as by_trigger
             from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.proname like 'procrastinate%'
  loop
    execute format('revoke execute on function %s from hk_app', f.signature);
    if not f.by_trigger then
      execute format('alter function %s security definer set search_path = public, pg_temp', f.signature);
      execute format('grant execute on function %s to hk_clock', f.signature);
    end if;
  end loop;
end $$;

-- The queue says no word at a new job. The worker listens to nobody (jobs/worker.py), and whoever keeps the queue of words from
-- being emptied fills it, from any login: then no job could be written any more.
drop trigger if exists procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate_jobs;
drop trigger if exists procrastinate_jobs_notify_queue_job_aborted_v1 on procrastinate_jobs;

-- Signs of life. The worker writes one when a job has come to its end; pages and `./hamkori status` read their ages.
alter table worker_beat enable row level security;

create or replace function worker_beats(p_act text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.worker_here();
  insert into public.worker_beat (act_code, at) values (left(p_act, 30), statement_timestamp())
  on conflict (act_code) do update set at = excluded.at;
end $$;

-- `heartbeat`: the newest of any worker's. `unsealed`: the oldest act of the ledger that is in no batch yet, if there
-- is one; its time is the world's, so its age is carried over to the clock on the wall.
create or replace function worker_signs() returns table (sign_code text, at timestamptz)
  language sql stable security definer set search_path = '' as $$
  select b.act_code::text, b.at from public.worker_beat b
  union all
  select 'heartbeat', max(w.last_heartbeat) from public.procrastinate_workers w having max(w.last_heartbeat) is not null
  union all
  select 'unsealed', statement_timestamp() - (public.hk_now() - min(l.at))
    from pg_catalog.pg_control_system() c
    join public.ledger l on l.cluster = c.system_identifier
   where l.tx >= coalesce((select max(s.next_tx) from public.ledger_seal s where s.cluster = c.system_identifier), 0)
  having min(l.at) is not null;
$$;

grant execute on function worker_beats(text) to hk_clock;
grant execute on function worker_signs() to hk_app, hk_clock;
