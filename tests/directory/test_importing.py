"""A foreign directory is taken in: once, twice, changed, and never with anything that tells where a shelter is."""

import json
from pathlib import Path

import pytest

from hamkori.access.actor import Actor
from hamkori.audit.models import Ledger
from hamkori.directory.actions import taking_in
from hamkori.directory.importing import terms
from hamkori.directory.importing.limits import Refused
from hamkori.directory.importing.report import Report
from hamkori.directory.models import DirectoryImport, Service, ServiceContact
from hamkori.people.facts import Institution
from hamkori.people.founding import found
from hamkori.people.models import Organisation
from hamkori.refusal import NotAllowed
from hamkori.vault import server
from tests.database import god
from tests.directory.packages import SUGHD, body, ident, phone, place, service, term, write
from tests.directory.taken import everything_written, services, take, whats

pytestmark = pytest.mark.django_db

# Everything by which the invented shelter of the package could be found.
SECRETS = (
    "Санҷишӣ", "900001717", "900 00 17 17", "900001818", "900 00 18 18", "900001919", "900 00 19 19", "900-00-20-20",
    "40.2877711", "69.6199922", "Пинҳона", "Дарвозаи кабуд", "Хонаи Офтоб",
)  # fmt: skip


def test_where_no_row_could_be_taken_nothing_is_called_written(tmp_path: Path) -> None:
    """Red before: three problems, nothing taken, and "Written." at the end."""
    folder = write(tmp_path / "a", organizations=[body("Маркази нав")], services=[service("ёрӣ", "Маркази нав")])
    for apply in (True, False):
        report = take(folder, apply=apply)
        assert report.problems.count
        assert list(report.lines(10))[-1] == "Nothing was written: no row of it could be taken."
        assert report.took_nothing
    with god():
        assert not Service.objects.exists()


def test_what_is_here_already_is_not_called_written_again() -> None:
    assert list(take(SUGHD).lines(0))[-1] == "Written."
    again = take(SUGHD)
    assert list(again.lines(0))[-1] == "Nothing was written: nothing of what could be taken is new or changed."
    assert not again.took_nothing


def test_a_broken_file_that_stands_alone_is_named(tmp_path: Path) -> None:
    """Red before: it was named only where another one could be read."""
    with pytest.raises(Refused) as refused:
        take(write(tmp_path / "a", services=b"[{", organizations=b'[{"id": 1, "id": 2}]'))
    assert str(refused.value) == (
        "Nothing in this folder could be read as an organization or a service. Nothing was written."
        " organizations.json an object names the same field twice, services.json is not valid JSON in UTF-8."
    )
    with pytest.raises(Refused, match=r"written. services.json row 1 is not an object, .*, and 2 more.$"):
        take(write(tmp_path / "b", services=[1, 2, 3, 4, 5, 6, 7]))
    with pytest.raises(Refused, match=r"written.$"):
        take(write(tmp_path / "c", services=[]))


def test_a_package_of_three_bodies_comes_in_as_five_services() -> None:
    report = take(SUGHD)
    assert report.counts["organisations_new"] == 3
    assert [one.service_code for one in services()] == ["HEALTH-01", "HEALTH-02", "HOME-02", "LEGAL-01", "MHPSS-01"]
    legal = next(one for one in services() if one.service_code == "LEGAL-01")
    assert legal.text_tg == "Машварати ройгон."
    assert legal.admission_codes == ["adults"]
    assert legal.language_codes == ["ru", "tg"]
    assert legal.contact.phone == "+992 3422 6 00 11"
    assert legal.contact.address == "хиёбони Исмоили Сомонӣ 101, Хуҷанд"
    with god():
        assert [area.area_code for area in legal.areas.order_by("area_code")] == [
            terms.area("Khujand"),
            terms.area("Bobojon Ghafurov"),
        ]
        assert [(row.day, row.opens, row.closes) for row in legal.hours.order_by("day")][:1] == [(1, 480, 1020)]
    assert next(one for one in services() if one.service_code == "MHPSS-01").is_active is False
    assert whats(report) == [("schedule.freq", "no_week"), ("service_area.name", "no_area")]


def test_new_bodies_have_no_desk() -> None:
    take(SUGHD)
    with god():
        assert set(Organisation.objects.values_list("has_desk", flat=True)) == {False}
        assert set(Organisation.objects.values_list("compartment_code", "kind_code")) == {
            ("service", "cso"),
            ("service", "state"),
        }


def test_nothing_that_tells_where_the_shelter_is_stands_anywhere_in_the_database() -> None:
    report = take(SUGHD)
    written = everything_written()
    assert "Исмоили Сомонӣ 101" in written, "the search must find what is there"
    assert [secret for secret in SECRETS if secret in written] == []
    assert report.dropped["addresses"] == 1
    assert report.dropped["phones"] == 4
    assert report.dropped["coordinates"] == 1
    assert not any(secret in line for line in report.lines(100) for secret in SECRETS)


