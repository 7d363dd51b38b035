"""The inbox of a receiving desk and the three answers: what an officer sees, what she may press, what it does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral, ReferralQuestion
from hamkori.casework.referral.queries.received import of_code, who_could_meet_her, whole
from hamkori.directory.models import Service
from hamkori.people.actions.welcome import make_person
from hamkori.people.models import User
from hamkori.vault.server import keyring
from hamkori.web.received.showing import accept_form
from hamkori.web.words import received as words
from tests import doors
from tests.cast import PASSPHRASE, pass_time, tomorrow
from tests.database import god
from tests.web.senders import Senders, answering, counted, page_text, state, steps, version

pytestmark = pytest.mark.django_db


def waits(house: Senders, urgency: str = "urgent", **facts) -> Referral:
    case = house.case(facts)
    house.agreed(case)
    return house.sent(case, urgency)


def yes(house: Senders, referral: Referral, **changes) -> dict:
    """What a browser sends from the form of acceptance."""
    return {
        **answering(referral),
        "team": [str(house.world.membership("shelter-worker"))],
        "arrival_on": tomorrow().isoformat(),
        "arrival_part": "morning",
        **changes,
    }


def press(
    house: Senders, referral: Referral, step: str, values: dict, who: str = "desk-shelter", *, vault: bool = True
) -> HttpResponse:
    return house.browser(who, vault=vault).post(f"/referrals/{referral.code}/{step}/", values)


def no(referral: Referral, **changes) -> dict:
    return {**answering(referral), "reason": "full", **changes}


def question(referral: Referral, code: str) -> dict:
    return {"operation": str(uuid4()), "version": version(referral), "question_code": code}


def second_officer(house: Senders) -> None:
    """One more officer at the shelter's desk. Declining needs no desk key."""
    house.world.people["desk-two"] = make_person(
        keyring(),
        organisation_id=house.world.bodies["shelter-kulob"],
        email="desk-two@example.org",
        name="Desk Two",
        roles=("desk_officer",),
        passphrase=PASSPHRASE,
    )
    with god():
        User.objects.update(language_code="en")


# --- the inbox -----------------------------------------------------------------------------------------------


def test_an_empty_desk_says_so_calmly(house: Senders) -> None:
    answer = house.browser("desk-shelter").get("/desk/")
    assert page_text(answer).count("No referral waits for an answer.") == 1, "once is enough"
    assert "<title>Incoming referrals – Hamkori</title>" in answer.content.decode()


def test_the_inbox_shows_the_card_and_nothing_sealed(house: Senders) -> None:
    referral = waits(house)
    answer = house.browser("desk-shelter", vault=False).get("/desk/")
    text = page_text(answer)
    assert f"{referral.code[:4]} {referral.code[4:]}" in text
    assert "A place for a woman, 18\u201129" in text
    assert re.search("needed from: .* from Cso Kulob", text), "what tells rows with one title apart"
    assert "Canary" not in text
    assert "<title>(1) Incoming referrals – Hamkori</title>" in answer.content.decode()


def test_late_ones_come_first_and_are_said_to_be_late(house: Senders) -> None:
    calm = waits(house, "normal")
    pass_time(seconds=31)
    urgent = waits(house)
    page = house.browser("desk-shelter").get("/desk/").content.decode()
    assert page.index(urgent.code) < page.index(calm.code), "least time first"
    assert "expires" not in page
    pass_time(hours=3)
    later = page_text(house.browser("desk-shelter").get("/desk/"))
    assert "2 wait for your answer. 1 is late." in later
    first, second = (later.index(f"{one.code[:4]} {one.code[4:]}") for one in (urgent, calm))
    assert first < later.index("expires") < second, "the late one, and when it ends by itself"


def test_only_a_desk_officer_has_an_inbox(house: Senders) -> None:
    waits(house)
    for slug in ("caseworker-cso", "shelter-worker", "coordinator", "auditor"):
        assert house.browser(slug).get("/desk/").status_code == 403, slug
    text = page_text(house.browser("stranger").get("/desk/"))
    assert "No referral waits for an answer." in text, "another body's desk has another inbox"


