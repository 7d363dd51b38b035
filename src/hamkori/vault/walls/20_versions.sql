-- Versions of the keyring's keys that were begun. From the beginning of one nothing is made under an older one: whoever
-- read the keyring a moment too early is refused, reads it again and does it once more. Otherwise the old key would be
-- forgotten while something still needs it.

alter table key_version enable row level security;
drop policy if exists key_version_read on key_version;
create policy key_version_read on key_version for select to hk_clock using (true);
grant select on key_version to hk_clock;

-- Asked by triggers before something is stored under this version of a key; who begins a version waits for all who have
-- asked, and is waited for by all who ask after. Granted to nobody.
create or replace function made_under(p_name text, p_number integer) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare v_floor integer;
begin
  lock table public.key_version in row share mode;
  select max(v.number) into v_floor from public.key_version v where v.name_code = p_name;
  if p_number < v_floor then
    raise exception 'release_epoch'
      using errcode = 'HK409', detail = json_build_object('key', p_name, 'number', v_floor)::text;
  end if;
end $$;

-- Tags name their version in their first two bytes. What has ended has none.
create or replace function tag_is_of_today() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if octet_length(new.tag) > 2 and (tg_op = 'INSERT' or new.tag is distinct from old.tag) then
    perform public.made_under('tag', get_byte(new.tag, 0) * 256 + get_byte(new.tag, 1));
  end if;
  return new;
end $$;
