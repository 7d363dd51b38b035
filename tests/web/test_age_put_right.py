"""An age that was put right: the history says from what to what, the own case is asked, and no duty comes twice."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseClock
from hamkori.directory.models import Service
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.senders import page_text
from tests.web.test_lines_stay_true import recalled

pytestmark = pytest.mark.django_db
WOMAN, GIRL = "18\u201129", "9\u201117"


def confirmed(who: doors.Person, case: Case, band: str) -> None:
    pass_time(minutes=1)
    with doors.acting(who) as actor:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band=band, reason="papers")


def page(who: doors.Person, address: str) -> str:
    return page_text(doors.client_for(who).get(address))


def test_the_history_says_from_what_to_what_an_age_was_corrected(scene: Scene) -> None:
    """Red before: "Age confirmed"."""
    case = scene.case()
    at = f"/cases/{case.code}/"
    confirmed(scene.zarina, case, "a18_29")
    assert "Age confirmed or corrected" in page(scene.zarina, at), "nothing was sent, and nothing knows what was before"
    scene.sent(case)
    confirmed(scene.zarina, case, "a9_17")
    happened = page(scene.zarina, at).partition("What happened")[2]
    assert f"Age corrected: {GIRL} (before: {WOMAN})" in happened
    assert happened.count("Age confirmed or corrected") == 1, "the first one stands as it was"


def test_each_correction_names_both_ages_also_once_the_referral_has_ended(scene: Scene) -> None:
    """Red before: "Age confirmed or corrected: Documents", without which, above a line that named both."""
    case = scene.case()
    confirmed(scene.zarina, case, "a18_29")
    referral = scene.sent(case)
    confirmed(scene.zarina, case, "a9_17")
    recalled(scene, referral)
    confirmed(scene.zarina, case, "a18_29")
    happened = page(scene.zarina, f"/cases/{case.code}/?events=all").partition("What happened")[2]
    for said in (
        f"Age corrected: {WOMAN} (before: {GIRL})",
        f"Age corrected: {GIRL} (before: {WOMAN})",
        f"Age confirmed or corrected: {WOMAN}",
    ):
        assert happened.count(said) == 1, said


def test_who_was_told_of_a_child_is_not_to_be_told_again(scene: Scene) -> None:
    """Red before: child, adult, child began the day anew beside "Child protection told 6 November"."""
    case = scene.case(age_band_code="a9_17")
    with doors.acting(scene.zarina) as actor:
        found = Case.objects.get(pk=case.pk)
        cases.tell_child_protection(actor, found, version=found.version)
    for band in ("a18_29", "a9_17"):
        confirmed(scene.zarina, case, band)
    with god():
        assert not CaseClock.objects.filter(case=case, clock_code="child").exists()
    for at in ("/", f"/cases/{case.code}/"):
        shown = page(scene.zarina, at)
        assert "Say who was told" not in shown, at
        assert "Say that they were told" not in shown, at


def test_who_was_not_told_yet_is_told_once_it_is_a_child_again(scene: Scene) -> None:
    case = scene.case(age_band_code="a9_17")
    for band in ("a18_29", "a9_17"):
        confirmed(scene.zarina, case, band)
    assert "Say who was told" in page(scene.zarina, f"/cases/{case.code}/")


def test_the_own_case_is_asked_to_say_the_age_that_the_sender_put_right(scene: Scene) -> None:
    """Red before: the referral said girl, the own case went on saying woman, and nothing asked."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    with god():
        Service.objects.filter(pk=referral.service_id).update(admission_codes=["women"])
    pass_time(minutes=1)
    own = scene.served(referral)
    at, of_referral = f"/cases/{own.code}/", f"/referrals/{referral.code}/"
    asks, counted = "The sender put the age right: Girl,", "1 age to confirm"
    before = page(scene.parvina, "/")
    for said in (asks, counted):
        assert said not in page(scene.parvina, at) + before
    confirmed(scene.zarina, case, "a9_17")
    shown = doors.client_for(scene.parvina).get(at)
    assert asks in page_text(shown)
    assert f'href="{at}settle_age/"' in shown.content.decode()
    home = doors.client_for(scene.parvina).get("/")
    main = page_text(home).partition(" New case ")[2]
    # Red before: the last row of "Here now", in the colour of calm; and the same news three times.
    assert main.index("Urgent 1") < main.index(asks) < main.index("Here now")
    assert (main.lower().count("the sender put the age right"), main.count("The age was corrected")) == (1, 0)
    assert counted in page_text(home)
    assert '<span class="lead ico late">' in home.content.decode().partition(asks)[0].rpartition("<li")[2]
    said = page(scene.parvina, of_referral)
    assert "Your service does not say that it takes children." in said, "as of one that is accepted"
    assert "Ask those who work there whether the child can stay, and call the sender." in said
    confirmed(scene.parvina, own, "a9_17")
    assert asks not in page(scene.parvina, at)
    for gone in (asks, counted):
        assert gone not in page(scene.parvina, "/")


def test_what_the_own_team_confirmed_after_the_sender_stands(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    pass_time(minutes=1)
    own = scene.served(referral)
    confirmed(scene.zarina, case, "a9_17")
    confirmed(scene.parvina, own, "a30_47")
    for at in (f"/cases/{own.code}/", "/"):
        assert "sender put the age right" not in page(scene.parvina, at), "whoever sees the person decides"
