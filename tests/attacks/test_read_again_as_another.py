"""A record is read again under its lock, and the database answers another one's id: what one woman says is the other's.

`refresh_from_db` takes every column of what it finds, the id too. A form names the case that it was drawn for, and that
is asked when its code is looked up; nobody asks once the case is locked, and everything afterwards goes by `case.pk`:
the number, the tag, the mark. A function of the owner's that the page calls (`case_lock`) makes a temporary view in the
page's own connection (`test_her_no_behind_a_temporary_view.py`), which says the other id for one reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import Kept, age_of, puts_age_back, reads, settles
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House, state
from tests.cast import FACTS, SEALED, tomorrow
from tests.web.consenting import form_of, page

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]


def _columns(table: str) -> list[str]:
    return [
        one["name"]
        for one in owner(
            "select attname::text as name from pg_attribute where attrelid = %s::regclass and attnum > 0"
            " and not attisdropped order by attnum",
            table,
        )
    ]


TAKES = {
    "case_lock": "uuid",
    "referral_lock": "uuid",
    "take": "text, uuid, text, text, integer, jsonb, jsonb",
}


@contextmanager
def read_again_as(table: str, lock: str, asked: UUID, other: UUID) -> Iterator[None]:
    """After that call the first reading of that record says the other's id; then the table is first again."""
    takes = TAKES[lock]
    subject = f"${takes.split(', ').index('uuid') + 1}"
    given = ", ".join(f"${number}" for number in range(1, takes.count(",") + 2))
    answer = owner(
        "select prorettype::regtype::text as t from pg_proc where oid = %s::regprocedure", f"{lock}({takes})"
    )
    back = answer[0]["t"]
    done = f"perform {lock}_as_made({given});" if back == "void" else f"v := {lock}_as_made({given});"
    declared, returned = ("", "") if back == "void" else (f"declare v {back};", "return v;")
    names = ", ".join("other_id(c.id) as id" if name == "id" else f'c."{name}"' for name in _columns(table))
    view = f"select {names} from public.{table} c"
    owner(
        "create function other_id(p uuid) returns uuid language plpgsql stable as $do$ begin"
        f" if p <> '{asked}' then return p; end if;"
        " if coalesce(current_setting('hkx.asked', true), '') = '' then"
        "   perform set_config('hkx.asked', '1', false); return p; end if;"
        " perform set_config('search_path', 'public,pg_temp', false);"
        f" return '{other}'; end $do$;"
        f"alter function {lock}({takes}) rename to {lock}_as_made;"
        f"create function {lock}({takes}) returns {back} language plpgsql security definer"
        f" set search_path = public as $do$ {declared} begin {done}"
        f" if {subject} in ('{asked}', (select c.case_id from referral_origin c where c.referral_id = '{asked}'))"
        " and coalesce(current_setting('hkx.asked', true), '') = '' then"
        f" create or replace temporary view {table} as {view}; grant select on pg_temp.{table} to public;"
        f" end if; {returned} end $do$;"
        f"grant execute on function {lock}({takes}), other_id(uuid) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            f"drop function {lock}({takes}); alter function {lock}_as_made({takes}) rename to {lock};"
            "drop function other_id(uuid)"
        )


def alarms() -> str:
    path = Path(settings.HAMKORI_MARKS, "alarms")
    return path.read_text() if path.exists() else ""


def test_a_yes_of_one_woman_is_no_others(house: House) -> None:
    """The other has said no. The first says yes; the word is written as the other's, and something is sent on it."""
    first, second = house.case(), house.case()
    draft = house.draft(second)
    says(house, second, "no")
    before = alarms()
    with read_again_as('"case"', "case_lock", first.pk, second.pk), suppress(NotNow):
        says(house, first)
    told = alarms() != before
    tried()
    hers = rows_of(second)[0]["answer_code"]
    with suppress(NotNow):
        sends(house, draft)
    assert (hers, state(draft)) == ("no", "draft"), f"her no is a yes; alarm: {told}"


def test_nor_by_the_page_with_the_form_that_names_her(house: House) -> None:
    """The same in a browser, whose form carries of which case it is. Both were asked once before."""
    first, second = house.case(), house.case()
    says(house, first, "no"), says(house, second, "no")
    with transaction.atomic():
        client = doors.client_for(house.world.people[LEAD])
    before, form = alarms(), form_of(client.get(page(first)))
    said = {
        "a_shelter_social_help": "yes",
        "s_shelter_social_help": ["contact"],
        "read": "on",
        "how_given": "spoken",
        "language": "tg",
    }
    with read_again_as('"case"', "case_lock", first.pk, second.pk):
        answer = client.post(page(first), {**form, **said})
    told = alarms() != before
    tried()
    assert rows_of(second)[0]["answer_code"] == "no", (
        f"her no is a yes, by the page ({answer.status_code}); alarm: {told}"
    )


