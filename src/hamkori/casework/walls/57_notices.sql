-- Who is told of a case or a referral: the writer names an event and sides, the database finds the people.

-- As they were called before a notice was about a thing.
drop function if exists notice_add(uuid, uuid, text[], text, text, text, bool, bool);
drop function if exists notice_clock(uuid, uuid, text[], text, text, text, bool, bool);
drop function if exists notice_write(uuid, uuid, uuid, text[], text, text, text, bool, bool);
drop function if exists notice_recipients(uuid, uuid, text[]);

-- Who stands on the sides of a case or referral now. S team, L lead, SV supervisor, K the body's custodians;
-- D desk, DS its officers' supervisors, R receiver's team, RV its supervisors; N coordinators.
create or replace function notice_recipients(p_about text, p_about_id uuid, p_sides text[])
  returns table (membership_id uuid, at_desk boolean)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_referral uuid := case when p_about = 'referral' then p_about_id end;
  v_case uuid := case p_about
    when 'case' then p_about_id
    when 'referral' then (select o.case_id from public.referral_origin o where o.referral_id = p_about_id) end;
begin
  return query
    with wanted as (
      select a.membership_id, false as at_desk
        from public.case_access a
       where a.case_id = v_case and a.ended_at is null and a.suspended_at is null
         and (('S' = any (p_sides) and a.kind_code in ('lead', 'member'))
           or ('L' = any (p_sides) and a.kind_code = 'lead')
           or ('SV' = any (p_sides) and a.kind_code = 'supervisor'))
      union
      select a.membership_id, false
        from public.referral_access a
       where a.referral_id = v_referral and a.ended_at is null
         and (('R' = any (p_sides) and a.kind_code = 'worker')
           or ('RV' = any (p_sides) and a.kind_code = 'supervisor'))
      union
      select h.membership_id, true
        from public.referral r
        join public.membership d on d.organisation_id = r.to_organisation_id
        join public.role_held h on h.membership_id = d.id and h.role_code = 'desk_officer'
       where r.id = v_referral and 'D' = any (p_sides) and h.ended_at is null
      union
      select d.supervisor_id, true
        from public.referral r
        join public.membership d on d.organisation_id = r.to_organisation_id and d.ended_at is null
        join public.role_held h on h.membership_id = d.id and h.role_code = 'desk_officer' and h.ended_at is null
       where r.id = v_referral and 'DS' = any (p_sides) and d.supervisor_id is not null
      union
      select h.membership_id, false
        from public.role_held h
        join public.membership o on o.id = h.membership_id
       where h.ended_at is null
         and (('N' = any (p_sides) and h.role_code = 'national_coordinator')
           or ('K' = any (p_sides) and h.role_code = 'custodian'
               and o.organisation_id = (select c.organisation_id from public."case" c where c.id = v_case)))
    )
    select w.membership_id, bool_or(w.at_desk) from wanted w group by w.membership_id;
end $$;

-- Not callable by any login: the doors below say who acts. A desk is told when the referral is visible, not before, and
-- so is a coordinator of a desk that is closed.
create or replace function notice_write(
    p_about text, p_about_id uuid, p_sides text[], p_key text, p_clock text, p_rung text, p_urgent bool, p_mail bool)
  returns int language plpgsql volatile security definer set search_path = '' as $$
declare
  v_visible timestamptz := (select r.visible_at from public.referral r where r.id = p_about_id);
  v_desk uuid[];
  v_others uuid[];
begin
  select array_agg(w.membership_id) filter (where w.at_desk), array_agg(w.membership_id) filter (where not w.at_desk)
    into v_desk, v_others from public.notice_recipients(p_about, p_about_id, p_sides) w;
  -- Once the desk sees it all are told at once, in one statement: her no waits for each of them.
  if v_visible is null or v_visible <= public.hk_now() then
    return public.notice_to(v_desk || v_others, p_about, p_about_id, p_key, p_clock, p_rung, p_urgent, p_mail, null);
  end if;
  return public.notice_to(v_desk, p_about, p_about_id, p_key, p_clock, p_rung, p_urgent, p_mail, v_visible)
       + public.notice_to(v_others, p_about, p_about_id, p_key, p_clock, p_rung, p_urgent, p_mail,
                           case when p_key = 'closed_there' then v_visible end);
end $$;

