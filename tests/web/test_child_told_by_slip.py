"""That child protection was told was a slip, or a word to the own organisation: the 24 hours go on (ADR 191)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.work.actions import clock
from hamkori.directory.models import Service
from tests import doors
from tests.cast import pass_time
from tests.database import as_role, god
from tests.web.scene import Scene, again
from tests.web.senders import page_text
from tests.web.test_age_put_right import page
from tests.web.test_an_age_after_the_end import CHILD, came
from tests.web.test_told_by_the_other_side import shown, tells

pytestmark = pytest.mark.django_db
UNDONE = "Put back: child protection was not told"
HERE = ": we are child protection here"


def press(who: Any, case: Case, step: str, **said: str) -> Any:
    sent = {"version": again(case).version, "operation": str(uuid4()), **said}
    return doors.client_for(who).post(f"/cases/{case.code}/{step}/", sent, follow=True)


def runs(case: Case) -> Any:
    """The time limit: since when, and until when."""
    with god():
        return CaseClock.objects.filter(case=case, clock_code="child").values_list("started_at", "due_at").first()


def offers(body: UUID) -> None:
    """From now on this organisation is listed as child protection."""
    with god():
        row = Service(organisation_id=body, service_code="CHILD-01", region_code="TJ-KT", changed_at=timezone.now())
        row.save(force_insert=True)


def named(form: str) -> str:
    """Where nobody else is listed it is said what is meant by the own organisation: how it is called."""
    (found,) = re.findall(rf"(\S+){HERE}", form)
    return str(found)


def reminded() -> int:
    with as_role("hk_clock"):
        return clock.tick()["remind_case"]


def test_a_slip_is_put_back_and_the_time_limit_goes_on_from_where_it_was(scene: Scene) -> None:
    """Red before: nothing led back, and the 24 hours stood still for good."""
    case = scene.case(age_band_code=CHILD)
    began = runs(case)
    pass_time(hours=5)
    saved = press(scene.zarina, case, "tell_child_protection", told="recorded")
    back = f'href="/cases/{case.code}/child_not_told/"'
    assert saved.content.decode().count(back) == 2, "in the green line, and beside what is done"
    assert runs(case) is None
    with doors.acting(scene.zarina):
        assert not CaseClock.objects.filter(case=case, clock_code__startswith="child").exists(), "nobody reads it"
    pass_time(hours=8)
    assert not reminded(), "what has stopped reminds nobody"
    assert "goes on from where it was" in page(scene.zarina, f"/cases/{case.code}/child_not_told/")
    told = page_text(press(scene.zarina, case, "child_not_told"))
    assert "Put back: child protection is to be told." in told
    assert runs(case) == began
    for said in ("Tell child protection", "Child protection told", UNDONE):
        assert said in told, "the history keeps both"
    assert "Tell child protection" in page(scene.zarina, "/")
    assert reminded() == 1, "twelve hours are over"
    assert again(case).told_child_protection_at is None
    assert press(scene.zarina, case, "child_not_told").status_code == 409, "there is nothing to put back"
    press(scene.zarina, case, "tell_child_protection", told="recorded")
    assert runs(case) is None
    press(scene.zarina, case, "child_not_told")
    assert runs(case) == began, "as often as it was a slip"


def test_only_the_lead_worker_and_only_for_a_day(scene: Scene) -> None:
    case = scene.case(age_band_code=CHILD)
    press(scene.zarina, case, "tell_child_protection", told="recorded")
    assert press(scene.saida, case, "child_not_told").status_code in (403, 409)
    assert press(scene.manzura, case, "child_not_told").status_code == 404
    assert runs(case) is None
    pass_time(hours=25)
    assert "child_not_told" not in doors.client_for(scene.zarina).get(f"/cases/{case.code}/").content.decode()
    late = press(scene.zarina, case, "child_not_told")
    assert (late.status_code, "more than a day ago" in page_text(late)) == (409, True)


def test_the_other_side_does_not_read_it_any_more(scene: Scene) -> None:
    """Both help one child: what one side put back, the other relies on no longer."""
    case, _referral, own = came(scene, CHILD)
    tells(scene.zarina, case)
    assert all(shown(scene.parvina, own).values())
    press(scene.zarina, case, "child_not_told")
    assert not any(shown(scene.parvina, own).values())
    assert runs(case) is not None
    tells(scene.parvina, own)
    press(scene.parvina, own, "child_not_told")
    assert again(own).told_child_protection_at is None, "where no clock ran it is asked again, too"
    assert "Say that they were told" in page(scene.parvina, "/")


def test_the_own_organisation_is_nobody_who_was_told(scene: Scene) -> None:
    """Red before: a social service chose itself, and the time limit stopped though nobody outside knew."""
    case, tell = scene.case(age_band_code=CHILD), "tell_child_protection"
    offers(scene.umed)
    own = named(page(scene.zarina, f"/cases/{case.code}/{tell}/"))
    offers(scene.shelter)
    text = page(scene.zarina, f"/cases/{case.code}/{tell}/")
    assert "Shelter-Kulob" in text
    assert HERE not in text
    assert own not in text.partition("Whom did you reach and tell?")[2].partition("Save")[0]
    assert press(scene.zarina, case, tell, told=own).status_code == 400, "nor is an old page taken for it"
    assert runs(case) is not None


def test_who_alone_is_child_protection_says_so(scene: Scene) -> None:
    case = scene.case(age_band_code=CHILD)
    offers(scene.umed)
    own = named(page(scene.zarina, f"/cases/{case.code}/tell_child_protection/"))
    saved = page_text(press(scene.zarina, case, "tell_child_protection", told=own))
    assert "Saved: you are child protection here, and know of the child." in saved
    assert runs(case) is None


def test_put_back_after_the_case_was_closed_and_opened_again_the_limit_goes_on(scene: Scene) -> None:
    """Red before: closing threw the limit away that stood still, and after the putting back none ran."""
    case = scene.case(age_band_code=CHILD)
    began = runs(case)
    pass_time(hours=2)
    press(scene.zarina, case, "tell_child_protection", told="recorded")
    assert press(scene.zarina, case, "close", outcome="goals_met", sure="on").status_code == 200
    assert again(case).state_code == "closed"
    assert runs(case) is None
    press(scene.saida, case, "reopen", reason="closed_by_mistake")
    assert again(case).state_code == "open"
    told = page_text(press(scene.zarina, case, "child_not_told"))
    assert "Put back: child protection is to be told." in told
    assert runs(case) == began, "with the hour by which it was due from the first"
    assert "Tell child protection" in page(scene.zarina, "/")


def test_a_closed_case_of_a_child_who_was_not_told_of_has_no_limit(scene: Scene) -> None:
    """What runs still stops with the case."""
    case = scene.case(age_band_code=CHILD)
    press(scene.zarina, case, "close", outcome="goals_met", sure="on")
    with god():
        assert not CaseClock.objects.filter(case=case).exists()
