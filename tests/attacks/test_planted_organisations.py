"""Who owns the database gives an organisation another name, kind or compartment: nobody is offered it, it gets nothing.

Before, no row of an organisation carried a tag: these tests were red on commit ff6e3b1.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from hamkori.directory.queries import Filters, services
from hamkori.directory.queries import service as offered
from hamkori.people import queries
from hamkori.refusal import NotNow
from hamkori.vault.bytes import Untrusted
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import change, undone, watched
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

BODY = {
    "slug": "another",
    "name_en": "Another",
    "name_tg": "Another",
    "name_ru": "Another",
    "name_fr": "Another",
    "kind_code": "state",
    "compartment_code": "law_enforcement",
    "has_desk": False,
    "version": 2,
    "tag": b"",
}


@pytest.fixture
def mallory() -> doors.Person:
    """The owner's accomplice: an honest account in a body of his own."""
    return doors.person(doors.body("pamir"), "Mallory", ("case_worker",), function="social_worker")


def offers(who: doors.Person) -> set[UUID]:
    """The organisations whose services she is offered."""
    with doors.acting(who) as actor:
        return {one.organisation_id for one in services(actor, Filters()).listings}


@pytest.mark.parametrize("column", [*BODY])
def test_a_changed_organisation_signs_out_its_people(scene: Scene, mallory: doors.Person, column: str) -> None:
    client, neighbour = doors.client_for(scene.zarina), doors.client_for(mallory)
    change("organisation", scene.umed, **{column: BODY[column]})
    with watched() as seen:
        assert client.get("/cases/").status_code == 302
    assert seen.of("org", scene.umed)
    assert neighbour.get("/cases/").status_code == 200
    tried()


@pytest.mark.parametrize("column", [*BODY])
@pytest.mark.thin(4)
def test_a_changed_organisation_is_not_offered_and_gets_nothing(
    scene: Scene, mallory: doors.Person, column: str
) -> None:
    case = scene.case()
    assert scene.shelter in offers(scene.zarina)
    with undone():
        change("organisation", scene.shelter, **{column: BODY[column]})
        with watched() as seen:
            assert scene.shelter not in offers(scene.zarina)
        assert seen.of("org", scene.shelter)
        with doors.acting(scene.zarina) as actor:
            with pytest.raises(Untrusted):
                offered(actor, scene.service)
            assert scene.shelter not in {one.id for one in queries.organisations()}
        with pytest.raises((NotNow, AssertionError)) as caught:
            scene.sent(case)
        assert str(caught.value) == "tag_mismatch"
        tried(3)
    with undone():
        referral = scene.sent(case)
        assert referral.state_code == "sent"


def test_two_organisations_that_change_their_names(scene: Scene, mallory: doors.Person) -> None:
    """She chooses the shelter, and it is his."""
    change("organisation", mallory.organisation_id, name_en="Shelter-Kulob")
    change("organisation", scene.shelter, name_en="Pamir")
    with watched() as seen:
        assert offers(scene.zarina).isdisjoint({mallory.organisation_id, scene.shelter})
        with doors.acting(scene.zarina):
            shown = {one.id for one in queries.organisations()}
    assert shown.isdisjoint({mallory.organisation_id, scene.shelter})
    assert seen.of("org", scene.shelter)
    assert seen.of("org", mallory.organisation_id)
    tried(2)
