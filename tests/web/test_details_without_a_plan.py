"""Details of a case while no next step is planned: what nobody touched is not asked, and an error is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.case.models import Case
from tests.database import god
from tests.web.forms_of import press
from tests.web.in_a_browser import Shown
from tests.web.senders import Senders, page_text
from tests.web.test_here_now import came

pytestmark = pytest.mark.django_db
HELPER = "shelter-worker"


def test_what_nobody_touched_is_not_asked(house: Senders) -> None:
    """Red before: "Choose a day for it", of a step that the form itself had proposed."""
    _referral, own = came(house, house.case({"doctor_code": "yes"}))
    client, at = house.browser(HELPER), f"/cases/{own.code}/edit/?all=1"
    assert press(client, at, doctor_code="no").status_code == 303
    with god():
        now = Case.objects.get(pk=own.pk)
        assert (now.doctor_code, now.next_step_code, now.next_step_on) == ("no", "", None)
    assert "Saved. No next step is planned yet." in page_text(client.get(f"/cases/{own.code}/"))
    assert press(client, at).status_code == 400, "saved as it stands, it is the step that is meant"
    assert press(client, at, next_step_code="meet", doctor_code="yes").status_code == 400, "a step has a day"


@pytest.mark.browser
def test_a_refused_form_opens_at_its_error_and_not_where_the_link_led(
    house: Senders, show: Callable[..., Shown]
) -> None:
    """Red before: at the field that was answered, as if it were saved; the error stood above, out of sight."""
    case = house.case({"doctor_code": "yes", "children_code": "1"})
    page = show(f"/cases/{case.code}/edit/?all=1#id_doctor_code", width=1366).page
    page.locator("#id_next_step_code").select_option("")
    page.locator("form.stack .actions.tall button").click()
    page.locator(".errors").wait_for()
    page.wait_for_load_state("load")
    assert page.evaluate("document.activeElement.className") == "errors"
    page.wait_for_timeout(200)
    top = page.locator(".errors").evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top < 600
    assert "#" not in page.url
