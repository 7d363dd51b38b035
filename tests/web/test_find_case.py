"""The box that finds a case by its number, or by a part of it: and what is typed there stands in no address."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import doors
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


def find(client: Client, typed: str) -> HttpResponse:
    """The answer to a number in the box of the list."""
    return client.post("/cases/find/", {"number": typed})


def test_a_number_leads_to_its_case_and_every_other_answer_is_one(world: Scene) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    assert find(client, f"{case.code[:4]} {case.code[4:]}")["Location"] == f"/cases/{case.code}/"
    stranger = doors.client_for(world.manzura)
    no, few = "No case of yours has this number.", "Type three digits of the number or more."
    letters = "Type digits of the number, not a name."
    for typed, said in (
        (case.code, no),
        (case.code[:5], no),
        ("12345678", no),
        ("12", few),
        ("no number", letters),
        ("Canary-Name", letters),
    ):
        page = find(stranger, typed)
        assert page.status_code == 200
        assert [one for one in (no, few, letters) if one in text(page)] == [said], typed
        assert f'value="{typed}"' in page.content.decode(), "what was typed stands in the box"
        assert case.code[:4] + "\xa0" not in text(page)
    for address in (f"/cases/{case.code}/", "/cases/12345678/", "/cases/abc/"):
        assert stranger.get(address).status_code == 404


def test_a_part_of_the_number_is_enough_and_finds_nobody_elses(world: Scene) -> None:
    case, other = world.case(), world.case()
    while (part := case.code[2:6]) in other.code:
        other = world.case()
    client = doors.client_for(world.zarina)
    assert find(client, f" {part[:2]} {part[2:]}-")["Location"] == f"/cases/{case.code}/", "the only one opens"
    assert find(doors.client_for(world.manzura), part).status_code == 200, "of another's case nothing is said"
    both = [str(number) for number in range(100, 1000)]
    while not (part := next((one for one in both if one in case.code and one in other.code), "")):
        other = world.case()
    page = text(find(client, part))
    assert f"Your cases with {part} in their number." in page
    assert all(f"{one.code[:4]}\xa0{one.code[4:]}" in page for one in (case, other))
    assert "There are more" not in page


def test_what_is_typed_to_find_a_case_stands_in_no_address(world: Scene) -> None:
    """People type a name there, and an address is kept by the browser and shown to whoever uses it next."""
    client = doors.client_for(world.zarina)
    assert 'role="search"' not in client.get("/cases/").content.decode(), "without a case there is nothing to find"
    world.case()
    page = client.get("/cases/").content.decode()
    form = re.search(r'<form[^>]*role="search"[^>]*>', page)
    assert form is not None
    assert 'method="post"' in form[0]
    assert 'name="q"' not in page
    assert 'placeholder="3 digits or more"' in page, "what may be typed is seen before it is typed"
    assert client.get("/cases/find/")["Location"] == "/cases/", "asked anew after a sign-in it is the list"
    assert "No case of yours" not in text(client.get("/cases/?q=Canary&number=Canary")), (
        "by an address nothing is sought"
    )
