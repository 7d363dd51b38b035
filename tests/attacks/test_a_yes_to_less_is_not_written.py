"""She says yes anew, with her name, to fewer sections, and the database refuses the row.

What such a yes leaves out was held by no mark, so that it was read on and sent.
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import send
from hamkori.refusal import NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, raising
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

NEEDS, LEGAL = frozenset({"needs"}), {"kind": "legal", "purpose": "help"}


def refused(house: House, case: Case, sections: frozenset[str] = NEEDS, code: str = "P0001", **row: str) -> None:
    with raising("consent", code), alarmed("consent"), pytest.raises(NotNow, match="unwritten"):
        says(house, case, sections=sections, **row)


@pytest.mark.parametrize("code", ["P0001", "HK403", "HK409", "42501"])
def test_what_it_leaves_out_is_read_no_more(house: House, code: str) -> None:
    case, referral = house.accepted()
    draft = house.draft(case)
    refused(house, case, code=code)
    tried()
    assert set(reads(house, referral)) == {"text"}, "what is left is read on"
    with pytest.raises(NotNow, match="section_agreed"):
        sends(house, draft)


def test_nor_where_her_word_cannot_be_confirmed_for_a_moment(house: House) -> None:
    case, referral = house.accepted()
    owner("update consent set tag = %s where case_id = %s", bytes(64), case.pk)
    before = alarms()
    with pytest.raises(NotNow, match="tag_mismatch"):
        says(house, case, sections=NEEDS)
    assert alarms() != before
    tried()
    assert set(reads(house, referral)) == {"text"}


def test_her_papers_go_no_more_and_her_name_does(house: House) -> None:
    case = house.case()
    says(house, case, sections=frozenset({"contact", "identity"}), **LEGAL)
    refused(house, case, frozenset({"contact"}), **LEGAL)
    tried()
    row = house.as_(LEAD, lambda _actor: newest(case.pk)).as_rules["legal", "help"]
    assert (row.answer, row.sections) == ("yes", {"contact"})
    says(house, case, "no", kind="police", purpose="justice")
    (written,) = (row for row in rows_of(case) if row["kind_code"] == "legal")
    assert (written["answer_code"], written["sections"]) == ("yes", ["contact"])


def test_her_papers_are_read_no_more_and_her_name_is(house: House) -> None:
    case = house.case()
    says(house, case, sections=frozenset({"contact", "identity"}))
    referral = house.as_(LEAD, lambda actor: written(house, actor, case))
    sends(house, referral)
    accept(house, referral)
    assert set(reads(house, referral)) == {"text", "contact", "identity"}
    refused(house, case, frozenset({"contact"}))
    tried()
    left = reads(house, referral)
    assert (set(left), "call_name" in left["contact"]) == ({"text", "contact"}, True)


def written(house: House, actor: Any, case: Case) -> Any:
    papers = {"legal_names": "Canary-Legal-Name"}
    section.write_section(actor, case, section="identity", fields=papers, seal_no=0)
    service, sections = house.world.services["HOME-02"], ["contact", "identity"]
    return send.write(actor, case, service=service, purpose="help", urgency="urgent", sections=sections, told_body=True)


def test_her_name_is_read_on_where_no_papers_were_to_go(house: House) -> None:
    case, referral = house.accepted()
    refused(house, case, frozenset({"contact"}))
    assert "call_name" in reads(house, referral)["contact"]
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert (word.unwritten, word.as_rules[HELP].answer) == (False, "yes")


def test_pressed_again_it_is_written_and_the_next_yes_counts(house: House) -> None:
    case, referral = house.accepted()
    refused(house, case)
    says(house, case, sections=NEEDS)
    assert set(reads(house, referral)) == {"text"}
    says(house, case)
    draft = house.draft(case)
    sends(house, draft)
    accept(house, draft)
    assert "call_name" in reads(house, draft)["contact"]


def test_who_gives_it_and_is_refused_by_a_guard_of_ours_takes_nothing(house: House) -> None:
    case, referral = house.accepted()
    before = alarms()
    with pytest.raises(NotNow, match="how_given"):
        gives_badly(house, case)
    with pytest.raises(NotVisible):
        says(house, case, sections=NEEDS, who=COLLEAGUE)
    assert alarms() == before
    assert "call_name" in reads(house, referral)["contact"]


def gives_badly(house: House, case: Case) -> None:
    def do(actor: Any) -> None:
        asking = consent.Asking(language="tg", until_on=tomorrow())
        consent.record(actor, case, answers=[consent.Answer(*HELP, "yes", NEEDS)], asking=asking)

    house.as_(LEAD, do)
