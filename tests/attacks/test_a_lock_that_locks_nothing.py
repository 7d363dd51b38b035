"""The lock of a case is a function of the owner's: without it, two words of hers in one moment, and the first is lost.

Her word is written whole: what was not asked now carries over from the version before, read under the lock of the case
(`take.lock_case`). Whether anybody waited there, the database decided. The owner's `case_lock` locks nothing, so a
colleague who wrote down something else in the same moment read the version of before, and had the higher number
(each number is given once): her version carried the "yes" that was just taken back, stood as the newest, and was
believed. The page of the first had said that it is done. Red on a8f2a28, without an alarm. The owner may hold the first
up for as long as he likes, below what a page waits for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends
from tests.attacks.owned import copy_back, owner, sections_read
from tests.attacks.test_former_permits import reads
from tests.attacks.test_opened_again import closes, reopening
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, LEAD, House, withdrawal
from tests.casework.side_by_side import Deed, beside
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

SUPERVISOR = "supervisor-cso"


@contextmanager
def nobody_waits() -> Iterator[None]:
    """`case_lock` and `case_lock_closed` as made, without the line that locks."""
    asked, locks = "select pg_get_functiondef('{}(uuid)'::regprocedure) as made", "for no key update"
    made = [owner(asked.format(name))[0]["made"] for name in ("case_lock", "case_lock_closed")]
    assert all(locks in one for one in made)
    for one in made:
        owner(one.replace(locks, ""))
    connection.close()
    try:
        yield
    finally:
        for one in made:
            owner(one)


def said(case: Case, kind: str, answer: str, who: str) -> Deed:
    """An honest worker writes down what she says of one kind of help."""
    asking = consent.Asking(
        language="tg", how_given="spoken", how_said="in_person", until_on=tomorrow() + timedelta(days=59)
    )
    purpose = "protection" if kind == "police" else "help"
    sections = frozenset({"contact"}) if answer == "yes" else frozenset[str]()

    def do(actor: Actor) -> Any:
        found = Case.objects.get(pk=case.pk)
        return consent.record(actor, found, answers=[consent.Answer(kind, purpose, answer, sections)], asking=asking)

    return Deed(who, do)


@pytest.mark.parametrize("first", ["everything taken back", "no"])
@pytest.mark.parametrize(("kind", "answer"), [("health", "yes"), ("police", "no")])
def test_what_she_takes_back_stays_so_whatever_is_written_beside_it(
    house: House, first: str, kind: str, answer: str
) -> None:
    case = house.case(COLLEAGUE)
    draft = house.draft(case)
    says(house, case)
    before, read = alarms(), {}
    hers = withdrawal(case) if first != "no" else said(case, "shelter_social", "no", LEAD)
    with nobody_waits():
        words = beside(house.world, hers, said(case, kind, answer, COLLEAGUE))
    stands = {row["kind_code"]: row["answer_code"] for row in rows_of(case)}
    with suppress(NotNow):
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert words[0] != "done" or read == {}, (
        f"{first}: {words}, and {stands['shelter_social']!r} stands; her name is read; alarm: {told}"
    )


def test_nothing_is_written_for_who_is_released_in_the_same_moment(house: House) -> None:
    """Whoever writes beside her release finds the epoch that it closes open, and no mark yet; her wrap is put back."""
    case, before = house.case(COLLEAGUE), alarms()
    member = house.world.membership(COLLEAGUE)
    wraps = owner(
        "select w.* from section_wrap w join section_key k on k.id = w.section_key_id"
        " where k.case_id = %s and k.section_code = 'contact'",
        case.pk,
    )

    def writes(actor: Actor) -> object:
        found = Case.objects.get(pk=case.pk)
        sheet = section.open_section(actor.doing(None), found, section="contact")
        fields = {"call_name": "later"}
        return section.write_section(actor, found, section="contact", fields=fields, seal_no=sheet.seal_no)

    with nobody_waits():
        words = beside(
            house.world,
            Deed(SUPERVISOR, lambda actor: team.release(actor, Case.objects.get(pk=case.pk), membership=member)),
            Deed(LEAD, writes),
        )
    for wrap in wraps:
        if not owner("select 1 from section_wrap where id = %s", wrap["id"]):
            copy_back("section_wrap", wrap)
    written = owner("select epoch, seal_no from contact where case_id = %s", case.pk)[0]
    newest = max(key["epoch"] for key in owner("select epoch from section_key where case_id = %s"
                                               " and section_code = 'contact'", case.pk))  # fmt: skip
    assert newest == written["epoch"]
    opened = {who for who, where in sections_read(house.world, case.pk) if where == "contact"}
    told = alarms() != before
    tried()
    assert words != ("done", "done") or COLLEAGUE not in opened, f"sealed for who was released; alarm: {told}"


def test_who_is_opened_again_is_asked_again_whatever_is_written_beside_it(house: House) -> None:
    """ADR 0071: a no that a colleague writes down while the case is opened carries the yes of before over it."""
    case = house.case(COLLEAGUE)
    says(house, case)
    closes(house, case)
    before, read = alarms(), {}
    with nobody_waits():
        words = beside(house.world, reopening(case), said(case, "police", "no", COLLEAGUE))
    with suppress(NotNow):
        draft = house.draft(case)
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert words[0] != "done" or read == {}, f"{words}: nobody asked her again, and her name is read; alarm: {told}"


def test_a_no_stays_though_the_case_is_opened_again_beside_it(house: House) -> None:
    """The opening reads the word of before: what was a yes there is asked again, and her no is gone."""
    case = house.case(COLLEAGUE)
    says(house, case)
    closes(house, case)
    with nobody_waits():
        words = beside(house.world, said(case, "shelter_social", "no", LEAD), reopening(case))
    stands = {row["kind_code"]: row["answer_code"] for row in rows_of(case)}
    tried()
    assert words[0] != "done" or stands["shelter_social"] == "no", f"{words}: {stands['shelter_social']!r} stands"
