"""Every form that asks for a day: one that cannot be meant is answered at its field, and what was typed is kept.

Red before: a day far off met a wall of the database and was answered with the page of a forbidden act.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.utils import timezone

import hamkori.web
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules import days
from hamkori.casework.consent.rules import consent as rules
from tests import doors
from tests.database import god
from tests.web.forms_of import fields, operation
from tests.web.senders import Senders, answering, page_text, version
from tests.web.test_short_way import AGREES, begun, to_answers

pytestmark = pytest.mark.django_db

WRITTEN_SO = "Write the date like this: 25.11.2026"
NO_SUCH_DAY = "There is no such day. One that there is: "
REFUSED = ("Choose a day between", "Choose a day from today on", "Choose a date within", WRITTEN_SO, NO_SUCH_DAY)
FAR = ("01.01.0001", "01.01.1900", "01.01.2099", "31.12.2199", "31.12.9999")
NO_DATE = ("31.02.2026", "tomorrow", "завтра", "0", "9" * 60)
KEPT = "canary-kept"


def day(days_on: int) -> str:
    return (timezone.localdate() + timedelta(days=days_on)).strftime("%d.%m.%Y")


Asked = tuple[doors.DoorClient, str, dict[str, object]]
"""Who sends, where to, and what else is in the form."""


def _case(house: Senders) -> Case:
    case = house.case()
    house.agreed(case)
    return case


def refer(house: Senders) -> Asked:
    case = _case(house)
    return house.browser(), f"/cases/{case.code}/refer/", house.screen(case, urgency="within_a_day", agreed_text=KEPT)


def _of_draft(house: Senders, step: str) -> Asked:
    case = _case(house)
    draft = house.draft(case)
    does = "send" if step == "send" else "draft"
    form = house.screen(case, urgency="within_a_day", agreed_text=KEPT, version=draft.version, do=does)
    return house.browser(), f"/referrals/{draft.code}/{step}/", form


def change_a_draft(house: Senders) -> Asked:
    return _of_draft(house, "edit")


def send_a_draft(house: Senders) -> Asked:
    return _of_draft(house, "send")


def edit(house: Senders) -> Asked:
    client, at = house.browser(), f"/cases/{_case(house).code}/edit/"
    return client, at, {**fields(client.get(at)), "next_step_code": "meet", "language_code": "ru"}


def later(house: Senders) -> Asked:
    client = house.browser()
    at = begun(client, "later")
    return client, at, {**fields(client.get(at)), "next_step_code": "meet", "district": "TJ-KT-01"}


def first_consent(house: Senders) -> Asked:
    client = house.browser()
    at = to_answers(client)
    return client, at, {**fields(client.get(at)), **AGREES, "how": "spoken"}


def consent(house: Senders) -> Asked:
    client, at = house.browser(), f"/cases/{house.case().code}/consent/"
    said = {"a_health_help": "yes", "language": "tg", "read": "on", "how_given": "spoken"}
    return client, at, {**fields(client.get(at), at), **said}


def accept(house: Senders) -> Asked:
    referral = house.sent(_case(house))
    more = {"team": [str(house.world.membership("shelter-worker"))], "arrival_part": "morning", "place": KEPT}
    return house.browser("desk-shelter"), f"/referrals/{referral.code}/accept/", {**answering(referral), **more}


def expect(house: Senders) -> Asked:
    referral = house.sent(_case(house))
    house.accepted(referral)
    form = {"operation": operation(), "version": version(referral), "arrival_part": "evening", "place": KEPT}
    return house.browser("shelter-worker"), f"/referrals/{referral.code}/expect/", form


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form with a day: how it is come to, the name of its field, the days that it takes, what else stays."""

    asked: Callable[[Senders], Asked]
    field: str
    at_most: timedelta
    keeps: str = KEPT


FORMS = {
    "referral": Form(asked=refer, field="needed_from", at_most=days.NEEDED_FROM_AT_MOST),
    "draft": Form(asked=change_a_draft, field="needed_from", at_most=days.NEEDED_FROM_AT_MOST),
    "draft sent": Form(asked=send_a_draft, field="needed_from", at_most=days.NEEDED_FROM_AT_MOST),
    "details": Form(asked=edit, field="next_step_on", at_most=days.NEXT_STEP_AT_MOST, keeps='value="meet" selected'),
    "another time": Form(asked=later, field="next_step_on", at_most=days.NEXT_STEP_AT_MOST, keeps="TJ-KT-01"),
    "first consent": Form(asked=first_consent, field="until", at_most=rules.UNTIL_AT_MOST, keeps="checked"),
    "consent": Form(asked=consent, field="until", at_most=rules.UNTIL_AT_MOST, keeps="checked"),
    "accept": Form(asked=accept, field="arrival_on", at_most=days.ARRIVAL_AT_MOST),
    "arrival": Form(asked=expect, field="arrival_on", at_most=days.ARRIVAL_AT_MOST),
}
ASKED_IN = {
    "cases/editing.py": "next_step_on",
    "consent/forms.py": "until",
    "first/asking.py": "until",
    "first/later.py": "next_step_on",
    "received/forms.py": "arrival_on",
    "referrals/forms.py": "needed_from",
}
"""Each field for a day in our pages; FORMS sends each."""


