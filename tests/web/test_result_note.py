"""A note goes back with a result: written by who helped, opened by the sender's team, gone once confirmed."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import transaction

from hamkori.audit.models import Ledger
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.referral.actions import disclosure, receive
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral
from hamkori.refusal import NotAllowed, NotVisible
from tests.database import god
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
NOTE = "Canary-Note: she sleeps well, the cough is gone"


@pytest.fixture
def helped(house: Senders) -> Referral:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    return referral


def at(referral: Referral, more: str = "") -> str:
    return f"/referrals/{referral.code}/{more}"


def press(referral: Referral, **said: str) -> dict[str, str]:
    with god():
        version = Referral.objects.get(pk=referral.pk).version
    return {"version": str(version), "operation": str(uuid4()), **said}


def finish(house: Senders, referral: Referral, note: str = NOTE) -> str:
    """Parvina says how help ended; the page she lands on."""
    parvina = house.browser("shelter-worker")
    sent = parvina.post(at(referral, "finish/"), press(referral, result="not_needed", note=note))
    assert sent.status_code == 303, page_text(sent)
    return page_text(parvina.get(sent["Location"]))


def left(referral: Referral) -> set[str]:
    with god():
        bodies = set(PacketBody.objects.filter(referral=referral.pk).values_list("section_code", flat=True))
        return bodies | set(PacketSeal.objects.filter(referral=referral.pk).values_list("section_code", flat=True))


def opens(house: Senders, who: str, referral: Referral) -> dict[str, str]:
    with house.as_(who) as actor, transaction.atomic():
        with god():
            found = Referral.objects.get(pk=referral.pk)
        return disclosure.open_note(actor, found)


def test_the_button_that_finishes_says_whose_words_are_deleted(house: Senders) -> None:
    """Red before: "Finish, delete what was shared", in Tajik "the data", and the own case has data too."""
    case = house.case()
    house.agreed(case)
    one = house.sent(case)
    house.accepted(one, part="now")
    before = page_text(house.browser("shelter-worker").get(at(one)))
    assert "Finish What the sender shared is deleted here; the sender keeps it." in before, "there is no own case yet"
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=one.pk)
        receive.serve(parvina, mine, version=mine.version)
    shown = page_text(house.browser("shelter-worker").get(at(one)))
    assert "Finish What the sender shared is deleted here. What you wrote in your own case stays." in shown


def test_a_note_is_written_told_opened_and_gone_once_confirmed(house: Senders, helped: Referral) -> None:
    told = finish(house, helped)
    assert "Help has ended. Your note is sent; only the sender's team can open it." in told
    assert "A note is sent with it." in told
    assert "Canary" not in told, "whoever wrote it does not read it again"
    assert left(helped) == {"result"}, "of all that was shared nothing stays"

    zarina = house.browser()
    closed = page_text(zarina.get(at(helped)))
    assert "A note came with the result" in closed
    confirm = re.search(rf'<a class="([^"]*)" href="{at(helped, "confirm/")}"', zarina.get(at(helped)).content.decode())
    assert confirm is not None
    assert "quiet" in confirm[1], "red before: the filled button was the one that deletes the note"
    assert "Canary" not in closed
    asked = page_text(zarina.get(at(helped, "confirm/")))
    assert "nobody on your team has opened it. It will be deleted when you confirm" in asked
    assert "Read the note first" in asked
    assert house.browser(vault=False).get(at(helped, "?open=note"))["Location"].startswith("/account/unlock/")

    opened = zarina.get(at(helped, "?open=note"))
    assert NOTE in page_text(opened)
    # Red before: it said to write into the case what is to be kept, and there was no way there.
    assert "Open “Needs, risk, plan” in another window; the note stays here" in page_text(opened)
    keep = re.search(r'href="(/cases/\d+/section/\?of=needs)" target="_blank"', opened.content.decode())
    assert keep is not None
    assert zarina.get(keep[1]).status_code == 200
    with god():
        row = Ledger.objects.get(action_code="note.open", decision_code="done")
        assert row.section_code == "result"
    asked = page_text(zarina.get(at(helped, "confirm/")))
    assert "will be deleted when you confirm" in asked
    assert "Read the note first" not in asked

    sure = press(helped, her_view="content", agrees="yes")
    assert zarina.post(at(helped, "confirm/"), sure).status_code == 303
    assert left(helped) == set()
    gone = zarina.get(at(helped, "?open=note"))
    assert gone.status_code == 409
    assert "was deleted when the result was confirmed" in page_text(gone)
    assert "Canary" not in page_text(gone)


@pytest.mark.parametrize("disputed", [False, True])
def test_a_supervisor_confirms_nothing_while_a_note_is_unread(
    house: Senders, helped: Referral, *, disputed: bool
) -> None:
    """Red before: "Confirm" stood open to a supervisor, who opens no note, and would have deleted it unread."""
    finish(house, helped)
    if disputed:
        assert house.browser().post(at(helped, "dispute/"), press(helped, reason="not_received")).status_code == 303
    above, waits = house.browser("supervisor-cso"), "A note came with the result: the team reads it first."
    for page in (above.get(at(helped)), above.get(at(helped, "confirm/"))):
        shown = page.content.decode()
        assert page.status_code == 200
        assert (f'href="{at(helped, "confirm/")}"' in shown, 'name="her_view"' in shown) == (False, False)
        assert not re.search(r"<button[^>]*>\s*(<svg.*?</svg>)?\s*Confirm\s*<", shown, re.DOTALL)
    assert waits in page_text(above.get(at(helped)))
    house.browser().get(at(helped, "?open=note"))
    assert f'href="{at(helped, "confirm/")}"' in above.get(at(helped)).content.decode()
    assert waits not in page_text(above.get(at(helped)))
    assert 'name="her_view"' in above.get(at(helped, "confirm/")).content.decode()


def test_without_a_note_nothing_is_said_of_one(house: Senders, helped: Referral) -> None:
    assert "note" not in finish(house, helped, " ").lower()
    assert left(helped) == set()
    zarina = house.browser()
    assert "note" not in page_text(zarina.get(at(helped))).lower()
    assert "note" not in page_text(zarina.get(at(helped, "confirm/"))).lower()


def test_nobody_else_opens_it(house: Senders, helped: Referral) -> None:
    """Not who wrote it, not the desk, not the sender's supervisor or a stranger; nor who has left the team."""
    finish(house, helped)
    for who in ("shelter-worker", "desk-shelter", "supervisor-cso"):
        with pytest.raises((NotAllowed, NotVisible)):
            opens(house, who, helped)
    assert "Canary" not in page_text(house.browser("supervisor-cso").get(at(helped, "?open=note")))
    assert house.browser("stranger").get(at(helped, "?open=note")).status_code == 404


