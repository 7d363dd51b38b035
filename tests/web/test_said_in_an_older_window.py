"""What a desk told a coordinator of who is expected there is undone by no older window, and stands until it is settled.

So it is of the other calls: what was said there meanwhile is read before anything is written.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time, pass_time_until
from tests.jobs.test_clock import run
from tests.web.senders import Senders, page_text, state, version
from tests.web.test_agreed_by_telephone import call as call_there
from tests.web.test_said_of_an_arrival import expected
from tests.web.test_said_on_the_telephone import LATE, press
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NOT_SAVED = "Not saved yet. Recorded meanwhile: "
THEY_TOLD = r"[Tt]he coordinator called (?:today|yesterday) \d\d:\d\d: they say that the person is (not )?with them"
ONCE_MORE = "Say once more how it is now."


def opened(house: Senders, sent: Referral, heard: str, who: str = "caseworker-cso") -> tuple[str, dict[str, str]]:
    """The button on the sender's page of a referral, as it stands there now."""
    page = house.browser(who).get(f"/referrals/{sent.code}/").content.decode()
    at, form = form_of(page, f"/referrals/{sent.code}/hear/")
    return at, {**form, "heard": heard}


@pytest.mark.parametrize("who", ["caseworker-cso", "supervisor-cso"])
@pytest.mark.parametrize(
    ("told", "heard", "asks"),
    [
        ("not_with_them", "came", True),
        ("not_with_them", "called", True),
        ("not_with_them", "did_not_come", False),
        ("with_them", "did_not_come", True),
        ("with_them", "came", False),
        ("not_known", "came", False),
    ],
)
def test_the_sender_is_asked_once_more(house: Senders, who: str, told: str, heard: str, asks: bool) -> None:
    """Red before: "Saved: the person came", and that the desk had just said the contrary stood in the time line."""
    sent, call = expected(house)
    at, old = opened(house, sent, heard, who)
    pass_time(minutes=1)
    press(house.browser("coordinator"), call, told)
    browser = house.browser(who)
    before = version(sent)
    answer = page_text(browser.post(at, old, follow=True))
    assert (NOT_SAVED in answer) == asks, answer
    if not asks:
        assert version(sent) > before
        return
    assert re.search(NOT_SAVED + THEY_TOLD, answer), answer
    assert ONCE_MORE in answer
    assert version(sent) == before, "nothing was written"
    pass_time(minutes=1)
    again = page_text(browser.post(*opened(house, sent, heard, who), follow=True))
    assert "Saved" in again
    assert version(sent) > before


@pytest.mark.parametrize(
    ("heard", "told", "asks"),
    [
        ("came", "not_with_them", True),
        ("came", "with_them", False),
        ("did_not_come", "with_them", True),
        ("did_not_come", "not_with_them", False),
    ],
)
def test_the_coordinator_is_asked_once_more(house: Senders, heard: str, told: str, asks: bool) -> None:
    """Red before: what the sender had said since the page was read was no reason to ask."""
    sent, call = expected(house)
    farida = house.browser("coordinator")
    old = form_of(farida.get(LATE).content.decode(), call)[1]
    pass_time(minutes=1)
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard=heard)
    pass_time(minutes=1)
    said = page_text(farida.post(call, {**old, "answer": told}, follow=True))
    assert (NOT_SAVED in said) == asks, said
    assert ("Saved: Shelter Kulob says" in said) != asks
    if asks:
        again = form_of(farida.get(LATE).content.decode(), call)[1]
        assert "Saved: Shelter Kulob says" in page_text(farida.post(call, {**again, "answer": told}, follow=True))


@pytest.mark.parametrize(("told", "heard"), [("not_with_them", "came"), ("with_them", "did_not_come")])
def test_the_contradiction_stands_until_somebody_settles_it(house: Senders, told: str, heard: str) -> None:
    """Red before: once the sender had said the contrary, what the desk had told stood in the time line alone."""
    sent, call = expected(house)
    farida = house.browser("coordinator")
    press(farida, call, told)
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard=heard)
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        head = page_text(house.browser(who).get(f"/referrals/{sent.code}/")).partition("What happened")[0]
        assert re.search(THEY_TOLD, head), who
    if heard == "came":
        assert re.search(THEY_TOLD, page_text(house.browser().get("/")))
    press(farida, call, "put_back")  # it was a slip
    head = page_text(house.browser().get(f"/referrals/{sent.code}/")).partition("What happened")[0]
    assert not re.search(THEY_TOLD, head)


