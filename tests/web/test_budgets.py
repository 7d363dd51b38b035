"""What a page may cost on a slow line and in the database. Numbers of all pages are printed (pytest -s)."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import doors
from tests.web import weighing
from tests.web.scene import Scene

PUBLIC, PUBLIC_REQUESTS = 40_000, 5
FIRST_VISIT, REPEAT, PART = 120_000, 20_000, 6_000
OWN, OF_REQUEST = 12, 10
FORM, OPENING = 2, 13
# What only the demonstration has, and the sheet of all components.
ONLY_HERE = {"front", "mail", "style-guide"}

# Where help, steps and reasons are read in the words of our lists.
OF_LISTS = (
    *("today-case-worker", "today-supervisor", "today-desk", "today-coordinator", "desk", "late-answers", "referrals"),
    *("cases", "sent-sent", "sent-declined", "sent-recall", "sent-settle", "case-refer", "first-service", "case"),
    *("got-serving", "card", "got-accepted", "got-declined"),
)

Weighed = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def weighed(on_stage: Callable[[str], Any]) -> Weighed:
    """Every page of the invented world, weighed once."""
    found: Weighed = on_stage("tests.web.weighing")
    return found


def weight(page: HttpResponse) -> tuple[int, int]:
    """Bytes of a page with what it makes a browser fetch, packed as on the wire, and of the page alone."""
    client, text = Client(), page.content.decode()
    files = [
        b"".join(cast(Any, client.get(path)).streaming_content) for path in dict.fromkeys(weighing.FILE.findall(text))
    ]
    assert files
    alone = len(gzip.compress(page.content))
    return alone + sum(len(gzip.compress(file)) for file in files), alone


@pytest.mark.django_db
def test_the_way_in_and_the_first_page_are_small(scene: Scene) -> None:
    """What `--fast` keeps of the whole: the page of a stranger on her telephone, and the one that everybody sees."""
    assert weight(doors.stranger().get("/account/sign-in/"))[0] <= PUBLIC
    with_files, alone = weight(doors.client_for(scene.zarina).get("/"))
    assert with_files <= FIRST_VISIT
    assert 1_000 < alone <= REPEAT


def line(name: str, page: Mapping[str, Any]) -> str:
    """One row of the table."""
    files = sum(page["files"].values())
    return (
        f"{name:<24} {page['status']} html {page['bytes']:>6} gz {page['gz']:>5} files {len(page['files']):>2}"
        f" {files:>6} own {page['own']:>2} request {page['request']:>2}"
    )


def over(weighed: Weighed, what: Any) -> list[str]:
    """The pages for which this is true, as rows."""
    return [line(name, page) for name, page in weighed.items() if what(page)]


@pytest.mark.bulk
def test_every_page_is_weighed(weighed: Weighed) -> None:
    for name, page in weighed.items():
        print(line(name, page))
    assert len(weighed) > 60
    assert {page["status"] for page in weighed.values()} <= {200, 403, 404}


@pytest.mark.bulk
def test_pages_of_strangers_are_small(weighed: Weighed) -> None:
    strangers = {name: page for name, page in weighed.items() if not page["who"] and name not in ONLY_HERE}
    assert strangers
    assert over(strangers, lambda page: page["gz"] + sum(page["files"].values()) > PUBLIC) == []
    assert over(strangers, lambda page: 1 + len(page["files"]) > PUBLIC_REQUESTS) == []


@pytest.mark.bulk
def test_a_first_visit_and_every_later_one(weighed: Weighed) -> None:
    assert over(weighed, lambda page: page["gz"] + sum(page["files"].values()) > FIRST_VISIT) == []
    assert over(weighed, lambda page: page["gz"] > REPEAT) == []


@pytest.mark.bulk
def test_parts_that_a_page_asks_for_by_itself(weighed: Weighed) -> None:
    assert weighed["desk-waiting"]["gz"] <= PART


@pytest.mark.bulk
def test_no_list_and_no_thing_asks_the_database_too_much(weighed: Weighed) -> None:
    read = {name: page for name, page in weighed.items() if not page["opens"] and not page["form"]}
    assert over(read, lambda page: page["own"] > OWN) == []
    assert over(weighed, lambda page: page["request"] > OF_REQUEST) == []
    assert max(page["own"] for page in weighed.values()) > 3, "somebody counted"


@pytest.mark.bulk
def test_forms_and_openings_have_a_price_that_is_known(weighed: Weighed) -> None:
    """An opening is an act: policy, ledger, sheet, key and seal come on top of the page, once for each part."""
    assert over(weighed, lambda page: page["own"] > OWN + FORM + page["opens"] * OPENING) == []


@pytest.mark.bulk
def test_a_page_whose_lists_are_provisional_says_so_once(weighed: Weighed) -> None:
    """Red before: only the directory, and some forms by hand; Today, what came in, the case and its end did not."""
    assert {name: weighed[name]["provisional"] for name in OF_LISTS} == dict.fromkeys(OF_LISTS, 1)
