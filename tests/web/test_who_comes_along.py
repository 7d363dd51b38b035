"""The children who come along: asked in the open, and said wherever the person is named in a list or a head."""

from __future__ import annotations

import re

import pytest

from tests import doors
from tests.database import god
from tests.web.senders import Senders, answering, asked, at, page_text, records, referrals
from tests.web.test_short_way import NEEDS, WHO, begun, case_of, chosen, goes, press, to_consent, to_need
from tests.web.test_short_way_of_a_child import CHILD
from tests.web.test_still_needed import offered
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
MOTHER = "Woman, 18\u201129, with 1 child"
ASKED_FOR = "A place for a woman, 18\u201129, with 1 child"


def is_folded(page: str, name: str) -> bool:
    before = page.partition(f'name="{name}"')[0]
    assert before != page, name
    return before.count("<details") > before.count("</details>")


def test_of_an_adult_it_is_asked_in_the_open_and_of_a_child_where_it_was(house: Senders, zarina) -> None:
    """Red before: it lay in the fold, and a mother was sent without her child."""
    page = zarina.get(to_need(zarina)).content.decode()
    assert (is_folded(page, "children_code"), is_folded(page, "stairs_code")) == (False, True)
    names = re.findall(r'name="(tonight|children_code|hides|doctor|urgency)"', page)
    assert list(dict.fromkeys(names)) == ["tonight", "children_code", "hides", "doctor", "urgency"], "beside the bed"
    unasked = goes(press(zarina, to_need(zarina), **NEEDS, do="go"))
    with god():
        assert case_of(unasked).children_code == "not_asked", "nobody has to answer it"
    read = goes(press(zarina, to_consent(zarina, age_band_code="a9_17"), read="tg"))
    said = {"a_shelter_social_help": "yes", "police": "no", **CHILD, "how": "child_speaker"}
    page = zarina.get(goes(press(zarina, read, **said))).content.decode()
    assert (is_folded(page, "children_code"), is_folded(page, "stairs_code")) == (True, True)


def sent_with_a_child(client: doors.DoorClient) -> str:
    """A mother who is registered and sent in the short way; the number of her case."""
    way = goes(press(client, to_need(client), **NEEDS, children_code="1", do="go"))
    check = goes(press(client, way, service=chosen(client.get(way).content.decode())))
    goes(press(client, check, do="send"))
    return case_of(way).code


def test_the_sender_reads_it_in_the_case_in_the_list_and_on_today(house: Senders, zarina) -> None:
    """Red before: "Woman, 18-29" on all three."""
    case = sent_with_a_child(zarina)
    for address in (f"/cases/{case}/", f"/cases/{case}/print/", "/cases/", "/", f"/cases/{case}/refer/"):
        assert MOTHER in page_text(zarina.get(address)), address
    above = house.browser("supervisor-cso")
    for address in (f"/cases/{case}/", "/cases/"):
        assert MOTHER in page_text(above.get(address)), address


def test_whoever_answers_a_question_or_cancels_reads_of_whom(house: Senders, zarina) -> None:
    """Red before: "Woman, 18-29" above the answer."""
    sent_with_a_child(zarina)
    (sent,) = referrals()
    asked(house, sent)
    assert MOTHER in page_text(zarina.get(at(sent, "answer")))
    assert MOTHER in page_text(zarina.get(at(sent, "recall"))), "and whoever cancels it"


def test_the_desk_reads_it_before_it_answers_and_the_receiver_until_help_ends(house: Senders, zarina) -> None:
    """Red before: the row of Today left the child out, which the row of Incoming said."""
    sent_with_a_child(zarina)
    for address in ("/", "/desk/"):
        assert ASKED_FOR in page_text(house.browser("desk-shelter").get(address)), address
    (sent,) = referrals()
    house.accepted(sent, part="now")
    assert f"{MOTHER}: is expected" in page_text(house.browser("shelter-worker").get("/"))
    assert MOTHER in page_text(zarina.get("/")), "who is expected"
    house.browser("shelter-worker").post(at(sent, "serve"), answering(sent))
    assert MOTHER in page_text(house.browser("shelter-worker").get("/"))


def test_where_sex_and_age_are_not_known_the_child_is_said_all_the_same(house: Senders) -> None:
    case = house.case({"sex_code": "other_or_not_said", "age_band_code": "unknown", "children_code": "2"})
    assert "The person, with 2 children" in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_a_child_alone_who_needs_a_doctor_reads_whom_to_call_for_one(house: Senders, zarina, settings) -> None:
    """Red before: "Needs a doctor" led to a page with child protection and beds, and no doctor."""
    first = goes(press(zarina, begun(zarina), **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    need = f"{first.partition('?')[0]}?step=need"
    assert "doctor" not in page_text(zarina.get(first)), "nobody said that one is needed"
    goes(press(zarina, need, doctor="today", do="stop"))
    settings.HAMKORI_EMERGENCY = {**settings.HAMKORI_EMERGENCY, "ambulance": "903"}
    page = page_text(zarina.get(first))
    assert "If it cannot wait, call an ambulance: 903" in page
    assert "A doctor no medical service that takes children is in the directory" in page
    offered(house, "HEALTH-02")
    page = page_text(zarina.get(first))
    assert "A doctor: Legal Aid no number: ask the coordinator" in page
    records(house)
    another(house, "shelter-kulob", service_code="HEALTH-01")
    page = page_text(zarina.get(first))
    called = page.index("A doctor: Shelter Kulob 00")
    assert page.index("name nobody") < called < page.index("Whom else") < page.index("A doctor: Legal Aid")
    goes(press(zarina, need, doctor="no", do="stop"))
    assert "A doctor" not in page_text(zarina.get(first))