def test_it_stays_with_the_coordinator_where_the_consent_has_ended(house: Senders) -> None:
    """Red before: it left the coordinator's Today and the late ones altogether."""
    sent, call = expected(house)
    pass_time(days=60)
    farida = house.browser("coordinator")
    press(farida, call, "not_with_them")
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    pass_time(minutes=1)
    for at in ("/", LATE):
        said = page_text(farida.get(at))
        assert "they say that the person is not with them" in said, at
        assert "the person came" in said, at
    press(farida, call, "with_them")
    assert "the person came" not in page_text(farida.get(LATE)), "both say so, and the sender asks the person"


def test_who_takes_back_that_the_person_came_is_not_said_to_say_so(house: Senders) -> None:
    """Red before: the coordinator still read "The sender says that the person came"."""
    sent, _call = expected(house)
    farida = house.browser("coordinator")
    said = "says today"
    for heard, stands in (("came", True), ("called", False)):
        with house.as_() as lead:
            confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard=heard)
        pass_time(minutes=1)
        for at in ("/", LATE):
            assert (said in page_text(farida.get(at))) is stands, (heard, at)


def test_a_desk_that_had_said_yes_by_telephone_reads_that_before_it_declines(house: Senders) -> None:
    """Red before: "Declined", with no word that a colleague had said yes a moment ago."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    gulnora, at = house.browser("desk-shelter"), f"/referrals/{sent.code}/decline/"
    old = form_of(gulnora.get(f"/referrals/{sent.code}/").content.decode(), at)[1] | {"reason": "full"}
    pass_time(minutes=1)
    call_there(house, sent, "said_yes")
    pass_time(minutes=1)
    shown = gulnora.post(at, old, follow=True)
    assert re.search(
        NOT_SAVED + r"[Tt]he sender called (?:today|yesterday) \d\d:\d\d: somebody of yours said yes", page_text(shown)
    ), page_text(shown)
    assert state(sent) == "sent"
    again = form_of(shown.content.decode(), at)[1] | {"reason": "full", "operation": str(uuid4())}
    assert "Declined." in page_text(gulnora.post(at, again, follow=True))
    assert state(sent) == "declined"


@pytest.mark.parametrize("told", ["not_with_them", "with_them", "not_known"])
def test_what_a_desk_told_is_kept_where_the_row_is_gone(house: Senders, told: str) -> None:
    """Red before: 404, and what the desk had said was lost: once the consent has ended "came" takes the row away."""
    sent, call = expected(house)
    pass_time(days=60)
    farida = house.browser("coordinator")
    old = form_of(farida.get(LATE).content.decode(), call)[1]
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    assert call not in farida.get(LATE).content.decode()
    said = farida.post(call, {**old, "answer": told}, follow=True)
    assert said.status_code == 200
    assert "Saved" in page_text(said)
    shown = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "A call was made today" in shown.partition("What happened")[2]
    head = "they say that the person is not with them" in shown.partition("What happened")[0]
    assert head == (told == "not_with_them")


def test_what_a_desk_told_is_kept_where_it_has_said_the_contrary_itself(house: Senders) -> None:
    """Red before: 404 where the organisation itself had said that the person did not come."""
    sent, call = expected(house)
    farida = house.browser("coordinator")
    old = form_of(farida.get(LATE).content.decode(), call)[1]
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=sent.pk), version=version(sent))
    late = farida.post(call, {**old, "answer": "with_them"}, follow=True)
    assert "Saved." in page_text(late)
    shown = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "the coordinator called today" in shown.partition("What happened")[0].casefold(), "both are read"


def test_of_nobody_else_anything_is_written(house: Senders) -> None:
    sent, call = expected(house)
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    pass_time(hours=13)
    farida = house.browser("coordinator")
    pass_time(days=60)
    values = {"operation": str(uuid4()), "answer": "not_with_them"}
    assert farida.post(call, values).status_code == 404, "half a day after that word"
    other = house.case()
    house.agreed(other)
    waits = house.sent(other)
    values = {"operation": str(uuid4()), "answer": "not_with_them"}
    assert farida.post(f"/coordination/{waits.code}/call/", values).status_code == 404


def test_of_what_has_expired_nobody_is_said_to_be_there(house: Senders) -> None:
    """Red before: that the person is with them was kept of a referral that nobody had answered."""
    pass_time_until(0, 10)
    case = house.case()
    house.agreed(case)
    lapsed = house.sent(case)
    for hours in (1, 1, 5):
        pass_time(hours=hours)
        run()
    assert state(lapsed) == "lapsed"
    farida = house.browser("coordinator")
    values = {"operation": str(uuid4()), "answer": "with_them"}
    assert farida.post(f"/coordination/{lapsed.code}/call/", values).status_code == 404
