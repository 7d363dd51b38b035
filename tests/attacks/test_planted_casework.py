"""The owner of the database changes who is on a team or takes part in a referral; nothing is sealed to the wrong one.

The holes: an ended team row put back with its tag got new keys, a closed epoch reopened was written under by everybody,
every addition went to whoever stood in the tables, and the keys of a case went to the key holders of the organisation
that its row named. Red on commit ff6e3b1: a secret opened in 12 of these tries, and none raised an alarm. Rows of a
team planted or changed got nothing there either, but nobody was told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral, ReferralAccess
from hamkori.refusal import NotNow
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.owned import alarmed, copy_back, owner, packet_read, refused, sections_read
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House, now
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

SOCIAL, STRANGER, PSYCHOLOGIST = "shelter-social", "stranger", "psychologist-cso"


def write(house: House, case: Case, where: str = "contact", who: str = LEAD) -> None:
    """An honest colleague writes on."""

    def do(actor: Any) -> None:
        sheet = section.open_section(actor, case, section=where)
        section.write_section(actor, case, section=where, fields={"call_name": "later"}, seal_no=sheet.seal_no)

    house.as_(who, do)


def team_row(case: Case, house: House, who: str) -> dict[str, Any]:
    return owner("select * from case_access where case_id = %s and membership_id = %s", case.pk,
                 house.world.membership(who))[0]  # fmt: skip


# --- the team of a case ----------------------------------------------------------------------------------------------


def test_an_ended_team_row_put_back_with_its_tag_gets_no_new_key(house: House) -> None:
    case = house.case(COLLEAGUE)
    kept = team_row(case, house, COLLEAGUE)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    owner("update case_access set ended_at = null, tag = %s where id = %s", kept["tag"], kept["id"])
    with alarmed("team"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


def test_an_ended_row_under_another_id_is_another_row(house: House) -> None:
    case = house.case(COLLEAGUE)
    kept = team_row(case, house, COLLEAGUE)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    copy_back("case_access", kept, id=uuid4())
    with alarmed("team"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


def test_who_left_by_herself_stays_away(house: House) -> None:
    case = house.case(COLLEAGUE)
    kept = team_row(case, house, COLLEAGUE)
    house.as_(COLLEAGUE, lambda actor: team.leave(actor, case))
    owner("update case_access set ended_at = null, tag = %s where id = %s", kept["tag"], kept["id"])
    with alarmed("team"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


CHANGED = {
    "id": lambda house, case: uuid4(),
    "case_id": lambda house, case: house.case().pk,
    "membership_id": lambda house, case: house.world.membership(STRANGER),
    "kind_code": lambda house, case: "supervisor",
    "sections": lambda house, case: ["contact", "identity", "legal", "criminal"],
    "writes": lambda house, case: ["criminal"],
    "tag": lambda house, case: bytes(34),
}


FREE = {"opened_at", "since", "suspended_at", "ended_at"}
"""Columns that decide nothing here: an end is a mark."""


def test_every_column_of_a_team_row_is_covered_or_free() -> None:
    assert {field.column for field in CaseAccess._meta.fields} == {*CHANGED} | FREE
    parts = {"id", "referral_id", "membership_id", "sections", "tag"} | {"kind_code", "since", "ended_at"}
    assert {field.column for field in ReferralAccess._meta.fields} == parts, "kind: a supervisor's row has no tag"


@pytest.mark.parametrize("column", CHANGED)
@pytest.mark.thin(3)
def test_a_team_row_with_one_column_changed_gets_nothing(house: House, column: str) -> None:
    case = house.case(COLLEAGUE)
    owner("update section_key set closed_at = now() where case_id = %s", case.pk)
    row = team_row(case, house, COLLEAGUE)
    there = CHANGED[column](house, case)
    owner(f"update case_access set {column} = %s where id = %s", there, row["id"])
    where = Case(pk=there) if column == "case_id" else case
    if column == "case_id":
        owner("update section_key set closed_at = now() where case_id = %s", there)
    with alarmed("team"):
        write(house, where)
    assert {who for who, name in sections_read(house.world, where.pk) if name == "contact"} == {LEAD}
    tried()


def test_a_planted_colleague_gets_nothing_and_the_others_work_on(house: House) -> None:
    case = house.case(COLLEAGUE)
    owner("update section_key set closed_at = now() where case_id = %s", case.pk)
    kept = team_row(case, house, COLLEAGUE)
    copy_back("case_access", kept, id=uuid4(), membership_id=house.world.membership(STRANGER))
    with alarmed("team"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD, COLLEAGUE}
    tried()


def test_history_is_handed_over_to_nobody_whose_row_was_changed_on_its_way(house: House) -> None:
    """A trigger widens the newcomer's sections between the admission and what is handed over."""
    case = house.case()
    owner(
        "create function wider() returns trigger language plpgsql as $$ begin"
        " new.sections := array['contact', 'place', 'needs', 'identity', 'health', 'legal']; return new; end $$"
    )
    owner("create trigger wider before insert on case_access for each row execute function wider()")
    try:
        with refused("team"):
            house.as_(LEAD, lambda actor: team.admit(actor, case, membership=house.world.membership(PSYCHOLOGIST)))
    finally:
        owner("drop trigger wider on case_access")
        owner("drop function wider()")
    assert {who for who, _where in sections_read(house.world, case.pk)} == {LEAD}
    tried()


