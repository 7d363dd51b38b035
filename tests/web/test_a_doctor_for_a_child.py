"""A mother with a sick boy: whoever decides reads that the doctor is for a child who comes along, and its age."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import ReferralCard
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_here_now import came
from tests.web.test_short_way import AGREES, case_of, chosen, goes, press, to_need
from tests.web.test_still_needed import offered
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
BOY = {"doctor": "today", "whose": "child_0_6", "children_code": "1"}
SAID = "a child who comes along, 0-6 years"


def to_the_check(house: Senders, client: doors.DoorClient, **said: object) -> str:
    """The short way up to the referral to a hospital."""
    offered(house, "HEALTH-01")
    need = to_need(client, **AGREES, a_health_help="yes")
    at = goes(press(client, need, **{**BOY, **said}, do="go"))
    return goes(press(client, at, service=chosen(client.get(at).content.decode())))


def test_the_summary_says_it_with_the_age_and_the_person_is_told_so(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: "Person: woman … Needs a doctor: yes"; that it was for the boy of four stood in the locked words."""
    check = to_the_check(house, zarina)
    text = page_text(zarina.get(check))
    assert f"Needs a doctor {SAID}" in text
    assert "that a child who comes with you needs a doctor, and the child\u2019s age" in text.replace("'", "\u2019")
    assert "that you need a doctor" not in text
    goes(press(zarina, check, do="send"))
    with god():
        assert (case_of(check).doctor_code, ReferralCard.objects.get().doctor_code) == ("child_0_6", "child_0_6")
    pass_time(minutes=1)
    for at in ("/", "/desk/"):
        shown = page_text(house.browser("lawyer").get(at))
        assert "Medical care for a child, 0-6 years; comes with: Woman, 18\u201129" in shown, at
    assert f"Needs a doctor: {SAID}" in page_text(house.browser("lawyer").get("/desk/"))


def test_it_is_asked_once_a_doctor_is_needed_and_how_many_come_with_it(
    house: Senders, zarina: doors.DoorClient
) -> None:
    """A summary that says "no children" and a sick child is none; who needs no doctor has no sick child."""
    need = to_need(zarina, **AGREES, a_health_help="yes")
    refused = press(zarina, need, **{**BOY, "children_code": "0"}, do="go")
    assert (refused.status_code, "say how many children come along" in page_text(refused)) == (400, True)
    goes(press(zarina, need, **{**BOY, "doctor": "no"}, do="stop"))
    assert case_of(need).doctor_code == "no", "what is not shown is not said"
    goes(press(zarina, need, **BOY, do="stop"))
    again = zarina.get(need).content.decode()
    assert re.search(r'name="whose" value="child_0_6"[^>]* checked', again), "it stands there again"


def test_the_locked_part_says_that_the_doctor_is_for_a_child(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: "Needed now: a doctor.", also where it was for the boy; the summary beside it said for whom."""
    need = to_need(zarina, **AGREES, a_health_help="yes")
    goes(press(zarina, need, **BOY, do="stop"))
    part = f"/cases/{case_of(need).code}/?open=needs"
    assert f"Needed now: a doctor, for {SAID}." in page_text(zarina.get(part))
    goes(press(zarina, need, **{**BOY, "whose": "yes"}, do="stop"))
    text = page_text(zarina.get(part))
    assert "Needed now: a doctor." in text
    assert SAID not in text.partition("Needed now")[2][:200], "the former sentence is replaced"


def test_for_whom_is_answered_where_a_child_comes_along(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: the list said "The person" beforehand; passed over, the doctor was asked for the mother."""
    need = to_need(zarina, **AGREES, a_health_help="yes")
    assert not re.search(r'name="whose"[^>]* (checked|selected)', zarina.get(need).content.decode())
    for do in ("go", "stop"):
        page = press(zarina, need, doctor="soon", children_code="2", urgency="urgent", tonight="has", do=do)
        assert (page.status_code, "Say who needs the doctor" in page_text(page)) == (400, True)
        kept = re.findall(r'name="(\w+)" value="([\w+]+)"[^>]* checked', page.content.decode())
        assert {("doctor", "soon"), ("children_code", "2"), ("tonight", "has")} <= {*kept}, "what was said stays"
    goes(press(zarina, need, doctor="soon", children_code="0", do="stop"))
    assert case_of(need).doctor_code == "yes", "where nobody comes along it is the person"
    assert not re.search(r'name="whose"[^>]* checked', zarina.get(need).content.decode()), "a child may come now"
    goes(press(zarina, need, doctor="soon", children_code="2", whose="yes", do="stop"))
    assert re.search(r'name="whose" value="yes"[^>]* checked', zarina.get(need).content.decode())


def test_the_case_says_for_whom_and_takes_it_back(house: Senders) -> None:
    case = house.case({"doctor_code": "child_7_13", "children_code": "1"})
    said = "Needed; your team has no referral to an organisation yet: a doctor for a child who comes along"
    for at in ("/", f"/cases/{case.code}/"):
        assert said in page_text(house.browser().get(at)), at
    head = page_text(house.browser().get(f"/cases/{case.code}/refer/"))
    assert "needs a doctor: a child who comes along, 7-13 years" in head
    edit = f"/cases/{case.code}/edit/?all=1"
    wrong = press(house.browser(), edit, children_code="0")
    assert "say how many children come along" in page_text(wrong)
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"doctor_code": "with_child"})
    assert "the person, and a child who comes along" in page_text(house.browser().get(f"/cases/{case.code}/refer/"))


