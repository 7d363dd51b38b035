-- "I called", by the sender's side, about a referral that waits, that stopped without help, or whose age was put right since it was
-- accepted, or that was ended after a yes on the telephone, and whom that reached: only its desk calms the alarm, the coordinator does not. Nothing of the referral moves: it is a row in the time line of
-- its sender's side, which says who (ADR 0106). What was said there is kept while the first answer is awaited, and is no answer
-- (ADR 0120); of that alone the other side reads (referral_calls). So it is of whether a child may come whom they accepted as an adult.
-- `put_back`: the call of that moment (`p_which`) was a slip. It stays, with since when it counts no more, and a row says who took it back:
-- within a day, while the referral stands as it did then (ADR 212).
drop function if exists referral_call(uuid, text);
create or replace function referral_call(p_referral uuid, p_answer text, p_which timestamptz default null) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_side text := case when 'S' = any (v_sides) then 'S' else 'SV' end;
  v_state text;
  v_corrected boolean;
  v_was text;
begin
  if (v_sides && array['S', 'SV']) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  if p_answer = 'put_back' then
    update public.referral_step s set undone_at = public.hk_now()
     where s.referral_id = p_referral and s.step_code = 'call' and s.at = p_which and s.to_code = v_state and s.undone_at is null
       and s.at > public.hk_now() - interval '24 hours'
     returning s.reason_code into v_was;
    if v_was is null then raise exception 'not visible' using errcode = 'HK404'; end if;
    perform public.referral_step_note(p_referral, 'undo_call', v_state, v_state, v_side, v_was, public.hk_now(), public.me());
    return;
  end if;
  v_corrected := (v_state = 'accepted' or v_state = 'serving' and public.came_as_another(p_referral)) and exists (
       select 1 from public.referral r join public.referral_card k on k.referral_id = r.id where r.id = p_referral and k.corrected_at > r.agreed_at);
  if v_state not in ('sent', 'declined', 'unaccepted', 'lapsed') and not v_corrected and not (v_state = 'accepted' and exists (
       select 1 from public.referral r
        where r.id = p_referral and (r.missed_at is not null or r.heard_code = 'did_not_come')))
     and not (v_state = 'ended' and p_answer in ('reached', 'not_reached') and public.referral_promised(p_referral) is not null)
    then raise exception 'from_state' using errcode = 'HK409'; end if;
  if (p_answer = any (array['reached', 'coordinator', 'not_reached', 'no_coordinator'])
      or ((v_state = 'sent' or v_corrected) and p_answer = any (array['said_yes', 'said_no', 'calls_back']))) is not true then
    raise exception 'reason_given' using errcode = 'HK409';
  end if;
  perform public.referral_step_note(p_referral, 'call', v_state, v_state, v_side, p_answer, public.hk_now(), public.me());
end $$;
grant execute on function referral_call(uuid, text, timestamptz) to hk_app;
