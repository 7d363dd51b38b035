"""An organisation's continuity key comes into being by two people: one key holder asks, another agrees.

The pair is made in the second one's session, for those who were named when it was asked. The same act makes the next
key when a key holder has come, gone or taken a new passphrase.
See docs/design/people.md#two-persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.action import Act, action
from hamkori.lifecycle import NEW, Context, take
from hamkori.people import decisions, queries
from hamkori.people.actions.body_keys import wraps_as_json
from hamkori.people.decisions import Question
from hamkori.people.rules import clash
from hamkori.people.rules.two_person import AGREES, ASKS, CREATE, LASTS, REASONS, TWO_PERSON, can_be_held, key_is_due
from hamkori.refusal import NotNow
from hamkori.vault import bodies, server, tags
from hamkori.vault.recipients import CONTINUITY, PersonKey
from hamkori.vault.trust import Trust
from hamkori.vocabulary import codelist

RECENT = timedelta(minutes=5)
"""How long a passphrase counts as just given."""
USED = 2
"""The mark of a question that was decided: it decides nothing twice, also if its row is put back."""


@action("continuity.create")
def ask(act: Act, *, reason: str) -> UUID:
    """Asks another key holder to agree that the key is made, for those who hold keys now. The question's id."""
    actor, trust, row = act.actor, server.trust(), uuid4()
    assert actor.organisation_id is not None
    assert actor.membership_id is not None
    assert actor.user_id is not None
    holders = queries.custodian_keys(actor.organisation_id)
    waits = decisions.waiting(actor, trust, CREATE)
    take(
        TWO_PERSON,
        NEW,
        "ask",
        ASKS,
        {
            "recent_sign_in": _is_recent(actor),
            "reason_given": reason in codelist(REASONS["ask"]).codes,
            "may_hold": _may_hold(actor, holders),
            "subject_live": _is_due(holders),
            "none_waiting": waits is None or waits.is_over or waits.subjects != {one.id for one in holders},
        },
    )
    until = min(act.at, _moment(act.at)) + LASTS
    subjects = sorted(one.id for one in holders)
    server.over_unless_committed("request", row, USED)
    fact = tags.request(row, CREATE, actor.organisation_id, subjects, actor.membership_id, actor.user_id, until)
    definer.run("two_person_ask", row, CREATE, subjects, reason, until, trust.tag(fact))
    act.note(kind="two_person", object_id=row, reason="ask")
    return row


@action("continuity.create")
def agree(act: Act, *, question: UUID) -> None:
    """Agrees: the key is made here and now, and sealed in both orders to each two of those who were named."""
    actor, trust = act.actor, server.trust()
    assert actor.organisation_id is not None
    asked = _asked(actor, trust, question)
    named = queries.custodian_keys(actor.organisation_id)
    trust.require(asked.fact, asked.tag)
    take(TWO_PERSON, "asked", "agree", AGREES, _answering(actor, act.at, asked, named))
    number = trust.next_number(
        "bodykey", f"{actor.organisation_id.hex}.{CONTINUITY}", decisions.newest(actor.organisation_id, CONTINUITY)
    )
    made = bodies.make_continuity(trust.keyring, actor.organisation_id, uuid4(), number, named)
    key, wraps = made.key, wraps_as_json(made.wraps)
    definer.run("continuity_make", question, key.id, number, key.public, key.tag, wraps)
    server.mark("request", question, USED)
    server.mark("bodykey", f"{actor.organisation_id.hex}.{CONTINUITY}", number)
    act.note(kind="body_key", object_id=key.id, reason="agree", count=len(named))


@action("continuity.create")
def refuse(act: Act, *, question: UUID, reason: str) -> None:
    """Says no. Nothing is made; who asked is told."""
    asked = _asked(act.actor, server.trust(), question)
    answering = _answering(act.actor, act.at, asked, [])
    given = reason in codelist(REASONS["refuse"]).codes
    take(TWO_PERSON, "asked", "refuse", AGREES, {**answering, "reason_given": given})
    definer.run("two_person_take", question, "refuse", reason)
    server.mark("request", question, USED)
    act.note(kind="two_person", object_id=question, reason="refuse")


@action("decision.take_back")
def take_back(act: Act, *, question: UUID) -> None:
    """Who asked asks no longer."""
    _asked(act.actor, server.trust(), question)
    take(TWO_PERSON, "asked", "take_back", ASKS, {})
    definer.run("two_person_take", question, "take_back", "")
    server.mark("request", question, USED)
    act.note(kind="two_person", object_id=question, reason="take_back")


@action("decision.expire")
def expire(act: Act, *, question: UUID) -> bool:
    """Ends what nobody has answered in time. False: it was decided meanwhile, or it is not time."""
    act.note(kind="two_person", object_id=question)
    return bool(definer.value("two_person_expire", question))


def make_by_two(first: AbstractContextManager[Actor], second: AbstractContextManager[Actor]) -> None:
    """Both acts by two people, each in a session that begins when its turn comes: for worlds that are built."""
    with first as actor:
        question = ask(actor, reason="joined")
    with second as actor:
        agree(actor, question=question)


def _asked(actor: Actor, trust: Trust, question: UUID) -> Question:
    found = decisions.waiting(actor, trust, CREATE)
    if found is None or found.id != question:
        raise NotNow("subject_live")
    return found


def _answering(actor: Actor, at: datetime, asked: Question, named: list[PersonKey]) -> Context:
    return {
        "recent_sign_in": _is_recent(actor),
        "not_self": actor.user_id != asked.asked_user,
        "subject_live": not _is_over(asked, at) and {one.id for one in named} == asked.subjects,
        "may_hold": lambda: _may_hold(actor, named),
        "vault_open": actor.vault_open,
        "keys": True,
    }


def _is_over(asked: Question, at: datetime) -> bool:
    """By the database's word, and in the real world also by this machine's clock."""
    return asked.is_over or asked.expires_at <= _moment(at)


def _moment(at: datetime) -> datetime:
    """What such a question is measured by: in the real world this machine's clock, which the database does not set."""
    return datetime.now(UTC) if server.keyring().world == "real" else at


def _is_recent(actor: Actor) -> bool:
    return actor.stepped_up_at is not None and datetime.now(UTC) - actor.stepped_up_at < RECENT


def _is_due(holders: list[PersonKey]) -> bool:
    return key_is_due(decisions.by_key(holders), decisions.pairs())


def _may_hold(actor: Actor, holders: list[PersonKey]) -> bool:
    """Two people at least, and nobody among them works with cases here."""
    roles: Mapping[UUID, frozenset[str]] = {one.user_id: one.roles for one in queries.colleagues(actor)}
    people = [one.user for one in holders]
    return can_be_held(decisions.by_key(holders)) and not any(clash(roles.get(user, ())) for user in people)
