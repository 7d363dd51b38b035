"""A child of whom nobody is named to tell: it is read before the press that sends, with the way to name somebody."""

from __future__ import annotations

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions.section import open_section, write_section
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_a_child_was_asked_as_an_adult import SPOKEN, WOMAN, corrected

pytestmark = pytest.mark.django_db
NOBODY = "Nobody is named yet to tell of this child. It can be sent once somebody is."


def test_it_is_said_before_the_press_with_the_way_to_name_somebody(house: Senders) -> None:
    """Red before: only after "I have told the person. Send"."""
    case = house.case(WOMAN)
    house.agreed(case)
    draft = house.draft(case)
    at, client = f"/referrals/{draft.code}/edit/", house.browser()
    assert NOBODY not in page_text(client.get(at)), "of an adult nobody is told"
    corrected(house, case, "a9_17")
    with god():
        case.refresh_from_db()
    house.agreed(case, **SPOKEN)
    for page in (at, f"/cases/{case.code}/first/?step=check&of={draft.code}"):
        read = client.get(page)
        assert NOBODY in page_text(read), page
        html = read.content.decode()
        assert html.index(NOBODY) < html.index('value="send"'), page
        assert f'href="/cases/{case.code}/section/?of=contact" target="_blank"' in html, page
    with house.as_() as zarina:
        sheet = open_section(zarina, case, section="contact")
    with house.as_() as zarina:
        fields = {**sheet.fields, "child_contact": "Canary-Guardianship"}
        write_section(zarina, case, section="contact", fields=fields, seal_no=sheet.seal_no)
    assert NOBODY not in page_text(client.get(at))


def test_a_choice_that_changes_opens_nothing_again(house: Senders) -> None:
    """Each reading is a row of the record of access. Red before: one row at every change of a choice."""
    case = house.case(WOMAN)
    house.agreed(case)
    corrected(house, case, "a9_17")
    with god():
        case.refresh_from_db()
    house.agreed(case, **SPOKEN)
    at, client = f"/cases/{case.code}/refer/", house.browser()

    def chooses() -> int:
        shown = client.post(at, house.screen(case, do="preview", sections=["contact"]))
        assert NOBODY in page_text(shown)
        with god():
            return Ledger.objects.filter(action_code="section.open", section_code="contact").count()

    assert chooses() == chooses(), "read once, then remembered"
