"""After every save one green line says what happened and what comes next: every button of the product is pressed.

A press is that of tests/policy/presses.py; what it leads to is read as a person reads it: the line above the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker

from tests import database
from tests.policy.presses import PRESSES
from tests.policy.pressing import House, Ready
from tests.policy.test_replays import OUTSIDE
from tests.web.senders import page_text

LINES = {
    # cases
    "register": ("Registered.", "Next: ask about the signs, and for consent before anything is sent."),
    "edit_case": ("Saved.", "Next step: Meet again, "),
    "danger_said": ("Saved: somebody is in danger.", "Today says it until help is asked for."),
    "danger_told": ("Saved: they know of the danger.", "The case goes on saying that somebody is in danger."),
    "ask_alone": ("Nothing was withdrawn, and nobody was told.", "Next step: Ask the person, alone"),
    "place_found": ("Saved: a place for tonight was found.", "Today asks whether the person got there."),
    "place_needed": ("Saved: no place for tonight.", "Today says it until there is one."),
    "place_reached": (
        "Saved: the person is there.",
        "From the next morning on, Today asks whether they still sleep there.",
    ),
    "call_off": ("Saved: they were told", "that nobody comes."),
    "looked_for": ("Saved: looked for, not found.", "Today goes on asking whether the person is safe."),
    "help_said": ("Saved: help goes on.", "A supervisor can open your own case again."),
    "section": ("Saved and locked.", "Only those who may read this part can open it."),
    "discard_case": ("Deleted.", "Nothing of this registration is kept, and nothing was sent to anybody."),
    "settle_age": ("Saved: the person is an adult. Child protection no longer waits to be told.", "Put the age back"),
    "tell_child_protection": ("Saved: you told who is recorded for this child.", "The time limit has stopped."),
    "child_not_told": ("Put back: child protection is to be told.", "The time limit goes on from where it was."),
    "tell_lead": ("Told:", "if they are away, call yourself."),
    "admit": ("Added to the team.", "This colleague now finds the case under Cases."),
    "release": ("Removed from the team.", "From now on this colleague can open nothing of this case."),
    "leave": ("You left the team.", "The case is no longer in your list. The team goes on."),
    "close": ("Closed.", "Nothing more is due in this case. A supervisor can open it again."),
    "reopen": ("Opened again.", "Next: ask the person for consent before anything is sent."),
    # the first contact
    "first_later": ("Saved.", "The day and the way are the next step of this case, and come back on Today."),
    "first_send": ("Sent to", "the coordinator is told, and can call them."),
    # signs, decision, consent
    "screening_complete": ("The signs are finished and locked.", "Next: the worker's decision."),
    "screening_discard": ("The draft was deleted.", "You can ask about the signs again from the case."),
    "decide": ("Saved: the decision.", "It closes nothing; the case shows the next step."),
    "consent_give": ("Saved.", "Next: refer."),
    "consent_withdraw": ("Withdrawn", "Tell the person"),
    # the sender's side of a referral
    "refer_draft": ("Saved as a draft.", "Send it when the person agrees."),
    "refer_send": ("Sent to", "the coordinator is told, and can call them."),
    "gap_record": ("Recorded: nothing here fits.", "Look for other help below, or go to the case."),
    "referral_edit": ("Saved as a draft.", "Send it when the person agrees."),
    "referral_send": ("Sent to", "the coordinator is told, and can call them."),
    "referral_discard": ("The draft was deleted.", "You can refer again from the case."),
    "referral_stop": ("Stopped. Nobody there has seen it.", "It is a draft again: change it, send it or delete it."),
    "referral_recall": ("Cancelled.", "They read only that it ended."),
    "referral_withdraw": ("Stopped at the person's request.", "they were told"),
    "referral_answer": ("Answered.", "their answer is shown here and on Today"),
    "referral_add": ("Sent.", "can unlock it now"),
    "referral_confirm": ("Confirmed.", "Nothing more is to be done for this referral."),
    "referral_hear": ("Saved: the person came.", "The organisation was asked to confirm it."),
    "referral_dispute": ("Disputed.", "They were told, and may correct the result."),
    "referral_settle": ("Saved: nothing more to do for this referral.", "You can put it back here."),
    "referral_call": ("Saved: you called", "Their answer is still open."),
    "referral_tell_person": (
        "Saved: you told the person (case",
        "If the time changes, Today asks you to tell it again.",
    ),
    "referral_arrange": ("Saved: hour.", "Their referral desk can open it before it accepts."),
    "referral_warn_person": ("Saved: the person knows", "that nobody waits for them there."),
    "referral_put_back": ("Put back:", "this referral is on Today again."),
    # the receiver's
    "referral_accept": ("Accepted for", "You can return it until"),
    "referral_ask": ("Asked.", "Your own answer is still due."),
    "referral_decline": ("Declined.", "The sender has been told and can ask somebody else."),
    "referral_unaccept": ("Returned.", "The sender has been told and can ask somebody else."),
    "referral_call_sender": ("Saved: you called the sender.", "They tell the person not to go."),
    "referral_expect": ("The new time is saved.", "When the person comes, say so here."),
    "referral_miss": ("Noted.", "The sender was told at once, and decides what comes next."),
    "referral_ask_part": ("Asked.", "The sender's team reads it on Today and answers."),
    "referral_keep_part": ("Answered: it is not shared.", "They read that, and no reason."),
    "referral_serve": ("Help has begun, and the sender was told. Your own case is open", "set its next step."),
    "referral_staff": ("The team is changed.", "have been told and can help now"),
    "referral_staff_leaving": ("The team is changed.", "have been told and can help now"),
    "referral_withdraw_said_to_the_team": ("Ended.", "The sender has been told and asks about the rest."),
    "referral_finish": ("Help has ended.", "The sender now asks the person and confirms."),
    "referral_amend": ("The result is saved.", "The sender has been told and confirms it."),
    # the directory and the keys
    "service_edit": ("Saved.", "Organisations that look for help see this now."),
    "service_mark": ("Marked as open.", "Organisations that look for help see that there is room."),
    "service_add": ("The service is added.", "Organisations that look for help can find it now."),
    "phone_record": ("Saved.", "the national coordinator and those who refer see this number."),
    "coordination_phone": ("Saved.", "The organisation and those who refer see this number now."),
    "coordination_call": ("Saved: Shelter Kulob was reached.", "Without an answer you call again at"),
    "coordination_called": ("Saved: Shelter Kulob was reached.", "Without an answer it is red again tomorrow."),
    "coordination_child": ("Saved: child protection knows now.", "still has to record it itself."),
    "keys_create": ("You asked.", "Another key holder must agree within three days."),
    "keys_agree": ("The key is made.", "New parts of cases are locked with it from now on."),
    "keys_refuse": ("You refused. No key was made.", "The person who asked is told and can ask again."),
    "keys_take_back": ("You withdrew your question. No key was made.", "You can ask again."),
}
"""Of each button: what happened, and who knows or what comes next."""

ON_THE_PAGE = {
    "first_send": "the last page of the way is that line, with what to do until the answer comes",
    "consent_withdraw": "the page says what was withdrawn, what follows for each referral, and what to tell the person",
    "gap_record": "the page goes on with the search, and says it above the services",
    "referral_finish": "the page says that help has ended, and who confirms it, for as long as it is true",
}
"""The page itself says it, in its own box."""

A_WAY = "the next question of the same way is what comes next; its steps show what is saved"
WARNED: dict[str, list[str]] = {"referral_recall": ["warning"]}
"""What a second line says is missing now: nobody is asked for what is needed tonight."""

SILENT = {
    **dict.fromkeys(("new_case", "register_second_page"), A_WAY),
    **dict.fromkeys(
        ("first_contact", "first_who", "first_signs", "first_answers", "first_need", "first_service"), A_WAY
    ),
    **dict.fromkeys(("screening_start", "screening_save"), A_WAY),
    "seen": "what is read leaves the list before the reader's eyes; nothing is saved that somebody waits for",
}
"""Nothing is said, and why."""

SIGNED = "the page that opens is the answer: signed in, signed out, or the pages of the other organisation"
AS_IT_WAS = "the same page opens again, in the language, the colours or with the keys that were chosen"
OWN = "a line of its own says it: tests/web/test_account.py"
OUTSIDE_OF_THE_PRESSES = {
    **dict.fromkeys(("account_login", "mfa_authenticate", "account_again", "account_logout", "account_body"), SIGNED),
    **dict.fromkeys(("language", "theme", "keyboard"), AS_IT_WAS),
    **dict.fromkeys(("account_passphrase", "account_codes", "account_authenticator", "account_end_others"), OWN),
    "account_devices_end": OWN,
    "account_seal": OWN,
    "account_unlock": "the page opens for which the names were unlocked; the head says until when",
    "invitation": "the last step of joining says that it is done, and to sign in",
    "find_case": "nothing is saved: the list shows what was found",
    "typing": "kept while somebody types; the page says so beside the field",
    "drop_typing": "what was kept leaves the page at once",
}
"""What is posted outside operations, and what says it there."""


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world; each press gets a case or referral of its own."""
    with django_db_blocker.unblock():
        yield House()
        database.begin_anew()


