-- After all tables: no row that comes through the pages' login has a date that no program reads: years from 1900 to 2199,
-- whoever writes it, the login itself or a function that it called. A row that had one before may still be written: what is
-- asked is asked of what changes. Who came is known by the session; inside a function `current_user` is always the owner.
create or replace function date_is_none() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'no date' using errcode = 'HK403';
end $$;

do $$
declare
  r record;
  v_pages text := '(session_user = ''hk_app'' or current_setting(''role'') = ''hk_app'')';
begin
  for r in
    select t.relname as tab,
           string_agg(format('new.%1$I < ''1900-01-01'' or new.%1$I >= ''2200-01-01''', a.attname), ' or ' order by a.attnum) as none,
           string_agg(format('new.%1$I is distinct from old.%1$I and (new.%1$I < ''1900-01-01'' or new.%1$I >= ''2200-01-01'')', a.attname),
                      ' or ' order by a.attnum) as turned
      from pg_attribute a join pg_class t on t.oid = a.attrelid
     where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and pg_get_userbyid(t.relowner) = current_user
       and a.attnum > 0 and not a.attisdropped and a.atttypid in ('date'::regtype, 'timestamptz'::regtype)
       and t.relname !~ '^(django|procrastinate)_'
     group by t.relname
  loop
    execute format('create or replace trigger date_is_none before insert on %I for each row'
      ' when (%s and (%s)) execute function date_is_none()', r.tab, v_pages, r.none);
    execute format('create or replace trigger date_turns_none before update on %I for each row'
      ' when (%s and (%s)) execute function date_is_none()', r.tab, v_pages, r.turned);
  end loop;
end $$;
