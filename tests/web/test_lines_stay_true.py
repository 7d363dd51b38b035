"""What the history says of a correction is what was said then: no later change, and no end, makes it say another."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.casework.work.queries import case_page
from hamkori.web.cases.happened import event
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_region_put_right import ELSEWHERE, THERE, moved
from tests.web.test_summary_corrected import changed, page

pytestmark = pytest.mark.django_db
CHANGED = "Changed, also in what was sent"


def lines(scene: Scene, case: Case) -> list[tuple[datetime, str]]:
    """What the case says happened to it, the oldest first."""
    with doors.acting(scene.zarina) as actor:
        file = case_page.file(actor, case.code, "en")
        return sorted((one.at, event(one, file)["what"]) for one in file.steps if not one.referral)


def corrected(scene: Scene, case: Case) -> list[str]:
    return [said for _at, said in lines(scene, case) if CHANGED in said]


def recalled(scene: Scene, referral: Referral) -> None:
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        send.recall(actor, mine, version=mine.version, reason="mistake")


def helped(scene: Scene, referral: Referral) -> None:
    """They have helped, and said so."""
    scene.served(referral)
    pass_time(minutes=1)
    with doors.acting(scene.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(actor, mine, version=mine.version, result="given")


def test_what_was_told_stays_as_it_was_told(scene: Scene) -> None:
    """Red before: after the shelter had ended, its line said "none (before: 1)", which nobody was ever told."""
    case = scene.case(children_code="1")
    referral = scene.sent(case)
    scene.accepted(referral)
    changed(scene.zarina, case, children_code="2")
    told = [f"{CHANGED}: Children who come along: 2 (before: 1)"]
    assert corrected(scene, case) == told
    helped(scene, referral)
    for later in ("0", "3+"):
        changed(scene.zarina, case, children_code=later)
        assert corrected(scene, case) == told, "nobody reads a summary any more, and the line stays"
    moved(scene.zarina, case, ELSEWHERE)
    assert corrected(scene, case) == told


def test_a_second_change_does_not_change_the_line_of_the_first(scene: Scene) -> None:
    case = scene.case(children_code="0")
    scene.sent(case)
    changed(scene.zarina, case, children_code="1")
    first = corrected(scene, case)
    changed(scene.zarina, case, children_code="2", risk_code="high")
    second = f"{CHANGED}: Risk: high (before: not asked); Children who come along: 2 (before: 1)"
    assert corrected(scene, case) == [*first, second]


def test_what_was_kept_without_it_is_still_read(scene: Scene) -> None:
    """Rows of before say what it was; what it became, the next one of the same summary says, or that summary."""
    case = scene.case(children_code="0")
    first = scene.sent(case)
    for said in ("1", "2"):
        changed(scene.zarina, case, children_code=said)
    then = corrected(scene, case)
    with god():
        card = ReferralCard.objects.get(pk=first.pk)
        card.former_ages = [{key: one[key] for key in ("fact", "was", "until")} for one in card.former_ages]
        card.save()
    recalled(scene, first)
    changed(scene.zarina, case, children_code="3+")
    assert corrected(scene, case) == then


def test_todays_news_says_what_was_said_then(scene: Scene) -> None:
    """Red before: two rows said of the same number that it was the one of now."""
    case = scene.case(children_code="0")
    scene.accepted(scene.sent(case))
    changed(scene.zarina, case, children_code="1", risk_code="high")
    changed(scene.zarina, case, children_code="2")
    news = page(scene.parvina, "/")
    assert "Children who come along: 1 (before: none)" in news
    assert "Children who come along: 2 (before: 1)" in news


STEPS = ("children", "risk", "doctor", "language", "region", "send", "recall")


@pytest.mark.parametrize("seed", range(3))
def test_no_line_changes_after_it_was_written(scene: Scene, seed: int) -> None:
    """Any sequence of changes, sendings and endings."""
    dice, case = Random(seed), scene.case(children_code="0", doctor_code="no")
    written: list[tuple[datetime, str]] = []
    live: Referral | None = scene.sent(case)
    answers = {
        "children": ("children_code", ("0", "1", "2", "3+")),
        "risk": ("risk_code", ("low", "raised", "high")),
        "doctor": ("doctor_code", ("yes", "no", "child_0_6")),
        "language": ("language_code", ("tg", "ru", "uz")),
    }
    for _turn in range(12):
        step = dice.choice(STEPS)
        pass_time(minutes=1)
        if step in answers:
            name, codes = answers[step]
            with doors.acting(scene.zarina) as actor:
                mine = Case.objects.get(pk=case.pk)
                cases.edit(actor, mine, version=mine.version, codes={name: dice.choice(codes)})
        elif step == "region":
            moved(scene.zarina, case, dice.choice((THERE, ELSEWHERE)))
        elif step == "recall" and live is not None:
            recalled(scene, live)
            live = None
        elif step == "send" and live is None:
            live = scene.sent(case)
        now = lines(scene, case)
        assert [one for one in now if one in written] == written, (seed, step)
        written = now
