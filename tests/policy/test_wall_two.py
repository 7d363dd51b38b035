"""Wall 2 alone: plain SQL as the pages' own role with one person's token. Which rows show, which steps are refused?"""

from collections import Counter

import pytest

from hamkori.casework.case.models import SECTION_MODELS
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.vault import typed
from tests.policy import oracle, rows
from tests.policy.moments import Moments, each
from tests.policy.rooms.casework.world import TYPED_INTO
from tests.policy.rows import Person
from tests.policy.world import World

FLOOR = 1_000

CASES = tuple(name for name in oracle.THINGS if name[0] == "K" and name[1:].isdigit())
REFERRALS = tuple(name for name in oracle.THINGS if name[0] == "R" and name[1:].isdigit())
ORIGIN = {"R1": "K1", "R2": "K1", "R3": "K1", "R4": "K2", "R5": "K6"}
PACKET = ("text", "meeting", "result", *SECTIONS)
OVERSIGHT = "Ismoil"

REFERRAL_STEPS = (
    *("discard", "send", "stop", "recall", "answer", "add", "confirm", "dispute", "accept", "ask", "decline"),
    *("unaccept", "staff", "expect", "miss", "hear", "serve", "finish", "amend", "withdraw"),
)
CASE_STEPS = {
    # step -> states it leaves from, and the oracle's word
    "register": ("draft", "case.register"),
    "discard": ("draft", "case.discard"),
    "decide": ("open", "case.decide"),
    "settle_age": ("open", "case.settle_age"),
    "tell_child_protection": ("open", "case.tell_child_protection"),
    "close": ("open", "case.close"),
    "reopen": ("closed", "case.reopen"),
}
REFUSED = ("HK404", "HK403")
BOTH_WROTE = {("K1", "needs"): ("Zarina", "Nigina")}
"""Who wrote the same part at the same time: what was not kept is theirs alone, while they hold the part."""
TYPES = "Zarina"
"""Who has typed something and not saved it."""


def yes(moment: str, who: str, act: str, thing: str) -> bool:
    return oracle.answer(moment, who, act, thing) == "yes"


def expected(moment: str, who: str, table: str) -> set[tuple[str, str]]:
    """What the oracle lets her see of a table, whether or not it is there."""
    kind = BELONGS.get(table, table.partition(" ")[0])
    if kind in ("case.view", "case.edit"):
        return {(case, "") for case in CASES if yes(moment, who, kind, case)}
    if kind in ("referral.view", "card.view", "origin"):
        of = ORIGIN if kind == "origin" else {}
        act = "case.view" if kind == "origin" else kind
        return {(one, "") for one in REFERRALS if yes(moment, who, act, of.get(one, one))}
    if kind == "section":
        act = f"section.open:{table.removeprefix('section ')}"
        return {(case, "") for case in CASES if yes(moment, who, act, case)}
    if kind in ("section.open", "packet.open", "set_aside"):
        act = "packet.open" if kind == "packet.open" else "section.open"
        things, parts = (REFERRALS, PACKET) if kind == "packet.open" else (CASES, SECTIONS)
        found = {(one, name) for one in things for name in parts if yes(moment, who, f"{act}:{name}", one)}
        return found if kind != "set_aside" else {part for part in found if who in BOTH_WROTE.get(part, ())}
    if kind == "named":
        return {(one, "") for one in REFERRALS if _named(moment, who, one)}
    return {(body, "") for body in oracle.BODIES if _of_body(moment, who, table, body)}


BELONGS = {
    **dict.fromkeys(("case", "case_access", "case_step", "case_clock", "consent"), "case.view"),
    **dict.fromkeys(("consent_row", "referral_own_case"), "case.view"),
    **dict.fromkeys(("referral", "referral_step", "referral_clock"), "referral.view"),
    **dict.fromkeys(("section_key", "section_wrap"), "section.open"),
    "person_link": "case.edit",
    "referral_card": "card.view",
    "referral_origin": "origin",
    "referral_access": "named",
    "packet_body": "packet.open",
}


def _named(moment: str, who: str, referral: str) -> bool:
    """The receiver's team and its supervisor, once it was accepted; the desk is not the team."""
    if moment in ("start", "waiting") or who in ("Gulnora", "Shahlo"):
        return False
    return yes(moment, who, "referral.view", referral) and not yes(moment, who, "case.view", ORIGIN[referral])


