"""Who sees the directory, in which order, and who may change it: policy and wall, each alone."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hamkori.access.actor import Actor
from hamkori.audit.models import Ledger
from hamkori.directory import queries
from hamkori.directory.actions import service as act
from hamkori.directory.actions.sheet import Sheet
from hamkori.directory.models import Service, ServiceContact
from hamkori.directory.place import own_district
from hamkori.directory.queries import Filters
from hamkori.directory.rules.hours import Stretch
from hamkori.directory.rules.suit import kinds
from hamkori.directory.week import stretches, week_of
from hamkori.people.founding import rename
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from hamkori.vocabulary import codelist
from tests import doors
from tests.database import as_role, god
from tests.directory.world import offered

pytestmark = pytest.mark.django_db

KULOB = next(area.code for area in codelist("area") if area.labels["en"] == "Kulob")
NOBODY = Actor(user_id=None, membership_id=None, organisation_id=None)


def bodies(actor: Actor, **filters: object) -> list[str]:
    page = queries.services(actor, Filters(**filters), language="tg")  # type: ignore[arg-type]
    return [one.body.text for one in page.listings]


@pytest.fixture
def worker() -> doors.Person:
    return doors.person(doors.body("cso-kulob"), "Zarina")


# --- who sees -----------------------------------------------------------------------------------------------------


def test_a_stranger_sees_nothing(worker: doors.Person) -> None:
    made = offered(worker.organisation_id, "LEGAL-01")
    assert queries.services(NOBODY, Filters()).listings == ()
    with pytest.raises(NotVisible):
        queries.service(NOBODY, made.pk)
    assert not Service.objects.exists(), "the wall alone, without a token"
    with doors.acting(worker) as actor:
        assert queries.service(actor, made.pk).service_code == "LEGAL-01"
        assert Service.objects.count() == 1


def test_an_id_that_is_none_is_not_visible(worker: doors.Person) -> None:
    with doors.acting(worker) as actor:
        for wrong in (uuid4(), "nonsense", ""):
            with pytest.raises(NotVisible):
                queries.service(actor, wrong)


def test_what_is_not_offered_now_is_seen_by_its_own_body_alone(worker: doors.Person) -> None:
    other = doors.person(doors.body("other"), "Farida")
    offered(worker.organisation_id, "LEGAL-01", is_active=False)
    with doors.acting(worker) as actor:
        assert len(queries.services(actor, Filters()).listings) == 1
    with doors.acting(other) as actor:
        assert queries.services(actor, Filters()).listings == ()


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_is_in_tajik_order_and_pages_there_and_back(worker: doors.Person) -> None:
    names = ["Яблоко", "ҷой", "Ғафс", "гап", "хона", "Ҳаво", "қалам", "калам"]
    for name in names:
        offered(doors.body(f"b-{uuid4().hex[:6]}", name_tg=name), "LEGAL-01")
    with doors.acting(worker) as actor:
        whole = bodies(actor)
        assert whole == ["гап", "Ғафс", "калам", "қалам", "хона", "Ҳаво", "ҷой", "Яблоко"]
        walked, after = [], ""
        while True:
            page = queries.services(actor, Filters(), after=after, language="tg", size=3)
            walked += [one.body.text for one in page.listings]
            if not page.after:
                break
            after = page.after
        assert walked == whole
        back = queries.services(actor, Filters(), before=page.before, language="tg", size=3)
        assert [one.body.text for one in back.listings] == whole[3:6]
        first = queries.services(actor, Filters(), before=back.before, language="tg", size=3)
        assert [one.body.text for one in first.listings] == whole[:3]
        assert first.before == ""


@pytest.mark.parametrize("cursor", ["x", "%%%", "AAAA", "YQ", "a" * 5000, "AB8AHwA"])
def test_a_broken_cursor_is_the_first_page(worker: doors.Person, cursor: str) -> None:
    offered(worker.organisation_id, "LEGAL-01")
    with doors.acting(worker) as actor:
        assert len(queries.services(actor, Filters(), after=cursor).listings) == 1
        assert len(queries.services(actor, Filters(), before=cursor).listings) == 1


def test_search_reads_other_spellings_and_kinds_of_help(worker: doors.Person) -> None:
    umed = doors.body("umed", name_tg="Умеди Ҷавонон")
    offered(umed, "LEGAL-01")
    offered(doors.body("panoh", name_tg="Панда"), "HOME-02", name_tg="Ҳуҷраи Шаб")
    with doors.acting(worker) as actor:
        assert bodies(actor, words="umed") == ["Умеди Ҷавонон"]
        assert bodies(actor, words="чавон Умед") == ["Умеди Ҷавонон"]
        assert bodies(actor, words="хучра") == ["Панда"]
        assert bodies(actor, words="паноҳгоҳ") == ["Панда"], "the label of the kind"
        assert bodies(actor, words="umed shelter") == []
        assert len(bodies(actor, words="%_'\\")) == 2
    with god():
        assert rename(umed, "tg", "Хуршед")
        assert rename(umed, "en", "Khurshed")
    with doors.acting(worker) as actor:
        assert bodies(actor, words="хуршед") == ["Хуршед"]
        assert bodies(actor, words="умед") == []


def test_filters(worker: doors.Person) -> None:
    offered(doors.body("a", name_tg="А"), "LEGAL-01", KULOB, language_codes=["tg"], admission_codes=["women"])
    offered(doors.body("b", name_tg="Б"), "HOME-02", region="TJ-SU", language_codes=["uz"], is_full=True)
    offered(doors.body("v", name_tg="В"), "HEALTH-01", "TJ", region="TJ-DU", admission_codes=["anyone"])
    offered(worker.organisation_id, "COORD-01", region="TJ-GB")
    with doors.acting(worker) as actor:
        assert bodies(actor, group="HOME") == ["Б"]
        assert bodies(actor, code="LEGAL-01") == ["А"]
        assert bodies(actor, region="TJ-KT") == ["А", "В"]
        assert bodies(actor, region=KULOB) == ["А", "В"]
        assert bodies(actor, region="TJ-SU") == ["Б", "В"]
        assert bodies(actor, language="uz") == ["Б"]
        assert bodies(actor, admits="women") == ["А", "В"]
        assert "Б" not in bodies(actor, open_only=True)
        assert len(bodies(actor, own=True)) == 1


def test_a_list_needs_as_many_queries_for_many_as_for_one(
    worker: doors.Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        offered(doors.body(f"b{number}"), "LEGAL-01", KULOB, week=[(1, 480, 1020)])
    with doors.acting(worker) as actor:
        with django_assert_max_num_queries(3):
            assert len(queries.services(actor, Filters()).listings) == 12
        with django_assert_max_num_queries(3):
            assert len(queries.suitable(actor, ["LEGAL-01"], district=KULOB)) == 12


# --- who suits ----------------------------------------------------------------------------------------------------


def test_the_order_of_what_suits(worker: doors.Person) -> None:
    ready = doors.body("ready", name_tg="Тайёр")
    doors.custodians(ready)
    doors.desk_officer(ready)
    here = {"admission_codes": ["women"]}
    offered(doors.body("far", name_tg="Дур"), "HOME-02", region="TJ-SU", usual_answer_minutes=1)
    offered(doors.body("near-full", name_tg="Пур"), "HOME-02", KULOB, is_full=True)
    offered(doors.body("near", name_tg="Наздик"), "HOME-02", KULOB)
    offered(doors.body("region-slow", name_tg="Суст"), "HOME-02", usual_answer_minutes=300, **here)
    offered(doors.body("region-fast", name_tg="Тез"), "HOME-02", usual_answer_minutes=20)
    offered(doors.body("region-unknown", name_tg="Номаълум"), "HOME-02")
    offered(doors.body("men", name_tg="Мардон"), "HOME-02", KULOB, admission_codes=["men"])
    offered(doors.body("watch", name_tg="Назорат", compartment="oversight"), "HOME-02", KULOB)
    offered(doors.body("gone", name_tg="Рафта"), "HOME-02", KULOB, is_active=False)
    offered(ready, "HOME-02")
    offered(worker.organisation_id, "HOME-02", region="TJ-SU")
    with doors.acting(worker) as actor:
        found = queries.suitable(actor, ["HOME-02"], district=KULOB, sex="female", age_band="a18_29", language="tg")
    assert [one.listing.body.text for one in found][:7] == ["Наздик", "Пур", "Тайёр", "Тез", "Суст", "Номаълум", "Дур"]
    assert found[-1].listing.body.text == "Мардон"
    assert found[-1].reasons == ("not_admitted",)
    by_name = {one.listing.body.text: one for one in found}
    assert (by_name["Наздик"].distance, by_name["Тез"].distance, by_name["Дур"].distance) == (
        "same_district",
        "same_region",
        "other_region",
    )
    assert [name for name, one in by_name.items() if one.desk_ready] == ["Тайёр"]
    assert [one.listing.organisation_id for one in found if one.own_body] == [worker.organisation_id]
    assert by_name["Пур"].reasons == ("full",)


def test_needs_find_their_kinds(worker: doors.Person) -> None:
    offered(worker.organisation_id, "HEALTH-01")
    offered(worker.organisation_id, "LEGAL-01")
    with doors.acting(worker) as actor:
        found = queries.suitable(actor, kinds(["doctor"]), region="TJ-KT")
    assert [one.listing.service_code for one in found] == ["HEALTH-01"]


def test_a_desk_closed_until_the_target_stands_lower(worker: doors.Person) -> None:
    office = [(day, 480, 1020) for day in range(1, 6)]
    offered(doors.body("office", name_tg="А"), "LEGAL-01", week=office)
    far = doors.body("always", name_tg="Я", region="TJ-SU")
    offered(far, "LEGAL-01", region="TJ-SU", week=[(day, 0, 1440) for day in range(1, 8)])
    friday = datetime(2026, 11, 27, 18, tzinfo=ZoneInfo("Asia/Dushanbe"))
    with doors.acting(worker) as actor:
        found = queries.suitable(actor, ["LEGAL-01"], region="TJ-KT", window=(friday, friday + timedelta(hours=24)))
        assert [(one.listing.body_slug, one.closed_until_target) for one in found] == [
            ("always", False),
            ("office", True),
        ]
        monday = (friday, friday + timedelta(days=3))
        assert not any(
            one.closed_until_target for one in queries.suitable(actor, ["LEGAL-01"], region="TJ-KT", window=monday)
        )


def test_the_own_district_is_the_one_that_the_own_services_name(worker: doors.Person) -> None:
    def own() -> str:
        with doors.acting(worker) as actor:
            return own_district(actor)

    assert own() == "", "it says nothing of where it works"
    offered(worker.organisation_id, "LEGAL-01", "TJ-KT", "TJ-KT-02")
    offered(doors.body("elsewhere"), "LEGAL-01", "TJ-KT-05")
    assert own() == "TJ-KT-02"
    offered(worker.organisation_id, "HEALTH-01", "TJ-KT-03")
    assert own() == "", "of several none is meant"


# --- who changes --------------------------------------------------------------------------------------------------


def officer(slug: str) -> doors.Person:
    return doors.person(doors.body(slug), "Gulnora", ("desk_officer",))


def test_a_desk_writes_its_own_service() -> None:
    her = officer("panoh")
    with doors.acting(her) as actor:
        made = act.add(actor, service_code="LEGAL-01", sheet=Sheet(region="TJ-KT", phone="2 22 22 22"))
        record = queries.record(actor, made.pk)
        sheet = Sheet(
            region="TJ-SU",
            names={"tg": "Машварат"},
            is_full=True,
            admits=("women",),
            languages=("tg",),
            areas=(KULOB, "TJ-SU"),
            week=(Stretch(1, 480, 1020),),
        )
        act.edit(actor, record, version=1, sheet=sheet)
        seen, week = queries.service(actor, made.pk), queries.weeks(actor, [made.pk])[made.pk]
        beside = Service.objects.annotate(week=week_of("pk")).get(pk=made.pk).week
    assert week == seen.week == stretches(beside)
    assert (seen.region, seen.name.text, seen.is_full, seen.version) == ("TJ-SU", "Машварат", True, 2)
    assert (seen.areas, seen.week, seen.phone) == ((KULOB, "TJ-SU"), (Stretch(1, 480, 1020),), "")
    with god():
        rows = list(Ledger.objects.filter(action_code="service.edit").values_list("scope_code", "object_id"))
    assert [scope for scope, _ in rows] == ["own_desk", "own_desk"]
    assert {object_id for _, object_id in rows} == {made.pk}


def test_of_two_editors_the_second_overwrites_nothing() -> None:
    her = officer("panoh")
    made = offered(her.organisation_id, "LEGAL-01")
    with doors.acting(her) as actor:
        record = queries.record(actor, made.pk)
        act.edit(actor, record, version=1, sheet=Sheet(region="TJ-SU"))
        with pytest.raises(NotNow) as refused:
            act.edit(actor, record, version=1, sheet=Sheet(region="TJ-GB"))
        assert refused.value.guard == "version_same"
        assert queries.service(actor, made.pk).region == "TJ-SU"


def test_full_and_open_again() -> None:
    her = officer("panoh")
    made = offered(her.organisation_id, "LEGAL-01")
    with doors.acting(her) as actor:
        for full in (True, False):
            act.mark(actor, queries.record(actor, made.pk), full=full)
            assert queries.service(actor, made.pk).is_full is full


@pytest.mark.parametrize("roles", [("case_worker",), ("administrator",), ("supervisor",)])
def test_a_colleague_without_the_desk_changes_nothing(roles: tuple[str, ...]) -> None:
    her = doors.person(doors.body("panoh"), "Parvina", roles)
    made = offered(her.organisation_id, "LEGAL-01")
    with doors.acting(her) as actor:
        with pytest.raises(NotAllowed):
            act.mark(actor, queries.record(actor, made.pk), full=True)
        with pytest.raises(NotAllowed):
            act.add(actor, service_code="LEGAL-02", sheet=Sheet(region="TJ-KT"))
        assert Service.objects.filter(pk=made.pk).update(is_full=True) == 0, "the wall alone"


def test_another_bodys_desk_changes_nothing() -> None:
    mine, theirs = officer("panoh"), doors.body("umed")
    made = offered(theirs, "LEGAL-01")
    with doors.acting(mine) as actor:
        with pytest.raises(NotAllowed):
            act.edit(actor, queries.record(actor, made.pk), version=1, sheet=Sheet(region="TJ-KT"))
        assert Service.objects.filter(pk=made.pk).update(is_full=True) == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Service.objects.create(
                organisation_id=theirs, service_code="LEGAL-02", region_code="TJ-KT", changed_at=timezone.now()
            )
        with pytest.raises(ProgrammingError), transaction.atomic():
            ServiceContact.objects.create(service_id=made.pk, phone="1")


def test_a_desk_cannot_move_a_service_nor_write_its_own_speed() -> None:
    her = officer("panoh")
    made = offered(her.organisation_id, "LEGAL-01")
    with doors.acting(her):
        for change in ({"organisation_id": doors.body("x")}, {"usual_answer_minutes": 1}, {"service_code": "HOME-01"}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Service.objects.filter(pk=made.pk).update(**change)


@pytest.mark.parametrize(
    ("sheet", "field"),
    [
        (Sheet(region="TJ-XX"), "region"),
        (Sheet(region="TJ-KT", names={"tg": "a" * 201}), "name_tg"),
        (Sheet(region="TJ-KT", names={"ru": "a\u202eb"}), "name_ru"),
        (Sheet(region="TJ-KT", texts={"tg": "a\x00b"}), "text_tg"),
        (Sheet(region="TJ-KT", admits=("everyone",)), "admits"),
        (Sheet(region="TJ-KT", languages=("xx",)), "languages"),
        (Sheet(region="TJ-KT", areas=("TJ-KT-99",)), "areas"),
        (Sheet(region="TJ-KT", phone="1" * 41), "phone"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_beside_its_field(sheet: Sheet, field: str) -> None:
    her = officer("panoh")
    made = offered(her.organisation_id, "LEGAL-01")
    with doors.acting(her) as actor:
        with pytest.raises(Invalid) as refused:
            act.edit(actor, queries.record(actor, made.pk), version=1, sheet=sheet)
        assert list(refused.value.errors) == [field]
        assert queries.service(actor, made.pk).version == 1


def test_a_shelters_desk_is_told_that_no_address_is_kept() -> None:
    her = officer("panoh")
    made = offered(her.organisation_id, "HOME-02")
    other = offered(her.organisation_id, "MHPSS-01")
    with doors.acting(her) as actor:
        for one in (made, other):
            with pytest.raises(Invalid) as refused:
                act.edit(
                    actor, queries.record(actor, one.pk), version=1, sheet=Sheet(region="TJ-KT", address="Рӯдакӣ 1")
                )
            assert list(refused.value.errors) == ["address"]
        with pytest.raises(Invalid):
            act.add(actor, service_code="HOME-02", sheet=Sheet(region="TJ-KT"))
        with pytest.raises(Invalid):
            act.add(actor, service_code="NONE-01", sheet=Sheet(region="TJ-KT"))


def test_the_clock_writes_the_usual_time_from_five_answers() -> None:
    from hamkori.casework.referral.models import Referral

    sender, receiver = doors.body("a"), doors.body("b")
    few, many = offered(receiver, "LEGAL-01"), offered(receiver, "LEGAL-02")
    start = timezone.now()

    def answered(service: Service, minutes: int) -> None:
        code = f"{Referral.objects.count():08d}"
        Referral.objects.create(
            code=code,
            from_organisation_id=sender,
            to_organisation_id=receiver,
            service_id=service.pk,
            service_code=service.service_code,
            recipient_kind_code="legal",
            purpose_code="help",
            urgency_code="normal",
            written_at=start,
            visible_at=start,
            answered_at=start + timedelta(minutes=minutes),
        )

    with god():
        for minutes in (10, 20, 30, 40):
            answered(few, minutes)
        for minutes in (10, 20, 30, 400, 5000):
            answered(many, minutes)
    with as_role("hk_clock"), connection.cursor() as cursor:
        cursor.execute("select service_usual_time()")
        assert cursor.fetchone()[0] == 1
    with god():
        assert Service.objects.get(pk=few.pk).usual_answer_minutes is None
        assert Service.objects.get(pk=many.pk).usual_answer_minutes == 30
        answered(few, 50)
    with as_role("hk_clock"), connection.cursor() as cursor:
        cursor.execute("select service_usual_time()")
    with god():
        assert Service.objects.get(pk=few.pk).usual_answer_minutes == 30
