-- Whether the person agreed without a name to what a referral asks for first.
create or replace function referral_is_unnamed(p_referral uuid) returns boolean
  language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.referral_origin o join public.referral_sender x on x.referral_id = o.referral_id
      cross join lateral public.consent_now(o.case_id, split_part(x.consent_rows[1], ':', 1), split_part(x.consent_rows[1], ':', 2)) c
     where o.referral_id = p_referral and c.answer = 'without_name')
$$;
revoke all on function referral_is_unnamed(uuid) from public;

-- A worker of the receiver asks the sender for a part: again, since something in it is missing (ADR 0103), or because it
-- was never sent (ADR 0108), or was sent since a no to it. Nothing of the referral moves: it is a row in its time line,
-- which says who and which part. It stands until the sender has sent further parts or said that this one is not shared.
-- Nobody asks for what they may not read now, for what the person has taken back, for the name of who agreed without
-- one, nor twice for what the sender did not share.
create or replace function referral_ask_part(p_referral uuid, p_section text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
  v_sent timestamptz;  -- what was shared anew makes an earlier no history
begin
  if coalesce(v_sides, '{}') = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'R' = any (v_sides) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  if v_state not in ('accepted', 'serving') then raise exception 'from_state' using errcode = 'HK409'; end if;
  if not public.referral_is_live(p_referral) then raise exception 'consent_live' using errcode = 'HK409'; end if;
  v_sent := coalesce((select max(b.at) from public.packet_body b where b.referral_id = p_referral and b.section_code = p_section),
                     '-infinity');
  if p_section is null or not p_section in ('identity', 'contact', 'place', 'screening', 'needs', 'health', 'psychosocial', 'legal')
     or exists (select 1 from public.referral_narrowed n where n.referral_id = p_referral and n.section_code = p_section
                   and n.at > v_sent)
     or exists (select 1 from public.referral_step s where s.referral_id = p_referral and s.step_code = 'keep_part'
                   and s.reason_code = p_section and s.at > v_sent)
     or (exists (select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = p_section)
         and not public.packet_readable(p_referral, p_section))
     or (p_section = 'identity' and public.referral_is_unnamed(p_referral)) then
    raise exception 'section_agreed' using errcode = 'HK409';
  end if;
  if p_section = any (public.parts_asked(p_referral)) then raise exception 'no_open_question' using errcode = 'HK409'; end if;
  perform public.referral_step_note(p_referral, 'ask_part', v_state, v_state, 'R', p_section, public.hk_now(), public.me());
end $$;

-- The parts that are asked for now, in the order in which they were asked: of each the newest word is a question, and it was not sent
-- since (ADR 0110). For both sides.
drop function if exists part_asked(uuid);
create or replace function parts_asked(p_referral uuid) returns text[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV', 'R', 'RV']) is not true then return '{}'; end if;
  return (
    select coalesce(array_agg(q.section order by q.at, q.section), '{}') from (
      select distinct on (s.reason_code) s.reason_code::text as section, s.step_code, s.at from public.referral_step s
       where s.referral_id = p_referral and s.step_code in ('ask_part', 'keep_part')
       order by s.reason_code, s.at desc, s.id desc) q
     where q.step_code = 'ask_part' and not exists (
             select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = q.section and b.at > q.at));
end $$;

-- The sender's team answers that the part which is asked for now is not shared; why is not said. Of one that lies there
-- it is not true.
create or replace function referral_keep_part(p_referral uuid, p_section text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
begin
  if coalesce(v_sides, '{}') = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'S' = any (v_sides) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  if v_state not in ('accepted', 'serving') or (p_section = any (public.parts_asked(p_referral))) is not true
     or exists (select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = p_section) then
    raise exception 'from_state' using errcode = 'HK409';
  end if;
  perform public.referral_step_note(p_referral, 'keep_part', v_state, v_state, 'S', p_section, public.hk_now(), public.me());
end $$;
grant execute on function referral_ask_part(uuid, text), referral_keep_part(uuid, text), parts_asked(uuid) to hk_app;
