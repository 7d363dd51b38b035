"""An acceptance from a page that knew nothing of what was agreed by telephone; and a day that is moved (ADR 0167)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db
OURS = {"hour": "tonight, 21:00", "place": "Canary-Gate", "ask_for": "Canary-Gulnora"}
THEIRS = {"place": "Canary-Station", "ask_for": "Canary-Parvina"}
REPLACED = "they wrote hour or meeting point anew, not as your team agreed by telephone"
UNREAD = "Not accepted yet. The sender wrote hour and meeting point, agreed by telephone, and nobody here has opened"
TOLD_BEFORE = "Not accepted yet. The sender wrote hour or meeting point since this page was opened"


def waiting(house: Senders) -> Referral:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    press(house.browser(), f"/referrals/{sent.code}/call/", "said_yes")
    return sent


def arranged(house: Senders, sent: Referral) -> None:
    pass_time(minutes=1)
    answer = house.browser().post(f"/referrals/{sent.code}/arrange/", {"operation": str(uuid4()), **OURS})
    assert answer.status_code == 303
    pass_time(minutes=1)


def tomorrow(sent: Referral, house: Senders, drawn: dict[str, list[str]], **more: str) -> dict[str, Any]:
    with god():
        on = (timezone.localdate(now()) + timedelta(days=2)).isoformat()
    team = {"team": [str(house.world.membership("shelter-worker"))], "arrival_on": on, "arrival_part": "afternoon"}
    return {**drawn, **team, **more, "operation": str(uuid4())}


def read(house: Senders, sent: Referral, slug: str = "caseworker-cso") -> str:
    return page_text(house.browser(slug).get(f"/referrals/{sent.code}/?open=meeting"))


def test_what_the_sender_wrote_meanwhile_is_read_before_it_is_replaced(house: Senders) -> None:
    """Red before: accepted at once, and neither side read that hour and place had been others."""
    sent = waiting(house)
    desk, at = house.browser("desk-shelter"), f"/referrals/{sent.code}/"
    drawn = fields(desk.get(at), f"{at}accept/")
    arranged(house, sent)
    refused: Any = desk.post(f"{at}accept/", tomorrow(sent, house, drawn, **THEIRS))
    assert refused.status_code == 400
    text = page_text(refused)
    assert TOLD_BEFORE in text
    assert "The sender wrote hour and meeting point, as agreed on the telephone." in text
    typed = fields(refused, f"{at}accept/")
    assert (typed["place"], typed["ask_for"]) == ([THEIRS["place"]], [THEIRS["ask_for"]]), "what was typed is kept"
    with god():
        assert Referral.objects.get(pk=sent.pk).state_code == "sent"
    again: Any = desk.post(f"{at}accept/", tomorrow(sent, house, typed, **THEIRS))
    assert again.status_code == 303, "said once: the word of the desk counts"
    assert THEIRS["place"] in read(house, sent)
    for at_of, said in ((at, "They wrote hour or meeting point anew"), ("/", REPLACED)):
        assert said in page_text(house.browser().get(at_of)), at_of
    with god():
        version = Referral.objects.get(pk=sent.pk).version
    told = {"operation": str(uuid4()), "version": version, "answer": "told"}
    assert house.browser().post(f"{at}tell_person/", told).status_code == 303
    assert "They wrote hour or meeting point anew" not in page_text(house.browser().get(at)), "the person knows it"
    assert REPLACED not in page_text(house.browser().get("/"))


def test_an_old_page_that_never_showed_an_hour_is_told_of_it_and_keeps_what_was_agreed(house: Senders) -> None:
    """Red before: accepted for another day at once, while the person was told to be somewhere tonight."""
    sent = waiting(house)
    desk, at = house.browser("desk-shelter"), f"/referrals/{sent.code}/"
    drawn = fields(desk.get(at), f"{at}accept/")
    arranged(house, sent)
    refused: Any = desk.post(f"{at}accept/", tomorrow(sent, house, drawn))
    assert UNREAD in page_text(refused)
    with god():
        assert Referral.objects.get(pk=sent.pk).state_code == "sent"
    answer: Any = desk.post(f"{at}accept/", tomorrow(sent, house, fields(refused, f"{at}accept/")))
    assert answer.status_code == 303, "said once"
    shelter = read(house, sent, "shelter-worker")
    assert "Hour, as agreed by telephone" in shelter
    assert f", {OURS['hour']}" not in shelter, "never beside the day of the answer"
    assert OURS["place"] in read(house, sent)
    assert "They wrote hour or meeting point anew" not in page_text(house.browser().get(at))


def test_what_was_opened_is_accepted_at_once(house: Senders) -> None:
    sent = waiting(house)
    arranged(house, sent)
    desk, at = house.browser("desk-shelter"), f"/referrals/{sent.code}/"
    closed = fields(desk.get(at), f"{at}accept/")
    assert UNREAD in page_text(desk.post(f"{at}accept/", tomorrow(sent, house, closed)))
    opened = fields(desk.get(f"{at}?open=meeting"), f"{at}accept/")
    assert desk.post(f"{at}accept/", tomorrow(sent, house, opened)).status_code == 303


def moved(house: Senders, sent: Referral, **typed: str) -> str:
    """The person comes on another day; what is read after it."""
    worker, at = house.browser("shelter-worker"), f"/referrals/{sent.code}/"
    with god():
        on = (timezone.localdate(now()) + timedelta(days=3)).isoformat()
        version = Referral.objects.get(pk=sent.pk).version
    said = {"operation": str(uuid4()), "version": version, "arrival_on": on, "arrival_part": "morning", **typed}
    answer: Any = worker.post(f"{at}expect/", said)
    assert answer.status_code == 303
    return page_text(worker.get(answer["Location"]))


def test_another_day_leaves_the_meeting_point_and_drops_the_hour(house: Senders) -> None:
    """Red before: hour, meeting point and whom to ask for were deleted, and no word said so."""
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, {"hour": "Canary-Dusk", **THEIRS})
    said = "The former hour is deleted. Meeting point and whom to ask for stay"
    assert said in page_text(house.browser("shelter-worker").get(f"/referrals/{sent.code}/")), "said before the press"
    assert said in moved(house, sent), "and after it"
    for slug in ("caseworker-cso", "shelter-worker"):
        text = read(house, sent, slug)
        assert (THEIRS["place"] in text, THEIRS["ask_for"] in text, "Canary-Dusk" in text) == (True, True, False), slug
    moved(house, sent, arrival_part="afternoon", hour="15:10", place="Canary-Bridge")
    text = read(house, sent)
    assert all(word in text for word in ("15:10", "Canary-Bridge", THEIRS["ask_for"])), "the rest stays"
    assert THEIRS["place"] not in text
