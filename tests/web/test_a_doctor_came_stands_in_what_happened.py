"""That a doctor came stands in what happened, with its hour (ADR 219)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions.case import edit
from hamkori.casework.case.models import Case, CaseStep
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import BOTH

pytestmark = pytest.mark.django_db
CAME = "It was said that a doctor came"
UNDO = 'name="doctor_seen" value="nobody"'


@pytest.mark.parametrize("needs", [{"doctor_code": "yes"}, {"doctor_code": "child_7_13", "children_code": "1"}])
def test_that_a_doctor_came_is_a_step_with_its_hour(house: Senders, needs: dict[str, str]) -> None:
    """Red before: the need was gone, and what happened said nothing."""
    case = house.case({**needs, "need_tonight_codes": ["doctor"]})
    at = f"/cases/{case.code}/"
    page = house.browser().get(at).content.decode()
    assert CAME not in page
    who = re.search(r'name="doctor_seen" value="(\w+)"', page)
    assert who is not None
    with god():
        version = Case.objects.get(pk=case.pk).version
    form = {"operation": str(uuid4()), "version": version, "doctor_seen": who[1]}
    assert house.browser().post(f"{at}edit/", form).status_code == 303
    for reader in BOTH:
        read = page_text(house.browser(reader).get(at)).partition("What happened")[2]
        assert re.search(rf"(today|yesterday),? \d\d:\d\d[^.]*{CAME}|{CAME}[^.]*\d\d:\d\d", read), (reader, read[:600])
    with god():
        assert CaseStep.objects.filter(case=case, step_code="doctor_seen").count() == 1


def press(house: Senders, case: Case, who: str) -> int:
    """The press of a page that is open now; the form alone says whom."""
    with god():
        version = Case.objects.get(pk=case.pk).version
    form = {"operation": str(uuid4()), "version": version, "doctor_seen": who}
    return house.browser().post(f"/cases/{case.code}/edit/", form).status_code


def needs_of(case: Case) -> tuple[str, bool]:
    with god():
        found = Case.objects.get(pk=case.pk)
        return found.doctor_code, "doctor" in found.need_tonight_codes


@pytest.mark.parametrize(
    ("doctor", "who", "since"),
    [
        ("yes", "person", ("no", False)),
        ("child_7_13", "child", ("no", False)),
        ("with_child", "child", ("yes", True)),
        ("with_child", "both", ("no", False)),
    ],
)
def test_who_said_so_takes_it_back_within_the_hour(
    house: Senders, doctor: str, who: str, since: tuple[str, bool]
) -> None:
    """Red before: one tap told the shelter that no doctor is needed, and the way back was the long form (ADR 231)."""
    case = house.case({"doctor_code": doctor, "need_tonight_codes": ["doctor"], "children_code": "1"})
    at = f"/cases/{case.code}/"
    assert press(house, case, who) == 303
    assert needs_of(case) == since
    assert UNDO in house.browser().get(at).content.decode()
    assert UNDO not in house.browser("supervisor-cso").get(at).content.decode(), "it is theirs who said it"
    pass_time(minutes=59)
    assert UNDO in house.browser().get(at).content.decode()
    assert press(house, case, "nobody") == 303
    assert needs_of(case) == (doctor, True)
    page = house.browser().get(at).content.decode()
    assert "Put back: no doctor came" in page.partition("What happened")[2], "the history keeps both"
    assert CAME in page.partition("What happened")[2]
    assert UNDO not in page
    assert press(house, case, "nobody") == 409, "once"


def test_after_an_hour_or_another_word_nothing_is_put_back(house: Senders) -> None:
    case = house.case({"doctor_code": "yes", "need_tonight_codes": ["doctor"]})
    assert press(house, case, "person") == 303
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        edit(zarina, known, version=known.version, codes={"doctor_code": "yes"})
    assert press(house, case, "nobody") == 409, "somebody said since that one is needed"
    other = house.case({"doctor_code": "yes", "need_tonight_codes": ["doctor"]})
    assert press(house, other, "person") == 303
    pass_time(hours=1)
    assert UNDO not in house.browser().get(f"/cases/{other.code}/").content.decode()
    assert press(house, other, "nobody") == 409
    assert needs_of(other) == ("no", False)
