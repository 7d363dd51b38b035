"""What a colleague does at the same moment is no changed row: nobody is alarmed, and nothing stops being believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hamkori.action import Disclosure
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import permit as permits
from hamkori.refusal import NotNow
from hamkori.vault.marks import Marks
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says, sends
from tests.attacks.owned import owner
from tests.casework.racing import LEAD, WORKER, House, withdrawal
from tests.casework.side_by_side import LONG
from tests.cast import FACTS, SEALED
from tests.hour import CLOCK, ahead

pytestmark = pytest.mark.alarms


@contextmanager
def no_alarm() -> Iterator[None]:
    """Nothing is alarmed inside."""
    path = Path(settings.HAMKORI_MARKS, "alarms")
    before = path.read_text() if path.exists() else ""
    yield
    assert (path.read_text() if path.exists() else "") == before


def meanwhile(do: Any) -> None:
    """Done and committed by somebody else, over a connection of her own."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(LONG)


def test_a_page_that_reads_a_permit_while_it_is_replaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its row and its mark her next word is written: red on 3f58cb0, an alarm, and "nothing is agreed"."""
    case, referral = house.accepted()
    believed, others = permits._believed, [lambda: says(house, case, kind="legal")]

    def then(*given: Any) -> Any:
        if others:
            meanwhile(others.pop())
        return believed(*given)

    monkeypatch.setattr(permits, "_believed", then)
    with no_alarm():
        shown = house.as_(WORKER, lambda _actor: permits.agreed_as_shown(Referral.objects.get(pk=referral.pk)))
    assert not others
    assert shown.live


@pytest.mark.parametrize("how", ["word", "date"])
def test_her_no_between_two_statements_of_an_opening(house: House, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """What she sent is read no more, and its reader is told so: red on 3f58cb0, "not found" and a wall that mismatched.

    `date`: her agreement runs out in that moment, and nobody has said no.
    """
    case, referral = house.accepted()
    disclose, others = Disclosure.disclose, [lambda: house.as_(LEAD, withdrawal(case).do)]
    if how == "date":
        others = [lambda: owner(CLOCK, ahead(70))]

    def then(*given: Any, **more: Any) -> Any:
        if others:
            meanwhile(others.pop())
        return disclose(*given, **more)

    def opens(actor: Any) -> None:
        with pytest.raises(NotNow, match="consent_live"):
            open_packet(actor, Referral.objects.get(pk=referral.pk))

    monkeypatch.setattr(Disclosure, "disclose", then)
    before = mismatches()
    try:
        house.as_(WORKER, opens)
    finally:
        owner(CLOCK, ahead())
    assert not others
    assert mismatches() == before


def test_a_part_less_between_two_statements_of_an_opening(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What she takes back is not handed out, and who looks again reads the rest: red on 3f58cb0, "not found"."""
    case, referral = house.accepted()
    disclose = Disclosure.disclose
    others = [lambda: house.as_(LEAD, lambda actor: consent.withdraw(
        actor, case, rows=[("shelter_social", "help")], sections=["contact"], how_said="in_person"))]  # fmt: skip

    def then(*given: Any, **more: Any) -> Any:
        if others and more["section"] == "contact":
            meanwhile(others.pop())
        return disclose(*given, **more)

    def opens(actor: Any) -> Any:
        return open_packet(actor, Referral.objects.get(pk=referral.pk))

    monkeypatch.setattr(Disclosure, "disclose", then)
    before = mismatches()
    with no_alarm(), pytest.raises(NotNow, match="version_same"):
        house.as_(WORKER, opens)
    assert not others
    assert mismatches() == before
    assert set(house.as_(WORKER, opens)) == {"text"}


def mismatches() -> int:
    """How often the database refused what the policy had allowed."""
    found: int = owner("select count(*) as n from ledger where action_code = 'wall.mismatch'")[0]["n"]
    return found


# --- her age ----------------------------------------------------------------------------------------------------------

