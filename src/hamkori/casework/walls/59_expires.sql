-- When a referral expires that nobody answers: at the last rung of its clock; while a yes by telephone stands, for who the person is, not
-- before the close of the working day after the day on which it was said (ADR 157). A yes that was said after that rung counts as of then,
-- so that no yes puts it off without end. `answer_at_most` in case/rules/clocks.py reckons how late that can be.
create or replace function referral_expires(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_usual timestamptz := (select max((x ->> 'at')::timestamptz) from public.referral_clock k, jsonb_array_elements(k.rungs) x
                           where k.referral_id = p_referral and k.clock_code = 'answer' and x ->> 'name' = 'lapse');
  v_yes timestamptz;
begin
  select c.at into v_yes from (select a.answer, a.at from public.calls_about(p_referral) a
                                where a.answer in ('said_yes', 'said_no', 'yes_before') order by a.at desc limit 1) c
   where c.answer = 'said_yes';
  if v_usual is null or v_yes is null then return v_usual; end if;
  return greatest(v_usual, public.close_of_next_day(least(v_yes, v_usual)));
end $$;

-- The same for its two sides, while the first answer is awaited.
create or replace function referral_expires_at(p_referral uuid) returns timestamptz
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV', 'D']) is not true
     or not exists (select 1 from public.referral r where r.id = p_referral and r.state_code = 'sent') then return null; end if;
  return public.referral_expires(p_referral);
end $$;

grant execute on function referral_expires_at(uuid) to hk_app;
grant execute on function referral_expires(uuid) to hk_clock;
