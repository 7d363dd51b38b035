"""She takes it back: at the next click nothing opens, for the product and for whoever holds the database."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hamkori.vault import keyring_file
from tests.journeys import steps
from tests.journeys.conftest import Enter
from tests.journeys.play import Play
from tests.journeys.superuser import with_key_of

pytestmark = pytest.mark.browser

TELL = "import django; django.setup(); from hamkori.site.demo.secret import passphrase_for; print(passphrase_for({!r}))"


def passphrase_of(world: Play, email: str) -> str:
    """What she types; the demonstration's secret tells it."""
    done = subprocess.run(
        [sys.executable, "-c", TELL.format(email)],
        env=world.environment("web"),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_she_takes_it_back_and_nothing_opens_any_more(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code, referral = steps.referred(zarina)
    steps.accept(enter("desk-shelter"), referral)
    parvina = enter("shelter-worker")
    parvina.go(f"/referrals/{referral}/?open=packet")
    parvina.sees(steps.CALL_NAME)

    ring = keyring_file.load(world.data / "keyring")
    passphrase = passphrase_of(world, "parvina@panoh.example")
    with world.stage.superuser(world.database) as connection:
        everything = with_key_of(connection, ring, "parvina@panoh.example", passphrase)
        assert everything.reads(steps.CALL_NAME.encode()) == 1, "while it is live, her key opens the packet"
        assert everything.reads(steps.HER_WORDS.encode()) == 1

        zarina.go(f"/cases/{code}/consent/withdraw/")
        zarina.choose("Everything, to everybody")
        zarina.press("In person: withdraw")
        zarina.sees("What stopped, and who had opened it").click()
        zarina.sees("has stopped. What was shared is deleted there")

        parvina.page.reload()
        assert steps.CALL_NAME not in parvina.page.content()
        assert "Canary" not in parvina.peek(f"/referrals/{referral}/?open=packet")[1]
        assert parvina.peek(f"/referrals/{referral}/?open=packet")[0] in (200, 404, 409)
        assert world.one("select state_code from referral where code = %s", [referral]) == "ended"

        assert everything.reads(steps.CALL_NAME.encode()) == 0
        assert everything.reads(steps.HER_WORDS.encode()) == 0
        assert everything.keys(), "her other requests still open: the reader works"


def test_she_says_no_to_the_police_and_all_other_help_goes_on(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code = steps.register(zarina)
    steps.agree(zarina, code, yes=("shelter_social_help",), no=("police_protection", "police_justice"))
    steps.choose_service(zarina, code, "Police unit against trafficking (demo)", need="SAFE")
    zarina.sees(
        "The person said no to the police. Nothing can be sent there. If a life is in danger, call 112 (not confirmed)."
    )
    assert zarina.page.get_by_role("button", name="Send").count() == 0, "there is nothing to press"
    assert zarina.page.locator("[name=sections]").count() == 0

    steps.choose_service(zarina, code, steps.SHELTER)
    steps.send(zarina)
    said = enter("investigator")
    assert said.peek(f"/cases/{code}/")[0] == 404
    assert world.one("select count(*) from referral r join organisation o on o.id = r.to_organisation_id"
                     ' join referral_origin f on f.referral_id = r.id join "case" c on c.id = f.case_id'
                     " where o.compartment_code = 'law_enforcement' and c.code = %s", [code]) == 0  # fmt: skip


def test_a_child_is_asked_too_and_an_adult_may_speak(world: Play, enter: Enter) -> None:
    zarina = enter("caseworker-cso")
    code = steps.register(
        zarina, age="9\u201117", need="Something for a child", child_contact="Canary-Guardianship, telephone 2"
    )
    zarina.sees("Tell child protection")
    zarina.go(f"/cases/{code}/consent/")
    zarina.page.locator("[name=a_shelter_social_help][value=yes]").check(force=True)
    zarina.page.locator("input[name=language][value=tg]").check(force=True)
    zarina.press("Save the answers")
    zarina.sees("A child needs an adult who may speak.")
    zarina.sees("Ask the child too, or say why not.")

    steps.agree(zarina, code, child=True)
    steps.choose_service(zarina, code, "Social service (demo)", need="CHILD")
    referral = steps.send(zarina)
    nargis = enter("social-service")
    nargis.go(f"/referrals/{referral}/")
    nargis.sees("9\u201117")
    assert "Canary" not in nargis.page.content()

    zarina.go(f"/cases/{code}/")
    zarina.page.get_by_role("link", name="Say who was told").click()
    zarina.page.locator("[name=told]").first.check(force=True)
    zarina.press("Save")
    assert zarina.page.get_by_role("link", name="Say who was told").count() == 0
    clock = 'select count(*) from case_clock k join "case" c on c.id = k.case_id where c.code = %s'
    assert world.one(f"{clock} and k.clock_code = 'child'", [code]) == 0
