-- A worker of the receiver asks the sender to send a part again, in which something is missing (ADR 0103). Nothing of the
-- referral moves: it is a row in its time line, which says who and which part. It stands until the sender has sent further
-- parts. Nobody asks for what was not sent to them, or what they may not read now.
create or replace function referral_ask_part(p_referral uuid, p_section text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
begin
  if coalesce(v_sides, '{}') = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'R' = any (v_sides) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  if v_state not in ('accepted', 'serving') then raise exception 'from_state' using errcode = 'HK409'; end if;
  if not public.referral_is_live(p_referral) then raise exception 'consent_live' using errcode = 'HK409'; end if;
  if p_section is null or p_section = 'text' or not public.packet_readable(p_referral, p_section) or not exists (
      select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = p_section) then
    raise exception 'section_agreed' using errcode = 'HK409';
  end if;
  if (select s.step_code from public.referral_step s where s.referral_id = p_referral and s.step_code in ('ask_part', 'add')
       order by s.at desc, s.id limit 1) = 'ask_part' then
    raise exception 'no_open_question' using errcode = 'HK409';
  end if;
  perform public.referral_step_note(p_referral, 'ask_part', v_state, v_state, 'R', p_section, public.hk_now(), public.me());
end $$;
grant execute on function referral_ask_part(uuid, text) to hk_app;
