-- For the key holders' page: a number, no case.
create or replace function cases_under_older_key() returns int
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
  v_key uuid := (select b.id from public.body_key b
                  where b.organisation_id = v_org and b.kind_code = 'continuity' and b.ended_at is null
                  order by b.key_no desc limit 1);
begin
  if v_key is null or not public.has_role('custodian') then
    return 0;
  end if;
  return (select count(*) from public."case" c where c.organisation_id = v_org and exists (
    select 1 from public.section_key k where k.case_id = c.id and not exists (
      select 1 from public.section_wrap w where w.section_key_id = k.id and w.recipient_key_id = v_key)));
end $$;

grant execute on function cases_under_older_key() to hk_app;
