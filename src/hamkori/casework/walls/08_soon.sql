-- A moment or a day that a page may give: it can be read, and lies near. What no program can read stops pages and the clock.
create or replace function soon(p_at timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select p_at is null or (isfinite(p_at) and p_at between public.hk_now() - interval '400 days' and public.hk_now() + interval '400 days')
$$;

-- A clock as a page gives it: its target, its next look and each of its rungs are soon; a clock without a rung tells nobody.
create or replace function clock_is_sound(p_clock jsonb) returns void
  language plpgsql stable set search_path = '' as $$
begin
  if p_clock ->> 'due_at' is null or jsonb_typeof(p_clock -> 'rungs') is distinct from 'array' or jsonb_array_length(p_clock -> 'rungs') = 0
     or not (public.soon((p_clock ->> 'started_at')::timestamptz) and public.soon((p_clock ->> 'due_at')::timestamptz)
             and public.soon((p_clock ->> 'next_at')::timestamptz))
     or exists (select 1 from jsonb_array_elements(p_clock -> 'rungs') g
                 where g ->> 'name' is null or g ->> 'at' is null or not public.soon((g ->> 'at')::timestamptz)) then
    raise exception 'no clock' using errcode = 'HK403';
  end if;
end $$;

-- No row that the pages' login writes itself has a day that is none. One trigger for each table of which it writes a date.
create or replace function date_is_none() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'no date' using errcode = 'HK403';
end $$;
