"""Two organisations help one child, and one says that it told child protection: the other reads it (ADR 0183)."""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.told_there import told_there_of
from hamkori.casework.work.queries.counts import counts
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene, again
from tests.web.test_age_put_right import confirmed, page
from tests.web.test_an_age_after_the_end import ADULT, CHILD, came, ended_by_her_word, finished, withdrew_all

pytestmark = pytest.mark.django_db
SHELTER = "Shelter-Kulob"
SAYS = " says: child protection told "
TELL = "Tell child protection"


def tells(who: Any, case: Case) -> None:
    pass_time(minutes=1)
    with doors.acting(who) as actor:
        found = again(case)
        cases.tell_child_protection(actor, found, version=found.version)


def late(who: Any) -> int:
    with doors.acting(who) as actor:
        return counts(actor).late


def shown(who: Any, case: Case) -> dict[str, bool]:
    """Whether each page of this side says that the other one told them."""
    pages = {"today": "/", "case": f"/cases/{case.code}/", "form": f"/cases/{case.code}/tell_child_protection/"}
    return {name: SAYS in page(who, at) for name, at in pages.items()}


def test_the_shelter_reads_that_the_sender_told_and_may_still_say_so(scene: Scene) -> None:
    """Red before: each side was asked to tell within 24 hours, and none read that the other had."""
    case, _referral, own = came(scene, CHILD)
    assert not any(shown(scene.parvina, own).values())
    tells(scene.zarina, case)
    assert all(shown(scene.parvina, own).values()), shown(scene.parvina, own)
    home = page(scene.parvina, "/")
    assert TELL in home
    assert "Say that they were told" in home, "the own time goes on, and the reader may say it too"
    before = late(scene.parvina)
    pass_time(days=2)
    read = page(scene.parvina, "/")
    assert SAYS in read
    assert TELL not in read.partition("Late or stopped")[2].partition("Today and soon")[0]
    assert TELL not in page(scene.parvina, "/cases/")
    tells(scene.parvina, own)
    assert not any(shown(scene.parvina, own)[at] for at in ("today", "case"))
    assert late(scene.parvina) >= before


def test_the_sender_reads_that_the_shelter_told(scene: Scene) -> None:
    case, _referral, own = came(scene, CHILD)
    tells(scene.parvina, own)
    assert all(shown(scene.zarina, case).values()), shown(scene.zarina, case)
    assert SAYS in page(scene.saida, "/"), "whoever supervises reads it, too"
    assert f"{SHELTER}{SAYS}" in page(scene.zarina, f"/cases/{case.code}/")
    first = late(scene.zarina)
    pass_time(days=2)
    assert SAYS in page(scene.zarina, "/")
    told = late(scene.zarina)
    with god():
        Case.objects.filter(pk=own.pk).update(told_child_protection_at=None)
    assert late(scene.zarina) == told + 1, "it is as late as before once nobody says it"
    assert "Tell child protection: late" in page(scene.zarina, f"/cases/{case.code}/")
    assert first <= told


@pytest.mark.parametrize("ends", [finished, ended_by_her_word, withdrew_all])
def test_after_an_end_or_a_no_nothing_is_said_any_more(scene: Scene, ends: Any) -> None:
    case, referral, own = came(scene, CHILD)
    tells(scene.zarina, case)
    assert shown(scene.parvina, own)["case"]
    ends(scene, case, referral)
    assert not any(shown(scene.parvina, own).values())


def test_while_the_consent_rests_nothing_new_is_said(scene: Scene) -> None:
    """What was agreed as an adult carries a child for two weeks."""
    case, _referral, own = came(scene, CHILD)
    tells(scene.zarina, case)
    assert shown(scene.parvina, own)["case"]
    pass_time(days=70)
    assert not any(shown(scene.parvina, own).values())


def test_of_an_adult_nobody_says_it(scene: Scene) -> None:
    """One of both cases is of an adult: then it is asked first which age is right."""
    case, _referral, own = came(scene, ADULT)
    confirmed(scene.zarina, case, CHILD)
    tells(scene.zarina, case)
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")
    confirmed(scene.parvina, own, CHILD)
    assert SAYS in page(scene.parvina, f"/cases/{own.code}/")
    confirmed(scene.zarina, case, ADULT)
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")


def test_only_the_two_sides_read_it(scene: Scene) -> None:
    """Who works on neither case is told nothing by the database; a name or whom they told is in no answer."""
    case, _referral, own = came(scene, CHILD)
    tells(scene.zarina, case)
    for name in ("zarina", "saida", "manzura", "farida", "gulnora"):
        with doors.acting(getattr(scene, name)):
            assert told_there_of(own.pk, {}) is None, name
            assert told_there_of(case.pk, {}) is None, name
    with doors.acting(scene.parvina):
        assert told_there_of(own.pk, {}) is not None
        assert told_there_of(case.pk, {}) is None
