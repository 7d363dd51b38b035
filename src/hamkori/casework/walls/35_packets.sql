-- Packets: who is handed which seal, what goes at acceptance and when a section is taken back; who works on a referral.

-- After `accept`: the desk's seals go, and with them every section that is no longer agreed; and of two meeting lines the sender's. Of
-- one that their no by telephone had put aside nobody knows whether it holds: it goes, too (ADR 180).
create or replace function packet_settle(p_referral uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare c record; v_org uuid;
begin
  select r.to_organisation_id into v_org from public.referral r where r.id = p_referral;
  select * into c from public.referral_consent(p_referral);
  delete from public.packet_seal s using public.body_key b
   where s.referral_id = p_referral and b.id = s.recipient_key_id and b.kind_code = 'desk' and b.organisation_id = v_org;
  if exists (select 1 from public.packet_body b where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no > 0)
     or public.telephone_no(p_referral) is not null then
    delete from public.packet_seal s where s.referral_id = p_referral and s.section_code = 'meeting' and s.packet_no = 0;
    delete from public.packet_body b where b.referral_id = p_referral and b.section_code = 'meeting' and b.packet_no = 0;
  end if;
  delete from public.packet_seal s where s.referral_id = p_referral and s.section_code not in ('text', 'meeting', 'result') and not s.section_code = any (c.sections);
  delete from public.packet_body b where b.referral_id = p_referral and b.section_code not in ('text', 'meeting', 'result') and not b.section_code = any (c.sections);
end $$;

-- Which part was taken back from a referral, and when. The named workers read it while they work on it: afterwards it would tell
-- them more than how it ended. That nobody is to call the person they go on hearing (referral_not_called).
alter table referral_narrowed enable row level security;
drop policy if exists referral_narrowed_to_both on referral_narrowed;
create policy referral_narrowed_to_both on referral_narrowed for select to hk_app using (
  referral_sides(referral_id) && array['S', 'SV']
  or ('R' = any (referral_sides(referral_id))
      and exists (select 1 from referral r where r.id = referral_narrowed.referral_id and r.state_code in ('accepted', 'serving'))));
grant select on referral_narrowed to hk_app;

-- Notes which of these parts go, and tells the named workers. For the functions below, which delete them: no login calls it.
-- The name stands in contact too: taken back ('identity') it goes where contact was shared, also where no papers were.
create or replace function packet_narrowed(p_referral uuid, p_sections text[])
  returns void language plpgsql volatile security definer set search_path = '' as $$
declare
  v_gone text[] := array(select s from public.referral_sender x, unnest(p_sections) s
                          where x.referral_id = p_referral
                            and (s = any (x.sections::text[]) or (s = 'identity' and 'contact' = any (x.sections::text[]))));
begin
  if v_gone = '{}' or not exists (
       select 1 from public.referral r where r.id = p_referral and r.state_code in ('accepted', 'serving')) then return; end if;
  insert into public.referral_narrowed (id, referral_id, section_code, at)
  select gen_random_uuid(), p_referral, s, public.hk_now() from unnest(v_gone) s
  on conflict (referral_id, section_code) do update set at = excluded.at;
  perform public.notice_write('referral', p_referral, array['R'], 'narrowed', '', '', false, true);
end $$;

-- Her word took one section back: its bodies and seals go, the referral goes on. Sender's side, with the consent row.
create or replace function packet_section_drop(p_referral uuid, p_sections text[])
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if not 'S' = any (public.referral_sides(p_referral)) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  perform 1 from public.referral r where r.id = p_referral and r.state_code in ('sent', 'accepted', 'serving') for update;
  if not found then return; end if;  -- whoever was faster has ended it
  perform public.packet_narrowed(p_referral, p_sections);
  delete from public.packet_seal s where s.referral_id = p_referral and s.section_code = any (p_sections);
  delete from public.packet_body b where b.referral_id = p_referral and b.section_code = any (p_sections);
  update public.referral r set version = r.version + 1 where r.id = p_referral;
  update public.referral_sender x set sections = array(select s from unnest(x.sections) s where s <> all (p_sections::varchar[]))
   where x.referral_id = p_referral;
end $$;

-- Seals, only to the relation whose turn it is, only while the referral is live and consent holds. Locks the referral.
create or replace function packet_seals(p_referral uuid)
  returns table (packet_no integer, section_code text, recipient_key_id uuid, release_epoch integer, seal bytea, consent_id uuid,
                 from_organisation_id uuid, to_organisation_id uuid)
  language plpgsql volatile security definer set search_path = '' as $$
declare
  r public.referral;
  v_sides text[] := public.referral_sides(p_referral);
begin
  if v_sides = '{}' then return; end if;
  select * into r from public.referral x where x.id = p_referral for update;
  v_sides := public.referral_sides(p_referral);
  if public.referral_said_no(p_referral) then return; end if;
  -- Where they meet is no word of the person: who is to stand there reads it also while the agreement has run out.
  if r.state_code in ('sent', 'accepted') and v_sides && array['S', 'R'] then
    return query select s.packet_no, s.section_code::text, s.recipient_key_id, s.release_epoch, s.seal, b.consent_id, b.from_organisation_id, b.to_organisation_id
      from public.packet_seal s join public.packet_body b on b.referral_id = s.referral_id and b.packet_no = s.packet_no and b.section_code = s.section_code
      join public.person_key p on p.id = s.recipient_key_id and p.user_id = public.my_user()
     where s.referral_id = p_referral and s.section_code = 'meeting' and not public.line_aside(p_referral);
  end if;
  -- The note of a result is the sender's own: her consent has nothing to say of it.
  if r.state_code in ('finished', 'disputed') and 'S' = any (v_sides) then
    return query select s.packet_no, s.section_code::text, s.recipient_key_id, s.release_epoch, s.seal, b.consent_id, b.from_organisation_id, b.to_organisation_id
      from public.packet_seal s join public.packet_body b on b.referral_id = s.referral_id and b.packet_no = s.packet_no and b.section_code = s.section_code
      join public.person_key p on p.id = s.recipient_key_id and p.user_id = public.my_user()
     where s.referral_id = p_referral and s.section_code = 'result';
  end if;
  if not coalesce((select c.live from public.referral_consent(p_referral) c), false) then return; end if;
  if r.state_code = 'sent' and 'D' = any (v_sides) then
    return query select s.packet_no, s.section_code::text, s.recipient_key_id, s.release_epoch, s.seal, b.consent_id, b.from_organisation_id, b.to_organisation_id
      from public.packet_seal s join public.packet_body b on b.referral_id = s.referral_id and b.packet_no = s.packet_no and b.section_code = s.section_code
      join public.body_key k on k.id = s.recipient_key_id and k.kind_code = 'desk' and k.organisation_id = public.my_org()
     where s.referral_id = p_referral and s.section_code <> 'result'
       and (s.section_code = 'text' or s.section_code = 'meeting' and not public.line_aside(p_referral) or s.section_code = any ((select c.sections from public.referral_consent(p_referral) c)::text[]));
  elsif r.state_code in ('accepted', 'serving') and 'R' = any (v_sides) then
    return query select s.packet_no, s.section_code::text, s.recipient_key_id, s.release_epoch, s.seal, b.consent_id, b.from_organisation_id, b.to_organisation_id
      from public.packet_seal s join public.packet_body b on b.referral_id = s.referral_id and b.packet_no = s.packet_no and b.section_code = s.section_code
      join public.person_key p on p.id = s.recipient_key_id and p.user_id = public.my_user()
     where s.referral_id = p_referral and s.section_code not in ('meeting', 'result')
       and (s.section_code = 'text' or s.section_code = any ((select c.sections from public.referral_consent(p_referral) c)::text[]));
  end if;
end $$;

-- The keys of one side with the tagged rows they stand on, without names: for D in accept and for S in arrange (the sender's people
-- who hold contact), for R in finish (those who hold needs), for S in add (the receiver's team).
drop function if exists referral_keys(uuid);
create or replace function referral_keys(p_referral uuid)
  returns table (side_code text, access_id uuid, membership_id uuid, user_id uuid, kind_code text, function_code text, sections text[],
                 writes text[], access_tag bytea, key_id uuid, key_no integer, public_key bytea, tag bytea, permit bytea)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_sides text[] := public.referral_sides(p_referral);
  v_state text;
  v_permit bytea := (select x.permit from public.referral_sender x where x.referral_id = p_referral);
begin
  select r.state_code into v_state from public.referral r where r.id = p_referral;
  if public.referral_said_no(p_referral) then return; end if;
  if (v_sides && array['D', 'S'] and v_state = 'sent') or ('R' = any (v_sides) and v_state in ('accepted', 'serving')) then
    return query select 'S'::text, a.id, m.id, m.user_id, a.kind_code::text, m.function_code::text, a.sections::text[],
        a.writes::text[], a.tag, p.id, p.key_no, p.public, p.tag, v_permit
      from public.referral_origin o join public.case_access a on a.case_id = o.case_id and a.ended_at is null and a.suspended_at is null
        and a.kind_code in ('lead', 'member') and a.sections && array['contact', 'needs']::varchar[]
      join public.membership m on m.id = a.membership_id and m.ended_at is null
      join public.person_key p on p.user_id = m.user_id and p.ended_at is null
     where o.referral_id = p_referral;
  end if;
  if ('S' = any (v_sides) or 'R' = any (v_sides)) and v_state in ('accepted', 'serving') then
    return query select 'R'::text, a.id, m.id, m.user_id, a.kind_code::text, m.function_code::text, a.sections::text[],
        '{}'::text[], a.tag, p.id, p.key_no, p.public, p.tag, v_permit
      from public.referral_access a join public.membership m on m.id = a.membership_id and m.ended_at is null
      join public.person_key p on p.user_id = m.user_id and p.ended_at is null
     where a.referral_id = p_referral and a.kind_code = 'worker' and a.ended_at is null;
  end if;
end $$;

-- Who of the own body works on a referral: for the receiver's people and its desk. Staff lists do not cross bodies.
drop function if exists referral_team(uuid);
create or replace function referral_team(p_referral uuid)
  returns table (access_id uuid, membership_id uuid, person_name text, function_code text, kind_code text, sections text[], tag bytea,
                 since timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  if not (public.referral_sides(p_referral) && array['D', 'R', 'RV']) then return; end if;
  return query select a.id, a.membership_id, u.name::text, m.function_code::text, a.kind_code::text, a.sections::text[], a.tag, a.since
    from public.referral_access a join public.membership m on m.id = a.membership_id join public.app_user u on u.id = m.user_id
   where a.referral_id = p_referral and a.ended_at is null order by a.kind_code desc, a.since;
end $$;

-- Sender's side: locks the case, so that nothing is sent beside a change of consent, and of two who write sealed parts
-- the second reads what the first wrote. Whoever was released while she waited is a stranger by then.
create or replace function case_lock(p_case uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if public.case_sides(p_case) = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not allowed' using errcode = 'HK403'; end if;
  perform 1 from public."case" c where c.id = p_case for no key update;
  if not 'S' = any (public.case_sides(p_case)) then raise exception 'not visible' using errcode = 'HK404'; end if;
end $$;

-- Either side: locks the referral, so that what is sealed beside a step belongs to the state that the step finds.
create or replace function referral_lock(p_referral uuid)
  returns void language plpgsql volatile security definer set search_path = '' as $$
begin
  if public.referral_sides(p_referral) = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
  perform 1 from public.referral r where r.id = p_referral for update;
  if public.referral_sides(p_referral) = '{}' then raise exception 'not visible' using errcode = 'HK404'; end if;
end $$;

-- Whether her newest word on this row took the name back, and nothing else of the answer: "yes" before, "without name" now.
create or replace function consent_lost_name(p_case uuid, p_row text)
  returns boolean language sql stable security definer set search_path = '' as $$
  select coalesce((array_agg(said.answer_code::text order by said.number desc))[1:2] = array['without_name', 'yes'], false)
    from (select k.number, w.answer_code::text from public.consent k join public.consent_row w on w.consent_id = k.id
           where k.case_id = p_case and w.kind_code || ':' || w.purpose_code = p_row order by k.number desc limit 2) said
$$;

-- Open referrals of a case that the newest consent no longer carries: refused or taken back whole, or some sections less.
-- One that loses the name alone, which stands in contact, has 'identity' dropped although no papers were shared.
-- Consent that only ran out by time, or that is asked again, pauses them (the clock acts), and is no hit. Locks none, since her word waits for nobody:
-- whoever ends one looks again under its lock, and whatever has ended by then is ended. Under the case's lock none is added.
create or replace function consent_hits(p_case uuid)
  returns table (referral_id uuid, refused boolean, dropped text[])
  language plpgsql volatile security definer set search_path = '' as $$
declare r record; v_row text; n record; v_refused boolean; v_sections text[]; v_first boolean; v_waits boolean; v_consent uuid;
begin
  if not 'S' = any (public.case_sides(p_case)) then return; end if;
  for r in select x.id, x.state_code, y.consent_rows, y.sections, x.to_organisation_id from public.referral_origin o
             join public.referral x on x.id = o.referral_id join public.referral_sender y on y.referral_id = x.id
            where o.case_id = p_case and x.state_code in ('sent', 'accepted', 'serving') order by x.id
  loop
    v_refused := false; v_first := true; v_waits := false; v_sections := '{}'; v_consent := null;
    foreach v_row in array r.consent_rows loop
      select * into n from public.consent_now(p_case, split_part(v_row, ':', 1), split_part(v_row, ':', 2));
      if n.answer is null or n.answer not in ('yes', 'without_name', 'not_asked') then v_refused := true; end if;
      if n.answer = 'not_asked' then v_waits := true; end if;
      if v_first then v_sections := coalesce(n.sections, '{}'); v_consent := n.consent_id; v_first := false; end if;
    end loop;
    if exists (select 1 from public.consent_excluded e where e.consent_id = v_consent and e.organisation_id = r.to_organisation_id) then
      v_refused := true;
    end if;
    referral_id := r.id; refused := v_refused;
    dropped := array(select s from unnest(r.sections::text[]) s where not v_waits and s <> all (v_sections));
    if not v_waits and r.state_code in ('accepted', 'serving') and 'contact' = any (r.sections) and 'contact' = any (v_sections)
       and not 'identity' = any (dropped) and public.consent_lost_name(p_case, r.consent_rows[1]) then
      dropped := dropped || 'identity'::text;
    end if;
    if v_refused or cardinality(dropped) > 0 then return next; end if;
  end loop;
end $$;

-- Which parts of a case lie at a receiver now, and as of when: the times of what was sent, nothing of what stands in it. For the
-- team and its supervisor who hold these parts, so that they see when more is written than what they have there.
drop function if exists packet_copies(uuid);
create or replace function packet_copies(p_case uuid)
  returns table (referral_code text, to_organisation_id uuid, section_code text, sent_at timestamptz, again boolean)
  language sql stable security definer set search_path = '' as $$
  select r.code::text, r.to_organisation_id, b.section_code::text, max(b.at), count(*) > 1
    from public.case_access a
    join public.referral_origin o on o.case_id = a.case_id
    join public.referral r on r.id = o.referral_id and r.state_code in ('accepted', 'serving')
    join public.packet_body b on b.referral_id = r.id and b.section_code = any (a.sections)
   where a.case_id = p_case and a.membership_id = public.me() and a.ended_at is null and a.suspended_at is null
     and public.case_sides(p_case) && array['S', 'SV'] and not public.referral_said_no(r.id)
   group by r.id, r.code, r.to_organisation_id, b.section_code
$$;
grant execute on function case_lock(uuid), referral_lock(uuid), consent_hits(uuid) to hk_app;
grant execute on function packet_section_drop(uuid, text[]), packet_seals(uuid), referral_keys(uuid), referral_team(uuid), packet_copies(uuid)
  to hk_app;
