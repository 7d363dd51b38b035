"""Who is a child by one case and an adult by the other while they are helped: whoever helps them goes on reading it."""

from __future__ import annotations

import pytest

from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_age_put_right import confirmed, page
from tests.web.test_an_age_after_the_end import ADULT, CHILD, GIRL, WOMAN, came, finished
from tests.web.test_an_age_after_the_end import saved as put_right

pytestmark = pytest.mark.django_db
THEIRS = "The sender has another age: "
NUMBER = "+992 00 000 00 31"
ROW = "f they do not know "
"""So ends either line: the row is headed by the child's age, and beside it stands the other (test_by_which_age)."""


@pytest.mark.parametrize(("before", "found"), [(ADULT, CHILD), (CHILD, ADULT)])
def test_whoever_found_another_age_reads_it_until_both_agree(scene: Scene, before: str, found: str) -> None:
    """Red before: one line after the press said whom to call; page, Today and referral forgot it."""
    case, _referral, own = came(scene, before)
    at = f"/cases/{own.code}/"
    assert THEIRS not in page(scene.parvina, at)
    assert ROW not in page(scene.parvina, "/")
    confirmed(scene.parvina, own, found)
    who = f"Woman, {WOMAN}" if before == ADULT else f"Girl, {GIRL}"
    here, home = page(scene.parvina, at), page(scene.parvina, "/")
    assert f"{THEIRS}{who}. Hamkori does not tell them yours" in here
    assert ROW in home
    assert "no number recorded" in home.partition(ROW)[2][:80]
    sender = scene.zarina.organisation_id
    with god():
        OrganisationPhone.objects.create(organisation_id=sender, phone=NUMBER)
    for read in (page(scene.parvina, at).partition(THEIRS)[2], page(scene.parvina, "/").partition(ROW)[2]):
        assert "31" in read.partition("referral desk")[2][:40]
    assert THEIRS not in page(scene.zarina, f"/cases/{case.code}/"), "nobody tells the sender of an age there"
    assert ROW not in page(scene.zarina, "/")
    put_right(scene, case, found)
    assert THEIRS not in page(scene.parvina, at)
    assert ROW not in page(scene.parvina, "/")


def test_an_adult_of_another_age_and_help_that_has_ended_are_not_called_about(scene: Scene) -> None:
    case, referral, own = came(scene, ADULT)
    at = f"/cases/{own.code}/"
    confirmed(scene.parvina, own, "a30_47")
    assert THEIRS not in page(scene.parvina, at)
    confirmed(scene.parvina, own, CHILD)
    assert THEIRS in page(scene.parvina, at)
    finished(scene, case, referral)
    assert THEIRS not in page(scene.parvina, at)


def test_the_sender_who_puts_it_right_anew_is_read_as_that(scene: Scene) -> None:
    """One box of two: the sender's later word is asked about first."""
    case, _referral, own = came(scene, CHILD)
    confirmed(scene.parvina, own, CHILD)
    put_right(scene, case, ADULT)
    here = page(scene.parvina, f"/cases/{own.code}/")
    assert "The sender put the age right: " in here
    assert THEIRS not in here
    assert ROW not in page(scene.parvina, "/")


def test_a_supervisor_reads_of_a_child_before_the_time_has_run_out(scene: Scene) -> None:
    """Red before: the row came a day later, once it was late."""
    case = scene.case()
    confirmed(scene.zarina, case, ADULT)
    assert case.code not in page(scene.saida, "/").partition("Your team: cannot wait")[2].partition("Your team: in")[0]
    confirmed(scene.zarina, case, CHILD)
    pass_time(minutes=1)
    team = page(scene.saida, "/").partition("Your team: cannot wait")[2]
    assert "hild protection" in team.partition("Your team: in")[0]
    assert "Say who was told" not in team.partition("Your team: in")[0]
