-- One step of any machine: `lifecycle_machine` says where its things stand, `lifecycle_row` what a step needs and leaves behind
-- (docs/design/engine.md#one-door-for-every-step). Names in dynamic SQL come from these two tables, which only the owner writes,
-- as identifiers; values are parameters, and their types those of the columns.

alter table lifecycle_machine enable row level security;
alter table lifecycle_row enable row level security;
drop policy if exists lifecycle_machine_read on lifecycle_machine;
create policy lifecycle_machine_read on lifecycle_machine for select to hk_app, hk_clock using (true);
drop policy if exists lifecycle_row_read on lifecycle_row;
create policy lifecycle_row_read on lifecycle_row for select to hk_app, hk_clock using (true);
grant select on lifecycle_machine, lifecycle_row to hk_app, hk_clock;

-- Raises a refusal. HK404 not visible, HK403 not allowed, HK409 not now: then `p_key` is the guard and `p_values` its sentence's.
create or replace function refuse(p_code text, p_key text, p_values jsonb default '{}') returns void
  language plpgsql stable set search_path = '' as $$
begin
  raise exception using message = p_key, errcode = p_code, detail = p_values::text;
end $$;

-- The step that a session takes. `p_side` null: on whichever of her sides a row is found first. `p_version` is what she read.
create or replace function take(p_machine text, p_id uuid, p_step text, p_side text, p_version integer, p_values jsonb, p_clocks jsonb)
  returns text language plpgsql volatile security definer set search_path = '' as $$
declare
  m public.lifecycle_machine;
  v_sides text[];
begin
  select * into m from public.lifecycle_machine x where x.machine_code = p_machine;
  if not found then perform public.refuse('HK404', 'not visible'); end if;
  for i in 1 .. 2 loop
    execute format('select public.%I($1)', m.sides_by) into v_sides using p_id;
    if coalesce(v_sides, '{}') = '{}' then perform public.refuse('HK404', 'not visible'); end if;
    exit when i = 2;  -- asked again under the locks: who was released while she waited takes no step
    if m.locks_by <> '' then execute format('select public.%I($1, $2)', m.locks_by) using p_id, v_sides; end if;
    execute format('select 1 from public.%I x where x.id = $1 for no key update', m.record_table) using p_id;
  end loop;
  if p_side <> all (v_sides) then perform public.refuse('HK403', 'not allowed'); end if;
  if p_version is null then perform public.refuse('HK409', 'version_same'); end if;
  return public.step_do(p_machine, p_id, p_step, p_version, p_values, p_clocks,
                        case when p_side is null then v_sides else array[p_side] end);
end $$;

-- The same for a caller that has locked the thing and vouches for the sides. A null version is not asked. `p_at`, `p_by`: when it
-- was said and by whom, where that is neither now nor who asks.
create or replace function step_do(p_machine text, p_id uuid, p_step text, p_version integer, p_values jsonb, p_clocks jsonb, p_sides text[],
                                   p_at timestamptz default null, p_by uuid default null)
  returns text language plpgsql volatile security definer set search_path = '' as $$
declare
  m public.lifecycle_machine;
  s public.lifecycle_row;
  r jsonb;
  v jsonb;
  v_set jsonb;
  v_name text;
  v_now timestamptz := coalesce(p_at, public.hk_now());
begin
  select * into strict m from public.lifecycle_machine x where x.machine_code = p_machine;
  execute format('select to_jsonb(t) from public.%I t where t.id = $1', m.record_table) into r using p_id;
  select * into s from public.lifecycle_row l
   where l.machine_code = p_machine and l.step_code = p_step and l.side_code = any (p_sides)
   order by l.from_code <> r ->> 'state_code', l.position limit 1;
  if not found then perform public.refuse('HK403', 'not allowed'); end if;
  if s.from_code is distinct from r ->> 'state_code' then
    perform public.refuse('HK409', 'from_state', jsonb_build_object('state', r ->> 'state_code')); end if;
  if p_version <> (r ->> 'version')::integer then perform public.refuse('HK409', 'version_same'); end if;
  if exists (select 1 from jsonb_object_keys(p_values) k where not s.carries ? k) then perform public.refuse('HK403', 'unknown value'); end if;
  if cardinality(s.guards) > 0 then
    execute format('select public.%I($1, $2, $3, $4, $5)', m.guards_by) into v using p_id, s.side_code, s.guards::text[], p_values, v_now;
    if v is not null then perform public.refuse('HK409', v ->> 'guard', v - 'guard'); end if;
  end if;
  v_set := s.set_values
    || coalesce((select jsonb_object_agg(c, v_now) from unnest(s.set_now::text[]) c), '{}')
    || coalesce((select jsonb_object_agg(c, (r ->> c)::integer + 1) from unnest(s.set_plus::text[]) c), '{}')
    || coalesce((select jsonb_object_agg(s.carries ->> k, x) from jsonb_each(p_values) e (k, x) where s.carries ->> k <> '' and x <> 'null'), '{}');
  foreach v_name in array s.effects loop
    execute format('select public.%I($1, $2, $3, $4)', v_name) into v using p_id, s.side_code, p_values, v_now;
    v_set := v_set || coalesce(v, '{}');
  end loop;
  -- State and version come last: no effect gives them.
  v_set := v_set || jsonb_build_object('state_code', coalesce(m.kept_codes ->> s.to_code, s.to_code), 'version', (r ->> 'version')::integer + 1);
  perform public.columns_set(m.record_table, 'id', p_id, (select jsonb_object_agg(k, x) from jsonb_each(v_set) e (k, x) where k not like '+%'));
  perform public.columns_set(m.beside_table, m.beside_key, p_id, (select jsonb_object_agg(substr(k, 2), x) from jsonb_each(v_set) e (k, x) where k like '+%'));
  perform public.clocks_change(m.clock_table, m.clock_key, p_id, s.starts::text[], s.may_start::text[], s.stops::text[], coalesce(p_clocks, '[]'));
  execute format('select public.%I($1, $2, $3, $4, $5, $6, $7, $8)', m.notes_by) using p_id, p_step, s.from_code::text, s.to_code::text,
    s.side_code::text, coalesce((select p_values ->> k from unnest(s.noted::text[]) with ordinality n (k, no) where p_values ->> k is not null
      order by no limit 1), ''), v_now, coalesce(p_by, public.me());
  return s.to_code;
end $$;

-- Columns of one row, each value as its column's type has it. `p_set` null: none.
create or replace function columns_set(p_table text, p_key text, p_id uuid, p_set jsonb)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_columns text := (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(p_set) k);
begin
  if v_columns is null then return; end if;
  execute format('update public.%1$I t set (%2$s) = (select %2$s from jsonb_populate_record(t, $2)) where t.%3$I = $1', p_table, v_columns, p_key)
    using p_id, p_set;
end $$;

-- The clocks of one thing: those that stop go, those that start are each given, and none besides: nobody takes a step and leaves
-- out who is told of silence. `p_stops`: '*' is all of them; one that stands still and is kept for a way back (`…_told`) stays.
create or replace function clocks_change(p_table text, p_key text, p_id uuid, p_starts text[], p_may text[], p_stops text[], p_clocks jsonb)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_given text[] := array(select distinct c ->> 'clock_code' from jsonb_array_elements(p_clocks) c);
begin
  if jsonb_array_length(p_clocks) <> cardinality(v_given) or not (p_starts <@ v_given and v_given <@ (p_starts || p_may)) then
    perform public.refuse('HK403', 'no clock'); end if;
  if p_table = '' or cardinality(p_stops || v_given) = 0 then return; end if;
  perform public.clock_is_sound(c) from jsonb_array_elements(p_clocks) c;
  execute format('delete from public.%I c where c.%I = $1 and ($2 && array[c.clock_code::text]'
    ' or ''*'' = any ($2) and right(c.clock_code, 5) <> ''_told'')', p_table, p_key)
    using p_id, p_stops || v_given;
  execute format('insert into public.%I (id, %I, clock_code, row_code, started_at, due_at, next_at, rungs, done, period, calendar_version)'
    ' select gen_random_uuid(), $1, c ->> ''clock_code'', c ->> ''row_code'', (c ->> ''started_at'')::timestamptz,'
    ' (c ->> ''due_at'')::timestamptz, (c ->> ''next_at'')::timestamptz, public.clock_rungs(c), ''{}'', 1, (c ->> ''calendar_version'')::integer'
    ' from jsonb_array_elements($2) c', p_table, p_key) using p_id, p_clocks;
end $$;

-- A step of the clock itself. False: it is not its turn, or somebody holds the thing; then the next turn asks again.
create or replace function tick(p_machine text, p_id uuid, p_step text, p_values jsonb)
  returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare
  m public.lifecycle_machine;
  v_found boolean;
begin
  perform public.worker_here();
  select * into strict m from public.lifecycle_machine x where x.machine_code = p_machine;
  execute format('select true from public.%I x where x.id = $1 for no key update skip locked', m.record_table) into v_found using p_id;
  if v_found is not true then return false; end if;
  perform public.step_do(p_machine, p_id, p_step, null, p_values, '[]', array['T']);
  return true;
exception when sqlstate 'HK409' or sqlstate 'HK403' then
  return false;
end $$;

-- Makes `<machine>_guards` of rows (key, expression): which of the guards asked does not hold first, with its sentence's values;
-- null: all hold. An expression sees `this` and the row `beside`, p_side, p_values and p_now. True holds, an object refuses with
-- its values, anything else refuses. Each is asked once of nothing, so that what it names exists.
create or replace function guards_build(p_machine text, p_record text, p_beside text, p_key text, p_guards text[])
  returns void language plpgsql volatile set search_path = '' as $$
declare
  v_whens text := '';
  v_keys text := '';
begin
  for i in 1 .. array_length(p_guards, 1) loop
    v_whens := v_whens || format('    when %L then v := to_jsonb((%s));' || chr(10), p_guards[i][1], p_guards[i][2]);
    v_keys := v_keys || ' ' || p_guards[i][1];
  end loop;
  execute format($f$
create or replace function public.%1$I(p_id uuid, p_side text, p_guards text[], p_values jsonb, p_now timestamptz)
  returns jsonb language plpgsql stable security definer set search_path = '' as $g$
declare
  this public.%2$I;
  beside public.%3$I;
  g text;
  v jsonb;
begin
  select * into this from public.%2$I x where x.id = p_id;
  select * into beside from public.%3$I x where x.%4$I = p_id;
  foreach g in array p_guards loop
    case g
%5$s    end case;
    if v is distinct from 'true' then
      return case jsonb_typeof(v) when 'object' then v else '{}' end || jsonb_build_object('guard', g);
    end if;
  end loop;
  return null;
end $g$
$f$, p_machine || '_guards', p_record, coalesce(nullif(p_beside, ''), p_record), case when p_beside = '' then 'id' else p_key end, v_whens);
  execute format('comment on function public.%I(uuid, text, text[], jsonb, timestamptz) is %L', p_machine || '_guards', ltrim(v_keys));
  for i in 1 .. array_length(p_guards, 1) loop
    execute format('select public.%I(gen_random_uuid(), '''', array[%L], ''{}'', now())', p_machine || '_guards', p_guards[i][1]);
  end loop;
end $$;

grant execute on function take(text, uuid, text, text, integer, jsonb, jsonb) to hk_app;
grant execute on function tick(text, uuid, text, jsonb) to hk_clock;