def test_a_trial_writes_nothing_and_says_the_same_numbers() -> None:
    trial = take(SUGHD, apply=False)
    assert services() == []
    with god():
        assert not Organisation.objects.exists()
        assert not DirectoryImport.objects.exists()
        assert not Ledger.objects.filter(action_code="directory.import").exists()
    done = take(SUGHD)
    assert trial.counts == done.counts
    assert trial.dropped == done.dropped
    assert "--apply" in "\n".join(trial.lines(0))


def test_twice_makes_no_doubles() -> None:
    take(SUGHD)
    before = everything_written().count("\n")
    again = take(SUGHD)
    assert again.counts["services_new"] == again.counts["services_changed"] == again.counts["organisations_new"] == 0
    assert again.counts["services_same"] == 5
    assert len(services()) == 5
    with god():
        assert DirectoryImport.objects.count() == 2
        assert Ledger.objects.filter(action_code="directory.import", role_code="system").count() == 2
    assert everything_written().count("\n") - before <= 3, "an import row, a ledger row, and nothing else"


def test_changed_rows_change_and_missing_rows_are_left_and_counted(tmp_path: Path) -> None:
    bodies = [body("Умед", "ngo", "TJ-KT")]
    first = [service("ҳуқуқ", "Умед", "LEGAL-01"), service("равон", "Умед", "MHPSS-01")]
    take(write(tmp_path / "a", organizations=bodies, services=first))
    second = [service("ҳуқуқ", "Умед", "LEGAL-01", status="temporarily closed", phones=[phone("a", "2 22 22 22")])]
    report = take(write(tmp_path / "b", organizations=bodies, services=second))
    assert report.counts["services_changed"] == report.counts["services_missing"] == 1
    legal, mind = services()
    assert (legal.is_active, legal.version, legal.contact.phone) == (False, 2, "2 22 22 22")
    assert mind.is_active is True


def test_what_a_desk_has_written_stays(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "a", organizations=[body("Умед", "ngo", "TJ-KT")], services=[service("ҳуқуқ", "Умед", "LEGAL-01")]
    )
    take(folder)
    with god():
        Service.objects.update(name_tg="Хатти мо", kept_by_desk=True)
    report = take(folder)
    assert report.counts["services_kept_by_desk"] == 1
    assert services()[0].name_tg == "Хатти мо"


def test_the_name_of_a_body_follows_the_package_until_it_has_a_desk(tmp_path: Path) -> None:
    def of_name(name: str) -> Report:
        row = {**body("Умед", "ngo", "TJ-KT"), "name": name}
        return take(write(tmp_path / "a", organizations=[row]))

    of_name("Умед")
    assert of_name("Хуршед").counts["organisations_changed"] == 1
    with god():
        (row,) = Organisation.objects.all()
        assert (row.name_tg, row.version) == ("Хуршед", 2)
        row.has_desk = True
        row.tag = server.trust().tag(Institution.of(row).fact)
        row.save()
    assert of_name("Умед").counts["organisations_same"] == 1
    with god():
        assert Organisation.objects.get().name_tg == "Хуршед"


def test_a_body_that_the_operator_links_is_named_by_the_package(tmp_path: Path) -> None:
    """Only in that run: afterwards nothing but the database says that it is the same."""
    with god():
        found(slug="umed", names={"tg": "Умед"}, kind="cso", compartment="service", region="TJ-KT", has_desk=False)
    said = write(tmp_path, said={"organizations": {ident("x"): "body:umed"}}) / "said.json"
    first = write(tmp_path / "a", organizations=[{**body("x", "ngo", "TJ-KT"), "name": "Хуршед"}])
    assert take(first, mapping=said).counts["organisations_changed"] == 1
    second = write(tmp_path / "b", organizations=[{**body("x", "ngo", "TJ-KT"), "name": "Шодӣ"}])
    assert take(second).counts["organisations_same"] == 1
    with god():
        assert Organisation.objects.get().name_tg == "Хуршед"


def test_only_the_command_line_imports() -> None:
    somebody = Actor(user_id=None, membership_id=None, organisation_id=None, roles=frozenset({"administrator"}))
    with god(), pytest.raises(NotAllowed):
        taking_in.import_package(
            somebody, folder=SUGHD, source="x", language="tg", apply=True, progress=lambda a, b, c: None
        )
    assert services() == []


# --- terms of elsewhere --------------------------------------------------------------------------------


