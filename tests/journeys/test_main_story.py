"""The loop that the mechanism exists for, and what she may say at any moment of it."""

from __future__ import annotations

import re

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.play import Play

pytestmark = pytest.mark.browser
TUESDAY = 1


def test_from_the_first_question_to_the_confirmed_result(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code = steps.register(zarina)
    zarina.sees("What is next")
    steps.agree(zarina, code)
    steps.choose_service(zarina, code, steps.SHELTER)
    referral = steps.send(zarina)

    gulnora = enter("desk-shelter")
    gulnora.go("/desk/")
    gulnora.page.locator(f'a[href="/referrals/{referral}/"]').first.click()
    gulnora.sees("Summary without a name")
    card = gulnora.page.content()
    assert steps.CALL_NAME not in card
    assert "Canary" not in card, "before they accept they read codes only"
    steps.accept(gulnora, referral)
    assert "Canary" not in gulnora.peek(f"/referrals/{referral}/?open=packet")[1], "the desk is not the team"

    parvina = enter("shelter-worker")
    parvina.go(f"/referrals/{referral}/?open=packet")
    parvina.sees(steps.CALL_NAME)
    parvina.sees(steps.HER_WORDS)
    parvina.page.locator("details.card > summary", has_text="before the agreed time").click()
    parvina.press("Yes, the person has come")
    parvina.sees("Help has begun, and the sender was told.")
    own = parvina.page.get_by_role("link", name=re.compile("^Your own case")).get_attribute("href")
    assert own is not None
    parvina.go(own)
    assert "Canary" not in parvina.page.content(), "nothing of the shared information is copied"

    parvina.go(f"/referrals/{referral}/")
    parvina.page.locator("details.card > summary", has_text="End this help").click()
    parvina.choose("Help was given")
    parvina.form("finish").get_by_label("No", exact=True).check()
    parvina.form("finish").get_by_role("button", name="Finish").click()
    parvina.sees("Help has ended.")
    assert steps.CALL_NAME not in parvina.peek(f"/referrals/{referral}/?open=packet")[1]

    zarina.go("/")
    steps.follow(zarina, referral, "Ask the person how it was")
    zarina.sees("Help was given")
    zarina.press("Confirm")
    zarina.choose("The help was right for this person")
    zarina.choose("Yes, we agree")
    zarina.press("Confirm")
    zarina.sees("Confirmed")
    assert world.one("select state_code from referral where code = %s", [referral]) == "confirmed"
    assert world.one("select count(*) from packet_body b join referral r on r.id = b.referral_id where r.code = %s",
                     [referral]) == 0  # fmt: skip


def test_declined_and_sent_again_to_another_body(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code, referral = steps.referred(zarina)
    gulnora = enter("desk-shelter")
    gulnora.go(f"/referrals/{referral}/")
    gulnora.unfold("Decline")
    gulnora.choose("No place now")
    gulnora.form("decline").get_by_role("button", name="Decline").click()
    gulnora.sees("Declined.")

    zarina.go(f"/referrals/{referral}/")
    zarina.sees("No place now")
    zarina.press("Ask another organisation")
    steps.choose_body(zarina, "State shelter (demo)")
    zarina.sees(steps.HER_WORDS)  # she need not say it again
    zarina.page.get_by_label("The person wants this organisation to read it too").check(force=True)
    again = steps.send(zarina, words="")
    assert again != referral
    states = "select string_agg(state_code, ' ' order by written_at) from referral where code in (%s, %s)"
    assert world.one(states, [referral, again]) == "declined sent"
    assert "Canary" not in gulnora.peek(f"/referrals/{referral}/")[1]
    assert gulnora.peek(f"/referrals/{again}/")[0] == 404, "the second request is none of theirs"
    zarina.go(f"/cases/{code}/")
    zarina.sees("Declined")


def test_silence_reminds_escalates_and_lapses_by_itself(world: Play, enter: Enter) -> None:
    world.pass_time_until(TUESDAY, 10)  # from a Friday evening on it lapses on Monday, no more "for tonight"
    zarina = enter("caseworker-cso")
    _code, referral = steps.referred(zarina)

    reminded = (
        "select count(*) from notice n join referral r on r.id = n.about_id where r.code = %s and n.key_code = %s"
    )
    world.pass_time(hours=1.1)
    assert world.one(reminded, [referral, "waiting"]) == 0
    world.tick()
    assert world.one(reminded, [referral, "waiting"]) > 0, "the desk is reminded"
    gulnora = enter("desk-shelter", signed_in=False).enter_by_the_door()
    steps.follow(gulnora, referral, "A place for a woman")
    world.pass_time(hours=1)
    world.tick()
    farida = enter("coordinator", signed_in=False).enter_by_the_door()
    farida.go("/coordination/late/")
    assert f"{referral[:4]} {referral[4:]}" in farida.text
    assert steps.SHELTER in farida.text
    assert farida.peek(f"/referrals/{referral}/")[0] == 404, "she telephones; she sees no case"

    for _turn in range(40):  # not before its desk had two working hours on end
        world.pass_time(hours=4.2)
        world.tick()
        if world.one("select state_code from referral where code = %s", [referral]) == "lapsed":
            break
    again = enter("caseworker-cso", signed_in=False).enter_by_the_door()
    again.go("/")
    steps.follow(again, referral, "No place for tonight")
    again.sees("Expired")
    again.press("Ask another organisation")
    again.sees("Ask another organisation for help")
    officer = enter("desk-shelter", signed_in=False).enter_by_the_door()
    officer.go(f"/referrals/{referral}/")
    assert officer.form("accept").count() == 0
    assert world.one("select count(*) from packet_body b join referral r on r.id = b.referral_id where r.code = %s",
                     [referral]) == 0  # fmt: skip


def test_she_did_not_come_and_the_sender_knows_at_once(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    _code, referral = steps.referred(zarina)
    steps.accept(enter("desk-shelter"), referral)

    world.pass_time(days=2)
    parvina = enter("shelter-worker", signed_in=False).enter_by_the_door()
    parvina.go(f"/referrals/{referral}/")
    parvina.press("The person did not come")
    parvina.sees("Noted.")

    sender = enter("caseworker-cso", signed_in=False).enter_by_the_door()
    sender.go("/")
    steps.follow(sender, referral, "Find out whether the person is safe")
    sender.sees("Find out whether the person is safe today")
