"""Who is plainly no child is not read what is said to those under 18 (ADR 0176)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests import doors
from tests.web.scene import Scene
from tests.web.senders import Senders, page_text
from tests.web.test_age_put_right import page
from tests.web.test_an_age_after_the_end import CHILD, came, saved

pytestmark = pytest.mark.django_db
TO_CHILDREN, TO_ALL = "If you are under 18", "What we write down"
PAGES = ("first/?step=consent", "first/?step=consent&read=en", "consent/", "consent/print/?in=en&with=tg")


def heard(house: Senders, case: Case) -> set[bool]:
    """Whether it stands on the pages of the text, of which each has the rest."""
    pages = [page_text(house.browser().get(f"/cases/{case.code}/{one}")) for one in PAGES]
    assert all(TO_ALL in one for one in pages)
    return {TO_CHILDREN in one for one in pages}


@pytest.mark.parametrize(("age", "hears"), [("a48_plus", False), ("a18_29", True), ("adult_age_unknown", True)])
def test_it_is_read_to_whom_somebody_could_think_a_child(house: Senders, age: str, *, hears: bool) -> None:
    """Red before: a man of 60 was read what is so if he is under 18."""
    case = house.case({"age_band_code": age, "sex_code": "male"})
    assert heard(house, case) == {hears}
    with house.as_() as zarina:
        cases.settle_age(zarina, case, version=Case.objects.get(pk=case.pk).version, age_band=age, reason="papers")
    assert heard(house, case) == {False}, "once it is confirmed"


def test_it_is_read_where_the_sender_says_a_child(scene: Scene) -> None:
    case, _referral, own = came(scene, "a18_29")
    at = f"/cases/{own.code}/first/?step=consent&read=en"
    press_age(scene, own)
    assert TO_CHILDREN not in page(scene.parvina, at)
    saved(scene, case, CHILD)
    assert TO_CHILDREN in page(scene.parvina, at)


def press_age(scene: Scene, own: Case) -> None:
    """The shelter confirms the age of its own case, on what the person says."""
    with doors.acting(scene.parvina) as actor:
        found = Case.objects.get(pk=own.pk)
        cases.settle_age(actor, found, version=found.version, age_band="a18_29", reason="own_word")
