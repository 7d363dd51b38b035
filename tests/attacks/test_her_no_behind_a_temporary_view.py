"""Her "no" is taken for an older "yes" while something else is written down, and is a "yes" of ours from then on.

A function of the owner's that a page calls makes a temporary view `consent` in the page's own connection: it is looked
up before the table (`hk_owner`, as whom a definer acts, might make one; why the test goes on giving him that:
`may_make_temporary_views`). The view answers the id of the case as bytes, so that the mark of her words is looked for
under another name (`test_ids_that_are_bytes.py`), and her "yes" of before, put in the place of her "no", holds. What
she says then of something else carries it on, with a tag and a number of today. No alarm at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries import said
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from hamkori.vault.bytes import Untrusted
from tests.attacks.counted import tried
from tests.attacks.hers import accept, erase_newest, rows_of, says, sends, version_of
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.casework.racing import LEAD, House, state

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]


@contextmanager
def her_words_of_before() -> Iterator[None]:
    """The lock of a case makes the view; reading it once puts the table first again."""
    names = [
        one["name"]
        for one in owner(
            "select attname::text as name from pg_attribute where attrelid = 'consent'::regclass and attnum > 0"
            " and not attisdropped order by attnum"
        )
    ]
    said = {name: f"c.{name}" for name in names} | {
        "case_id": "uuid_send(c.case_id) as case_id",
        "number": "case when set_config('search_path', 'public,pg_temp', false) <> '' then c.number end as number",
    }
    view = f"select {', '.join(said[name] for name in names)} from public.consent c"
    owner(
        "create function are_same(bytea, uuid) returns boolean language sql as $$ select $1 = uuid_send($2) $$;"
        "create operator public.= (leftarg = bytea, rightarg = uuid, function = are_same);"
        "alter function case_lock(uuid) rename to case_lock_as_made;"
        "create function case_lock(p_case uuid) returns void language plpgsql security definer"
        " set search_path = public as $do$ begin perform case_lock_as_made(p_case);"
        f" create or replace temporary view consent as {view}; grant select on pg_temp.consent to public; end $do$;"
        "grant execute on function case_lock(uuid), are_same(bytea, uuid) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop function case_lock(uuid); alter function case_lock_as_made(uuid) rename to case_lock;"
            "drop operator public.= (bytea, uuid); drop function are_same(bytea, uuid)"
        )


def alarms() -> str:
    path = Path(settings.HAMKORI_MARKS, "alarms")
    return path.read_text() if path.exists() else ""


def no_and_something_else(house: House) -> tuple[Case, Referral]:
    """She says yes, then no; the no is taken away, and she says something else meanwhile."""
    case = house.case()
    draft = house.draft(case)
    says(house, case)
    says(house, case, "no")
    assert rows_of(case)[0]["answer_code"] == "no"
    erase_newest(case)
    with her_words_of_before(), suppress(NotNow):
        says(house, case, kind="health")
    return case, draft


def test_what_she_says_of_something_else_carries_no_yes_on_that_she_took_back(house: House) -> None:
    """The new word had number 3, past the mark, and said yes where she had said no; the request was sent on it."""
    before = alarms()
    case, draft = no_and_something_else(house)
    told = alarms() != before
    answers = {row["kind_code"]: row["answer_code"] for row in rows_of(case) if version_of(case)["number"] > 2}
    tried()
    assert answers.get("shelter_social") != "yes", f"her no is a yes; alarm: {told}"
    with pytest.raises(NotNow):
        sends(house, draft)
    assert state(draft) == "draft"


def test_nor_is_her_name_read_on_it(house: House) -> None:
    """The same to its end: the request is sent, accepted, and a worker of the receiver reads what to call her."""
    before = alarms()
    _case, draft = no_and_something_else(house)
    read: dict[str, Any] = {}
    with suppress(NotNow):
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert "contact" not in read, f"her name is read; alarm: {told}"


def test_nobodys_word_of_another_case_counts_for_hers(house: House) -> None:
    """It is ours, and the newest of its case."""
    case, other = house.case(), house.case()
    says(house, other)
    word = house.as_(LEAD, lambda _actor: said.newest(other.pk))
    tried()
    with pytest.raises(Untrusted):
        house.as_(LEAD, lambda _actor: said.believed(case.pk, lambda: word))
