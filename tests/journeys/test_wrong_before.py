"""What once went wrong on the screen, each in a browser: reopening, a second case by Back, a child found late.

What two people write at once, what is withdrawn, declined and killed with its page: the other journeys.
"""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = pytest.mark.browser

SECTIONS_OPENED = "select count(*) from ledger where action_code = 'section.open'"
CASES = 'select count(*) from "case"'


def saves(her: Somebody) -> None:
    """Presses the button of the form that fills the page."""
    with her.page.expect_navigation():
        her.page.locator("main form button[type=submit]:visible").first.click()


def test_a_case_that_was_closed_takes_no_yes_and_opened_again_asks_first(world: Play, enter: Enter) -> None:
    zarina, malika = enter("caseworker-cso"), enter("supervisor-cso")
    code = steps.register(zarina)
    steps.agree(zarina, code)
    zarina.go(f"/cases/{code}/close/")
    zarina.page.locator("[name=outcome][value=goals_met]").check(force=True)
    zarina.page.locator("[name=sure]").check(force=True)
    saves(zarina)
    zarina.go(f"/cases/{code}/consent/")
    zarina.sees("a new yes cannot be saved")
    assert zarina.page.locator("main [name=a_legal_help][value=yes]").count() == 0
    assert zarina.page.locator("main [name=a_legal_help][value=no]").count() > 0, "a no is taken in any state"

    malika.go(f"/cases/{code}/reopen/")
    malika.sees("The earlier answers are not taken over: ask the person again before anything leaves this case.")
    malika.page.locator("[name=reason][value=returned]").check(force=True)
    saves(malika)
    zarina.go(f"/cases/{code}/")
    zarina.sees("The case was opened again: what the person was not asked about since then is not sent.")
    zarina.go(f"/cases/{code}/refer/")
    assert zarina.page.get_by_role("button", name="I have told the person. Send").count() == 0


def test_an_adult_who_turns_out_to_be_a_child_is_spoken_for_before_anything_saves(world: Play, enter: Enter) -> None:
    zarina, gulnora = enter("caseworker-cso"), enter("desk-shelter")
    code, referral = steps.referred(zarina)
    zarina.go(f"/cases/{code}/settle_age/")
    zarina.page.locator("[name=age_band][value=a9_17]").check(force=True)
    zarina.sees("Whom will you tell for this child?")
    zarina.page.locator("[name=child_contact]").fill("Canary-Guardianship")
    zarina.page.locator("[name=speaker][value=guardianship_body]").check(force=True)
    zarina.page.locator("[name=reason][value=papers]").check(force=True)
    saves(zarina)
    zarina.sees("Nothing new can be sent")
    gulnora.go(f"/referrals/{referral}/")
    gulnora.sees("9\u201117")
    assert "Canary" not in gulnora.page.content()
    zarina.sees("Tell child protection")
    zarina.go(f"/cases/{code}/settle_age/")
    zarina.page.locator("[name=age_band][value=a18_29]").check(force=True)
    zarina.page.locator("[name=reason][value=papers]").check(force=True)
    saves(zarina)
    zarina.go(f"/cases/{code}/")
    assert "Tell child protection" not in zarina.text, "an adult: that time limit has ended"
    gulnora.go(f"/referrals/{referral}/")
    gulnora.sees("18\u201129")


def test_a_child_who_turns_out_to_be_an_adult_ends_the_time_to_tell_child_protection(world: Play, enter: Enter) -> None:
    """The other way round: it began with the registration, and nothing of it is late a day later."""
    zarina, tell = enter("caseworker-cso"), "Tell child protection"
    clocks = """select count(*) from case_clock k join "case" c on c.id = k.case_id
                 where c.code = %s and k.clock_code = 'child'"""
    need = "Something for a child"
    code = steps.register(zarina, age="9\u201117", need=need, child_contact="Canary-Guardianship, telephone 2")
    zarina.sees(tell)
    assert world.one(clocks, [code]) == 1
    zarina.go(f"/cases/{code}/settle_age/")
    zarina.page.locator("[name=age_band][value=a18_29]").check(force=True)
    zarina.page.locator("[name=reason][value=papers]").check(force=True)
    saves(zarina)
    assert world.one(clocks, [code]) == 0
    world.pass_time(hours=26)
    world.tick()
    for who in ("caseworker-cso", "supervisor-cso"):
        later = enter(who, signed_in=False).enter_by_the_door()
        later.go(f"/cases/{code}/")
        assert tell not in later.text, (who, "an adult: that time limit has ended")
        later.go("/")
        cards = later.page.locator("main :is(li, article, section)", has=later.page.locator(f"a[href*='{code}']"))
        assert cards.filter(has_text=tell).count() == 0, (who, "nor is it late on Today")


