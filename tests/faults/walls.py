"""Faults in the walls and in the steps of the database."""

from __future__ import annotations

from tests.faults.fault import of

ACCESS = "tests/access"
STORY = "tests/casework/test_story.py"
RACES = "tests/casework/test_races.py"
PEOPLE = "tests/people"
DOOR = "tests/web/test_sign_in.py"
INJECTION = "tests/policy/test_injection.py"
WALL_TWO = "tests/policy/test_wall_two.py"
FATE = "tests/policy/test_fate.py"
PROOFS = "tests/attacks/test_proofs.py"
SESSION = "tests/attacks/test_the_session.py"
CASE_SQL = "casework/walls/10_case.sql"
REFERRAL_SQL = "casework/walls/30_referral.sql"
STEPS_SQL = "casework/walls/40_referral_steps.sql"
MACHINE_SQL = "access/walls/60_machine.sql"
PACKET_SQL = "casework/walls/35_packets.sql"
WORD_SQL = "casework/walls/33_her_word.sql"
CONTEXT_SQL = "access/walls/10_context.sql"
WORKER_SQL = "access/walls/50_worker.sql"
CLOCKS_LOGIN = "tests/attacks/test_the_clocks_login.py"
TOKEN = "tests/attacks/test_a_token_and_a_password.py"

