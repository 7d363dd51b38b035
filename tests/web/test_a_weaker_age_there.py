"""An own case that answers the sender's age on a weaker ground goes on being asked, and nobody is said to be told who
was not (ADR 0167).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press
from tests.web.scene import Scene, again
from tests.web.senders import page_text
from tests.web.test_age_put_right import page
from tests.web.test_an_age_after_the_end import (
    ADULT,
    CHILD,
    FIRST,
    GIRL,
    SAYS,
    WOMAN,
    came,
    confirmed_end,
    ended_by_her_word,
    finished,
)
from tests.web.test_an_age_after_the_end import saved as put_right

pytestmark = pytest.mark.django_db
BOTH = "both sides were told"
OTHER = "The sender has another age: "
CALL = "They were not told of yours: call them."
NO_LONGER = "Child protection no longer waits"
IN_DAY = "of a child we aim to tell child protection within 24 hours"
TELL = "Tell child protection"
OLDER = "a30_47"


def goes_on(_scene: Scene, _case: Case, _referral: Referral) -> None:
    """The referral is at work."""


STATES: tuple[Callable[[Scene, Case, Referral], None], ...] = (goes_on, finished, confirmed_end, ended_by_her_word)


def says(who: doors.Person, case: Case, band: str, reason: str) -> str:
    """What is read at the top after the age was saved on its page; whoever is asked which counts means the new one."""
    pass_time(minutes=1)
    client, at = doors.client_for(who), f"/cases/{case.code}/settle_age/"
    answer: Any = press(client, at, age_band=band, reason=reason)
    if answer.status_code == 400:
        answer = press(client, at, age_band=band, reason=reason, counts=f"{band}:{reason}")
    assert answer.status_code == 303, page_text(answer)
    return page_text(client.get(answer["Location"])).partition("Saved")[2][:500]


@pytest.mark.parametrize("state", STATES, ids=lambda one: one.__name__)
@pytest.mark.parametrize(("theirs", "weaker"), [(CHILD, ADULT), (ADULT, CHILD)])
def test_a_weaker_word_ends_no_question(
    scene: Scene, state: Callable[[Scene, Case, Referral], None], theirs: str, weaker: str
) -> None:
    """Red before: the question was gone from the page and from Today, and so was child protection."""
    case, referral, own = came(scene, ADULT if theirs == CHILD else CHILD)
    state(scene, case, referral)
    put_right(scene, case, theirs)
    read = says(scene.parvina, own, weaker, "own_word")
    who = f"Girl, {GIRL}" if theirs == CHILD else f"Woman, {WOMAN}"
    assert f"{OTHER}{who} (Documents). {CALL}" in read
    assert BOTH not in read
    assert NO_LONGER not in read
    at, home = f"/cases/{own.code}/", page(scene.parvina, "/")
    assert f"{SAYS}{who}" in page(scene.parvina, at)
    if state is not goes_on:
        assert f"{SAYS}{who}" in home
    assert "correct it in your case too" in home or SAYS in home
    assert (IN_DAY if theirs == CHILD else FIRST) in home
    assert again(own).age_band_code == weaker
    assert CALL not in says(scene.parvina, own, theirs, "own_word")
    assert SAYS not in page(scene.parvina, at), "both say the same"
    home = page(scene.parvina, "/")
    assert SAYS not in home
    assert "correct it in your case too" not in home


@pytest.mark.parametrize("state", [goes_on, finished], ids=lambda one: one.__name__)
def test_a_ground_as_good_ends_it_and_a_better_one_of_the_sender_asks_again(
    scene: Scene, state: Callable[[Scene, Case, Referral], None]
) -> None:
    case, referral, own = came(scene, CHILD)
    state(scene, case, referral)
    says(scene.zarina, case, ADULT, "own_word")
    assert f"{OTHER}Woman, {WOMAN} (The person's own word). {CALL}" in says(scene.parvina, own, CHILD, "assessment")
    at = f"/cases/{own.code}/"
    assert SAYS not in page(scene.parvina, at)
    says(scene.zarina, case, ADULT, "papers")
    assert f"{SAYS}Woman, {WOMAN}" in page(scene.parvina, at), "the same age, and documents since"
    with god():
        assert ReferralOwnCase.objects.get(case=own).said_age_how == "papers"
    says(scene.parvina, own, CHILD, "papers")
    assert SAYS not in page(scene.parvina, at)
    assert TELL in page(scene.parvina, "/")


@pytest.mark.parametrize("state", [goes_on, finished], ids=lambda one: one.__name__)
def test_an_adult_of_another_age_is_not_said_to_be_told(
    scene: Scene, state: Callable[[Scene, Case, Referral], None]
) -> None:
    """Red before: "both sides were told", and nothing of theirs was sent."""
    case, referral, own = came(scene, ADULT)
    state(scene, case, referral)
    put_right(scene, case, OLDER)
    assert "correct it in your case too" in page(scene.parvina, "/"), "in the grey line of the case"
    read = says(scene.parvina, own, ADULT, "own_word")
    assert CALL in read
    assert BOTH not in read
    assert "correct it in your case too" in page(scene.parvina, "/")
    read = says(scene.parvina, own, OLDER, "own_word")
    assert CALL not in read
    assert BOTH not in read
    assert "correct it in your case too" not in page(scene.parvina, "/")


def test_both_sides_are_said_to_be_told_where_a_summary_changed(scene: Scene) -> None:
    """Red before: said also where no summary was sent, or where the same age was confirmed once more."""
    case = scene.case()
    assert BOTH not in says(scene.zarina, case, ADULT, "own_word")
    scene.sent(case)
    assert BOTH in says(scene.zarina, case, OLDER, "own_word")
    assert BOTH not in says(scene.zarina, case, OLDER, "papers")


def test_an_own_age_with_nobody_to_tell_names_the_sender_alone(scene: Scene) -> None:
    """The sender has put nothing right: what the summary says is not what the own case says now."""
    case, referral, own = came(scene, ADULT)
    read = says(scene.parvina, own, OLDER, "papers")
    assert f"{OTHER}Woman, {WOMAN}. {CALL}" in read
    assert "referral desk" in read
    assert BOTH not in read
    confirmed_end(scene, case, referral)
    read = says(scene.parvina, own, CHILD, "papers")
    assert BOTH not in read
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")


def test_the_ground_is_read_by_the_team_of_the_own_case_alone(scene: Scene) -> None:
    case, _referral, own = came(scene, ADULT)
    put_right(scene, case, CHILD)
    for who, reads in ((scene.parvina, ["papers"]), (scene.zarina, []), (scene.gulnora, []), (scene.farida, [])):
        with doors.acting(who):
            assert [one.said_age_how for one in ReferralOwnCase.objects.filter(case=own)] == reads, who
