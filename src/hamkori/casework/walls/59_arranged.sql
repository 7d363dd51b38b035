-- Hour and meeting point as the sender agreed on them by telephone, before their answer in Hamkori (ADR 0128).

-- How their last word by telephone stood from each moment on at which it changed: 'yes', of whatever age, 'no', or '' where what was said
-- was put back as a slip and nothing else was said before it. What was put back counts until then (ADR 0185). For functions that have
-- asked whose it is.
create or replace function telephone_turns(p_referral uuid) returns table (at timestamptz, says text)
  language sql stable set search_path = '' as $$
  with said (answer, at, until) as (
    select a.answer, a.at, null::timestamptz from public.calls_about(p_referral) a where a.answer in ('said_yes', 'said_no', 'yes_before')
    union all
    select s.answer, s.at, s.undone_at from public.slips_about(p_referral) s where s.answer in ('said_yes', 'said_no'))
  select t.at, coalesce((select case x.answer when 'said_no' then 'no' else 'yes' end from said x
                          where x.at <= t.at and coalesce(x.until > t.at, true) order by x.at desc limit 1), '')
    from (select c.at from said c union select c.until from said c where c.until is not null) t
$$;

-- Since when what was agreed there by telephone holds no more: their first no after their last yes, whoever heard it, or that this yes was
-- put back. Null: the last word of these is a yes, or there is none. For functions that have asked whose it is.
create or replace function telephone_no(p_referral uuid) returns timestamptz
  language sql stable set search_path = '' as $$
  with t as (select n.at, n.says, n.says = 'no' or n.says = '' and exists (
                    select 1 from public.telephone_turns(p_referral) y where y.says = 'yes' and y.at < n.at) as is_no
               from public.telephone_turns(p_referral) n)
  select min(t.at) from t where t.is_no and not exists (select 1 from t later where later.at > t.at and not later.is_no)
$$;

