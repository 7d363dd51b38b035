"""One more moment: a row changed by whoever owns the database. The honest work on; what opens beyond that is nothing.

From `waiting` on, honest people release somebody, write, accept, add and help, while one row is other than they left
it. Afterwards every person's key is tried on every wrap and seal. What opens must have opened in the run in which
nobody changed anything, and the change must have raised an alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count as numbers
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from hamkori.casework.actions import disclosure, receive, section, send, team
from hamkori.people.sign_in import WrongPassphrase
from hamkori.refusal import Refusal
from hamkori.vault.bytes import Untrusted
from tests.policy import oracle
from tests.policy.dump import Dump
from tests.policy.moments import Moments, each
from tests.policy.world import TOMORROW, World

pytestmark = pytest.mark.alarms

Values = dict[str, Any]
Opened = set[tuple[str, str, str]]
"""(person, thing, section)"""


@dataclass(frozen=True)
class Change:
    """SQL of the owner: `keeps` reads before anything happens, `does` is done `when` the honest have come so far."""

    does: str
    when: str = "released"
    keeps: str = ""


CHANGES: dict[str, Change] = {
    "a post that names another person": Change("update membership set user_id = %(Bahrom)s where id = %(Sino:post)s"),
    "a role": Change(
        "insert into role_held (id, membership_id, role_code, since)"
        " values (gen_random_uuid(), %(Sino:post)s, 'desk_officer', now())"
    ),
    "a refusal made a yes": Change(
        "update consent_row w set answer_code = 'yes', sections = '{identity}', until = now() + interval '50 days'"
        " from consent c where c.id = w.consent_id and c.case_id = %(K1)s and w.kind_code = 'police'"
    ),
    "the compartment of the police": Change(
        "update organisation set compartment_code = 'service' where id = %(Markaz:body)s"
    ),
    "a section moved to another case": Change(
        "update contact a set body = b.body from contact b where a.case_id = %(K1)s and b.case_id = %(K2)s"
    ),
    "the body of a packet moved": Change(
        "update packet_body a set body = b.body from packet_body b where a.referral_id = %(R1)s"
        " and b.referral_id = %(R3)s and a.section_code = b.section_code",
        "accepted",
    ),
    "a colleague planted": Change(
        "insert into case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since)"
        " select gen_random_uuid(), case_id, %(Bahrom:post)s, 'member', sections, writes, tag, opened_at, since"
        " from case_access where case_id = %(K1)s and kind_code = 'lead'"
    ),
    "who left put back": Change(
        "update case_access set ended_at = null, tag = decode(%(kept)s, 'hex')"
        " where case_id = %(K1)s and membership_id = %(Nigina:post)s",
        keeps="select encode(tag, 'hex') from case_access where case_id = %(K1)s and membership_id = %(Nigina:post)s",
    ),
    "a closed epoch opened again": Change(
        "update section_key k set closed_at = null where case_id = %(K1)s and closed_at is not null and epoch ="
        " (select max(x.epoch) from section_key x where x.case_id = k.case_id and x.section_code = k.section_code)"
    ),
    "whose case it is": Change('update "case" set organisation_id = %(Pamir:body)s where id = %(K1)s'),
    "a request hung on another case": Change("update referral_origin set case_id = %(K2)s where referral_id = %(R1)s"),
    "the permit of another request": Change(
        "update referral_sender a set permit = b.permit from referral_sender b"
        " where a.referral_id = %(R1)s and b.referral_id = %(R3)s"
    ),
    "a worker planted at the receiver": Change(
        "insert into referral_access (id, referral_id, membership_id, kind_code, sections, tag, since)"
        " select gen_random_uuid(), referral_id, %(Lola:post)s, kind_code, sections, tag, since from referral_access"
        " where referral_id = %(R1)s and membership_id = %(Parvina:post)s",
        "accepted",
    ),
    "the key of somebody": Change(
        "update person_key set public = (select public from person_key where user_id = %(Bahrom)s)"
        " where user_id = %(Firuza)s"
    ),
    "the key of the key holders": Change(
        "update body_key a set public = b.public from body_key b where a.organisation_id = %(Umed:body)s"
        " and b.organisation_id = %(Pamir:body)s and a.kind_code = 'continuity' and b.kind_code = 'continuity'"
    ),
}
FAST = ("a refusal made a yes", "who left put back", "a request hung on another case")
SECRETS_FLOOR = 1_000
_runs = numbers()


@dataclass
class Day:
    """What the honest do, in order. A refusal is an answer; what was done and what not is compared with nothing."""

    world: World
    reached: Callable[[str], None]
    refused: int = 0

    def live(self) -> None:
        self._do("Malika", lambda by: team.release(by, self.world.case("K1"), membership=self._post("Nigina")))
        self.reached("released")
        for name in ("contact", "needs", "identity"):
            self._do("Zarina", lambda by, name=name: self._write(by, name))  # type: ignore[misc]
        self._do("Zarina", self._to_the_police)
        self._do("Gulnora", lambda by: self._accept(by, "R1", "Parvina", "Sino"))
        self._do("Farhod", lambda by: self._accept(by, "R3", "Farhod"))
        self.reached("accepted")
        self._do("Zarina", self._add)
        self._do("Parvina", lambda by: disclosure.open_packet(by, self.world.referral("R1")))
        self._do("Zarina", lambda by: disclosure.open_meeting(by, self.world.referral("R1")))
        self._do("Parvina", self._serve)

    def _post(self, who: str) -> Any:
        return self.world.membership(who)

    def _do(self, who: str, act: Callable[[Any], object]) -> None:
        try:
            with self.world.as_(who) as actor:
                act(actor)
        except (Refusal, WrongPassphrase, Untrusted, DatabaseError, ObjectDoesNotExist):
            self.refused += 1

    def _write(self, by: Any, name: str) -> None:
        case = self.world.case("K1")
        sheet = section.open_section(by, case, section=name)
        by = by.doing(uuid4())
        section.write_section(by, case, section=name, fields=dict(sheet.fields), seal_no=sheet.seal_no)

    def _to_the_police(self, by: Any) -> None:
        draft = self.world.referral("R2")
        send.send(by, draft, version=draft.version, typed_body="Markaz")

    def _accept(self, by: Any, thing: str, *named: str) -> None:
        found = self.world.referral(thing)
        receive.accept(
            by,
            found,
            version=found.version,
            team=[self._post(who) for who in named],
            arrival_on=TOMORROW,
            arrival_part="morning",
            meeting={"hour": "Canary hour"},
        )

    def _add(self, by: Any) -> None:
        found = self.world.referral("R1")
        send.add(by, found, version=found.version, sections=["contact"])

    def _serve(self, by: Any) -> None:
        found = self.world.referral("R1")
        self.world.things["K4"] = receive.serve(by, found, version=found.version).pk


@dataclass
class Run:
    """What opened after one day, for whom, and what was seen of the owner."""

    opened: Opened
    alarms: int
    tried: int


@pytest.fixture(scope="module")
def honest(moments: Moments) -> Run:
    """The day on which nobody changed anything."""
    return run(moments, None)


@pytest.fixture(scope="module")
def before(moments: Moments) -> Opened:
    """What opens before that day: a request that nobody accepted stays at its desk."""
    with moments.superuser("waiting") as connection:
        world = moments.worlds["waiting"]
        return _opened(Dump.read(connection, world), world, moments)


def run(moments: Moments, change: Change | None) -> Run:
    """A day in a database of its own, and then every key on everything."""
    name = f"changed{next(_runs)}"  # what alarmed a minute ago under the same name would be silent
    with moments.branch("waiting", name) as world:
        values = _values(world)
        if change is not None and change.keeps:
            ((values["kept"],),) = moments.owner(name, change.keeps, values)

        def reached(point: str) -> None:
            if change is not None and change.when == point:
                moments.owner(name, change.does, values)

        Day(world, reached).live()
        alarms = Path(moments.marks(name), "alarms")
        raised = len(alarms.read_text().splitlines()) if alarms.exists() else 0
        with moments.superuser(name) as connection:
            dump = Dump.read(connection, world)
        return Run(_opened(dump, world, moments), raised, dump.tried)


def _values(world: World) -> Values:
    people = {who: welcome.user_id for who, welcome in world.people.items()}
    posts = {f"{who}:post": welcome.membership_id for who, welcome in world.people.items()}
    return {**people, **posts, **{f"{name}:body": pk for name, pk in world.bodies.items()}, **world.things}


def _opened(dump: Dump, world: World, moments: Moments) -> Opened:
    found: Opened = set()
    for who in oracle.PEOPLE:
        keys = [world.key(who), *dump.desk_keys(world.key(who))]
        found |= {(who, *what) for what in dump.sections(keys)}
        found |= {(who, *what) for what in dump.packets(keys, moments.ring)}
    return found


def test_an_honest_day_opens_what_it_should_and_alarms_nobody(honest: Run) -> None:
    assert {("Parvina", "R1", "contact"), ("Zarina", "R3", "meeting"), ("Zarina", "K1", "contact")} <= honest.opened
    assert ("Parvina", "K4", "contact") not in honest.opened, "nothing of a packet is copied"
    assert honest.alarms == 0


@pytest.mark.parametrize("what", each(CHANGES, FAST))
def test_what_the_owner_changed_opens_nothing_more_and_is_seen(
    moments: Moments, honest: Run, before: Opened, count: Counter[str], what: str
) -> None:
    changed = run(moments, CHANGES[what])
    beyond = changed.opened - honest.opened - before
    assert beyond == set()
    assert changed.alarms > 0, "nobody was told"
    assert changed.tried >= SECRETS_FLOOR
    count["a row changed by the owner: days lived"] += 1
    count["a row changed by the owner: days that raised the alarm"] += changed.alarms > 0
    count["a row changed by the owner: seals tried with every key"] += changed.tried
    count["a row changed by the owner: secrets opened beyond an honest day"] += len(beyond)