def test_consent_that_ran_out_is_said_to_whoever_accepted(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    _code, referral = steps.referred(zarina)
    steps.accept(enter("desk-shelter"), referral)
    world.pass_time(days=91)
    world.tick()
    later = enter("desk-shelter", signed_in=False).enter_by_the_door()
    later.go(f"/referrals/{referral}/")
    later.sees("The person's consent is not valid, so nothing can be read now.")


def test_what_nobody_asked_is_said_so_on_the_summary_and_three_taps_ask_it(world: Play, enter: Enter) -> None:
    zarina, gulnora = enter("caseworker-cso"), enter("desk-shelter")
    _code, referral = steps.referred(zarina)
    gulnora.go(f"/referrals/{referral}/")
    gulnora.sees("Not asked")
    zarina.go("/cases/new/")
    zarina.choose("A safe place to sleep")
    zarina.type("What to call the person", steps.CALL_NAME)
    zarina.press("Continue")
    for name, value in (("children_code", "2"), ("stairs_code", "yes")):
        zarina.page.locator(f"[name={name}][value='{value}']").check(force=True)
    zarina.page.locator("select[name=doctor_code]").select_option(value="no")
    zarina.page.locator("select[name=district]").select_option(value="TJ-KT-01")
    saves(zarina)
    kept = """select children_code || doctor_code || stairs_code from "case" order by begun_at desc limit 1"""
    assert world.one(kept) == "2noyes"


def test_a_part_of_a_number_finds_the_case_and_stands_in_no_address(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code = steps.register(zarina)
    for typed in ("Canary-Call-Name", code[2:8]):
        zarina.go("/cases/")
        field = zarina.page.get_by_role("search").locator("input:not([type=hidden])").first
        field.fill(typed)
        with zarina.page.expect_navigation():
            field.press("Enter")
        assert typed not in zarina.page.url.replace(f"/cases/{code}/", "")
    zarina.page.wait_for_url(f"**/cases/{code}/")


def test_looking_at_services_opens_no_locked_part(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code = steps.register(zarina)
    steps.agree(zarina, code)
    before = world.one(SECTIONS_OPENED)
    for _load in range(2):
        zarina.go(f"/cases/{code}/refer/")
        zarina.page.get_by_role("button", name=f"Choose {steps.SHELTER}").first.wait_for(state="attached")
    assert world.one(SECTIONS_OPENED) == before
    assert zarina.page.locator("#id_district").input_value() == "TJ-KT-01", "from a code, and from no locked part"


def test_back_on_the_first_page_begins_no_second_case(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    zarina.go("/cases/new/")
    before = world.one(CASES)
    zarina.choose("A safe place to sleep")
    zarina.type("What to call the person", steps.CALL_NAME)
    zarina.press("Continue")
    assert world.one(CASES) == before + 1
    zarina.page.go_back()
    zarina.press("Continue")
    zarina.page.locator("select[name=district]").wait_for()
    assert world.one(CASES) == before + 1


def test_the_same_service_is_asked_twice_on_purpose_only_and_a_supervisor_ends_one(world: Play, enter: Enter) -> None:
    zarina, malika = enter("caseworker-cso"), enter("supervisor-cso")
    code, referral = steps.referred(zarina)
    steps.choose_service(zarina, code, steps.SHELTER)
    zarina.sees("That referral waits for an answer.")
    assert zarina.page.locator("main button", has_text="I have told the person").count() == 0, "it waits in time"
    steps.accept(enter("desk-shelter"), referral)
    steps.choose_service(zarina, code, steps.SHELTER)
    second = zarina.page.locator("main button", has_text="I have told the person")
    assert second.inner_text() == "I have told the person. Send a second referral"

    malika.go(f"/referrals/{referral}/recall/")
    malika.page.locator("[name=reason][value=mistake]").check(force=True)
    saves(malika)
    assert world.one("select state_code from referral where code = %s", [referral]) == "ended"
