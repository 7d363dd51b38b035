"""Reading a secret is an act: the ledger row first, then the key."""

from dataclasses import replace

import pytest
from django.db import connection

from hamkori.access.actor import Actor
from hamkori.action import Disclosure, disclosure
from hamkori.casework.case.models import Case
from hamkori.people.models import Membership
from hamkori.refusal import NotNow, NotVisible
from tests.access import cast
from tests.access.cast import Cast
from tests.access.doing import rows, told
from tests.database import god

pytestmark = pytest.mark.django_db


KEY = object()


def holding(who: Membership) -> Actor:
    return replace(cast.acting(who), keys=KEY)


def test_a_secret_is_read_after_its_ledger_row_was_written(people: Cast) -> None:
    seen: list[object] = []

    @disclosure("section.open", on="case")
    def open_sections(act: Disclosure, case: Case, *sections: str) -> None:
        seen.append(act.actor.keys)
        for section in sections:
            key = act.disclose(section=section)
            seen.append((key, [row.section_code for row in rows()]))

    open_sections(holding(people.zarina), people.case, "contact", "needs")
    assert seen == [None, (KEY, ["contact"]), (KEY, ["contact", "needs"])]
    assert told() == [("section.open", "done", "")] * 2, "one row per section, and no other"
    assert open_sections.discloses


def test_a_sealed_vault_shows_nothing(people: Cast) -> None:
    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> object:
        return act.disclose(section="contact")

    with pytest.raises(NotNow, match="vault_open"):
        open_section(cast.acting(people.zarina), people.case)
    assert told() == [("section.open", "refused", "vault_open")]


def test_no_log_no_data(people: Cast) -> None:
    reached = []

    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> None:
        with god(), connection.cursor() as cursor:
            cursor.execute("revoke execute on all functions in schema public from hk_app")
        act.disclose(section="contact")
        reached.append("the key")

    with pytest.raises(NotVisible):
        open_section(holding(people.zarina), people.case)
    assert reached == []


def test_a_disclosure_without_a_row_is_a_fault(people: Cast) -> None:
    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> str:
        return "what was never asked for"

    with pytest.raises(RuntimeError, match="without a ledger row"):
        open_section(holding(people.zarina), people.case)
    assert told() == []
