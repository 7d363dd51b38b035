"""What the pages of a case say is so: what is late is called late, one is one, and what was done is not asked for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from hamkori.casework.case.actions import case as cases
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening as signs
from hamkori.lifecycle import SINCE
from hamkori.refusal import PLAIN, SENTENCES, NotNow
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import LANGUAGES
from hamkori.web.cases import history
from hamkori.web.cases import page as case_page
from hamkori.web.kit.refusals import sentence
from tests import doors
from tests.attacks.planting import sql_as_owner
from tests.cast import pass_time
from tests.web.consenting import form_of
from tests.web.forms_of import text
from tests.web.scene import again

pytestmark = pytest.mark.django_db
AGREEMENT_DAYS = 60


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "1 referral is not finished, or is disputed.", "2 referrals are not finished, or are disputed."),
        ("tg", "1 бозравонӣ ба охир нарасидааст", "2 бозравонӣ ба охир нарасидааст"),
        ("ru", "1 перенаправление не завершено", "2 перенаправления не завершены"),
        ("fr", "1 orientation n'est pas terminée", "2 orientations ne sont pas terminées"),
    ],
)
def test_a_guard_counts_in_the_readers_language(language: str, one: str, several: str) -> None:
    with translation.override(language):
        assert sentence(NotNow("no_open_referral", n=1)).startswith(one)
        assert sentence(NotNow("no_open_referral", n=2)).startswith(several)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guard_says_something_whole_with_its_values_or_without(language: str) -> None:
    known = {"state": "sent", "who": "Zarina", "time": "14:00", "n": 3, "section": "needs", "name": "Z.", "what": "Yes"}
    with translation.override(language):
        said = {guard: [sentence(NotNow(guard)), sentence(NotNow(guard, **known))] for guard in SENTENCES}
        for guard, plain in PLAIN.items():
            assert said[guard][0] == translation.gettext(plain)
            assert said[guard][1] != said[guard][0]
        assert sentence(NotNow("no_open_referral", n=0)) != sentence(NotNow("no_open_referral"))
        assert sentence(NotNow("no_such_guard")) == translation.gettext(SINCE)
    for guard, sentences in said.items():
        for said_so in sentences:
            assert len(said_so) > 10, guard
            assert "{" not in said_so, guard


def test_nobody_said_whether_she_came_and_the_list_and_the_case_say_late(world) -> None:
    case = world.case()
    sent = world.sent(case)
    with doors.acting(world.gulnora) as actor:
        waiting = Referral.objects.get(pk=sent.pk)
        tomorrow = timezone.localdate() + timedelta(days=1)
        team = [world.parvina.membership_id]
        receive.accept(actor, waiting, version=waiting.version, team=team, arrival_on=tomorrow, arrival_part="morning")
    client = doors.client_for(world.zarina)
    assert "No case matches." in text(client.get("/cases/?late=1"))
    pass_time(days=2)
    assert case.code in text(client.get("/cases/?late=1")).replace("\xa0", "")
    assert 'class="tag late"' in text(client.get("/cases/"))
    page = text(client.get(f"/cases/{case.code}/"))
    assert 'class="tag late"' in page[page.index("Referrals</h2>") : page.index("What happened</h2>")]


def test_a_clock_that_ran_out_is_seen_on_the_desk_too(world) -> None:
    case = world.case(age_band_code="a9_17")
    pass_time(hours=25)
    page = text(doors.client_for(world.zarina).get("/cases/"))
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert case.code[:4] in row
    assert "Tell child protection" in row
    assert "late since" in row


def test_asking_her_is_something_that_happened(world) -> None:
    case = world.case()
    world.sent(case)
    client = doors.client_for(world.zarina)
    page = text(client.get(f"/cases/{case.code}/"))
    happened = page[page.index("What happened</h2>") :]
    assert "Asked for consent" in happened
    assert "Tajik" in happened
    with doors.acting(world.zarina) as actor:
        consent.withdraw(actor, again(case), rows=None, sections=[], how_said="in_person")
    assert "The person withdrew something" in text(client.get(f"/cases/{case.code}/"))


def test_signs_that_are_finished_are_no_next_step(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    with doors.acting(world.zarina) as actor:
        today = timezone.localdate()
        found = cases.edit(
            actor, again(case), version=again(case).version, codes={"next_step_code": "signs", "next_step_on": today}
        )
        signs.start(actor, found)
        opened = signs.open_answers(actor, found, state="draft")
        kept = signs.save(
            actor,
            found,
            seal_no=opened.seal_no,
            part="danger",
            page="danger",
            answers=dict.fromkeys(codelist("danger_question").codes, "not_asked"),
        )
    page = text(client.get(f"/cases/{case.code}/"))
    assert page.count("Ask about the signs") == 1
    assert "Signs of trafficking" not in page, "one row for one thing"
    assert "Not finished" in page
    assert re.search(r'href="/cases/\d+/screening/"[^>]*>Ask now', page)
    with doors.acting(world.zarina) as actor:
        signs.complete(actor, again(case), seal_no=kept.seal_no)
    page = text(client.get(f"/cases/{case.code}/"))
    assert "Ask about the signs" not in page
    assert "The questions about the signs are finished." in page
    for place in ("/", "/cases/"):
        shown = text(client.get(place))
        assert "Ask about the signs" not in shown
        assert "Choose the next step" in shown


def test_an_ended_agreement_of_an_adult_waits_for_nobody_and_has_a_day(world) -> None:
    case = world.case()
    world.sent(case)
    pass_time(days=AGREEMENT_DAYS + 1)
    today = text(doors.client_for(world.zarina).get("/"))
    row = today[today.index("Ask again: the consent has ended") :]
    assert "yesterday" in row[: row.index("</li>")]
    assert "00:00" not in row[: row.index("</li>")]
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    assert "Consent has ended" in page
    assert page.count("Nothing can be sent before the person is asked again.") == page.count("Ask again") == 1, "once"
    assert re.findall(r'<a class="btn( quiet)?[^"]*"[^>]*>\s*(Refer|Ask again)', page) == [
        (" quiet", "Refer"),
        ("", "Ask again"),
    ]
    assert "an adult who may speak" not in page
    assert "Ended: shelter. Not asked: doctors" in page, "on a phone too: who was asked is not “not asked”"


@pytest.mark.alarms
def test_a_word_that_is_not_believed_is_not_said_to_be_no_word(world) -> None:
    """Red on 781004e: all her answers read "Not asked", her no and her yes."""
    case = world.case()
    world.sent(case)
    sql_as_owner("update consent_row set answer_code = 'no' where answer_code = 'yes'")
    client = doors.client_for(world.zarina)
    page = text(client.get(f"/cases/{case.code}/"))
    assert "Not asked" not in page
    assert page.count("Cannot be confirmed") == 7, "five answers, what is to be done, and that she was asked"
    assert "Withdraw everything here together with the person, then ask again." in page
    assert "Asked for consent" in page[page.index("What happened") :]
    leads = set(re.findall(r'href="(/cases/\d+/(?:consent|refer)/[^"]*)"', page))
    assert leads == {f"/cases/{case.code}/consent/withdraw/"}, "nothing else can be done about her word"
    assert client.get(leads.pop()).status_code == 200, "and there it can be done"


@pytest.mark.alarms
@pytest.mark.parametrize("where", ["consent", "refer"])
def test_where_her_word_cannot_be_confirmed_the_answer_leads_on(world, where: str) -> None:
    """Red before: Back alone."""
    case = world.case()
    world.sent(case)
    here, way = f"/cases/{case.code}/{where}/", f'href="/cases/{case.code}/consent/withdraw/"'
    client, seen = doors.client_for(world.zarina), doors.client_for(world.saida)
    form = form_of(client.get(here))
    sql_as_owner("update consent_row set answer_code = 'no' where answer_code = 'yes'")
    for answer in (client.get(here), client.post(here, form)):
        assert answer.status_code == 409
        assert "Withdraw everything together with the person, then ask again." in text(answer)
        assert way in text(answer)
    assert way not in text(seen.get(here)), "who only reads it takes nothing back"


def test_the_end_of_an_agreement_is_no_target(world) -> None:
    case = world.case()
    with doors.acting(world.zarina) as actor:
        until = timezone.localdate() + timedelta(days=AGREEMENT_DAYS)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=until)
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        consent.record(actor, again(case), answers=answers, asking=asking)
    assert "No answer is due from you or to you." in text(doors.client_for(world.zarina).get("/"))


def test_the_record_does_not_say_signs_twice(world) -> None:
    case = world.case()
    with doors.acting(world.zarina) as actor:
        signs.start(actor, again(case))
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/history/"))
    assert "Wrote down signs<" in page
    assert "Wrote down signs: Signs" not in page


def test_what_was_refused_is_not_told_as_done(world) -> None:
    case = world.case()
    sealed = doors.client_for(world.zarina, vault=False)
    assert sealed.get(f"/cases/{case.code}/?open=contact").status_code == 302
    page = text(sealed.get(f"/cases/{case.code}/history/"))
    assert "<b>Not done, Hamkori refused it: “Opened a locked part" in page
    assert "<b>Opened a locked part" not in page


def test_a_list_that_is_cut_says_so(world, monkeypatch) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    places = (f"/cases/{case.code}/", f"/cases/{case.code}/print/", f"/cases/{case.code}/history/")
    for place in places:
        assert "Only the newest are shown." not in text(client.get(place))
    monkeypatch.setattr(case_page, "HISTORY", 1)
    monkeypatch.setattr(case_page, "EVENTS", 1)
    monkeypatch.setattr(history, "SHOWN", 1)
    for place in places[1:]:
        assert "Only the newest are shown." in text(client.get(place))
    assert re.search(r"All \d+ entries", text(client.get(places[0])))
    assert "entries" not in text(client.get(f"{places[0]}?events=all"))


def test_danger_leads_from_the_signs_to_a_request_at_once(world) -> None:
    case = world.case(has_danger=True)
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/screening/"))
    assert f'href="/cases/{case.code}/refer/">Refer now</a>' in page


def test_her_paper_says_that_the_child_said_no(world) -> None:
    case = world.case(age_band_code="a9_17")
    with doors.acting(world.zarina) as actor:
        asking = consent.Asking(
            language="tg",
            how_given="spoken",
            until_on=timezone.localdate() + timedelta(days=AGREEMENT_DAYS),
            speaker="parent",
            child_answer="says_no",
            as_child=True,
        )
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        consent.record(actor, again(case), answers=answers, asking=asking)
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/consent/print/?in=ru&with=en"))
    assert "<b>The child said no</b>" in page
    assert "<b>Ребёнок сказал «нет»</b>" in page


def test_the_hour_of_sealing_is_one_sentence(world) -> None:
    page = text(doors.client_for(world.zarina).get("/"))
    assert re.search(r"You can unlock until \d\d:\d\d\s*</span>", page)