WALLS = of(
    "walls",
    (
        "an ended session acts",
        CONTEXT_SQL,
        "       and s.ended_at is null\n       and s.idle_until > clock_timestamp() and s.expires_at > clock_timestamp()\n       and m.ended_at",
        "       and s.idle_until > clock_timestamp() and s.expires_at > clock_timestamp()\n       and m.ended_at",
        (ACCESS,),
    ),
    (
        "a suspended member acts",
        CONTEXT_SQL,
        "and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active",
        "and m.ended_at is null and u.is_active and o.is_active",
        (ACCESS,),
    ),
    (
        "a token counts without the pages' keyring",
        CONTEXT_SQL,
        "u.is_active and o.is_active\n       and public.pages_here());",
        "u.is_active and o.is_active);",
        (TOKEN,),
    ),
    (
        "a session counts without the pages' keyring",
        CONTEXT_SQL,
        "s.expires_at > clock_timestamp()\n       and public.pages_here());",
        "s.expires_at > clock_timestamp());",
        (TOKEN,),
    ),
    (
        "any secret is the worker's",
        WORKER_SQL,
        "        where k.secret_hash = sha256(convert_to(coalesce(current_setting('hk.worker', true), ''), 'UTF8'))) then",
        "        ) then",
        (CLOCKS_LOGIN,),
    ),
    (
        "a second worker is known beside the first",
        WORKER_SQL,
        "on conflict (id) do nothing",
        "on conflict (id) do update set secret_hash = excluded.secret_hash",
        (CLOCKS_LOGIN,),
    ),
    (
        "the clock puts off without an end",
        "access/walls/55_clocks.sql",
        "select p_at is null or (isfinite(p_at) and p_at <= public.hk_now() + interval '400 days')",
        "select p_at is null or true",
        (CLOCKS_LOGIN,),
    ),
    (
        "a session may last for ever",
        CONTEXT_SQL,
        "if p_idle > 15 * 60 or p_absolute > 8 * 60 * 60 then",
        "if false then",
        (ACCESS, PEOPLE, DOOR),
    ),
    (
        "a proof is good for an hour",
        CONTEXT_SQL,
        "- p_at) <= 60000000",
        "- p_at) <= 3600000000",
        (ACCESS, PEOPLE, DOOR),
    ),
    (
        "a proof is not asked for at sign-in",
        CONTEXT_SQL,
        "  if not public.proved(p_proof, p_at, 'issue',",
        "  if false and not public.proved(p_proof, p_at, 'issue',",
        (ACCESS, INJECTION, PROOFS),
    ),
    (
        "another's organisation may be chosen",
        CONTEXT_SQL,
        "where m.id = p_membership and m.user_id = v_user and m.ended_at",
        "where m.id = p_membership and m.ended_at",
        (ACCESS, PEOPLE, SESSION, "tests/web/test_account.py"),
    ),
    (
        "an ended row still shows its sections",
        CASE_SQL,
        "create or replace function my_sections(p_case uuid) returns text[]\n  language plpgsql stable security definer parallel safe set search_path = '' as $$\nbegin\n  return coalesce((select a.sections from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())\n     and a.ended_at is null and",
        "create or replace function my_sections(p_case uuid) returns text[]\n  language plpgsql stable security definer parallel safe set search_path = '' as $$\nbegin\n  return coalesce((select a.sections from public.case_access a where a.case_id = p_case and a.membership_id = (select public.me())\n     and",
        (WALL_TWO, STORY),
    ),
    (
        "any member of the team may write",
        CASE_SQL,
        "with check (%L = any (my_writes(case_id)) and case_is_writable(case_id))', r.tab, r.section);",
        "with check (%L = any (my_sections(case_id)) and case_is_writable(case_id))', r.tab, r.section);",
        ("tests/attacks/test_added_by_a_reader.py",),
    ),
    (
        "a supervisor without the role steers",
        CASE_SQL,
        "if v_kind = 'supervisor' and public.holds_role(p_me, 'supervisor') then",
        "if v_kind = 'supervisor' then",
        ("tests/attacks/test_steering_without_the_role.py",),
    ),
    (
        "a frozen screening is written",
        CASE_SQL,
        "not (new.state_code = 'superseded' and new.body = old.body)",
        "not (new.state_code = 'superseded')",
        ("tests/casework/test_frozen_screening.py",),
    ),
    (
        "the desk sees what is not visible yet",
        REFERRAL_SQL,
        "if r.state_code <> 'draft' and r.visible_at <= public.hk_now()\n",
        "if r.state_code <> 'draft'\n",
        ("tests/attacks/test_before_it_is_visible.py",),
    ),
    (
        "the desk reads the card after an ending",
        REFERRAL_SQL,
        "(r.state_code in ('sent', 'accepted') and r.visible_at <= (select hk_now()) and r.to_organisation_id",
        "(r.visible_at <= (select hk_now()) and r.to_organisation_id",
        (FATE, WALL_TWO),
    ),
    (
        "a sent draft may be edited",
        REFERRAL_SQL,
        "  using (state_code = 'draft' and 'S' = any (referral_sides(id)))\n  with check (state_code = 'draft');",
        "  using ('S' = any (referral_sides(id)));",
        ("tests/attacks/test_after_it_was_sent.py",),
    ),
    (
        "consent does not end",
        REFERRAL_SQL,
        "n.answer_code in ('yes', 'without_name') and n.ends_at > public.hk_now()",
        "n.answer_code in ('yes', 'without_name')",
        ("tests/attacks/test_after_it_was_sent.py",),
    ),
    (
        "an older answer counts",
        REFERRAL_SQL,
        "order by k.number desc limit 1)",
        "order by k.number limit 1)",
        (STORY, RACES),
    ),
    (
        "the child's no is not heard",
        REFERRAL_SQL,
        "and n.child_answer_code not in ('', 'says_no')",
        "",
        ("tests/casework/test_consent_is_one_rule.py",),
    ),
    (
        "an excluded organisation gets it",
        REFERRAL_SQL,
        "where e.consent_id = v_consent and e.organisation_id = r.to_organisation_id) then",
        "where e.consent_id = v_consent and false) then",
        ("tests/attacks/test_after_it_was_sent.py",),
    ),
    (
        "seals are handed out without consent",
        PACKET_SQL,
        "if not coalesce((select c.live from public.referral_consent(p_referral) c), false) then return; end if;",
        "",
        ("tests/attacks/test_after_it_was_sent.py",),
    ),
    (
        "bodies stay after an ending",
        STEPS_SQL,
        "  delete from public.packet_body b where b.referral_id = p_referral;\nend $$;\n\ncreate or replace function referral_effect_destroy",
        "end $$;\n\ncreate or replace function referral_effect_destroy",
        (STORY, FATE),
    ),
    (
        "sides are not asked again under the lock",
        MACHINE_SQL,
        "    execute format('select public.%I($1)', m.sides_by) into v_sides using p_id;",
        "    if i = 1 then execute format('select public.%I($1)', m.sides_by) into v_sides using p_id; end if;",
        ("tests/casework/test_released_while_waiting.py",),
    ),
    (
        "a step is taken on whichever side is said",
        MACHINE_SQL,
        "if p_side <> all (v_sides) then",
        "if false then",
        ("tests/attacks/test_anothers_side.py",),
    ),
    (
        "a step holds its thing against whoever points at it",
        MACHINE_SQL,
        "x.id = $1 for no key update', m.record_table)",
        "x.id = $1 for update', m.record_table)",
        ("tests/policy/test_grants.py",),
    ),
    (
        "a page says when its clock is looked at",
        "access/walls/55_clocks.sql",
        "     or (p_clock ->> 'next_at')::timestamptz is distinct from (p_clock #>> '{rungs,0,at}')::timestamptz\n",
        "",
        ("tests/attacks/test_dates_that_are_none.py",),
    ),
    (
        "a step passes over another version",
        MACHINE_SQL,
        "if p_version <> (r ->> 'version')::integer then",
        "if false then",
        ("tests/attacks/test_after_it_was_sent.py",),
    ),
    (
        "the police may be asked on another's consent",
        REFERRAL_SQL,
        "      when p_compartment = 'law_enforcement' then 'police'\n",
        "",
        ("tests/casework/test_rows_needed.py",),
    ),
    (
        "oversight receives people",
        REFERRAL_SQL,
        "    when p_compartment = 'oversight' then null\n",
        "",
        ("tests/casework/test_rows_needed.py",),
    ),
    (
        "a third body's seal is mine",
        CASE_SQL,
        "  exists (select 1 from person_key p where p.id = section_wrap.recipient_key_id and p.user_id = (select my_user()))\n  and",
        "  true and",
        ("tests/attacks/test_wraps_of_others.py",),
    ),
    (
        "a recall waits for nobody",
        STEPS_SQL,
        "['not_yet_visible', $g$ this.visible_at > p_now $g$]",
        "['not_yet_visible', $g$ true $g$]",
        (RACES, STORY),
    ),
    (
        "her word against a held request is not asked",
        WORD_SQL,
        "select exists (select 1 from public.referral_word w where w.referral_id = p_referral)",
        "select false",
        ("tests/attacks/test_her_word_is_held_up.py",),
    ),
    (
        "a step is taken against her word",
        STEPS_SQL,
        "case when public.referral_said_no(this.id) then",
        "case when false then",
        ("tests/attacks/test_her_word_is_held_up.py",),
    ),
    (
        "who owns the tables may make temporary ones",
        "site/database/roles.py",
        '"revoke temporary on database {database} from "',
        '"revoke create on database {database} from "',
        ("tests/site/test_temporary_tables.py",),
    ),
)