FOR_A_CHILD = {"speaker": "parent", "child_answer": "agrees"}
TOLD_FOR_A_CHILD = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-guardianship"}}


def begun(house: House) -> Case:
    """Whom we tell for a child stands in it: without that nothing is sent for one."""

    def made(actor: Any) -> Case:
        case = cases.begin(actor, codes=FACTS, sealed=TOLD_FOR_A_CHILD)
        return cases.register(actor, case, version=case.version)

    found: Case = house.as_(LEAD, made)
    return found


AGE = {
    "settled": lambda actor, found, band: cases.settle_age(
        actor, found, version=found.version, age_band=band, reason="papers"
    ),
    "written otherwise": lambda actor, found, band: cases.edit(
        actor, found, version=found.version, codes={"age_band_code": band}
    ),
}


def is_held(house: House, case: Case, how: str, band: str) -> None:
    house.as_(LEAD, lambda actor: AGE[how](actor, Case.objects.get(pk=case.pk), band))


@pytest.mark.parametrize("what", ["sends", "records"])
@pytest.mark.parametrize("how", AGE)
def test_an_age_that_is_settled_while_a_colleague_writes(
    house: House, monkeypatch: pytest.MonkeyPatch, how: str, what: str
) -> None:
    """Only the lock of the database is free before the mark stands: red on 3f58cb0, a permit that nobody believes."""
    case = begun(house)
    says(house, case, **FOR_A_CHILD)
    draft = house.draft(case)
    if what == "records":
        sends(house, draft)
        accept(house, draft)
    band = "a9_17"
    if how == "written otherwise":  # what she agreed to as an adult carries nothing until it is mended
        is_held(house, case, how, band)
        how, band = "settled", "a18_29"
    with committed_before_its_mark(monkeypatch, lambda: is_held(house, case, how, band)):
        if what == "sends":
            sends(house, draft)
        else:
            says(house, case, kind="legal", **FOR_A_CHILD)
    with no_alarm():
        if what == "sends":
            accept(house, draft)
        found = house.as_(WORKER, lambda actor: open_packet(actor, Referral.objects.get(pk=draft.pk)))
    assert found["contact"]["call_name"]


def test_an_age_that_was_undone_is_waited_for_by_nobody(house: House) -> None:
    """Its mark never comes; her next word is written all the same, and nothing stops being believed."""
    case, referral = house.accepted()

    def undone(actor: Any) -> None:
        AGE["settled"](actor, Case.objects.get(pk=case.pk), "a9_17")
        raise LookupError

    with pytest.raises(LookupError):
        house.as_(LEAD, undone)
    with no_alarm():
        says(house, case, kind="legal")
        found = house.as_(WORKER, lambda actor: open_packet(actor, Referral.objects.get(pk=referral.pk)))
    assert found["contact"]["call_name"]


def test_columns_that_say_a_later_age_than_its_mark_are_nobodys_word(house: House) -> None:
    """To take number and age from them would be the shorter way: the owner of the database would write her age."""
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    is_held(house, case, "settled", "a9_17")
    owner(
        "update \"case\" set is_child = false, age_band_code = 'a18_29', age_settled_at = now() + interval '1 s'"
        " where id = %s",
        case.pk,
    )
    with pytest.raises(NotNow, match="child_"):
        sends(house, draft)
    tried()


@contextmanager
def committed_before_its_mark(monkeypatch: pytest.MonkeyPatch, do: Any) -> Iterator[None]:
    """Inside, somebody's age is committed, and its mark comes a moment later; afterwards it has come."""
    committed, raise_to = threading.Event(), Marks.raise_to

    def slowly(marks: Marks, kind: str, *given: Any) -> None:
        if kind in ("child", "adult") and not committed.is_set():
            committed.set()
            time.sleep(0.4)
        raise_to(marks, kind, *given)

    monkeypatch.setattr(Marks, "raise_to", slowly)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(meanwhile, do)
        assert committed.wait(LONG)
        yield
        running.result(LONG)
