"""Protection by the police goes to the person: both sides read so, and where to meet is asked for, and said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.web.words import arrival
from tests.cast import World, pass_time
from tests.database import god
from tests.web.senders import Senders, answering, page_text, steps, version
from tests.web.test_received import record

pytestmark = pytest.mark.django_db
POLICE = "investigator"
OF_A_SHELTER = (
    "The person comes",
    "the person come",
    "the person came",
    "The person came",
    "person has come",
    "The person is expected",
    "the person arrive",
    "did not come",
)


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def asked(house: Senders, case: Case | None = None) -> Referral:
    case = case or house.case()
    house.agreed(case, "police", "protection", sections={"contact"})
    with house.as_() as zarina:
        said = {"purpose": "protection", "sections": [], "agreed_text": "", "told_body": True}
        draft = sending.write(zarina, case, service=house.world.services["SAFE-01"], urgency="urgent", **said)
        return sending.send(zarina, draft, version=draft.version, typed_body="Mia Centre")


def press(house: Senders, referral: Referral, step: str, who: str = POLICE, **said: Any) -> str:
    shown = answering(referral) if step == "accept" else {"operation": str(uuid4()), "version": version(referral)}
    form = {**shown, **said}
    answer = house.browser(who).post(f"/referrals/{referral.code}/{step}/", form, follow=True)
    assert answer.status_code == 200, step
    return page_text(answer)


def read(house: Senders, referral: Referral) -> dict[str, str]:
    """Both pages, both Todays, and the list of what was sent."""
    at = f"/referrals/{referral.code}/"
    pages = {(who, page) for who in (POLICE, "caseworker-cso", "supervisor-cso") for page in (at, "/")}
    pages |= {(POLICE, "/desk/"), ("caseworker-cso", "/referrals/"), ("caseworker-cso", "/cases/")}
    texts = {f"{who} {page}": page_text(house.browser(who).get(page)) for who, page in pages}
    shelter = [(page, words) for page, text in texts.items() for words in OF_A_SHELTER if words in text]
    assert shelter == [], "these are the words of a place to which somebody comes"
    sides = {POLICE: "R", "caseworker-cso": "S", "supervisor-cso": "SV"}
    return {sides[who.split()[0]] + who.split()[1]: text for who, text in texts.items()}


def test_protection_is_said_as_going_there_and_where_to_meet_is_asked_for(house: Senders) -> None:
    """Red before: "The person comes now", "Has the person come?"; where to meet stood nowhere and was asked nowhere."""
    referral = asked(house)
    at = f"/referrals/{referral.code}/"
    team = [str(house.world.membership(POLICE))]
    assert "You go to the person now, and are there by" in press(house, referral, "accept", team=team, when="now")
    texts = read(house, referral)
    assert "Have you met the person?" in texts[f"R{at}"]
    assert "Woman, 18\u201129: to be met" in texts["R/"], "who it is comes first, the kind of help in the grey line"
    assert "\u00b7 Safety \u00b7" in texts["R/"]
    assert "When they meet the person" in texts[f"S{at}"]
    for side in ("S/", "SV/"):
        assert "They go to the person: Emergency police protection" in texts[side], side
    assert "Region" not in texts[f"R{at}"], "of the person the police read no region"
    # No part says where somebody is to the police: the sender says it by telephone.
    assert "What do you ask for? Where to meet the person" in texts[f"R{at}"]
    assert "Not sent for this kind of help: Signs" in texts[f"R{at}"]
    assert "Asked. The sender's team reads it on Today" in press(house, referral, "ask_part", section="place")
    texts = read(house, referral)
    assert "Asked of the sender Where to meet the person (today" in texts[f"R{at}"]
    assert "They ask for: Where to meet the person" in texts["S/"]
    assert "If the person agrees, call them and say it." in texts[f"S{at}"]
    assert "Send this part" not in texts[f"S{at}"]
    page = press(house, referral, "expect", stands="1", place="canary-gate")
    assert "Asked of the sender" not in page, "it is written"
    assert "They ask for" not in page_text(house.browser().get("/"))
    pass_time(hours=4)
    texts = read(house, referral)
    assert "Woman, 18\u201129: did you meet the person?" in texts["R/"]
    assert "Did they meet the person? Emergency police protection" in texts["S/"]
    assert "When they were to meet the person" in texts[f"S{at}"]
    assert "Saved: they met the person." in press(house, referral, "hear", "caseworker-cso", heard="came")
    texts = read(house, referral)
    assert "The sender said today" in texts[f"R{at}"]
    assert "Woman, 18\u201129: the sender says that you met the person" in texts["R/"]
    opened = house.browser(POLICE).get(f"{at}?open=packet")
    assert 'name="open" value="packet"' in opened.content.decode()
    assert "none written" in press(house, referral, "serve", open="packet"), "what was unlocked stays open"
    assert "The person was met; help began" in read(house, referral)[f"S{at}"]
    assert steps(referral)[-1] == "serve"


@pytest.mark.parametrize("crime", ["no", "not_asked", "yes"])
def test_the_police_read_that_it_is_for_protection_and_not_what_was_said_of_a_criminal_case(
    house: Senders, crime: str
) -> None:
    """Red before: they read no limit, and after the meeting the first thing offered was what was told of the crime."""
    limit = "Only to protect the person from danger. Use nothing of this for a criminal case unless the person agrees"
    case = house.case()
    if crime != "not_asked":
        house.agreed(case, "police", "justice", crime, sections={"identity"})
    referral = asked(house, case)
    at = f"/referrals/{referral.code}/"

    def page(where: str = at) -> str:
        return page_text(house.browser(POLICE).get(where))

    shown = page()
    assert shown.count(limit) == 1
    assert shown.index(limit) < shown.index("Accept")
    press(house, referral, "accept", team=[str(house.world.membership(POLICE))], when="now")
    pages = [shown, page(), page("/")]
    assert pages[1].count(limit) == 1
    assert "only to protect; for a criminal case ask the person first" in pages[2]
    press(house, referral, "hear", "caseworker-cso", heard="came")
    waits = page()
    assert "Not written. Call the sender." not in waits, "they met"
    assert "Add hour and meeting point" not in waits, "they met"
    press(house, referral, "serve")
    pages += [waits, page(), page("/")]
    assert limit in pages[4]
    assert "Write: What was told about the crime" not in pages[4]
    with god():
        own = ReferralOwnCase.objects.get(referral=referral).case
    pages.append(page(f"/cases/{own.code}/"))
    assert limit in pages[6]
    case_page = house.browser(POLICE).get(f"/cases/{own.code}/").content.decode()
    for part in (f"{own.code}/?open=criminal", f"{own.code}/section/?of=criminal"):
        assert part not in case_page, "not before a yes here"
    for said in ("said no", "Said no", "Criminal case", "criminal case no", "refused"):
        assert [one for one in pages if said in one] == [], "what was said of it is the sender's"
    yes = consent.Answer("police", "justice", "yes", frozenset({"identity"}))
    asking = consent.Asking(
        language="tg", how_given="spoken", how_said="in_person", until_on=timezone.localdate() + timedelta(days=60)
    )
    with house.as_(POLICE) as officer:
        consent.record(officer, own, answers=[yes], asking=asking)
    agreed = page(f"/cases/{own.code}/")
    assert limit not in agreed
    write = f"{own.code}/section/?of=criminal"
    assert write in house.browser(POLICE).get(f"/cases/{own.code}/").content.decode(), "nothing is written there yet"


def test_where_to_meet_is_answered_with_a_no_and_asked_of_nobody_else(house: Senders) -> None:
    referral = asked(house)
    press(house, referral, "accept", team=[str(house.world.membership(POLICE))], when="now")
    press(house, referral, "ask_part", section="place")
    press(house, referral, "keep_part", "caseworker-cso", section="place")
    page = page_text(house.browser(POLICE).get(f"/referrals/{referral.code}/"))
    assert "The sender answered Where to meet the person: not shared" in page
    assert "What do you ask for? Where to meet" not in page
    assert record(referral).state_code == "accepted"


def test_every_sentence_of_an_arrival_is_said_of_both_kinds_of_help() -> None:
    for comes, met in arrival.SAID.values():
        assert str(comes) != str(met)
        assert str(comes).count("%(") == str(met).count("%(")
    assert (arrival.goes("SAFE-01"), arrival.goes("HOME-02"), arrival.goes("JUST-01")) == (True, False, False)
    assert arrival.goes("none") is False
