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

ACCOUNT = _rows(("anyone",), "account.manage vault.unlock session.end", "self", "an account is its owner's alone")

CASE = (
    *_rows(WORKERS, "case.begin", "own_organisation", "whoever meets her writes the file, for her own body"),
    *_rows(
        (CASE_WORKER, SUPERVISOR, DESK_OFFICER, HOTLINE_OPERATOR),
        "colleague.view",
        "own_organisation",
        "one names colleagues to add or to send to her",
    ),
    *_rows(WORKERS, "case.view case.people", "own_team", "the team works on it"),
    *_rows(
        (SUPERVISOR,), "case.view case.people", "supervised", "a supervisor steers her workers' cases, without a name"
    ),
    *_rows(WORKERS, "case.edit screening.record", "own_team", "the team writes down what it hears"),
    *_rows(WORKERS, "gap.record", "own_team", "whoever finds no service says so"),
    *_rows(WORKERS, "case.register", "lead", "the lead answers for opening the file"),
    *_rows(WORKERS, "screening.decide case.settle_age", "lead", "one person decides and answers for it"),
    *_rows(WORKERS, "case.tell_child_protection case.discard", "lead", "one person decides and answers for it"),
    *_rows(("system",), "case.discard", "clock", "a draft that lay idle for 14 days is erased"),
    *_rows(("system",), "case.remind case.escalate", "clock", "silence escalates by itself"),
    *_rows(("system",), "case.recompute", "clock", "a change of the calendar moves what is still to come"),
    *_rows(WORKERS, "case.close case.history", "lead", "the lead answers for the file"),
    *_rows((SUPERVISOR,), "case.close case.history", "supervised", "a supervisor ends what nobody else can"),
    *_rows((SUPERVISOR,), "case.reopen", "supervised", "a closed file opens again only by somebody else's decision"),
)

SECRETS = (
    *_rows(WORKERS, "section.open section.write", "own_team", "the team, each by her function (casework)"),
    *_rows((SUPERVISOR,), "section.open", "supervised", "screening and needs: to steer, without a name"),
)

CONSENT = _rows(WORKERS, "consent.record consent.withdraw", "own_team", "the team hears her word")

TEAM = (
    *_rows(WORKERS, "team.admit team.remove", "lead", "the lead chooses who knows her"),
    *_rows((SUPERVISOR,), "team.remove", "supervised", "a supervisor takes off who should not know her"),
    *_rows(WORKERS, "team.leave", "own_team", "nobody is held on a team"),
)

SENDER = (
    *_rows(WORKERS, "referral.view", "sender_team", "the sender always sees state, clock and result"),
    *_rows((SUPERVISOR,), "referral.view", "supervised", "a supervisor steers her workers' referrals"),
    *_rows(WORKERS, "referral.write referral.edit referral.discard", "sender_team", "the team prepares it with her"),
    *_rows(WORKERS, "referral.send referral.stop referral.recall", "sender_team", "the team sends and takes back"),
    *_rows(WORKERS, "referral.answer referral.add meeting.open", "sender_team", "the team speaks for her"),
    *_rows(WORKERS, "note.open", "sender_team", "the team reads how help ended"),
    *_rows(WORKERS, "referral.confirm referral.dispute", "sender_team", "the team asks her how it went"),
    *_rows((SUPERVISOR,), "referral.confirm referral.dispute", "supervised", "a supervisor ends what waits"),
    *_rows(WORKERS, "referral.settle", "sender_team", "the team decides what comes after a no"),
    *_rows((SUPERVISOR,), "referral.settle", "supervised", "a supervisor ends what waits"),
    *_rows(WORKERS, "referral.hear", "sender_team", "the team says what it heard of the arrival"),
    *_rows((SUPERVISOR,), "referral.hear", "supervised", "a supervisor calls for a worker who is away"),
    *_rows(WORKERS, "referral.withdraw", "sender_team", "she may take it back through her worker"),
    *_rows(
        (SUPERVISOR,), "referral.recall referral.withdraw", "supervised", "a referral ends also when its worker is away"
    ),
    *_rows(("system",), "referral.discard", "clock", "a draft that lay idle for 14 days is erased"),
    *_rows(("system",), "referral.recall", "clock", "what a closed body had sent is taken back"),
)

