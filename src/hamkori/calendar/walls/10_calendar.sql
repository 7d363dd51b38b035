-- Working days are no secret. Changing them takes two coordinators and comes with their screens.
grant select on calendar_day to hk_app, hk_clock;

-- The day whose night it is, until six in the morning that of the day before: night_of in casework/referral/rules/tonight.py, which
-- tests/web/test_settled_elsewhere.py holds alike.
create or replace function night_of(p_at timestamptz, p_zone text) returns date
  language sql immutable parallel safe set search_path = '' as $$
  select ((p_at - interval '6 hours') at time zone p_zone)::date
$$;

-- The close of the working day after the day on which this was said: close_of_next_day in calendar/rules.py, which
-- tests/web/test_a_yes_that_waits.py holds alike. For functions of the walls: no login calls it.
create or replace function close_of_next_day(p_said timestamptz) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_zone text := public.house_zone();
  v_day date := (p_said at time zone v_zone)::date;
begin
  for n in 1 .. 400 loop
    v_day := v_day + 1;
    if coalesce((select d.kind_code = 'working_saturday' from public.calendar_day d where d.day = v_day), extract(isodow from v_day) < 6) then
      exit;
    end if;
  end loop;
  return (v_day + time '17:00') at time zone v_zone;
end $$;
