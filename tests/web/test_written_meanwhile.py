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
ALSO = "Written meanwhile, and it is sent too: Needs, risk, plan."


def looked_at(house: Senders, sections: set[str]) -> tuple[Case, Referral, str]:
    case = house.case()
    house.agreed(case, sections=sections)
    draft = house.draft(case, sections=["contact"], told_body=False)
    return case, draft, f"/cases/{case.code}/first/?step=check&of={draft.code}"


def writes(house: Senders, case: Case) -> None:
    with house.as_() as zarina:
        write_section(
            zarina, Case.objects.get(pk=case.pk), section="needs", fields={"wishes": "Canary-Wish"}, seal_no=0
        )


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


def test_what_was_left_out_since_stays_out(house: Senders) -> None:
    """Red before: changed after it was called empty, the draft sent the part all the same."""
    case, draft, at = looked_at(house, {"contact", "needs"})
    zarina = house.browser()
    assert EMPTY in page_text(zarina.get(at))
    writes(house, case)
    with house.as_() as actor:
        now = {"purpose": "help", "urgency": "urgent", "sections": ["contact"]}
        send.edit(actor, draft, version=draft.version, service=draft.service_id, **now)
    page = zarina.get(at)
    assert zarina.post(at, {**fields(page), "do": "send"}).status_code == 303
    assert went(draft) == ("sent", {"contact"})
