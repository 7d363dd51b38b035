"""One more moment: a row changed by whoever owns the database. The honest work on; what opens beyond that is nothing.

From `waiting` on, honest people release somebody, write, accept, add and help, while one row is other than they left
it. Afterwards every person's key is tried on every wrap and seal. What opens must have opened in the run in which
nobody changed anything, and the change must have raised an alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count as numbers
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.people.sign_in import WrongPassphrase
from hamkori.refusal import Refusal
from hamkori.vault.bytes import Untrusted
from tests.policy import oracle
from tests.policy.dump import Dump
from tests.policy.moments import Moments, each
from tests.policy.rooms.casework import world as of_cases
from tests.policy.world import TODAY, TOMORROW, World

pytestmark = pytest.mark.alarms

Values = dict[str, Any]
Opened = set[tuple[str, str, str]]
"""(person, thing, section)"""


@dataclass(frozen=True)
class Change:
    """SQL of the owner: `keeps` reads before anything happens, or at `since`; `does` is done `when` they are so far."""

    does: str
    when: str = "released"
    keeps: str = ""
    since: str = ""


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
    "a former permit is put back": Change(
        "update referral_sender set permit = decode(%(kept)s, 'hex') where referral_id = %(R9)s",
        "settled",
        "select encode(permit, 'hex') from referral_sender where referral_id = %(R9)s",
        "sent",
    ),
    "a stopped request is put back": Change(
        "with kept as (select %(kept)s::jsonb as j),"
        " bodies as (insert into packet_body select b.* from kept,"
        "  jsonb_populate_recordset(null::packet_body, j -> 'bodies') b),"
        " seals as (insert into packet_seal select s.* from kept,"
        "  jsonb_populate_recordset(null::packet_seal, j -> 'seals') s),"
        " sender as (update referral_sender x set permit = y.permit, consent_id = y.consent_id, sections = y.sections"
        "  from kept, jsonb_populate_record(null::referral_sender, j -> 'sender') y"
        "  where x.referral_id = y.referral_id)"
        " update referral r set state_code = y.state_code, sent_at = y.sent_at, answer_due_at = y.answer_due_at,"
        " packets = y.packets, version = y.version, visible_at = now() - interval '1 minute'"
        " from kept, jsonb_populate_record(null::referral, j -> 'referral') y where r.id = y.id",
        "settled",
        "select jsonb_build_object('referral', to_jsonb(r), 'sender', to_jsonb(x),"
        " 'bodies', (select jsonb_agg(to_jsonb(b)) from packet_body b where b.referral_id = r.id),"
        " 'seals', (select jsonb_agg(to_jsonb(s)) from packet_seal s where s.referral_id = r.id))::text"
        " from referral r join referral_sender x on x.referral_id = r.id where r.id = %(R8)s",
        "waits",
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
FAST = ("a refusal made a yes", "who left put back", "a request hung on another case", "a stopped request is put back")
SECRETS_FLOOR = 1_000
AT_THE_DESK = {("Gulnora", thing, part) for thing in ("R8", "R9") for part in ("contact", "text")}
"""What is sent on that day: with the desk's key it opens while it waits there, for as long as its rows lie there."""
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
        self._another()
        self._do("Gulnora", lambda by: self._accept(by, "R1", "Parvina", "Sino"))
        self._do("Farhod", lambda by: self._accept(by, "R3", "Farhod"))
        self.reached("accepted")
        self._do("Zarina", self._add)
        self._do("Parvina", lambda by: disclosure.open_packet(by, self.world.referral("R1")))
        self._do("Zarina", lambda by: disclosure.open_meeting(by, self.world.referral("R1")))
        self._do("Parvina", self._serve)

    def _another(self) -> None:
        """One request is stopped before the desk sees it; while another waits, her age is settled otherwise."""
        self._do("Zarina", self._begin)
        self._do("Zarina", lambda by: self._send(by, "R8", "normal"))
        self.reached("waits")
        self._do("Zarina", self._stop)
        self._do("Zarina", lambda by: self._send(by, "R9", "urgent"))
        self.reached("sent")
        self._do("Zarina", self._settle)
        self.reached("settled")
        for thing in ("R8", "R9"):
            self._do("Gulnora", lambda by, thing=thing: self._accept(by, thing, "Parvina"))  # type: ignore[misc]

    def _begin(self, by: Any) -> None:
        sheets = {name: of_cases.SHEETS[name] for name in ("contact", "place")}
        case = cases.begin(by, codes=of_cases.CODES, sealed=sheets)
        case = cases.register(by.doing(uuid4()), case, version=case.version)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=TODAY + timedelta(days=60))
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        consent.record(by.doing(uuid4()), case, answers=answers, asking=asking)
        self.world.things["K8"] = case.pk

    def _send(self, by: Any, thing: str, urgency: str) -> None:
        draft = send.write(
            by,
            self.world.case("K8"),
            service=self.world.services["Panoh"],
            purpose="help",
            urgency=urgency,
            sections=["contact"],
            agreed_text="Canary agreed text",
            told_body=True,
        )
        self.world.things[thing] = send.send(by.doing(uuid4()), draft, version=draft.version).pk

    def _stop(self, by: Any) -> None:
        found = self.world.referral("R8")
        send.stop(by, found, version=found.version)

    def _settle(self, by: Any) -> None:
        case = self.world.case("K8")
        cases.settle_age(by, case, version=case.version, age_band="a9_17", reason="papers")

    def _post(self, who: str) -> Any:
        return self.world.membership(who)

    def _do(self, who: str, act: Callable[[Any], object]) -> None:
        try:
            with self.world.as_(who) as actor:
                act(actor)
        except (Refusal, WrongPassphrase, Untrusted, DatabaseError, ObjectDoesNotExist):
            self.refused += 1
        except KeyError as missing:  # what it is done with was refused before
            if missing.args[0] not in ("K8", "R8", "R9"):
                raise

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
        return _opened(Dump.read(connection, world), world, moments) | AT_THE_DESK


def run(moments: Moments, change: Change | None) -> Run:
    """A day in a database of its own, and then every key on everything."""
    name = f"changed{next(_runs)}"  # what alarmed a minute ago under the same name would be silent
    with moments.branch("waiting", name) as world:
        values = _values(world)

        def reached(point: str) -> None:
            if change is None:
                return
            values.update(world.things)
            if change.keeps and change.since == point:
                ((values["kept"],),) = moments.owner(name, change.keeps, values)
            if change.when == point:
                moments.owner(name, change.does, values)

        reached("")
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
    assert ("Parvina", "R9", "contact") in honest.opened
    assert not {thing for _who, thing, _section in honest.opened if thing == "R8"}, "what was stopped is gone"
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
