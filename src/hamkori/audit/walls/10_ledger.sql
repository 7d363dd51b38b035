-- The ledger: written by definer functions, changed by nobody. Actor, session, body, time and transaction are the
-- database's own words; an act says only what it was. Readers: the auditor of a body; lead and supervisor of a case
-- through case_history() (30_looking.sql); the clock's login, which seals.

create sequence if not exists ledger_number as bigint;

alter table ledger enable row level security;

-- An act whose row is missing is undone: a fault, and no refusal. It takes nothing, so that no null keeps it from being called.
create or replace function ledger_lacks_row() returns bigint language plpgsql volatile set search_path = '' as $$
begin
  raise exception 'an act left no row in the ledger' using errcode = 'XXHK1';
end $$;

-- Not callable by any login: the doors below say who is acting. Whoever calls it, here or in another room, calls
-- ledger_lacks_row() where it answers null, as a function does that was made strict. The time is that of the writing: a
-- statement that waits first would date its row back by as long, and whoever verifies would name it for ever.
create or replace function ledger_write(
    p_action text, p_decision text, p_user uuid, p_membership uuid, p_organisation uuid, p_session uuid, p_role text,
    p_scope text, p_kind text, p_object uuid, p_case uuid, p_section text, p_seal_no int, p_consent uuid,
    p_reason text, p_operation uuid, p_count int)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare
  v_id bigint;
begin
  if p_decision not in ('done', 'refused', 'failed') then
    raise exception 'unknown decision' using errcode = '22023';
  end if;
  v_id := nextval('public.ledger_number');
  insert into public.ledger (
    id, cluster, tx, at, action_code, decision_code, user_id, membership_id, organisation_id, session_id, role_code,
    scope_code, object_kind_code, object_id, case_id, section_code, seal_no, consent_id, reason_code, operation_id,
    count)
  values (
    v_id, (select c.system_identifier from pg_catalog.pg_control_system() c),
    pg_catalog.pg_current_xact_id()::text::bigint,
    public.hk_now() + (pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()), p_action, p_decision, p_user, p_membership,
    p_organisation, p_session, p_role, p_scope, p_kind, p_object, p_case, p_section, p_seal_no, p_consent, p_reason,
    p_operation, p_count);
  -- A trigger has swallowed it, or a rule: a session may go on by one that is there no more.
  if not found then return public.ledger_lacks_row(); end if;
  return v_id;
end $$;

-- Each door answers with the number of its row, and with 0 where by what it says none is kept. Null is a fault.

-- As the acting member. The role named must be held; refusals to show something are kept up to 60 an hour and session.
-- Codes and counts only, so that nobody's name fits in; what the clock, the command line or another door writes is
-- theirs alone.
create or replace function ledger_append(
    p_action text, p_decision text, p_role text, p_scope text, p_kind text, p_object uuid, p_case uuid,
    p_section text, p_seal_no int, p_consent uuid, p_reason text, p_operation uuid, p_count int)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare
  v_me uuid := public.me();
  v_session uuid := public.my_session();