def test_nothing_comes_before_its_half_minute_is_over(house: Senders) -> None:
    referral = waits(house, "normal")
    desk = house.browser("desk-shelter")
    assert referral.code not in desk.get("/desk/").content.decode()
    assert desk.get(f"/referrals/{referral.code}/").status_code == 404
    assert press(house, referral, "decline", no(referral)).status_code == 404
    pass_time(seconds=31)
    assert referral.code in desk.get("/desk/").content.decode()
    assert desk.get(f"/referrals/{referral.code}/").status_code == 200


# --- the card ------------------------------------------------------------------------------------------------


def test_the_card_offers_three_ways_and_no_story(house: Senders) -> None:
    referral = waits(house)
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/")
    text, drawn = page_text(page), page.content.decode()
    assert [one for one in ("Summary without a name", "Locked until you accept") if one not in text] == []
    answers = [drawn.index(one) for one in ('id="answer"', "Accept</h2>", "Ask first</h2>", "Decline</h2>")]
    assert answers == sorted(answers), "the answer that is awaited stands first"
    assert drawn.count('name="answers" open') == 1, "opening one of the three closes the others"
    assert "A place for a woman, 18\u201129" in text
    assert text.index("One press accepts.") < text.index("Morning"), "before the buttons"
    assert "Shelter Worker, shelter worker" in text
    assert "Every colleague who is ticked meets the person and can open what is shared." in text, "what a tick means"
    assert "Canary" not in text
    assert house.browser("shelter-worker").get(f"/referrals/{referral.code}/").status_code == 404, "not named yet"
    assert house.browser("stranger").get(f"/referrals/{referral.code}/").status_code == 404
    assert press(house, referral, "accept", yes(house, referral), "stranger").status_code == 404


def test_the_time_that_is_left_is_said_in_hours_and_minutes() -> None:
    at = timezone.now()
    left = {minutes: words.time_left(at + timedelta(minutes=minutes), at) for minutes in (0, 53, 60, 113, 3000)}
    assert left == {0: "", 53: "53 minutes left", 60: "1 hour left", 113: "1 h 53 min left", 3000: "2 days left"}


def test_a_police_card_has_no_region_and_no_flags(house: Senders) -> None:
    case = house.case({"stairs_code": "yes", "children_code": "2"})
    house.agreed(case, "police", "justice", sections={"identity"})
    with house.as_() as zarina:
        draft = house._draft(zarina, case, "urgent", "JUST-01", purpose="justice", sections=[])
        sending.send(zarina, draft, version=draft.version, typed_body="Mia Centre")
    text = page_text(house.browser("investigator").get(f"/referrals/{draft.code}/"))
    assert "Summary without a name" in text
    for hidden in ("Region", "Children who come along", "Needs a place without stairs"):
        assert hidden not in text, hidden


def test_accepting_names_the_team_and_hands_the_keys_on(house: Senders) -> None:
    referral = waits(house)
    answer = press(house, referral, "accept", yes(house, referral, hour="canary-hour", place="canary-place"))
    assert answer.status_code == 303
    assert answer["Location"] == f"/referrals/{referral.code}/"
    assert state(referral) == "accepted"
    with god():
        assert set(PacketBody.objects.values_list("section_code", flat=True)) == {"text", "contact", "meeting"}
    text = page_text(house.browser("desk-shelter").get(answer["Location"]))
    assert (
        "Accepted for tomorrow, morning. Saved: hour, meeting point. The sender was told. You can return it until "
        in text
    )
    assert "Only those who were named can unlock what was shared." in text
    assert "canary" not in text.lower()
    for kept in ("A place for a woman, 18", "Cso Kulob", "Khatlon", "Shelter Worker", "tomorrow, morning"):
        assert kept in text, "the desk answers the sender's calls until help begins"
    assert "A place for a woman, 18" in page_text(house.browser("desk-shelter").get("/desk/"))
    text = page_text(house.browser("caseworker-cso").get(f"/referrals/{referral.code}/?open=meeting"))
    assert "canary-hour" in text


def test_once_help_has_begun_the_summary_is_gone_for_the_desk(house: Senders) -> None:
    referral = waits(house)
    house.accepted(referral)
    with house.as_("shelter-worker") as worker:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(worker, mine, version=mine.version)
    desk = house.browser("desk-shelter")
    for address in (f"/referrals/{referral.code}/", "/desk/"):
        assert "woman, 18" not in page_text(desk.get(address)).lower(), address


