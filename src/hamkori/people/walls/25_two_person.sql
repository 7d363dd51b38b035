-- Decisions of two. One session asks, the session of another person agrees; the effect is a definer of the act that
-- takes the question's id. Nobody may read or write the table by a plain statement, so a statement slipped into one
-- session asks in her name at most and never agrees with it. That the question is the one that was asked, the web
-- process sees by its tag.

alter table two_person enable row level security;

-- The live keys of those who hold an organisation's keys today.
create or replace function key_holders(p_org uuid) returns uuid[]
  language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(k.id order by k.id), '{}') from public.person_key k
           where k.ended_at is null and public.holds(p_org, 'custodian', k.id));
end $$;

-- At least two people, each with one key. Granted to nobody.
create or replace function held_by_two(p_keys uuid[]) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return (select count(*) >= 2 and count(distinct k.user_id) = count(*) and count(*) = cardinality(p_keys)
            from public.person_key k where k.id = any (p_keys));
end $$;

-- Whose move it is: 'A' asked, 'B' may agree (another person with the role in this organisation). Granted to nobody.
create or replace function two_person_side(q public.two_person) returns text
  language plpgsql stable security definer set search_path = '' as $$
begin
  if q.organisation_id is distinct from public.my_org() or not public.has_role('custodian') then
    return '';
  end if;
  if q.asked_by_id = public.me() then
    return 'A';
  end if;
  if public.my_user() = (select m.user_id from public.membership m where m.id = q.asked_by_id) then
    raise exception 'not_self' using errcode = 'HK409';
  end if;
  return 'B';
end $$;

