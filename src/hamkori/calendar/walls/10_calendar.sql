-- Working days are no secret. Changing them takes two coordinators and comes with their screens.
grant select on calendar_day to hk_app, hk_clock;

-- The day whose night it is, until six in the morning that of the day before: night_of in casework/referral/rules/tonight.py, which
-- tests/web/test_settled_elsewhere.py holds alike.
create or replace function night_of(p_at timestamptz, p_zone text) returns date
  language sql immutable parallel safe set search_path = '' as $$
  select ((p_at - interval '6 hours') at time zone p_zone)::date
$$;