def after(house: House, ready: Ready) -> tuple[list[tuple[str, str]], str]:
    """The lines above the page to which a press leads, with their tone, and all that the page says."""
    client = house.client(ready.who)
    answer = client.post(ready.address, {**ready.form, "operation": str(uuid4())})
    assert answer.status_code in (302, 303), (answer.status_code, page_text(answer))
    page: Any = client.get(answer["Location"])
    assert page.status_code == 200
    return [(one.level_tag, str(one)) for one in page.wsgi_request._messages], page_text(page)


@pytest.mark.parametrize("make", PRESSES, ids=lambda make: make.__name__)
def test_a_save_says_what_happened_and_what_comes_next(house: House, make: Callable[[House], Ready]) -> None:
    lines, text = after(house, make(house))
    if make.__name__ in SILENT:
        assert not lines
        return
    happened, comes_next = LINES[make.__name__]
    if make.__name__ in ON_THE_PAGE:
        assert not lines
        assert happened in text
        assert comes_next in text
        return
    (tone, line), *more = lines
    assert tone == "success"
    assert [each for each, _said in more] == WARNED.get(make.__name__, [])
    assert line.startswith(happened)
    assert comes_next in line
    assert " ".join(re.sub("<[^>]+>", " ", line).split()) in text


def test_every_button_has_its_line_or_a_reason() -> None:
    pressed = {make.__name__ for make in PRESSES}
    assert LINES.keys() | SILENT.keys() == pressed
    assert not LINES.keys() & SILENT.keys()
    assert ON_THE_PAGE.keys() <= LINES.keys()
    assert all(len(comes_next) >= len("Next: refer.") for _happened, comes_next in LINES.values())
    assert OUTSIDE_OF_THE_PRESSES.keys() == OUTSIDE
