"""Referring in a real browser, on a telephone: three taps, the preview follows the choice, nothing sticks out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.site.screens.looks import barriers
from tests.database import god
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.senders import Senders, referrals, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PHONE, DESK, NARROW = (360, "dark"), (1366, "light"), (320, "light")
Show = Callable[..., Shown]


@pytest.fixture
def case(house: Senders):
    case = house.case(needs={"needs": "Canary-Needs"}, identity={"legal_names": "Canary-Legal"})
    house.agreed(case)
    return case


def test_three_taps_on_a_telephone(house: Senders, show: Show, case) -> None:
    shown = show(f"/cases/{case.code}/refer/", width=360)  # the first tap is on the page of the case
    page = shown.page
    shot(page, "refer-1-360")
    assert page.get_by_role("button", name="I have told the person").count() == 0
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    assert page.get_by_role("region", name="Chosen service").get_by_text("Shelter Kulob").is_visible()
    assert page.locator("[name=sections][value=needs]").is_checked()
    assert page.evaluate("document.documentElement.scrollHeight") < 2000
    slip = page.locator(".slip").bounding_box()
    send = page.get_by_role("button", name="I have told the person. Send").bounding_box()
    assert slip is not None
    assert send is not None
    assert slip["y"] < send["y"], "what they will see stands above Send"
    shot(page, "refer-2-360")
    assert page.evaluate(OUT_OF_THE_PAGE) == []
    assert shown.complaints == []
    assert barriers(page) == []
    page.get_by_role("button", name="I have told the person. Send").click()
    page.get_by_text("No place for tonight yet").first.wait_for()
    (referral,) = referrals()
    assert state(referral) == "sent"


def test_who_chooses_a_service_reads_next_what_they_will_see(show: Show, case) -> None:
    page = show(f"/cases/{case.code}/refer/", width=360).page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    assert page.locator("form[data-draft-words]").count(), "a choice alone is not kept as typing"
    page.wait_for_function(
        "() => { const r = document.querySelector('[data-land]').getBoundingClientRect();"
        " return r.top >= 0 && r.bottom < innerHeight && scrollY === 0 }"
    )
    assert page.get_by_role("region", name="Chosen service").get_by_text("Shelter Kulob").is_visible()


def test_what_they_will_see_follows_and_what_was_typed_stays(show: Show, case) -> None:
    shown = show(f"/cases/{case.code}/refer/")
    page = shown.page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.get_by_text("Add what the person wants them to know").click()
    page.locator("#id_agreed_text").fill("Canary-Typed")
    page.get_by_text("Change urgency or parts").click()
    with page.expect_response("**/refer/"):
        page.locator("[name=sections][value=needs]").uncheck()
    page.locator(".slip .later p", has_text="Needs").wait_for(state="detached")
    assert page.locator("#id_agreed_text").input_value() == "Canary-Typed"
    with page.expect_response("**/refer/"):
        page.get_by_label("Within a day").check()
    page.get_by_text("you can stop it for 30 seconds").wait_for()
    assert shown.complaints == []
    page.locator("#id_needed_from").fill("31.02.2027")
    page.get_by_role("button", name="I have told the person. Send").click()
    page.locator(".bad #id_needed_from:focus").wait_for()
    assert page.locator("#id_agreed_text").input_value() == "Canary-Typed"
    assert not referrals()


def test_it_works_without_script(show: Show, case) -> None:
    page = show(f"/cases/{case.code}/refer/", width=360, java_script_enabled=False).page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    assert page.get_by_role("button", name="Show what they will see").count(), "for what is changed beside it"
    page.get_by_role("button", name="I have told the person. Send").click()
    assert page.get_by_text("No place for tonight yet").count()
    assert len(referrals()) == 1


def test_nothing_sticks_out_and_axe_finds_nothing(house: Senders, show: Show, case) -> None:
    """Every page is fetched once and looked at on three screens; axe looks at both themes."""
    shown, looked = show("/referrals/", width=360), set()
    for name, path in stories(house, case).items():
        shown.go(path)
        for width, scheme in (PHONE, DESK, NARROW):
            shown.look(width, scheme)
            shot(shown.page, f"{name}-{width}-{scheme}")
            assert shown.page.evaluate(OUT_OF_THE_PAGE) == [], (name, width)
            if width != 320:
                assert barriers(shown.page) == [], (name, width)
            looked.add((name, width, scheme))
        assert shown.complaints == [], name
    assert len(looked) == 15 * 3


def stories(house: Senders, case) -> dict[str, str]:
    """Addresses of the pages in their states."""
    doctor = house.case({"need_tonight_codes": ["doctor"]})
    draft = house.draft(case)
    waiting = house.sent(case, sections=["contact", "needs"])
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=waiting.pk)
        receive.ask(desk, card, version=card.version, question_code="can_travel")
    others = []
    for facts in ({}, {}, {}):
        one = house.case(facts)
        house.agreed(one)
        others.append(house.sent(one))
    house.accepted(others[0], meeting={"hour": "10:30", "place": "Canary-Corner", "ask_for": "Canary-Name"})
    house.accepted(others[1])
    house.finished(others[1])
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=others[2].pk)
        receive.decline(desk, card, version=card.version, reason="full")
    with god():
        codes = {one.pk: one.code for one in Referral.objects.all()}
    at = {
        name: f"/referrals/{codes[one.pk]}/"
        for name, one in zip(("accepted", "finished", "declined"), others, strict=True)
    }
    return {
        "nothing-fits": f"/cases/{doctor.code}/refer/",
        "draft": f"/referrals/{draft.code}/",
        "edit": f"/referrals/{draft.code}/edit/",
        "waiting": f"/referrals/{waiting.code}/",
        "answer": f"/referrals/{waiting.code}/answer/",
        "recall": f"/referrals/{waiting.code}/recall/",
        "accepted": at["accepted"],
        "meeting": f"{at['accepted']}?open=meeting",
        "add": f"{at['accepted']}add/",
        "finished": at["finished"],
        "confirm": f"{at['finished']}confirm/",
        "declined": at["declined"],
        "again": f"{at['declined']}again/",
        "list": "/referrals/",
        "list-empty": "/referrals/?show=accepted&after=x",
    }