-- A number for those who may agree, or for who asked; what waited for an answer waits no longer. Granted to nobody.
create or replace function two_person_tell(q public.two_person, p_key text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_asker uuid := (select m.user_id from public.membership m where m.id = q.asked_by_id);
begin
  if p_key <> 'decision' then
    update public.notice n set read_at = public.hk_now()
     where n.about_code = 'two_person' and n.about_id = q.id and n.key_code = 'decision' and n.read_at is null;
  end if;
  if p_key = '' then
    return;
  end if;
  perform public.notice_to(
    array(select m.id from public.membership m
           where m.organisation_id = q.organisation_id
             and case p_key
                   when 'decision' then m.user_id <> v_asker and public.holds_role(m.id, 'custodian')
                   else m.id = q.asked_by_id end),
    'two_person', q.id, p_key, p_key, '', false, true, null);
end $$;

-- Takes the step that the lifecycle's table knows, once. Granted to nobody.
create or replace function two_person_move(q public.two_person, p_step text, p_side text, p_answer text, p_tell text)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_to text;
begin
  select l.to_code into v_to from public.lifecycle_row l
   where l.machine_code = 'two_person' and l.step_code = p_step and l.from_code = q.state_code and l.side_code = p_side;
  if not found then
    raise exception 'subject_live' using errcode = 'HK409';  -- it was decided meanwhile
  end if;
  update public.two_person t
     set state_code = v_to, decided_by_id = public.me(), decided_at = public.hk_now(), answer_code = p_answer
   where t.id = q.id;
  perform public.two_person_tell(q, p_tell);
end $$;

create or replace function two_person_ask(p_id uuid, p_act text, p_subjects uuid[], p_reason text,
                                          p_expires_at timestamptz, p_tag bytea) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
  q public.two_person;
begin
  if v_org is null or p_act <> 'continuity.create' or not public.has_role('custodian') then
    raise exception 'not_allowed' using errcode = 'HK403';
  end if;
  perform 1 from public.organisation o where o.id = v_org for no key update;
  if not p_subjects <@ public.key_holders(v_org) or not public.held_by_two(p_subjects) then
    raise exception 'subject_live' using errcode = 'HK409';
  end if;
  if p_expires_at not between public.hk_now() and public.hk_now() + interval '73 hours' then
    raise exception 'subject_live' using errcode = 'HK409';
  end if;
  for q in select * from public.two_person t where t.organisation_id = v_org and t.act_code = p_act
             and t.state_code = 'asked' and (public.two_person_is_over(t) or t.subject_ids is distinct from p_subjects)
             for update loop
    perform public.two_person_move(q, 'expire', 'T', '', 'told');
  end loop;
  if exists (select 1 from public.two_person t
              where t.organisation_id = v_org and t.act_code = p_act and t.state_code = 'asked') then
    raise exception 'none_waiting' using errcode = 'HK409';
  end if;
  insert into public.two_person (id, act_code, organisation_id, subject_ids, reason_code, asked_by_id, asked_at,
                                 answer_code, state_code, expires_at, tag)
  values (p_id, p_act, v_org, p_subjects, p_reason, public.me(), public.hk_now(), '', 'asked', p_expires_at, p_tag)
  returning * into q;
  perform public.two_person_tell(q, 'decision');
end $$;

-- Too late, or what it is about is no more: who asked has gone, or somebody who was named holds no key any more. Whether
-- somebody else holds one now, and may, the web process knows. Granted to nobody.
create or replace function two_person_is_over(q public.two_person) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  return q.expires_at <= public.hk_now()
      or not q.subject_ids <@ public.key_holders(q.organisation_id)
      or not exists (select 1 from public.membership m join public.app_user u on u.id = m.user_id
                      where m.id = q.asked_by_id and m.ended_at is null and m.suspended_at is null and u.is_active
                        and public.holds_role(m.id, 'custodian'));
end $$;

-- What waits in my organisation, for those who may agree and for who asked.
create or replace function two_person_waiting()
  returns table (id uuid, act_code text, subject_ids uuid[], reason_code text, asked_by uuid, asked_user uuid,
                 asked_at timestamptz, expires_at timestamptz, tag bytea, is_over boolean)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('custodian') then
    return;
  end if;
  return query
    select t.id, t.act_code::text, t.subject_ids, t.reason_code::text, t.asked_by_id, m.user_id, t.asked_at, t.expires_at,
           t.tag, public.two_person_is_over(t)
      from public.two_person t join public.membership m on m.id = t.asked_by_id
     where t.organisation_id = public.my_org() and t.state_code = 'asked' order by t.asked_at;
end $$;

-- Refuse, or take one's own question back. Agreeing is not here: it is the effect's own function.
create or replace function two_person_take(p_id uuid, p_step text, p_answer text) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  q public.two_person;
  v_side text;
begin
  select * into q from public.two_person t where t.id = p_id for update;
  v_side := case when q.id is null then '' else public.two_person_side(q) end;
  if v_side = '' then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if p_step not in ('refuse', 'take_back') then
    raise exception 'not_allowed' using errcode = 'HK403';
  end if;
  perform public.two_person_move(q, p_step, v_side, p_answer, case p_step when 'refuse' then 'told' else '' end);
end $$;

-- The effect of `continuity.create`: the next key, sealed in both orders to each two of those who were named, and the end
-- of the key before it. `p_wraps` as in `body_key_add`.
create or replace function continuity_make(p_request uuid, p_id uuid, p_key_no int, p_public bytea, p_tag bytea,
                                           p_wraps jsonb) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare
  v_org uuid := public.my_org();
  q public.two_person;
  v_side text;
begin
  perform 1 from public.organisation o where o.id = v_org for no key update;
  select * into q from public.two_person t where t.id = p_request and t.act_code = 'continuity.create' for update;
  v_side := case when q.id is null then '' else public.two_person_side(q) end;
  if v_side = '' then
    raise exception 'not_visible' using errcode = 'HK404';
  end if;
  if v_side <> 'B' then
    raise exception 'not_self' using errcode = 'HK409';
  end if;
  if q.state_code = 'asked' and public.two_person_is_over(q) then
    raise exception 'subject_live' using errcode = 'HK409';
  end if;
  perform public.two_person_move(q, 'agree', v_side, '', 'told');
  if p_key_no <= coalesce((select max(b.key_no) from public.body_key b
                            where b.organisation_id = v_org and b.kind_code = 'continuity'), 0)
     or (select array_agg(distinct (w ->> 'recipient') || (w ->> 'inner') order by (w ->> 'recipient') || (w ->> 'inner'))
           from jsonb_array_elements(p_wraps) w)
        is distinct from (select array_agg(a::text || b::text order by a::text || b::text)
           from unnest(q.subject_ids) a cross join unnest(q.subject_ids) b where a <> b) then
    raise exception 'not_allowed' using errcode = 'HK403';
  end if;
  update public.body_key b set ended_at = public.hk_now()
   where b.organisation_id = v_org and b.kind_code = 'continuity' and b.ended_at is null;
  insert into public.body_key (id, organisation_id, kind_code, key_no, public, tag, since)
  values (p_id, v_org, 'continuity', p_key_no, p_public, p_tag, public.hk_now());
  insert into public.body_key_wrap (id, body_key_id, recipient_key_id, inner_key_id, seal)
  select (w ->> 'id')::uuid, p_id, (w ->> 'recipient')::uuid, (w ->> 'inner')::uuid, decode(w ->> 'seal', 'hex')
    from jsonb_array_elements(p_wraps) w;
end $$;

-- The pairs of the present key, by key rows, for those who hold keys: whether a new one is due.
create or replace function continuity_pairs() returns table (outer_key uuid, inner_key uuid)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not public.has_role('custodian') then
    return;
  end if;
  return query
    select w.recipient_key_id, w.inner_key_id from public.body_key_wrap w join public.body_key b on b.id = w.body_key_id
     where b.organisation_id = public.my_org() and b.kind_code = 'continuity' and b.ended_at is null
       and w.inner_key_id is not null;
end $$;

-- For the clock: questions that are over.
create or replace function two_person_due() returns setof uuid
  language plpgsql stable security definer set search_path = '' as $$
begin
  return query select t.id from public.two_person t
    where t.state_code = 'asked' and public.two_person_is_over(t) order by t.expires_at;
end $$;

create or replace function two_person_expire(p_id uuid) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  q public.two_person;
begin
  perform public.worker_here();
  select * into q from public.two_person t where t.id = p_id and t.state_code = 'asked' for update skip locked;
  if q.id is null or not public.two_person_is_over(q) then
    return false;
  end if;
  perform public.two_person_move(q, 'expire', 'T', '', 'told');
  return true;
end $$;

grant execute on function two_person_ask(uuid, text, uuid[], text, timestamptz, bytea), two_person_waiting(),
  continuity_pairs(),
  two_person_take(uuid, text, text), continuity_make(uuid, uuid, int, bytea, bytea, jsonb) to hk_app;
grant execute on function two_person_due(), two_person_expire(uuid) to hk_clock;
