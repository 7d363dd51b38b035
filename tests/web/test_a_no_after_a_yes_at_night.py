"""A desk says yes by telephone, the person is told where to go, and then the desk says no: what comes first, and after
another bed is found so.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import agreed, asked
from tests.web.test_place_found import until
from tests.web.test_today_in_danger import form_of
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db
NEAR, FAR = (f'name="which" value="{one}"' for one in ("shelter-kulob", "legal-aid"))
TOLD, TELLS = "The person was told (today 20:", "tell them not to go."
ELSEWHERE = "A place was found elsewhere (today 20:"
SAID_NO = "said no by telephone."


def night(house: Senders) -> Referral:
    """They said yes, hour and meeting point are written, and the person was told."""
    until(20)
    _case, sent = agreed(house)
    told(house, sent)
    return sent


def case_of(sent: Referral) -> Case:
    with god():
        return ReferralOrigin.objects.select_related("case").get(referral=sent).case


def no(house: Senders, sent: Referral, **form: str) -> str:
    """Pressed on Today, or on the page that `form` names: where the answer leads."""
    call, zarina = f"/referrals/{sent.code}/call/", house.browser()
    form = form or fields(zarina.get("/"), call)
    pass_time(minutes=1)
    return str(zarina.post(call, {**form, "operation": str(uuid4()), "answer": "said_no"})["Location"])


def test_a_no_that_is_pressed_on_today_leads_to_who_may_be_on_the_way(house: Senders) -> None:
    """Red before: at the row that was pressed, while the person walked to a shut gate, as a card above said."""
    sent = night(house)
    assert no(house, sent) == f"/#w{sent.code}"
    page = house.browser().get("/").content.decode()
    row = page.partition(f'id="w{sent.code}" data-land')[2].partition("today/lines")[0].partition('class="do"')[0]
    assert TOLD in row
    assert TELLS in row
    assert SAID_NO in row, "what was saved stands there"
    assert page.count(SAID_NO) == 1
    assert f'id="w{sent.code}"' not in house.browser().get("/").content.decode(), "once"


@pytest.mark.parametrize("on", ["case", "sent"])
def test_it_is_said_where_it_was_pressed_else(house: Senders, on: str) -> None:
    """Red before: "ask another organisation", and nothing of the person who was told to go there."""
    sent = night(house)
    page = house.browser().get(no(house, sent, **{"from": on}))
    said = page_text(page).partition(SAID_NO)[2]
    assert said.index(TOLD) < said.index("Open the referral")
    assert f'<a href="/referrals/{sent.code}/"' in page.content.decode()


def test_the_page_of_the_referral_says_it_right_below(house: Senders) -> None:
    sent = night(house)
    said = page_text(house.browser().get(no(house, sent, **{"from": ""}))).partition(SAID_NO)[2]
    assert TOLD in said.partition("What happened")[0]


def test_whoever_was_told_nothing_is_not_spoken_of(house: Senders) -> None:
    sent = night(house)
    told(house, sent, "not_told", opens=False)
    assert no(house, sent) == f"/#r{sent.code}"
    assert TELLS not in page_text(house.browser().get("/"))


def test_who_said_no_stands_behind_the_others_that_may_have_agreed(house: Senders, second_shelter: Service) -> None:
    """Red before: the shelter that had said no minutes ago was the first choice, and nothing stood beside it."""
    with god():
        Service.objects.filter(pk=second_shelter.pk).update(region_code="TJ-SU")
    sent = night(house)
    at = f"/cases/{case_of(sent).code}/place-which/"
    before = house.browser().get(at).content.decode()
    assert FAR not in before.partition("Other organisations")[0], "of another region"
    no(house, sent)
    page = house.browser().get(at)
    first, _folded, _others = page.content.decode().partition("Other organisations")
    assert first.index(FAR) < first.index(NEAR), "who is left stands before them"
    beside = first.partition(NEAR)[2].partition("</li>")[0]
    assert "said no today" in page_text(page)
    assert "said no today" in beside.replace("\N{NO-BREAK SPACE}", " ")
    assert page_text(page).count("said no today") == 1
    call = f"/referrals/{sent.code}/call/"
    pass_time(minutes=1)
    house.browser().post(call, {"operation": str(uuid4()), "answer": "said_yes"})
    assert "said no today" not in page_text(house.browser().get(at)), "their last word is yes"


def finds(house: Senders, sent: Referral, which: str) -> str:
    """Another bed, by telephone: what the page of the case says then."""
    code = case_of(sent).code
    page = house.browser().get(f"/cases/{code}/place-which/").content.decode()
    to, form = form_of(page, f"/cases/{code}/place-found/")
    return house.browser().post(to, {**form, "which": which}, follow=True).content.decode()


def is_chosen(house: Senders, sent: Referral, reason: str) -> bool:
    """Whether this reason stands ready where the referral is cancelled."""
    page = house.browser().get(f"/referrals/{sent.code}/recall/").content.decode()
    return "checked" in page.partition(f'value="{reason}"')[2].partition(">")[0]


def test_once_a_bed_is_found_elsewhere_the_old_referral_is_cancelled(house: Senders, second_shelter: Service) -> None:
    """Red before: nothing said that it was still asked, and its page stayed red: call the coordinator."""
    sent = night(house)
    no(house, sent)
    assert ELSEWHERE not in page_text(house.browser().get(f"/referrals/{sent.code}/"))
    pass_time(minutes=1)
    said = finds(house, sent, "legal-aid")
    green = said.partition("Saved: a place for tonight was found.")[2].partition("</p>")[0]
    assert "is still asked for a place." in green
    recall = f"/referrals/{sent.code}/recall/"
    assert f'<a href="{recall}">Cancel that referral</a>' in green
    page = page_text(house.browser().get(f"/referrals/{sent.code}/")).partition("What happened")[0]
    assert ELSEWHERE in page
    assert "cancel this referral" in page
    assert "Cancel this one" in page
    assert "Nobody else is on the list" not in page
    assert is_chosen(house, sent, "they_said_no")
    pass_time(minutes=1)
    to, form = form_of(
        house.browser().get(f"/cases/{case_of(sent).code}/").content.decode(),
        f"/cases/{case_of(sent).code}/place-needed/",
    )
    house.browser().post(to, {**form, "why": "they_said_no"})
    assert ELSEWHERE not in page_text(house.browser().get(f"/referrals/{sent.code}/")), "that one is none either"


def test_the_same_organisation_is_not_cancelled_by_its_own_yes(house: Senders, second_shelter: Service) -> None:
    sent = night(house)
    no(house, sent)
    pass_time(minutes=1)
    assert "is still asked for a place." not in finds(house, sent, "shelter-kulob")
    assert ELSEWHERE not in page_text(house.browser().get(f"/referrals/{sent.code}/"))


def test_who_has_not_answered_is_named_after_a_yes_elsewhere(house: Senders, second_shelter: Service) -> None:
    until(20)
    _case, sent = asked(house)
    assert "Cancel that referral</a>" in finds(house, sent, "legal-aid").partition("is still asked for a place.")[2]
    assert is_chosen(house, sent, "placed_elsewhere")
    assert ELSEWHERE not in page_text(house.browser().get(f"/referrals/{sent.code}/")), "they may still say yes"
