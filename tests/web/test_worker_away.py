"""A worker is ill: the supervisor finds her cases, and reads where nobody else is on the team."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.team import Leader
from hamkori.casework.work.queries import case_list
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import NEEDED, today

pytestmark = pytest.mark.django_db

HERS = "supervisor-cso"
AWAY = "If the lead worker is absent, nobody else is on the team: you can call organisations"


def shown(house: Senders, path: str, who: str = HERS) -> str:
    return page_text(house.browser(who).get(path))


def test_alone_is_said_alike_on_today_in_cases_and_on_the_case(house: Senders) -> None:
    """Red before: on Today only in rows that tell the team; in Cases and on the case nowhere."""
    case = house.case()
    pass_time(days=3)
    name = re.search(r"lead worker: ([^·;]+?), alone", shown(house, "/"))
    assert name is not None
    assert f"{name[1]}, alone" in shown(house, "/cases/")
    page = shown(house, f"/cases/{case.code}/")
    assert AWAY in page
    assert page.count(AWAY) == 1
    assert ", alone" not in shown(house, "/cases/", "caseworker-cso")
    assert AWAY not in shown(house, f"/cases/{case.code}/", "caseworker-cso")


def test_the_case_says_it_too_where_nothing_is_late(house: Senders) -> None:
    """Red before: nothing, or folded on the page of a referral."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    with god():
        Case.objects.filter(pk=case.pk).update(
            next_step_code="call_back", next_step_on=localdate(now() + timedelta(days=5))
        )
    page = shown(house, f"/cases/{case.code}/")
    assert re.search(r"Lead worker: [^.]+, alone\. " + AWAY, page), page[:1500]


def test_where_one_works_alone_the_own_way_stands_before_telling_the_team(house: Senders) -> None:
    """Red before: "Tell the team" was the first button, also of what is late, where the team is one who is ill."""
    house.case()
    pass_time(days=3)
    row = today(house, HERS).partition("lead worker:")[2]
    assert row.index("Open the case") < row.index("Tell the team")
    assert "alone; if absent, call yourself" in row


def test_a_supervisor_finds_the_cases_of_each_worker(house: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red before: only by the name in a row of the list, and not at all on a phone or on Today."""
    case = house.case(NEEDED)
    assert "Worker" not in shown(house, "/cases/"), "of one worker it would say nothing"
    zarina, other = house.world.membership("caseworker-cso"), house.world.membership("shelter-worker")
    two = {case.pk: Leader(zarina, "Zarina", True), other: Leader(other, "Nigora", True)}
    monkeypatch.setattr(case_list, "leaders_for", lambda actor, ids: two if "supervisor" in actor.roles else {})
    page = house.browser(HERS).get("/cases/?workers=1").content.decode()
    assert re.search(r"<details[^>]* open[^>]*>(?:(?!</summary>).)*Worker", page, re.DOTALL)
    for post, name in ((zarina, "Zarina"), (other, "Nigora")):
        assert re.search(rf'href="/cases/\?lead={post}"[^>]*>(?:(?!</a>).)*{name}', page, re.DOTALL), name
    assert case.code[:4] in shown(house, f"/cases/?lead={zarina}")
    assert case.code[:4] not in shown(house, f"/cases/?lead={other}")
    assert "Worker" not in shown(house, "/cases/?workers=1", "caseworker-cso")
