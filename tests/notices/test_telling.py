"""Whom a notice reaches: people of the sides named, found by the database; never the actor, never too early, once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.actor import SYSTEM, Actor
from hamkori.casework.case.machinery import notices as actions
from hamkori.casework.case.rules import clock_table
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.consent.rules.lifecycle import CONSENT
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.casework.screening.rules.lifecycle import SCREENING
from hamkori.notices import queries
from hamkori.notices.actions import read
from hamkori.notices.models import Notice
from hamkori.notices.texts import OF_ACCOUNT, keys, sentence
from hamkori.people.models import Membership, Organisation, RoleHeld, User
from tests.access import cast
from tests.access.cast import Cast
from tests.database import as_role, god

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    made = Cast()
    secretariat = cast.body("secretariat", "oversight")
    made.olim = cast.member(secretariat, "olim", "national_coordinator")  # type: ignore[attr-defined]
    made.sadaf = sadaf = cast.member(made.panoh, "sadaf", "supervisor")  # type: ignore[attr-defined]
    with god():
        Membership.objects.filter(pk=made.gulnora.pk).update(supervisor=sadaf)
    return made


NAMES = ("malika", "zarina", "firuza", "dilshod", "rustam", "karim", "gulnora", "parvina", "olim", "sadaf")


def told(people: Cast) -> set[str]:
    """Who has been told, by name, and forget it."""
    names = {getattr(people, name).pk: name for name in NAMES}
    with god():
        found = {names[pk] for pk in Notice.objects.values_list("membership_id", flat=True)}
        Notice.objects.all().delete()
    return found


def tells(members: list[UUID] | None, about: str, thing: UUID | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select notice_to(%s, %s, %s, 'task', 'due', '', false, false, null)", [members, about, thing])
        return cursor.fetchone()[0]


def by_clock(**what: object) -> int:
    with as_role("hk_clock"):
        return actions.add(SYSTEM, **({"key": "waiting"} | what))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("S", {"zarina", "firuza"}),
        ("L", {"zarina"}),
        ("SV", {"malika"}),
        ("K", {"karim"}),
        ("D", {"gulnora"}),
        ("DS", {"sadaf"}),
        ("R", {"parvina"}),
        ("RV", {"sadaf"}),
        ("N", {"olim"}),
        ("X", set()),
    ],
)
def test_each_side_of_a_referral(people: Cast, side: str, names: set[str]) -> None:
    referral = people.refers(state="accepted")
    cast.named(referral, people.parvina)
    cast.named(referral, people.sadaf, "supervisor")  # type: ignore[attr-defined]
    assert by_clock(sides=[side], about=("referral", referral.pk)) == len(names)
    assert told(people) == names


def test_several_sides_and_nobody_twice(people: Cast) -> None:
    referral = people.refers(state="accepted")
    cast.named(referral, people.gulnora)  # she answers the desk and has taken it on herself
    assert by_clock(sides=["D", "R", "S"], about=("referral", referral.pk)) == 3
    assert told(people) == {"gulnora", "zarina", "firuza"}


def test_sides_of_a_case(people: Cast) -> None:
    assert by_clock(sides=["S", "SV", "D", "R"], about=("case", people.case.pk)) == 3
    assert told(people) == {"zarina", "firuza", "malika"}


def test_nobody_is_told_of_her_own_act(people: Cast) -> None:
    referral = people.refers()
    actor = cast.acting(people.zarina)
    assert actions.add(actor, key="closed", sides=["S", "D"], about=("referral", referral.pk)) == 2
    assert told(people) == {"firuza", "gulnora"}


def test_who_is_gone_is_told_nothing(people: Cast) -> None:
    referral = people.refers(state="accepted")
    for name in NAMES[:3]:
        cast.named(referral, getattr(people, name))
    over = datetime.now(UTC)
    with god():
        Membership.objects.filter(pk=people.zarina.pk).update(ended_at=over)
        Membership.objects.filter(pk=people.firuza.pk).update(suspended_at=over)
        User.objects.filter(pk=people.malika.user_id).update(is_active=False)
        RoleHeld.objects.filter(membership=people.gulnora).update(ended_at=over)
    assert by_clock(sides=["S", "SV", "D", "R"], about=("referral", referral.pk)) == 0
    with god():
        RoleHeld.objects.filter(membership=people.gulnora).update(ended_at=None)
    assert by_clock(sides=["D"], about=("referral", referral.pk)) == 1
    with god():
        Organisation.objects.filter(pk=people.panoh.pk).update(is_active=False)
        Notice.objects.all().delete()
    assert by_clock(sides=["D"], about=("referral", referral.pk)) == 0


def test_a_clock_tells_each_rung_once(people: Cast) -> None:
    referral, other = people.refers(), people.refers()
    rung = {"sides": ["S"], "clock": "answer", "rung": "reminder"}
    assert by_clock(**rung, about=("referral", referral.pk)) == 2
    assert by_clock(**rung, about=("referral", referral.pk)) == 0, "however often the job runs"
    assert by_clock(**(rung | {"rung": "told"}), about=("referral", referral.pk)) == 2
    assert by_clock(**rung, about=("referral", other.pk)) == 2
    assert by_clock(**(rung | {"clock": "child"}), about=("case", people.case.pk)) == 2
    assert by_clock(**(rung | {"clock": "child"}), about=("case", people.case.pk)) == 0
    assert (
        by_clock(sides=["S"], about=("referral", referral.pk))
        == by_clock(sides=["S"], about=("referral", referral.pk))
        == 2
    )


@pytest.mark.parametrize("who", ["dilshod", "rustam", "karim", "parvina", "olim"])
def test_who_stands_on_no_side_tells_nobody(people: Cast, who: str) -> None:
    referral = people.refers()
    actor = cast.acting(getattr(people, who))
    for about in (
        ("referral", referral.pk),
        ("case", people.case.pk),
        ("referral", uuid4()),
        ("referral", None),
        (None, referral.pk),
        ("two_person", referral.pk),
        ("case", referral.pk),
    ):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            actions.add(actor, key="now", sides=["S", "D", "N"], about=about)  # type: ignore[arg-type]
        assert isinstance(caught.value.__cause__, psycopg.Error)
        assert caught.value.__cause__.sqlstate == "HK404"
    assert told(people) == set()


def test_nobody_joins_a_strangers_case_to_her_own_referral(people: Cast) -> None:
    """A notice is about one thing, of the kind that it says: there is no place for a second one."""
    referral = people.refers()
    strange = cast.case_of(people.panoh)
    zarina = cast.acting(people.zarina)
    for about in (("referral", strange.pk), ("case", strange.pk), ("case", referral.pk)):
        with pytest.raises(DatabaseError, match="not_visible"), transaction.atomic():
            actions.add(zarina, key="now", sides=["S"], about=about)  # type: ignore[arg-type]


@pytest.mark.parametrize("about", [("two_person", uuid4()), ("", uuid4()), (None, uuid4()), ("case", None)])
def test_the_clock_tells_of_cases_and_referrals_alone(people: Cast, about: tuple[str | None, UUID | None]) -> None:
    with pytest.raises(DatabaseError, match="not a notice"), transaction.atomic():
        by_clock(sides=["N"], about=about)


@pytest.mark.parametrize("about", [("case", None), ("", uuid4())])
def test_what_a_notice_is_about_has_a_kind_and_an_id_or_neither(people: Cast, about: tuple[str, UUID | None]) -> None:
    with god(), pytest.raises(DatabaseError, match="a_notice_is_about_a_thing"), transaction.atomic():
        tells([people.zarina.pk], *about)


def test_whomever_a_room_names_only_live_people_are_told_and_never_who_acts(people: Cast) -> None:
    """`notice_to`, as the definer of another room calls it."""
    thing, everybody = uuid4(), [people.zarina.pk, people.firuza.pk, people.malika.pk, people.gulnora.pk, uuid4()]
    cast.acting(people.zarina)
    with god():
        Membership.objects.filter(pk=people.malika.pk).update(suspended_at=datetime.now(UTC))
        assert tells(everybody, "meeting", thing) == 2
        assert tells(everybody, "meeting", thing) == 0, "once for each rung"
        assert tells(everybody, "meeting", uuid4()) == 2, "another thing"
        assert tells(everybody, "task", thing) == 2, "of another kind"
        assert tells(None, "task", thing) == 0
    assert told(people) == {"firuza", "gulnora"}


def test_the_page_has_no_door_of_the_clock(people: Cast) -> None:
    for call in (lambda: actions.add(SYSTEM, key="now", sides=["S"], about=("case", people.case.pk)),):
        with pytest.raises(DatabaseError, match="permission denied for function notice_clock"), transaction.atomic():
            call()


# --- the desk is told when the referral is visible, not before --------------------------------------------------------


def test_a_desk_is_told_when_the_time_to_stop_is_over(people: Cast) -> None:
    referral = people.refers(visible_in=timedelta(seconds=30))
    actions.add(cast.acting(people.zarina), key="new", sides=["D"], about=("referral", referral.pk))
    gulnora = cast.acting(people.gulnora)
    assert queries.unread_of(gulnora).count() == 0
    cast.advance(timedelta(seconds=31))
    assert queries.unread_of(gulnora).count() == 1


def test_a_stopped_referral_is_never_told(people: Cast) -> None:
    referral, seen = people.refers(visible_in=timedelta(seconds=30)), people.refers()
    zarina = cast.acting(people.zarina)
    for one in (referral, seen):
        actions.add(zarina, key="new", sides=["D"], about=("referral", one.pk))
    assert actions.take_back(referral.pk) == 1
    assert actions.take_back(seen.pk) == 0, "what has been seen stays told"
    cast.advance(timedelta(minutes=1))
    assert queries.unread_of(cast.acting(people.gulnora)).count() == 1
    for who in (people.gulnora, people.dilshod):
        cast.acting(who)
        with pytest.raises(DatabaseError, match="not_visible"), transaction.atomic():
            actions.take_back(referral.pk)


# --- reading ----------------------------------------------------------------------------------------------------------


def filled(people: Cast) -> None:
    referral = people.refers()
    by_clock(key="result", sides=["S"], about=("referral", referral.pk))
    by_clock(key="result", sides=["S"], about=("referral", referral.pk))
    by_clock(key="waiting", sides=["S"], about=("referral", referral.pk))
    by_clock(key="choose_again", sides=["S"], about=("referral", referral.pk), urgent=True)


def test_what_waits_is_said_in_sentences_what_is_urgent_first(people: Cast) -> None:
    filled(people)
    zarina = cast.acting(people.zarina)
    assert queries.unread_of(zarina).count() == 4
    assert [(line.text, line.urgent) for line in queries.lines(zarina)] == [
        ("1 referral needs another choice.", True),
        ("1 referral is waiting.", False),
        ("2 results arrived.", False),
    ]


def test_reading_is_for_oneself_and_for_what_was_named(people: Cast) -> None:
    filled(people)
    zarina = cast.acting(people.zarina)
    assert read(zarina, ["result"]) == 2
    assert [line.key for line in queries.lines(zarina)] == ["choose_again", "waiting"]
    assert read(zarina) == 2
    assert (read(zarina), queries.unread_of(zarina).count(), queries.lines(zarina)) == (0, 0, [])
    assert queries.unread_of(cast.acting(people.firuza)).count() == 4


def test_nobody_reads_anothers_also_not_by_asking_for_it(people: Cast) -> None:
    filled(people)
    zarina = cast.acting(people.zarina)
    cast.acting(people.dilshod)
    assert queries.unread_of(zarina).count() == 0, "the wall stands when the query is asked for somebody else"
    assert read(zarina) == 0
    assert not Notice.objects.exists()
    with god():
        assert queries.unread_of(cast.acting(people.dilshod)).count() == 0, "and the query stands without the wall"
    assert queries.unread_of(Actor(user_id=None, membership_id=None, organisation_id=None)).count() == 0


def test_a_member_changes_nothing_but_that_she_has_read(people: Cast) -> None:
    filled(people)
    cast.acting(people.zarina)
    for change in ({"key_code": "now"}, {"mailed_at": None}, {"membership_id": people.dilshod.pk}):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Notice.objects.update(**change)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Notice.objects.all().delete()


# --- words ------------------------------------------------------------------------------------------------------------


def test_every_notice_of_the_tables_has_its_sentence() -> None:
    rows = [row for machine in (REFERRAL, CASE, SCREENING, CONSENT) for row in machine.steps]
    steps = {notice.key for row in rows for notice in row.notices}
    clocks = {notice.key for row in clock_table.CLOCKS.values() for rung in row.rungs for notice in rung.notices}
    assert steps
    assert clocks
    assert steps | clocks <= set(keys())


@pytest.mark.parametrize("key", [key for key in keys() if key not in OF_ACCOUNT])
def test_a_sentence_counts_and_says_nothing_else(key: str) -> None:
    one, many = sentence(key, 1), sentence(key, 3)
    assert "1" in one
    assert "3" in many
    assert one != many.replace("3", "1")


@pytest.mark.parametrize("key", OF_ACCOUNT)
def test_of_her_own_account_it_says_what_and_no_number(key: str) -> None:
    assert sentence(key, 1) == sentence(key, 3)
    assert not any(sign.isdigit() for sign in sentence(key, 3))


def test_a_notice_without_words_is_not_written(people: Cast) -> None:
    with pytest.raises(KeyError):
        by_clock(key="gossip", sides=["S"], about=("case", people.case.pk))
    with pytest.raises(KeyError):
        sentence("gossip", 1)


def test_the_end_of_an_agreement_has_words_of_its_own(people: Cast) -> None:
    referral = people.refers()
    for rung in ("reminder_14", "end"):
        by_clock(key="agreement", sides=["S"], about=("referral", referral.pk), clock="consent", rung=rung)
    assert [line.text for line in queries.lines(cast.acting(people.zarina))] == [
        "1 consent has ended.",
        "1 consent ends soon.",
    ], "the newest first"
