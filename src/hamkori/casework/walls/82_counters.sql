-- After all grants: numbers that count are counted here too. A row that comes through the pages' login, by itself or by a
-- function that it called, has the next number, or one that a program can still count on from. Otherwise one row with the
-- greatest number there is keeps everybody from writing the next: her word among it.
create or replace function number_is_none() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'no number' using errcode = 'HK403';
end $$;

-- The next number, or a later one: what a backup lacks and what was given to a press that failed is passed by (ADR 0067).
-- So far, and no farther.
create or replace function follows(p_number integer, p_last integer) returns boolean
  language sql immutable set search_path = '' as $$
  select p_number::bigint between coalesce(p_last, 0)::bigint + 1 and coalesce(p_last, 0)::bigint + 1024
$$;

create or replace function consent_follows() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if not public.follows(new.number, (select max(c.number) from public.consent c where c.case_id = new.case_id)) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;

-- A word carries each answer of the one before, changed or not: what is in none of the newest rows would be taken back by no word.
create or replace function consent_is_whole() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if exists (
      select w.kind_code, w.purpose_code from public.consent_row w
       where w.consent_id = (select c.id from public.consent c where c.case_id = new.case_id and c.number < new.number
                              order by c.number desc limit 1)
      except
      select w.kind_code, w.purpose_code from public.consent_row w where w.consent_id = new.id) then
    raise exception 'no whole word' using errcode = 'HK403';
  end if;
  return null;
end $$;

create or replace function epoch_follows() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if not public.follows(new.epoch, (select max(k.epoch) from public.section_key k
                                     where k.case_id = new.case_id and k.section_code = new.section_code)) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;

create or replace function key_follows() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if not public.follows(new.key_no, (select max(b.key_no) from public.body_key b
                                      where b.organisation_id = new.organisation_id and b.kind_code = new.kind_code)) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;

-- A sheet is locked under an epoch that its section has; the argument is the section's word.
create or replace function epoch_is_there() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.section_key k
                  where k.case_id = new.case_id and k.section_code = tg_argv[0] and k.epoch = new.epoch) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;

-- A part of a packet: of one that is there or of the next; the meeting line has one more with each other time, and the sender's own,
-- before any time was agreed, is 0 (ADR 0128).
create or replace function packet_follows() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  v_least integer := 1;
  v_most integer := (select greatest(r.packets, r.moves + 1) + 1 from public.referral r where r.id = new.referral_id);
begin
  if new.section_code = 'meeting' and tg_table_name = 'packet_seal' then
    v_least := 0;
  elsif new.section_code = 'meeting' and 'S' = any (public.referral_sides(new.referral_id)) then
    v_least := 0;
    v_most := 0;
  end if;
  if not coalesce(new.packet_no between v_least and v_most, false) then
    raise exception 'no number' using errcode = 'HK403';
  end if;
  return new;
end $$;

do $$
declare
  r record;
  v_pages text := '(session_user = ''hk_app'' or current_setting(''role'') = ''hk_app'')';
  v_grows text := 'new.%1$I is distinct from old.%1$I and new.%1$I::bigint is distinct from old.%1$I::bigint + 1';
begin
  for r in select * from (values
      ('case', 'insert', 'new.version <> 1', 'number_is_none()'),
      ('case', 'update', format(v_grows, 'version'), 'number_is_none()'),
      ('referral', 'insert', 'new.version <> 1', 'number_is_none()'),
      ('referral', 'update', format(v_grows, 'version'), 'number_is_none()'),
      ('service', 'insert', 'new.version not in (0, 1) or new.usual_answer_minutes is not null', 'number_is_none()'),
      ('service', 'update', format(v_grows, 'version'), 'number_is_none()'),
      ('consent', 'insert', 'true', 'consent_follows()'),
      ('section_key', 'insert', 'true', 'epoch_follows()'),
      ('body_key', 'insert', 'true', 'key_follows()'),
      ('packet_body', 'insert', 'true', 'packet_follows()'),
      ('packet_seal', 'insert', 'new.release_epoch between 0 and 65535', 'packet_follows()'),
      ('packet_seal', 'insert', 'new.release_epoch not between 0 and 65535', 'number_is_none()'),
      ('vault_session', 'insert', 'new.key_no not between 0 and 65535', 'number_is_none()'),
      ('vault_session', 'update', 'new.key_no not between 0 and 65535', 'number_is_none()')) as t (tab, event, wrong, does)
    union all
    select x.tab, y.event, y.wrong, replace(y.does, '%', x.section)
      from (values ('identity', 'identity'), ('contact', 'contact'), ('place', 'place'), ('screening', 'screening'), ('need', 'needs'),
                   ('health', 'health'), ('psychosocial', 'psychosocial'), ('legal', 'legal'), ('criminal', 'criminal')) as x (tab, section)
      cross join (values
        ('insert', 'new.seal_no <> 1', 'number_is_none()'),
        ('update', format(v_grows, 'seal_no'), 'number_is_none()'),
        ('insert', 'true', 'epoch_is_there(''%'')'),
        ('update', 'new.epoch <> old.epoch', 'epoch_is_there(''%'')')) as y (event, wrong, does)
  loop
    execute format('create or replace trigger %I before %s on %I for each row when (%s and (%s)) execute function %s',
      r.event || '_' || split_part(r.does, '(', 1), r.event, r.tab, v_pages, r.wrong, r.does);
  end loop;
end $$;

-- Its rows are written after it, so it is asked at the commit.
drop trigger if exists consent_is_whole on consent;
create constraint trigger consent_is_whole after insert on consent deferrable initially deferred for each row
  when (session_user = 'hk_app' or current_setting('role') = 'hk_app') execute function consent_is_whole();

-- A version from before that cannot be counted on from, so that a request or a case with it can be ended.
update "case" set version = 1 where version > 1000000000;
update referral set version = 1 where version > 1000000000;
update service set version = 1 where version > 1000000000;
