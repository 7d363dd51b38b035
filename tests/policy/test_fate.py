"""Wall 2 after an ending: plain SQL of the receiving side reads what became of a request, and not by whose word."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from psycopg import sql

from hamkori.access.context import new_token
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.rules.lifecycle import ENDED, STATES, fate
from hamkori.people import sign_in
from tests.policy import granted, oracle
from tests.policy import rows as rows_of
from tests.policy.moments import Moments, each
from tests.policy.world import World

DESK = ("Gulnora", "Shahlo")
RECEIVERS = (*DESK, "Parvina", "Sino", "Hamid")
"""Desk, team and supervisor of Panoh, which receives R1. While it waits only the desk knows of it."""
SENDER_WORDS = {
    # what only the sender's side may read of R1, and her word to them
    *("recalled", "withdrawn", "recall", "withdraw", "mistake", "in_person", "content", "shelter_social:help"),
    *("identity", "screening", "needs"),
}
TABLES_AFTERWARDS = {
    *("referral", "referral_access", "referral_own_case", "referral_clock", "referral_step", "referral_step_by"),
    *("notice", "operation"),
}
READ_AFTERWARDS = {
    *("id", "code", "kind_code", "from_organisation_id", "to_organisation_id", "service_id", "service_code"),
    *("recipient_kind_code", "purpose_code", "urgency_code", "needed_from_on", "told_body", "state_code", "version"),
    *("written_at", "sent_at", "visible_at", "answer_due_at", "answered_at", "arrival_on", "arrival_part_code"),
    *(
        "moves",
        "packets",
        "agreed_at",
        "missed_at",
        "heard_at",
        "heard_code",
        "served_at",
        "finished_at",
        "ended_at",
        "result_code",
        "reason_code",
    ),
    # Both sides read that the person sleeps there one more night: the one says it, the other looks for a place.
    *("suggested_service_code", "was_disputed", "one_more_night"),
}
"""Every column of a request's own row. A new one is read by both sides: it needs a reason, and its place here."""

End = Callable[[World], None]
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(\+00:00|Z|\+00)?")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Rows = dict[str, list[str]]


def _sender(world: World, act: Callable[..., object], **said: object) -> None:
    with world.as_("Zarina") as zarina:
        referral = world.referral("R1")
        act(zarina, referral, version=referral.version, **said)


def recalled(world: World) -> None:
    _sender(world, send.recall, reason="mistake")


def her_word(world: World) -> None:
    with world.as_("Zarina") as zarina:
        send.withdraw(zarina, world.referral("R1"), how_said="in_person")


def her_agreement(world: World) -> None:
    with world.as_("Zarina") as zarina:
        consent.withdraw(zarina, world.case("K1"), how_said="in_person")


def her_word_here(world: World) -> None:
    with world.as_("Sino") as sino:
        send.withdraw(sino, world.referral("R1"), how_said="in_person")


def given_back(world: World) -> None:
    with world.as_("Parvina") as parvina:
        referral = world.referral("R1")
        receive.unaccept(parvina, referral, version=referral.version, reason="no_place_now")


def declined(world: World) -> None:
    with world.as_("Gulnora") as gulnora:
        referral = world.referral("R1")
        receive.decline(gulnora, referral, version=referral.version, reason="full")


def confirmed(world: World) -> None:
    _sender(world, confirm.confirm, her_view="content", agrees=False)


def questioned(world: World) -> None:
    _sender(world, confirm.dispute, reason="only_part")


ENDINGS: dict[str, tuple[End, ...]] = {
    "waiting": (recalled, her_word, her_agreement, declined),
    "accepted": (recalled, her_word, her_agreement, her_word_here, given_back),
    "serving": (her_word, her_agreement, her_word_here),
    "finished": (confirmed, questioned),
}
ENDED_IN_A_HURRY = {("waiting", recalled), ("accepted", her_word), ("finished", questioned)}
"""What `--fast` ends: before the answer, in the middle, and after the result."""
ASKED = (
    "select to_jsonb(c) from consent_of({r}) c",
    "select to_jsonb(k) - 'user_id' from referral_keys({r}) k",
    "select to_jsonb(s) from packet_seals({r}) s",
    "select take('referral', {r}, 'accept', null, {v}, '{{}}'::jsonb, null)",
    "select take('referral', {r}, 'finish', null, {v}, '{{}}'::jsonb, null)",
    "select take('referral', {r}, 'withdraw', null, {v}, '{{}}'::jsonb, null)",
)
"""What one can ask the database's own functions; the detail of a refusal is an answer too."""


def tables() -> list[str]:
    return [name for name, may in granted.APP.items() if re.search(r"\bselect\b(?!\()", may)]


@contextmanager
def as_(moments: Moments, moment: str, tokens: dict[str, str], who: str) -> Iterator[psycopg.Connection]:
    with moments.raw(moment, "hk_app") as connection:
        connection.execute("select set_config('hk.token', %s, true)", [tokens[who]])
        yield connection


def everything(connection: psycopg.Connection) -> Rows:
    """Every row of every table that her token shows."""
    found: Rows = {}
    for table in tables():
        rows = connection.execute(sql.SQL("select to_jsonb(t)::text from {} t").format(sql.Identifier(table)))
        found[table] = [row[0] for row in rows.fetchall()]
    return found


