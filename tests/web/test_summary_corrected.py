"""What a summary says of the person is corrected when the case is: both sides are told, the history keeps it."""

from __future__ import annotations

import pytest
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.consent.rules.consent import kind_of
from hamkori.casework.referral.models import ReferralCard
from hamkori.casework.referral.rules.summary import says
from hamkori.vocabulary import codelist
from tests import doors
from tests.attacks.test_values_that_no_program_reads import ask
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press
from tests.web.scene import Scene
from tests.web.senders import page_text

pytestmark = pytest.mark.django_db


def page(who: doors.Person, address: str) -> str:
    return page_text(doors.client_for(who).get(address))


def changed(who: doors.Person, case: Case, **fields: object) -> str:
    """What is not locked is changed on its page; what is said after it."""
    pass_time(minutes=1)
    client = doors.client_for(who)
    press(client, f"/cases/{case.code}/edit/?all=1", **fields)
    return page_text(client.get(f"/cases/{case.code}/"))


def test_who_waits_for_one_person_reads_that_two_children_come_along(scene: Scene) -> None:
    """Red before: the shelter read "not asked", nobody was told, and the history said nothing."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    said = changed(scene.zarina, case, children_code="2", doctor_code="yes")
    shows = "Summaries that were sent show this now: Children who come along: 2, needs a doctor: yes"
    assert shows in said
    assert "Told: " in said.partition(shows)[2]
    line = "Changed, also in what was sent: Children who come along: 2 (before: not asked)"
    assert line in said.partition("What happened")[2]
    for who in (scene.zarina, scene.gulnora, scene.parvina):
        shown = page(who, f"/referrals/{referral.code}/")
        assert "before: not asked" in shown.partition("Children who come along")[2][:80], shown
    assert "The summary was corrected: Children who come along: 2 (before: not asked)" in page(scene.parvina, "/")
    assert "with 2 children" in page(scene.parvina, "/")


def test_what_was_put_back_says_so(scene: Scene) -> None:
    case = scene.case(children_code="0")
    referral = scene.sent(case)
    changed(scene.zarina, case, children_code="1", risk_code="high", language_code="uz", needs_interpreter="on")
    shown = page(scene.gulnora, f"/referrals/{referral.code}/")
    assert "before: none" in shown
    assert "Uzbek, with an interpreter (changed" in shown
    changed(scene.zarina, case, children_code="0")
    assert "changed, and put back" in page(scene.gulnora, f"/referrals/{referral.code}/")
    assert "high (changed" in page(scene.gulnora, f"/referrals/{referral.code}/")


def test_where_nothing_was_sent_nothing_is_said(scene: Scene) -> None:
    case = scene.case()
    said = changed(scene.zarina, case, children_code="2")
    assert "Summaries that were sent" not in said
    with god():
        assert not CaseStep.objects.filter(case=case, step_code="facts_changed").exists()


@pytest.mark.parametrize("group", ["HOME-02", "LEGAL-01", "HEALTH-01", "WORK-01", "police"])
def test_no_summary_says_more_than_it_did(scene: Scene, group: str) -> None:
    """The table of the program and that of the database are one: what is no part of a summary stays unsaid."""
    case, police = scene.case(), group == "police"
    referral = scene.sent(case)
    service = "HOME-02" if police else group
    with god():
        if police:
            ask("update referral_card set region_code = '' where referral_id = %s", referral.pk)
            ask("update organisation set compartment_code = 'law_enforcement' where id = %s", scene.shelter)
        of = kind_of("law_enforcement" if police else "service", service)
        what = "protection" if police else "help"
        ask("update service set service_code = %s where id = %s", service, scene.service)
        ask(
            "update referral set service_code = %s, recipient_kind_code = %s, purpose_code = %s where id = %s",
            service, of, what, referral.pk,
        )  # fmt: skip
        ask("update referral_sender set consent_rows = array[%s] where referral_id = %s", f"{of}:{what}", referral.pk)
        ask("update consent_row set kind_code = %s, purpose_code = %s", of, what)
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        mine = Case.objects.get(pk=case.pk)
        codes = {"children_code": "2", "doctor_code": "yes", "stairs_code": "yes", "risk_code": "high"}
        cases.edit(actor, mine, version=mine.version, codes=codes)
    with god():
        card = ReferralCard.objects.get(pk=referral.pk)
    told = {name for name in ("children_code", "doctor_code", "stairs_code") if getattr(card, name) != "not_asked"}
    assert told == says(service, police=police)
    assert card.risk_code == "high"
    assert (card.region_code == "") is police
    assert {one["fact"] for one in card.former_ages} == {*told, "risk_code"}


def test_each_group_of_help_is_known_to_the_database() -> None:
    doctors = {code for code in codelist("service").codes if "doctor_code" in says(code, police=False)}
    assert doctors == {code for code in codelist("service").codes if code.startswith(("HEALTH-", "HOME-"))}
    for code in codelist("service").codes:
        assert {"children_code", "stairs_code"} <= says(code, police=False)


def test_the_age_that_was_accepted_is_still_known_beside_it(scene: Scene) -> None:
    """What is kept beside the ages is no age."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    changed(scene.zarina, case, children_code="1")
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        mine = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, mine, version=mine.version, age_band="a30_47", reason="papers")
    news = page(scene.parvina, "/")
    assert "The age was corrected: Woman" in news
    assert "The summary was corrected: Children who come along: 1" in news
    before = "select age_said(k, k.corrected_at - interval '2 minutes') from referral_card k where referral_id = %s"
    with god(), connection.cursor() as cursor:
        cursor.execute(before, [referral.pk])
        ((said,),) = cursor.fetchall()
    assert said == "a18_29"


def test_the_page_says_where_a_doctor_who_is_needed_today_is_asked_for(scene: Scene) -> None:
    shown = page(scene.zarina, f"/cases/{scene.case().code}/edit/?all=1")
    assert "For the summary. Needed today: tick “a doctor” above, then Today asks for one." in shown


def test_the_news_names_the_case_of_whoever_helps(scene: Scene) -> None:
    """Red before: the number of the referral alone, with which no row of that page begins."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    own = scene.served(referral).code
    changed(scene.zarina, case, children_code="1")
    news = page(scene.parvina, "/").partition("The summary was corrected")[2].replace("\N{NO-BREAK SPACE}", " ")
    assert f"{own[:4]} {own[4:]}" in news.partition("referral")[0], news[:200]
