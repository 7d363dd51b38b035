"""Who owns the database makes somebody a key holder, moves a post, swaps names: nobody is sealed to, and it is seen.

Before, no row of a person, a role or an organisation carried a tag, and the web process showed, named and sealed to
whatever stood there: these tests were red on commit ff6e3b1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.people import queries, sign_in, totp
from hamkori.people.actions.body_keys import admit_to_desk, ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.refusal import NotNow
from hamkori.vault.bytes import Untrusted
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import change, plant, row, sealed_to, undone, watched
from tests.cast import FACTS, SEALED, tomorrow
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

MEMBER = {
    "function_code": "investigator",
    "serial": 2,
    "tag": b"\x00\x01" + bytes(32),
}


@pytest.fixture
def mallory() -> doors.Person:
    """The owner's accomplice: an honest account in a body of his own."""
    return doors.person(doors.body("pamir"), "Mallory", ("case_worker",), function="social_worker")


def names(who: doors.Person) -> list[str]:
    """The colleagues among whom she chooses."""
    with doors.acting(who) as actor:
        return [one.name for one in queries.colleagues(actor)]


# --- the actor, at each request ------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [*MEMBER, "user_id", "organisation_id", "supervisor_id", "role", "name"])
def test_a_changed_post_is_signed_out(scene: Scene, mallory: doors.Person, column: str) -> None:
    client, neighbour = doors.client_for(scene.zarina), doors.client_for(scene.farida)
    assert client.get("/cases/").status_code == 200
    member = scene.zarina.membership_id
    if column == "role":
        plant("role_held", {"membership_id": member, "role_code": "custodian", "since": timezone.now()})
    elif column == "name":
        change("app_user", scene.zarina.user_id, name="Mallory")
    else:
        others = {
            "user_id": mallory.user_id,
            "organisation_id": mallory.organisation_id,
            "supervisor_id": scene.manzura.membership_id,
        }
        change("membership", member, **{column: {**MEMBER, **others}[column]})
    with watched() as seen:
        answer = client.get("/cases/")
    assert answer.status_code == 302, "the ordinary answer of a session that is over"
    assert answer["Location"].startswith("/account/sign-in/")
    assert seen.of("post", member)
    assert planting.sql_as_owner("select count(*) from ledger where action_code = 'tag.mismatch'") == [(1,)]
    assert planting.sql_as_owner(
        "select count(*) from access_session where membership_id = %s and ended_at is null", member
    ) == [(0,)]
    assert neighbour.get("/cases/").status_code == 200, "the honest go on working"
    tried()


def test_a_planted_role_opens_no_page(scene: Scene, mallory: doors.Person) -> None:
    """He has a session, and gives himself the desk of his body."""
    for role in ("desk_officer", "custodian", "national_coordinator", "auditor"):
        with undone():
            client = doors.client_for(mallory)
            plant("role_held", {"membership_id": mallory.membership_id, "role_code": role, "since": timezone.now()})
            with watched() as seen:
                assert client.get("/desk/").status_code == 302
            assert seen.of("post", mallory.membership_id)
            tried()


# --- sign-in and change of organisation ----------------------------------------------------------------------


def test_a_planted_place_of_work_is_not_offered(scene: Scene, mallory: doors.Person) -> None:
    """Older than the true one, so that sign-in would take it first; and asked for by its number."""
    planted = planting.post(mallory.user_id, scene.umed, "case_worker")
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": mallory.email, "password": mallory.passphrase})
    with watched() as seen:
        assert client.post("/account/second-step/", {"code": totp.code(mallory.totp_secret)}).status_code == 302
    assert seen.of("post", planted)
    page = client.get("/account/").content.decode()
    assert "Pamir" in page
    assert "Umed" not in page
    assert client.post("/account/body/", {"membership": str(planted)}).status_code == 409
    with pytest.raises(sign_in.WrongPassphrase), doors_as(planted, mallory):
        pass
    tried(3)


