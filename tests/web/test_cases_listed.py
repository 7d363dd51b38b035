"""The list of cases: whose they are, filters in the address, pages by key, cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.cast import pass_time
from tests.web.forms_of import text

pytestmark = pytest.mark.django_db

OVERHEAD = 10


def test_the_list_holds_her_cases_and_no_one_elses(world) -> None:
    case = world.case()
    code = f"{case.code[:4]}\xa0{case.code[4:]}"
    assert code in text(doors.client_for(world.zarina).get("/cases/"))
    assert code in text(doors.client_for(world.saida).get("/cases/"))
    other = text(doors.client_for(world.manzura).get("/cases/"))
    assert code not in other
    assert "You have no cases yet." in other
    assert doors.client_for(world.gulnora).get("/cases/").status_code == 403


def test_filters_stand_in_the_address_and_can_be_taken_away(world) -> None:
    late, calm = world.case(), world.case()
    world.sent(late)
    pass_time(hours=3)
    client = doors.client_for(world.zarina)
    page = text(client.get("/cases/?late=1"))
    assert late.code[:4] + "\xa0" in page
    assert f"/cases/{calm.code}/" not in page
    page = text(client.get("/cases/?unreferred=1"))
    assert f"/cases/{calm.code}/" in page
    assert f"/cases/{late.code}/" not in page
    nothing = text(client.get("/cases/?region=TJ-GB&nonsense=1"))
    assert "No case matches." in nothing
    assert "Without" in nothing


def test_pages_by_key_show_every_case_once(world, monkeypatch) -> None:
    from hamkori.casework.work.queries import case_list

    monkeypatch.setattr(case_list, "PAGE", 2)
    codes = [world.case().code for _ in range(5)]
    seen: list[str] = []
    after = ""
    with doors.acting(world.zarina) as actor:
        for _ in range(3):
            page = case_list.listing(actor, case_list.Filters(), after=after)
            seen += [line.code for line in page.lines]
            after = page.after
        assert after == ""
        assert seen == codes[::-1]
        back = case_list.listing(actor, case_list.Filters(), before=page.before)
        assert [line.code for line in back.lines] == seen[2:4]


def test_the_list_is_cheap_however_long_it_is(world) -> None:
    client = doors.client_for(world.zarina)
    world.sent(world.case())

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/cases/").status_code == 200
        return len(queries)

    cost()
    few = cost()
    for _ in range(4):
        world.case()
    assert cost() == few
    assert few <= OVERHEAD + 12
