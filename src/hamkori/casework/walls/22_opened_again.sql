-- A case is opened again without what she agreed to before: a version of her word in which no yes is left, written by whoever opens
-- it, who works in no case. The only word that she may write: it says nothing that the person said, and gives nothing.

-- Supervisor's side: locks a closed case, so that her word that was written meanwhile is read, and none is written beside it.
create or replace function case_lock_closed(p_case uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_state text;
begin
  if public.case_sides(p_case) = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'SV' = any (public.case_sides(p_case)) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  select c.state_code into v_state from public."case" c where c.id = p_case for no key update;
  if not 'SV' = any (public.case_sides(p_case)) then raise exception 'not visible' using errcode = 'HK404'; end if;
  if v_state <> 'closed' then
    raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', v_state)::text;
  end if;
end $$;

-- Supervisor's side, of a closed case, before the step that opens it. Whatever she has refused or taken back, and
-- every organisation that she does not want, must stand in it as before. `p_rows`: kind_code, purpose_code and so on, row by row.
create or replace function consent_ask_again(p_case uuid, p_id uuid, p_number integer, p_as_child boolean, p_at timestamptz, p_tag bytea,
                                             p_rows jsonb, p_without uuid[])
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare v_former uuid;
begin
  perform public.case_lock_closed(p_case);
  select k.id into v_former from public.consent k where k.case_id = p_case order by k.number desc limit 1;
  if exists (select 1 from jsonb_to_recordset(p_rows) w (answer_code text)
              where coalesce(w.answer_code, '-') not in ('no', 'withdrawn', 'not_asked'))
     or exists (select 1 from public.consent_row f
                 where f.consent_id = v_former and f.answer_code in ('no', 'withdrawn') and not exists (
                   select 1 from jsonb_to_recordset(p_rows) w (kind_code text, purpose_code text, answer_code text)
                    where w.kind_code = f.kind_code and w.purpose_code = f.purpose_code and w.answer_code in ('no', f.answer_code)))
     or exists (select 1 from public.consent_excluded e
                 where e.consent_id = v_former and coalesce(e.organisation_id <> all (p_without), true) and e.organisation_id <> public.my_org()) then
    raise exception 'not allowed' using errcode = 'HK403';
  end if;
  insert into public.consent (id, case_id, number, step_code, text_version_code, language_code, how_given_code, how_said_code,
      speaker_code, speaker_suspected, asked_as_child, child_answer_code, child_reason_code, at, membership_id, tag)
  values (p_id, p_case, p_number, 'ask_again', '', '', '', '', '', false, p_as_child, '', '', p_at, public.me(), p_tag);
  insert into public.consent_row (id, consent_id, kind_code, purpose_code, answer_code, sections, until, asked_as_child, speaker_code,
      speaker_suspected, child_answer_code)
  select gen_random_uuid(), p_id, w.kind_code, w.purpose_code, w.answer_code, w.sections, w.until, w.asked_as_child, w.speaker_code,
         w.speaker_suspected, w.child_answer_code
    from jsonb_to_recordset(p_rows) w (kind_code text, purpose_code text, answer_code text, sections text[], until timestamptz,
      asked_as_child boolean, speaker_code text, speaker_suspected boolean, child_answer_code text);
  insert into public.consent_excluded (id, consent_id, organisation_id)
  select gen_random_uuid(), p_id, o from unnest(p_without) o;
  delete from public.case_clock k where k.case_id = p_case and k.clock_code = 'consent';
end $$;

-- Whether whoever asks is just opening the case of this request again: then she pauses it.
create or replace function referral_is_reopened(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return 'SV' = any (public.referral_sides(p_referral)) and coalesce((
    select c.state_code = 'closed' and k.step_code = 'ask_again' and k.membership_id = public.me()
      from public.referral_origin o join public."case" c on c.id = o.case_id join public.consent k on k.case_id = c.id
     where o.referral_id = p_referral order by k.number desc limit 1), false);
end $$;

grant execute on function case_lock_closed(uuid), consent_ask_again(uuid, uuid, integer, boolean, timestamptz, bytea, jsonb, uuid[]) to hk_app;
