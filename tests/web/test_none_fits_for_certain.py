"""Where no service fits for certain: what is true is said above them, and who must get nothing stands last."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

NOBODY = "Nobody here fits"
NOTHING = "The person does not want this organisation to get anything."


def speaks(house: Senders, *languages: str, **more: object) -> None:
    """What the shelter's entry says."""
    with god():
        Service.objects.filter(pk=house.world.services["HOME-02"]).update(language_codes=[*languages], **more)


def said_of(house: Senders, case: Case) -> str:
    return page_text(house.browser().get(f"/cases/{case.code}/first/?step=service&urgency=urgent"))


def place(house: Senders, **facts: object) -> Case:
    case = house.case({"need_tonight_codes": ["safe_place"], **facts})
    house.agreed(case)
    return case


def test_a_language_alone_is_named_above_who_can_be_asked(house: Senders) -> None:
    """Red before: "Nobody here fits" stood above a shelter with room that could be chosen."""
    speaks(house, "tg")
    said = said_of(house, place(house, language_code="en"))
    assert "None says that it speaks this language: English" in said
    assert "An interpreter may be needed: ask somebody below all the same." in said
    assert NOBODY not in said
    row = said.partition("An interpreter may be needed")[2]
    assert "It may decline: no one speaks the language." in row, "and its row says it"
    assert "Choose" in row.partition("It may decline")[2]


def test_no_room_alone_is_said_and_of_two_conditions_neither(house: Senders) -> None:
    """Red before: as above."""
    speaks(house, "tg", is_full=True)
    full = said_of(house, place(house, language_code="tg"))
    assert "None says that it has room now" in full
    assert NOBODY not in full
    both = said_of(house, place(house, language_code="en"))
    assert "None fits for certain Each says what speaks against it." in both
    another(house, language_codes=["en"], is_full=True)
    speaks(house, "tg", is_full=False)
    mixed = said_of(house, place(house, language_code="en"))
    assert "None fits for certain" in mixed
    assert "None says that it" not in mixed, "one speaks English, and another one has room"


def test_nobody_fits_where_nobody_can_be_asked(house: Senders) -> None:
    speaks(house, "tg")
    case = place(house, language_code="en")
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    assert NOBODY in said_of(house, case)


def test_who_must_get_nothing_is_not_the_nearest_and_each_row_says_it(house: Senders) -> None:
    """Red before: it stood first under "The nearest", and its second service without the sentence."""
    speaks(house, "tg")
    another(house, "shelter-kulob", service_code="HOME-01", region_code="TJ-DU", language_codes=["tg"])
    another(house, "legal-aid", language_codes=["tg"], is_full=True)
    case = place(house, language_code="en")
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    said = page_text(house.browser().get(f"/cases/{case.code}/refer/"))
    nearest, _, others = said.partition("Others, and what speaks against them")
    nearest = nearest.partition("The nearest, each with the reason")[2]
    assert "Legal Aid" in nearest
    assert "Shelter Kulob" not in nearest
    assert (others.count("Shelter Kulob"), others.count(NOTHING)) == (2, 2)
    short = said_of(house, case)
    assert short.index("Legal Aid") < short.index("Shelter Kulob")


def test_where_all_who_are_listed_must_get_nothing_that_is_said(house: Senders) -> None:
    """Red before: the one that must get nothing stood as the nearest, with "None fits for certain"."""
    case = place(house)
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    said = page_text(house.browser().get(f"/cases/{case.code}/refer/"))
    assert "The person does not want those who are listed to get anything. They are below." in said
    assert "The nearest, each with the reason" not in said
    assert NOTHING in said
