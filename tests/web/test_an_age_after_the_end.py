"""An age that is put right after a referral has ended is told to whoever received the person and still works with them
(ADR 0167).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.notices.models import Notice
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.scene import Scene, again
from tests.web.senders import page_text
from tests.web.test_age_put_right import confirmed, page

pytestmark = pytest.mark.django_db
WOMAN, GIRL = "18\u201129", "9\u201117"
SAYS = "The sender put the age right: "
BEFORE = "Told of a new age too, if they still work with the person: Shelter-Kulob."
FIRST = "find out which age is right before you tell child protection"
AIM = "of a child we aim to tell child protection within 24 hours"
ADULT, CHILD = "a18_29", "a9_17"


def came(scene: Scene, band: str) -> tuple[Case, Referral, Case]:
    """The sender's case, the referral and the shelter's own case: the person came, and was of this age."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    if band == CHILD:
        confirmed(scene.zarina, case, CHILD)
    pass_time(minutes=1)
    return case, referral, scene.served(referral)


def finished(scene: Scene, _case: Case, referral: Referral) -> None:
    pass_time(minutes=1)
    with doors.acting(scene.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(actor, mine, version=mine.version, result="not_reached")


def confirmed_end(scene: Scene, case: Case, referral: Referral) -> None:
    finished(scene, case, referral)
    with doors.acting(scene.zarina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.confirm(actor, mine, version=mine.version, her_view="content", agrees=True)


def ended_by_her_word(scene: Scene, _case: Case, referral: Referral) -> None:
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        send.withdraw(actor, Referral.objects.get(pk=referral.pk), how_said="in_person")


def withdrew_all(scene: Scene, case: Case, _referral: Referral) -> None:
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        consent.withdraw(actor, again(case), how_said="in_person")


ENDS: tuple[Callable[[Scene, Case, Referral], None], ...] = (finished, confirmed_end, ended_by_her_word, withdrew_all)


def saved(scene: Scene, case: Case, band: str) -> str:
    """What the sender reads after the age was put right on its page."""
    pass_time(minutes=1)
    client, at = doors.client_for(scene.zarina), f"/cases/{case.code}/settle_age/"
    answer: Any = press(client, at, age_band=band, reason="papers")
    assert answer.status_code == 303
    return page_text(client.get(answer["Location"])).partition("Saved: ")[2].partition("Put the age back")[0]


def told(of: Case) -> int:
    with god():
        return Notice.objects.filter(about_id=of.pk, key_code="age_there").count()


def clock(of: Case) -> bool:
    with god():
        return CaseClock.objects.filter(case=of, clock_code="child").exists()


@pytest.mark.parametrize("ends", ENDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(("before", "now"), [(CHILD, ADULT), (ADULT, CHILD)])
def test_whoever_received_the_person_reads_the_age_of_now(
    scene: Scene, ends: Callable[[Scene, Case, Referral], None], before: str, now: str
) -> None:
    """Red before: the shelter's own case and its Today went on saying the other age, and nobody was told."""
    case, referral, own = came(scene, before)
    ends(scene, case, referral)
    at = f"/cases/{own.code}/"
    assert SAYS not in page(scene.parvina, at)
    assert SAYS not in page(scene.parvina, "/")
    with god():
        summary = ReferralCard.objects.get(pk=referral.pk).age_band_code
    # Red before: it was said only once it was done.
    assert BEFORE in page(scene.zarina, f"/cases/{case.code}/settle_age/")
    assert "Told: Shelter-Kulob." in saved(scene, case, now)
    who = f"Woman, {WOMAN}" if now == ADULT else f"Girl, {GIRL}"
    shown = doors.client_for(scene.parvina).get(at)
    assert f"{SAYS}{who}" in page_text(shown)
    assert f'href="{at}settle_age/?age={now}"' in shown.content.decode(), "it is chosen there"
    home = doors.client_for(scene.parvina).get("/")
    assert f"{SAYS}{who}" in page_text(home)
    assert (FIRST if now == ADULT else AIM) in page_text(home)
    assert f'href="{at}settle_age/?age={now}"' in home.content.decode()
    assert "Say that they were told" not in page_text(home), "nobody is told of an adult before it is known"
    assert told(own) == 1
    with god():
        assert ReferralCard.objects.get(pk=referral.pk).age_band_code == summary, "what has ended stays as it was"
    assert again(own).age_band_code == before, "they decide in their own case"
    confirmed(scene.parvina, own, now)
    assert clock(own) is (now == CHILD), "the time limit goes by their own case"
    home_text = page(scene.parvina, "/")
    assert SAYS not in home_text
    assert SAYS not in page(scene.parvina, at)
    assert ("Tell child protection" in home_text) is (now == CHILD)


def test_before_child_protection_is_told_of_an_adult_its_page_says_what_the_sender_says(scene: Scene) -> None:
    case, referral, own = came(scene, CHILD)
    finished(scene, case, referral)
    at = f"/cases/{own.code}/tell_child_protection/"
    assert SAYS not in page(scene.parvina, at)
    saved(scene, case, ADULT)
    assert f"{SAYS}Woman, {WOMAN}" in page(scene.parvina, at)
    choice = f"/cases/{own.code}/settle_age/"
    assert fields(doors.client_for(scene.parvina).get(f"{choice}?age={ADULT}"), choice)["age_band"] == [ADULT]


def test_who_knows_it_better_there_says_so(scene: Scene) -> None:
    case, referral, own = came(scene, CHILD)
    finished(scene, case, referral)
    saved(scene, case, ADULT)
    confirmed(scene.parvina, own, CHILD)
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")
    home = page(scene.parvina, "/")
    assert SAYS not in home
    assert "Tell child protection" in home, "and the duty stays"


def test_an_age_that_is_put_back_is_told_and_no_row_is_left(scene: Scene) -> None:
    case, referral, own = came(scene, CHILD)
    finished(scene, case, referral)
    saved(scene, case, ADULT)
    assert "Told: Shelter-Kulob." in saved(scene, case, CHILD)
    assert told(own) == 2
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")
    assert "Tell child protection" in page(scene.parvina, "/")
    assert "Told:" not in saved(scene, case, CHILD), "the same age again tells nobody"
    assert "Told: Shelter-Kulob." in saved(scene, case, ADULT)
    assert f"{SAYS}Woman" in page(scene.parvina, f"/cases/{own.code}/")


def test_into_a_closed_case_nothing_goes(scene: Scene) -> None:
    case, referral, own = came(scene, CHILD)
    finished(scene, case, referral)
    with doors.acting(scene.parvina) as actor:
        mine = again(own)
        cases.close(actor, mine, version=mine.version, outcome="goals_met")
    assert "Told:" not in saved(scene, case, ADULT)
    assert told(own) == 0
    assert SAYS not in page(scene.parvina, f"/cases/{own.code}/")


def test_another_case_of_theirs_reads_nothing(scene: Scene) -> None:
    """Red in a wall that goes by the organisation: the age is told to the case that came by this referral."""
    case, referral, own = came(scene, CHILD)
    _other, beside, theirs = came(scene, CHILD)
    for one in (referral, beside):
        finished(scene, case, one)
    saved(scene, case, ADULT)
    assert (told(own), told(theirs)) == (1, 0)
    assert SAYS not in page(scene.parvina, f"/cases/{theirs.code}/")


def test_a_region_or_children_are_told_to_nobody_after_the_end(scene: Scene) -> None:
    case, referral, own = came(scene, ADULT)
    finished(scene, case, referral)
    pass_time(minutes=1)
    press(doors.client_for(scene.zarina), f"/cases/{case.code}/edit/?all=1", children_code="2", risk_code="high")
    with god():
        assert not Notice.objects.filter(about_id=own.pk).exists()


def test_who_was_told_is_answered_to_the_team_alone(scene: Scene) -> None:
    case, referral, own = came(scene, CHILD)
    finished(scene, case, referral)
    saved(scene, case, ADULT)

    def asked(by: doors.Person, of: Case) -> int:
        with doors.acting(by), connection.cursor() as cursor:
            cursor.execute("select count(*) from age_told(%s)", [of.pk])
            return int(cursor.fetchone()[0])

    assert asked(scene.zarina, case) == 1
    for by, of in ((scene.saida, case), (scene.farida, case), (scene.parvina, case), (scene.zarina, own)):
        assert asked(by, of) == 0, by
    with doors.acting(scene.zarina), connection.cursor() as cursor:
        cursor.execute("select count(*) from referral_own_case")
        assert cursor.fetchone() == (0,), "the sender reads no row of their own case"
    assert not re.search(WOMAN, page(scene.gulnora, "/")), "the desk reads nothing any more"
