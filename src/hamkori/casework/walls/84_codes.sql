-- No row that comes through the pages' login has a code that is in none of our lists: its triggers are made from the lists at each
-- migrate (casework/known.py, casework/seed.py).
create or replace function code_is_none() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'no code' using errcode = 'HK403';
end $$;