def _of_body(moment: str, who: str, table: str, body: str) -> bool:
    home = oracle.PEOPLE[who][0] == body
    if table == "gap":
        return home or who == "Mavluda"
    if table == "ledger":
        return yes(moment, who, "ledger.view", "ledger-Umed") and (home or who == OVERSIGHT)
    if table == "role_held":
        return home
    if table == "membership":
        # Custodians work in all bodies; of the others they see their own row and no colleague.
        return home or who in ("Karim", "Lutfiya")
    return True


@pytest.mark.parametrize("moment", each())
def test_a_token_shows_the_rows_that_the_oracle_allows(moments: Moments, count: Counter[str], moment: str) -> None:
    there = rows.everything(moments, moment)
    assert there["set_aside"] == set(BOTH_WROTE), "there is something to be seen"
    wrong: list[str] = []
    asked = Counter[str]()

    def ask(who: str, person: Person) -> None:
        for table, found in person.seen().items():
            asked["rows"] += len(there[table])
            wanted = expected(moment, who, table) & there[table]
            if found != wanted:
                wrong.append(f"{who} {table}: too many {found - wanted}, too few {wanted - found}")
        wrong.extend(f"{who} reads {table}" for table in rows.SHUT if not person.shut(table))

    rows.each_person(moments, moment, ask)
    count["wall 2: rows shown or hidden"] += asked["rows"]
    assert asked["rows"] >= FLOOR
    assert not wrong, "\n".join(wrong)


def steps(world: World) -> dict[str, str]:
    """Calls of the definer functions with a version that never was: whoever may take the step gets as far as that."""
    calls = {
        f"{thing}|{step}": f"take('referral', {rows.uuid_of(world, thing)}, '{step}', null, -1, '{{}}'::jsonb, null)"
        for thing in REFERRALS
        for step in REFERRAL_STEPS
    }
    return calls | {
        f"{thing}|{step}": f"take('case', {rows.uuid_of(world, thing)}, '{step}', null, -1, '{{}}'::jsonb, '[]')"
        for thing in CASES
        if thing in world.things
        for step in CASE_STEPS
    }


def verdict(moment: str, who: str, thing: str, step: str, answer: str) -> str:
    """What is wrong with an answer; '' if nothing."""
    is_case = thing[0] == "K"
    state, act = CASE_STEPS[step] if is_case else ("", f"referral.{step}")
    view = "case.view" if is_case else "referral.view"
    told = oracle.answer(moment, who, act, thing)
    if not yes(moment, who, view, thing):
        return "" if answer.startswith("HK404") else "it must not exist for her"
    fits = not is_case or state == ("draft" if thing == "K3" else "open")
    if told == "yes" and fits:
        return "" if answer == "HK409 version_same" else "she may, and must get as far as the version"
    if told == "no":
        return "" if answer.startswith(REFUSED) or answer == "HK409 from_state" else "she may not"
    if told == "not now":
        return "" if answer.startswith("HK409") else "it is hers, and not the time"
    return "" if answer == "HK409 from_state" or answer.startswith("HK403") else "it is not the time"


@pytest.mark.parametrize("moment", each())
def test_a_step_is_refused_by_the_database_itself(moments: Moments, count: Counter[str], moment: str) -> None:
    calls = steps(moments.worlds[moment])
    wrong: list[str] = []
    asked = Counter[str]()

    def ask(who: str, person: Person) -> None:
        for name, answer in person.answers(calls).items():
            thing, step = name.split("|")
            asked["steps"] += 1
            if problem := verdict(moment, who, thing, step, answer):
                told = oracle.answer(moment, who, CASE_STEPS.get(step, ("", ""))[1] or step, thing)
                wrong.append(f"{who} {step} {thing}: {answer}: {problem} ({told})")

    rows.each_person(moments, moment, ask)
    count["wall 2: steps asked of the database"] += asked["steps"]
    assert asked["steps"] >= FLOOR
    assert not wrong, "\n".join(wrong)


