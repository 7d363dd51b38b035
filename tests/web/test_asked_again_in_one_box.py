"""Where each answer is asked again, one box says why, and what a yes tells besides."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text

AGE, OPENED, TELLS = "The age was corrected", "The case was opened again", "canary: what has changed since"


@pytest.mark.parametrize(("opened", "says"), [(False, AGE), (True, OPENED)])
def test_why_it_is_asked_again_and_what_a_yes_tells_stand_in_one_box(opened: bool, says: str) -> None:
    """Red before: three boxes, one below the other."""
    context = {"age_changed": True, "opened_again": opened, "tells": TELLS, "only_no": False}
    box = render_to_string("consent/again.html", context)
    assert box.count('class="note ') == 1
    assert says in box
    assert TELLS in box
    assert (AGE in box) is not (OPENED in box), "the same is not said twice"


@pytest.mark.django_db
def test_whoever_helps_reads_once_that_nothing_can_be_read(house: Senders) -> None:
    """Red before: also in a box in place of what was shared."""
    case = house.case()
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    pass_time(days=61)
    shown = page_text(house.browser("shelter-worker").get(at(sent)))
    assert shown.count("consent is not valid") == 1
    assert "The person's consent is not valid, so nothing can be read now." in shown