def test_the_same_press_twice_accepts_once(house: Senders) -> None:
    referral = waits(house)
    values = yes(house, referral)
    first, second = (press(house, referral, "accept", values) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert steps(referral) == ["send", "accept"]
    with god():
        assert Ledger.objects.filter(action_code="referral.accept").count() == 1


def test_while_sealed_the_choices_come_back_after_the_passphrase(house: Senders) -> None:
    referral = waits(house)
    values = yes(house, referral, place="canary-place")
    answer = press(house, referral, "accept", values, vault=False)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert state(referral) == "sent"
    assert 'value="canary-place"' in page, "what was typed is still there"
    link = re.search(r'href="(/account/unlock/[^"]+accept[^"]+team[^"]+)"', page)
    assert link is not None
    assert "canary" not in link[1], "nothing sealed goes into an address"
    back = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)["next"][0]
    kept = house.browser("desk-shelter").get(back).content.decode()
    assert re.search(rf'value="{values["team"][0]}"[^>]*checked', kept)
    assert f'value="{tomorrow():%d.%m.%Y}"' in kept, "a day is written as everywhere"
    assert re.search(r'value="morning"[^>]*checked', kept)


def test_a_bad_form_is_kept_and_writes_nothing(house: Senders) -> None:
    referral = waits(house)
    past = (tomorrow() - timedelta(days=10)).isoformat()
    answer = press(house, referral, "accept", yes(house, referral, team=[], arrival_on=past, ask_for="canary-guard"))
    text = page_text(answer)
    assert answer.status_code == 400
    assert "Name who will meet this person." in text
    assert "Choose a day between" in text
    assert 'value="canary-guard"' in answer.content.decode()
    assert press(house, referral, "accept", yes(house, referral, team=[str(uuid4())])).status_code == 400
    assert press(house, referral, "decline", no(referral, reason="nonsense")).status_code == 400
    assert press(house, referral, "decline", no(referral, reason="")).status_code == 400
    assert press(house, referral, "ask", question(referral, "")).status_code == 400
    assert steps(referral) == ["send"]


def test_who_meets_the_person_is_asked_first_and_a_forgotten_tick_loses_nothing(house: Senders) -> None:
    referral = waits(house)
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    places = [page.index(mark) for mark in ('name="team"', 'name="ask_for"', 'name="when"', 'name="arrival_on"')]
    assert places == sorted(places), "who, where if that is known, then the button that accepts"
    with house.as_("desk-shelter") as actor:
        others = who_could_meet_her(actor)[0]
        able = [*others, replace(others[0], membership_id=actor.membership_id)]
        form = accept_form(actor, whole(actor, *of_code(actor, referral.code)), able)
        assert form["team"].value() == [str(actor.membership_id)], "who is signed in stands ticked"
    slot = f"{tomorrow().isoformat()}.morning"
    untold = yes(house, referral, team=[], when=slot, hour="canary-hour", arrival_on="", arrival_part="")
    kept = press(house, referral, "accept", untold)
    assert "Name who will meet this person. Then accept once more; what you wrote is kept." in page_text(kept)
    assert 'value="canary-hour"' in kept.content.decode()
    assert state(referral) == "sent"


def test_a_full_service_is_said_before_and_after(house: Senders) -> None:
    referral = waits(house)
    with god():
        Service.objects.filter(pk=referral.service_id).update(is_full=True)
    assert "marked as full" in page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    answer = press(house, referral, "accept", yes(house, referral))
    assert answer.status_code == 409
    assert "This service is full now." in page_text(answer)
    assert state(referral) == "sent"


def test_one_question_at_a_time_and_three_at_most(house: Senders) -> None:
    referral = waits(house)
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    codes = re.findall(r'<option value="([a-z_]+)"', page.split('id="ask_question_code"')[1])
    assert codes[0] == "safe_in_this_region", "a shelter asks about safety first"
    for number, (asked, reply) in enumerate(
        [("can_travel", "yes"), ("has_papers", "no"), ("talk_first", "yes")], start=1
    ):
        assert press(house, referral, "ask", question(referral, asked)).status_code == 303
        text = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
        assert "One question is still open." in text
        assert press(house, referral, "ask", question(referral, "interpreter")).status_code == 409
        with god():
            assert ReferralQuestion.objects.count() == number
        with house.as_() as zarina:
            sending.answer(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), answer_code=reply)
    text = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert "Three questions were asked." in text
    assert "Can this person travel alone?" in text
    assert press(house, referral, "ask", question(referral, "interpreter")).status_code == 409
    with god():
        assert ReferralQuestion.objects.count() == 3