def test_foreign_terms_are_problems_until_the_operator_explains_them(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "a",
        organizations=[body("Umed", "TJ-KT")],
        services=[service("Legal help", "Umed", "FT-3000", "YF-9000", phones=[phone("a", "2 22 22 22")])],
    )
    assert whats(take(folder))[0] == ("organization", "no_body_type")
    said = write(
        tmp_path, said={"terms": {"FT-3000": "LEGAL-01", "YF-9000": ""}, "organizations": {ident("Umed"): "ngo"}}
    )
    report = take(folder, mapping=said / "said.json")
    assert whats(report) == []
    assert [(one.service_code, one.contact.phone) for one in services()] == [("LEGAL-01", "2 22 22 22")]


@pytest.mark.parametrize(
    "said",
    [
        {"terms": {"FT-3000": "NO-99"}},
        {"organizations": {ident("x"): "bakery"}},
        {"terms": []},
        [],
        {"terms": {"a": 1}},
    ],
)
def test_a_mapping_file_that_names_nothing_of_ours_is_refused(said: object, tmp_path: Path) -> None:
    target = tmp_path / "said.json"
    target.write_text(json.dumps(said))
    with pytest.raises(Refused, match="mapping file"):
        take(SUGHD, mapping=target)


def test_a_body_of_the_same_name_is_not_doubled(tmp_path: Path) -> None:
    with god():
        Organisation.objects.create(
            slug="umed", name_tg="УМЕД", kind_code="cso", compartment_code="service", region_code="TJ-KT"
        )
    folder = write(tmp_path / "a", organizations=[body("Умед", "ngo", "TJ-KT")])
    assert whats(take(folder)) == [("organization", "same_name")]


def test_police_never_come_in_as_a_helper(tmp_path: Path) -> None:
    """The kind of a body follows from its type alone: nobody is police by accident, and nobody a helper."""
    take(
        write(
            tmp_path / "a",
            organizations=[body("Шуъба", "police", "TJ-KT")],
            services=[service("муҳофизат", "Шуъба", "SAFE-01")],
        )
    )
    with god():
        assert Organisation.objects.get().compartment_code == "law_enforcement"


def test_nested_and_flat_writings_give_the_same(tmp_path: Path) -> None:
    nested = {
        **service("ҳуқуқ", "Умед", "LEGAL-01"),
        "organization": body("Умед", "ngo", "TJ-KT"),
        "languages": [{"id": ident("l"), "code": "tg", "name": "Tajik"}],
        "service_at_locations": [{"id": ident("at"), "location": place("u", "кӯчаи Сомонӣ 1")}],
    }
    del nested["organization_id"]
    take(write(tmp_path / "nested", service_full=nested), source="nested")
    first = services()
    with god():
        address = ServiceContact.objects.get().address
        Service.objects.all().delete()
        from hamkori.directory.models import OrganisationSource

        OrganisationSource.objects.all().delete()
        Organisation.objects.all().delete()
    owner = body("Умед")
    del owner["attributes"]
    flat = service("ҳуқуқ", "Умед")
    del flat["attributes"]
    where = place("u", "кӯчаи Сомонӣ 1")
    addresses = [{**address_, "location_id": where["id"]} for address_ in where.pop("addresses")]
    links = [("organization", "Умед", "ngo"), ("organization", "Умед", "TJ-KT"), ("service", "ҳуқуқ", "LEGAL-01")]
    take(
        write(
            tmp_path / "flat",
            organizations=[owner],
            services={"contents": [flat], "total_items": 1},
            languages=[{"id": ident("l"), "code": "tg", "service_id": ident("ҳуқуқ")}],
            locations=[where],
            addresses=addresses,
            service_at_locations=[{"id": ident("at"), "service_id": ident("ҳуқуқ"), "location_id": where["id"]}],
            taxonomy_terms=[term(code) for _, _, code in links],
            attributes=[
                {"id": ident(f"{a}{c}"), "link_entity": e, "link_id": ident(a), "taxonomy_term_id": term(c)["id"]}
                for e, a, c in links
            ],
        ),
        source="flat",
    )
    again = services()
    fields = ("service_code", "name_tg", "region_code", "language_codes")
    assert [[getattr(s, f) for f in fields] for s in again] == [[getattr(s, f) for f in fields] for s in first]
    with god():
        assert ServiceContact.objects.get().address == address


def test_the_terms_of_a_row_are_found_by_their_address_too(tmp_path: Path) -> None:
    foreign = {"id": ident("t"), "code": "", "name": "x", "description": "", "term_uri": "https://terms.example/legal"}
    row = service("ҳуқуқ", "Умед")
    row["attributes"] = [{"id": ident("a"), "taxonomy_term": foreign}]
    said = write(tmp_path, said={"terms": {"https://terms.example/legal": "LEGAL-02"}}) / "said.json"
    take(write(tmp_path / "a", organizations=[body("Умед", "ngo", "TJ-KT")], services=[row]), mapping=said)
    assert [one.service_code for one in services()] == ["LEGAL-02"]
