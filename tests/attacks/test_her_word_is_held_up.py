"""Somebody of the receiving side holds the row of a request, and she takes her word back: it stands at once.

With the pages' login and a session of the desk or the team, the row of a request is locked by everything that may be
asked about it, and stays so as long as the transaction stays open. Red on 3464221: whoever wrote down her word waited
ten seconds, was answered with 503, and had to press again; the packet stayed open as long as somebody liked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction

from hamkori.access.actor import Actor
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.referrals import referral as found_by
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.refusal import NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.holding import Row, a_turn, as_sql, begun, clock_of, held, nothing_opens
from tests.attacks.test_held_transactions import called
from tests.attacks.written import WRITTEN
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House, now, packet, state, withdrawal
from tests.casework.side_by_side import Deed, Doing, run
from tests.database import god, raw
from tests.web.senders import Senders, page_text

LOCK = "select referral_lock(%(referral)s)"
TAKE = "select take('referral', %(referral)s, '{step}', null, %(version)s, '{values}', {clocks})"
ASKED = TAKE.format(step="ask", values='{"question_code": "can_travel"}', clocks="null")
NAMED = TAKE.format(step="staff", values="{}", clocks="null")
ENDED = TAKE.format(step="withdraw", values='{"how_said_code": "in_person"}', clocks="'[]'")
SEALS = "select * from packet_seals(%(referral)s)"

HELD: dict[str, tuple[str, str, str]] = {
    "the desk asks": ("sent", DESK, ASKED),
    "the desk locks": ("sent", DESK, LOCK),
    "the desk takes its seals": ("sent", DESK, SEALS),
    "the team locks": ("accepted", WORKER, LOCK),
    "the team takes its seals": ("accepted", WORKER, SEALS),
    "the team names nobody new": ("accepted", WORKER, NAMED),
    "the team ends it": ("accepted", WORKER, ENDED),
}
"""In which state, by whose session, with which statement."""


def taken_back(one: Row) -> Deed:
    return withdrawal(one[0])


def a_no(one: Row) -> Deed:
    answers, asking = [consent.Answer("shelter_social", "help", "no")], consent.Asking(how_said="in_person")
    return Deed(LEAD, lambda actor: consent.record(actor, one[0], answers=answers, asking=asking))


def said_of_this_one(one: Row) -> Deed:
    return Deed(LEAD, lambda actor: send.withdraw(actor, Referral.objects.get(pk=one[1].pk), how_said="in_person"))


def said_to_the_team(one: Row) -> Deed:
    return Deed(WORKER, lambda actor: send.withdraw(actor, Referral.objects.get(pk=one[1].pk), how_said="in_person"))


Said = Callable[[Row], Deed]
WORDS: tuple[Said, ...] = (taken_back, a_no, said_of_this_one)


def pressed_once(house: House, deed: Deed) -> None:
    doing = Doing()
    doing.may_commit.set()
    assert run(house.world, deed, doing) == "done"


def sender_reads(house: House, referral: Referral) -> str:
    return str(house.as_(LEAD, lambda actor: sender_state(found_by(actor, referral.code))))


def ledger(referral: Referral) -> list[tuple[str, str]]:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            "select role_code, reason_code from ledger where object_id = %s and action_code = 'referral.withdraw'"
            " and decision_code = 'done'",
            [referral.pk],
        )
        return list(cursor.fetchall())


def told(house: House, referral: Referral, who: str) -> int:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from notice where about_id = %s and key_code = 'closed' and membership_id = %s",
            [referral.pk, house.world.membership(who)],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("how", HELD)
@pytest.mark.thin(4)
def test_her_word_stands_while_somebody_holds_the_request(house: House, how: str, word: Said) -> None:
    wanted, who, statement = HELD[how]
    one = begun(house, wanted)
    _case, referral = one
    with held(house, referral, who, statement):
        pressed_once(house, word(one))
        nothing_opens(house, referral)
        assert sender_reads(house, referral) == "withdrawn"
        assert a_turn(house)["withdraw"] == 0, "what is held is left for the next turn"
        assert ledger(referral) in ([], [("case_worker", "in_person")]), "and is in the ledger once"
        assert state(referral) == wanted
    assert a_turn(house)["withdraw"] == 1
    assert state(referral) == "withdrawn"
    assert packet(referral) == 0
    assert ("system", "in_person") in ledger(referral)
    assert told(house, referral, who) == 1
    nothing_opens(house, referral)
    assert a_turn(house)["withdraw"] == 0
    tried()


def test_said_to_the_team_it_stands_too(house: House) -> None:
    one = begun(house, "accepted")
    with held(house, one[1], WORKER, LOCK):
        pressed_once(house, said_to_the_team(one))
        nothing_opens(house, one[1])
        assert sender_reads(house, one[1]) == "withdrawn"
    assert a_turn(house)["withdraw"] == 1
    assert state(one[1]) == "withdrawn"
    assert told(house, one[1], LEAD) == 1
    tried()


def test_what_was_held_and_is_then_done_reads_nothing(house: House) -> None:
    """The step that was open is committed after her word: it leads nowhere."""
    for name, act in {"the desk asks": "referral.ask", "the team names nobody new": "referral.staff"}.items():
        wanted, who, statement = HELD[name]
        one = begun(house, wanted)
        with held(house, one[1], who, statement) as hers:
            pressed_once(house, taken_back(one))
            hers.execute(WRITTEN, [act, one[1].pk])
            hers.commit()
            nothing_opens(house, one[1])
        assert a_turn(house)["withdraw"] == 1
        assert state(one[1]) == "withdrawn"
        assert packet(one[1]) == 0
        tried()


def test_no_step_is_taken_after_her_word(house: House) -> None:
    one = begun(house, "accepted")
    with held(house, one[1], WORKER, LOCK) as hers:
        pressed_once(house, taken_back(one))
        for step, values in {
            "finish": {"result_code": "refused"},
            "staff": {},
            "unaccept": {"reason_code": "full"},
        }.items():
            hers.execute("savepoint one")
            with pytest.raises(psycopg.Error, match="from_state"):
                hers.execute(
                    "select take('referral', %s, %s, null, %s, %s::jsonb, '[]'::jsonb)",
                    [one[1].pk, step, now(one[1]).version, json.dumps(values)],
                )
            hers.execute("rollback to savepoint one")
            tried()

        def finishes(actor: Actor) -> None:
            mine = Referral.objects.get(pk=one[1].pk)
            receive.finish(actor, mine, version=mine.version, result="not_needed")

    with pytest.raises(NotNow):
        house.as_(WORKER, finishes)
    assert a_turn(house)["withdraw"] == 1


def test_a_yes_that_comes_later_brings_nothing_back(house: House) -> None:
    one = begun(house, "accepted")
    with held(house, one[1], WORKER, LOCK):
        pressed_once(house, taken_back(one))
        house.agreed(one[0])
        nothing_opens(house, one[1])
    assert a_turn(house)["withdraw"] == 1
    assert state(one[1]) == "withdrawn"
    tried()


def test_no_case_of_theirs_is_opened_from_its_card_any_more(house: House) -> None:
    one = begun(house, "accepted")

    def serves(actor: Actor) -> None:
        mine = Referral.objects.get(pk=one[1].pk)
        receive.serve(actor, mine, version=mine.version)

    clocks = json.dumps([clock_of("result", now(one[1]))])
    with raw("hk_app") as hers:
        hers.execute("select set_config('hk.token', %s, false)", [house.token(WORKER)])
        served = "select take('referral', %s, 'serve', null, %s, '{}', %s::jsonb)"
        hers.execute(served, [one[1].pk, now(one[1]).version, clocks])
        hers.execute(WRITTEN, ["referral.serve", one[1].pk])
        hers.commit()
        hers.execute("select referral_lock(%s)", [one[1].pk])
        pressed_once(house, taken_back(one))
        with pytest.raises(psycopg.Error, match="from_state"):
            hers.execute("select serve_open(%s, gen_random_uuid(), '[]'::jsonb)", [one[1].pk])
    with pytest.raises((NotNow, NotVisible)):
        house.as_(WORKER, serves)
    assert a_turn(house)["withdraw"] == 1
    tried()


@pytest.mark.bulk
@pytest.mark.parametrize(("wanted", "who"), [("sent", DESK), ("accepted", DESK), ("accepted", WORKER)])
def test_whatever_the_receiving_side_holds_her_word_stands(house: House, wanted: str, who: str) -> None:
    """All that there is to call and to lock, about everything that there is, in one transaction that stays open."""
    one = begun(house, wanted)
    others = [LEAD, who, COLLEAGUE]
    known = [one[0].pk, one[1].pk, *(house.world.membership(slug) for slug in others), *house.world.bodies.values()]
    answered = 0
    with raw("hk_app") as hers:
        hers.execute("select set_config('hk.token', %s, false)", [house.token(who)])
        hers.execute("select referral_lock(%s)", [one[1].pk])
        for statement in called(known):
            if "session_" in statement:
                continue  # whoever ends her own session asks nothing more
            hers.execute("savepoint one")
            try:
                hers.execute(statement.encode())
                answered += 1
            except psycopg.Error:
                hers.execute("rollback to savepoint one")
            tried()
        assert answered > 30
        pressed_once(house, taken_back(one))
        nothing_opens(house, one[1])
        hers.rollback()
    assert a_turn(house)["withdraw"] == 1
    assert state(one[1]) == "withdrawn"
    assert packet(one[1]) == 0


def test_a_part_that_she_takes_back_is_shut_and_goes_when_it_is_free(house: House) -> None:
    one = begun(house, "accepted")
    narrowed = Deed(
        LEAD,
        lambda actor: consent.withdraw(
            actor, one[0], rows=[("shelter_social", "help")], sections=["contact"], how_said="in_person"
        ),
    )
    parts = "select distinct section_code from packet_body where referral_id = %s and section_code <> 'meeting'"
    seals = "select distinct section_code from packet_seals(%s) where section_code <> 'meeting'"
    opened = lambda actor: set(open_packet(actor, Referral.objects.get(pk=one[1].pk)))  # noqa: E731
    assert house.as_(WORKER, opened) == {"text", "contact"}
    with held(house, one[1], WORKER, NAMED):
        pressed_once(house, narrowed)
        assert as_sql(house, WORKER, parts, one[1].pk) == [("text",)]
    assert as_sql(house, WORKER, seals, one[1].pk) == [("text",)]
    assert house.as_(WORKER, opened) == {"text"}
    assert a_turn(house)["narrow"] == 1
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(parts, [one[1].pk])
        assert cursor.fetchall() == [("text",)], "and is there no more"
    assert state(one[1]) == "accepted"
    tried()


def test_her_word_for_one_waits_for_no_other_request(house: House) -> None:
    """Held by one body; what she says of another kind of help is kept, and the request goes on."""
    one = begun(house, "accepted")
    answers, asking = [consent.Answer("police", "justice", "no")], consent.Asking(how_said="in_person")
    with held(house, one[1], WORKER, NAMED):
        pressed_once(house, Deed(LEAD, lambda actor: consent.record(actor, one[0], answers=answers, asking=asking)))
    assert house.as_(WORKER, lambda actor: set(open_packet(actor, Referral.objects.get(pk=one[1].pk)))) >= {"contact"}
    assert a_turn(house)["withdraw"] == 0
    tried()


@pytest.mark.parametrize("who", [LEAD, WORKER])
def test_the_page_says_so_instead_of_503(house: House, who: str) -> None:
    _case, referral = begun(house, "accepted")
    with transaction.atomic():
        client = Senders(house.world).browser(who)
    address, other = f"/referrals/{referral.code}/", {LEAD: WORKER, WORKER: DESK}[who]
    with held(house, referral, other, LOCK):
        said = {"operation": str(uuid4()), "version": str(referral.version), "how_said": "in_person"}
        assert client.post(f"{address}withdraw/", said).status_code == 303
        assert "nobody can open what was sent any more" in page_text(client.get(address))
        assert client.get(f"{address}?open=packet").status_code in (200, 409)
        nothing_opens(house, referral)
    assert a_turn(house)["withdraw"] == 1
    tried()


def test_the_page_of_her_agreement_says_so_too(house: House) -> None:
    case, referral = begun(house, "accepted")
    with transaction.atomic():
        client = Senders(house.world).browser(LEAD)
    with held(house, referral, WORKER, LOCK):
        said = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person", "seen": "1"}
        assert client.post(f"/cases/{case.code}/consent/withdraw/", said).status_code == 303
        assert "nobody can open what was sent any more" in page_text(client.get(f"/cases/{case.code}/"))
        nothing_opens(house, referral)
    assert a_turn(house)["withdraw"] == 1
    tried()


DESK_KEY = "select body_key_add(gen_random_uuid(), 'desk', 1, sha256(''), '', '[]')"


@pytest.mark.parametrize("said", ["everything", "another body"])
def test_a_body_that_she_does_not_want_keeps_her_waiting_for_nothing(house: House, said: str) -> None:
    """Its desk officer's own statement makes no key, and holds the row of the body. It was 503 after 12 s."""
    case, referral = begun(house, "accepted")
    bodies = house.world.bodies
    asking = consent.Asking(how_said="in_person")

    def without(*names: str) -> Deed:
        ids = [bodies[name] for name in names]
        return Deed(LEAD, lambda actor: consent.record(actor, case, answers=[], asking=asking, excluded=ids))

    pressed_once(house, without("mia-centre"))
    with raw("hk_app") as his:
        his.execute("select set_config('hk.token', %s, false)", [house.token("investigator")])
        his.commit()
        assert his.execute(DESK_KEY).fetchone() == (False,)
        pressed_once(house, withdrawal(case) if said == "everything" else without("legal-aid", "shelter-kulob"))
        assert state(referral) == "withdrawn"
        assert packet(referral) == 0
        his.rollback()
    tried()


PUT = "select referral_word_put(%s, 'in_person')"


def test_a_word_is_written_by_nobody_who_could_not_end_it(house: House) -> None:
    one = begun(house, "sent")
    assert as_sql(house, DESK, PUT, one[1].pk) == [(False,)], "while it waits it is the sender's to say"
    with pytest.raises(psycopg.Error, match="not visible"):
        as_sql(house, WORKER, PUT, one[1].pk)
    for statement in (
        "delete from referral_word",
        "insert into referral_word default values",
        "select at from referral_word",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_sql(house, LEAD, statement)
        tried()
    with raw("hk_clock") as turned, pytest.raises(psycopg.errors.InsufficientPrivilege):
        turned.execute(PUT, [one[1].pk])
    with raw("hk_clock") as turned:
        assert turned.execute("select tick('referral', %s, 'withdraw', '{}')", [one[1].pk]).fetchone() == (False,)
    tried(3)
