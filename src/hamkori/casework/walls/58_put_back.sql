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
