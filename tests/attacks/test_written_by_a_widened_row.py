"""Who only reads a part of a case writes it, where the owner lets her row say so: by the page of the case's codes.

`section.write` asks for her own row as it was tagged (ADR 0070). `case.edit` writes the same sheets, and `register`
too, and asks nobody but the database's own wall, which reads the row as it lies there: she has the key to read.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_planted_casework import PSYCHOLOGIST
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms

OTHER = {"safe_phone": "another"}


def by_the_section(actor: Any, case: Case) -> None:
    seal_no = owner("select seal_no from contact where case_id = %s", case.pk)[0]["seal_no"]
    section.write_section(actor, case, section="contact", fields=OTHER, seal_no=seal_no)


def by_the_codes(actor: Any, case: Case) -> None:
    found = Case.objects.get(pk=case.pk)
    cases.edit(actor, found, version=found.version, codes={}, sealed={"contact": OTHER})


@pytest.mark.parametrize("widened", [False, True])
@pytest.mark.parametrize("writes", [by_the_section, by_the_codes])
def test_who_only_reads_it_writes_nothing(house: House, writes: Any, widened: bool) -> None:
    case, before = house.case(PSYCHOLOGIST), alarms()
    if widened:
        owner("alter table case_access disable trigger user")
        owner("update case_access set writes = sections where case_id = %s and membership_id = %s",
              case.pk, house.world.membership(PSYCHOLOGIST))  # fmt: skip
        owner("alter table case_access enable trigger user")
    with suppress(NotNow, NotAllowed, NotVisible):
        house.as_(PSYCHOLOGIST, lambda actor: writes(actor, case))
    told = alarms() != before
    tried()
    sheet = house.as_(LEAD, lambda actor: section.open_section(actor, case, section="contact")).fields
    assert sheet["safe_phone"] == "canary-phone", f"she has written {sheet['safe_phone']!r}; alarm: {told}"
