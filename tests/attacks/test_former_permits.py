"""The owner of the database puts a former permit of a request back; nobody reads more than its newest one says.

Each permit has a serial, and its mark stands at the newest. Red before: her age had been settled otherwise, and the
permit of before, of the same word of hers, was believed until its own end; and what was stopped before the desk saw it
was accepted and read after its rows had been put back, without an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.machinery import permits
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.permit import ENDED
from hamkori.refusal import Invalid, NotNow
from hamkori.vault import server
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says, sends
from tests.attacks.owned import alarmed, copy_back, owner, refused
from tests.casework.racing import DESK, LEAD, WORKER, House, state
from tests.hour import CLOCK, ahead

pytestmark = pytest.mark.alarms

OF_A_REQUEST = ("packet_body", "packet_seal", "referral_clock")
ROW = (
    "update referral r set state_code = x.state_code, visible_at = x.visible_at, sent_at = x.sent_at, ended_at = null,"
    " answer_due_at = x.answer_due_at, packets = x.packets, version = x.version"
    " from jsonb_populate_record(null::referral, %s::jsonb) x where r.id = x.id"
)


@pytest.fixture
def later(house: House) -> Iterator[Any]:
    """So many days later, for everybody."""
    yield lambda days: owner(CLOCK, ahead(days))
    owner(CLOCK, ahead())


def permit_of(referral: Referral) -> bytes:
    return bytes(owner("select permit from referral_sender where referral_id = %s", referral.pk)[0]["permit"])


def puts_back(referral: Referral, permit: bytes) -> None:
    owner("update referral_sender set permit = %s where referral_id = %s", permit, referral.pk)


def reads(house: House, referral: Referral) -> Any:
    return house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))


def not_confirmed() -> Any:
    """It is refused as a mismatch; that this row alarms is said once a minute."""
    return pytest.raises(NotNow, match="tag_mismatch")


def settles(house: House, case: Case, band: str = "a9_17") -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band=band, reason="papers")

    house.as_(LEAD, do)


def age_of(case: Case) -> tuple[Any, ...]:
    """Her age as the columns of the case say it."""
    found = owner('select is_child, age_band_code, age_settled_at from "case" where id = %s', case.pk)[0]
    return tuple(found.values())


def puts_age_back(case: Case, age: tuple[Any, ...]) -> None:
    owner('update "case" set is_child = %s, age_band_code = %s, age_settled_at = %s where id = %s', *age, case.pk)


class Kept:
    """Every row of a request that waits, kept aside by the owner, with the permit of then."""

    def __init__(self, referral: Referral) -> None:
        self.referral, self.permit = referral, permit_of(referral)
        self.row = owner("select to_jsonb(r)::text as row from referral r where id = %s", referral.pk)[0]["row"]
        self.sender = owner("select * from referral_sender where referral_id = %s", referral.pk)[0]
        self.rows = {
            table: owner(f"select * from {table} where referral_id = %s", referral.pk) for table in OF_A_REQUEST
        }

    def put_back(self, *, permit: bool = True) -> None:
        for table, rows in self.rows.items():
            owner(f"delete from {table} where referral_id = %s", self.referral.pk)
            for row in rows:
                copy_back(table, {**row, **_as_json(row)})
        owner(ROW, self.row)
        owner(
            "update referral_sender set consent_id = %s, sections = %s where referral_id = %s",
            self.sender["consent_id"], self.sender["sections"], self.referral.pk,
        )  # fmt: skip
        if permit:
            puts_back(self.referral, self.permit)


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: Jsonb(value) for name, value in row.items() if name in ("rungs", "done")}


# --- a permit of the same word ----------------------------------------------------------------------------------------


def test_a_permit_from_before_her_age_was_settled_is_old(house: House, later: Any) -> None:
    """What she agreed to as an adult lives for 14 days more; of the same word, but with its old end."""
    case, referral = house.accepted()
    former = permit_of(referral)
    was = age_of(case)
    settles(house, case)
    assert reads(house, referral)["contact"]["call_name"], "for 14 days"
    later(16)
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
    puts_back(referral, former)
    puts_age_back(case, was)
    with refused("permit"):
        reads(house, referral)
    tried()


def test_nor_does_a_spoilt_permit_keep_the_former_one_good(house: House, later: Any) -> None:
    """He spoils it while her age is settled, so that none takes its place, and mends it afterwards."""
    case, referral = house.accepted()
    former = permit_of(referral)
    was = age_of(case)
    puts_back(referral, former[:-1] + bytes([former[-1] ^ 1]))
    with alarmed("permit"):
        settles(house, case)
    puts_back(referral, former)
    later(16)
    puts_age_back(case, was)
    with not_confirmed():
        reads(house, referral)
    tried()


def test_nor_does_a_spoilt_word(house: House, later: Any) -> None:
    case, referral = house.accepted()
    former = permit_of(referral)
    was = age_of(case)
    tag = owner("select tag from consent where case_id = %s", case.pk)[0]["tag"]
    owner("update consent set tag = %s where case_id = %s", b"x" * 34, case.pk)
    with alarmed("consent"):
        settles(house, case)
    owner("update consent set tag = %s where case_id = %s", tag, case.pk)
    puts_back(referral, former)
    later(16)
    puts_age_back(case, was)
    with refused("permit"):
        reads(house, referral)
    tried()


def test_nor_does_a_request_that_he_hid_while_her_age_was_settled(house: House, later: Any) -> None:
    """None took the place of its permit: the permit says itself under which age it was written."""
    case, referral = house.accepted()
    was = age_of(case)
    owner("update referral set state_code = 'finished' where id = %s", referral.pk)
    settles(house, case)
    owner("update referral set state_code = 'accepted' where id = %s", referral.pk)
    later(16)
    puts_age_back(case, was)
    with refused("permit"):
        reads(house, referral)
    tried()


def test_nor_do_the_columns_of_before_when_she_says_something_else(house: House, later: Any) -> None:
    """He puts them back and waits: her next word, about others, writes this permit anew."""
    case, referral = house.accepted()
    was = age_of(case)
    settles(house, case)
    puts_age_back(case, was)
    says(house, case, kind="legal")
    with refused("permit"):
        reads(house, referral)
    draft = house.draft(case)
    with pytest.raises(NotNow, match="child_"):
        sends(house, draft)
    later(16)
    with not_confirmed():
        reads(house, referral)
    tried(3)


def test_an_age_written_otherwise_and_mended_ends_nothing(house: House) -> None:
    """A wrong stroke on the page of an open case: while it stands nothing is read, then all goes on; no alarm. A child
    is made an adult by the act that asks why alone, and what it confirmed is not written over.
    """
    case, referral = house.accepted()

    def writes(actor: Any, band: str) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.edit(actor, found, version=found.version, codes={"age_band_code": band})

    house.as_(LEAD, lambda actor: writes(actor, "a9_17"))
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
    with pytest.raises(Invalid):
        house.as_(LEAD, lambda actor: writes(actor, "a18_29"))
    assert owner('select is_child from "case" where id = %s', case.pk)[0]["is_child"]
    settles(house, case, "a18_29")
    assert reads(house, referral)["contact"]["call_name"]
    with pytest.raises(Invalid):
        house.as_(LEAD, lambda actor: writes(actor, "a9_17"))
    settles(house, case)
    settles(house, case, "a18_29")
    assert reads(house, referral)["contact"]["call_name"]


# --- a request that was stopped ---------------------------------------------------------------------------------------


def test_what_was_stopped_is_not_accepted_when_its_rows_are_put_back(house: House) -> None:
    _case, referral = house.sent(urgency="normal")
    kept = Kept(referral)
    house.as_(LEAD, lambda actor: send.stop(actor, referral, version=referral.version))
    assert state(referral) == "draft"
    kept.put_back()
    assert owner("select count(*) as n from packet_seal where referral_id = %s", referral.pk)[0]["n"] > 0, "it is there"
    owner("update referral set visible_at = now() - interval '1 minute' where id = %s", referral.pk)
    with refused("permit"):
        accept(house, referral)
    kept.put_back(permit=False)
    owner("update referral set visible_at = now() - interval '1 minute' where id = %s", referral.pk)
    puts_back(referral, b"")
    with not_confirmed():
        accept(house, referral)
    tried(2)


def test_nor_if_its_permit_was_spoilt_while_it_was_stopped(house: House) -> None:
    _case, referral = house.sent(urgency="normal")
    kept = Kept(referral)
    puts_back(referral, b"")
    with alarmed("permit"):
        house.as_(LEAD, lambda actor: send.stop(actor, referral, version=referral.version))
    kept.put_back()
    owner("update referral set visible_at = now() - interval '1 minute' where id = %s", referral.pk)
    with not_confirmed():
        accept(house, referral)
    tried()


def test_what_was_stopped_is_sent_again_and_its_first_permit_stays_old(house: House) -> None:
    _case, referral = house.sent(urgency="normal")
    first = permit_of(referral)
    house.as_(LEAD, lambda actor: send.stop(actor, referral, version=referral.version))
    sends(house, referral)
    again = permit_of(referral)
    owner("update referral set visible_at = now() - interval '1 minute' where id = %s", referral.pk)
    puts_back(referral, first)
    with refused("permit"):
        accept(house, referral)
    puts_back(referral, again)
    accept(house, referral)
    assert reads(house, referral)["contact"]["call_name"]
    tried()


ENDINGS: dict[str, tuple[str, Any]] = {
    "recall": (LEAD, lambda actor, found: send.recall(actor, found, version=found.version, reason="mistake")),
    "decline": (DESK, lambda actor, found: receive.decline(actor, found, version=found.version, reason="full")),
    "withdraw": (LEAD, lambda actor, found: send.withdraw(actor, found, how_said="in_person")),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_what_has_ended_is_written_anew_by_nobody(house: House, how: str) -> None:
    """He makes a draft of what has ended: it gets no permit any more."""
    _case, referral = house.sent()
    kept = Kept(referral)
    who, ends = ENDINGS[how]
    house.as_(who, lambda actor: ends(actor, Referral.objects.get(pk=referral.pk)))
    kept.put_back()
    with refused("permit"):
        accept(house, referral)
    owner("update referral set state_code = 'draft' where id = %s", referral.pk)

    def edits(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.edit(
            actor, found, version=found.version, service=found.service_id, purpose="help", urgency="urgent",
            sections=["contact"], told_body=True,
        )  # fmt: skip

    with not_confirmed():
        house.as_(LEAD, edits)
    tried(2)


def test_her_word_is_written_though_a_desk_ends_a_request_at_that_moment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its permit's reading and writing: red on ac25974, her no was undone and called a changed row."""
    case, referral = house.accepted()
    carried = permits.carried

    def meanwhile(*given: Any) -> Any:
        server.marks().raise_to("permit", referral.pk, ENDED)
        return carried(*given)

    monkeypatch.setattr(permits, "carried", meanwhile)
    words = "select count(*) as said from consent where case_id = %s"
    before = owner(words, case.pk)[0]["said"]
    says(house, case, "no", kind="health")
    assert owner(words, case.pk)[0]["said"] == before + 1


