-- Which organisation was told of a danger by telephone, beside the step that was taken just now: of the others Today goes on asking (ADR 255).
-- One to which a referral of this case was sent, and no other: with a name here a step of the case would say where somebody is.
create or replace function case_danger_told_to(p_case uuid, p_organisation uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if ('S' = any (public.case_sides(p_case))) is not true or not exists (
       select 1 from public.referral_origin o join public.referral r on r.id = o.referral_id
        where o.case_id = p_case and r.to_organisation_id = p_organisation and r.sent_at is not null) then
    raise exception 'not visible' using errcode = 'HK404';
  end if;
  update public.case_step s set organisation_id = p_organisation
   where s.id = (select t.id from public.case_step t
                  where t.case_id = p_case and t.step_code = 'danger_told' and t.organisation_id is null and t.membership_id = public.me()
                    and t.at > public.hk_now() - interval '1 minute' order by t.at desc limit 1);
  if not found then raise exception 'not visible' using errcode = 'HK404'; end if;
end $$;

grant execute on function case_danger_told_to(uuid, uuid) to hk_app;
