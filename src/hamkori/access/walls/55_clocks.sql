-- A moment or a day that a page may give: it can be read, and lies near. What no program can read stops pages and the clock.
create or replace function soon(p_at timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select p_at is null or (isfinite(p_at) and p_at between public.hk_now() - interval '400 days' and public.hk_now() + interval '400 days')
$$;

-- A moment as our own programs write it: PostgreSQL also reads 'tomorrow' and 'J2461373', which Python does not.
create or replace function is_moment(p_at text) returns boolean
  language sql immutable parallel safe set search_path = '' as $$
  select p_at is null or p_at ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?[+-][0-9]{2}:[0-9]{2}$'
$$;

-- The rungs of a clock as they are stored: name and moment of each and no other word, made anew from what came. A number or
-- a list that Python cannot read would stop every page and the clock.
create or replace function clock_rungs(p_clock jsonb) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_agg(jsonb_build_object('name', g.one ->> 'name', 'at', to_char((g.one ->> 'at')::timestamptz at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')) order by g.no)
    from jsonb_array_elements(p_clock -> 'rungs') with ordinality g (one, no)
$$;

-- What each clock must have: its moments in our one form, and rungs.
create or replace function clock_is_read(p_clock jsonb) returns boolean
  language plpgsql immutable set search_path = '' as $$
begin
  if p_clock ->> 'due_at' is null or p_clock ->> 'started_at' is null or jsonb_typeof(p_clock -> 'rungs') is distinct from 'array' then
    return false;
  end if;
  return jsonb_array_length(p_clock -> 'rungs') between 1 and 9
     and public.is_moment(p_clock ->> 'started_at') and public.is_moment(p_clock ->> 'due_at') and public.is_moment(p_clock ->> 'next_at')
     and not exists (select 1 from jsonb_array_elements(p_clock -> 'rungs') g
                      where g ->> 'name' is null or g ->> 'at' is null or not public.is_moment(g ->> 'at'));
end $$;

-- A clock as a page gives it: its target and each of its rungs are soon, and its first rung is when it is looked at next. Its kind,
-- its row and all the rungs of that row are those of our table (`clock_known`, made from case/rules/clock_table.py at each migrate),
-- none of its rungs is later than that row says, it is in its first period and of no calendar that is still to come.
create or replace function clock_is_sound(p_clock jsonb) returns void
  language plpgsql stable set search_path = '' as $$
declare k record;
begin
  if not public.clock_is_read(p_clock) then raise exception 'no clock' using errcode = 'HK403'; end if;
  select * into k from public.clock_known(p_clock ->> 'clock_code', p_clock ->> 'row_code');
  if not found
     or k.rungs is distinct from (select array_agg(g.one ->> 'name' order by g.no)
                                    from jsonb_array_elements(p_clock -> 'rungs') with ordinality g (one, no))
     or not (public.soon((p_clock ->> 'started_at')::timestamptz) and public.soon((p_clock ->> 'due_at')::timestamptz))
     or (p_clock ->> 'next_at')::timestamptz is distinct from (p_clock #>> '{rungs,0,at}')::timestamptz
     or (k.from_now and (p_clock ->> 'started_at')::timestamptz > public.hk_now() + interval '1 day')
     or (p_clock ->> 'due_at')::timestamptz > (p_clock ->> 'started_at')::timestamptz + k.target
     or exists (select 1 from jsonb_array_elements(p_clock -> 'rungs') with ordinality g (one, no)
                 where not public.soon((g.one ->> 'at')::timestamptz)
                    or (g.one ->> 'at')::timestamptz > (p_clock ->> 'started_at')::timestamptz + k.limits[g.no])
     or coalesce((p_clock ->> 'period')::integer, 1) <> 1
     or not coalesce((p_clock ->> 'calendar_version')::integer
                     between 0 and (select coalesce(max(d.version), 0) from public.calendar_day d), false) then
    raise exception 'no clock' using errcode = 'HK403';
  end if;
end $$;

-- A moment that the clock gives: it can be read and is not far away. It may lie long back, after a stop of the worker.
create or replace function not_far(p_at timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select p_at is null or (isfinite(p_at) and p_at <= public.hk_now() + interval '400 days')
$$;

create or replace function clock_is_not_far(p_clock jsonb) returns void
  language plpgsql stable set search_path = '' as $$
begin
  if not public.clock_is_read(p_clock) then raise exception 'no clock' using errcode = 'HK403'; end if;
  if not (public.not_far((p_clock ->> 'started_at')::timestamptz) and public.not_far((p_clock ->> 'due_at')::timestamptz)
             and public.not_far((p_clock ->> 'next_at')::timestamptz))
     or exists (select 1 from jsonb_array_elements(p_clock -> 'rungs') g
                 where not public.not_far((g ->> 'at')::timestamptz)) then
    raise exception 'no clock' using errcode = 'HK403';
  end if;
end $$;