def questions(world: World) -> dict[str, str]:
    """Calls of definers that tell something or change who sees a case."""
    calls: dict[str, str] = {}
    for thing in (case for case in CASES if case in world.things):
        case = rows.uuid_of(world, thing)
        calls[f"{thing}|people"] = f"1 / (select count(*) from case_people({case}))"
        calls[f"{thing}|history"] = f"(select count(*) from case_history({case}))"
        calls[f"{thing}|lock"] = f"case_lock({case})"
        calls[f"{thing}|close_epochs"] = f"epochs_close({case}, '{{identity}}')"
        calls[f"{thing}|admit"] = f"team_admit({case}, gen_random_uuid(), '{{}}', '{{}}', gen_random_uuid(), '')"
        calls[f"{thing}|clock"] = f"consent_clock({case}, null)"
        calls[f"{thing}|lock_closed"] = f"case_lock_closed({case})"
        word = "gen_random_uuid(), 1, false, now(), '', '[]', '{}'"
        calls[f"{thing}|opened_again"] = f"consent_ask_again({case}, {word})"
        calls[f"{thing}|notice"] = f"notice_add('case', {case}, array['L'], 'waiting', '', '', false, false)"
        calls[f"{thing}|notice_of_a_request"] = f"notice_add('referral', {case}, array['N'], 'now', '', '', true, true)"
        calls[f"{thing}|notice_to"] = f"notice_to(array[me()], 'case', {case}, 'now', '', '', true, true, null)"
        calls[f"{thing}|others_notices"] = "1 / (select count(*) from notice n where n.membership_id <> me())"
    place = typed._place(world.key(TYPES), TYPED_INTO).hex()
    calls["K1|typed"] = f"1 / (select count(*) from typed_newest('\\x{place}'::bytea))"
    for thing in REFERRALS:
        one = rows.uuid_of(world, thing)
        calls[f"{thing}|consent"] = f"1 / (select count(*) from consent_of({one}))"
        calls[f"{thing}|tell"] = f"notice_add('referral', {one}, array['S'], 'waiting', '', '', false, false)"
        calls[f"{thing}|seals"] = f"1 / (select count(*) from packet_seals({one}))"
        calls[f"{thing}|drop"] = f"packet_section_drop({one}, '{{identity}}')"
        calls[f"{thing}|team"] = f"1 / (select count(*) from referral_team({one}))"
        calls[f"{thing}|desk_workers"] = f"1 / (select count(*) from desk_workers(array[{one}]::uuid[]))"
        calls[f"{thing}|desk_agreed"] = f"1 / (select count(*) from desk_agreed(array[{one}]::uuid[]))"
    return calls


ASKS = {
    **dict.fromkeys(("people", "notice"), "case.view"),
    **dict.fromkeys(("lock", "clock"), "case.edit"),
    "admit": "case.admit",
    "close_epochs": "case.release",
    "history": "case.history",
    **dict.fromkeys(("lock_closed", "opened_again"), "case.reopen"),
    **dict.fromkeys(("consent", "tell"), "referral.view"),
    "desk_agreed": "referral.accept",
}


NEVER = ("notice_of_a_request", "notice_to", "others_notices")
"""A case is no request, the people of a notice are named by definers alone, and everybody reads her own."""


def may_ask(moment: str, who: str, thing: str, what: str) -> bool:
    """Who gets an answer, by the oracle."""
    if what in NEVER or what == "typed":
        return what == "typed" and who == TYPES  # the writer alone, whoever knows the name of the form
    if what in ASKS:
        return yes(moment, who, ASKS[what], thing)
    if what == "drop":
        return yes(moment, who, "case.edit", ORIGIN[thing])
    if what == "seals":
        desk = yes(moment, who, "referral.accept", thing)
        return desk or any(yes(moment, who, f"packet.open:{name}", thing) for name in PACKET)
    if what == "desk_workers" and ("desk officer" not in oracle.PEOPLE[who][1] or moment in ("withdrawn", "finished")):
        return False  # the officer's list names people while they help, no longer
    received = yes(moment, who, "referral.view", thing) and not yes(moment, who, "case.view", ORIGIN[thing])
    return received and moment not in ("start", "waiting") and thing in ("R1", "R3", "R5")


@pytest.mark.parametrize("moment", each())
def test_what_the_databases_own_functions_tell(moments: Moments, count: Counter[str], moment: str) -> None:
    calls = questions(moments.worlds[moment])
    wrong: list[str] = []
    asked = Counter[str]()

    def ask(who: str, person: Person) -> None:
        for name, answer in person.answers(calls).items():
            thing, what = name.split("|")
            asked["questions"] += 1
            told = answer == "done" or answer.startswith("HK409")
            if told != may_ask(moment, who, thing, what):
                wrong.append(f"{who} {what} {thing}: {answer}")

    rows.each_person(moments, moment, ask)
    count["wall 2: questions to definer functions"] += asked["questions"]
    assert asked["questions"] >= FLOOR
    assert not wrong, "\n".join(wrong)