# --- a request that the clock has ended -------------------------------------------------------------------------------


def test_what_lapsed_is_accepted_by_nobody_when_its_rows_are_put_back(house: House, later: Any) -> None:
    """The clock writes no mark, and a lapse ends no agreement of hers; the permit says how long a yes counts."""
    _case, referral = house.sent()
    kept = Kept(referral)
    owner("update referral set state_code = 'lapsed', ended_at = now() where id = %s", referral.pk)
    owner("delete from packet_seal where referral_id = %s", referral.pk)
    owner("delete from packet_body where referral_id = %s", referral.pk)
    later(5)  # the next working day has ended, also after a weekend: so long a yes by telephone lets it wait (ADR 157)
    kept.put_back()
    with pytest.raises(NotNow, match="from_state"):
        accept(house, referral)
    later(0)
    accept(house, referral)
    later(30)
    assert reads(house, referral)["contact"]["call_name"], "what was accepted in time is read while she agrees"
    tried()


# --- the honest go on -------------------------------------------------------------------------------------------------


def test_every_new_permit_raises_the_mark_and_an_ending_ends_it(house: House) -> None:
    case = house.case()
    draft = house.draft(case)
    marks = server.marks()
    assert marks.least("permit", draft.pk) == 0, "the first one replaces none"
    says(house, case)
    sends(house, draft)
    assert marks.least("permit", draft.pk) == 2
    accept(house, draft)
    settles(house, case)
    settles(house, case, "a18_29")
    says(house, case, kind="legal")
    assert marks.least("permit", draft.pk) == 5
    assert reads(house, draft)["contact"]["call_name"]

    def finish(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        receive.finish(actor, found, version=found.version, result="not_needed")

    house.as_(WORKER, finish)
    assert marks.least("permit", draft.pk) == 1_000_000_000


def test_a_draft_is_edited_and_sent(house: House) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)

    def edits(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.edit(
            actor, found, version=found.version, service=found.service_id, purpose="help", urgency="urgent",
            sections=["contact"], told_body=True,
        )  # fmt: skip

    former = permit_of(draft)
    house.as_(LEAD, edits)
    newest = permit_of(draft)
    puts_back(draft, former)
    owner("update referral set version = version - 1 where id = %s", draft.pk)
    with refused("permit"):
        sends(house, draft)
    owner("update referral set version = version + 1 where id = %s", draft.pk)
    puts_back(draft, newest)
    sends(house, draft)
    assert state(draft) == "sent"
    tried()
