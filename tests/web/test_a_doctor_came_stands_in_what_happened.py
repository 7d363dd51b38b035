"""That a doctor came stands in what happened, with its hour (ADR 219)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case, CaseStep
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import BOTH

pytestmark = pytest.mark.django_db
CAME = "It was said that a doctor came"


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