-- Whether a desk waits for nobody: its last word by telephone was a yes when the sender's side ended what it had not answered in Hamkori yet.
-- For the desk itself, which said so (ADR 191).
create or replace function referral_promised_here(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if ('D' = any (public.referral_sides(p_referral))) is not true then return null; end if;
  return exists (select 1 from public.referral r where r.id = p_referral and r.state_code = 'ended' and r.agreed_at is null)
     and coalesce((select t.says from public.telephone_turns(p_referral) t order by t.at desc limit 1), '') = 'yes';
end $$;
grant execute on function referral_promised_here(uuid) to hk_app;

-- Whether the line that the sender agreed by telephone is put aside: their last word there is a no. Nobody reads it until they say yes
-- again (ADR 180). For functions that have asked whose it is.
create or replace function line_aside(p_referral uuid) returns boolean
  language plpgsql stable set search_path = '' as $$
begin
  return exists (select 1 from public.referral r where r.id = p_referral and r.state_code = 'sent')
     and exists (select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no = 0)
     and public.telephone_no(p_referral) is not null;
end $$;

-- Whether an hour or a meeting point is written for somebody who is expected: for both sides, who else each wait for a call of the
-- other. What it says only the sender's team opens, and who was named to meet the person. While the answer is awaited: that one was
-- agreed by telephone, or nothing.
create or replace function referral_meets(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV', 'D', 'R', 'RV']) is not true then return null; end if;
  return (select case when r.state_code = 'accepted' or m.written then m.written end
            from public.referral r cross join lateral (
                   select exists (select 1 from public.packet_body b where b.referral_id = r.id and b.section_code = 'meeting')
                      and not public.line_aside(r.id)) m (written)
           where r.id = p_referral and r.state_code in ('sent', 'accepted'));
end $$;

-- Of the sender's own line, while it is kept: when it was written last, and when somebody of the receiver opened it last. For both sides,
-- so that the desk reads that it was written anew, and the sender that nobody there has read it. Null where there is none.
create or replace function referral_line(p_referral uuid) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV', 'D', 'R', 'RV']) is not true then return null; end if;
  return (select jsonb_build_object('at', w.at, 'opened',
                   (select max(l.at) from public.ledger l
                     where l.object_id = r.id and l.object_kind_code = 'referral' and l.action_code = 'meeting.open'
                       and l.decision_code = 'done' and l.organisation_id = r.to_organisation_id))
            from public.referral r cross join lateral (
                   select max(s.at) from public.referral_step s where s.referral_id = r.id and s.step_code = 'arrange') w (at)
           where r.id = p_referral and r.state_code in ('sent', 'accepted') and w.at is not null
             and exists (select 1 from public.packet_body b where b.referral_id = r.id and b.section_code = 'meeting' and b.packet_no = 0)
             and not public.line_aside(r.id));
end $$;

-- Whether the receiver accepted with a line of its own in the place of the one that the sender had agreed by telephone, for the sender's side:
-- which hour and place the person knows may be others (ADR 0167). No word of either. Not once the day was moved: what lies there is written
-- anew without a word of theirs, too, and what the person was told counts no more whoever wrote it.
create or replace function referral_line_replaced(p_referral uuid) returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  if (public.referral_sides(p_referral) && array['S', 'SV']) is not true then return null; end if;
  return exists (
    select 1 from public.referral r join public.referral_step a on a.referral_id = r.id and a.step_code = 'accept'
      join public.referral_step s on s.referral_id = r.id and s.step_code = 'arrange' and s.at <= a.at
     where r.id = p_referral and r.state_code = 'accepted' and r.moves = 0
       and exists (select 1 from public.packet_body b where b.referral_id = r.id and b.section_code = 'meeting' and b.packet_no > 0)
       and not exists (select 1 from public.referral_step c where c.referral_id = r.id and c.step_code = 'call'
                          -- A no that counts, or a yes that was taken back.
                          and c.reason_code = case when c.undone_at is null then 'said_no' else 'said_yes' end
                          and coalesce(c.undone_at, c.at) between s.at and a.at and not exists (
                                select 1 from public.referral_step y where y.referral_id = r.id and y.step_code = 'call'
                                   and y.undone_at is null and y.reason_code = 'said_yes' and y.at between c.at and a.at)));
end $$;
grant execute on function referral_line_replaced(uuid) to hk_app;

-- Makes room for another line. For functions that have asked whose it is: no login calls it.
create or replace function meeting_called_off(p_referral uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from public.packet_seal s where s.referral_id = p_referral and s.section_code = 'meeting' and s.packet_no = 0;
  delete from public.packet_body b where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no = 0;
end $$;

drop function if exists referral_called_no(text);

-- Makes room for the line, and notes who writes it. The sender's team, while the first answer is awaited, and where the last yes or no
-- by telephone is a yes for who the person is. Nothing of the referral moves. The line itself follows, locked (packet_addable).
create or replace function referral_arrange(p_referral uuid) returns void
  language plpgsql volatile security definer set search_path = '' as $$
declare v_state text;
begin
  if ('S' = any (public.referral_sides(p_referral))) is not true then raise exception 'not visible' using errcode = 'HK404'; end if;
  select r.state_code into v_state from public.referral r where r.id = p_referral for no key update;
  if v_state <> 'sent' or public.referral_said_no(p_referral) then raise exception 'from_state' using errcode = 'HK409'; end if;
  if not public.referral_is_live(p_referral) then raise exception 'consent_live' using errcode = 'HK409'; end if;
  if (select c.answer from public.calls_about(p_referral) c where c.answer in ('said_yes', 'said_no', 'yes_before')
       order by c.at desc limit 1) is distinct from 'said_yes' then
    raise exception 'yes_by_telephone' using errcode = 'HK409'; end if;
  perform public.meeting_called_off(p_referral);
  perform public.referral_step_note(p_referral, 'arrange', v_state, v_state, 'S', '', public.hk_now(), public.me());
end $$;

grant execute on function referral_meets(uuid), referral_line(uuid), referral_arrange(uuid) to hk_app;
