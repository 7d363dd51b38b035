-- The answers of a case, as kind:purpose, that are a no which somebody else brought, and of which the person was not asked since (ADR 190):
-- a no by telephone without the code word, by message or through somebody else, to one help or to everything (ADR 190), changed them to what they are now, and nothing has changed them since. The
-- person's own no to everything ends that for all, and so does a case that is opened again (`unheard_rows` in consent/rules/consent.py).
create or replace function case_unheard(p_case uuid) returns text[]
  language plpgsql stable set search_path = '' as $$
declare v_others constant text[] := array['by_phone_no_word', 'by_message', 'through_other'];
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

-- The same of one referral that was ended alone by such a no, while the person's yes to that help stood (ADR 190): until the person has said
-- something about that help since, about this organisation, or the same as before of everything; it was asked for anew; or the case was opened again.
create or replace function ended_alone_unheard(r public.referral) returns boolean
  language sql stable set search_path = '' as $$
  select r.state_code = 'ended' and exists (
    select 1 from public.referral_sender x join public.referral_origin o on o.referral_id = x.referral_id
     where x.referral_id = r.id and x.ending_code = 'withdrawn' and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other')
       and coalesce((select w.answer_code in ('yes', 'without_name') from public.consent n join public.consent_row w on w.consent_id = n.id
                      where n.case_id = o.case_id and n.at <= r.ended_at
                        and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
                      order by n.number desc limit 1), false)
       and not exists (
         select 1 from public.consent n
           left join public.consent p on p.case_id = n.case_id and p.number = n.number - 1
          where n.case_id = o.case_id and n.at > r.ended_at
            and not (n.step_code in ('refuse', 'withdraw') and n.how_said_code in ('by_phone_no_word', 'by_message', 'through_other'))
            and (n.step_code = 'ask_again' or exists (
                   select 1 from (select w.answer_code, w.until, w.sections from public.consent_row w
                                   where w.consent_id = n.id and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code
                                  except
                                  select w.answer_code, w.until, w.sections from public.consent_row w
                                   where w.consent_id = p.id and w.kind_code = r.recipient_kind_code and w.purpose_code = r.purpose_code) d)
                 or exists (select 1 from public.consent_excluded e where e.consent_id = n.id and e.organisation_id = r.to_organisation_id)
                    and not exists (select 1 from public.consent_excluded e where e.consent_id = p.id and e.organisation_id = r.to_organisation_id)
                 or not exists (
                   select w.kind_code, w.purpose_code, w.answer_code, w.until, w.sections from public.consent_row w where w.consent_id = n.id
                   except
                   select w.kind_code, w.purpose_code, w.answer_code, w.until, w.sections from public.consent_row w where w.consent_id = p.id)))
       and not exists (
         select 1 from public.referral_origin q join public.referral n on n.id = q.referral_id
          where q.case_id = o.case_id and n.id <> r.id and n.service_code = r.service_code and n.sent_at > r.ended_at))
$$;

-- Of a case: the kinds of help that ended so.
create or replace function case_ended_unheard(p_case uuid) returns text[]
  language sql stable set search_path = '' as $$
  select array(
    select distinct r.service_code::text from public.referral_origin o
      join public.referral_sender x on x.referral_id = o.referral_id join public.referral r on r.id = o.referral_id
     where o.case_id = p_case and x.how_said_code in ('by_phone_no_word', 'by_message', 'through_other') and public.ended_alone_unheard(r) order by 1)
$$;

grant execute on function case_unheard(uuid), answer_unheard(uuid, text, text), ended_alone_unheard(referral), case_ended_unheard(uuid) to hk_app;
