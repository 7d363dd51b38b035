"""A supervisor's Today: of one case the lead worker is told once, and rows that only repeat the case fold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_today import code_of, declined, home

pytestmark = pytest.mark.django_db

TELL = "Tell the team"


def test_of_two_rows_of_a_case_one_tells_and_the_other_is_a_line_of_it(scene: Scene) -> None:
    """Red before: the same button of the same case beside each of its rows."""
    case, other = scene.another().case(), scene.case()
    first = scene.sent(case)
    declined(scene, first)
    with god():
        for one in (case, other):
            Case.objects.filter(pk=one.pk).update(next_step_on=timezone.localdate() + timedelta(days=1))
    pass_time(days=3)
    page = home(scene.saida)
    tell = f"/cases/{case.code}/tell_lead/"
    assert page.count(tell) == 1
    assert page.count(f"/cases/{other.code}/tell_lead/") == 1, "of each case"
    assert page.count(TELL) == 2
    assert code_of(page).count(f"/cases/{case.code}/") == 0, "the step is a line of the row that tells"
    row = page.partition(tell)[2].partition('<a class="what"')[0]
    assert f'<a class="line" href="/cases/{case.code}/">Meet again</a>' in row, "with the way to its page"


def test_the_supervisor_reads_that_who_is_left_had_no_room(scene: Scene) -> None:
    """Red before: the row of the worker said it, and that of the supervisor said nothing of the decline."""
    case = scene.case()
    declined(scene, scene.sent(case))
    pass_time(hours=5)
    said = "Shelter-Kulob declined"
    assert said in home(scene.zarina)
    above = home(scene.saida)
    assert said in above
    assert "no place then" in above
    assert "/again/" not in above, "a supervisor asks nobody"
    assert doors.client_for(scene.saida).get("/referrals/").status_code == 200
