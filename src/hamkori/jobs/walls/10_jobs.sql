-- The queue holds ids only. The worker runs it; the pages may put a job in and read nothing back.
grant select, insert, update, delete on procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers to hk_clock;
grant usage, select on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq, procrastinate_workers_id_seq to hk_clock;
grant select on django_migrations to hk_clock, hk_app;
grant insert on procrastinate_jobs, procrastinate_events to hk_app;
grant select (id) on procrastinate_jobs to hk_app;
grant usage on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq to hk_app;

-- Functions of the queue are made without execute for anybody: the worker gets its own.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and p.proname like 'procrastinate%'
  loop
    execute format('grant execute on function %s to hk_clock', f.signature);
  end loop;
  for f in select p.oid::regprocedure as signature from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'public' and (p.proname like 'procrastinate_defer%' or p.proname like 'procrastinate_notify%' or p.proname like 'procrastinate_trigger%')
  loop
    execute format('grant execute on function %s to hk_app', f.signature);
  end loop;
end $$;