begin
  if v_me is null or v_session is null then
    raise exception 'nobody is acting' using errcode = '42501';
  end if;
  if p_action is null or p_action !~ '^[a-z_]{2,30}[.][a-z_]{2,29}$' or p_reason is null or p_reason !~ '^[a-z0-9_.]{0,40}$'
     or exists (select 1 from unnest(array[p_role, p_scope, p_kind, p_section]) c(code)
                 where code is null or code !~ '^[a-z_]{0,30}$')
     or p_count < 0 or p_seal_no < 0 then
    raise exception 'the ledger takes codes and counts' using errcode = '22023';
  end if;
  if p_action in ('referral.remind', 'referral.escalate', 'referral.lapse', 'case.remind', 'case.escalate', 'case.recompute',
                  'ledger.restore', 'ledger.mend', 'release.begin', 'release.destroy', 'invitation.accept', 'tag.mismatch',
                  'tag.adopt', 'tag.vouch', 'tag.rebuild', 'key.begin', 'key.forget') then
    raise exception 'not an act of a member' using errcode = '42501';
  end if;
  -- Words of our lists alone, made at each migrate (casework/ledger_words.py): a name looks like a code, too. Why something was
  -- refused is a guard's name, so a reason that is in no list is left out, and the row stays.
  if not (public.ledger_knows('act', p_action) and public.ledger_knows('kind', p_kind) and public.ledger_knows('scope', p_scope)
          and public.ledger_knows('section', p_section)) then
    raise exception 'the ledger takes codes and counts' using errcode = '22023';
  end if;
  if not public.ledger_knows('reason', p_reason) then p_reason := ''; end if;
  if p_reason = 'not_visible' and 60 <= (
      select count(*) from public.ledger l
       where l.session_id = v_session and l.reason_code = 'not_visible'
         and l.at > public.hk_now() - interval '1 hour') then
    return 0;
  end if;
  return coalesce(public.ledger_write(
    p_action, p_decision, public.my_user(), v_me, public.my_org(), v_session,
    case when p_role in ('', 'anyone') or public.has_role(p_role) then p_role else '' end,
    p_scope, p_kind, p_object, p_case, p_section, p_seal_no, p_consent, p_reason, p_operation, p_count), public.ledger_lacks_row());
end $$;

-- As the clock or the command line: no person.
create or replace function ledger_system(
    p_action text, p_decision text, p_role text, p_scope text, p_kind text, p_object uuid, p_case uuid,
    p_section text, p_seal_no int, p_consent uuid, p_reason text, p_operation uuid, p_count int)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
begin
  perform public.worker_here();
  return coalesce(public.ledger_write(
    p_action, p_decision, null, null, null, null, 'system', p_scope, p_kind, p_object, p_case, p_section, p_seal_no,
    p_consent, p_reason, p_operation, p_count), public.ledger_lacks_row());
end $$;

-- At the door, before anybody is acting. Only acts of the door; the user is the one account named there, or unknown. It
-- is found here: the door says the same and takes as long for an e-mail that nobody has. The row is for the auditors of
-- the organisation where she has worked longest. With a proof of the keyring: a row without one is refused, so that nobody
-- fills the ledger, and no auditor reads of tries that nobody made.
drop function if exists ledger_sign_in(text, text, uuid, text);
create or replace function ledger_sign_in(p_action text, p_decision text, p_user uuid, p_reason text, p_at bigint,
                                          p_proof bytea)
  returns bigint language plpgsql volatile security definer set search_path = '' as $$
declare v_door uuid := public.at_door();
begin
  -- What succeeded is written by whoever acts then, or by the definer that did it: from here only vain tries come.
  if p_action not in ('session.begin', 'session.second_factor', 'vault.unlock') or p_decision = 'done' then
    raise exception 'not an act of the door' using errcode = '42501';
  end if;
  if not public.proved(p_proof, p_at, 'ledger_sign_in', p_action, p_decision, p_user::text, p_reason) then
    raise exception 'proof refused' using errcode = 'HK412';
  end if;
  p_user := case when p_user is null or p_user = v_door then v_door when p_user = public.my_user() then p_user end;
  return coalesce(public.ledger_write(
    p_action, p_decision, p_user, null,
    (select m.organisation_id from public.membership m where m.user_id = p_user and m.ended_at is null
      order by m.since, m.id limit 1),
    public.my_session(), '', '', '', null, null, '', null, null, p_reason, null, null), public.ledger_lacks_row());
end $$;

-- Nobody changes or removes a row, the owner neither: no grant, and these triggers.
create or replace function ledger_stays() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'the ledger is only ever added to' using errcode = '42501';
end $$;

drop trigger if exists ledger_rows_stay on ledger;
create trigger ledger_rows_stay before update or delete on ledger for each row execute function ledger_stays();
drop trigger if exists ledger_stays_whole on ledger;
create trigger ledger_stays_whole before truncate on ledger for each statement execute function ledger_stays();
drop trigger if exists ledger_seal_rows_stay on ledger_seal;
create trigger ledger_seal_rows_stay before update or delete on ledger_seal
  for each row execute function ledger_stays();
