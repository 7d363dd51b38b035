-- Every list that a row keeps is one list: of one dimension, counted from one, without an empty place. PostgreSQL takes a list
-- of lists for the same type, and a page that reads it as ours is a fault for everybody who sees the row. A check of the table
-- holds for definers too; rows from before are asked when they are changed.
do $$
declare
  r record;
begin
  for r in select c.oid::regclass as tab, a.attname as col, left('list_is_one_' || a.attname, 60) as called
             from pg_catalog.pg_class c
             join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             join pg_catalog.pg_type t on t.oid = a.atttypid and t.typcategory = 'A'
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
              and not exists (select 1 from pg_catalog.pg_constraint k
                               where k.conrelid = c.oid and k.conname = left('list_is_one_' || a.attname, 60)) loop
    execute format('alter table %s add constraint %I check (coalesce(array_ndims(%3$I) = 1 and array_lower(%3$I, 1) = 1'
      ' and array_position(%3$I, null) is null, true)) not valid', r.tab, r.called, r.col);
  end loop;
end $$;
