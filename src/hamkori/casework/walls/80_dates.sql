-- After all grants: each table of which the pages' login writes a date refuses one that is none (08_soon.sql).
do $$
declare r record;
begin
  for r in
    select c.table_name as tab, string_agg(format('isfinite(new.%I) is false', c.column_name), ' or ' order by c.ordinal_position) as none
      from information_schema.columns c join pg_class t on t.oid = format('public.%I', c.table_name)::regclass
     where c.table_schema = 'public' and t.relkind = 'r' and pg_get_userbyid(t.relowner) = current_user
       and c.data_type in ('date', 'timestamp with time zone')
       and (has_column_privilege('hk_app', t.oid, c.column_name, 'INSERT') or has_column_privilege('hk_app', t.oid, c.column_name, 'UPDATE'))
     group by c.table_name
  loop
    execute format('create or replace trigger date_is_none before insert or update on %I for each row'
      ' when (current_user = ''hk_app'' and (%s)) execute function date_is_none()', r.tab, r.none);
  end loop;
end $$;