def answers(connection: psycopg.Connection, referral: UUID) -> list[str]:
    row = connection.execute("select version from referral where id = %s", [referral]).fetchone()
    assert row is not None, "the fate itself stays readable"
    said = []
    for question in ASKED:
        text = question.format(r=f"'{referral}'::uuid", v=row[0])
        try:
            with connection.transaction():
                said.append(json.dumps(connection.execute(text.encode()).fetchall(), default=str))
        except psycopg.Error as refused:
            said.append(f"{refused.sqlstate} {refused.diag.message_primary} {refused.diag.message_detail}")
    return said


def tokens_of(world: World, people: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for who in people:
        with transaction.atomic():
            found[who] = new_token()
            sign_in.begin(world.ring, found[who], world.membership(who))
    return found


def after(moments: Moments, moment: str, end: End) -> dict[str, tuple[Rows, list[str]]]:
    """What each of them reads after this ending, and what the functions tell her. It ends so once, for both tests."""
    return moments.once(("after", moment, end), lambda: _ended(moments, moment, end))


def _ended(moments: Moments, moment: str, end: End) -> dict[str, tuple[Rows, list[str]]]:
    name = f"fate_{end.__name__}"
    with moments.branch(moment, name) as world:
        end(world)
        tokens = tokens_of(world, RECEIVERS)
        found = {}
        for one in DESK if moment == "waiting" else RECEIVERS:
            with as_(moments, name, tokens, one) as connection:
                found[one] = (everything(connection), answers(connection, world.things["R1"]))
        return found


def _plain(rows: Rows, said: list[str], known: str) -> tuple[dict[str, list[str]], list[str]]:
    """Without times, and without the identities that came with the ending itself."""

    def plain(text: str) -> str:
        return ID.sub(lambda found: found[0] if found[0] in known else "new", TIME.sub("at", text))

    return {table: sorted(map(plain, texts)) for table, texts in rows.items()}, [plain(text) for text in said]


@pytest.mark.parametrize("moment", each(["waiting", "accepted", "serving"]))
def test_a_recall_and_her_word_are_the_same_to_the_receiving_side(moments: Moments, moment: str) -> None:
    """Row by row and answer by answer: nothing tells which of them it was."""
    with moments.superuser(moment) as connection:
        known = json.dumps(everything(connection))
    ends = [end for end in ENDINGS[moment] if end in (recalled, her_word, her_agreement)]
    assert len(ends) > 1
    seen = [after(moments, moment, end) for end in ends]
    for who in seen[0]:
        first, *others = (_plain(*one[who], known) for one in seen)
        assert first[0]["referral"], f"{who} reads what became of it"
        for other in others:
            assert other == first, who


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        pytest.param(moment, end, marks=() if (moment, end) in ENDED_IN_A_HURRY else pytest.mark.bulk)
        for moment, ends in ENDINGS.items()
        for end in ends
    ],
)
def test_after_an_ending_the_receiving_side_reads_its_fate(moments: Moments, moment: str, end: End) -> None:
    world = moments.worlds[moment]
    of_r1 = str(world.things["R1"])
    senders = {str(world.membership(who)) for who in ("Zarina", "Firuza", "Daler", "Nigina", "Malika")}
    for who, (rows, said) in after(moments, moment, end).items():
        about = {table: [text for text in texts if of_r1 in text] for table, texts in rows.items()}
        assert {table for table, texts in about.items() if texts} <= TABLES_AFTERWARDS, who
        assert all(set(json.loads(text)) == READ_AFTERWARDS for text in about["referral"]), who
        # The sections that were sealed to her stand in her own row; of her agreement that says nothing.
        for table in TABLES_AFTERWARDS - {"referral_access"}:
            words = set(re.findall(r'"([^"]+)"', " ".join(about[table])))
            assert not words & SENDER_WORDS, (who, table)
        assert not senders & set(ID.findall(json.dumps(rows))), who
        assert said[:3] == ['[[{"live": false, "until": null, "permit": null, "sections": []}]]', "[]", "[]"], (
            who,
            said,
        )
        assert not any(word in " ".join(said[3:]) for word in ("recalled", "withdrawn")), (who, said)


def test_rules_and_database_call_a_fate_the_same(moments: Moments) -> None:
    with moments.superuser("start") as connection:
        for state in STATES:
            assert connection.execute("select referral_fate(%s)", [state]).fetchone() == (fate(state),)
    assert {fate(state) for state in STATES} - set(STATES) == {ENDED}


@pytest.mark.parametrize("moment", each(["accepted", "serving", "finished", "withdrawn"]))
def test_nobody_reads_who_works_in_another_body(moments: Moments, moment: str) -> None:
    """Neither side learns from the time line which person of the other body pressed."""
    world, tokens = moments.worlds[moment], rows_of.tokens_of(moments, moment)
    with moments.superuser(moment) as connection:
        bodies = dict(connection.execute("select id, organisation_id from membership").fetchall())
    both = set()
    for who in oracle.PEOPLE:
        with as_(moments, moment, tokens, who) as connection:
            rows = connection.execute("select membership_id from referral_step_by").fetchall()
        read = {bodies[row[0]] for row in rows}
        assert read <= {bodies[world.membership(who)]}, who
        both |= read
    assert {world.bodies["Umed"], world.bodies["Panoh"]} <= both, "each body reads its own"
