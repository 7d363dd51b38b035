"""Which keys a release makes old is asked of nobody: all of the case. Her row may be emptied for that moment.

Red on bd47dfe: `team.release` closed the epochs of the sections that the released row named, and those that `team_end`
said it closed. The owner emptied the row's sections and took her wraps out of the table while she was released, and put
the wraps back: what the honest ones wrote afterwards lay under a key that she held. No alarm.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from hamkori.vault import tags
from hamkori.vault.server import trust
from tests.attacks.counted import tried
from tests.attacks.owned import alarmed, copy_back, owner, sections_read
from tests.attacks.test_planted_casework import PSYCHOLOGIST, team_row, write
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, LEAD, House

pytestmark = pytest.mark.alarms


def emptied(case: Case, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Her row names no section, no wrap is hers, and all epochs are closed already; the wraps, to be put back."""
    owner("alter table case_access disable trigger user")
    owner("update case_access set sections = '{}', writes = '{}' where id = %s", row["id"])
    owner("alter table case_access enable trigger user")
    owner("update section_key set closed_at = now() where case_id = %s", case.pk)
    return owner(
        "delete from section_wrap w using section_key k, person_key p, membership m where k.id = w.section_key_id"
        " and k.case_id = %s and p.id = w.recipient_key_id and m.user_id = p.user_id and m.id = %s returning w.*",
        case.pk,
        row["membership_id"],
    )


def releases(actor: Any, house: House, case: Case) -> None:
    team.release(actor, case, membership=house.world.membership(COLLEAGUE))


def leaves(actor: Any, _house: House, case: Case) -> None:
    team.leave(actor, case)


GOES = (pytest.param(LEAD, releases, id="released"), pytest.param(COLLEAGUE, leaves, id="left"))


def who_reads(house: House, case: Case, wraps: list[dict[str, Any]]) -> set[str]:
    """Who opens what is written once her wraps lie there again, and the epochs are open."""
    owner("update section_key set closed_at = null where case_id = %s", case.pk)
    for wrap in wraps:
        copy_back("section_wrap", wrap)
    write(house, case)
    tried()
    return {name for name, where in sections_read(house.world, case.pk) if where == "contact"}


@pytest.mark.parametrize(("who", "goes"), GOES)
def test_nothing_is_written_for_who_was_released_from_an_emptied_row(house: House, who: str, goes: Any) -> None:
    case = house.case(COLLEAGUE)
    assert settings.HAMKORI_MARKS
    row = team_row(case, house, COLLEAGUE)
    wraps = emptied(case, row)
    assert wraps
    with alarmed("team"):
        house.as_(who, lambda actor: goes(actor, house, case))
    assert who_reads(house, case, wraps) == {LEAD}


@pytest.mark.parametrize(("who", "goes"), GOES)
def test_nor_for_who_held_more_by_a_former_row(house: House, who: str, goes: Any) -> None:
    """Who supervised the case and joined its team then: her row of today is believed, and names less than she holds."""
    case = house.case(COLLEAGUE)
    row, person = team_row(case, house, COLLEAGUE), house.world.people[COLLEAGUE]
    wraps = emptied(case, row)
    said = (case.pk, row["membership_id"], person.user_id, "member", ["place"], ["place"])
    tag = trust().tag(tags.team(row["id"], *said))
    owner("alter table case_access disable trigger user")
    owner("update case_access set sections = %s, writes = %s, tag = %s where id = %s", *said[4:], tag, row["id"])
    owner("alter table case_access enable trigger user")
    before = alarms()
    house.as_(who, lambda actor: goes(actor, house, case))
    assert alarms() == before, "an honest row that ends is no alarm"
    assert who_reads(house, case, wraps) == {LEAD}


@pytest.mark.parametrize("alone", [True, False], ids=["the only one", "beside the lead"])
def test_who_is_called_a_lead_while_she_leaves_has_left(house: House, alone: bool) -> None:
    """A lead stays until there is another one: she was told so, and stayed."""
    case = house.case(COLLEAGUE)
    hers, leads = (team_row(case, house, who)["id"] for who in (COLLEAGUE, LEAD))
    called = "update case_access set kind_code = %s where id = %s"
    owner("alter table case_access disable trigger user")
    owner(called, "lead", hers)
    if alone:
        owner(called, "member", leads)
    with alarmed("team"):
        house.as_(COLLEAGUE, lambda actor: team.leave(actor, case))
    owner(called, "member", hers)
    owner(called, "lead", leads)
    owner("alter table case_access enable trigger user")
    assert who_reads(house, case, []) == {LEAD}


def test_a_lead_who_leaves_stays(house: House) -> None:
    case = house.case(COLLEAGUE)
    with pytest.raises(NotNow, match="last_member"):
        house.as_(LEAD, lambda actor: team.leave(actor, case))
    assert who_reads(house, case, []) == {LEAD, COLLEAGUE}


def test_what_she_did_not_hold_is_written_on_without_an_alarm(house: House) -> None:
    """The database closes what the marks close."""
    case, before = house.case(PSYCHOLOGIST), alarms()
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(PSYCHOLOGIST)))
    fields = {"address": "by the mill"}
    house.as_(
        LEAD,
        lambda actor: section.write_section(actor, case, section="place", fields=fields, seal_no=1),
    )
    assert alarms() == before
    assert owner("select epoch from place where case_id = %s", case.pk) == [{"epoch": 2}]
