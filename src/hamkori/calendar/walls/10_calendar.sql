-- Working days are no secret. Changing them takes two coordinators and comes with their screens.
grant select on calendar_day to hk_app, hk_clock;
