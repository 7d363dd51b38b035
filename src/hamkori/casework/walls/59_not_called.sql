-- Since when whoever helps, or helped, is not to call the person nor to write; null: nobody said so, or it was sent again.
-- For the named workers of the receiver, and for the team of the own case that came of it, where a number may stand that they noted:
-- as long as they can read it, so also after the referral has ended. Only what was taken back while help was asked or given there is
-- told (packet_narrowed writes no other row): what the person says after the ending is nobody's to hear from here. A later referral of
-- the same own case that was sent with the way to the person since then says otherwise, unless it was ended or everything was withdrawn.
create or replace function referral_not_called(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
declare v_own uuid := (select o.case_id from public.referral_own_case o where o.referral_id = p_referral);
begin
  if ('R' = any (public.referral_sides(p_referral)) or 'S' = any (public.case_sides(v_own))
      -- And the desk once it has ended by the person's word or was cancelled: it may still be about to call.
      or 'D' = any (public.referral_sides(p_referral)) and exists (
           select 1 from public.referral r where r.id = p_referral and public.referral_fate(r.state_code) = 'ended')) is not true then return null; end if;
  return (
    select n.at from public.referral_narrowed n join public.referral_sender x on x.referral_id = n.referral_id
     where n.referral_id = p_referral and n.section_code = 'contact' and 'contact' <> all (x.sections::text[])
       and not exists (
             select 1 from public.referral_own_case o join public.referral l on l.id = o.referral_id
               join public.referral_sender y on y.referral_id = l.id
              where o.case_id = v_own and l.sent_at > n.at and 'contact' = any (y.sections::text[])
                and public.referral_fate(l.state_code) <> 'ended' and not public.referral_said_no(l.id)));
end $$;
grant execute on function referral_not_called(uuid) to hk_app;
