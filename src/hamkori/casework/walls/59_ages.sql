-- What a summary said of the age at a moment: whoever accepted then, or said yes, did so for that age (`at` in referral/rules/ages.py).
create or replace function age_said(k public.referral_card, p_at timestamptz) returns text
  language sql stable set search_path = '' as $$
  select coalesce((select a.value ->> 'age' from jsonb_array_elements(k.former_ages) a
                    where a.value ? 'age' and (a.value ->> 'until')::timestamptz > p_at order by (a.value ->> 'until')::timestamptz limit 1),
                  k.age_band_code::text)
$$;

-- Whether a summary says another age than it said then. What was corrected and put back is the same.
create or replace function age_differs(p_referral uuid, p_at timestamptz) returns boolean
  language sql stable set search_path = '' as $$
  select coalesce((select public.age_said(k, p_at) <> k.age_band_code from public.referral_card k
                    where k.referral_id = p_referral and k.corrected_at is not null), false)
$$;

-- An age that its sender put right, into the open own cases of whoever received the person, whatever became of the referral: they may
-- tell child protection of an adult, or of a child nobody (ADR 0167). The age alone, and nothing into a case that is closed. Where the
-- summary is read no more those of the own case are told; `case_effect_age` calls it before it writes the summaries, and tells the rest.
-- How it is known goes with it, so that a weaker word there does not end the question which age is right; a new ground of the same age too.
drop function if exists age_into_own_cases(uuid, text, timestamptz);
create or replace function age_into_own_cases(p_case uuid, p_age text, p_how text, p_now timestamptz) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare v record;
begin
  update public.referral_own_case x set said_age_how = p_how
    from public.referral_origin o, public."case" c
   where o.case_id = p_case and x.referral_id = o.referral_id and c.id = x.case_id and c.state_code = 'open'
     and x.said_age_at is not null and x.said_age_code = p_age;
  for v in with told as (
      update public.referral_own_case x set said_age_code = p_age, said_age_how = p_how, said_age_at = p_now
        from public.referral_origin o, public.referral r, public.referral_card k, public."case" c
       where o.case_id = p_case and x.referral_id = o.referral_id and r.id = o.referral_id and k.referral_id = o.referral_id
         and c.id = x.case_id and c.state_code = 'open'
         and coalesce(nullif(x.said_age_code, ''), k.age_band_code) <> p_age
      returning x.case_id, r.state_code = 'serving' and not public.referral_said_no(r.id) as reads)
    select t.case_id from told t group by t.case_id having not bool_or(t.reads)
  loop
    perform public.notice_write('case', v.case_id, array['S'], 'age_there', '', '', false, true);
  end loop;
end $$;

-- Whom the last correction of the age reached, by organisation: for the sender's team, and of no own case the state beside that.
create or replace function age_told(p_case uuid) returns table (organisation_id uuid)
  language plpgsql stable security definer set search_path = '' as $$
declare v_at timestamptz;
begin
  if not 'S' = any (public.case_sides(p_case)) then return; end if;
  select max(s.at) into v_at from public.case_step s where s.case_id = p_case and s.step_code in ('settle_age', 'is_child');
  return query
    select distinct r.to_organisation_id from public.referral_origin o
      join public.referral r on r.id = o.referral_id
      join public.referral_card k on k.referral_id = r.id
      left join public.referral_own_case x on x.referral_id = r.id
     where o.case_id = p_case and (k.corrected_at = v_at or x.said_age_at = v_at);
end $$;
grant execute on function age_told(uuid) to hk_app;

-- Whether whoever said that the person came read another age on their page than the summary says since (ADR 0167).
create or replace function came_as_another(p_referral uuid) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.referral_step s where s.referral_id = p_referral and s.step_code = 'serve' and s.reason_code = 'other_age')
$$;

-- Whether two ages are of a child and of an adult, or one of them of a child of another age: whom a service takes may differ.
create or replace function age_matters(p_one text, p_other text) returns boolean
  language sql immutable set search_path = '' as $$
  select p_one <> p_other and array[p_one, p_other] && array['a0_8', 'a9_17', 'child_age_unknown']
$$;

-- Whether they said no on the telephone since they accepted, and no yes after it: nobody there waits for the person, and the bed is
-- none (no_since in referral/queries/no_since.py).
create or replace function referral_no_since(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'accepted' and not (r.heard_code = 'came' and r.missed_at is null) and coalesce((
    select t.reason_code = 'said_no' from public.referral_step t
     where t.referral_id = r.id and t.step_code = 'call' and t.undone_at is null and t.reason_code in ('said_yes', 'said_no')
       and t.at > r.agreed_at
     order by t.at desc limit 1), false)
$$;

-- The calls about a referral that count, of nobody the name: of its sender's side ('S') what came of each, of a coordinator ('N') also that she
-- called the sender. For those who have asked already whose it is. A yes that was said for another age, of a child where the person is
-- an adult or the other way round, was for somebody else: it is 'yes_before', and `was` is the age for which it was said, where that
-- is known; so it is of a no. What a coordinator heard since the last correction, who is told of no age, is such a yes until its
-- sender's side has spoken with them, or where they have said yes to that side for the age of now (ADR 0123, 0132).
drop function if exists calls_about(uuid);
create function calls_about(p_referral uuid) returns table (side text, answer text, at timestamptz, was text)
  language sql stable set search_path = '' as $$
  with said (side, answer, at) as (
    select 'S', s.reason_code::text, s.at from public.referral_step s
     where s.referral_id = p_referral and s.step_code = 'call' and s.undone_at is null
    union all
    select 'N', l.answer, l.at from public.coordinators_calls('referral', p_referral) l)
  select c.side, case when b.before and c.answer = 'said_yes' then 'yes_before' else c.answer end, c.at,
         case when b.differs and case c.answer when 'said_no' then w.matters else b.before end then b.was else '' end
    from said c
    left join public.referral_card k on k.referral_id = p_referral and k.corrected_at is not null and c.answer in ('said_yes', 'said_no')
    cross join lateral (select public.age_said(k, c.at) as was, public.age_matters(public.age_said(k, c.at), k.age_band_code::text) as matters) w
    cross join lateral (
      select w.was, coalesce(w.was <> k.age_band_code, false) as differs,
             coalesce(w.matters or c.side = 'N' and c.at > k.corrected_at
               and exists (select 1 from jsonb_array_elements(k.former_ages) a
                            where public.age_matters(a.value ->> 'age', k.age_band_code::text))
               and not exists (
                 select 1 from said t where t.side = 'S' and t.at > k.corrected_at and t.at <= c.at
                    and t.answer in ('reached', 'promised', 'said_yes', 'said_no', 'calls_back'))
               -- Nor does it undo a yes that its sender's side has for the age of now, and no "no" after it.
               and not exists (
                 select 1 from said t where t.side = 'S' and t.answer = 'said_yes' and t.at <= c.at
                    and not public.age_matters(public.age_said(k, t.at), k.age_band_code::text)
                    and not exists (select 1 from said n where n.answer = 'said_no' and n.at > t.at and n.at <= c.at)), false) as before) b
$$;

