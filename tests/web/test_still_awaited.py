"""What a call, a word or a press has calmed for a time stands quietly on Today until it is asked again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.order import cards
from hamkori.casework.work.queries.today import today
from hamkori.vocabulary.codes import shown
from hamkori.web.kit import moments
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, text
from tests.web.scene import Scene
from tests.web.test_today import declined

pytestmark = pytest.mark.django_db


def page(who: doors.Person) -> str:
    return doors.client_for(who).get("/").content.decode()


def later(who: doors.Person) -> str:
    """What stands under "Later"."""
    return page(who).partition(">Later<")[2].partition("</ul>")[0]


def listed(who: doors.Person) -> dict[str, list[str]]:
    """Lists of Today, and what is in each; what is late is what the rail counts."""
    with doors.acting(who) as actor:
        found, rail = today(actor, "en"), counts(actor)
        assert rail.late + rail.to_call + rail.without_place == len(found.late) + len(found.unread)
        return {card: [row.what for row in rows] for card, rows in cards(found).items() if rows}


def hear(scene: Scene, referral: Referral, heard: str) -> None:
    client, address = doors.client_for(scene.zarina), f"/referrals/{referral.code}/"
    with god():
        version = Referral.objects.get(pk=referral.pk).version
    said = {"operation": str(uuid4()), "version": version, "heard": heard}
    assert client.post(f"{address}hear/", said, follow=True).status_code == 200


def test_an_arrival_rests_under_later_after_a_call_and_a_word(scene: Scene) -> None:
    """Red before: it was nowhere on Today until the reminder."""
    referral = scene.sent(scene.case())
    scene.accepted(referral)
    pass_time(days=1)
    assert listed(scene.zarina) == listed(scene.saida) == {"late": ["sent.arrival"]}
    for heard, said in (
        ("called", ("Did the person arrive?", "your team called today")),
        ("came", ("They have not confirmed yet that the person came:", "your team said so today")),
    ):
        hear(scene, referral, heard)
        with god():
            back = ReferralClock.objects.get(referral=referral).next_at
        assert back is not None
        for who in (scene.zarina, scene.saida):
            assert listed(who) == {"later": ["sent.arrival"]}, heard
            assert "Nothing is late, and nothing is due today." in page(who)
            for word in (*said, "omes back ", moments.clock_time(back), "Say what you know"):
                assert word in later(who), (heard, word)
            address = f"/referrals/{referral.code}/"
            assert f'href="{address}#hear"' in later(who)
            assert 'id="hear"' in doors.client_for(who).get(address).content.decode(), heard
    pass_time(hours=(back - timezone.now()).total_seconds() / 3600 - 23)
    assert listed(scene.zarina) == {"late": ["sent.arrival"]}, "and is asked again"


def test_own_steps_and_who_is_expected_stand_under_later_for_a_week(scene: Scene) -> None:
    near, own, far = scene.case(), scene.case(), scene.case()
    for case, days in ((near, 2), (own, 4), (far, 9)):
        with god():
            Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() + timedelta(days=days))
    scene.accepted(scene.sent(scene.case()), days=3)
    assert listed(scene.zarina) == {"later": ["next_step", "sent.comes", "next_step"]}, "by the day, whatever it is for"
    assert f"/cases/{own.code}/" in later(scene.zarina)
    assert later(scene.zarina).count("Open the referral") == 1, "no hour is written: its page says whom to call"
    assert f"/cases/{far.code}/" not in page(scene.zarina)
    assert listed(scene.saida) == {}, "a supervisor reads what is late"
    assert "Accepted: NGO shelter" in page(scene.zarina), "and it is news"


def test_a_place_for_tonight_stands_first_until_the_person_is_there_and_a_night_is_told_whole(scene: Scene) -> None:
    """Red before: it stood below everything that was soon, and what ended the same night was told nowhere."""
    own, case = scene.case(), scene.case()
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_on="2026-01-02")
    referral = scene.sent(case)
    scene.accepted(referral)
    assert next(iter(listed(scene.zarina).items())) == ("accepted", ["sent.comes"])
    client = doors.client_for(scene.zarina)
    for said in range(2):
        first = page(scene.zarina).partition("Accepted for today")[2].partition("</section>")[0]
        assert f'href="/referrals/{referral.code}/">Open the referral' in first, said
        assert "no hour and no place written: call them" in first, said
        client.post("/seen/", {"key": ["accepted", "news"]})
    assert "no hour and no place written: call them" not in page(scene.saida), "the team tells"
    scene.served(referral)
    assert "accepted" not in listed(scene.zarina)
    assert "Help began: NGO shelter" in page(scene.zarina)
    with doors.acting(scene.zarina) as actor:
        consent.withdraw(actor, Case.objects.get(pk=case.pk), rows=None, sections=[], how_said="in_person")
    arrived = page(scene.zarina).partition('id="news"')[2]
    assert ("Help began, and the referral ended since: NGO shelter" in arrived, "Accepted, and" in arrived) == (
        True,
        False,
    ), "once"
    assert f'href="/referrals/{referral.code}/"' in arrived
    assert shown(case.code) in arrived, "of which case"
    assert "new thing" not in page(scene.zarina).partition('id="news"')[0], "what ended is no news"
    pass_time(hours=25)
    assert "ended since" not in page(scene.zarina), "for a day"


def test_a_dispute_is_waited_for(scene: Scene) -> None:
    referral = scene.sent(scene.case())
    scene.accepted(referral)
    scene.served(referral)
    with doors.acting(scene.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(actor, mine, version=mine.version, result="given")
    with doors.acting(scene.zarina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.dispute(actor, mine, version=mine.version, reason="only_part")
    asked = {"unread": ["place.open"]}  # where the person sleeps since (ADR 136)
    assert listed(scene.zarina) == {**asked, "later": ["sent.disputed"]}
    here = page(scene.zarina)
    assert ">Waiting for the answer to the dispute: NGO shelter" in here.partition(">Call now<")[2], "ADR 164"
    assert listed(scene.saida) == asked


def test_who_is_in_danger_is_not_lost_from_sight_once_somebody_was_asked(scene: Scene) -> None:
    case = scene.case()
    with god():
        Case.objects.filter(pk=case.pk).update(has_danger=True)
    assert listed(scene.zarina) == {"danger": ["danger.open"]}
    scene.sent(case, urgency="normal")
    assert [whats for card, whats in listed(scene.zarina).items() if card in ("urgent", "later")] == [["sent.waiting"]]


def test_a_supervisor_sees_who_has_no_place_yet_before_it_is_late(scene: Scene) -> None:
    """Red before: nobody who waited for an open desk stood there until the answer was late."""
    case = scene.case(need_tonight_codes=["safe_place"])
    assert listed(scene.saida) == {"unread": ["place.open"]}
    referral = scene.sent(case)
    assert listed(scene.saida) == {"urgent": ["sent.waiting"]}
    said = text(doors.client_for(scene.saida).get("/"))
    for word in ("No place for tonight yet", "lead worker: Zarina", "Tell the team", "by "):
        assert word in said.partition("Urgent: no answer yet")[2], word
    with doors.acting(scene.gulnora) as actor:
        waiting = Referral.objects.get(pk=referral.pk)
        receive.ask(actor, waiting, version=waiting.version, question_code="interpreter")
    assert listed(scene.saida) == {"urgent": ["question"]}
    said = text(doors.client_for(scene.saida).get("/"))
    assert "Tell the team" in said.partition("They ask your team: ")[2], "she answers it herself nowhere"
    tells = f"/cases/{case.code}/tell_lead/"
    client = doors.client_for(scene.saida)
    pressed = fields(client.get("/"), tells)
    told = text(client.post(tells, pressed, follow=True))
    assert "Told: Zarina, case " in told
    assert "Nobody was told again." in text(client.post(tells, pressed, follow=True)), "the same press once more"
    row = told.partition("They ask your team: ")[2]
    assert [word in row for word in ("lead worker was told today", "Open the referral", "Tell the team")] == [
        True,
        True,
        False,
    ]
    assert "your supervisor asks you to look" in text(doors.client_for(scene.zarina).get("/"))
    scene.accepted(referral)
    assert listed(scene.saida) == {"accepted": ["sent.comes"]}, "the team has not told them yet"


def test_what_arrived_is_new_or_earlier(scene: Scene) -> None:
    referral = scene.sent(scene.case())
    scene.accepted(referral)
    scene.served(referral)
    assert page(scene.zarina).count("What arrived") == 1
    pass_time(days=5)
    scene.accepted(scene.sent(scene.case()), days=9)
    new, earlier = page(scene.zarina).partition('id="news"')[2].split('<details class="fold">')
    assert (new.count("Accepted: "), earlier.count("Help began: ")) == (1, 1)
    assert ("New since the working day ended (" in new, "Earlier: 1" in earlier) == (True, True)
    assert "What arrived" not in page(scene.zarina)
    declined(scene, scene.sent(scene.case()))
    assert "Also new since the working day ended (" in page(scene.zarina), "what stands above as work arrived, too"
    assert "1 more new thing below" in page(scene.zarina)


def test_what_arrived_long_ago_is_folded(scene: Scene) -> None:
    """Red before: on a telephone most of Today was what had arrived weeks ago."""
    for _two in range(2):
        referral = scene.sent(scene.case())
        scene.accepted(referral)
        scene.served(referral)
    number = page(scene.zarina).partition('id="news"')[2].count('class="what"')
    assert "<summary" not in page(scene.zarina).partition('id="news"')[2]
    pass_time(days=8)
    shown, folded = page(scene.zarina).partition('id="news"')[2].split('<details class="fold">')
    assert f"Earlier: {number}" in folded
    assert (shown.count('class="what"'), folded.count('class="what"')) == (0, number)
    assert "Mark all as seen" in shown
