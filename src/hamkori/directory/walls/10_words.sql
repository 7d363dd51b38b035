-- Tajik order and folded spellings, as functions of the database: no wheel brings ICU, and its order of ӣ and ӯ is wrong.

-- Sorts аб вгғ деёжзиӣйкқ ... уӯфхҳ ... чҷ ... : each letter becomes one whose code stands in Tajik order.
create or replace function tj_key(t text) returns text language sql immutable parallel safe strict as $$
  select translate(lower(t collate pg_c_utf8),
    'абвгғдеёжзиӣйкқлмнопрстуӯфхҳцчҷшщъыьэюя',
    'абвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕі') collate "C" $$;

-- The same as hamkori/directory/rules/fold.py, letter for letter; a test compares the two.
create or replace function tj_fold(t text) returns text language plpgsql immutable parallel safe strict
  set search_path = '' as $$
declare
  folded text := translate(translate(lower(normalize(t, nfc) collate pg_catalog.pg_c_utf8), 'ѓќљњўї', 'ғқҷҳӯӣ'), 'ъьʻʼ’''`.', '');
begin
  folded := replace(replace(replace(folded, 'дж', 'j'), 'dzh', 'j'), 'dj', 'j');
  folded := replace(replace(replace(replace(folded, 'ch', 'j'), 'zh', 'j'), 'kh', 'h'), 'gh', 'g');
  folded := replace(replace(replace(replace(replace(folded, 'sh', 's'), 'ts', 's'), 'ё', 'ia'), 'я', 'ia'), 'ю', 'iu');
  folded := regexp_replace(normalize(folded, nfd), E'[\\u0300-\\u036f]', '', 'g');
  folded := translate(folded, 'абвгғдежзиӣйкқлмнопрстуӯфхҳцчҷшщыэcoqwxy', 'abvggdejziiikklmnaprstuufhhsjjssiekakvhi');
  folded := regexp_replace(folded, '[^a-z0-9]+', ' ', 'g');
  return btrim(regexp_replace(folded, E'([a-z])\\1+', E'\\1', 'g'));
end $$;

grant execute on function tj_key(text), tj_fold(text) to hk_app, hk_clock, hk_stats;
