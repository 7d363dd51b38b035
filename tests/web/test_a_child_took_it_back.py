"""Which adult knows that a child has taken everything back: it is asked there, and holds up nothing."""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent, ConsentRow
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
CHILD = {"call_name": "canary", "child_contact": "canary-guardianship"}
SPOKEN: dict[str, Any] = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
ALARM = "No adult who speaks for the child knows of this yet."
EVERYTHING = {"took": ["all"], "how_said": "in_person"}


def agreed(house: Senders) -> Case:
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    house.agreed(case, **SPOKEN)
    return case


def taken_back(house: Senders, case: Case, **said: object) -> tuple[str, Consent]:
    at = f"/cases/{case.code}/consent/withdraw/"
    client = house.browser()
    answer = client.post(at, fields(client.get(at), at) | EVERYTHING | said, follow=True)
    assert answer.redirect_chain, page_text(answer)
    with god():
        return answer.content.decode(), Consent.objects.filter(case=case).latest("number")


def test_it_is_asked_of_a_child_as_where_consent_is_asked_and_of_no_adult(house: Senders) -> None:
    """Red before: only the page afterwards said whom to tell."""
    case = agreed(house)
    shown = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    for text in ("Adult who speaks for the child", "Nobody yet", "May this adult be involved in what happened?"):
        assert text in shown, text
    assert "You can withdraw without an answer." in shown
    adult = house.case()
    house.agreed(adult)
    assert "Nobody yet" not in page_text(house.browser().get(f"/cases/{adult.code}/consent/withdraw/"))


def test_an_adult_who_knows_is_kept_with_it(house: Senders) -> None:
    page, version = taken_back(house, agreed(house), speaker="guardian", suspected="no")
    assert "Guardian speaks for the child, and knows of this." in page
    assert ALARM not in page
    assert (version.step_code, version.speaker_code, version.speaker_suspected) == ("withdraw", "guardian", False)
    with god():
        rows = ConsentRow.objects.filter(consent=version)
        assert {row.answer_code for row in rows} == {"withdrawn"}
        assert {row.speaker_code for row in rows} == {"guardianship_body"}, "who spoke when it was agreed to"


@pytest.mark.parametrize("said", [{}, {"speaker": "nobody"}, {"speaker": "nobody", "suspected": "no"}])
def test_nobody_yet_keeps_the_alarm_and_nothing_waits_for_an_answer(house: Senders, said: dict[str, str]) -> None:
    case = agreed(house)
    page, version = taken_back(house, case, **said)
    assert (version.step_code, version.speaker_code) == ("withdraw", "")
    assert ALARM in page
    assert f'href="/cases/{case.code}/first/?step=alone"' in page
    assert "Child protection is still to be told." in page


@pytest.mark.parametrize("suspected", [{"suspected": "yes"}, {}])
def test_who_may_be_involved_is_no_adult_who_speaks(house: Senders, suspected: dict[str, str]) -> None:
    case = agreed(house)
    page, version = taken_back(house, case, speaker="parent", **suspected)
    assert "Parent: this adult may be involved, and does not speak for the child." in page
    assert ALARM in page
    assert (version.speaker_code, version.speaker_suspected) == ("parent", True)
    versions = page_text(house.browser().get(f"/cases/{case.code}/consent/")).partition("2 versions")[2]
    assert "Parent: this adult may be involved" in versions, "red before: the version named the adult as who speaks"
    assert "· Parent ·" not in versions
