-- Who may be on the way to somebody who waits no more (ADR 131). A receiver had agreed that the person comes, and took that back before
-- they came: it returned the referral, ended it without help, or it expired. So did who said yes by telephone, where hour or meeting
-- point were written (ADR 128), and declined since, or says no by telephone, too (ADR 180). Or the sender ended it, once it may have told
-- the person. Whoever told the person has to tell them not to go.

-- When that was; null of every other referral. Who is there already, as the sender says, or wants no help, is not on the way.
create or replace function referral_taken_back(r public.referral) returns timestamptz
  language plpgsql stable set search_path = '' as $$
begin
  return case when r.agreed_at is null and r.state_code in ('declined', 'lapsed') then (
                select r.ended_at from public.referral_step s
                 where s.referral_id = r.id and s.step_code = 'arrange'
                   and public.telephone_no(r.id) is null
                 limit 1)
              when r.agreed_at is null or r.arrival_on is null or r.served_at is not null
                or (r.heard_code = 'came' and r.missed_at is null) then null
              when r.state_code in ('unaccepted', 'lapsed') then r.ended_at
              when r.state_code in ('finished', 'disputed') and r.result_code in ('not_needed', 'not_reached', 'not_given')
                then r.finished_at end;
end $$;

-- Whether the sender's side may have told the person to come: it said so last; or its team has come to know hour and meeting point since
-- it said anything of that, opened or written by itself (ADR 177). Granted to nobody.
create or replace function person_may_know(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce(t.reason_code = 'told', false)
      or exists (select 1 from public.referral_step s
                  where s.referral_id = r.id and s.step_code = 'arrange' and s.at > coalesce(t.at, '-infinity'))
      or exists (select 1 from public.ledger l
                  where l.object_id = r.id and l.object_kind_code = 'referral' and l.action_code = 'meeting.open'
                    and l.decision_code = 'done' and l.organisation_id = r.from_organisation_id and l.at > coalesce(t.at, '-infinity'))
    from (select 1) one
    left join lateral (select s.reason_code, s.at from public.referral_step s
                        where s.referral_id = r.id and s.step_code = 'tell_person' order by s.at desc limit 1) t on true
$$;

-- The same for the sender's side, before it ends what it sent.
create or replace function referral_may_know(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return (select public.person_may_know(r) and public.person_warned(r.id) is null from public.referral r where r.id = p_referral);
end $$;

-- When who had agreed by telephone on hour or meeting point took that back by telephone; null while their last word there is a yes, and
-- once they answered yes in Hamkori. Granted to nobody.
create or replace function arranged_no(r public.referral) returns timestamptz
  language plpgsql stable set search_path = '' as $$
begin
  return case when r.agreed_at is null and r.state_code in ('sent', 'declined', 'lapsed')
               and exists (select 1 from public.referral_step s where s.referral_id = r.id and s.step_code = 'arrange')
              then public.telephone_no(r.id) end;
end $$;

-- Whether a place was found since then at that same organisation: then the person goes there after all. Granted to nobody.
create or replace function place_found_there(r public.referral, p_since timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.referral_origin o join public.case_step f on f.case_id = o.case_id
                  where o.referral_id = r.id and f.step_code = 'place_found' and f.organisation_id = r.to_organisation_id and f.at > p_since)
$$;

-- Whether a no that somebody else brought has ended it, and the person was not asked since (ADR 190). Granted to nobody.
create or replace function ended_unheard(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'ended' and exists (
    select 1 from public.referral_sender x join public.referral_origin o on o.referral_id = x.referral_id
     where x.referral_id = r.id and x.ending_code = 'withdrawn'
       and (public.answer_unheard(o.case_id, r.recipient_kind_code, r.purpose_code) or public.ended_alone_unheard(r)))
$$;

-- Whether somebody there waits for the person, or keeps something: it was accepted, or a yes by telephone was their last word, and nobody
-- has come, as far as anybody said, or was missed. Granted to nobody.
create or replace function desk_waited(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.served_at is null and r.heard_code <> 'came' and r.missed_at is null and (
           r.agreed_at is not null and r.arrival_on is not null
           or r.agreed_at is null and coalesce((select t.says from public.telephone_turns(r.id) t order by t.at desc limit 1), '') = 'yes')
$$;

-- Whether what they keep is kept on after such a no, because the person was not asked: until a day after the agreed part of day is over; of
-- a yes by telephone, after the day for which help was asked (ADR 196). Granted to nobody.
create or replace function kept_unheard(r public.referral) returns boolean
  language plpgsql stable set search_path = '' as $$
begin
  return public.ended_unheard(r) and public.hk_now() < (
    coalesce(r.arrival_on, greatest(r.needed_from_on, public.night_of(r.ended_at, public.house_zone()))) + interval '1 day'
    + case r.arrival_part_code when 'morning' then interval '12 hours' when 'afternoon' then interval '17 hours' else interval '24 hours' end
  ) at time zone public.house_zone();
end $$;

-- The same for the other side, which reads that the person was not asked, and not who brought it: whoever helped, and until then whoever
-- waits for them, at the desk too (ADR 196).
create or replace function referral_no_brought(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
declare v_sides text[] := public.referral_sides(p_referral);
begin
  if (v_sides && array['S', 'SV', 'D', 'R', 'RV']) is not true then return null; end if;
  return (select case when v_sides && array['S', 'SV'] or r.served_at is not null and v_sides && array['R', 'RV'] then public.ended_unheard(r)
                      else public.desk_waited(r) and public.kept_unheard(r) end
            from public.referral r where r.id = p_referral);
end $$;
grant execute on function referral_no_brought(uuid) to hk_app;

-- Since when the person wants after all what their word, or what was brought as that, has ended: they have said yes to that help themselves
-- since, last, and not that this organisation must get nothing (ADR 190, 196). Null: they do not. Granted to nobody.
drop function if exists wanted_again(public.referral);
create or replace function wanted_since(r public.referral) returns timestamptz
  language sql stable set search_path = '' as $$
  select min(a.at)
    from public.referral_sender x join public.referral_origin o on o.referral_id = x.referral_id
      cross join lateral (select n.id from public.consent n where n.case_id = o.case_id order by n.number desc limit 1) n
      join public.consent_row w on w.consent_id = n.id and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
      cross join lateral public.answered_since(r) a
   where x.referral_id = r.id and r.state_code = 'ended' and x.ending_code = 'withdrawn' and w.answer_code in ('yes', 'without_name')
     and a.answer in ('yes', 'without_name')
     and not exists (select 1 from public.answered_since(r) l where l.number > a.number and coalesce(l.answer not in ('yes', 'without_name'), true))
     and not exists (select 1 from public.consent_excluded e where e.consent_id = n.id and e.organisation_id = r.to_organisation_id)
$$;

create or replace function asked_for_since(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select exists (
    select 1 from public.referral_origin o join public.referral_origin p on p.case_id = o.case_id
      join public.referral n on n.id = p.referral_id
     where o.referral_id = r.id and n.id <> r.id and n.service_code = r.service_code and n.sent_at > r.ended_at)
$$;

create or replace function asked_there_since(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select exists (
    select 1 from public.referral_origin o join public.referral_origin p on p.case_id = o.case_id
      join public.referral n on n.id = p.referral_id
     where o.referral_id = r.id and n.id <> r.id and n.to_organisation_id = r.to_organisation_id and n.service_code = r.service_code
       and n.sent_at > r.ended_at and n.state_code in ('sent', 'accepted', 'serving'))
$$;

-- The same of what somebody else's no had ended, while somebody waited there: for a week, until the same organisation was asked again. Both
-- sides read it (ADR 196). Granted to nobody.
create or replace function expects_after_all(r public.referral) returns timestamptz
  language sql stable set search_path = '' as $$
  select public.wanted_since(r) from public.referral_sender x
   where x.referral_id = r.id and r.state_code = 'ended' and r.ended_at > public.hk_now() - interval '7 days'
     and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and public.desk_waited(r) and not public.asked_there_since(r)
$$;

-- For the other side: whether it is so; and of whoever helped, that the person wants what somebody else's no had ended.
create or replace function referral_wanted_after_all(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['D', 'R', 'RV']) is not true then return null; end if;
  return (select case when r.served_at is null then public.expects_after_all(r) is not null
                      else public.wanted_since(r) is not null and not public.asked_there_since(r)
                       and exists (select 1 from public.referral_sender x where x.referral_id = r.id and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other')) end
            from public.referral r where r.id = p_referral);
end $$;
grant execute on function referral_wanted_after_all(uuid) to hk_app;

-- For the other side, of what somebody else's no had ended before anybody came: when the person said no themselves since, if that is their
-- last word to it. What was told by telephone between both is older than this (ADR 224).
create or replace function referral_no_again(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['D', 'R', 'RV']) is not true then return null; end if;
  return (select l.at from public.referral r join public.referral_sender x on x.referral_id = r.id
            cross join lateral (select a.at, a.answer from public.answered_since(r) a order by a.number desc limit 1) l
           where r.id = p_referral and r.state_code = 'ended' and x.ending_code = 'withdrawn' and l.answer in ('no', 'withdrawn')
             and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and public.desk_waited(r));
end $$;
grant execute on function referral_no_again(uuid) to hk_app;

-- The same moment for the sender's side: also of a no by telephone, which whoever said it told the caller, and of what the sender's side
-- ended itself while somebody was expected, where it may have told them (ADR 172, 177, 180):
-- every cancellation, and of a child, for whom an adult speaks, or where somebody else brought it, also what was ended at the person's word. Who is grown and said so
-- themselves knows. Nor where a place was found since at that same organisation, or the person wants after all what somebody else ended:
-- that organisation is called then (`expects_after_all`).
create or replace function referral_waits_no_more(r public.referral) returns timestamptz
  language plpgsql stable set search_path = '' as $$
begin
  if public.arranged_no(r) is not null then
    return (select n.at from public.arranged_no(r) n (at) where public.person_may_know(r) and not public.place_found_there(r, n.at));
  end if;
  if r.state_code <> 'ended' then return public.referral_taken_back(r); end if;
  return (
    select r.ended_at from public.referral_sender x join public.referral_origin o on o.referral_id = x.referral_id
      join public."case" k on k.id = o.case_id
     where x.referral_id = r.id and r.served_at is null and (r.heard_code = 'came' and r.missed_at is null) is not true
       and (x.ending_code = 'recalled' or k.is_child or public.ended_unheard(r))
       and (x.ending_code = 'recalled' or x.how_said_code not in ('by_phone_no_word', 'by_message', 'through_other') or public.wanted_since(r) is null)
       and public.person_may_know(r) and not public.place_found_there(r, r.ended_at));
end $$;

-- Whether the agreed part of day and the night after it are not over. By telephone no day is agreed: until the night is that
-- comes after the no, or in which it was said; in the last hours before six it is the next one.
create or replace function referral_may_come(r public.referral, p_now timestamptz, p_zone text) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce(public.night_of(p_now, p_zone) <= coalesce(r.arrival_on, public.night_of(
           coalesce(r.ended_at, public.telephone_no(r.id)) + interval '6 hours', p_zone)), false)
$$;

-- Whether the person may have been told to come since then: something was agreed anew, they said yes by telephone, or a no of theirs was put
-- back; or the sender's team opened it, or said so. What was said of a warning before that says nothing of it (ADR 0185). Granted to nobody.
create or replace function may_be_told_since(p_referral uuid, p_at timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.referral_step s
                  where s.referral_id = p_referral and s.at > p_at and (s.step_code in ('arrange', 'accept', 'expect', 'meet')
                        or s.step_code = 'tell_person' and s.reason_code = 'told'))
      or exists (select 1 from public.telephone_turns(p_referral) y where y.says = 'yes' and y.at > p_at)
      or exists (select 1 from public.referral r join public.ledger l on l.object_id = r.id and l.organisation_id = r.from_organisation_id
                  where r.id = p_referral and l.object_kind_code = 'referral' and l.action_code = 'meeting.open'
                    and l.decision_code = 'done' and l.at > p_at)
$$;

-- What was said of it last that ends the question: the person was told not to go, or never to come. Null: neither, it was put back, or they
-- may have been told to come since. Granted to nobody.
create or replace function person_warned(p_referral uuid) returns text
  language sql stable set search_path = '' as $$
  select nullif(w.reason_code::text, 'put_back')
    from (select s.reason_code, s.at from public.referral_step s
           where s.referral_id = p_referral and s.step_code = 'warn_person' and s.reason_code in ('warned', 'never_told', 'put_back')
           order by s.at desc limit 1) w
   where not public.may_be_told_since(p_referral, w.at)
$$;

-- Where the person was told not to go, and the last word by telephone is a yes since, said anew or because a no of it was put back: when
-- both were said, and where that desk is called, until the team has said that the person was told to come (ADR 0185). Granted to nobody.
create or replace function expected_after_all(r public.referral) returns jsonb
  language plpgsql stable set search_path = '' as $$
begin
  return (select jsonb_build_object('at', y.at, 'warned', w.at, 'phone', coalesce(
           (select p.phone::text from public.organisation_phone p where p.organisation_id = r.to_organisation_id), ''))
    from (select s.reason_code, s.at from public.referral_step s
           where s.referral_id = r.id and s.step_code = 'warn_person' and s.reason_code in ('warned', 'never_told', 'put_back')
           order by s.at desc limit 1) w
         cross join lateral (select max(t.at) from public.telephone_turns(r.id) t where t.says = 'yes') y (at)
   where r.state_code = 'sent' and w.reason_code = 'warned' and y.at is not null and public.telephone_no(r.id) is null
     and not public.referral_said_no(r.id)
     and public.night_of(public.hk_now(), public.house_zone()) <= public.night_of(y.at + interval '6 hours', public.house_zone())
     and not exists (select 1 from public.referral_step s where s.referral_id = r.id and s.step_code = 'tell_person'
                        and s.reason_code = 'told' and s.at > w.at));
end $$;

-- For the sender's side, until somebody there has said that the person knows, or never was told: since when, where that desk is called,
-- when the sender's team said that the person was told, of this time or of an earlier one, or opened hour and meeting point of the time
-- that stood; when the person was not reached last; and whose slip the yes was, which was taken back.
create or replace function referral_on_the_way(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return coalesce((select public.expected_after_all(r) from public.referral r where r.id = p_referral), (
    select jsonb_build_object('at', b.at,
             'phone', case when r.state_code <> 'sent' then coalesce(
               (select p.phone::text from public.organisation_phone p where p.organisation_id = r.to_organisation_id), '') end,
             'told', (select case s.reason_code when 'told' then s.at end from public.referral_step s
                       where s.referral_id = r.id and s.step_code = 'tell_person' order by s.at desc limit 1),
             'opened', (select max(l.at) from public.ledger l
                         where l.object_id = r.id and l.object_kind_code = 'referral' and l.action_code = 'meeting.open'
                           and l.decision_code = 'done' and l.organisation_id = r.from_organisation_id and l.at >= coalesce(r.agreed_at, r.sent_at)),
             'tried', (select t.at from (select max(s.at) from public.referral_step s where s.referral_id = r.id
                          and s.step_code = 'warn_person' and s.reason_code = 'not_reached') t (at)
                        where not public.may_be_told_since(r.id, t.at)),
             'unheard', public.ended_unheard(r), 'kept', public.desk_waited(r) and public.kept_unheard(r),
             'slip', (select c.side from public.slips_about(r.id) c where c.answer = 'said_yes' and c.undone_at = b.at limit 1))
      from public.referral r cross join lateral (select public.referral_waits_no_more(r)) b (at)
     where r.id = p_referral and b.at is not null and public.referral_may_come(r, public.hk_now(), public.house_zone())
       and public.person_warned(r.id) is null));
end $$;

-- That the person was told not to go, was never told to come, or is not reached yet; or that one of the first two was a slip, until the
-- night is over. `p_since`: since when nobody waits there, as the page said by which it is said: what was said of an older no ends no newer
-- question. Nothing of the referral moves: it is a row in the time line of its sender's side, which the other side never reads.
drop function if exists referral_warn_person(uuid, text);
create or replace function referral_warn_person(p_referral uuid, p_answer text, p_since timestamptz default null) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  r public.referral;
  v_state text;
begin
  if (v_sides && array['S', 'SV']) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select * into r from public.referral x where x.id = p_referral for no key update;
  v_state := r.state_code;
  if p_answer = 'put_back' then
    if public.person_warned(p_referral) is null or public.referral_waits_no_more(r) is null
       or not public.referral_may_come(r, public.hk_now(), public.house_zone()) then
      raise exception 'is_on_the_way' using errcode = 'HK409';
    end if;
  elsif coalesce(public.referral_on_the_way(p_referral) ? 'warned', true) then
    -- They have said yes meanwhile, or accepted: whoever was told not to go is to be told that they are expected after all.
    if not (p_answer = 'warned' and public.referral_on_the_way(p_referral) is null
            and p_since is not null and public.may_be_told_since(p_referral, p_since)
            and case v_state when 'sent' then public.referral_told(p_referral) is not null
                  when 'accepted' then r.missed_at is null and r.heard_code <> 'came' and public.person_warned(p_referral) is null
                  else false end) then
      raise exception 'is_on_the_way' using errcode = 'HK409';
    end if;
  elsif p_since is not null and public.may_be_told_since(p_referral, p_since) then
    raise exception 'warning_as_read' using errcode = 'HK409';
  end if;
  if (p_answer = any (array['warned', 'never_told', 'not_reached', 'put_back'])) is not true then
    raise exception 'reason_given' using errcode = 'HK409';
  end if;
  perform public.referral_step_note(p_referral, 'warn_person', v_state, v_state, case when 'S' = any (v_sides) then 'S' else 'SV' end,
                                    p_answer, public.hk_now(), public.me());
end $$;

-- The other way, for the desk and the team that took it back: since when, and where the sender is called, for a day at most and until
-- one of them has said that they called. Where it expired nobody there did anything.
create or replace function referral_calls_sender(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['D', 'R']) is not true then return null; end if;
  return (
    select jsonb_build_object('at', b.at,
             'phone', coalesce((select p.phone::text from public.organisation_phone p where p.organisation_id = r.from_organisation_id), ''),
             'tried', (select max(s.at) from public.referral_step s
                        where s.referral_id = r.id and s.step_code = 'call_sender' and s.reason_code = 'not_reached'))
      from public.referral r cross join lateral (select public.referral_taken_back(r)) b (at)
     where r.id = p_referral and r.state_code <> 'lapsed' and b.at > public.hk_now() - interval '24 hours'
       and public.referral_may_come(r, public.hk_now(), public.house_zone())
       and not exists (select 1 from public.referral_step s
                        where s.referral_id = r.id and s.step_code = 'call_sender' and s.reason_code = 'reached'));
end $$;

-- That the sender was called, or nobody was reached there. Both sides read it. So of who left without a word, until it is known that
-- they are safe (`referral_left`); of them also that they are back with those whom they left (ADR 0174), or that this was not so, which
-- can be said as long as that word stands (ADR 0178), and once they are safe that this was read there (ADR 0175).
create or replace function referral_call_sender(p_referral uuid, p_answer text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
  v_left jsonb;
begin
  if (v_sides && array['D', 'R']) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  v_left := case when 'R' = any (v_sides) then public.referral_left(p_referral) end;
  if p_answer = any (array['is_back', 'not_back']) then
    if v_left is null then
      raise exception using message = case v_state when 'confirmed' then 'who_left_confirmed' else 'who_left' end, errcode = 'HK409';
    elsif (v_left ->> 'back' is null) <> (p_answer = 'is_back') then raise exception 'who_left_said' using errcode = 'HK409';
    elsif p_answer = 'is_back' and v_left ->> 'safe' is not null then raise exception 'who_left_safe' using errcode = 'HK409';
    end if;
  elsif p_answer = 'read_safe' then
    if (v_left ->> 'safe' is not null and v_left ->> 'read' is null) is not true then
      raise exception 'sender_to_call' using errcode = 'HK409';
    end if;
  elsif public.referral_calls_sender(p_referral) is null
    and (v_left is null or v_left ->> 'safe' is not null or v_left ->> 'called' is not null) then
    raise exception 'sender_to_call' using errcode = 'HK409';
  end if;
  if (p_answer = any (array['reached', 'not_reached', 'is_back', 'not_back', 'read_safe'])) is not true then
    raise exception 'reason_given' using errcode = 'HK409';
  end if;
  perform public.referral_step_note(p_referral, 'call_sender', v_state, v_state, case when 'D' = any (v_sides) then 'D' else 'R' end,
                                    p_answer, public.hk_now(), public.me());
end $$;

grant execute on function referral_may_know(uuid), referral_on_the_way(uuid), referral_warn_person(uuid, text, timestamptz), referral_calls_sender(uuid),
  referral_call_sender(uuid, text) to hk_app;

-- The telephone of the sender's desk (59_whom_to_call.sql), also for those who expected somebody when it was cancelled, or ended at the
-- person's word, until the morning after the agreed day: they may come all the same (ADR 0172).
drop policy if exists organisation_phone_of_ended on organisation_phone;
create policy organisation_phone_of_ended on organisation_phone for select to hk_app using (
  exists (select 1 from referral r where r.from_organisation_id = organisation_phone.organisation_id
             and r.state_code = 'ended' and r.served_at is null and hk_now() < (r.arrival_on + 1 + time '06:00') at time zone 'UTC'));
