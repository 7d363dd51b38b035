"""Today of somebody with hundreds of cases: it stays a page, and what is on none of them is nowhere."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from hamkori.casework.case.models import Case
from hamkori.casework.work.queries.today import today
from hamkori.vocabulary import codes
from hamkori.web.today.paging import MOST, PAGE
from tests import doors
from tests.database import god
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

CASES, SOME = 914, 3 * PAGE + 7
HREF = re.compile(r'<a class="btn quiet small" href="(/\?[^"]+)" rel="(next|prev)"')


def many(case: Case, number: int) -> None:
    """So many cases in all like this one, all of the same people, whose next step was forgotten."""
    columns = [field.column for field in Case._meta.concrete_fields if field.name not in ("id", "code", "next_step_on")]
    fresh = [f"{seven}{codes.check_digit(str(seven))}" for seven in range(1_000_001, 1_000_000 + number)]
    named = ", ".join(f'"{name}"' for name in columns)
    with god(), connection.cursor() as cursor:
        # Their first working day is over.
        cursor.execute("update \"case\" set opened_at = opened_at - interval '7 days' where id = %s", [case.pk])
        cursor.execute(
            f'insert into "case" (id, code, next_step_on, {named}) select gen_random_uuid(), fresh.code,'
            f" case when mod(fresh.n, 2) = 0 then '2020-01-01'::date + fresh.n::int / 20 end, {named}"
            ' from "case", unnest(%s::text[]) with ordinality as fresh(code, n) where "case".id = %s',
            [fresh, case.pk],
        )
        cursor.execute(
            "insert into case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)"
            " select gen_random_uuid(), c.id, a.membership_id, kind_code, sections, writes, tag, a.opened_at, since"
            ' from "case" c, case_access a where c.id <> a.case_id and a.case_id = %s',
            [case.pk],
        )


def walk(who: doors.Person, address: str, way: str) -> list[str]:
    """Every page from this address on, this way."""
    pages, client = [], doors.client_for(who)
    while address:
        pages.append(client.get(address).content.decode())
        found = {rel: href.replace("&amp;", "&") for href, rel in HREF.findall(pages[-1])}
        address = found.get(way, "")
        assert len(pages) < 40, "it ends"
    return pages


def cases_on(page: str) -> list[str]:
    """The codes of the rows, in their order."""
    return re.findall(r'<a class="what" href="/cases/(\d{8})/(?:edit/)?"', page)


def test_hundreds_of_cases_stay_a_page(scene: Scene) -> None:
    many(scene.case(), CASES)
    page = doors.client_for(scene.zarina).get("/")
    print(f"Today at {CASES} cases: {len(page.content)} bytes")
    assert len(page.content) < 60_000
    assert len(cases_on(page.content.decode())) == PAGE
    assert f"{MOST}+" in text(page)


def test_every_row_is_on_one_page_and_the_way_back_is_the_same(scene: Scene) -> None:
    many(scene.case(), SOME)
    with doors.acting(scene.zarina) as actor:
        late = [row.case for row in today(actor, "en").late]
    assert len(late) == SOME - 1
    pages = walk(scene.zarina, "/", "next")
    assert len(pages) == 4
    there = [code for page in pages for code in cases_on(page)]
    assert sorted(there) == sorted(late)
    last = HREF.findall(pages[-1])
    back = walk(scene.zarina, last[0][0].replace("&amp;", "&"), "prev")
    assert [code for page in reversed(back) for code in cases_on(page)] == there[
        : len(there) - len(cases_on(pages[-1]))
    ]


def test_who_has_few_cases_sees_no_pages_and_a_key_that_is_none_is_the_first(scene: Scene) -> None:
    with god():
        Case.objects.filter(pk=scene.case().pk).update(next_step_on=None)
    client = doors.client_for(scene.zarina)
    first = client.get("/").content.decode()
    assert 'rel="next"' not in first
    assert 'rel="prev"' not in first
    for wrong in ("after=x", "before=0~1~2", "after=a~b~c~d~e~f", "after=" + "9" * 5000):
        assert cases_on(client.get(f"/?{wrong}").content.decode()) == cases_on(first)
    past_the_end = client.get("/?after=99000~0~0~~~~").content.decode()
    assert cases_on(past_the_end) == []
    assert "Nothing is late" not in past_the_end
