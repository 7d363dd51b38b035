"""The next step of a case: set with one press, done and followed by another, or put off."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import doors
from tests.cast import pass_time
from tests.web.forms_of import fields, operation, press, text
from tests.web.scene import Scene, again

pytestmark = pytest.mark.django_db


def test_the_next_step_is_set_with_one_press_of_a_day(world: Scene) -> None:
    case = world.case()
    client, address = doors.client_for(world.zarina), f"/cases/{case.code}/edit/"
    page = client.get(address)
    days = re.findall(r'name="day"\s+value="([^"]+)"', page.content.decode())
    assert days[:2] == [(timezone.localdate() + timedelta(days=one)).isoformat() for one in (0, 1)]
    assert "Tomorrow" in text(page)
    assert len(days) == 5
    assert "fold" in page.content.decode().partition('id="days"')[2].partition('name="next_step_on"')[0], "once"
    sent = {**fields(page), "next_step_code": "refer", "next_step_on": ""}
    answer = client.post(address, {**sent, "day": days[2]}, follow=True)
    third = date.fromisoformat(days[2])
    assert again(case).next_step_on == third
    assert f"Not done, replaced: Meet again. Next: Refer to a service, {third:%A}, " in text(answer)
    assert "<svg" not in page.content.decode().partition('id="days"')[2].partition("</div>")[0]
    wrong = client.post(address, {**sent, "next_step_code": "", "day": days[3], "operation": operation()})
    marked = re.findall(r'value="([^"]+)"><svg', wrong.content.decode().partition('id="days"')[2])
    assert (wrong.status_code, marked) == (400, [days[3]]), "what was pressed has a mark"
    for nonsense in ("soon", "2026-13-45", "1999-01-01"):
        assert client.post(address, {**sent, "day": nonsense, "operation": operation()}).status_code == 400
    assert again(case).next_step_on == third


@pytest.mark.parametrize(
    ("code", "words"),
    [("settle_in", "Receive the person: room, food, rest"), ("go_along", "Go along to a doctor or an office")],
)
def test_who_has_just_come_has_a_next_step_that_says_so(world: Scene, code: str, words: str) -> None:
    """Red before: of eight steps none was for the evening on which somebody comes to a shelter."""
    case = world.case()
    client, address = doors.client_for(world.zarina), f"/cases/{case.code}/edit/"
    assert words in text(client.get(address))
    assert press(client, address, next_step_code=code, next_step_on=timezone.localdate().isoformat()).status_code == 303
    assert again(case).next_step_code == code
    assert words in text(client.get("/"))


def test_a_step_that_is_done_is_followed_by_another_and_what_is_planned_is_replaced_openly(world: Scene) -> None:
    case = world.case()
    client, address = doors.client_for(world.zarina), f"/cases/{case.code}/edit/"
    press(client, address, next_step_code="meet", next_step_on=timezone.localdate().isoformat())
    for said in ("Replaces: Meet again, today", ">It is done</a>"):
        assert said in text(client.get(address))
    planned_for = client.get(f"/cases/{case.code}/").content.decode()
    assert f'href="{address}?done=1"' in planned_for, "also before it is late"
    assert f'<a href="{address}">Put it off</a>' in planned_for, "and in one press to the days"
    pass_time(days=2)
    planned = again(case).next_step_on
    assert f'href="{address}?done=1"' in client.get("/").content.decode()
    of_case = client.get(f"/cases/{case.code}/").content.decode()
    assert of_case.count(f'href="{address}') == 3, "above with both buttons, among the links, and not as a row as well"
    done = client.get(f"{address}?done=1")
    for said in ("Next step</h1>", "Done when you save: Meet again, ", "Not done: put it off, or replace it"):
        assert said in text(done), "nothing is done before it is saved"
    assert "Replaces" not in text(done)
    assert (fields(done)["next_step_code"], fields(done)["next_step_on"]) == ([""], [""])
    for at in (address, f"{address}?done=1"):
        same = press(client, at, next_step_code="meet", next_step_on=planned.isoformat())
        assert same.status_code == 400, "a day that is over is planned by nobody"
    assert fields(client.get(address))["next_step_on"] == [""], "nobody plans for a day that is over"
    assert press(client, address, risk_code="high").status_code == 303, "beside it something else may change"
    assert again(case).next_step_on == planned
    day = (planned + timedelta(days=4)).isoformat()
    assert press(client, address, next_step_on=day).status_code == 303
    assert f"Put off: Meet again, {date.fromisoformat(day):%A}" in text(client.get(f"/cases/{case.code}/"))
    assert press(client, f"{address}?done=1", next_step_code="refer", next_step_on=day).status_code == 303
    assert f"Done: Meet again. Next: Refer to a service, {date.fromisoformat(day):%A}" in text(
        client.get(f"/cases/{case.code}/")
    )
    assert again(case).next_step_code == "refer"
    assert press(client, address, next_step_code="meet", next_step_on=day).status_code == 303
    other = text(client.get(f"/cases/{case.code}/"))
    assert f"Not done, replaced: Refer to a service. Next: Meet again, {date.fromisoformat(day):%A}" in other, (
        "nobody writes that it was done"
    )


def test_the_form_with_all_details_says_which_step_another_one_takes_the_place_of(world: Scene) -> None:
    """Red before: the form that changes everything replaced the step of tomorrow and said nothing before."""
    case = world.case()
    client, address = doors.client_for(world.zarina), f"/cases/{case.code}/edit/"
    press(client, address, next_step_code="meet", next_step_on=timezone.localdate().isoformat())
    shown = text(client.get(f"{address}?all=1"))
    assert "Planned: Meet again, today" in shown
    assert "Another next step takes its place." in shown
