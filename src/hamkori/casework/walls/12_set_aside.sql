-- Versions that were not kept where two wrote the same part: for the two who wrote, as long as they hold the part.
alter table set_aside enable row level security;

drop policy if exists set_aside_read on set_aside;
create policy set_aside_read on set_aside for select to hk_app
  using ((select me()) in (first_by, second_by) and section_code::text = any (my_sections(case_id)));
drop policy if exists set_aside_add on set_aside;
create policy set_aside_add on set_aside for insert to hk_app with check (
  second_by = (select me()) and section_code::text = any (my_writes(case_id)) and case_is_writable(case_id)
  and at <= hk_now() + interval '1 minute');
grant select, insert on set_aside to hk_app;

-- It is locked under an epoch that its part has.
create or replace function set_aside_epoch() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.section_key k
                  where k.case_id = new.case_id and k.section_code = new.section_code and k.epoch = new.epoch) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;
create or replace trigger set_aside_epoch before insert on set_aside for each row execute function set_aside_epoch();

-- After 30 days nothing of it is there. Returns how many.
create or replace function set_aside_forget()
  returns integer language plpgsql volatile security definer set search_path = '' as $$
declare n integer;
begin
  perform public.worker_here();
  delete from public.set_aside s where s.at <= public.hk_now() - interval '30 days';
  get diagnostics n = row_count;
  return n;
end $$;
grant execute on function set_aside_forget() to hk_clock;