TABLE_OF = {name: model._meta.db_table for name, model in SECTION_MODELS.items()}


def writes(world: World) -> dict[str, str]:
    """Plain updates of one's own making, row by row."""
    calls: dict[str, str] = {}
    for thing in (case for case in CASES if case in world.things):
        case = rows.uuid_of(world, thing)
        calls[f"{thing}|case.edit"] = f'update "case" set risk_code = risk_code where id = {case}'
        calls[f"{thing}|state"] = f"update \"case\" set state_code = 'closed' where id = {case}"
        for name, table in TABLE_OF.items():
            # The text agreed for a referral is a row of needs that the whole sender team writes.
            mine = f"case_id = {case} and kind_code <> 'agreed_text'"
            calls[f"{thing}|section.write:{name}"] = f"update {table} set body = body where {mine}"
    for thing in REFERRALS:
        one = rows.uuid_of(world, thing)
        calls[f"{thing}|referral.edit"] = f"update referral set told_body = told_body where id = {one}"
        calls[f"{thing}|state"] = f"update referral set state_code = 'recalled' where id = {one}"
    for name in world.bodies:
        body = f"'{world.bodies[name]}'::uuid"
        calls[f"{name}|ledger"] = f"update ledger set reason_code = '' where organisation_id = {body}"
        calls[f"{name}|role"] = f"update organisation set is_active = true where id = {body}"
    return calls


@pytest.mark.parametrize("moment", each(["start", "serving", "left"], fast=["serving"]))
def test_plain_updates_reach_what_the_oracle_lets_her_write(moments: Moments, count: Counter[str], moment: str) -> None:
    calls = writes(moments.worlds[moment])
    there = rows.everything(moments, moment)
    wrong: list[str] = []
    asked = Counter[str]()

    def ask(who: str, person: Person) -> None:
        for name, answer in person.answers(calls).items():
            thing, act = name.split("|")
            asked["writes"] += 1
            allowed = act not in ("state", "ledger", "role") and yes(moment, who, act, thing)
            if act.startswith("section.write:") and (thing, "") not in there[f"section {act.partition(':')[2]}"]:
                allowed = False
            # A completed screening is frozen for everybody.
            frozen = act == "section.write:screening" and answer == "HK409 from_state"
            if (answer == "done" or frozen) != allowed:
                wrong.append(f"{who} {act} {thing}: {answer}")

    rows.each_person(moments, moment, ask)
    count["wall 2: plain updates"] += asked["writes"]
    assert asked["writes"] >= FLOOR
    assert not wrong, "\n".join(wrong)


def test_the_police_whom_she_refused_get_nothing_even_by_plain_sql(moments: Moments) -> None:
    """R2 stands as a draft; a sender who goes round the product is told that there is no agreement."""
    world = moments.worlds["start"]
    call = f"take('referral', {rows.uuid_of(world, 'R2')}, 'send', null, {{version}}, '{{{{}}}}'::jsonb, null)"
    found: dict[str, str] = {}

    def ask(who: str, person: Person) -> None:
        for version in range(1, 4):
            answer = person.answers({"send": call.format(version=version)})["send"]
            if not answer.endswith("version_same"):
                found[who] = answer

    rows.each_person(moments, "start", ask)
    senders = {"Zarina", "Firuza", "Daler", "Nigina"}
    assert {who: found[who] for who in senders} == dict.fromkeys(senders, "HK409 consent_live")
    assert all(answer.startswith(REFUSED) for who, answer in found.items() if who not in senders)


@pytest.mark.parametrize("token", ["", "0" * 64, "not a token"])
def test_without_a_session_no_row_shows(moments: Moments, count: Counter[str], token: str) -> None:
    world = moments.worlds["accepted"]
    with moments.raw("accepted", "hk_app") as connection:
        connection.execute("select set_config('hk.token', %s, true)", [token])
        person = Person(connection, {})
        assert {table: seen for table, seen in person.seen().items() if seen} == {}
        answers = person.answers(steps(world))
        assert {answer for answer in answers.values() if not answer.startswith("HK404")} == set()
        count["wall 2: steps asked of the database"] += len(answers)
