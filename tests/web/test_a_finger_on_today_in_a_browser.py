"""On a telephone a finger on the middle of what a row of Today offers meets that, and no link of the line below."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.in_a_browser import Shown
from tests.web.senders import Senders
from tests.web.test_here_now import came

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
MISSED = """() => [...document.querySelectorAll("main a[href], main button, main summary")].flatMap((one) => {
  if (!one.getClientRects().length || one.closest("details:not([open]) > :not(summary)")) return [];
  one.scrollIntoView({ block: "center", behavior: "instant" });
  return [one.getBoundingClientRect(), ...one.getClientRects()].flatMap((box) => {
    const met = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return box.width < 2 || one.contains(met) ? [] : [`${one.innerText} -> ${met?.closest("a, button")?.innerText}`];
  });
})"""
"""Of each link and button whose middle, or that of one of its lines, belongs to another one: both."""


@pytest.mark.parametrize("slug", ["caseworker-cso", "shelter-worker"])
def test_the_middle_of_each_link_is_its_own(house: Senders, show: Show, slug: str) -> None:
    """Red before: the number of a draft opened "Discard", and that of a case the referral of the line below."""
    came(house, house.case({"doctor_code": "yes"}))
    shown = show("/", slug, width=360)
    assert shown.page.evaluate(MISSED) == []
    links = shown.page.locator(".sub:has(a ~ a)")
    assert "Found or not needed" in " ".join(links.all_inner_texts()), "a row with several links was measured"
    boxes = [one.bounding_box() for one in links.first.locator("a").all()]
    assert all(box is not None and box["height"] >= 44 for box in boxes), "as high as a finger"