def test_a_note_for_nobody_is_said_and_kept_on_the_page(house: Senders, helped: Referral) -> None:
    """Where nobody of the sender could open it, nothing is written and what was typed stays."""
    with god():
        CaseAccess.objects.update(sections=["contact"])
    parvina = house.browser("shelter-worker")
    answer = parvina.post(at(helped, "finish/"), press(helped, result="not_needed", note=NOTE))
    assert answer.status_code == 400
    assert "Nobody at the sender could open a note now" in page_text(answer)
    assert "Canary-Note" in answer.content.decode()
    with god():
        assert Referral.objects.get(pk=helped.pk).state_code == "accepted"
        assert not PacketBody.objects.filter(section_code="result").exists()


def listed(page: str) -> tuple[str, str]:
    """The title of the list in which the row of a result stands on Today, and the row."""
    before, _, after = page.partition("Ask the person how it was")
    titles = re.findall(r"<h2[^>]*>\s*([^<]+?)\s*<", before)
    return titles[-1], after.partition("</li>")[0]


def test_today_says_how_it_ended_and_that_a_note_came(house: Senders, helped: Referral) -> None:
    """Red before: "Ask the person how it was" at the bottom of "Later", and nothing of both."""
    finish(house, helped)
    title, row = listed(house.browser().get("/").content.decode())
    assert "<b>they say: no longer needed</b>" in row
    assert "a note came with it" in row
    assert title == "Call now: the person may be on the way", "a line of the one card of the person (ADR 216)"


def test_who_was_helped_waits_among_what_comes_later_without_a_note(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    house.finished(referral, "given")
    title, row = listed(house.browser().get("/").content.decode())
    assert "they say: help was given" in row
    assert ("<b>they say" in row, "a note" in row) == (False, False)
    assert title == "Call now", "a line of the row that asks where the person sleeps (ADR 164)"
