"""The owner gives a service to another organisation between her look and her press; nothing leaves.

A service carries no tag, and what was compared was service and purpose alone: her screen said "Shelter Kulob", the
request went to another body, whose desk accepted and read. All were red on commit 3f5130e, the honest press aside.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from hamkori.casework.referral.actions.send import send
from hamkori.casework.referral.models import PacketBody
from hamkori.vault import server
from tests.attacks.owned import alarmed, refused
from tests.cast import World
from tests.database import god
from tests.web.senders import Senders, page_text, referrals

pytestmark = [pytest.mark.django_db, pytest.mark.alarms]


@pytest.fixture
def house(small_world: World, monkeypatch: pytest.MonkeyPatch) -> Senders:
    monkeypatch.setattr(server.alarms(), "_lately", {})  # of the same service each test alarms anew
    return Senders(small_world)


def owner(statement: str, *values: Any) -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def moved(house: Senders) -> None:
    """The row of the shelter's service names the accomplice's organisation."""
    body, service = house.world.bodies["cso-pamir"], house.world.services["HOME-02"]
    owner("update service set organisation_id = %s where id = %s", body, service)


def called(house: Senders, code: str) -> None:
    """The same service is another kind of help, for which other rows of her word count."""
    owner("update service set service_code = %s where id = %s", code, house.world.services["HOME-02"])


def nothing_left(house: Senders) -> None:
    with god():
        assert not PacketBody.objects.exists()
    assert not [one for one in referrals() if one.to_organisation_id == house.world.bodies["cso-pamir"]]


@pytest.mark.parametrize("do", ["send", "draft"])
def test_a_service_that_moved_before_the_press_is_shown_anew(house: Senders, do: str) -> None:
    case = house.case()
    house.agreed(case)
    client, form = house.browser(), house.screen(case)
    looked = client.post(f"/cases/{case.code}/refer/", {**form, "do": "look"})
    assert f'name="shown_for" value="{form["shown_for"]}"' in looked.content.decode(), "the form names the organisation"
    moved(house)
    with alarmed("service"):
        answer = client.post(f"/cases/{case.code}/refer/", {**form, "do": do})
    assert "This is sent to another organisation" in page_text(answer)
    assert "Canary-Words" in answer.content.decode(), "what was typed is kept"
    assert 'name="told" id="id_told" checked' not in answer.content.decode(), "of this one she was told nothing"
    nothing_left(house)


def test_a_draft_whose_service_moved_is_shown_anew(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft, client = house.draft(case), house.browser()
    form = {**house.screen(case), "version": str(draft.version)}
    moved(house)
    with alarmed("service"):
        answer = client.post(f"/referrals/{draft.code}/send/", form)
    assert "This is sent to another organisation" in page_text(answer)
    nothing_left(house)


@pytest.mark.parametrize("do", ["send", "draft"])
def test_a_service_that_is_another_kind_of_help_by_the_press_is_shown_anew(house: Senders, do: str) -> None:
    case = house.case()
    house.agreed(case)
    client, form = house.browser(), house.screen(case)
    called(house, "HOME-01")
    with alarmed("service"):
        answer = client.post(f"/cases/{case.code}/refer/", {**form, "do": do})
    assert "for another kind of help" in page_text(answer)
    assert 'name="told" id="id_told" checked' not in answer.content.decode(), "of this one she was told nothing"
    nothing_left(house)
    assert not referrals()


@pytest.mark.parametrize("through", ["refer", "draft"])
def test_a_service_of_another_kind_inside_the_transaction(house: Senders, through: str) -> None:
    case = house.case()
    house.agreed(case)
    address, form = f"/cases/{case.code}/refer/", house.screen(case)
    if through == "draft":
        draft = house.draft(case)
        address, form = f"/referrals/{draft.code}/send/", {**form, "version": str(draft.version)}
    service = house.world.services["HOME-02"]
    _changed("case_lock(uuid)", f"update public.service set service_code = 'LEGAL-01' where id = '{service}';")
    client = house.browser()
    with alarmed("service"):
        answer = client.post(address, form)
    assert answer.status_code == 409
    assert "Canary-Words" in answer.content.decode(), "what was typed is kept"
    nothing_left(house)


@pytest.mark.parametrize("through", ["refer", "draft"])
def test_a_service_that_moves_inside_the_transaction(house: Senders, through: str) -> None:
    """`case_lock` is asked after the screen was compared: the owner's version of it moves the service."""
    case = house.case()
    house.agreed(case)
    address, form = f"/cases/{case.code}/refer/", house.screen(case)
    if through == "draft":
        draft = house.draft(case)
        address, form = f"/referrals/{draft.code}/send/", {**form, "version": str(draft.version)}
    client = house.browser()
    body, service = house.world.bodies["cso-pamir"], house.world.services["HOME-02"]
    _changed("case_lock(uuid)", f"update public.service set organisation_id = '{body}' where id = '{service}';")
    with alarmed("service"):
        answer = client.post(address, form)
    assert answer.status_code == 409
    assert "Hamkori cannot confirm this record" in page_text(answer)
    assert "Canary-Words" in answer.content.decode(), "what was typed is kept"
    nothing_left(house)


@pytest.mark.parametrize("when", ["draft", "sent"])
def test_a_row_that_is_readdressed_as_it_is_written(house: Senders, when: str) -> None:
    """A trigger of the owner's puts another organisation into the request itself."""
    case = house.case()
    house.agreed(case)
    client = house.browser()
    owner(
        "create function b_to() returns trigger language plpgsql as $$ begin"
        f" if new.state_code = '{when}' then new.to_organisation_id := '{house.world.bodies['cso-pamir']}'; end if;"
        " return new; end $$"
    )
    owner("create trigger a_to before insert or update on referral for each row execute function b_to()")
    with alarmed("referral"):
        answer = client.post(f"/cases/{case.code}/refer/", house.screen(case))
    assert answer.status_code == 409
    nothing_left(house)


def test_a_draft_of_one_is_not_sent_to_another(house: Senders) -> None:
    """Nor by a caller who has seen another organisation than the one that the draft's permit names."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    with house.as_() as zarina, refused("permit"):
        send(zarina, draft, version=draft.version, shown=house.world.bodies["cso-pamir"])
    nothing_left(house)


def test_an_honest_press_goes_where_it_says(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    assert house.browser().post(f"/cases/{case.code}/refer/", house.screen(case)).status_code == 303
    (sent,) = referrals()
    assert sent.to_organisation_id == house.world.bodies["shelter-kulob"]


def _changed(function: str, statement: str) -> None:
    """The owner's version of a function of ours, with one more statement at its beginning."""
    with god(), connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef(%s::regprocedure)", [function])
        cursor.execute(cursor.fetchone()[0].replace("begin\n", f"begin {statement}\n", 1))
