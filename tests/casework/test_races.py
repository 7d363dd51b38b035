"""Two at once in one case or request: one of them is second, is told so, and nothing of either is lost or leaks.

`beside(first, second)`: the second acts while the first is done and not yet committed. `at_once(...)`: all start
together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case, Screening, SectionKey, SectionWrap
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import PacketBody, Referral, ReferralAccess
from hamkori.casework.screening.actions import screening
from hamkori.people.actions.body_keys import admit_to_desk
from hamkori.people.actions.welcome import make_person
from hamkori.vault.server import keyring
from tests import database
from tests.casework.racing import (
    COLLEAGUE,
    DESK,
    LEAD,
    OTHER_DESK,
    WORKER,
    House,
    now,
    packet,
    recalling,
    referring,
    sending,
    state,
    steps,
    stopping,
    withdrawal,
)
from tests.casework.side_by_side import Deed, at_once, beside
from tests.cast import PASSPHRASE, build
from tests.database import god


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One world for all races: each makes a case of its own in it."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            world = build()
            body = world.bodies["shelter-kulob"]
            world.people[OTHER_DESK] = make_person(
                keyring(),
                organisation_id=body,
                email=f"{OTHER_DESK}@example.org",
                name="Second",
                roles=("desk_officer",),
                passphrase=PASSPHRASE,
            )
            with world.as_(DESK) as holder:
                admit_to_desk(holder, world.people[OTHER_DESK].user_id)
        yield House(world)
        database.begin_anew()


@pytest.fixture(autouse=True)
def open_database(house: House) -> None:
    """Every race needs the world."""


# --- her word beside a step ------------------------------------------------------------------------------------------


def test_sent_first_and_taken_back_beside_it(house: House) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    assert beside(house.world, sending(draft), withdrawal(case)) == ("done", "done")
    assert state(draft) == "withdrawn"
    assert packet(draft) == 0


def test_taken_back_first_and_nothing_leaves(house: House) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    assert beside(house.world, withdrawal(case), sending(draft)) == ("done", "consent_not_refused")
    assert state(draft) == "draft"
    assert packet(draft) == 0


@pytest.mark.parametrize("times", [4, pytest.param(20, marks=pytest.mark.bulk)])
def test_many_times_at_once_nothing_was_sent_without_consent(house: House, times: int) -> None:
    case, ends = house.case(), set()
    for turn in range(times):
        house.agreed(case)
        draft = house.draft(case)
        deeds = [sending(draft), withdrawal(case)]
        words = at_once(house.world, *(deeds if turn % 2 else reversed(deeds)))
        sent, withdrawn = words if turn % 2 else words[::-1]
        assert withdrawn == "done", "her word is never second"
        assert (sent, state(draft)) in {("done", "withdrawn"), ("consent_not_refused", "draft")}
        assert packet(draft) == 0
        ends.add(state(draft))
    with transaction.atomic(), god():
        assert Consent.objects.filter(case=case.pk).count() == 2 * times


def test_her_word_wins_over_an_acceptance_on_its_way(house: House) -> None:
    case, referral = house.sent()
    assert beside(house.world, house.accepting(referral), withdrawal(case)) == ("done", "done")
    assert state(referral) == "withdrawn"
    assert packet(referral) == 0


def test_nobody_accepts_what_she_has_taken_back(house: House) -> None:
    case, referral = house.sent()
    assert beside(house.world, withdrawal(case), house.accepting(referral)) == ("done", "from_state")
    assert state(referral) == "withdrawn"
    assert packet(referral) == 0


@pytest.mark.parametrize("finished_first", [True, False])
def test_finished_beside_taken_back(house: House, finished_first: bool) -> None:
    case, referral = house.accepted()
    mine = house.as_(WORKER, lambda _actor: Referral.objects.get(pk=referral.pk))
    finish = Deed(WORKER, lambda actor: receive.finish(actor, mine, version=mine.version, result="not_needed"))
    if finished_first:
        assert beside(house.world, finish, withdrawal(case)) == ("done", "done")
        assert state(referral) == "finished", "what has ended is no hit any more, and her word is kept all the same"
    else:
        assert beside(house.world, withdrawal(case), finish) == ("done", "from_state")
        assert state(referral) == "withdrawn"
    assert packet(referral) == 0


# --- two answers to one request -------------------------------------------------------------------------------------


def test_two_officers_accept_and_one_is_second(house: House) -> None:
    _case, referral = house.sent()
    deeds = [house.accepting(referral), house.accepting(referral, OTHER_DESK)]
    assert beside(house.world, *deeds) == ("done", "from_state")
    assert steps(referral).count("accept") == 1
    _case, referral = house.sent()
    deeds = [house.accepting(referral), house.accepting(referral, OTHER_DESK)]
    assert sorted(at_once(house.world, *deeds)) == ["done", "from_state"]
    assert steps(referral).count("accept") == 1
    with transaction.atomic(), god():
        assert ReferralAccess.objects.filter(referral=referral.pk, kind_code="worker").count() == 1
        assert PacketBody.objects.filter(referral=referral.pk, section_code="meeting").count() == 1


def test_accepted_beside_recalled(house: House) -> None:
    for accepted_first in (True, False):
        _case, referral = house.sent()
        recall = recalling(referral)
        if accepted_first:
            assert beside(house.world, house.accepting(referral), recall) == ("done", "version_same")
            assert state(referral) == "accepted"
        else:
            assert beside(house.world, recall, house.accepting(referral)) == ("done", "from_state")
            assert (state(referral), packet(referral)) == ("recalled", 0)


def ready_to_lapse(referral: Referral) -> None:
    """As if its time were long over, and everybody told."""
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            'update referral_clock set done = \'{"told": "2020-01-01T00:00:00Z"}\','
            ' rungs = \'[{"name": "lapse", "at": "2020-01-01T00:00:00Z"}]\' where referral_id = %s',
            [referral.pk],
        )


WRITES = "select ledger_system('referral.lapse', 'done', '', '', 'referral', %s, null, '', null, null, '', null, null)"


def lapsed(clock: psycopg.Connection, referral: Referral) -> bool:
    lapses = "select tick('referral', %s, 'lapse', jsonb_build_object('reason_code', 'no_answer'))"
    found = clock.execute(lapses, [referral.pk]).fetchone()
    assert found is not None
    if found[0]:
        clock.execute(WRITES, [referral.pk])
    return bool(found[0])


def test_the_clock_passes_over_what_is_being_accepted(house: House) -> None:
    _case, referral = house.sent()
    ready_to_lapse(referral)

    def accept_and_look(actor: Actor) -> None:
        house.accepting(referral).do(actor)
        with database.raw("hk_clock") as clock:
            assert not lapsed(clock, referral), "it neither waits nor ends it"
            clock.commit()

    assert at_once(house.world, Deed(DESK, accept_and_look)) == ("done",)
    assert state(referral) == "accepted"
    with database.raw("hk_clock") as clock:
        assert not lapsed(clock, referral)


def test_nobody_accepts_what_the_clock_has_ended(house: House) -> None:
    _case, referral = house.sent()
    ready_to_lapse(referral)
    accept = house.accepting(referral)
    with database.raw("hk_clock") as clock:
        assert lapsed(clock, referral)
        clock.commit()
        assert at_once(house.world, accept) == ("from_state",)
    assert (state(referral), packet(referral)) == ("lapsed", 0)


def test_stopped_at_the_edge_of_being_seen(house: House) -> None:
    for _ in range(6):
        _case, referral = house.sent(urgency="normal")
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute("update referral set visible_at = hk_now() where id = %s", [referral.pk])
        accept = house.accepting(referral)
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute("update referral set visible_at = hk_now() + interval '25 ms' where id = %s", [referral.pk])
        stop = stopping(referral)
        stopped, accepted = at_once(house.world, stop, accept)
        if stopped == "done":
            assert accepted in {"not_visible", "not_allowed"}
            assert (state(referral), packet(referral)) == ("draft", 0)
        else:
            assert stopped in {"not_yet_visible", "from_state", "version_same"}
            assert (state(referral) == "accepted") == (accepted == "done")
            assert packet(referral), "the desk has it"


# --- two who write --------------------------------------------------------------------------------------------------


def writing(case: Case, who: str, name: str, seal_no: int, which: str = "identity") -> Deed:
    return Deed(
        who, lambda actor: section.write_section(actor, case, section=which, fields={name: who}, seal_no=seal_no)
    )


def test_two_who_write_a_section_first_make_one_epoch_and_the_second_reads_the_first(house: House) -> None:
    case = house.case(COLLEAGUE)
    deeds = [writing(case, LEAD, "legal_names", 0), writing(case, COLLEAGUE, "legal_names", 0)]
    assert beside(house.world, *deeds) == ("done", "version_same")
    with transaction.atomic(), god():
        assert SectionKey.objects.filter(case=case.pk, section_code="identity").count() == 1
    seen = house.as_(COLLEAGUE, lambda actor: section.open_section(actor, case, section="identity"))
    assert (seen.fields["legal_names"], seen.seal_no) == (LEAD, 1)


def test_two_who_mint_at_once_both_get_through_with_one_epoch(house: House) -> None:
    for _ in range(5):
        case = house.case(COLLEAGUE)
        writes = [
            writing(case, LEAD, "wishes", 0, "needs"),
            referring(house, case),
        ]
        assert at_once(house.world, *writes) == ("done", "done")
        with transaction.atomic(), god():
            epochs = SectionKey.objects.filter(case=case.pk, section_code="needs")
            assert [one.epoch for one in epochs] == [1]
            assert SectionWrap.objects.filter(section_key__in=epochs).count() == 4, "lead, colleague, supervisor, body"


def test_two_editors_of_one_sheet_lose_nothing(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.as_(LEAD, writing(case, LEAD, "legal_names", 0).do)
    deeds = [writing(case, LEAD, "papers_held", 1), writing(case, COLLEAGUE, "legal_names", 1)]
    assert beside(house.world, *deeds) == ("done", "version_same")
    assert sorted(at_once(house.world, *(writing(case, who, "papers_held", 2) for who in (LEAD, COLLEAGUE)))) == [
        "done",
        "version_same",
    ]
    seen = house.as_(LEAD, lambda actor: section.open_section(actor, case, section="identity"))
    assert (seen.fields["legal_names"], seen.seal_no) == (LEAD, 3)


def test_two_editors_of_the_codes_of_a_case_and_of_a_draft(house: House) -> None:
    case = house.case(COLLEAGUE)
    read = {who: house.as_(who, lambda _actor: Case.objects.get(pk=case.pk)) for who in (LEAD, COLLEAGUE)}

    def coding(who: str, risk: str) -> Deed:
        version = read[who].version
        return Deed(who, lambda actor: cases.edit(actor, read[who], version=version, codes={"risk_code": risk}))

    assert beside(house.world, coding(LEAD, "raised"), coding(COLLEAGUE, "high")) == ("done", "version_same")
    with transaction.atomic(), god():
        assert Case.objects.get(pk=case.pk).risk_code == "raised"

    house.agreed(case)
    draft = house.draft(case)

    def editing(who: str, text: str) -> Deed:
        mine = house.as_(who, lambda _actor: Referral.objects.get(pk=draft.pk))
        values: dict[str, Any] = {"service": draft.service_id, "purpose": "help", "urgency": "urgent"}
        return Deed(
            who,
            lambda actor: send.edit(
                actor, mine, version=draft.version, sections=["contact"], agreed_text=text, told_body=True, **values
            ),
        )

    deeds = [editing(LEAD, "Canary-Hers"), editing(COLLEAGUE, "Canary-Other")]
    assert beside(house.world, *deeds) == ("done", "version_same")
    assert beside(house.world, sending(now(draft)), editing(COLLEAGUE, "Canary-Late")) == ("done", "from_state")


def test_two_who_answer_the_signs(house: House) -> None:
    case = house.case(COLLEAGUE)
    starts = [Deed(who, lambda actor: screening.start(actor, case)) for who in (LEAD, COLLEAGUE)]
    assert beside(house.world, *starts) == ("done", "done")
    with transaction.atomic(), god():
        (row,) = Screening.objects.filter(case=case.pk)
    answers = {"safe_to_talk": "yes"}
    saves = [
        Deed(
            who,
            lambda actor: screening.save(actor, case, seal_no=row.seal_no, part="danger", answers=answers),
        )
        for who in (LEAD, COLLEAGUE)
    ]
    assert beside(house.world, *saves) == ("done", "version_same")


# --- who is released at this moment ---------------------------------------------------------------------------------


def releasing(house: House, case: Case) -> Deed:
    colleague = house.world.membership(COLLEAGUE)
    return Deed(LEAD, lambda actor: team.release(actor, case, membership=colleague))


def wraps_of(house: House, case: Case, slug: str) -> int:
    key = house.world.people[slug].key
    assert key is not None
    with transaction.atomic(), god():
        return SectionWrap.objects.filter(section_key__case=case.pk, recipient_key_id=key.id).count()


def test_a_released_colleague_gets_no_new_wrap(house: House) -> None:
    case = house.case(COLLEAGUE)
    assert wraps_of(house, case, COLLEAGUE) > 0
    write = writing(case, LEAD, "legal_names", 0)
    assert beside(house.world, write, releasing(house, case)) == ("done", "done")
    assert wraps_of(house, case, COLLEAGUE) == 0, "written first: the new epoch's wrap went with the others"
    with transaction.atomic(), god():
        assert SectionKey.objects.get(case=case.pk, section_code="identity").closed_at is not None
    case = house.case(COLLEAGUE)
    assert beside(house.world, releasing(house, case), writing(case, LEAD, "legal_names", 0)) == ("done", "done")
    assert wraps_of(house, case, COLLEAGUE) == 0, "released first: nobody sealed to her any more"


def test_whoever_was_released_while_she_waited_does_nothing(house: House) -> None:
    case = house.case(COLLEAGUE)
    deed = writing(case, COLLEAGUE, "legal_names", 0)
    assert beside(house.world, releasing(house, case), deed) == ("done", "not_visible")
    case = house.case(COLLEAGUE)
    house.agreed(case)
    draft = house.draft(case)
    assert beside(house.world, releasing(house, case), sending(draft, COLLEAGUE)) == ("done", "not_visible")
    assert (state(draft), packet(draft)) == ("draft", 0)
