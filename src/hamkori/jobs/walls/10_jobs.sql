-- The queue is the worker's. The pages put nothing in (ADR 0016) and may not: what has to be told is a notice.
grant select, insert, update, delete on procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers to hk_clock;
grant usage, select on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq, procrastinate_workers_id_seq to hk_clock;
grant select on django_migrations to hk_clock, hk_app;
-- Earlier walls let the pages put jobs in.
revoke all on procrastinate_jobs, procrastinate_events from hk_app;
revoke all on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq from hk_app;

-- Functions of the queue are made without execute for anybody: the worker gets its own.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.proname like 'procrastinate%'
  loop
    execute format('revoke execute on function %s from hk_app', f.signature);
    execute format('grant execute on function %s to hk_clock', f.signature);
  end loop;
end $$;
