"""Two people change the same part of a case: one field is chosen with one tap, the other person hears of it."""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.counting import Taps
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = pytest.mark.browser

NEEDS, WISHES, WHY = "[name=needs]", "[name=wishes]", "[name=risk_reasons]"
TAPS, FIELDS = 5, 0


def wrote(her: Somebody, values: dict[str, str]) -> None:
    for field, words in values.items():
        her.page.locator(field).fill(words)


def saves(her: Somebody) -> None:
    her.page.locator("main form .actions button[type=submit]").first.click()
    her.page.wait_for_load_state("load")


def test_from_the_save_to_what_both_agree_on_is_a_tap_for_each_field_and_nothing_to_fill_in(
    world: Play, enter: Enter
) -> None:
    zarina, nigora = enter("caseworker-cso", width=360), enter("nigora@kulob.example")
    code = steps.register(zarina)
    zarina.go(f"/cases/{code}/admit/")
    zarina.choose("Nigora")
    zarina.page.locator("main form button[type=submit]").first.click()
    zarina.page.wait_for_load_state("load")
    part = f"/cases/{code}/section/?of=needs"
    zarina.go(part)
    wrote(zarina, {NEEDS: "Canary-Before", WISHES: "Canary-Wish-Before"})
    saves(zarina)

    zarina.go(part)
    nigora.go(part)
    wrote(nigora, {NEEDS: "Canary-Theirs", WISHES: "Canary-Wish-Theirs"})
    saves(nigora)
    wrote(zarina, {NEEDS: "Canary-Mine", WHY: "Canary-Why-Mine"})

    taps = Taps(zarina)
    taps.leads_on(zarina.page.locator("main form .actions button[type=submit]").first)
    main = zarina.page.locator("main")
    for words in ("Canary-Before", "Canary-Theirs", "Canary-Mine"):
        main.locator(".version", has_text=words).wait_for()
    assert main.locator(".version").count() == 3, "only what both changed is asked"
    assert main.locator(".three").get_by_text("Canary-Wish").count() == 0, "what only one changed is no question"
    tops = [box["y"] for one in main.locator(".version").all() if (box := one.bounding_box())]
    assert tops == sorted(tops), "before, yours, theirs one under another"
    taps.leads_on(main.get_by_role("button", name="Keep mine"))
    for words in ("Canary-Mine", "Canary-Wish-Theirs", "Canary-Why-Mine"):
        main.get_by_text(words).wait_for()
    assert main.get_by_text("Canary-Theirs").count() == 0
    taps.leads_on(main.get_by_role("link", name="The version that was not kept"))
    main.get_by_text("Canary-Theirs").wait_for()
    taps.within(TAPS, FIELDS)

    told = (
        "select count(*) from notice n join membership m on m.id = n.membership_id join app_user u on u.id = m.user_id"
    )
    assert world.one(f"{told} where n.key_code = 'other_writer' and u.email = %s", ["nigora@kulob.example"]) == 1
    nigora.go(f"/cases/{code}/")
    nigora.press("The version that was not kept", exact=False)
    nigora.sees("Canary-Theirs")
