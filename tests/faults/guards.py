"""Faults in a guard that a rule and the database both decide: one of the two says something else."""

from __future__ import annotations

from tests.faults.fault import of

BOTH = ("tests/casework/test_guards_in_both.py",)
STEPS, TEAM, CLOSING = (
    "casework/walls/20_case_steps.sql",
    "casework/case/rules/team.py",
    "casework/case/rules/closing.py",
)

GUARDS = of(
    "guards",
    (
        "who keeps an organisation's key elsewhere joins a team here",
        STEPS,
        "m.organisation_id = p_body and not public.roles_clash(m.user_id, '{}')",
        "m.organisation_id = p_body",
        BOTH,
    ),
    ("who does not work any more is let in", STEPS, "and m.suspended_at is null and u.is_active", "", BOTH),
    (
        "a supervisor closes as if she led",
        STEPS,
        "case p_side when 'SV' then p_values ->> 'outcome_code' in ('lost_contact', 'not_a_victim', 'deceased', 'duplicate')",
        "case p_side when 'SV' then true",
        BOTH,
    ),
    (
        "a duplicate is told by when it was registered",
        STEPS,
        "older.begun_at < c.begun_at",
        "older.opened_at < c.opened_at",
        BOTH,
    ),
    (
        "a lead who is suspended stays for another",
        TEAM,
        "and not row.suspended for row in leads",
        "for row in leads",
        BOTH,
    ),
    (
        "a lead agrees with herself",
        CLOSING,
        "return Side.SENDER_SUPERVISOR in sides and Side.LEAD not in sides",
        "return True",
        BOTH,
    ),
)
