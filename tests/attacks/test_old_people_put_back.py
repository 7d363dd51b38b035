"""Planted, changed and used invitations, and old rows put back with their good tags: no post is made of them.

Before, the web process itself made a key and a post for a planted invitation (red on commit ff6e3b1), and nothing said
that a row was an old one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from hamkori.directory.queries import Filters, services
from hamkori.people import queries, sign_in
from hamkori.people.actions import posts, welcome
from hamkori.people.founding import rename
from hamkori.refusal import NotVisible
from hamkori.vault.bytes import Untrusted
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import change, committed, plant, row, undone, watched
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


@pytest.fixture
def mallory() -> doors.Person:
    """The owner's accomplice: an honest account in a body of his own."""
    return doors.person(doors.body("pamir"), "Mallory", ("case_worker",), function="social_worker")


def names(who: doors.Person) -> list[str]:
    """The colleagues among whom she chooses."""
    with doors.acting(who) as actor:
        return [one.name for one in queries.colleagues(actor)]


def offers(who: doors.Person) -> set[UUID]:
    """The organisations whose services she is offered."""
    with doors.acting(who) as actor:
        return {one.organisation_id for one in services(actor, Filters()).listings}


def doors_as(membership: UUID, who: doors.Person) -> Any:
    """A session for a membership that somebody has planted."""
    return sign_in.acting_as(doors.house(), membership, who.key)


# --- invitations ---------------------------------------------------------------------------------------------


def test_a_planted_or_changed_invitation_makes_nobody(scene: Scene, mallory: doors.Person) -> None:
    """The web itself would make his key, and a post for it."""
    token = welcome.invite(
        doors.house(), organisation_id=scene.umed, email="new@example.org", name="Nigina", roles=["case_worker"]
    )
    hashed = welcome.token_hash(token)
    (row_id,) = planting.sql_as_owner("select id from invitation where token_hash = %s", hashed)[0]
    whole = row("invitation", row_id)
    people = planting.sql_as_owner("select count(*) from app_user")
    columns: dict[str, object] = {
        "organisation_id": scene.shelter,
        "email": "mallory@example.org",
        "name": "Zarina",
        "function_code": "investigator",
        "role_codes": ["custodian"],
        "supervisor_id": scene.saida.membership_id,
        "expires_at": timezone.now() + timedelta(hours=71),
        "tag": b"",
    }
    for column, value in columns.items():
        with undone():
            change("invitation", row_id, **{column: value})
            _refused(token, hashed)
    with undone():
        plant("invitation", {**whole, "id": mallory.user_id, "token_hash": welcome.token_hash("mine"), "used_at": None})
        _refused("mine", welcome.token_hash("mine"))
    with undone():
        # One that names an account there is already: the web would give it the post.
        change("invitation", row_id, email=mallory.email)
        _refused(token, hashed)
    assert planting.sql_as_owner("select count(*) from app_user") == people
    assert welcome.look(token).name == "Nigina"


def _refused(token: str, hashed: bytes) -> None:
    with watched() as seen:
        for act in (welcome.look, lambda one: welcome.accept(doors.house(), one, doors.PASSPHRASE)):
            with pytest.raises(Untrusted):
                act(token)
        assert doors.stranger().get(f"/invitation/{token}/").status_code == 409
    assert seen.of("invite", hashed.hex())
    tried(3)


def test_a_used_invitation_is_not_good_again(scene: Scene) -> None:
    token = welcome.invite(
        doors.house(), organisation_id=scene.umed, email="new@example.org", name="Nigina", roles=["case_worker"]
    )
    (row_id,) = planting.sql_as_owner("select id from invitation where token_hash = %s", welcome.token_hash(token))[0]
    before = row("invitation", row_id)
    with committed():
        welcome.accept(doors.house(), token, doors.PASSPHRASE)
    with pytest.raises(NotVisible):
        welcome.look(token)
    change("invitation", row_id, **before)
    with pytest.raises(Untrusted):
        welcome.look(token)
    tried()


# --- old rows put back ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["changed", "renamed", "suspended", "ended"])
def test_an_old_post_put_back_is_no_post(scene: Scene, how: str) -> None:
    member = scene.farida.membership_id
    before, roles = row("membership", member), "select id, role_code from role_held where membership_id = %s"
    held = planting.sql_as_owner(roles, member)
    with planting.god(), committed():
        match how:
            case "changed":
                posts.change(doors.house(), member, posts.Works("social_worker", frozenset({"desk_officer"}), None))
            case "renamed":
                posts.rename(doors.house(), scene.farida.user_id, "Firuza")
            case "suspended":
                posts.suspend(doors.house(), member)
            case _:
                posts.end(doors.house(), member)
    change("membership", member, **before)
    change("app_user", scene.farida.user_id, name="Farida")
    planting.sql_as_owner("update role_held set ended_at = now() where membership_id = %s and ended_at is null", member)
    for role_id, _code in held:
        change("role_held", role_id, ended_at=None)
    with watched() as seen:
        assert "Farida" not in names(scene.zarina)
        with pytest.raises(sign_in.WrongPassphrase), doors_as(member, scene.farida):
            pass
    assert seen.of("post", member)
    assert "Manzura" in names(scene.zarina)
    tried(2)


def test_an_old_name_of_an_organisation_put_back(scene: Scene) -> None:
    before = row("organisation", scene.shelter)
    with planting.god(), committed():
        assert rename(scene.shelter, "en", "Home")
    assert scene.shelter in offers(scene.zarina)
    change("organisation", scene.shelter, **before)
    with watched() as seen:
        assert scene.shelter not in offers(scene.zarina)
    assert seen.of("org", scene.shelter)
    tried()
