-- Whether the database takes writing is asked by writing: `/health/ready` and `./hamkori status` add a row that fills a page of
-- its own, so that the file has to grow. A change in place, or a row where another was, needs no new room, and says that all is
-- well on a disk that is full. Nobody tidies the table up meanwhile; at 1 MB it is emptied here.
alter table write_try enable row level security;
alter table write_try alter column filler set storage plain;
alter table write_try set (autovacuum_enabled = false);

create or replace function write_tried() returns timestamptz
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_at timestamptz := clock_timestamp();
begin
  if pg_catalog.pg_relation_size('public.write_try') > 1048576 then
    begin
      lock table public.write_try in access exclusive mode nowait;
      truncate public.write_try;
    exception when lock_not_available then  -- somebody else is writing into it: the next try empties it
      if pg_catalog.pg_relation_size('public.write_try') > 16777216 then raise; end if;
    end;
  end if;
  insert into public.write_try (id, at, filler) values (gen_random_uuid(), v_at, decode(repeat('00', 7600), 'hex'));
  return v_at;
end $$;

grant execute on function write_tried() to hk_app, hk_clock;