def doors_as(membership: UUID, who: doors.Person) -> Any:
    """A session for a membership that somebody has planted."""
    return sign_in.acting_as(doors.house(), membership, who.key)


# --- among whom one chooses ----------------------------------------------------------------------------------


def test_planted_and_changed_colleagues_are_not_in_the_list(scene: Scene, mallory: doors.Person) -> None:
    honest = names(scene.zarina)
    assert {"Zarina", "Farida", "Manzura", "Saida"} <= set(honest)
    farida, manzura = scene.farida, scene.manzura

    def swapped() -> tuple[UUID, ...]:
        change("app_user", farida.user_id, name="Manzura")
        change("app_user", manzura.user_id, name="Farida")
        return farida.membership_id, manzura.membership_id

    def repointed() -> tuple[UUID, ...]:
        change("membership", farida.membership_id, user_id=mallory.user_id)
        return (farida.membership_id,)

    def role_taken() -> tuple[UUID, ...]:
        planting.sql_as_owner("delete from role_held where membership_id = %s", farida.membership_id)
        return (farida.membership_id,)

    tries: list[Callable[[], tuple[UUID, ...]]] = [
        swapped,
        repointed,
        role_taken,
        lambda: (planting.post(mallory.user_id, scene.umed, "case_worker"),),
        lambda: (planting.post(mallory.user_id, scene.umed, "case_worker", tag=row_tag(farida), serial=1),),
        *(lambda c=c, v=v: _changed(farida.membership_id, c, v) for c, v in MEMBER.items()),  # type: ignore[misc]
        lambda: _changed(farida.membership_id, "supervisor_id", manzura.membership_id),
    ]
    for attack in tries:
        with undone():
            bad = attack()
            with watched() as seen:
                left = names(scene.zarina)
            assert len(left) == len(honest) - len(
                [one for one in bad if one in (farida.membership_id, manzura.membership_id)]
            )
            assert "Mallory" not in left
            assert all(seen.of("post", one) for one in bad)
            with doors.acting(scene.zarina) as actor, pytest.raises(Untrusted):
                queries.colleague(actor, bad[0])
            tried()
    assert names(scene.zarina) == honest


def row_tag(who: doors.Person) -> bytes:
    """The good tag of somebody else's post."""
    return bytes(row("membership", who.membership_id)["tag"])


def _changed(member: UUID, column: str, value: object) -> tuple[UUID, ...]:
    change("membership", member, **{column: value})
    return (member,)


# --- whom keys are made for ----------------------------------------------------------------------------------


def test_no_key_is_made_for_a_planted_key_holder(scene: Scene, mallory: doors.Person) -> None:
    for how in ("planted", "role", "repointed"):
        with undone():
            body = doors.body(f"new-{how}")
            first, second = (doors.person(body, name, ("custodian",)) for name in ("Karim", "Lola"))
            third = doors.person(body, "Nozim", ("custodian",))
            match how:
                case "planted":
                    bad = planting.post(mallory.user_id, body, "custodian")
                case "role":
                    planted = doors.person(body, "Daler", ("case_worker",))
                    planting.sql_as_owner("delete from role_held where membership_id = %s", planted.membership_id)
                    plant(
                        "role_held",
                        {"membership_id": planted.membership_id, "role_code": "custodian", "since": timezone.now()},
                    )
                    bad = planted.membership_id
                case _:
                    change("membership", third.membership_id, user_id=mallory.user_id)
                    bad = third.membership_id
            with watched() as seen:
                make_by_two(doors.acting(first), doors.acting(second))
                with doors.acting(second):
                    keys = queries.custodian_keys(body)
                    assert {key.user for key in keys} >= {first.user_id, second.user_id}
                    assert mallory.user_id not in {key.user for key in keys}
                    assert queries.body_ready(body), "those whom this server vouched for go on"
            assert seen.of("post", bad)
            assert sealed_to(mallory.user_id) == 0
            if how == "role":
                assert sealed_to(planted.user_id) == 0
            tried()