RECEIVER = (
    *_rows((DESK_OFFICER,), "referral.view", "receiver_desk", "the desk answers by the card"),
    *_rows(
        (DESK_OFFICER,),
        "referral.accept referral.ask referral.decline",
        "receiver_desk",
        "the desk answers for its body",
    ),
    *_rows((DESK_OFFICER,), "referral.unaccept", "receiver_desk", "a mistaken yes is taken back at once"),
    *_rows((CASE_WORKER,), "referral.view packet.open", "receiver_team", "whoever was named reads what she agreed to"),
    *_rows((CASE_WORKER,), "referral.unaccept referral.staff", "receiver_team", "the team knows whether it can help"),
    *_rows(
        (CASE_WORKER,), "referral.expect referral.miss", "receiver_team", "whoever waits for her knows when she comes"
    ),
    *_rows((CASE_WORKER,), "referral.serve referral.finish", "receiver_team", "whoever helps says what was done"),
    *_rows((CASE_WORKER,), "referral.amend", "receiver_team", "a wrong result is mended by who gave it"),
    *_rows((CASE_WORKER,), "referral.withdraw", "receiver_team", "she may take it back where she is"),
    *_rows((SUPERVISOR,), "referral.view", "receiver_supervised", "a supervisor steers her workers' tasks"),
    *_rows((SUPERVISOR,), "referral.staff referral.amend", "receiver_supervised", "a supervisor keeps a task in hands"),
)

CLOCK = (
    *_rows(("system",), "referral.remind referral.escalate referral.lapse", "clock", "no referral waits unseen"),
    *_rows(("system",), "referral.withdraw", "clock", "what she has ended is closed once nobody holds it"),
    *_rows(("system",), "referral.recompute", "clock", "a change of the calendar moves what is still to come"),
)

MECHANISM = (
    *_rows(
        (NATIONAL_COORDINATOR,),
        "referral.late",
        "national",
        "the coordinator telephones bodies that are late, without a card",
    ),
    *_rows((NATIONAL_COORDINATOR,), "gap.view", "national", "what is missing is seen from above, without cases"),
    *_rows(("anyone",), "directory.view", "public", "services are no secret among bodies"),
    *_rows(("system",), "directory.import", "command_line", "the first directory comes as a file"),
    *_rows((DESK_OFFICER,), "service.edit", "own_desk", "the desk knows what its body offers now"),
    *_rows((DESK_OFFICER,), "phone.record", "own_desk", "the desk says itself where it can be called"),
    *_rows((DESK_OFFICER,), "desk.open_key desk.admit", "own_desk", "a holder of the desk's key lets the next one in"),
    *_rows((CUSTODIAN,), "key.view continuity.create", "own_organisation", "one key holder asks, another agrees"),
    *_rows(("anyone",), "decision.take_back", "self", "who has asked may take the question back"),
    *_rows(("system",), "decision.expire", "clock", "a question of two people waits for three days"),
    *_rows((AUDITOR,), "ledger.read", "own_organisation", "an auditor reads who did what in her body"),
    *_rows((AUDITOR,), "ledger.read", "national", "an oversight body reads who did what everywhere"),
)


def _acting(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Where a case has no supervisor, a second team member stands in, and holds no section more for it."""
    wanted = [row.permission for row in rows if row.role == SUPERVISOR and row.scope == "supervised"]
    taken = {(row.role, row.permission) for row in rows if row.scope in {"own_team", "sender_team"}}
    return tuple(
        Row(role, permission, "acting_supervisor", "without a supervisor a second team member acts as one")
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
