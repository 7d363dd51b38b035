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
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_place_found import until
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db
NEAR, FAR = (f'name="which" value="{one}"' for one in ("shelter-kulob", "legal-aid"))
TOLD, TELLS = "The person was told (today 20:", "tell them not to go."
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
    assert f'class="solo" href="/referrals/{sent.code}/"' in page.content.decode()


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