def test_a_planted_officer_gets_no_key_of_the_desk(scene: Scene, mallory: doors.Person) -> None:
    planted = planting.post(mallory.user_id, scene.shelter, "desk_officer")
    with watched() as seen, doors.acting(scene.gulnora) as actor, pytest.raises(NotNow, match="may_join"):
        admit_to_desk(actor, mallory.user_id)
    assert seen.of("post", planted)
    with pytest.raises(sign_in.WrongPassphrase), doors_as(planted, mallory) as actor:
        ensure_desk_key(actor)
    assert sealed_to(mallory.user_id) == 0
    tried(2)


def test_nothing_is_sealed_to_a_planted_key_of_a_body(scene: Scene, mallory: doors.Person) -> None:
    """His own public key as that of the desk, newer than the true one; and the true one moved to another desk."""
    case = scene.case()
    honest = scene.sent(case)
    public = bytes(row("person_key", mallory.key.id)["public"])
    tag = bytes(row("person_key", mallory.key.id)["tag"])
    for kind in ("desk", "continuity"):
        for column, value in (("public", public), ("key_no", 9), ("tag", tag), ("organisation_id", scene.umed)):
            with undone():
                key = planting.sql_as_owner(
                    "select id from body_key where organisation_id = %s and kind_code = %s", scene.shelter, kind
                )[0][0]
                change("body_key", key, **{column: value, **({"key_no": 8} if column == "organisation_id" else {})})
                with doors.acting(scene.zarina), pytest.raises(Untrusted):
                    queries.body_key(scene.umed if column == "organisation_id" else scene.shelter, kind)
                tried()
        with undone():
            plant(
                "body_key",
                {"organisation_id": scene.shelter, "kind_code": kind, "key_no": 7, "public": public, "tag": tag,
                 "since": timezone.now()},
            )  # fmt: skip
            with doors.acting(scene.zarina), pytest.raises(Untrusted):
                queries.body_key(scene.shelter, kind)
            tried()
    assert Referral.objects.filter(pk=honest.pk).count() == 0, "nobody acts here"
    assert sealed_to(mallory.user_id) == 0


# --- accept, begin, send -------------------------------------------------------------------------------------


def test_a_planted_worker_is_not_named_to_meet_her(scene: Scene, mallory: doors.Person) -> None:
    referral = scene.sent(scene.case())
    tries: list[Callable[[], UUID]] = [
        lambda: planting.post(mallory.user_id, scene.shelter, "case_worker", function_code="shelter_worker"),
        lambda: _repointed(scene.parvina, mallory),
    ]
    for attack in tries:
        with undone():
            bad = attack()
            with watched() as seen, doors.acting(scene.gulnora) as actor:
                waiting = Referral.objects.get(pk=referral.pk)
                with pytest.raises(NotNow, match=r"may_join|tag_mismatch"):
                    receive.accept(
                        actor, waiting, version=waiting.version, team=[bad], arrival_on=tomorrow(),
                        arrival_part="evening",
                    )  # fmt: skip
            assert seen.of("post", bad)
            assert sealed_to(mallory.user_id) == 0
            tried()
    scene.accepted(referral)


def _repointed(who: doors.Person, to: doors.Person) -> UUID:
    change("membership", who.membership_id, user_id=to.user_id)
    return who.membership_id


def test_a_changed_supervisor_reads_nothing(scene: Scene, mallory: doors.Person) -> None:
    """Her supervisor's post is moved to his account: the next case would be his to read."""
    _repointed(scene.saida, mallory)
    with watched() as seen, doors.acting(scene.zarina) as actor, pytest.raises(NotNow, match="tag_mismatch"):
        cases.begin(actor, codes=FACTS, sealed=SEALED)
    assert seen.of("post", scene.saida.membership_id)
    assert sealed_to(mallory.user_id) == 0
    tried()
