"""The policy is a table that can be read, and says no to everything it does not list."""

import pytest

from hamkori.access import policy
from hamkori.access.machines import machines, rows
from hamkori.access.permissions import NEXT, PERMISSIONS
from hamkori.access.policy import POLICY, rows_for

CASE_ROLES = {"case_worker", "hotline_operator", "supervisor", "desk_officer"}
NO_CASES = {"custodian", "administrator", "national_coordinator", "auditor"}


def test_every_row_stands_once_and_says_why() -> None:
    assert len({row[:3] for row in POLICY}) == len(POLICY)
    assert all(row.why for row in POLICY)


def test_every_permission_is_somebodys_or_waits_with_a_reason() -> None:
    assert {row.permission for row in POLICY} == set(PERMISSIONS)
    assert not set(NEXT) & set(PERMISSIONS)
    assert all(NEXT.values())


def test_who_looks_after_people_keys_or_the_ledger_touches_no_case() -> None:
    scopes = {(row.role, row.scope) for row in POLICY}
    held = {role: {scope for found, scope in scopes if found == role} for role in NO_CASES}
    assert held == {
        "custodian": {"own_organisation"},
        "administrator": set(),
        "national_coordinator": {"national"},
        "auditor": {"own_organisation", "national"},
    }
    assert {row.permission for row in POLICY if row.role == "national_coordinator"} == {
        "referral.late",
        "gap.view",
        "phone.record_for",
    }
    assert {row.permission for row in POLICY if row.role == "auditor"} == {"ledger.read"}
    assert {row.permission for row in POLICY if row.role == "custodian"} == {"key.view", "continuity.create"}


def test_no_role_has_all_cases() -> None:
    wide = {row.permission for row in POLICY if row.scope in {"national", "public"}}
    assert wide == {"referral.late", "gap.view", "phone.record_for", "directory.view", "ledger.read"}


@pytest.mark.parametrize("permission", ["section.open", "section.write", "packet.open", "meeting.open", "note.open"])
def test_secrets_are_read_by_who_works_with_her(permission: str) -> None:
    rows = rows_for(permission)  # type: ignore[arg-type]
    if permission == "meeting.open":  # what was agreed with it by telephone, the desk reads too (ADR 0128)
        rows = [row for row in rows if (row.role, row.scope) != ("desk_officer", "receiver_desk")]
    assert {row.role for row in rows} <= {"case_worker", "hotline_operator", "supervisor"}
    assert {row.scope for row in rows} <= {"own_team", "sender_team", "receiver_team", "supervised"}


def test_a_desk_decides_and_reads_no_packet() -> None:
    """But hour and place as they were agreed with it by telephone (ADR 0128): no word of the person."""
    desk = {row.permission for row in POLICY if row.scope == "receiver_desk"}
    decides = {"referral.accept", "referral.ask", "referral.decline", "referral.unaccept"}
    assert desk == {"referral.view", *decides, "meeting.open"}
    assert {row.role for row in POLICY if row.scope == "receiver_desk"} == {"desk_officer"}


def test_a_member_stands_in_for_a_missing_supervisor_only_where_her_team_may_not_already() -> None:
    acting = {row.permission for row in POLICY if row.scope == "acting_supervisor"}
    assert acting == {"case.close", "case.history", "case.reopen", "case.tell_lead", "team.remove"}
    assert {row.role for row in POLICY if row.scope == "acting_supervisor"} == {"case_worker", "hotline_operator"}


def test_the_system_does_what_nobody_presses() -> None:
    system = {row.permission: row.scope for row in POLICY if row.role == "system"}
    assert {name for name, scope in system.items() if scope == "command_line"} == {"directory.import"}
    assert {name for name, scope in system.items() if scope == "clock"} == {
        "case.discard",
        "case.remind",
        "case.escalate",
        "case.recompute",
        "decision.expire",
        "referral.discard",
        "referral.recall",
        "referral.remind",
        "referral.escalate",
        "referral.recompute",
        "referral.lapse",
        "referral.withdraw",
    }


def test_a_name_that_is_no_permission_cannot_stand_in_the_table() -> None:
    with pytest.raises(KeyError):
        policy._rows(("supervisor",), "case.burn", "lead", "no")


def test_the_policy_can_be_printed() -> None:
    page = policy.markdown()
    assert "|`referral.accept`|desk_officer|receiver_desk|The referral desk answers for its organisation.|" in page
    assert "|`case.view`|case_worker, hotline_operator|own_team|The team works on the case.|" in page
    assert all(f"`{name}`" in page for name in (*PERMISSIONS, *NEXT))


OTHERWISE = {
    "case.decide": "screening.decide",
    "case.danger_said": "case.edit",
    "case.danger_told": "case.edit",
    "case.danger_over": "case.edit",
    "case.needs_said": "case.edit",
    "case.ask_alone": "case.edit",
    "case.doctor_seen": "case.edit",
    "case.doctor_unseen": "case.edit",
    "case.is_child": "case.edit",
    "case.help_goes_on": "case.edit",
    "case.help_over": "case.edit",
    "case.region_changed": "case.edit",
    "case.facts_changed": "case.edit",
    "case.place_found": "case.edit",
    "case.place_needed": "case.edit",
    "case.place_reached": "case.edit",
    "case.child_not_reached": "case.edit",
    "case.child_not_told": "case.tell_child_protection",
    "referral.meet": "referral.expect",
}
"""A step that is pressed under a permission of another name."""


def test_who_may_take_a_step_stands_on_a_side_that_takes_it() -> None:
    """Each side of each step has its row of the policy: by it an action knows on which side somebody acts."""
    stored = [machine for machine in machines() if machine.stored]
    taken = {(machine.name, row.step_code, row.side_code) for machine in stored for row in rows(machine)}
    meant = {
        (machine.name, step, machine.sides.get(row.scope))
        for machine in stored
        for step in machine.names()
        for row in POLICY
        if row.permission == OTHERWISE.get(f"{machine.name}.{step}", f"{machine.name}.{step}")
    }
    assert len(taken) > 30
    assert sorted(taken - meant) == []