def test_declining_ends_it_for_good(house: Senders) -> None:
    referral = waits(house)
    answer = press(house, referral, "decline", no(referral, reason="wrong_service", suggested_service="LEGAL-01"))
    assert answer.status_code == 303
    with god():
        assert not PacketBody.objects.exists()
        assert not PacketSeal.objects.exists()
        assert Referral.objects.get(pk=referral.pk).suggested_service_code == "LEGAL-01"
    text = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert "Declined" in text
    assert "Woman, 18" not in text
    assert press(house, referral, "accept", yes(house, referral)).status_code == 409


def test_when_her_agreement_has_ended_the_desk_reads_so_and_cannot_accept(house: Senders) -> None:
    referral = waits(house)
    pass_time(days=61)
    assert "the consent has ended" in page_text(house.browser("desk-shelter").get("/desk/"))
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/")
    assert "The person's consent is not valid now." in page_text(page)
    assert "/accept/" not in page.content.decode()
    answer = press(
        house, referral, "accept", yes(house, referral, arrival_on=(tomorrow() + timedelta(days=61)).isoformat())
    )
    assert answer.status_code == 409
    assert state(referral) == "sent"
    assert press(house, referral, "decline", no(referral)).status_code == 303


def test_of_two_officers_the_second_is_told_what_the_first_did(house: Senders) -> None:
    second_officer(house)
    referral = waits(house)
    mine, hers = no(referral), no(referral, reason="conflict")
    assert press(house, referral, "decline", mine).status_code == 303
    late = press(house, referral, "decline", hers, "desk-two")
    assert late.status_code == 409
    assert 'It is now "Declined". Nothing was changed.' in page_text(late)
    with god():
        assert Referral.objects.get(pk=referral.pk).reason_code == "full"
    marks = f'action="/directory/{referral.service_id}/mark/"'
    assert marks in house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    assert marks not in house.browser().get(f"/referrals/{referral.code}/").content.decode(), "it is not the sender's"


def test_a_request_that_changed_meanwhile_is_shown_again(house: Senders) -> None:
    second_officer(house)
    referral = waits(house)
    values = no(referral)
    press(house, referral, "ask", question(referral, "talk_first"))
    answer = press(house, referral, "decline", values, "desk-two")
    assert answer.status_code == 409
    assert "changed while you were writing" in page_text(answer)
    assert re.search(r'value="full"[^>]*checked', answer.content.decode())
    assert state(referral) == "sent"


def test_a_recalled_request_reads_ended_when_the_desk_is_slower(house: Senders) -> None:
    referral = waits(house)
    values = yes(house, referral)
    with house.as_() as zarina:
        sending.withdraw(zarina, referral, how_said="by_phone")
    answer = press(house, referral, "accept", values)
    assert answer.status_code == 409
    assert re.search(r"This referral ended \(.+\)\. Nothing was written\.", page_text(answer))
    text = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert "This referral has ended." in text
    assert "Woman, 18" not in text


def test_the_desk_gives_it_back_within_a_day(house: Senders) -> None:
    referral = waits(house)
    house.accepted(referral)
    values = {"operation": str(uuid4()), "version": version(referral), "reason": "no_place_now"}
    assert "Return it" in page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    pass_time(hours=25)
    late = press(house, referral, "unaccept", values)
    assert late.status_code == 409
    assert state(referral) == "accepted"
    pass_time(hours=-20)
    assert press(house, referral, "unaccept", {**values, "operation": str(uuid4())}).status_code == 303
    assert state(referral) == "unaccepted"
    assert press(house, referral, "unaccept", {**values, "operation": str(uuid4())}).status_code == 409


def test_the_pages_ask_little(house: Senders) -> None:
    for _ in range(3):
        waits(house)
    taken, waiting = waits(house), waits(house)
    house.accepted(taken)
    desk = house.browser("desk-shelter")
    for address in ("/desk/", "/desk/waiting/", f"/referrals/{waiting.code}/", f"/referrals/{taken.code}/"):
        with counted():
            assert desk.get(address).status_code == 200


def test_somebody_without_a_session_is_sent_to_the_door(house: Senders) -> None:
    referral = waits(house)
    browser = doors.stranger()
    for address in ("/desk/", f"/referrals/{referral.code}/", f"/referrals/{referral.code}/staff/"):
        assert browser.get(address).status_code == 302
