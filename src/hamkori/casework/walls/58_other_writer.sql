-- Who wrote the same part of a case at the same time hears of it from who chose: a member of the team, of a member of the team.
create or replace function notice_other_writer(p_case uuid, p_other uuid)
  returns integer language plpgsql volatile security definer set search_path = '' as $$
begin
  if not 'S' = any (public.case_sides(p_case)) then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if not exists (select 1 from public.case_access a where a.case_id = p_case and a.membership_id = p_other
                    and a.ended_at is null and a.suspended_at is null)
     or 60 <= (select count(*) from public.notice n
                where n.key_code = 'other_writer' and n.at > public.hk_now() - interval '1 hour'
                  and n.about_code = 'case' and n.about_id = p_case) then
    return 0;
  end if;
  return public.notice_to(array[p_other], 'case', p_case, 'other_writer', '', '', false, false, null);
end $$;
grant execute on function notice_other_writer(uuid, uuid) to hk_app;
