"""Who is not where they were to be: somebody calls now, and reads what matters for it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.today import today
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, records, version

pytestmark = pytest.mark.django_db

READERS = ("caseworker-cso", "supervisor-cso")


@pytest.fixture
def missed(house: Senders, second_shelter: Service) -> Referral:
    """A place for tonight was accepted, the team said that the person came, and the shelter that they are not there."""
    case = house.case({"need_tonight_codes": ["safe_place"], "risk_code": "high"})
    house.agreed(case)
    records(house)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    with house.as_() as zarina:
        confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard="came")
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    pass_time(minutes=1)
    return referral


def under(house: Senders, slug: str, title: str) -> str:
    """What stands on Today under this title, as far as the next one."""
    page = house.browser(slug).get("/").content.decode()
    found = re.search(rf"<h2[^>]*>\s*{title}.*?(?=<h2|</main)", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).replace("\xa0", " ") if found else ""


def lists(house: Senders, slug: str) -> tuple[list[str], list[str]]:
    """What is to call about, and what is late; the rail counts the same."""
    with house.as_(slug) as actor:
        cards, said = order.cards(today(actor, "en")), counts(actor)
    assert said.without_place + said.to_call == len(cards["unread"]), (slug, said)
    assert said.late == sum(len(cards[card]) for card in ("overdue", "late", "papers", "steps")), (slug, said)
    return [row.what for row in cards["unread"]], [row.what for row in cards["late"]]


@pytest.mark.parametrize("slug", READERS)
def test_it_is_a_call_and_says_what_matters(house: Senders, missed: Referral, slug: str) -> None:
    assert lists(house, slug) == (["stopped.missed"], [])
    row = under(house, slug, "Call now")
    for said in (
        "The person did not come",
        "your team had said that the person came",
        "No place for tonight",
        "risk: high",
        "00\N{NON-BREAKING HYPHEN}11",
        "Open the referral",
    ):
        assert said.casefold() in row.casefold(), (said, row)
    # Red before: the other way stood on no page until somebody had said that they are safe.
    again = f'href="/referrals/{missed.code}/again/"'
    shown = house.browser(slug).get("/").content.decode()
    assert (again in shown) is (slug == "caseworker-cso")
    if again in shown:
        assert row.index("Open the referral") < row.index("Ask another organisation"), "whether they are safe is first"
    assert "Tell the " not in row
    listed = page_text(house.browser(slug).get("/cases/"))
    assert "Find out whether the person is safe" in listed
    assert "No place" in listed


def test_it_stands_above_who_is_in_less_hurry(house: Senders, missed: Referral) -> None:
    child = house.case({"need_tonight_codes": ["safe_place"], "age_band_code": "a9_17"})
    with house.as_() as zarina:
        found = order.cards(today(zarina, "en"))["unread"]
    assert [row.what for row in found] == ["stopped.missed", "place.open"], "who is missing first among equals"
    assert found[1].case == child.code


@pytest.mark.parametrize("slug", READERS)
def test_the_page_has_the_number_and_the_answers_to_a_call(house: Senders, missed: Referral, slug: str) -> None:
    browser = house.browser(slug)
    at = f"/referrals/{missed.code}/"
    page = page_text(browser.get(at))
    assert "Find out whether the person is safe" in page
    assert "00\N{NON-BREAKING HYPHEN}11" in page
    assert "I called" in page
    another = page.find("Ask another organisation")
    assert (another > page.index("Looked for, not found")) is (slug == "caseworker-cso"), "second, once"
    assert page.count("Ask another organisation") == (slug == "caseworker-cso")
    for answer in ("not_reached", "reached"):
        browser.post(f"{at}call/", {"operation": str(uuid4()), "answer": answer})
        pass_time(minutes=1)
        for reader in READERS:
            assert lists(house, reader) == (["stopped.missed"], []), "a call says nothing of the person (ADR 0133)"


@pytest.mark.parametrize("slug", READERS)
def test_the_case_says_it_with_the_same_button(house: Senders, missed: Referral, slug: str) -> None:
    case = re.search(r"/cases/(\d+)/", house.browser(slug).get(f"/referrals/{missed.code}/").content.decode())
    assert case is not None
    page = house.browser(slug).get(case[0]).content.decode()
    alarm = page.partition('class="alarm')[2].partition("</section>")[0]
    assert "The person did not come" in alarm
    assert f'href="/referrals/{missed.code}/"' in alarm
    again = alarm.find(f'href="/referrals/{missed.code}/again/"')
    assert (again > alarm.index("Looked for, not found")) is (slug == "caseworker-cso"), "red before: on no page"


def test_without_the_word_of_the_team_the_row_does_not_say_it(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    pass_time(days=1)
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    row = under(house, "caseworker-cso", "Call now")
    assert "The person did not come" in row
    assert "your team had said" not in row
    assert "No place for tonight" not in row
