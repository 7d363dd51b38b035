"""Withdrawing one part of a consent on a telephone, from the case: at most six taps and one field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys import steps
from tests.journeys.counting import Taps
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = pytest.mark.browser

Enter = Callable[..., Somebody]


def test_one_part_is_withdrawn_and_everybody_concerned_reads_it(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code, referral = steps.referred(zarina)
    steps.accept(enter("desk-shelter"), referral)
    parvina = enter("shelter-worker")
    parvina.go(f"/referrals/{referral}/?open=packet")
    parvina.sees(steps.CALL_NAME)

    zarina.go(f"/cases/{code}/")
    finger, page = Taps(zarina), zarina.page
    finger.leads_on(page.locator(f'main a[href="/cases/{code}/consent/"]:visible').first)
    finger.leads_on(page.locator(f'main a[href="/cases/{code}/consent/withdraw/"]:visible').first)
    opened = page.locator("main b", has_text="Shelter, Khatlon (demo) has already opened:")
    first = page.locator("main input[name=took]").first
    assert opened.bounding_box()["y"] < first.bounding_box()["y"], "who has opened what stands first"  # type: ignore[index]
    assert zarina.page.locator("main", has_text="Parvina").count() == 0, "the organisation, and nobody of it"
    finger.on(page.locator(".took details:has(input) summary").first)
    zarina.sees("They are told not to call and not to write.")
    finger.on(page.locator('main label[for^="took_"]', has_text="How to reach").first)
    finger.answers(page.get_by_role("button", name="Phone, code word: withdraw"))
    finger.within(taps=6, fields=1)
    zarina.sees("What stopped, and who had opened it").click()
    zarina.sees("It was deleted at Shelter, Khatlon (demo). They were told not to call the person and not to write.")
    zarina.sees("In your own language").click()
    zarina.sees("we cannot undo that.")
    zarina.sees("What we wrote ourselves stays here, locked.")

    parvina.go(f"/referrals/{referral}/?open=packet")
    parvina.sees("Do not call the person and do not write: the person does not want it.")
    parvina.sees("The person withdrew consent to share this part")
    assert steps.CALL_NAME not in parvina.page.content()
