"""A case that was opened again: whoever asks for help reads that what is needed was said before it was closed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.case.actions.details import details
from hamkori.casework.case.models import Case, CaseStep
from hamkori.web.kit.forms import DateField
from tests.cast import pass_time, wall_clock
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_opened_after_everything import opens
from tests.web.test_place_opened_again import closes
from tests.web.test_refer import address

pytestmark = pytest.mark.django_db
BEFORE = "before the case was closed: "
ROW = "Opened again: ask what is needed now"
ASK = "Ask what is needed now, and whether somebody is in danger."


def test_what_was_needed_before_the_closing_is_called_so_until_it_is_written_anew(house: Senders) -> None:
    """Red before: a bed was asked for because one had been needed weeks ago, and nobody asked about danger."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    pass_time(minutes=1)
    zarina = house.browser()
    assert ASK not in page_text(zarina.get(address(case))), "never closed"
    closes(house, case)
    opens(house, case)
    house.agreed(case)
    page = zarina.get(address(case))
    assert page_text(page).count(ASK) == 1
    assert f"{BEFORE}A safe place" in page_text(page)
    assert f'href="/cases/{case.code}/edit/?all=1#id_need_tonight_codes_0"' in page.content.decode()
    edits(house, case, {"need_tonight_codes": ["nothing_now"]})
    assert ASK not in page_text(zarina.get(address(case)))


def edits(house: Senders, case: Case, codes: dict[str, object], *, whole: bool = False) -> None:
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        details(lead, found, version=found.version, needs_shown=whole, codes=codes)
    pass_time(minutes=1)


def reopened(house: Senders) -> Case:
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    pass_time(minutes=1)
    closes(house, case)
    opens(house, case)
    return case


def test_the_next_step_alone_says_nothing_of_what_is_needed(house: Senders) -> None:
    """Red before: whoever chose the next step had asked about danger, as the page of the choice saw it."""
    case = reopened(house)
    edits(house, case, {"next_step_code": "meet", "next_step_on": timezone.localdate(wall_clock())})
    shown = page_text(house.browser().get(address(case)))
    assert ASK in shown
    assert f"What is needed was said {BEFORE}" in shown, "when it was said nobody knows any more"
    edits(house, case, {"has_danger": False})
    assert ASK in page_text(house.browser().get(address(case))), "as it was before, and nobody was shown it"
    edits(house, case, {"has_danger": False}, whole=True)
    assert ASK not in page_text(house.browser().get(address(case)))


def test_the_team_has_a_row_until_it_is_said_what_is_needed_now(house: Senders) -> None:
    """Red before: after the case was opened again nobody was asked whether a place or anybody in danger is there."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    pass_time(minutes=1)
    closes(house, case)
    assert ROW not in page_text(house.browser().get("/"))
    malika = house.browser("supervisor-cso")
    at = f"/cases/{case.code}/reopen/"
    said = malika.post(at, {**fields(malika.get(at), at), "reason": "returned"}, follow=True)
    assert "Today asks the team what is needed now." in page_text(said)
    pass_time(minutes=1)
    today = house.browser().get("/")
    assert page_text(today).count(ROW) == 1
    edit = f"/cases/{case.code}/edit/?all=1"
    assert f'href="{edit}#id_need_tonight_codes_0"' in today.content.decode()
    here = house.browser().get(f"/cases/{case.code}/")
    assert page_text(here).count(ROW) == 1, "what Today asks stands on the page of the case too"
    assert f'href="{edit}#id_need_tonight_codes_0"' in here.content.decode()
    assert ROW not in page_text(malika.get(f"/cases/{case.code}/")), "who supervises does not write it"
    form = fields(house.browser().get(edit), edit)
    assert house.browser().post(edit, form).status_code == 303
    for page in ("/", f"/cases/{case.code}/"):
        assert ROW not in page_text(house.browser().get(page)), "saved as it is: that was read and answered"
    with god():
        steps = CaseStep.objects.filter(case=case, step_code="needs_said")
        assert steps.count() == 1
    edits(house, case, {"need_tonight_codes": ["safe_place"]}, whole=True)
    with god():
        assert steps.count() == 1, "once"
    closes(house, case)
    opens(house, case)
    assert ROW in page_text(house.browser().get("/")), "and once more after the next closing"


def test_a_bed_of_a_case_that_was_opened_again_is_for_tonight(house: Senders) -> None:
    """Red before: what was needed weeks ago made it "Within a day", from tomorrow, folded where nobody looks."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    pass_time(minutes=1)
    shelter = house.world.services["HOME-02"]
    chosen = f"{address(case)}?need=HOME&service={shelter}"
    zarina = house.browser()
    assert fields(zarina.get(chosen), address(case))["urgency"] == ["within_a_day"], "no place for tonight is needed"
    closes(house, case)
    opens(house, case)
    house.agreed(case)
    asked = fields(zarina.get(chosen), address(case))
    assert asked["urgency"] == ["urgent"]
    assert asked["needed_from"] == [str(DateField().prepare_value(timezone.localdate(wall_clock())))]
