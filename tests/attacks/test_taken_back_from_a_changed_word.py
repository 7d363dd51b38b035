"""Everything is taken back from a version that the owner changed: what he changed in it is vouched for anew.

`consent.withdraw` needs no belief, so that her word against everything never waits. But the new version carries over
whom she does not want as the changed rows say it, under a good tag: who was struck off there may be sent to, once she
agrees to something again. Red on 3f58cb0.
"""

from __future__ import annotations

import re

import pytest

from hamkori.access.context import now
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.consent import asked
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.queries.refer import prepared_for
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, says, sends, version_of
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import LEAD, House, state
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def test_whom_she_does_not_want_stays_when_she_takes_everything_back(house: House) -> None:
    case = house.case()
    shelter = house.world.bodies["shelter-kulob"]
    says(house, case, without=(shelter,))
    owner("delete from consent_excluded where consent_id = %s", version_of(case)["id"])
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    says(house, case)
    draft = house.draft(case)
    tried()
    with pytest.raises(NotNow):
        sends(house, draft)
    not_sent(house, draft)
    assert word is not None
    assert shelter in word.excluded


def test_nor_does_it_help_to_hide_her_word_or_the_organisation_meanwhile(house: House) -> None:
    """All her versions are gone, and the list lacks the organisation: unknown until she takes it again."""
    case = house.case()
    shelter = house.world.bodies["shelter-kulob"]
    says(house, case, without=(shelter,))
    erase_newest(case)
    owner("create policy hidden on organisation as restrictive to hk_app using (slug <> 'shelter-kulob')")
    try:
        with alarmed("consent"):
            house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    finally:
        owner("drop policy hidden on organisation")
    says(house, case)
    draft = house.draft(case)
    with pytest.raises(NotNow, match="body_allowed"):
        sends(house, draft)
    not_sent(house, draft)
    # The pages draw it as one that gets nothing, so that there is a tick to take away.
    assert shelter in house.as_(LEAD, lambda actor: asked(case, now()).excluded & prepared_for(actor, case.pk).excluded)
    says(house, case, again=(shelter,))
    assert shelter not in house.as_(LEAD, lambda actor: asked(case, now()).excluded)
    assert shelter not in house.as_(LEAD, lambda actor: prepared_for(actor, case.pk).excluded)
    sends(house, draft)
    assert state(draft) == "sent"


def test_where_all_her_versions_are_gone_the_page_leads_out(house: House) -> None:
    """The case page led to taking back, that said that there is nothing, and led to a refusal: round and round."""
    case, referral = house.accepted()
    erase_newest(case)
    client, form = opened(house, case)
    assert "There is nothing to withdraw." not in page_text(client.get(page(case, "withdraw/")))
    with alarmed("consent"):
        assert client.post(page(case, "withdraw/"), form).status_code == 303
    assert state(referral) == "withdrawn"
    assert client.get(page(case)).status_code == 200


def test_the_page_says_what_becomes_of_it_and_whom_to_ask_about(house: House) -> None:
    """Every organisation counted as one that she does not want, unsaid; and the false row stood there as her word."""
    case = house.case()
    says(house, case)
    owner("update consent_row set sections = sections || '{place}' where consent_id = %s", version_of(case)["id"])
    client, form = opened(house, case)
    taking = client.get(page(case, "withdraw/"))
    shown = page_text(taking)
    assert "What is shown here of the consent cannot be confirmed." in shown
    assert re.findall(r'name="took" value="([^"]*)"', taking.content.decode()) == ["all"], (
        "a part is none: again and again"
    )
    with alarmed("consent"):
        assert client.post(page(case, "withdraw/"), form).status_code == 303
    asks = page_text(client.get(page(case)))
    assert "Nobody knows any more which organisations the person does not want." in asks
    assert "Cannot be confirmed" in asks, "of the version of before"
    again = tuple(house.as_(LEAD, lambda actor: asked(case, now()).excluded))
    says(house, case, again=again)
    assert "Nobody knows any more" not in page_text(client.get(page(case)))


def test_what_is_read_still_is_not_called_shut(house: House) -> None:
    """A request goes by its permit: what a changed row of hers says of it neither opens nor shuts anything."""
    case, referral = house.accepted()
    client, _form = opened(house, case)
    owner("update consent_row set sections = sections || '{place}' where consent_id = %s", version_of(case)["id"])
    shown = page_text(client.get(f"/cases/{case.code}/"))
    assert "Cannot be confirmed" in shown
    assert "nothing can be opened" not in shown
    assert reads(house, referral)["contact"]


def test_it_stops_no_adult_and_no_other_case(house: House) -> None:
    """Her yes to the police, said anew, is one; and nobody's word elsewhere has become unknown."""
    case, other = house.case(), house.case()
    says(house, case)
    owner("delete from consent_row where consent_id = %s", version_of(case)["id"])
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    says(house, case, "yes", kind="police", purpose="justice")
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert word is not None
    assert word.as_rules["police", "justice"].answer == "yes"
    assert ("police", "protection") not in word.as_rules, "she was never asked"
    house.sent(other)


def test_a_childs_no_to_the_police_stays_when_everything_is_taken_back(house: House) -> None:
    """Its answer is made one that was never asked; afterwards a yes to the police is taken."""
    case = house.case()
    owner("update \"case\" set is_child = true, age_band_code = 'a9_17' where id = %s", case.pk)
    child = {"speaker": "parent", "child_answer": "says_no"}
    says(house, case, "no", kind="police", purpose="justice", **child)
    owner("delete from consent_row where consent_id = %s", version_of(case)["id"])
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    tried()
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, "yes", kind="police", purpose="justice", **{**child, "child_answer": "agrees"})


def test_a_child_that_was_never_asked_about_the_police_has_not_said_no(house: House) -> None:
    """It stood there as the child's own "no", and final: no page led out, and the police could protect it no more."""
    case = house.case()
    owner("update \"case\" set is_child = true, age_band_code = 'a9_17' where id = %s", case.pk)
    child = {"speaker": "parent", "child_answer": "agrees"}
    says(house, case, **child)
    owner("update consent_row set sections = sections || '{place}' where consent_id = %s", version_of(case)["id"])
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    says(house, case, "yes", kind="police", purpose="protection", **child)
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert word is not None
    assert word.as_rules["police", "protection"].answer == "yes"
