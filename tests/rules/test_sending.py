"""What a page says stands in the way of a request is what its action refuses by: one answer, asked in one order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.consent.rules import consent
from hamkori.casework.referral.rules import sending
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import refusals, take
from hamkori.refusal import NotNow

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)
KEY = ("legal", "help")
ROW = REFERRAL.row("draft", "send", "S")
WRITTEN = {
    "vault_open": True,
    "child_contact": True,
    "section_agreed": True,
    "told_body": True,
    "body_may_receive": True,
    "police": False,
    "police_typed": False,
    "transfer": False,
}
"""What is known only once it is written; here all of it holds."""

HERS = st.builds(
    consent.Row,
    kind=st.just(KEY[0]),
    purpose=st.just(KEY[1]),
    answer=st.sampled_from(["yes", "without_name", "no", "withdrawn", "not_asked"]),
    ends_at=st.sampled_from([AT - timedelta(days=1), AT + timedelta(days=1)]),
    asked_as_child=st.booleans(),
    speaker=st.sampled_from([None, "parent"]),
    guardian_clear=st.booleans(),
    child_answer=st.sampled_from([None, "agrees", "says_no"]),
)
FACTS = st.fixed_dictionaries(
    {
        "case_state": st.sampled_from(["draft", "open", "closed"]),
        "rows": st.one_of(st.just({}), HERS.map(lambda row: {KEY: row})),
        "needed": st.just((KEY,)),
        "at": st.just(AT),
        "age": st.builds(consent.Age, child=st.booleans()),
        "wanted": st.booleans(),
        "own_organisation": st.booleans(),
        "service_active": st.booleans(),
        "desk_ready": st.booleans(),
        "due": st.sampled_from([None, AT - timedelta(hours=1), AT + timedelta(hours=1)]),
    }
)


def known(facts: dict[str, Any]) -> dict[str, Any]:
    facts = dict(facts)
    due, own, active, ready = (facts.pop(name) for name in ("due", "own_organisation", "service_active", "desk_ready"))
    return facts | {
        "sender": "hers",
        "receiver": "hers" if own else "theirs",
        "service_active": lambda: active,
        "desk_ready": lambda: ready,
        "waits_until": lambda: due,
    }


@given(FACTS)
def test_the_first_thing_that_a_page_names_is_what_the_action_refuses_by(facts: dict[str, Any]) -> None:
    assert ROW is not None
    answers = sending.answers(**known(facts))
    named = [(one.guard, one.values) for one in refusals(ROW, answers)]
    assert named[:1] == refused_by({**WRITTEN, **answers})


def refused_by(answers: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the action would say; nothing: it can be sent."""
    try:
        take(REFERRAL, "draft", "send", "S", answers)
    except NotNow as refused:
        return [(refused.guard, refused.values)]
    return []


def test_before_a_purpose_is_chosen_nothing_is_said_of_her_consent() -> None:
    assert ROW is not None
    facts = {"case_state": "open", "rows": {}, "needed": (), "at": AT, "age": consent.Age(True), "wanted": True}
    facts |= {"own_organisation": False, "service_active": True, "desk_ready": False, "due": None}
    assert [one.guard for one in refusals(ROW, sending.answers(**known(facts)))] == ["desk_ready"]


def test_one_that_waits_until_later_is_named_with_its_time() -> None:
    assert ROW is not None
    row = consent.Row(kind=KEY[0], purpose=KEY[1], answer="yes", ends_at=AT + timedelta(days=1))
    facts = {"case_state": "open", "rows": {KEY: row}, "needed": (KEY,), "at": AT, "age": consent.Age(False)}
    facts |= {"wanted": True, "own_organisation": False, "service_active": True, "desk_ready": True}
    for due, told in ((AT + timedelta(hours=1), ["no_twin"]), (AT, []), (None, [])):
        found = list(refusals(ROW, sending.answers(**known({**facts, "due": due}))))
        assert [one.guard for one in found] == told
        assert [one.values for one in found] == [{"time": due.isoformat()} for _ in told if due]