-- For a step of somebody who stands on a side herself. Only keys that have a sentence and sides that there are; about one
-- thing up to 60 notices of a key in an hour, more is a flood and tells nobody.
create or replace function notice_add(
    p_about text, p_about_id uuid, p_sides text[], p_key text, p_clock text, p_rung text, p_urgent bool, p_mail bool)
  returns int language plpgsql volatile security definer set search_path = '' as $$
begin
  if cardinality(case p_about when 'referral' then public.referral_sides(p_about_id)
                              when 'case' then public.case_sides(p_about_id) end) > 0 is not true then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if p_key is null or p_key <> all (array[
       'now', 'late', 'waiting', 'new', 'asked', 'answered', 'task', 'choose_again', 'questioned', 'heard', 'review', 'lead_missing',
       'agreement', 'agreement_ended', 'accepted', 'result', 'news', 'closed',
       'settled', 'heard_above', 'look', 'closed_above', 'opened_above', 'closed_there'])
     or p_sides is null or not p_sides <@ array['S', 'L', 'SV', 'K', 'D', 'DS', 'R', 'RV', 'N']
     -- A clock's rung tells nobody twice: a member who names one would have told them before the clock does.
     or p_clock is distinct from '' or p_rung is distinct from ''
     or p_urgent is null or p_mail is null then
    raise exception 'not a notice' using errcode = '22023';
  end if;
  -- To the coordinator it stands on Today because of this notice: of what is urgent and waits, and told to nobody else.
  if p_key = 'closed_there' and not (p_about = 'referral' and p_sides = array['N'] and 'S' = any (public.referral_sides(p_about_id))
       and exists (select 1 from public.referral r where r.id = p_about_id and r.state_code = 'sent' and r.urgency_code = 'urgent')) then
    raise exception 'not a notice' using errcode = '22023';
  end if;
  -- And only where nobody there reads it until the answer is due. A desk that is open, by the hours that are recorded, or whose
  -- hours are not known: nobody is told. No error, since hours may have changed while somebody sent.
  if p_key = 'closed_there' and (
       select public.closed_between(r.service_id, r.visible_at, r.answer_due_at, public.house_zone())
         from public.referral r where r.id = p_about_id) is not true then
    return 0;
  end if;
  -- Of a draft nobody elsewhere knows.
  if p_sides && array['D', 'DS', 'R', 'RV', 'N'] and exists (
       select 1 from public.referral r where r.id = p_about_id and r.state_code = 'draft') then
    raise exception 'not a notice' using errcode = '22023';
  end if;
  if 60 <= (select count(*) from public.notice n
             where n.key_code = p_key and n.at > public.hk_now() - interval '1 hour'
               and n.about_code = p_about and n.about_id = p_about_id) then
    return 0;
  end if;
  return public.notice_write(p_about, p_about_id, p_sides, p_key, p_clock, p_rung, p_urgent, p_mail);
end $$;

-- For the clock, which is no person. The same rung of the same clock tells nobody twice.
create or replace function notice_clock(
    p_about text, p_about_id uuid, p_sides text[], p_key text, p_clock text, p_rung text, p_urgent bool, p_mail bool)
  returns int language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.worker_here();
  if p_about in ('referral', 'case') is not true or p_about_id is null then
    raise exception 'not a notice' using errcode = '22023';
  end if;
  return public.notice_write(p_about, p_about_id, p_sides, p_key, p_clock, p_rung, p_urgent, p_mail);
end $$;

-- A referral that was stopped before anybody saw it: nobody will be told of it.
create or replace function notice_take_back(p_referral uuid)
  returns int language plpgsql volatile security definer set search_path = '' as $$
declare
  v_count int;
begin
  if not 'S' = any (public.referral_sides(p_referral)) then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  delete from public.notice_mail p using public.notice n
   where n.id = p.notice_id and n.about_id = p_referral and n.about_code = 'referral' and n.at > public.hk_now() and p.mailed_at is null;
  delete from public.notice n
   where n.about_id = p_referral and n.about_code = 'referral' and n.at > public.hk_now()
     and not exists (select 1 from public.notice_mail p where p.notice_id = n.id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

grant execute on function
  notice_add(text, uuid, text[], text, text, text, bool, bool), notice_take_back(uuid) to hk_app;
grant execute on function notice_clock(text, uuid, text[], text, text, text, bool, bool) to hk_clock;
