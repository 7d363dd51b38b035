"""The list of cases: what is urgent stands first, and a row says what comes next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from tests import doors
from tests.database import god
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(scene: Scene) -> Scene:
    return scene


def test_the_most_urgent_stand_first_and_a_higher_risk_first_within_a_day(world) -> None:
    from hamkori.casework.work.queries import case_list

    calm, risky, soon, late = (world.case() for _ in range(4))
    today = timezone.localdate()
    with god():
        for case, risk, days in (
            (calm, "ordinary", 5),
            (risky, "high", 5),
            (soon, "ordinary", 1),
            (late, "ordinary", -1),
        ):
            Case.objects.filter(pk=case.pk).update(risk_code=risk, next_step_on=today + timedelta(days=days))
    with doors.acting(world.zarina) as actor:
        found = [line.code for line in case_list.listing(actor, case_list.Filters()).lines]
    assert found == [late.code, soon.code, risky.code, calm.code]
    page = text(doors.client_for(world.zarina).get("/cases/"))
    assert "late since yesterday" in page
    assert "1 is late or stopped" in page
    assert "Lead worker" not in page
    above = text(doors.client_for(world.saida).get("/cases/"))
    assert "Zarina" in above, "a supervisor sees who leads"
