"""THE policy: who may do what, in which relation. A pair that is not listed is denied.

Scopes say when a row holds for one thing; their conditions live with the models (`access.scope`). No role has all
cases. Whoever changes a row changes who sees people in danger: CODEOWNERS asks the protection officer.
See docs/design/access.md#the-policy-table.
"""

from typing import Final, Literal, NamedTuple

from hamkori.access.permissions import NEXT, PERMISSIONS, Permission

Role = Literal[
    "case_worker",
    "supervisor",
    "desk_officer",
    "hotline_operator",
    "custodian",
    "administrator",
    "national_coordinator",
    "auditor",
    "anyone",
    "system",
]
"""The roles a membership may hold; `anyone` is every signed-in member, `system` the clock and the command line."""

Scope = Literal[
    "self",
    "own_team",
    "lead",
    "supervised",
    "acting_supervisor",
    "sender_team",
    "receiver_desk",
    "receiver_team",
    "receiver_supervised",
    "own_desk",
    "own_organisation",
    "national",
    "public",
    "clock",
    "command_line",
]

CASE_WORKER: Final = "case_worker"
SUPERVISOR: Final = "supervisor"
DESK_OFFICER: Final = "desk_officer"
HOTLINE_OPERATOR: Final = "hotline_operator"
NATIONAL_COORDINATOR: Final = "national_coordinator"
CUSTODIAN: Final = "custodian"
AUDITOR: Final = "auditor"


class Row(NamedTuple):
    """One line of the policy: this role may do this while the scope holds, because of `why`."""

    role: Role
    permission: Permission
    scope: Scope
    why: str


def _rows(roles: tuple[Role, ...], permissions: str, scope: Scope, why: str) -> tuple[Row, ...]:
    """Rows of one reason. A name that is no permission is a KeyError at import."""
    known = {name: name for name in PERMISSIONS}
    return tuple(Row(role, known[name], scope, why) for role in roles for name in permissions.split())  # type: ignore[index]


WORKERS: Final[tuple[Role, ...]] = (CASE_WORKER, HOTLINE_OPERATOR)

ACCOUNT = _rows(
    ("anyone",), "account.manage vault.unlock session.end", "self", "An account belongs to its owner alone."
)

CASE = (
    *_rows(
        WORKERS,
        "case.begin",
        "own_organisation",
        "The worker who meets the person begins the case, for their own organisation.",
    ),
    *_rows(
        (CASE_WORKER, SUPERVISOR, DESK_OFFICER, HOTLINE_OPERATOR),
        "colleague.view",
        "own_organisation",
        "Staff name colleagues to add them to a team.",
    ),
    *_rows(WORKERS, "case.view case.people", "own_team", "The team works on the case."),
    *_rows(
        (SUPERVISOR,),
        "case.view case.people",
        "supervised",
        "Supervisors guide the cases of their workers, without a name.",
    ),
    *_rows(WORKERS, "case.edit screening.record", "own_team", "The team writes down what it hears."),
    *_rows(WORKERS, "gap.record", "own_team", "A worker who finds no service records that it is missing."),
    *_rows(WORKERS, "case.register", "lead", "The lead worker answers for opening the case."),
    *_rows(
        WORKERS, "screening.decide case.settle_age", "lead", "One person, the lead worker, decides and answers for it."
    ),
    *_rows(
        WORKERS,
        "case.tell_child_protection case.discard",
        "lead",
        "One person, the lead worker, decides and answers for it.",
    ),
    *_rows(("system",), "case.discard", "clock", "A draft that nobody touched for 14 days is erased."),
    *_rows(("system",), "case.remind case.escalate", "clock", "If nobody acts in time, others are told automatically."),
    *_rows(("system",), "case.recompute", "clock", "When days off change, time limits that are still to come move."),
    *_rows(WORKERS, "case.close case.history", "lead", "The lead worker answers for the case."),
    *_rows(
        (SUPERVISOR,),
        "case.close case.history",
        "supervised",
        "Supervisors can close a case when its lead worker cannot.",
    ),
    *_rows(
        (SUPERVISOR,),
        "case.reopen",
        "supervised",
        "A closed case opens again only when somebody else than its lead worker decides so.",
    ),
    *_rows(WORKERS, "case.looked_for", "own_team", "The team says what is known of somebody who did not arrive."),
    *_rows(
        (SUPERVISOR,),
        "case.looked_for",
        "supervised",
        "Supervisors look for somebody who did not arrive, too, and say what they know.",
    ),
    *_rows((SUPERVISOR,), "case.tell_lead", "supervised", "What only the lead worker can do, supervisors remind of."),
    *_rows(WORKERS, "case.call_off", "own_team", "Whoever called an organisation tells it that nobody comes."),
    *_rows((SUPERVISOR,), "case.call_off", "supervised", "Supervisors call in place of the team."),
)