drop trigger if exists ledger_seal_stays_whole on ledger_seal;
create trigger ledger_seal_stays_whole before truncate on ledger_seal
  for each statement execute function ledger_stays();
drop trigger if exists ledger_checkpoint_rows_stay on ledger_checkpoint;
create trigger ledger_checkpoint_rows_stay before update or delete on ledger_checkpoint
  for each row execute function ledger_stays();
drop trigger if exists ledger_checkpoint_stays_whole on ledger_checkpoint;
create trigger ledger_checkpoint_stays_whole before truncate on ledger_checkpoint
  for each statement execute function ledger_stays();

-- An auditor reads the rows of her body; of every body where hers is one of oversight.
create or replace function my_body_oversees() returns boolean
  language plpgsql stable security definer parallel safe set search_path = '' as $$
begin
  return exists (
    select 1 from public.organisation o where o.id = (select public.my_org()) and o.compartment_code = 'oversight');
end $$;

-- Who seals holds the lock of this one row. Nobody but the clock's login reaches it: an advisory lock is everybody's.
insert into sealer (id) values (1) on conflict do nothing;

-- How the sealer stands, in times and a count: pages and worker say whether it works, and no more.
drop function if exists sealer_standing();
create function sealer_standing()
  returns table (beat interval, waiting bigint, waits interval, unsigned interval, has_row boolean)
  language plpgsql stable security definer set search_path = '' as $$
declare
  v_cluster bigint := (select c.system_identifier from pg_catalog.pg_control_system() c);
  v_sealed bigint := coalesce((
    select s.next_tx from public.ledger_seal s where s.cluster = v_cluster order by s.id desc limit 1), 0);
  v_signed bigint := coalesce((select max(k.seal_id) from public.ledger_checkpoint k), 0);
begin
  return query
    select (select case when isfinite(b.beat) then pg_catalog.clock_timestamp() - b.beat else interval '-1 year' end
              from public.sealer b where b.id = 1 and b.beat is not null),
           count(*),
           public.hk_now() - min(l.at), public.hk_now() - (select min(s.at) from public.ledger_seal s where s.id > v_signed),
           exists (select 1 from public.sealer b where b.id = 1)
      from public.ledger l
     where l.cluster = v_cluster and l.tx >= v_sealed;
end $$;

drop policy if exists ledger_for_auditors on ledger;
create policy ledger_for_auditors on ledger for select to hk_app using (
  (select has_role('auditor')) and (organisation_id = (select my_org()) or (select my_body_oversees())));
drop policy if exists ledger_for_the_sealer on ledger;
create policy ledger_for_the_sealer on ledger for select to hk_clock using (true);

grant select on ledger to hk_app, hk_clock;
-- Hashes, counts and signatures of rows: whoever verifies reads them all, and the worker alone writes them.
do $$
declare t text;
begin
  foreach t in array array['ledger_seal', 'ledger_checkpoint', 'sealer'] loop
    execute format('alter table %I enable row level security', t);
    execute format('drop policy if exists clock_reads on %I', t);
    execute format('create policy clock_reads on %I for select to hk_clock using (true)', t);
    execute format('drop policy if exists worker_adds on %I', t);
    execute format('drop policy if exists worker_changes on %I', t);
  end loop;
end $$;
create policy worker_adds on ledger_seal for insert to hk_clock with check ((select worker_here()));
create policy worker_adds on ledger_checkpoint for insert to hk_clock with check ((select worker_here()));
create policy worker_changes on sealer for update to hk_clock using ((select worker_here())) with check ((select worker_here()));
grant select, insert on ledger_seal, ledger_checkpoint to hk_clock;
grant select, update (beat, head_mailed_on) on sealer to hk_clock;
grant execute on function sealer_standing() to hk_app, hk_clock;

grant execute on function
  ledger_append(text, text, text, text, text, uuid, uuid, text, int, uuid, text, uuid, int),
  ledger_sign_in(text, text, uuid, text, bigint, bytea), my_body_oversees() to hk_app;
grant execute on function
  ledger_system(text, text, text, text, text, uuid, uuid, text, int, uuid, text, uuid, int) to hk_clock;
