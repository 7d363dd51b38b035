"""A part that the page called empty is written in another window: it goes with the referral, once that was read."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions.section import write_section
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
EMPTY = "Needs, risk, plan: empty, so it is not sent."
HEALTH = "Health: empty. Once written, it is sent only if you tick it."
TICK = "Written meanwhile: Health. It is sent only if you tick it. Look once more, then send."
ALSO = "Written meanwhile, and it is sent too: Needs, risk, plan."


def looked_at(house: Senders, sections: set[str]) -> tuple[Case, Referral, str]:
    case = house.case()
    house.agreed(case, sections=sections)
    draft = house.draft(case, sections=["contact"], told_body=False)
    return case, draft, f"/cases/{case.code}/first/?step=check&of={draft.code}"


def writes(house: Senders, case: Case, section: str = "needs", **said: str) -> None:
    fields = said or {"wishes": "Canary-Wish"}
    with house.as_() as zarina:
        write_section(zarina, Case.objects.get(pk=case.pk), section=section, fields=fields, seal_no=0)


def went(draft: Referral) -> tuple[str, set[str]]:
    with god():
        found = Referral.objects.select_related("sender").get(pk=draft.pk)
        return found.state_code, {*found.sender.sections}


def test_the_press_on_the_old_page_says_that_it_goes_too(house: Senders) -> None:
    """Red before: it was sent without it: the doctor never got what the page said to write first."""
    case, draft, at = looked_at(house, {"contact", "needs"})
    zarina = house.browser()
    page = zarina.get(at)
    assert EMPTY in page_text(page)
    old = {**fields(page), "agreed_text": "Canary-Words", "do": "send"}
    writes(house, case)
    asked = zarina.post(at, old)
    assert asked.status_code == 409
    assert (ALSO in page_text(asked), EMPTY in page_text(asked), "Canary-Words" in asked.content.decode()) == (
        True,
        False,
        True,
    )
    assert went(draft) == ("draft", {"contact"})
    assert zarina.post(at, {**fields(asked), "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact", "needs"})


def test_after_a_reload_it_goes_at_the_first_press(house: Senders) -> None:
    case, draft, at = looked_at(house, {"contact", "needs"})
    zarina = house.browser()
    assert EMPTY in page_text(zarina.get(at))
    writes(house, case)
    page = zarina.get(at)
    assert EMPTY not in page_text(page)
    assert zarina.post(at, {**fields(page), "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact", "needs"})


@pytest.mark.parametrize("sections", [{"contact"}, {"contact", "needs"}])
def test_what_was_not_agreed_to_or_was_left_out_on_purpose_does_not_go(house: Senders, sections: set[str]) -> None:
    """It was never called empty on the page of this draft."""
    case, draft, at = looked_at(house, sections)
    writes(house, case)
    zarina = house.browser()
    page = zarina.get(at)
    assert zarina.post(at, {**fields(page), "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact"})


@pytest.mark.parametrize("ticked", [False, True])
def test_what_was_left_out_since_stays_out_and_is_offered(house: Senders, ticked: bool) -> None:
    """Red before: changed after it was called empty, the draft sent the part; later nothing said that it does not."""
    case, draft, at = looked_at(house, {"contact", "needs"})
    zarina = house.browser()
    assert EMPTY in page_text(zarina.get(at))
    writes(house, case)
    with house.as_() as actor:
        now = {"purpose": "help", "urgency": "urgent", "sections": ["contact"]}
        send.edit(actor, draft, version=draft.version, service=draft.service_id, **now)
    page = zarina.get(at)
    assert "Written since, not sent. Tick it to send it too." in page_text(page)
    also = {"also": ["needs"]} if ticked else {}
    assert zarina.post(at, {**fields(page), **also, "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact", "needs"} if ticked else {"contact"})


@pytest.mark.parametrize("ticked", [False, True])
def test_what_does_not_go_of_itself_is_offered_to_be_ticked(house: Senders, ticked: bool) -> None:
    """Red before: "Health: empty … Write it first", to a shelter: it was written, and nothing said that it stays."""
    case = house.case()
    house.agreed(case, sections={"contact", "health"})
    draft = house.draft(case, sections=["contact"], told_body=False)
    at = f"/cases/{case.code}/first/?step=check&of={draft.code}"
    zarina = house.browser()
    page = zarina.get(at)
    assert HEALTH in page_text(page)
    writes(house, case, "health", for_this_service="Canary-Health")
    asked = zarina.post(at, {**fields(page), "agreed_text": "Canary-Words", "do": "send"})
    assert (asked.status_code, TICK in page_text(asked)) == (409, True)
    assert HEALTH not in page_text(asked)
    also = {"also": ["health"]} if ticked else {}
    assert zarina.post(at, {**fields(asked), **also, "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact", "health"} if ticked else {"contact"})


@pytest.mark.parametrize("ticked", [False, True])
def test_asking_for_an_open_case_says_it_at_the_press_too(house: Senders, ticked: bool) -> None:
    """Red before: sent without both parts; only who opened the page anew was told."""
    case, zarina = house.case(), house.browser()
    house.agreed(case, sections={"contact", "needs", "health"})
    at = f"/cases/{case.code}/refer/"
    page = zarina.post(at, house.screen(case, do=""))
    assert (EMPTY in page_text(page), HEALTH in page_text(page)) == (True, True)
    writes(house, case)
    writes(house, case, "health", for_this_service="Canary-Health")
    asked = zarina.post(at, {**fields(page, at), "do": "send"})
    with god():
        assert not Referral.objects.exists()
    assert ALSO in page_text(asked)
    assert "Health: written meanwhile, not sent. Tick it." in page_text(asked)
    now = fields(asked, at)
    assert {*now["sections"]} == {"contact", "needs"}, "what goes of itself is ticked"
    now["sections"] += ["health"] * ticked
    assert zarina.post(at, {**now, "do": "send"}).status_code == 303
    with god():
        sent = Referral.objects.get()
    assert went(sent) == ("sent", {"contact", "needs", *(["health"] * ticked)})