SECRETS = (
    *_rows(WORKERS, "section.open section.write", "own_team", "Each of the team opens the parts of their function."),
    *_rows(
        (SUPERVISOR,),
        "section.open",
        "supervised",
        "Supervisors read the signs and the needs to guide the work, without a name.",
    ),
)

CONSENT = _rows(WORKERS, "consent.record consent.withdraw", "own_team", "The team hears what the person agrees to.")

TEAM = (
    *_rows(WORKERS, "team.admit team.remove", "lead", "The lead worker chooses who knows the person."),
    *_rows(
        (SUPERVISOR,), "team.remove", "supervised", "Supervisors remove a colleague who should not know the person."
    ),
    *_rows(WORKERS, "team.leave", "own_team", "Any member may leave."),
)

SENDER = (
    *_rows(WORKERS, "referral.view", "sender_team", "The sender always sees state, time limits and result."),
    *_rows((SUPERVISOR,), "referral.view", "supervised", "Supervisors guide the referrals of their workers."),
    *_rows(
        WORKERS,
        "referral.write referral.edit referral.discard",
        "sender_team",
        "The team prepares the referral with the person.",
    ),
    *_rows(
        WORKERS,
        "referral.send referral.stop referral.recall",
        "sender_team",
        "The team sends a referral, and cancels it.",
    ),
    *_rows(WORKERS, "referral.answer referral.add meeting.open", "sender_team", "The team speaks for the person."),
    *_rows(WORKERS, "note.open", "sender_team", "The sender's team reads how help ended."),
    *_rows(WORKERS, "referral.confirm referral.dispute", "sender_team", "The team asks the person how it went."),
    *_rows(
        (SUPERVISOR,),
        "referral.confirm referral.dispute",
        "supervised",
        "Supervisors can end what waits when no worker does.",
    ),
    *_rows(WORKERS, "referral.settle referral.put_back", "sender_team", "The team decides what comes after a no."),
    *_rows(
        (SUPERVISOR,),
        "referral.settle referral.put_back",
        "supervised",
        "Supervisors can end what waits when no worker does.",
    ),
    *_rows(WORKERS, "referral.hear", "sender_team", "The team says what it heard of the arrival."),
    *_rows(WORKERS, "referral.call", "sender_team", "The team says that it called a desk that has not answered."),
    *_rows(WORKERS, "referral.tell_person", "sender_team", "The team tells the person when and where, and says so."),
    *_rows(WORKERS, "referral.arrange", "sender_team", "The team writes down what it agreed with a desk by telephone."),
    *_rows((SUPERVISOR,), "referral.hear referral.call", "supervised", "Supervisors call for a worker who is away."),
    *_rows(WORKERS, "referral.withdraw", "sender_team", "The person may withdraw consent through their worker."),
    *_rows(
        (SUPERVISOR,),
        "referral.recall referral.withdraw",
        "supervised",
        "A supervisor can end a referral when its worker is away.",
    ),
    *_rows(("system",), "referral.discard", "clock", "A draft that nobody touched for 14 days is erased."),
    *_rows(("system",), "referral.recall", "clock", "What an organisation that closed had sent is cancelled."),
)

RECEIVER = (
    *_rows(
        (DESK_OFFICER,), "referral.view", "receiver_desk", "The referral desk answers by the summary without a name."
    ),
    *_rows(
        (DESK_OFFICER,),
        "referral.accept referral.ask referral.decline",
        "receiver_desk",
        "The referral desk answers for its organisation.",
    ),
    *_rows((DESK_OFFICER,), "referral.unaccept", "receiver_desk", "An acceptance by mistake can be returned at once."),
    *_rows(
        (CASE_WORKER,),
        "referral.view packet.open",
        "receiver_team",
        "Those who were named at acceptance read what the person agreed to share.",
    ),
    *_rows((CASE_WORKER,), "meeting.open", "receiver_team", "Those who meet the person read where and when."),
    *_rows((DESK_OFFICER,), "meeting.open", "receiver_desk", "The desk reads what was agreed with it by telephone."),
    *_rows(
        (CASE_WORKER,),
        "referral.unaccept referral.staff",
        "receiver_team",
        "The receiver's team knows whether it can help.",
    ),
    *_rows(
        (CASE_WORKER,),
        "referral.expect referral.miss referral.ask_part",
        "receiver_team",
        "Those who wait for the person know when they come.",
    ),
    *_rows((CASE_WORKER,), "referral.serve referral.finish", "receiver_team", "Those who help say what was done."),
    *_rows((CASE_WORKER,), "referral.amend", "receiver_team", "Those who gave a wrong result correct it."),
    *_rows(
        (CASE_WORKER,), "referral.withdraw", "receiver_team", "The person may withdraw consent where they are helped."
    ),
    *_rows((SUPERVISOR,), "referral.view", "receiver_supervised", "Supervisors guide the tasks of their workers."),
    *_rows(
        (SUPERVISOR,),
        "referral.staff referral.amend",
        "receiver_supervised",
        "Supervisors make sure that somebody does the task.",
    ),
)

