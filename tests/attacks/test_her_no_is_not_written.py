"""The database refuses what she takes back, and every press that says so: nothing goes on all the same.

A trigger that raises undid the press with all its marks, so that what she had spoken against was sent, accepted and
read on for as long as it stood. By one trigger or another, at each place where a press of hers writes; red on 200c44a.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_former_permits import reads
from tests.casework.racing import LEAD, House, packet, sending, state
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.alarms

SENTENCE = "This could not be written down, and the operator has been told."
HELP = ("shelter_social", "help")
LATE = "deferrable initially deferred"


@contextmanager
def raising(table: str, code: str = "P0001", when: str = "insert", how: str = "") -> Iterator[None]:
    """Whoever writes there is refused, at once or only at the commit."""
    kind = "constraint trigger" if how else "trigger"
    owner(
        "create or replace function no_row() returns trigger language plpgsql as"
        f" $do$ begin raise exception 'no' using errcode = '{code}'; end $do$;"
        f'create {kind} no_row after {when} on "{table}" {how} for each row execute function no_row()'
    )
    try:
        yield
    finally:
        owner(f'drop trigger no_row on "{table}"; drop function no_row()')


def everything(house: House, case: Case, _referral: Referral) -> None:
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))


def this_row(house: House, case: Case, _referral: Referral) -> None:
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, rows=[HELP], how_said="in_person"))


def a_no(house: House, case: Case, _referral: Referral) -> None:
    answers = [consent.Answer(*HELP, "no")]
    asking = consent.Asking(how_said="in_person")
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))


def not_this_body(house: House, case: Case, referral: Referral) -> None:
    asking, without = consent.Asking(how_said="in_person"), [referral.to_organisation_id]
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=(), asking=asking, excluded=without))


def this_request(house: House, _case: Case, referral: Referral) -> None:
    house.as_(LEAD, lambda actor: send.withdraw(actor, referral, how_said="in_person"))


def opened(house: House, case: Case) -> tuple[Any, dict[str, Any]]:
    """Her worker's browser with the page on which everything is taken back, filled in."""
    with transaction.atomic():
        client = Senders(house.world).browser(LEAD)
    form = form_of(client.get(page(case, "withdraw/")))
    return client, form | {"took": ["all"], "how_said": "in_person", "seen": "1"}


SAID = [everything, this_row, a_no, not_this_body]


@pytest.mark.parametrize("says", [*SAID, this_request])
@pytest.mark.parametrize("code", ["P0001", "HK403", "HK409", "42501"])
def test_what_was_sent_is_read_no_more(house: House, says: Callable[..., None], code: str) -> None:
    case, referral = house.accepted()
    assert reads(house, referral)
    table = "referral_step" if says is this_request else "consent"
    with raising(table, code), pytest.raises(NotNow, match="unwritten"):
        says(house, case, referral)
    tried()
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)


def test_it_is_told_and_alarms(house: House) -> None:
    case, _referral = house.accepted()
    client, form = opened(house, case)
    with raising("consent"), alarmed("consent"):
        answer = client.post(page(case, "withdraw/"), form)
    assert answer.status_code == 409
    assert SENTENCE in page_text(answer)
    rows = owner("select * from ledger where action_code = 'tag.mismatch' and object_id = %s", case.pk)
    assert "The person withdraws something" in page_text(client.get(page(case))), "it is still to be written down"
    assert [(row["object_kind_code"], row["reason_code"]) for row in rows] == [("consent", "consent.withdraw")]


@pytest.mark.parametrize(
    ("table", "code", "when", "how"),
    [
        ("operation", "P0001", "insert", ""),
        ("operation", "P0001", "update", ""),  # where it is remembered where the first was answered
        ("operation", "P0001", "insert", LATE),
        ("ledger", "P0001", "insert", LATE),
        ("consent", "57014", "insert", ""),  # as if somebody had cancelled it
        ("consent", "55P03", "insert", ""),  # as if somebody held it
    ],
)
def test_wherever_the_press_fails(house: House, table: str, code: str, when: str, how: str) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    with raising(table, code, when, how):
        answer = client.post(page(case, "withdraw/"), form)
    tried()
    assert answer.status_code in (409, 500, 503)
    assert state(referral) == "accepted"
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)


@pytest.mark.parametrize("says", SAID)
def test_what_waits_is_neither_sent_nor_accepted(house: House, says: Callable[..., None]) -> None:
    case, referral = house.sent()
    draft = house.draft(case, "normal")
    with raising("consent"), suppress(NotNow):
        says(house, case, referral)
    tried()
    for deed in (sending(draft), house.accepting(referral)):
        with pytest.raises(NotNow):
            house.as_(deed.who, deed.do)
    assert state(draft) == "draft"
    assert state(referral) == "sent"


@pytest.mark.parametrize("says", SAID)
def test_pressed_again_it_is_written_and_a_new_yes_counts(house: House, says: Callable[..., None]) -> None:
    case, referral = house.accepted()
    with raising("consent"), suppress(NotNow):
        says(house, case, referral)
    says(house, case, referral)
    assert state(referral) == "withdrawn"
    assert packet(referral) == 0
    asks_again(house, case, referral)


@pytest.mark.parametrize("says", [everything, this_row, a_no])
def test_asked_at_once_she_may_say_yes(house: House, says: Callable[..., None]) -> None:
    """What she spoke against has ended all the same, and what is sent anew is read."""
    case, referral = house.accepted()
    with raising("consent"), suppress(NotNow):
        says(house, case, referral)
    asks_again(house, case, referral)
    with pytest.raises(NotNow):
        reads(house, referral)


def asks_again(house: House, case: Case, referral: Referral) -> None:
    answers = [consent.Answer(*HELP, "yes", frozenset({"contact"}))]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
    again = [referral.to_organisation_id]

    def do(actor: Any) -> None:
        consent.record(actor, case, answers=answers, asking=asking, wanted_again=again)

    house.as_(LEAD, do)
    draft = house.draft(case)
    sent = house.as_(LEAD, lambda actor: send.send(actor, draft, version=draft.version))
    accept = house.accepting(sent)
    house.as_(accept.who, accept.do)
    assert reads(house, sent)


def test_what_is_said_of_another_body_or_row_ends_nothing_else(house: House) -> None:
    case, referral = house.accepted()
    with raising("consent"), suppress(NotNow):
        no = [consent.Answer("police", "justice", "no")]
        asking = consent.Asking(how_said="in_person")
        house.as_(LEAD, lambda actor: consent.record(actor, case, answers=no, asking=asking))
    assert reads(house, referral)


def test_whom_she_spoke_against_stays_unwanted_in_her_next_word(house: House) -> None:
    case, referral = house.accepted()
    with raising("consent"), suppress(NotNow):
        not_this_body(house, case, referral)
    house.agreed(case)
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert referral.to_organisation_id in word.excluded
    with pytest.raises(NotNow):
        reads(house, referral)


def test_a_guard_of_ours_takes_nothing_away(house: House) -> None:
    """A form that comes again, and a word of somebody who may not say it."""
    case, referral = house.accepted()
    with pytest.raises(NotNow, match="how_said"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="nothing"))
    mixed = [consent.Answer(*HELP, "no"), consent.Answer("police", "justice", "yes")]
    with pytest.raises(NotNow, match="text_language"):
        house.as_(LEAD, lambda actor: consent.record(actor, case, answers=mixed, asking=consent.Asking()))
    with raising("consent"), suppress(Exception):
        house.as_("shelter-worker", lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    assert reads(house, referral)
