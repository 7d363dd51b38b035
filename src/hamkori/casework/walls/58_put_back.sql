-- The calls of the coordinators about a referral, or about an organisation with a disputed result, from the record. What was put back
-- was a slip and is none: of the calls before it the newest that still stands (web/coordination/views.py). Granted to nobody.
create or replace function coordinators_calls(p_kind text, p_object uuid)
  returns table (organisation_id uuid, membership_id uuid, role_code text, answer text, at timestamptz, turn bigint)
  language sql stable set search_path = '' as $$
  select c.organisation_id, c.membership_id, c.role_code, c.answer, c.at, c.turn
    from (select d.*, min(d.depth) over (order by d.at, d.turn rows between 1 following and unbounded following) as later
            from (select l.organisation_id, l.membership_id, l.role_code::text, l.reason_code::text as answer, l.at, l.id as turn,
                         sum(case l.reason_code when 'put_back' then -1 else 1 end) over (order by l.at, l.id) as depth
                    from public.ledger l
                   where l.object_id = p_object and l.object_kind_code = p_kind and l.action_code = 'referral.late'
                     and l.decision_code = 'done') d) c
   where c.answer <> 'put_back' and coalesce(c.later >= c.depth, true)
$$;

-- Of a referral what a coordinator was told there, a yes or a no, or whether the person is with them, and put back since: it counts no
-- more, but the sender's side could read it until then, and act on it (ADR 0185). Granted to nobody.
create or replace function coordinators_slips(p_referral uuid)
  returns table (membership_id uuid, answer text, at timestamptz, undone_at timestamptz)
  language sql stable set search_path = '' as $$
  with d as (
    select l.membership_id, l.reason_code::text as answer, l.at, l.id as turn,
           sum(case l.reason_code when 'put_back' then -1 else 1 end) over (order by l.at, l.id) as depth
      from public.ledger l
     where l.object_id = p_referral and l.object_kind_code = 'referral' and l.action_code = 'referral.late' and l.decision_code = 'done')
  select d.membership_id, d.answer, d.at, u.at
    from d cross join lateral (
         select b.at from d b where (b.at, b.turn) > (d.at, d.turn) and b.depth < d.depth order by b.at, b.turn limit 1) u
   where d.answer in ('said_yes', 'said_no', 'with_them', 'not_with_them')
$$;

-- The same of both: of the sender's side ('S') a yes or a no that it took back (ADR 212), and of a coordinator ('N'). Granted to nobody.
create or replace function slips_about(p_referral uuid) returns table (side text, answer text, at timestamptz, undone_at timestamptz)
  language sql stable set search_path = '' as $$
  select 'N', s.answer, s.at, s.undone_at from public.coordinators_slips(p_referral) s
  union all
  select 'S', t.reason_code::text, t.at, t.undone_at from public.referral_step t
   where t.referral_id = p_referral and t.step_code = 'call' and t.undone_at is not null and t.reason_code in ('said_yes', 'said_no')
$$;