def test_one_press_says_whom_a_doctor_has_seen(house: Senders) -> None:
    """Red before: in the long form, where one tick ended both."""
    case = house.case({"doctor_code": "with_child", "children_code": "1", "need_tonight_codes": ["doctor"]})
    client, at = house.browser(), f"/cases/{case.code}/"

    def seen(who: str) -> str:
        page = client.get(at).content.decode()
        form = next(
            one for one in re.findall(r"<form.*?</form>", page, re.S) if f'name="doctor_seen" value="{who}"' in one
        )
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        return page_text(client.get(client.post(f"{at}edit/", sent)["Location"]))

    assert f'href="{at}edit/?all=1#id_doctor_code">' in client.get(at).content.decode(), "the age of the child is asked"
    assert "The person still needs one." in seen("child")
    with god():
        stands = Case.objects.get(pk=case.pk)
        assert (stands.doctor_code, stands.need_tonight_codes) == ("yes", ["doctor"])
    old = {"doctor_seen": "both", "operation": str(uuid4()), "version": stands.version}
    assert client.post(f"{at}edit/", old).status_code == 409, "nobody says of a child what is over"
    assert "Saved: a doctor came." in (said := seen("person"))
    assert "A doctor saw" not in said
    with god():
        stands = Case.objects.get(pk=case.pk)
        assert (stands.doctor_code, stands.need_tonight_codes) == ("no", [])


def test_who_heals_children_alone_can_be_asked_for_the_child(house: Senders) -> None:
    """Red before: "Services that do not take this person. They take: children", of the boy's own doctor."""
    case = house.case({"doctor_code": "child_0_6", "children_code": "1"})
    house.agreed(case, kind="health")
    clinic = another(house, service_code="HEALTH-02", admission_codes=["girls", "boys"])
    at = f"/cases/{case.code}/refer/?need=HEALTH"
    page = house.browser().get(at).content.decode()
    assert str(clinic.pk) in page.partition("do not take this person")[0]
    with god():
        Case.objects.filter(pk=case.pk).update(doctor_code="yes")
    page = house.browser().get(at).content.decode()
    assert str(clinic.pk) not in page.partition("do not take this person")[0], "of the mother it is none"


@pytest.mark.parametrize(
    ("doctor", "said"),
    [
        ("child_0_6", "The summary says that a child who came along needs a doctor."),
        ("with_child", "The summary says that the person and a child need a doctor."),
        ("yes", "The summary says that the person needs a doctor."),
    ],
)
def test_once_they_came_whoever_helps_reads_for_whom(house: Senders, doctor: str, said: str) -> None:
    """Red before: "The person needs a doctor." of a mother whose child has a fever."""
    case = house.case({"doctor_code": doctor, "children_code": "1"})
    referral, _own = came(house, case)
    assert said in page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
