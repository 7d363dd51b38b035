"""A shelter's address and telephone are nowhere: whatever the package calls it, whoever repeats them."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from hamkori.directory.models import Service, ServiceContact
from hamkori.people.founding import found
from hamkori.people.models import Organisation
from tests.database import god
from tests.directory.packages import SUGHD, body, ident, phone, place, service, write
from tests.directory.taken import everything_written, services, take

pytestmark = pytest.mark.django_db

HOUSE = "кӯчаи Ниҳонӣ 44"
LINE = "+992 93 777 44 44"
DISGUISES: dict[str, dict[str, Any]] = {
    "a body whose type is a shelter, whatever it offers": {
        "organizations": [body("П", "ngo_shelter", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)])],
        "services": [service("равон", "П", "MHPSS-01")],
    },
    "an ordinary body that also offers a place to stay": {
        "organizations": [body("П", "ngo", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)])],
        "services": [service("хона", "П", "HOME-03"), service("равон", "П", "MHPSS-01")],
    },
    "the place to stay cannot be read": {
        "organizations": [body("П", "ngo", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)])],
        "services": [service("хона", "П", "HOME-02", status="busy"), service("равон", "П", "MHPSS-01")],
    },
    "the place to stay has a term that nobody explained": {
        "organizations": [body("П", "ngo", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)])],
        "services": [service("хона", "П", "BH-1800"), service("равон", "П", "MHPSS-01")],
    },
    "one service is both, and one term is foreign": {
        "organizations": [body("П", "ngo", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)])],
        "services": [service("равон", "П", "MHPSS-01", "BH-1800")],
    },
    "another body repeats its telephone and address": {
        "organizations": [
            body("П", "ngo_shelter", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)]),
            body("Шарик", "ngo", "TJ-KT", phones=[phone("s", "93 777-44-44")], locations=[place("s", HOUSE.upper())]),
        ],
        "services": [service("хона", "П", "HOME-02"), service("равон", "Шарик", "MHPSS-01")],
    },
    "another body tells of it in words": {
        "organizations": [
            body("П", "ngo_shelter", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)]),
            body("Шарик", "ngo", "TJ-KT"),
        ],
        "services": [
            service("хона", "П", "HOME-02", description=f"Мо дар {HOUSE}"),
            service("равон", "Шарик", "MHPSS-01", description=f"Паноҳгоҳ дар {HOUSE}, занг занед: 93 777 44 44."),
        ],
    },
    "the body itself is refused, and another shares its house": {
        "organizations": [
            body("П", "some-kind", phones=[phone("p", LINE)], locations=[place("p", HOUSE)]),
            body("Шарик", "ngo", "TJ-KT", phones=[phone("s", LINE)], locations=[place("s", HOUSE)]),
        ],
        "services": [service("хона", "П", "HOME-02"), service("равон", "Шарик", "MHPSS-01")],
    },
    "the telephone hangs on a contact, a service at a location, and flat rows": {
        "organizations": [
            body("П", "ngo", "TJ-KT", contacts=[{"id": ident("c"), "name": "X", "phones": [phone("c", LINE)]}])
        ],
        "services": [service("хона", "П", "HOME-02"), service("равон", "П", "MHPSS-01")],
        "locations": [place("p", HOUSE)],
        "service_at_locations": [
            {"id": ident("at"), "service_id": ident("равон"), "location_id": ident("place p")},
        ],
        "phones": [{**phone("f", LINE), "service_id": ident("равон")}],
    },
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_shelter_keeps_no_address_in_any_disguise(disguise: str, tmp_path: Path) -> None:
    report = take(write(tmp_path / "package", **DISGUISES[disguise]))
    written = everything_written().lower()
    assert "ниҳонӣ" not in written
    assert "777 44 44" not in written
    assert "777-44-44" not in written
    assert "37.91374" not in written
    assert report.shelter_contacts > 0
    assert [one.service_code for one in services() if one.service_code == "MHPSS-01"] == ["MHPSS-01"]


def test_an_ordinary_neighbour_keeps_its_own(tmp_path: Path) -> None:
    """The control: the rule that hides must not hide everything."""
    bodies = [
        body("П", "ngo_shelter", "TJ-KT", phones=[phone("p", LINE)], locations=[place("p", HOUSE)]),
        body("Шарик", "ngo", "TJ-KT", phones=[phone("s", "2 11 11 11")], locations=[place("s", "кӯчаи Сомонӣ 1")]),
    ]
    take(write(tmp_path / "a", organizations=bodies, services=[service("равон", "Шарик", "MHPSS-01")]))
    contact = services()[0].contact
    assert contact.phone == "2 11 11 11"


def test_a_body_here_already_that_shelters_stays_without_an_address(tmp_path: Path) -> None:
    with god():
        ours = found(slug="shelter-kulob", names={"tg": "Кӯлоб"}, kind="cso", compartment="service", region="TJ-KT")
        Service.objects.create(
            organisation_id=ours, service_code="HOME-02", region_code="TJ-KT", changed_at=timezone.now()
        )
    bodies = [body("Номи дигар", "ngo", phones=[phone("p", LINE)])]
    said = write(tmp_path, said={"organizations": {ident("Номи дигар"): "body:shelter-kulob"}}) / "said.json"
    take(
        write(tmp_path / "a", organizations=bodies, services=[service("равон", "Номи дигар", "MHPSS-01")]), mapping=said
    )
    with god():
        assert Organisation.objects.count() == 1
        assert not ServiceContact.objects.exists()
        assert Service.objects.get(service_code="MHPSS-01").organisation_id == ours


def test_the_wall_itself_refuses_a_shelters_contact() -> None:
    take(SUGHD)
    with (
        god(),
        pytest.raises(IntegrityError, match="a shelter has no address"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into service_contact (service_id, phone, address) select id, '1', '' from service"
            " where service_code = 'HOME-02'"
        )


def test_a_body_that_becomes_a_shelter_loses_what_was_kept() -> None:
    take(SUGHD)
    with god():
        assert ServiceContact.objects.filter(service__service_code="LEGAL-01").exists()
        legal = Service.objects.get(service_code="LEGAL-01")
        Service.objects.create(
            organisation_id=legal.organisation_id,
            service_code="HOME-03",
            region_code="TJ-SU",
            changed_at=legal.changed_at,
        )
        assert not ServiceContact.objects.filter(service__organisation_id=legal.organisation_id).exists()
        hospital = Organisation.objects.get(actor_type_code="health_facility")
        assert ServiceContact.objects.filter(service__organisation=hospital).exists()
        Organisation.objects.filter(pk=hospital.pk).update(actor_type_code="ngo_shelter")
        assert not ServiceContact.objects.exists()


def test_a_shelter_that_only_the_database_calls_something_else_gives_no_place(tmp_path: Path) -> None:
    """Red before: the type that stands in the database, under no tag, was asked in the place of the package's."""
    folder = write(tmp_path / "a", **DISGUISES["a body whose type is a shelter, whatever it offers"])
    take(folder)
    with god():
        Organisation.objects.update(actor_type_code="ngo")
    take(folder)
    written = everything_written()
    assert HOUSE not in written
    assert LINE not in written
