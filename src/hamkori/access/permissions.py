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
    "case.looked_for",
    "case.tell_lead",
    "case.call_off",
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
    "referral.put_back",
    "referral.call",
    "referral.arrange",
    "referral.hear",
    "referral.tell_person",
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
    "referral.ask_part",
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
    "phone.record_for",
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
    "case.search": "Names are locked, and a search over them is not built yet. A case is found by its number.",
    "case.names": "A list shows numbers. A name is read on the page of its case, by section.open.",
    "need.record": "Needs are a section like others, written by section.write.",
    "consent.sweep": "What a consent allowed ends by a step of its own, referral.lapse. Nothing else runs out.",
    "referral.record_answer": "Letters and calls to organisations without an account are not built yet.",
    "referral.hand_over": "Transfers are not built yet.",
    "key.hand_over": "Older notes are handed over on a page that is not built yet.",
    "team.new_lead": "A lost lead worker is replaced together with the continuity key.",
    "case.block": "Conflicts of interest come with the screens for people and keys.",
    "body.edit": "The administrator's screens come with people and keys.",
    "member.view": "The administrator's screens come with people and keys.",
    "member.invite": "Until then people are invited from the command line.",
    "member.offboard": "The administrator's screens come with people and keys.",
    "member.reset": "It needs two people: an administrator and a key holder.",
    "role.grant": "The administrator's screens come with people and keys. Privileged roles need two people.",
    "role.revoke": "The administrator's screens come with people and keys.",
    "continuity.use": "It needs two key holders.",
    "body.admit": "It needs two coordinators. Until then an organisation is admitted from the command line.",
    "calendar.edit": "It needs two coordinators. Until then the calendar is the shipped one.",
    "capacity.set": "Places of a service are not counted yet.",
    "capacity.hold": "Places of a service are not counted yet.",
    "hold.sweep": "Places of a service are not counted yet.",
}
"""Decided in the design and denied today: name -> why not yet."""