# --- epochs ----------------------------------------------------------------------------------------------------------


def epochs(case: Case) -> list[int]:
    return [row["epoch"] for row in owner("select epoch from contact where case_id = %s", case.pk)]


def test_nobody_writes_under_an_epoch_that_was_closed_when_somebody_left(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    owner("update section_key set closed_at = null where case_id = %s and section_code = 'contact'", case.pk)
    with alarmed("epoch"):
        write(house, case)
    assert epochs(case) == [2]
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


def test_nor_when_the_newer_one_is_gone(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    write(house, case)
    first = "(select id from section_key where case_id = %s and section_code = 'contact' and epoch = 2)"
    owner(f"delete from section_wrap where section_key_id = {first}", case.pk)
    owner("delete from section_key where case_id = %s and section_code = 'contact' and epoch = 2", case.pk)
    owner("update section_key set closed_at = null where case_id = %s and section_code = 'contact'", case.pk)
    owner("delete from contact where case_id = %s", case.pk)
    with alarmed("epoch"):
        write(house, case)
    assert epochs(case) == [3], "the second was given once"
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


def test_an_epoch_that_somebody_would_not_let_close_is_not_written_under(house: House) -> None:
    """A trigger keeps every epoch open: the definer says that it closed them."""
    case = house.case(COLLEAGUE)
    owner(
        "create function open_for_ever() returns trigger language plpgsql as $$ begin"
        " new.closed_at := null; return new; end $$"
    )
    owner("create trigger open_for_ever before update on section_key for each row execute function open_for_ever()")
    try:
        house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    finally:
        owner("drop trigger open_for_ever on section_key")
        owner("drop function open_for_ever()")
    with alarmed("epoch"):
        write(house, case)
    assert epochs(case) == [2]
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


# --- whose key holders -----------------------------------------------------------------------------------------------


def test_the_keys_of_a_case_go_to_the_key_holders_of_who_writes(house: House) -> None:
    case = house.case()
    owner("update section_key set closed_at = now() where case_id = %s", case.pk)
    owner('update "case" set organisation_id = %s where id = %s', house.world.bodies["cso-pamir"], case.pk)
    with refused("case"):
        write(house, case)
    theirs = owner(
        "select count(*) as n from section_wrap w join section_key k on k.id = w.section_key_id"
        " join body_key b on b.id = w.recipient_key_id where k.case_id = %s and b.organisation_id = %s",
        case.pk, house.world.bodies["cso-pamir"],
    )  # fmt: skip
    assert theirs[0]["n"] == 0
    tried()


# --- the receiver's side ---------------------------------------------------------------------------------------------


def add(house: House, referral: Referral) -> None:
    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.add(actor, found, version=found.version, sections=["contact"])

    house.as_(LEAD, do)


def part_row(referral: Referral, house: House, who: str) -> dict[str, Any]:
    return owner(
        "select * from referral_access where referral_id = %s and membership_id = %s",
        referral.pk, house.world.membership(who),
    )[0]  # fmt: skip


@pytest.mark.parametrize("column", ["id", "referral_id", "membership_id", "sections", "tag"])
@pytest.mark.thin(3)
def test_a_receivers_row_with_one_column_changed_gets_no_addition(house: House, column: str) -> None:
    _case, referral = house.accepted()
    _case, there = house.accepted() if column == "referral_id" else (None, referral)
    if column == "referral_id":
        owner("delete from referral_access where referral_id = %s", there.pk)
    other = {
        "id": uuid4(),
        "referral_id": there.pk,
        "membership_id": house.world.membership(SOCIAL),
        "sections": ["contact", "needs", "health"],
        "tag": bytes(34),
    }[column]
    owner(f"update referral_access set {column} = %s where id = %s", other, part_row(referral, house, WORKER)["id"])
    with alarmed("part"):
        add(house, there)
    assert {name for name, what in packet_read(house.world, there.pk, keyring()) if what == "2.contact"} == set()
    tried()


PLANTED = {
    "a colleague": lambda house: {"membership_id": house.world.membership(SOCIAL)},
    "a stranger": lambda house: {"membership_id": house.world.membership(STRANGER)},
    "the desk": lambda house: {"membership_id": house.world.membership(DESK)},
    "without a tag": lambda house: {"membership_id": house.world.membership(SOCIAL), "tag": b""},
}


@pytest.mark.parametrize("who", PLANTED)
def test_a_planted_receiver_does_not_get_the_next_addition(house: House, who: str) -> None:
    _case, referral = house.accepted()
    kept = part_row(referral, house, WORKER)
    planted = {name: value for name, value in PLANTED[who](house).items() if name in kept}
    copy_back("referral_access", kept, id=uuid4(), **planted)
    with alarmed("part"):
        add(house, referral)
    assert {name for name, what in packet_read(house.world, referral.pk, keyring()) if what == "2.contact"} == {WORKER}
    tried()


def test_a_released_receiver_put_back_gets_no_addition(house: House) -> None:
    _case, referral = house.accepted()

    def staff(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.staff(actor, found, version=found.version, joins=[house.world.membership(SOCIAL)])

    house.as_(WORKER, staff)
    kept = part_row(referral, house, SOCIAL)

    def release(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.staff(actor, found, version=found.version, leaves=[house.world.membership(SOCIAL)])

    house.as_(WORKER, release)
    names = [name for name in kept if name not in {"id", "referral_id", "membership_id"}]
    owner(
        f"update referral_access set {', '.join(f'{name} = %s' for name in names)} where id = %s",
        *(kept[name] for name in names), kept["id"],
    )  # fmt: skip
    with alarmed("part"):
        add(house, referral)
    assert {name for name, what in packet_read(house.world, referral.pk, keyring()) if what == "2.contact"} == {WORKER}
    tried()


def test_a_supervisors_row_never_passes_for_a_workers(house: House) -> None:
    _case, referral = house.accepted()
    kept = part_row(referral, house, WORKER)
    copy_back(
        "referral_access", kept, id=uuid4(), membership_id=house.world.membership(SOCIAL), kind_code="supervisor",
        sections=[], **({"tag": b""} if "tag" in kept else {}),
    )  # fmt: skip
    owner(
        "update referral_access set kind_code = 'worker' where referral_id = %s and kind_code = 'supervisor'",
        referral.pk,
    )
    with alarmed("part"):
        add(house, referral)
    assert {name for name, what in packet_read(house.world, referral.pk, keyring()) if what == "2.contact"} == {WORKER}
    tried()


def test_a_worker_planted_at_the_receiver_is_not_on_the_own_case(house: House) -> None:
    _case, referral = house.accepted()
    kept = part_row(referral, house, WORKER)
    copy_back("referral_access", kept, id=uuid4(), membership_id=house.world.membership(SOCIAL))

    def serve(actor: Any) -> Case:
        found = Referral.objects.get(pk=referral.pk)
        return receive.serve(actor, found, version=found.version)

    with alarmed("part"):
        own = house.as_(WORKER, serve)
    members = owner("select membership_id from case_access where case_id = %s", own.pk)
    assert {row["membership_id"] for row in members} == {house.world.membership(WORKER)}
    tried()


# --- the meeting line -----------------------------------------------------------------------------------------------


def expect(house: House, referral: Referral) -> None:
    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.expect(
            actor, found, version=found.version, arrival_on=tomorrow() + timedelta(days=1), arrival_part="morning",
            meeting={"hour": "canary-hour"},
        )  # fmt: skip

    house.as_(WORKER, do)


def test_hour_and_place_are_not_told_to_a_planted_colleague(house: House) -> None:
    case, referral = house.sent()
    kept = team_row(case, house, LEAD)
    copy_back("case_access", kept, id=uuid4(), membership_id=house.world.membership(STRANGER), kind_code="member")
    with alarmed("team"):
        house.as_(DESK, lambda actor: house.accept(actor, referral))
    told = {LEAD, WORKER}
    assert {name for name, what in packet_read(house.world, referral.pk, keyring()) if "meeting" in what} == told
    mine = part_row(referral, house, WORKER)
    copy_back("referral_access", mine, id=uuid4(), membership_id=house.world.membership(SOCIAL))
    with alarmed("part"):
        expect(house, now(referral))
    assert {name for name, what in packet_read(house.world, referral.pk, keyring()) if "meeting" in what} == told
    with pytest.raises(NotNow, match="tag_mismatch"):
        house.as_(SOCIAL, lambda actor: disclosure.open_meeting(actor, Referral.objects.get(pk=referral.pk)))
    tried(4)
