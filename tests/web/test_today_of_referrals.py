"""Today's rows of referrals that wait, come or are late: where to call, when it comes back, what a supervisor may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone, translation

from hamkori.casework.case.models import Case, CaseAccess, CaseClock
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.today import today
from hamkori.people.actions import desk_phone
from hamkori.people.models import OrganisationPhone
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.words.referral import question_of_theirs
from tests import doors
from tests.cast import pass_time, wall_clock
from tests.database import god
from tests.web.forms_of import fields, text
from tests.web.scene import Scene
from tests.web.senders import counted

pytestmark = pytest.mark.django_db
WHAT = re.compile(r'<a class="(?:what|line)" href="([^"]+)">([^<]+)<')


def rows(who: doors.Person) -> list[tuple[str, str]]:
    """Where each row of her Today leads, and what it says."""
    answer = doors.client_for(who).get("/")
    assert answer.status_code == 200
    return WHAT.findall(answer.content.decode().partition('id="news"')[0])


def bar(who: doors.Person, address: str) -> list[datetime]:
    """From when to when the first bar of time of this page runs."""
    shown = doors.client_for(who).get(address).content.decode()
    (found,) = re.findall(r'<progress class="clock"[^>]*data-start="([^"]+)" data-due="([^"]+)"', shown)[:1]
    return [datetime.fromisoformat(one) for one in found]


def page(who: doors.Person, address: str) -> str:
    answer = doors.client_for(who).get(address)
    assert answer.status_code == 200, address
    return text(answer)


def phone(scene: Scene, number: str) -> None:
    with doors.acting(scene.gulnora) as desk:
        desk_phone.record(desk, phone=number)


def declined(scene: Scene, referral: Referral) -> None:
    with doors.acting(scene.gulnora) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.decline(actor, mine, version=mine.version, reason="full")


def test_a_late_arrival_says_whom_to_call_and_where(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    pass_time(days=1)
    for who in (scene.zarina, scene.saida):
        assert "no number recorded" in page(who, "/")
        assert "Say what you know" in page(who, "/"), "also the supervisor may"
        there = page(who, f"/referrals/{referral.code}/")
        assert "No number of this referral desk is recorded. The coordinator can look for one." in there
        assert f'href="/directory/{scene.service}/"' in there
    phone(scene, "(demo) 00-11")
    for who in (scene.zarina, scene.saida):
        for address in ("/", f"/referrals/{referral.code}/", f"/cases/{case.code}/"):
            shown = page(who, address)
            # On Today the number stands beside the name.
            said = (
                "00\u201111 (invented)" if address == "/" else "Referral desk: 00\u201111, invented, cannot be called"
            )
            assert (said in shown, "Referral desk: " in shown) == (True, address != "/"), address
            assert "tel:" not in shown
    assert doors.client_for(scene.zarina).get(f"/directory/{scene.service}/").status_code == 200


def test_the_number_is_read_while_they_owe_something_and_by_nobody_else(scene: Scene) -> None:
    phone(scene, "+992 00 000 00 01")
    case = scene.case()
    numbers = {}
    for when in ("before", "waiting", "ended"):
        if when == "waiting":
            referral = scene.sent(case)
        if when == "ended":
            declined(scene, referral)
        for who in (scene.zarina, scene.saida, scene.manzura, scene.parvina):
            with doors.acting(who), connection.cursor():
                numbers[who.name, when] = OrganisationPhone.objects.count()
    readers = {key for key, number in numbers.items() if number}
    own = {(scene.parvina.name, when) for when in ("before", "waiting", "ended")}
    assert readers == own | {(scene.zarina.name, "waiting"), (scene.saida.name, "waiting")}


def test_an_urgent_referral_that_waits_is_a_row_that_opens_it_with_its_buttons(scene: Scene) -> None:
    case = scene.case()
    referral, calm = scene.sent(case), scene.sent(scene.case(), urgency="normal")
    address = f"/referrals/{referral.code}/"
    # Red before: "Waiting for an answer: ", under a title that says so of all its rows.
    assert rows(scene.zarina) == [(address, "NGO shelter or crisis room")]
    assert [what for _at, what in rows(scene.saida)] == ["NGO shelter or crisis room"]
    there = page(scene.zarina, address)
    assert f'href="{address}recall/"' in there
    assert "No number of this referral desk is recorded. The coordinator can look for one." in there
    answers = [f'action="{address}call/"', *(f'value="{one}"' for one in ("coordinator", "no_coordinator"))]
    raw = doors.client_for(scene.zarina).get(address).content.decode()
    box = raw[raw.index('<div class="note"') :].partition("</details>")[0]
    assert all(one in box for one in answers), "calm, and with what can be done"
    assert "Nobody else is listed: call the coordinator" not in raw, "this desk may still answer"
    bars = [bar(scene.zarina, at) for at in ("/", address, f"/cases/{case.code}/", "/referrals/")]
    with god():
        Case.objects.filter(pk=case.pk).update(need_tonight_codes=["safe_place"])
    with doors.acting(scene.gulnora) as desk:
        mine = Referral.objects.get(pk=referral.pk)
        receive.ask(desk, mine, version=mine.version, question_code="safe_in_this_region")
    theirs = page(scene.gulnora, "/")
    assert re.search(r"asked the sender today \d\d:\d\d, no answer yet", theirs)
    assert "Read and answer" not in theirs
    question = "Is it safe for this person in the region of Shelter-Kulob (Khatlon Region)?"
    above = page(scene.saida, address)
    assert above.index(question) < above.index("Only who works on the case can answer") < above.index("Tell the team")
    told = fields(doors.client_for(scene.saida).get(address), f"/cases/{case.code}/tell_lead/")
    assert doors.client_for(scene.saida).post(f"/cases/{case.code}/tell_lead/", told)["Location"] == address
    assert f"{scene.saida.name} told the lead worker " in page(scene.saida, address)
    assert [what for _href, what in rows(scene.zarina)] == [f"Answer a question: {question}"], "one row"
    assert calm.code not in (home := page(scene.zarina, "/"))
    assert home.index("Urgent: no answer yet") < home.index(question), "no less urgent than before"
    assert "Urgent" not in home.partition(question)[2][:200], "its heading says it"
    assert "No place for tonight yet" in home.partition(question)[2][:200], "as before it was asked"
    starts, ends = zip(*bars, bar(scene.zarina, "/"), bar(scene.gulnora, "/"), strict=True)
    assert max(starts) - min(starts) < timedelta(seconds=5), "one time, wherever it runs, and not that of the question"
    assert len(set(ends)) == 1
    of_case = page(scene.zarina, f"/cases/{case.code}/")
    banner = of_case[of_case.index("No place for tonight yet") :]
    assert banner.index(f"They ask you: {question}") < banner.index("Answer") < banner.index("Referrals")
    assert "asked and has not answered" not in of_case
    with god():
        Case.objects.filter(pk=case.pk).update(need_tonight_codes=["nothing_now"])
    of_case = page(scene.zarina, f"/cases/{case.code}/").partition("Referrals")[2]
    assert f"They ask you: {question}" in of_case, "without a box the row says it"
    assert f'href="{address}answer/"' in doors.client_for(scene.zarina).get(f"/cases/{case.code}/").content.decode()
    asked = page(scene.zarina, f"{address}answer/")
    for said in (question, "Answer of the referral desk:", "Woman, 18\u201129"):
        assert said in asked, said
    assert "our region" not in page(scene.zarina, address)


def test_what_is_urgent_stands_above_what_is_late_and_who_goes_before_an_earlier_hour_says_why(scene: Scene) -> None:
    """Red before: a step of weeks ago stood above an urgent answer; the list of cases had them the other way round."""
    old, early, risky = (scene.case() for _ in range(3))
    scene.sent(early)
    pass_time(minutes=5)
    scene.sent(risky)
    with god():
        Case.objects.filter(pk=old.pk).update(next_step_on="2026-01-01", risk_code="high")
        Case.objects.filter(pk=risky.pk).update(risk_code="high")
    today = doors.client_for(scene.zarina).get("/").content.decode()
    listed = doors.client_for(scene.zarina).get("/cases/").content.decode()
    for there in (today, listed):
        places = [there.index(f"/cases/{one.code}/") for one in (risky, early, old)]
        assert places == sorted(places)
    assert (today.count("high risk comes first"), today.count("Risk: high")) == (1, 0), "once, and in place of the risk"
    pass_time(minutes=5)
    bed, why = scene.case(need_tonight_codes=["safe_place"]), "No place for tonight yet"
    asked = scene.sent(bed)
    today = doors.client_for(scene.zarina).get("/").content.decode()
    assert today.index(why) < today.index(f"/cases/{bed.code}/") < today.index(f"/cases/{risky.code}/")
    assert today.count(why) == 1, "in the title of those rows, and in no row"
    assert today.index(f"/cases/{bed.code}/") < today.index("Urgent: no answer yet"), "then the hours go on"
    said = {"operation": str(uuid4()), "answer": "said_yes"}
    doors.client_for(scene.zarina).post(f"/referrals/{asked.code}/call/", said)
    today = page(scene.zarina, "/")
    assert ("No confirmed place for tonight" in today, why in today) == (True, False), "true of each row"


def test_what_is_due_before_work_begins_again_is_near() -> None:
    friday = datetime(2026, 11, 27, 13, tzinfo=UTC)  # 18:00 at the wall
    sunday, monday = (
        Due(what="got.result", late=False, at=friday + timedelta(hours=hours), on=None) for hours in (55, 66)
    )
    assert is_near(sunday, friday)
    assert not is_near(monday, friday), "then they are there"


def test_no_question_says_our_or_us_to_its_sender() -> None:
    theirs = re.compile(r"\b(our|us|мо|наш\w*|нам|нами|нас|notre|nos|nous)\b", re.IGNORECASE)
    for language in ("en", "tg", "ru", "fr"):
        with translation.override(language):
            for entry in codelist("question_code"):
                said = question_of_theirs(entry.code, "Panoh", "TJ-KT")
                assert not theirs.search(said), (language, said)


def test_who_is_expected_this_evening_stands_above_the_own_steps_and_is_no_news_below(scene: Scene) -> None:
    own = scene.case()
    referral = scene.sent(scene.case())
    scene.accepted(referral, days=4)  # on a Friday the next three days are near
    assert "Later" in page(scene.zarina, "/"), "not yet above"
    assert "What arrived" in page(scene.zarina, "/")
    evening = wall_clock().date() + timedelta(days=4)
    noon = timezone.make_aware(datetime.combine(evening, time(12)))
    pass_time(hours=(noon - wall_clock()).total_seconds() / 3600)
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_on=evening)
    found = rows(scene.zarina)
    assert found[0] == (
        f"/referrals/{referral.code}/",
        "The person is expected: NGO shelter or crisis room",
    )
    assert found[1][0] == f"/cases/{own.code}/edit/"
    assert "What arrived" not in page(scene.zarina, "/")


def test_done_set_the_next_step_opens_its_form(scene: Scene) -> None:
    own, none = scene.case(), scene.case()
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_on="2026-01-02")
        Case.objects.filter(pk=none.pk).update(next_step_on=None)
    assert {href for href, _what in rows(scene.zarina)} == {f"/cases/{one.code}/edit/" for one in (own, none)}
    for one in (own, none):
        assert 'name="next_step_code"' in page(scene.zarina, f"/cases/{one.code}/edit/")


def test_where_no_step_is_planned_the_title_says_that_and_not_that_one_is_late(scene: Scene) -> None:
    own = scene.case()
    scene.accepted(scene.sent(scene.case()))
    with god():
        long_ago = timezone.now() - timedelta(days=9)
        Case.objects.filter(pk=own.pk).update(next_step_on=None, opened_at=long_ago)
        CaseAccess.objects.filter(case=own.pk, kind_code="lead").update(membership_id=scene.parvina.membership_id)
    for said in ("Cases without a next step", "1 case too long without a next step"):
        assert said in page(scene.parvina, "/")
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2026-01-02")
    for said in ("Next steps that are late", "1 next step late"):
        assert said in page(scene.parvina, "/")


def test_i_called_says_on_which_day_and_hour_it_comes_back(scene: Scene) -> None:
    referral = scene.sent(scene.case())
    scene.accepted(referral)
    pass_time(days=1)
    client, address = doors.client_for(scene.zarina), f"/referrals/{referral.code}/"
    before = client.get(address).content.decode()
    (button,) = set(re.findall(r"I called\. Remind me: ([^<]+?)\s*<", before))
    with god():
        version = Referral.objects.get(pk=referral.pk).version
    said = {"operation": str(uuid4()), "version": version, "heard": "called"}
    after = text(client.post(f"{address}hear/", said, follow=True))
    with god():
        next_at = ReferralClock.objects.get(referral=referral).next_at
    assert next_at is not None
    now_or_before = [moments.clock_time(next_at - timedelta(minutes=passed)) for passed in (0, 1)]
    (said_at,) = [one for one in dict.fromkeys(now_or_before) if one in button]  # a minute may have turned since
    assert f"this comes back {button.replace(said_at, now_or_before[0])}." in after


@pytest.mark.parametrize(
    ("comes_back", "said"),
    [
        (datetime(2026, 11, 30, 12, tzinfo=UTC), "Monday, 30 November, 17:00"),
        (datetime(2026, 11, 29, 12, tzinfo=UTC), "tomorrow 17:00"),
    ],
)
def test_a_reminder_names_the_day_of_the_week_unless_it_is_tomorrow(
    in_english: None, comes_back: datetime, said: str
) -> None:
    now = datetime(2026, 11, 28, 5, tzinfo=UTC)
    assert moments.reminder(comes_back, now) == said
    for language in ("tg", "ru", "fr"):  # English alone writes a day inside a sentence with a capital
        with translation.override(language):
            assert moments.reminder(comes_back, now)[0].islower()


def test_a_supervisor_reads_who_leads_and_is_offered_what_is_hers(scene: Scene) -> None:
    case, asked = scene.case(), scene.case()
    first = scene.sent(asked)
    declined(scene, first)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on="2026-01-02")
    saida = doors.client_for(scene.saida)
    with counted():
        today_page = text(saida.get("/"))
    assert today_page.count("lead worker: Zarina") == 2
    assert [href for href, _what in rows(scene.saida)] == [f"/referrals/{first.code}/", f"/cases/{case.code}/"]
    there = page(scene.saida, f"/referrals/{first.code}/")
    assert "Lead worker: Zarina." in there
    assert "Nothing more to do" in there
    late = page(scene.saida, f"/cases/{case.code}/")
    assert "Lead worker: Zarina, social worker,\u00a0alone." in late
    for address in (f"/referrals/{first.code}/", f"/cases/{case.code}/"):
        shown = saida.get(address).content.decode()
        assert f'href="/cases/{asked.code if "referrals" in address else case.code}/who/"' in shown
        main = shown[shown.index("<main") : shown.index("</main>")]
        links = set(re.findall(r'href="(/(?:cases|referrals)/[^"?#]*)', main))
        assert [link for link in links if saida.get(link).status_code >= 400] == [], address
    assert "Lead worker" not in page(scene.zarina, f"/referrals/{first.code}/"), "who works on it knows"


def test_consent_that_ends_or_has_ended_is_on_the_supervisors_today(scene: Scene) -> None:
    case = scene.case()
    scene.sent(case)
    with god():
        clock = CaseClock.objects.get(case=case, clock_code="consent")
    pass_time(hours=(clock.due_at - timezone.now()).total_seconds() / 3600 - 24)
    for late in (False, True):
        with doors.acting(scene.saida) as actor:
            (row,) = (one for one in today(actor, "en").rows if one.what == "consent")
        assert (row.late, row.supervised, row.lead) == (late, True, "Zarina")
        assert f"/cases/{case.code}/" in {href for href, _what in rows(scene.saida)}, "she does not ask: 403"
        assert f"/cases/{case.code}/consent/" in {href for href, _what in rows(scene.zarina)}
        if late:
            assert "Ask again" not in page(scene.saida, "/")
            assert "Consent has ended" in page(scene.saida, f"/cases/{case.code}/")
        pass_time(hours=25)
