-- The answers of a case, as kind:purpose, that are a no which somebody else brought, and of which the person was not asked since (ADR 190):
-- a no by message or through somebody else, to one help or to everything (ADR 190), changed them to what they are now, and nothing has changed them since. The
-- person's own no to everything ends that for all, and so does a case that is opened again (`unheard_rows` in consent/rules/consent.py).
create or replace function case_unheard(p_case uuid) returns text[]
  language plpgsql stable set search_path = '' as $$
declare v_others constant text[] := array['by_message', 'through_other'];
begin
  if not exists (select 1 from public.consent b where b.case_id = p_case and b.step_code in ('refuse', 'withdraw')
                    and b.how_said_code = any (v_others)) then return '{}'; end if;
  return array(
    with said as (
      select s.id, s.number, s.step_code = 'ask_again' as anew,
             s.step_code in ('refuse', 'withdraw') and s.how_said_code = any (v_others) as brought,
             s.step_code in ('refuse', 'withdraw') and coalesce((select bool_and(w.answer_code in ('no', 'withdrawn'))
                from public.consent_row w where w.consent_id = s.id), false) as noes
        from public.consent s where s.case_id = p_case),
    answers as (
      select n.number, w.kind_code, w.purpose_code, w.answer_code
        from said n join public.consent_row w on w.consent_id = n.id)
    select a.kind_code || ':' || a.purpose_code from answers a
     where a.number = (select max(n.number) from said n) and a.answer_code in ('no', 'withdrawn') and exists (
       select 1 from said u
        where u.brought
          and not exists (select 1 from answers b where b.number = (select max(p.number) from said p where p.number < u.number)
                             and b.kind_code = a.kind_code and b.purpose_code = a.purpose_code and b.answer_code = a.answer_code)
          and not exists (
            select 1 from said l where l.number >= u.number and (
                   l.anew or l.noes and not l.brought
                   or not exists (select 1 from answers b where b.number = l.number and b.kind_code = a.kind_code
                                     and b.purpose_code = a.purpose_code and b.answer_code = a.answer_code))))
     order by 1);
end $$;

-- The same of one answer.
create or replace function answer_unheard(p_case uuid, p_kind text, p_purpose text) returns boolean
  language sql stable set search_path = '' as $$
  select p_kind || ':' || p_purpose = any (public.case_unheard(p_case))
$$;

grant execute on function case_unheard(uuid), answer_unheard(uuid, text, text) to hk_app;
