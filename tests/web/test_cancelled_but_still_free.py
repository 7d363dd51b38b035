"""A bed that was promised by telephone, whose referral was cancelled: it is taken after all, or they were told."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import arrange, asked, call
from tests.web.test_must_get_nothing import ends_one
from tests.web.test_taken_back import TITLE, presses
from tests.web.test_today_in_danger import form_of
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db

LEAD, ABOVE = "caseworker-cso", "supervisor-cso"
FREE, GOES, FIRST = (
    "Their place is still free",
    "Free: they expect the person",
    "ask first whether theirs is still free",
)
NOBODY = "say that nobody comes"


@pytest.fixture
def cancelled(house: Senders) -> tuple[Case, Referral]:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    arrange(house, sent)
    pass_time(minutes=1)
    return case, cancels(house, sent)


def cancels(house: Senders, sent: Referral) -> Referral:
    with house.as_() as zarina:
        found = Referral.objects.get(pk=sent.pk)
        send.recall(zarina, found, version=found.version, reason="placed_elsewhere")
    pass_time(minutes=1)
    return sent


def told_and_cancelled(house: Senders) -> tuple[Case, Referral]:
    """They said yes by telephone, the person was told, and the sender ended it."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    arrange(house, sent)
    pass_time(minutes=1)
    told(house, sent)
    return case, cancels(house, sent)


def look(house: Senders, at: str, who: str = LEAD) -> str:
    return page_text(house.browser(who).get(at))


def goes_there(house: Senders, case: Case, sent: Referral) -> str:
    """The button of the referral's page."""
    page = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    said = page_text(house.browser().post(to, form, follow=True))
    pass_time(minutes=1)
    return said


def test_a_place_that_is_free_after_all_is_taken(house: Senders, cancelled: tuple[Case, Referral]) -> None:
    """Red before: "ask first whether theirs is still free", and no way to say that it is."""
    case, sent = cancelled
    pages = ("/", f"/referrals/{sent.code}/")
    for who in (LEAD, ABOVE):
        for page in pages:
            assert FIRST in look(house, page, who), (who, page)
    assert (FREE in look(house, "/"), FREE in look(house, "/", ABOVE)) == (True, False), "who works on it says it"
    tells = "If theirs is free, tell the team: they write it. If it is not, press “Told them”."
    assert (tells in look(house, "/"), tells in look(house, "/", ABOVE)) == (False, True), "red before: nothing"
    box = house.browser(ABOVE).get("/").content.decode().partition(tells)[2].partition("</li>")[0]
    assert f'action="/cases/{case.code}/tell_lead/"' in box
    assert (GOES in look(house, pages[1]), GOES in look(house, pages[1], ABOVE)) == (True, False)
    said = goes_there(house, case, sent)
    assert "Saved: a place for tonight was found. Today asks whether the person got there." in said
    for who in (LEAD, ABOVE):
        for page in (*pages, f"/cases/{case.code}/"):
            text = look(house, page, who)
            assert (FIRST in text, NOBODY in text, GOES in text) == (False, False, False), (who, page)
        assert "did the person get there?" in look(house, "/", who)
        assert "Shelter Kulob" in look(house, "/", who)
    assert NOBODY not in look(house, f"/cases/{case.code}/close/"), "they wait for the person"
    to, form = form_of(look_raw(house, f"/cases/{case.code}/"), f"/cases/{case.code}/place-reached/")
    house.browser().post(to, form)
    pass_time(minutes=1)
    for page in (*pages, f"/cases/{case.code}/close/"):
        assert NOBODY not in look(house, page), page


def look_raw(house: Senders, at: str) -> str:
    return house.browser().get(at).content.decode()


def test_nobody_is_told_not_to_go_where_they_go_after_all(house: Senders) -> None:
    case, sent = told_and_cancelled(house)
    assert TITLE in look(house, "/")
    goes_there(house, case, sent)
    for who in (LEAD, ABOVE):
        assert TITLE not in look(house, "/", who)


def test_that_they_were_told_is_read_where_a_place_is_looked_for(
    house: Senders, cancelled: tuple[Case, Referral]
) -> None:
    """Red before: put forward with "they said yes by telephone", and silent on that they wait for nobody."""
    case, sent = cancelled
    again = f"/referrals/{sent.code}/again/"
    before = "before that referral ended."
    assert before in look(house, again)
    assert "was told that nobody comes" not in look(house, f"/cases/{case.code}/")
    presses(house, sent, "call", "not_reached")
    assert before in look(house, again)
    presses(house, sent, "call", "reached")
    page = look(house, again)
    assert before not in page
    assert "that nobody comes." in page.partition("For this person they said yes by telephone")[2][:80]
    said = look(house, f"/cases/{case.code}/").partition("What happened")[0]
    assert "Shelter Kulob said yes by telephone" in said
    assert "and was told that nobody comes (" in said
    assert FIRST not in said


def test_whoever_the_person_wants_to_get_nothing_is_not_chosen_so(
    house: Senders, cancelled: tuple[Case, Referral]
) -> None:
    case, sent = cancelled
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    assert GOES not in look(house, f"/referrals/{sent.code}/")


@pytest.mark.parametrize("nothing_more", [True, False], ids=["they get nothing more", "this referral only"])
def test_whom_the_person_shut_out_is_not_asked_for_a_bed(house: Senders, nothing_more: bool) -> None:
    """Red before: "ask first whether theirs is still free", of the organisation that the person had just ended."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    ends_one(house, sent, **({"nothing_more": "on"} if nothing_more else {}))
    pass_time(minutes=1)
    for who in (LEAD, ABOVE):
        for page in ("/", f"/referrals/{sent.code}/"):
            text = look(house, page, who)
            assert (FIRST in text, NOBODY in text, GOES in text, FREE in text) == (False, True, False, False), (
                who,
                page,
            )
    assert FIRST not in look(house, f"/cases/{case.code}/")
