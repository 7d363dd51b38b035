"""Who asks again is offered the help that is missing, and other help says so; a press says first what it means."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone, translation

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.web.words import red
from tests.database import god
from tests.web.senders import Senders, at, page_text
from tests.web.test_met_where_they_are import POLICE, asked, press
from tests.web.test_still_needed import offered
from tests.web.test_the_way_on import declines

pytestmark = pytest.mark.django_db
FIT, OTHER, NONE = "Suitable services", "Other help that fits", "No organisation is listed that fits."


def declined(house: Senders, service: str, suggested: str = "") -> Referral:
    """A referral for this kind of help that gave none."""
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    declines(house, gone, suggested)
    with god():
        Referral.objects.filter(pk=gone.pk).update(service_code=service)
    return gone


def test_other_help_of_the_group_does_not_stand_under_what_fits(house: Senders) -> None:
    """Red before: for a missing case manager "Suitable services" listed an interpreter, and nothing else."""
    gone = declined(house, "COORD-01")
    offered(house, "COORD-02")
    managers = Service.objects.filter(service_code="COORD-01")
    with god():
        managers.update(is_active=False)
    text = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    places = [text.index(said) for said in ("Still needed: Case manager", NONE, "Record a missing", OTHER)]
    assert places == sorted(places)
    assert FIT not in text
    assert text.index(OTHER) < text.index("Interpreter", text.index(OTHER)), "folded, under its own name"
    with god():
        managers.update(is_active=True)
    text = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    assert text.index(FIT) < text.index("Case manager", text.index(FIT)) < text.index(OTHER)
    assert NONE not in text


def test_what_was_suggested_in_place_of_an_emergency_is_said_to_be_other_help(house: Senders) -> None:
    """Red before: the suggestion was the only choice, and the ambulance stood in another box."""
    gone = declined(house, "HEALTH-01", "LEGAL-01")
    text = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    still, suggested = text.index("Still needed: Emergency"), text.index("They suggested:")
    of_need = text[still:]
    assert suggested < still, "red before: the suggestion stood below (ADR 238)"
    assert "call an ambulance: 103" in text[:suggested], "which stands above both"
    assert text.count("call an ambulance: 103") == 1, "once: it stood above the list and in it"
    assert "National coordinator" in of_need
    assert "This is other help: what is needed is below." in text[suggested:still]


def test_a_test_or_an_examination_is_no_other_way_to_emergency_care(house: Senders) -> None:
    """Red before: "Others, and what speaks against them" listed case managers, HIV testing, forensic examination."""
    gone = declined(house, "HEALTH-01", "COORD-01")
    offered(house, "HEALTH-02", "HEALTH-04", "HEALTH-05", language_codes=["fr"])
    for service in ("COORD-01", "HEALTH-03"):
        for _number in range(4):
            offered(house, service, language_codes=["fr"])
    page = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    others = page.partition("Others, and what speaks against them")[2].partition("Services that do not take")[0]
    assert "Sexual and reproductive health" in others
    assert "General health check" in page
    for kind in ("HIV / TB", "Forensic", "Case manager"):
        assert kind not in others, kind
    assert "Case manager" in page, "which they suggested"
    at_first = page_text(house.browser().get(f"/cases/{house.case().code}/refer/?need=HEALTH"))
    assert "Forensic" in at_first, "whoever looks for it finds it"


def test_each_of_the_nearest_says_why_it_may_not_fit(house: Senders) -> None:
    """Red before: of one organisation the second row said neither reason, area nor number."""
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case, "health")
    offered(house, "HEALTH-01", "HEALTH-03", language_codes=["fr"])
    page = house.browser().get(f"/cases/{case.code}/refer/?need=HEALTH").content.decode()
    near = page.partition("None fits for certain")[2].partition("</ul>")[0]
    rows = re.findall(r"<li>.*?</li>", near, re.DOTALL)
    assert "may decline" in near.partition("<ul")[0], "said once, above them"
    assert ["speaks: " in row for row in rows] == [True] * 2


def test_what_now_means_is_said_before_the_press(house: Senders) -> None:
    """Red before: "within three hours" was read only after it; and no page said until which hour that is."""
    text = page_text(house.browser(POLICE).get(at(asked(house))))
    assert re.search(r"“Now” means: you meet the person by \d\d:\d\d, within 3 hours\.", text)


def test_who_is_asked_to_go_there_reads_before_the_press_that_nobody_said_where(house: Senders) -> None:
    """Red before: the summary has no region, and that the place was missing was read only after the press."""
    referral = asked(house)
    text = page_text(house.browser(POLICE).get(at(referral)))
    asks = text.index("When do you meet the person?")
    beside = text[text.index("Who will meet this person?") : asks]
    # Red before: it stood between the question and its buttons, without a gap.
    assert re.match(r"When do you meet the person\? One press accepts[^?]*? (Today )?Now\b", text[asks:]), (
        "right above its buttons"
    )
    assert "Where to meet the person: not given. Ask the sender before you accept." in beside
    assert "The sender's referral desk" in beside or "No number of the sender's referral desk" in beside
    press(house, referral, "accept", team=[str(house.world.membership(POLICE))], when="now")
    assert "Ask the sender before you accept" not in page_text(house.browser(POLICE).get(at(referral)))


def test_who_goes_there_reads_beside_the_button_that_nobody_said_where(house: Senders) -> None:
    """Red before: it stood without a tick at the bottom of the page."""
    referral = asked(house)
    shown = press(house, referral, "accept", team=[str(house.world.membership(POLICE))], when="now")
    asks = shown.index("Have you met the person?")
    beside = shown[asks : shown.index("We have met the person", asks)]
    assert "Where to meet the person: not given." in beside
    assert "The sender's referral desk" in beside or "No number of the sender's referral desk" in beside


def ended(house: Senders) -> tuple[Case, Referral]:
    """Help at a place that has ended, of which nobody has asked how it was."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    house.finished(referral, "given")
    return case, referral