CLOCK = (
    *_rows(
        ("system",),
        "referral.remind referral.escalate referral.lapse",
        "clock",
        "Time limits are handled automatically.",
    ),
    *_rows(("system",), "referral.withdraw", "clock", "What the person ended is closed as soon as nobody uses it."),
    *_rows(
        ("system",), "referral.recompute", "clock", "When days off change, time limits that are still to come move."
    ),
)

MECHANISM = (
    *_rows(
        (NATIONAL_COORDINATOR,),
        "referral.late",
        "national",
        "The coordinator calls organisations that are late or that called about a child, and sees no summary.",
    ),
    *_rows(
        (NATIONAL_COORDINATOR,),
        "gap.view",
        "national",
        "The coordinator sees which services are missing, without cases.",
    ),
    *_rows(("anyone",), "directory.view", "public", "Every organisation may know which services there are."),
    *_rows(("system",), "directory.import", "command_line", "The first directory comes as a file."),
    *_rows((DESK_OFFICER,), "service.edit", "own_desk", "The referral desk knows what its organisation offers now."),
    *_rows(
        (NATIONAL_COORDINATOR,),
        "phone.record_for",
        "national",
        "The coordinator records the telephone of a referral desk that has recorded none.",
    ),
    *_rows((DESK_OFFICER,), "phone.record", "own_desk", "The referral desk says itself where it can be called."),
    *_rows(
        (DESK_OFFICER,),
        "desk.open_key desk.admit",
        "own_desk",
        "Somebody who holds the key of the referral desk admits the next one.",
    ),
    *_rows((CUSTODIAN,), "key.view continuity.create", "own_organisation", "One key holder asks, another one agrees."),
    *_rows(("anyone",), "decision.take_back", "self", "The person who asked may withdraw the question."),
    *_rows(("system",), "decision.expire", "clock", "A question for two people waits for three days."),
    *_rows((AUDITOR,), "ledger.read", "own_organisation", "An auditor reads who did what in their organisation."),
    *_rows((AUDITOR,), "ledger.read", "national", "An oversight organisation reads who did what everywhere."),
)


def _acting(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Where a case has no supervisor, a second team member stands in, and holds no section more for it."""
    wanted = [row.permission for row in rows if row.role == SUPERVISOR and row.scope == "supervised"]
    taken = {(row.role, row.permission) for row in rows if row.scope in {"own_team", "sender_team"}}
    return tuple(
        Row(role, permission, "acting_supervisor", "Without a supervisor, a second member of the team acts as one.")
        for role in WORKERS
        for permission in wanted
        if (role, permission) not in taken
    )


_NAMED = (*ACCOUNT, *CASE, *SECRETS, *CONSENT, *TEAM, *SENDER, *RECEIVER, *CLOCK, *MECHANISM)

POLICY: Final[tuple[Row, ...]] = (*_NAMED, *_acting(_NAMED))
"""Every row, each pair of role, permission and scope once."""


def rows_for(permission: Permission) -> tuple[Row, ...]:
    """The rows that grant a permission, in the policy's order."""
    return tuple(row for row in POLICY if row.permission == permission)


def markdown() -> str:
    """The policy as `docs/policy.md` shows it: one line per permission and reason, then what waits."""
    merged: dict[tuple[str, str, str], list[str]] = {}
    for row in POLICY:
        merged.setdefault((row.permission, row.scope, row.why), []).append(row.role)
    order = {name: number for number, name in enumerate(PERMISSIONS)}
    lines = ["|permission|roles|scope|why|", "|---|---|---|---|"]
    for (permission, scope, why), roles in sorted(merged.items(), key=lambda item: order[item[0][0]]):  # type: ignore[index]
        lines.append(f"|`{permission}`|{', '.join(roles)}|{scope}|{why}|")
    lines += ["", "Denied until built:", "", "|permission|why not yet|", "|---|---|"]
    lines += [f"|`{name}`|{why}|" for name, why in NEXT.items()]
    return "\n".join(lines) + "\n"