def at_its_field(answer: HttpResponse, field: str, typed: str) -> None:
    """A message stands at the field, and what was typed stands in it."""
    page = answer.content.decode()
    box = re.search(rf'<input[^>]*name="{field}"[^>]*>', page)
    assert box, page
    assert f'value="{typed}"' in box[0], box[0]
    assert 'aria-invalid="true"' in box[0], box[0]
    said = page_text(answer)
    assert any(one in said for one in REFUSED), said[:3000]


@pytest.mark.parametrize("name", FORMS)
def test_a_day_that_cannot_be_meant_is_answered_at_its_field(house: Senders, name: str) -> None:
    form = FORMS[name]
    client, at, given = form.asked(house)
    beyond = [day(-1), day(form.at_most.days + 1)]
    for typed in (*FAR, *NO_DATE, *beyond):
        answer = client.post(at, {**given, "operation": operation(), form.field: typed})
        assert answer.status_code == 400, (typed, answer.status_code, page_text(answer)[:2000])
        at_its_field(answer, form.field, typed)
        assert form.keeps in answer.content.decode(), typed


@pytest.mark.parametrize("name", FORMS)
def test_the_last_day_that_the_message_names_is_taken(house: Senders, name: str) -> None:
    form = FORMS[name]
    client, at, given = form.asked(house)
    answer = client.post(at, {**given, form.field: day(form.at_most.days)})
    assert answer.status_code == 303, page_text(answer)[:3000]


def test_each_field_for_a_day_is_asked_here() -> None:
    """Whoever adds one sends it here too."""
    root, found = Path(next(iter(hamkori.web.__path__))), set()
    for source in root.rglob("*.py"):
        if source.parent.name == "kit":
            continue
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                made = ast.unparse(node.value.func)
                if made.rpartition(".")[2] in ("DateField", "DateTimeField"):
                    name = ast.unparse(node.targets[0]).rpartition("fields['")[2].rstrip("']")
                    found.add((source.relative_to(root).as_posix(), name))
    assert found == set(ASKED_IN.items())
    assert {form.field for form in FORMS.values()} == set(ASKED_IN.values())


def test_the_message_names_the_days_in_the_countrys_order(house: Senders) -> None:
    client, at, given = edit(house)
    answer = client.post(at, {**given, "next_step_on": "01.01.2199"})
    assert f"Choose a day between {day(0)} and {day(days.NEXT_STEP_AT_MOST.days)}." in page_text(answer)


def test_another_time_that_was_refused_stands_open_with_the_hour_and_the_meeting_point(house: Senders) -> None:
    """Red before: the wall's page came instead of the form, and what was typed was gone."""
    client, at, given = expect(house)
    answer = client.post(at, {**given, "arrival_on": "01.01.2099", "hour": "canary-hour", "ask_for": "canary-guard"})
    page = answer.content.decode()
    assert answer.status_code == 400
    opened = page.split("Move it to another time</h2>")[0].rpartition("<details")[2]
    assert " open" in opened, opened
    for typed in (KEPT, "canary-hour", "canary-guard"):
        assert f'value="{typed}"' in page
    assert re.search(r'value="evening"[^>]*checked', page)


def test_a_day_that_is_over_may_stay_where_only_something_else_is_changed(house: Senders) -> None:
    """Somebody in danger is ticked at once, however late the next step is."""
    client, at, given = edit(house)
    with god():
        Case.objects.update(next_step_code="meet", next_step_on=timezone.localdate() - timedelta(days=3))
    given = {**given, **fields(client.get(at)), "has_danger": "on"}
    assert given["next_step_on"] == [""]
    assert client.post(at, given).status_code == 303
    with god():
        case = Case.objects.get()
    assert (case.has_danger, f"{case.next_step_on:%d.%m.%Y}") == (True, day(-3)), "it stays planned as it was"
    again = {**fields(client.get(at)), "next_step_on": day(-2)}
    assert client.post(at, again).status_code == 400, "but no other day that is over"
