"""The names of everything one may do, as `record.verb`. The same word is the action, its address and its ledger row.

A name stands here when something is built that asks for it; what the design knows beyond that waits in `NEXT`.
See docs/design/access.md#the-question.
"""

from typing import Final, Literal, get_args

Permission = Literal[
    # one's own account
    "account.manage",
    "vault.unlock",
    "session.end",
    # a case: seeing it
    "case.view",
    "case.people",
    "case.history",
    "colleague.view",
    # a case: working on it
    "case.begin",
    "case.register",
    "case.edit",
    "case.discard",
    "screening.record",
    "screening.decide",
    "case.settle_age",
    "case.tell_child_protection",
    "gap.record",
    "case.close",
    "case.reopen",
    "case.remind",
    "case.escalate",
    "case.recompute",
    # secrets
    "section.open",
    "section.write",
    # her word
    "consent.record",
    "consent.withdraw",
    # the team
    "team.admit",
    "team.remove",
    "team.leave",
    # a referral: the sender
    "referral.view",
    "referral.write",
    "referral.edit",
    "referral.discard",
    "referral.send",
    "referral.stop",
    "referral.recall",
    "referral.answer",
    "referral.add",
    "referral.confirm",
    "referral.dispute",
    "referral.settle",
    "referral.hear",
    "meeting.open",
    "note.open",
    # a referral: the receiver
    "referral.accept",
    "referral.ask",
    "referral.decline",
    "referral.unaccept",
    "referral.staff",
    "packet.open",
    "referral.expect",
    "referral.miss",
    "referral.serve",
    "referral.finish",
    "referral.amend",
    # both
    "referral.withdraw",
    # the clock
    "referral.remind",
    "referral.escalate",
    "referral.recompute",
    "referral.lapse",
    # bodies and the mechanism
    "referral.late",
    "gap.view",
    "directory.view",
    "directory.import",
    "service.edit",
    "phone.record",
    "desk.open_key",
    "desk.admit",
    "key.view",
    "continuity.create",
    "decision.take_back",
    "decision.expire",
    "ledger.read",
]

PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

NEXT: Final[dict[str, str]] = {
    "case.search": "names are sealed: a search over them is not built yet; a case is found by its code",
    "case.names": "a list shows codes; a name is read on the page of its case, by section.open",
    "need.record": "needs are a section like others, written by section.write",
    "consent.sweep": "what an agreement carried ends by the step of its own, referral.lapse; nothing else runs out",
    "referral.record_answer": "letters and calls to bodies without an account are not built yet",
    "referral.hand_over": "transfers are not built yet",
    "key.hand_over": "older notes are handed over on a page that is not built yet",
    "team.new_lead": "a lost lead is replaced together with the continuity key",
    "case.block": "conflicts of interest come with the screens for people and keys",
    "body.edit": "the administrator's screens come with people and keys",
    "member.view": "the administrator's screens come with people and keys",
    "member.invite": "until then people are invited from the command line",
    "member.offboard": "the administrator's screens come with people and keys",
    "member.reset": "needs two people: an administrator and a custodian",
    "role.grant": "the administrator's screens come with people and keys; privileged roles need two people",
    "role.revoke": "the administrator's screens come with people and keys",
    "continuity.use": "needs two custodians",
    "body.admit": "needs two coordinators; until then a body is admitted from the command line",
    "calendar.edit": "needs two coordinators; until then the calendar is the shipped one",
    "capacity.set": "places of a service are not counted yet",
    "capacity.hold": "places of a service are not counted yet",
    "hold.sweep": "places of a service are not counted yet",
}
"""Decided in the design and denied today: name -> why not yet."""
