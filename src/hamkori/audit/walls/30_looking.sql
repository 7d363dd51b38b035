-- What a defender asks of the record: who looked at a case, who tried a code that is not hers, what a receiver opened.

-- Looking at codes leaves a row, once an hour for a session and a case: a record that people can still read. Paper leaves
-- one each time.
create or replace function ledger_looked(p_action text, p_case uuid)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare
  v_session uuid := public.my_session();
  v_sides text[] := public.case_sides(p_case);
begin
  if p_action not in ('case.view', 'case.history', 'case.print', 'consent.print') then
    raise exception 'not a looking' using errcode = '42501';
  end if;
  if v_sides = '{}' then raise exception 'not_visible' using errcode = 'HK404'; end if;
  if p_action in ('case.view', 'case.history') and exists (
      select 1 from public.ledger l
       where l.case_id = p_case and l.session_id = v_session and l.action_code = p_action and l.decision_code = 'done'
         and l.at > public.hk_now() - interval '1 hour') then
    return 0;
  end if;
  return coalesce(public.ledger_write(
    p_action, 'done', public.my_user(), public.me(), public.my_org(), v_session, '',
    case when 'S' = any (v_sides) then 'own_team' else 'supervised' end, 'case', p_case, p_case, '', null, null, '',
    null, null), public.ledger_lacks_row());
end $$;

-- A code that is not hers: always two rows. One says for her own organisation that she tried, and not what, so that
-- nobody there learns which codes exist. The other says for the organisation of the thing which case it was: of a
-- colleague who she is, of somebody else only from which organisation. A code that nobody has costs the same two rows.
create or replace function ledger_missed(p_kind text, p_code text)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_me uuid := public.me();
  v_org uuid := public.my_org();
  v_session uuid := public.my_session();
  v_case uuid;
  v_of uuid;
begin
  if v_me is null then raise exception 'nobody is acting' using errcode = '42501'; end if;
  if 60 <= (select count(*) from public.ledger l
             where l.session_id = v_session and l.reason_code = 'not_visible' and l.at > public.hk_now() - interval '1 hour') then
    return;
  end if;
  if p_kind = 'referral' then
    select o.case_id, r.from_organisation_id into v_case, v_of
      from public.referral r join public.referral_origin o on o.referral_id = r.id where r.code = p_code;
  else
    select c.id, c.organisation_id into v_case, v_of from public."case" c where c.code = p_code;
  end if;
  perform coalesce(public.ledger_write(
    'page.view', 'refused', public.my_user(), v_me, v_org, v_session, '', '', '', null, null, '', null, null,
    'not_visible', null, null), public.ledger_lacks_row());
  perform coalesce(public.ledger_write(
    'page.view', 'refused', case when v_of = v_org then public.my_user() end, case when v_of = v_org then v_me end,
    v_of, null, '', '', case when v_case is null then '' else 'organisation' end, case when v_case is not null then v_org end,
    v_case, '', null, null, 'not_visible', null, null), public.ledger_lacks_row());
end $$;

-- Who did what with this case, without content: for its lead, its supervisor, or a member where it has no supervisor.
-- What another organisation did has no case in its rows; of a receiver the record has what it opened, and no name.
drop function if exists case_history(uuid);
create function case_history(p_case uuid)
  returns table (id bigint, at timestamptz, action_code text, decision_code text, membership_id uuid,
                 object_kind_code text, object_id uuid, section_code text, reason_code text, count int,
                 organisation_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
declare v_org uuid := public.my_org();
begin
  if not public.case_sides(p_case) && array['L', 'SV'] then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  return query
    with sent as (select o.referral_id from public.referral_origin o where o.case_id = p_case)
    select l.id, l.at, l.action_code::text, l.decision_code::text,
           case when l.organisation_id is distinct from v_org then null else l.membership_id end,
           l.object_kind_code::text, l.object_id, l.section_code::text, l.reason_code::text, l.count, l.organisation_id
      from public.ledger l
     where ((l.case_id = p_case or (l.object_kind_code = 'referral' and l.object_id in (select s.referral_id from sent s)))
            and (l.organisation_id = v_org or l.organisation_id is null))
        or (l.action_code = 'packet.open' and l.decision_code = 'done' and l.object_kind_code = 'referral'
            and l.object_id in (select s.referral_id from sent s))
        -- Hour and meeting point, which the receiver opens before it is handed anything else.
        or (l.action_code = 'meeting.open' and l.decision_code = 'done' and l.object_kind_code = 'referral'
            and l.object_id in (select s.referral_id from sent s join public.referral r on r.id = s.referral_id
                                  where r.to_organisation_id = l.organisation_id))
     order by l.id;
end $$;

-- What the receiver has opened of one referral: part, when first and last, how often. For the sender's side; no name.
create or replace function referral_opened(p_referral uuid)
  returns table (section_code text, first_at timestamptz, last_at timestamptz, times bigint)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.referral_sides(p_referral) && array['S', 'SV'] then return; end if;
  return query
    select l.section_code::text, min(l.at), max(l.at), count(*)
      from public.ledger l
     where l.object_id = p_referral and l.object_kind_code = 'referral' and l.action_code = 'packet.open'
       and l.decision_code = 'done'
     group by l.section_code order by max(l.at);
end $$;

grant execute on function ledger_looked(text, uuid), ledger_missed(text, text), case_history(uuid), referral_opened(uuid)
  to hk_app;
