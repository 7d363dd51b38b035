-- Referrals that stopped without help: declined, given back, expired, or "did not come". They wait for their sender until a
-- later referral for help of the same group was sent (of another kind only one as urgent), somebody has said that nothing more is to do, or the case is closed;
-- what stopped before it was opened again waits no more, unless it was closed by mistake (queries/stopped.py says the same).
create or replace function referral_stopped_at(r public.referral) returns timestamptz
  language sql stable set search_path = '' as $$
  select case when r.state_code in ('declined', 'unaccepted', 'lapsed') then r.ended_at
              when r.state_code = 'accepted' and not public.referral_said_no(r.id)
                then coalesce(r.missed_at, case when r.heard_code = 'did_not_come' then r.heard_at end) end
$$;

-- Whether a referral of this case stopped and waits.
create or replace function referral_waits(r public.referral, p_case uuid) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.referral_sender x where x.referral_id = r.id
                    and coalesce(x.settled_at, '-infinity') < public.referral_stopped_at(r))
     and not exists (select 1 from public.case_step s where s.case_id = p_case and s.step_code = 'reopen'
                        and s.reason_code <> 'closed_by_mistake' and s.at >= public.referral_stopped_at(r))
     and not exists (
       select 1 from public.referral_origin p join public.referral n on n.id = p.referral_id
        where p.case_id = p_case and n.sent_at > public.referral_stopped_at(r)
          and (n.service_code = r.service_code
               -- Of another kind one that was taken back has asked nobody, unless help had begun there.
               or (n.state_code <> 'ended' or n.served_at is not null)
                  -- Of what was urgent, as emergency care always is, none that is less so answers it.
                  and (n.urgency_code = 'urgent' or r.urgency_code <> 'urgent' and r.service_code <> 'HEALTH-01')
                  and split_part(n.service_code, '-', 1) = split_part(r.service_code, '-', 1)))
$$;

-- Of the acting member's cases, in her kinds of row there: the case of each. Called by my_counts alone.
drop function if exists my_stopped(text[]);
create or replace function my_stopped(p_kinds text[]) returns setof uuid
  language sql stable security definer set search_path = '' as $$
  select c.id
    from public.case_access a join public."case" c on c.id = a.case_id and c.state_code = 'open'
    join public.referral_origin o on o.case_id = c.id
    join public.referral r on r.id = o.referral_id
   where a.membership_id = public.me() and a.ended_at is null and a.suspended_at is null and a.kind_code = any (p_kinds)
     and public.referral_waits(r, c.id)
$$;

-- Help had begun, and the person's word on the sender's side ended what was agreed: since when it is asked whether the help goes on
-- (ADR 0138); null of every other referral. What the police do is no such help.
create or replace function referral_left_at(r public.referral) returns timestamptz
  language sql stable set search_path = '' as $$
  select case when r.state_code = 'ended' and r.recipient_kind_code <> 'police'
                   and (r.served_at is not null or r.heard_code = 'came' and r.missed_at is null)
              then (select max(s.at) from public.referral_step s
                     where s.referral_id = r.id and s.step_code = 'withdraw' and s.from_code in ('accepted', 'serving')
                       and s.side_code in ('S', 'SV')) end
$$;

-- What is said after it stopped: `settle`, with its reason, and `put_back`. Nothing of the referral moves: it is a row in the
-- time line of its sender's side, which says who, and the other side never reads it. Granted to nobody: the two doors below.
create or replace function stopped_say(p_referral uuid, p_step text, p_reason text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
  v_stopped timestamptz;
  v_left timestamptz;
  v_settled timestamptz;
begin
  if not v_sides && array['S', 'SV'] then
    raise exception 'not visible' using errcode = 'HK404';
  end if;
  perform 1 from public.referral_sender x where x.referral_id = p_referral for no key update;
  select r.state_code, public.referral_left_at(r), public.referral_stopped_at(r), x.settled_at
    into v_state, v_left, v_stopped, v_settled
    from public.referral r join public.referral_sender x on x.referral_id = r.id where r.id = p_referral;
  v_stopped := coalesce(v_stopped, v_left);
  if v_stopped is null then raise exception 'is_stopped' using errcode = 'HK409'; end if;
  if p_step = 'settle' and (p_reason = any (array['goes_on', 'told_them'])) <> (v_left is not null) then
    raise exception 'reason_given' using errcode = 'HK409';
  end if;
  if p_step = 'settle' and v_settled >= v_stopped then raise exception 'not_settled' using errcode = 'HK409'; end if;
  if p_step = 'put_back' and coalesce(v_settled, '-infinity') < v_stopped then
    raise exception 'is_settled' using errcode = 'HK409';
  end if;
  update public.referral_sender x set settled_at = case p_step when 'settle' then public.hk_now() end
   where x.referral_id = p_referral;
  perform public.referral_step_note(p_referral, p_step, v_state, v_state, case when 'S' = any (v_sides) then 'S' else 'SV' end,
                                    p_reason, public.hk_now(), public.me());
end $$;

-- "Nothing more to do", by her team or its supervisor, with a reason. Where help had begun when the person's word ended it, the two
-- answers to whether that goes on, and nowhere else.
drop function if exists referral_settle(uuid);
create or replace function referral_settle(p_referral uuid, p_reason text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_reason is null or p_reason = '' then raise exception 'reason_given' using errcode = 'HK409'; end if;
  perform public.stopped_say(p_referral, 'settle', p_reason);
end $$;

-- "Put it back": it waits again.
create or replace function referral_put_back(p_referral uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.stopped_say(p_referral, 'put_back', '');
end $$;

-- For the coordinator, beside referrals_late(): what nobody answered and so expired in the last 30 days. An organisation that
-- never answers must not drop out of sight. No summary, no region, no case.
create or replace function referrals_expired()
  returns table (code text, to_organisation_id uuid, service_code text, expired_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('national_coordinator') then return; end if;
  return query
    select r.code::text, r.to_organisation_id, r.service_code::text, r.ended_at from public.referral r
     where r.state_code = 'lapsed' and r.reason_code = 'no_answer' and r.ended_at > public.hk_now() - interval '30 days'
     order by r.ended_at desc, r.code;
end $$;

grant execute on function referral_settle(uuid, text), referral_put_back(uuid), referrals_expired() to hk_app;
