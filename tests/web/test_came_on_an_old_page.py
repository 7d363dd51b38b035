"""Help began on a page from before the age was corrected: whether the child can stay is still asked (ADR 0167)."""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_for_another_age import put_right
from tests.web.test_an_age_put_right_twice import accepted
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db
DOUBT = "Child: Shelter Kulob does not say that it takes children"
IS_CHILD = "The age was corrected after you opened this page: the person is a child."
KEPT = "Said on a page from before the age was corrected"


def came(house: Senders, sent: Referral, *, old: bool, case: Case, band: str = "a9_17") -> str:
    """The shelter says that the person came, on a page from before the correction or from after it; what it reads."""
    worker, at = house.browser("shelter-worker"), f"/referrals/{sent.code}/"
    drawn = fields(worker.get(at), f"{at}serve/")
    pass_time(minutes=1)
    put_right(house, case, band)
    answer: Any = worker.post(f"{at}serve/", drawn if old else fields(worker.get(at), f"{at}serve/"))
    assert answer.status_code == 303
    pass_time(minutes=1)
    return page_text(worker.get(answer["Location"]))


def asked(house: Senders, case: Case, sent: Referral) -> dict[str, bool]:
    """Where the sender's team, and who supervises it, read that they are to call; Today and its count say the same."""
    found = {}
    for slug in ("caseworker-cso", "supervisor-cso"):
        home = page_text(house.browser(slug).get("/"))
        found[slug] = DOUBT in home
        with house.as_(slug) as actor:
            assert counts(actor).to_call == int(DOUBT in home), slug
        found[f"{slug} case"] = DOUBT in page_text(house.browser(slug).get(f"/cases/{case.code}/"))
    text = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    found["referral"] = "They accepted before the age was corrected, and do not say that they take" in text
    return found


def test_a_press_from_before_is_taken_and_nobody_has_said_that_the_child_can_stay(house: Senders) -> None:
    """Red before: the doubt was gone from all pages, though nobody there knew of a child."""
    case, sent = accepted(house, "a18_29")
    assert IS_CHILD in came(house, sent, old=True, case=case)
    with god():
        assert Referral.objects.get(pk=sent.pk).state_code == "serving", "the person is there"
    assert set(asked(house, case, sent).values()) == {True}
    at = f"/referrals/{sent.code}/"
    assert KEPT in page_text(house.browser().get(at))
    press(house.browser(), f"{at}call/", "not_reached")
    assert set(asked(house, case, sent).values()) == {True}, "nobody has said it yet"
    press(house.browser(), f"{at}call/", "reached")
    assert set(asked(house, case, sent).values()) == {False}


def test_whoever_knew_the_age_of_now_has_said_it_with_the_press(house: Senders) -> None:
    case, sent = accepted(house, "a18_29")
    assert IS_CHILD not in came(house, sent, old=False, case=case)
    assert set(asked(house, case, sent).values()) == {False}


def test_an_age_that_was_put_back_asks_nothing(house: Senders) -> None:
    case, sent = accepted(house, "a18_29")
    came(house, sent, old=True, case=case)
    put_right(house, case, "a18_29")
    assert set(asked(house, case, sent).values()) == {False}


def test_of_an_adult_the_shelter_reads_it_too(house: Senders) -> None:
    case, sent = accepted(house, "a9_17")
    said = came(house, sent, old=True, case=case, band="a30_47")
    assert "The age was corrected after you opened this page: the person is an adult." in said
    assert set(asked(house, case, sent).values()) == {False}, "an adult is in no doubt there"