def test_nor_is_her_name_read_on_it(house: House) -> None:
    first, second = house.case(), house.case()
    draft = house.draft(second)
    says(house, second, "no")
    before = alarms()
    read: dict[str, Any] = {}
    with read_again_as('"case"', "case_lock", first.pk, second.pk), suppress(NotNow):
        says(house, first)
    with suppress(NotNow):
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert read == {}, f"her name is read; alarm: {told}"


def test_her_taking_back_of_everything_is_no_others(house: House) -> None:
    """What she takes back is taken back from another woman; hers stands, and her name is read on it."""
    first, referral = house.accepted()
    second = house.case()
    says(house, second)
    before = alarms()
    done = False
    with read_again_as('"case"', "case_lock", first.pk, second.pk), suppress(NotNow):
        house.as_(
            LEAD,
            lambda actor: consent.withdraw(actor, Case.objects.get(pk=first.pk), how_said="in_person"),
        )
        done = True
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    told = alarms() != before
    tried()
    assert not (done and read), f"the page says that nothing can be opened, and her name is read; alarm: {told}"


def test_what_was_stopped_is_accepted_by_nobody(house: House) -> None:
    """`stop` reads the request again before it makes its permit old: it made another one's old."""
    case, referral = house.sent(urgency="normal")
    other = house.draft(case)
    kept = Kept(referral)
    before = alarms()
    with read_again_as("referral", "take", referral.pk, other.pk):
        owner_stop(house, referral, case)
    assert (state(referral), alarms() != before) == ("sent", True), "it is refused, and she presses once more"
    owner_stop(house, referral, case)
    assert state(referral) == "draft"
    kept.put_back()
    owner("update referral set visible_at = now() - interval '1 minute' where id = %s", referral.pk)
    read: dict[str, Any] = {}
    with suppress(NotNow):
        accept(house, referral)
        read = reads(house, referral)
    tried()
    assert read == {}, "what was stopped is read"


def owner_stop(house: House, referral: Referral, case: Case) -> None:
    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.stop(actor, found, version=found.version)

    with suppress(NotNow):
        house.as_(LEAD, do)


def test_her_age_is_settled_of_herself(house: House) -> None:
    """She is a child, and what she agreed to as an adult ends 14 days later: said of another case, with its mark."""
    first, second = house.case(), house.case()
    age = age_of(first)
    before = alarms()
    with read_again_as('"case"', "take", first.pk, second.pk), suppress(NotNow):
        settles(house, first)
    assert (age_of(first) == age, alarms() != before) == (True, True), "it is refused, and pressed once more"
    settles(house, first)
    child = age_of(first)[0]
    puts_age_back(first, age)
    held = house.as_(LEAD, lambda _actor: ages.held(Case.objects.get(pk=first.pk))[0].child)
    tried()
    assert (child, held) == (True, True), "she was settled to be a child, and is held to be none"


STEP = "step_is_written_down()"


def test_hour_and_place_go_to_no_other_team(house: House) -> None:
    """An officer accepts one request and writes hour and place; they are sealed for the team of another one.

    What looks whether each step is written down finds the other's without a row: he takes that away for the moment.
    """
    _first, hers = house.sent()
    other = of_a_colleague(house)
    before = alarms()
    wall = owner(f"select pg_get_functiondef('{STEP}'::regprocedure) as made")[0]["made"]

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=hers.pk)
        receive.accept(
            actor,
            found,
            version=found.version,
            team=[house.world.membership(WORKER)],
            arrival_on=tomorrow(),
            arrival_part="morning",
            meeting={"hour": "canary-hour"},
        )

    owner(f"create or replace function {STEP} returns trigger language plpgsql as $$ begin return null; end $$")
    try:
        with read_again_as("referral", "referral_lock", hers.pk, other.pk), suppress(NotNow, NotVisible):
            house.as_(DESK, do)
    finally:
        owner(wall)
    told = alarms() != before
    line: dict[str, Any] = {}
    with suppress(NotNow, NotVisible):
        line = house.as_(COLLEAGUE, lambda actor: disclosure.open_meeting(actor, Referral.objects.get(pk=other.pk)))
    tried()
    assert line == {}, f"another case's worker reads where she is to be met; alarm: {told}"


def of_a_colleague(house: House) -> Referral:
    def made(actor: Any) -> Referral:
        case = cases.begin(actor, codes=FACTS, sealed=SEALED)
        case = cases.register(actor, case, version=case.version)
        said = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow() + timedelta(days=59))
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        consent.record(actor, case, answers=answers, asking=said)
        draft = house.write(actor, case)
        return send.send(actor, draft, version=draft.version)

    found: Referral = house.as_(COLLEAGUE, made)
    return found
