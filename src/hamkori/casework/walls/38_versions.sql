-- What casework has under versions of the keyring's keys (vault/walls/20_versions.sql): tags, and the permits of requests.

create or replace trigger tag_is_of_today before insert or update of tag on section_key for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on case_access for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on referral_access for each row execute function tag_is_of_today();
create or replace trigger tag_is_of_today before insert or update of tag on consent for each row execute function tag_is_of_today();

-- A lock names its version in its third and fourth byte.
create or replace function permit_is_of_today() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if octet_length(new.permit) > 4 and (tg_op = 'INSERT' or new.permit is distinct from old.permit) then
    perform public.made_under('kept', get_byte(new.permit, 2) * 256 + get_byte(new.permit, 3));
  end if;
  return new;
end $$;
create or replace trigger permit_is_of_today before insert or update of permit on referral_sender
  for each row execute function permit_is_of_today();
