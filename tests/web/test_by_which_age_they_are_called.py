"""Who is a child by their papers is headed by no adult's age, on any page of whoever helps them; what the sender says
stands beside it, with how they know it (ADR 0167).
"""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.cast import pass_time
from tests.web.scene import Scene, again
from tests.web.test_a_weaker_age_there import says
from tests.web.test_age_put_right import confirmed, page
from tests.web.test_an_age_after_the_end import ADULT, AIM, CHILD, GIRL, WOMAN, came, finished

pytestmark = pytest.mark.django_db
WHO = {ADULT: f"Woman, {WOMAN}", CHILD: f"Girl, {GIRL}"}
SMALL = {ADULT: f"a woman, {WOMAN}", CHILD: f"a girl, {GIRL}"}


def titles(scene: Scene, referral: Referral) -> tuple[str, str, str]:
    """How the person is called in the row of Today, on the page of the referral, and in the list of cases."""
    home = page(scene.parvina, "/").partition("Here now")[2][:120]
    shown = page(scene.parvina, f"/referrals/{referral.code}/")[:1500]
    return home, shown, page(scene.parvina, "/cases/")


@pytest.mark.parametrize(("theirs", "found"), [(ADULT, CHILD), (CHILD, ADULT)])
def test_the_person_is_called_by_the_age_of_a_child_while_both_differ(scene: Scene, theirs: str, found: str) -> None:
    """Red before: "Woman, 18-29" in bold over a girl whose papers are in the house, and on the page of the referral
    not one word of two ages.
    """
    _case, referral, own = came(scene, theirs)
    confirmed(scene.parvina, own, found)
    home, shown, line = titles(scene, referral)
    assert WHO[CHILD] in home.partition(WHO[ADULT])[0]
    assert SMALL[CHILD] in shown
    assert SMALL[ADULT] not in shown
    assert WHO[CHILD] in line
    assert WHO[ADULT] not in line
    today = page(scene.parvina, "/")
    if theirs == ADULT:
        assert f"the sender says: {WHO[ADULT]}. Call them if they do not know yours" in today
    else:
        assert f"your case says: {WHO[ADULT]}. Call the sender if they do not know it" in today
    assert f"The sender says {WHO[theirs]}" in shown
    assert f"Your own case says {WHO[found]}" in shown


def test_where_both_agree_nothing_is_said_of_two_ages(scene: Scene) -> None:
    _case, referral, _own = came(scene, CHILD)
    home, shown, line = titles(scene, referral)
    assert WHO[CHILD] in home
    assert SMALL[CHILD] in shown
    assert "The sender says" not in shown
    assert WHO[CHILD] in line
    assert "the sender says: " not in page(scene.parvina, "/")


def test_an_adult_of_another_age_is_called_by_the_own_case(scene: Scene) -> None:
    _case, referral, own = came(scene, ADULT)
    confirmed(scene.parvina, own, "a30_47")
    for said in titles(scene, referral):
        assert "30\u201147" in said


def test_a_later_word_of_the_senders_is_read_with_how_they_know_it(scene: Scene) -> None:
    """Red before: "the sender put the age right: correct it in your case too", as if it were a fact."""
    case, referral, own = came(scene, CHILD)
    says(scene.zarina, case, ADULT, "own_word")
    who = f"{WHO[ADULT]} (the person's own word)"
    home, shown, line = titles(scene, referral)
    today = page(scene.parvina, "/")
    assert f"The sender put the age right: {who}" in today
    assert "ask the person, and find out which age is right before you tell child protection" in today
    assert SMALL[CHILD] in shown, "a coached girl says 18"
    assert WHO[CHILD] in line
    assert f"The sender put the age right: {who}" in page(scene.parvina, f"/cases/{own.code}/")
    assert WHO[CHILD] in home or WHO[CHILD] in today


def test_child_protection_that_was_told_is_not_asked_for_again(scene: Scene) -> None:
    """Red before: "of a child we aim to tell child protection within 24 hours", where the case says that it was."""
    case, referral, own = came(scene, CHILD)
    with doors.acting(scene.parvina) as actor:
        cases.tell_child_protection(actor, again(own), version=again(own).version)
    finished(scene, case, referral)
    says(scene.parvina, own, ADULT, "own_word")
    pass_time(minutes=1)
    says(scene.zarina, case, ADULT, "own_word")
    says(scene.zarina, case, CHILD, "papers")
    home = page(scene.parvina, "/")
    assert f"The sender put the age right: {WHO[CHILD]} (documents)" in home
    assert AIM not in home
    assert "child protection was told today" in home or "child protection was told yesterday" in home