def test_a_result_that_waits_to_be_confirmed_stands_in_what_is_next(house: Senders) -> None:
    """Red before: Today asked how it was, and the page of the case said nothing of it."""
    case, referral = ended(house)
    said = "Ask the person how it was: "
    assert said in page_text(house.browser().get("/"))
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    following = page.partition('id="what-next"')[2].partition("<h2")[0]
    assert said in following
    assert f"/referrals/{referral.code}/confirm/" in following
    text = page_text(house.browser().get(f"/referrals/{referral.code}/confirm/"))
    assert f"{red.SLEEPS}." not in text, "one mark ends a question"
    with translation.override("en"):
        assert str(red.SLEEPS) in text


def test_no_answer_is_due_once_the_desk_has_answered(house: Senders) -> None:
    """Red before: the head of its Today said by when an answer is due: it was the end of the day of coming."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    assert "ext answer due" in page_text(house.browser("desk-shelter").get("/"))
    house.accepted(referral)
    assert "ext answer due" not in page_text(house.browser("desk-shelter").get("/"))
    assert "ext answer due" not in page_text(house.browser("shelter-worker").get("/"))


def test_who_sends_a_result_back_is_the_sender(house: Senders) -> None:
    """Red before: "The person: your result is disputed", as if the person had."""
    _case, referral = ended(house)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.dispute(zarina, mine, version=mine.version, reason="only_part")
    shown = page_text(house.browser("shelter-worker").get("/"))
    assert re.search(r"Woman, 18.29: the sender disputes your result", shown)


@pytest.mark.parametrize(("need", "again"), [("HEALTH", ""), ("tonight", "tonight"), ("HOME", "HOME")])
def test_a_suggestion_never_stands_alone_under_what_fits(house: Senders, need: str, again: str) -> None:
    """Red before: for what is needed tonight "Suitable services" held the suggested case managers alone."""
    offered(house, "COORD-01")
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case)
    gone = house.sent(case)
    declines(house, gone, "COORD-01")
    with god():
        Referral.objects.filter(pk=gone.pk).update(service_code="HEALTH-01")
    shown = {**house.screen(case), "need": need, "earlier": gone.code, "do": "", "service": ""}
    shown.pop("service")
    zarina = house.browser()
    page = zarina.post(f"/cases/{case.code}/refer/", shown) if again else zarina.get(f"/referrals/{gone.code}/again/")
    text = page_text(page)
    suggested = text.index("They suggested: Case manager")
    assert suggested < text.index("Legal Aid Case manager")
    if need == "HOME":
        assert text.index(FIT) < suggested, "other help was chosen by hand"
    else:
        assert suggested < text.index("Still needed: Emergency")


def test_what_they_suggest_stands_first_and_what_is_needed_below_with_its_reason(house: Senders) -> None:
    """Red before: for a missing case manager "None fits" stood first, and the interpreter whom they named below."""
    gone = declined(house, "COORD-01", "COORD-02")
    offered(house, "COORD-02")
    with god():
        Service.objects.filter(service_code="COORD-01").update(is_active=False)
    text = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    places = [text.index(said) for said in ("They suggested: Interpreter", "Still needed: Case manager", NONE)]
    assert places == sorted(places)


def test_the_list_is_for_the_needs_of_which_nobody_is_asked(house: Senders) -> None:
    """Red before: for food, clothes and an interpreter it began with a bed at the shelter that was just asked."""
    offered(house, "COORD-02", "BASIC-01", "BASIC-02", "BASIC-03", "MOVE-01", "HOME-01", "HOME-04", "HOME-05")
    with god():
        there = {"organisation_id": house.world.bodies["shelter-kulob"], "region_code": "TJ-KT"}
        Service.objects.create(service_code="HOME-01", changed_at=timezone.now(), **there)
    case = house.case({"need_tonight_codes": ["safe_place", "food_clothes_fare", "language"]})
    house.agreed(case)
    zarina, at = house.browser(), f"/cases/{case.code}/refer/"
    assert "Interpreter" in page_text(zarina.get(at)).partition(FIT)[2].partition("Others, and what")[0], "not folded"
    house.sent(case)
    shown = page_text(zarina.get(at)).partition(FIT)[2]
    waiting = shown.index("They were asked for this person already, ")
    assert "No answer yet." in shown[waiting:]
    assert shown.index("Interpreter") < shown.index("Shelter Kulob") < waiting
