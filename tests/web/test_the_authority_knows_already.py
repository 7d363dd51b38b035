"""The guardianship authority answered for the child: it knows of the child, and that is recorded with one press."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.models import Case, CaseClock
from tests.database import god
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db

SAYS = r"The guardianship authority answered for the child (today|yesterday) \d\d:\d\d\."
BUTTON = "Record: they know"


def child(house: Senders, **spoke: object) -> Case:
    """A girl with whom this adult was asked."""
    case = house.case({"age_band_code": "a9_17"})
    house.agreed(case, as_child=True, child_answer="agrees", **spoke)
    return case


def press(house: Senders, case: Case, **said: str) -> int:
    with god():
        version = str(Case.objects.get(pk=case.pk).version)
    form = {"operation": str(uuid4()), "version": version, **said}
    return house.browser().post(f"/cases/{case.code}/tell_child_protection/", form).status_code


def told(case: Case) -> bool:
    with god():
        return Case.objects.get(pk=case.pk).told_child_protection_at is not None


def test_who_answered_for_the_child_is_the_ready_answer(house: Senders) -> None:
    """Red before: the page asked whom they had reached, as if nobody had spoken with them."""
    case = child(house, speaker="guardianship_body")
    asks = f"/cases/{case.code}/tell_child_protection/"
    page = page_text(house.browser().get(asks))
    assert re.search(SAYS, page)
    assert BUTTON in page
    assert not told(case), "never by itself"
    assert press(house, case, do="answered") == 303
    assert told(case)
    assert "Saved: the guardianship authority knows of the child. The time limit has stopped." in page_text(
        house.browser().get(f"/cases/{case.code}/")
    )
    with god():
        assert not CaseClock.objects.filter(case=case, clock_code="child", done=False).exists()
        case = Case.objects.get(pk=case.pk)
    with house.as_() as zarina:
        assert "Guardianship authority" in open_section(zarina, case, section="contact").fields["child_contact"]


@pytest.mark.parametrize(
    "spoke", [{"speaker": "relative"}, {"speaker": "guardianship_body", "speaker_suspected": True}]
)
def test_of_another_adult_it_is_asked_as_before(house: Senders, spoke: dict[str, object]) -> None:
    """Whether a relative knows of the child says nothing of child protection; nor does a word that holds nothing."""
    case = child(house, **spoke, answer="no" if "speaker_suspected" in spoke else "yes")
    assert BUTTON not in page_text(house.browser().get(f"/cases/{case.code}/tell_child_protection/"))
    assert press(house, case, do="answered") == 400, "and the press of an old page records nothing"
    assert not told(case)
