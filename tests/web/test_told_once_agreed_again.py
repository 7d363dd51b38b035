"""While the consent rests nothing new is said in a summary, but the age; once the person has agreed again it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral, ReferralCard
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press
from tests.web.scene import Scene, again
from tests.web.senders import page_text

pytestmark = pytest.mark.django_db

NOT_TOLD = "They still read what was said before, because the consent is not valid now. Ask the person again."
RESTS = "Changed in the case, not told to them: Children who come along. They read it once the person has agreed again."
STAYS = "Until then the summary may be out of date: only the age is still corrected."
SHOWS = "Summaries that were sent show this now: Children who come along"
NEWS = "The summary was corrected: Children who come along: 2 (before: not asked)"


def page(who: doors.Person, address: str) -> str:
    return page_text(doors.client_for(who).get(address))


def changed(scene: Scene, case: Case, **fields: object) -> str:
    """What is not locked is changed on its page; what is said after it."""
    pass_time(minutes=1)
    client = doors.client_for(scene.zarina)
    press(client, f"/cases/{case.code}/edit/?all=1", **fields)
    return page_text(client.get(f"/cases/{case.code}/"))


def helped(scene: Scene) -> tuple[Case, Referral]:
    """A case of which the shelter helps."""
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    pass_time(minutes=1)
    scene.served(referral)
    return case, referral


def ran_out(scene: Scene) -> tuple[Case, Referral]:
    """The same, and what was agreed to is over for a day, before it has to be said how the help ended."""
    case, referral = helped(scene)
    answered(scene, case, "yes", days=2)
    pass_time(days=4)
    return case, referral


def card(referral: Referral) -> ReferralCard:
    with god():
        return ReferralCard.objects.get(pk=referral.pk)


def answered(scene: Scene, case: Case, said: str, days: int = 60, **asked: object) -> None:
    """The person is asked again about the shelter."""
    pass_time(minutes=1)
    until = timezone.localdate(it_is()) + timedelta(days=days) if said == "yes" else None
    sections = frozenset({"contact", "needs"}) if said == "yes" else frozenset()
    how = {"language": "tg", "how_given": "spoken"} if said == "yes" else {"how_said": "in_person"}
    with doors.acting(scene.zarina) as actor:
        answers = [consent.Answer("shelter_social", "help", said, sections)]
        asking = consent.Asking(until_on=until, **how, **asked)  # type: ignore[arg-type]
        consent.record(actor, again(case), answers=answers, asking=asking)


def it_is() -> datetime:
    with god():
        return now()


def steps(case: Case) -> int:
    with god():
        return CaseStep.objects.filter(case=case, step_code="facts_changed").count()


def test_what_is_changed_after_the_consent_ran_out_is_told_after_the_next_yes(scene: Scene) -> None:
    """Red before: the shelter read of two children to which nobody had agreed any more."""
    case, referral = ran_out(scene)
    said = changed(scene, case, children_code="2")
    assert re.search(rf"Not told: [^.]+\. {re.escape(NOT_TOLD)}", said), said
    assert "Summaries that were sent" not in said
    assert (card(referral).children_code, steps(case)) == ("not_asked", 0)
    address = f"/referrals/{referral.code}/"
    assert RESTS in page(scene.zarina, address)
    theirs = page(scene.parvina, address)
    assert STAYS in theirs
    assert "before: not asked" not in theirs
    assert NEWS not in page(scene.parvina, "/")
    answered(scene, case, "yes")
    assert (card(referral).children_code, steps(case)) == ("2", 1)
    assert NEWS in page(scene.parvina, "/")
    shown = page(scene.zarina, address)
    assert RESTS not in shown
    assert "before: not asked" in shown.partition("Children who come along")[2][:80]
    theirs = page(scene.parvina, address)
    assert STAYS not in theirs
    assert "before: not asked" in theirs.partition("Children who come along")[2][:80]
    line = "Changed, also in what was sent: Children who come along: 2 (before: not asked)"
    assert line in page(scene.zarina, f"/cases/{case.code}/").partition("What happened")[2]


def _soon() -> str:
    return (timezone.localdate(it_is()) + timedelta(days=2)).isoformat()


def test_the_page_of_the_answers_says_who_was_told(scene: Scene) -> None:
    case, _referral = ran_out(scene)
    changed(scene, case, children_code="2")
    pass_time(minutes=1)
    lead, address = doors.client_for(scene.zarina), f"/cases/{case.code}/consent/"
    before = page_text(lead.get(address))
    assert "With a yes to their help the summary also says what has changed since: Children who come along." in before
    until = (timezone.localdate(it_is()) + timedelta(days=30)).isoformat()
    yes = {"a_shelter_social_help": "yes", "s_shelter_social_help": ["contact", "needs"]}
    press(lead, address, **yes, language="tg", how_given="spoken", read="on", until=until)
    assert SHOWS in page_text(lead.get(f"/cases/{case.code}/"))
    assert "With a yes to their help" not in page_text(lead.get(address))


def test_after_a_no_it_is_never_told(scene: Scene) -> None:
    case, referral = ran_out(scene)
    changed(scene, case, children_code="2")
    answered(scene, case, "no")
    assert (card(referral).children_code, steps(case)) == ("not_asked", 0)
    changed(scene, case, stairs_code="yes")
    assert (card(referral).stairs_code, steps(case)) == ("not_asked", 0)


def test_a_yes_to_another_kind_of_help_tells_nobody(scene: Scene) -> None:
    case, referral = ran_out(scene)
    changed(scene, case, children_code="2")
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=100))
        answers = [consent.Answer("health", "help", "yes", frozenset({"contact"}))]
        consent.record(actor, again(case), answers=answers, asking=asking)
    assert (card(referral).children_code, steps(case)) == ("not_asked", 0)


def test_who_waits_for_an_answer_is_told_nothing_new_either(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case, urgency="normal")
    pass_time(days=61)
    said = changed(scene, case, children_code="2", next_step_code="meet", next_step_on=_soon())
    assert NOT_TOLD in said
    assert STAYS in page(scene.gulnora, f"/referrals/{referral.code}/")
    assert card(referral).children_code == "not_asked"


def test_a_case_that_was_opened_again_tells_once_the_person_was_asked_again(scene: Scene) -> None:
    case, referral = helped(scene)
    lead, above = doors.client_for(scene.zarina), doors.client_for(scene.saida)
    press(lead, f"/cases/{case.code}/close/", outcome="goals_met", sure="on")
    press(above, f"/cases/{case.code}/reopen/", reason="returned")
    assert NOT_TOLD in changed(scene, case, children_code="2")
    pass_time(minutes=1)
    press(lead, f"/cases/{case.code}/section/?of=place", district="TJ-SU-01")
    moved = page_text(lead.get(f"/cases/{case.code}/"))
    assert NOT_TOLD in moved
    assert "show Sughd Region now" not in moved
    assert (card(referral).children_code, card(referral).region_code) == ("not_asked", "TJ-KT")
    answered(scene, case, "yes")
    assert (card(referral).children_code, card(referral).region_code) == ("2", "TJ-SU")
    assert steps(case) == 1


def test_a_yes_in_a_closed_case_tells_too(scene: Scene) -> None:
    case, referral = ran_out(scene)
    changed(scene, case, children_code="2")
    press(doors.client_for(scene.zarina), f"/cases/{case.code}/close/", outcome="goals_met", sure="on")
    assert again(case).state_code == "closed"
    answered(scene, case, "yes")
    assert (card(referral).children_code, again(case).state_code) == ("2", "closed")


def test_of_a_child_for_whom_nobody_has_spoken_the_age_alone_is_told(scene: Scene) -> None:
    """Nobody who works with the person may take a child for an adult."""
    case, referral = ran_out(scene)
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        mine = again(case)
        cases.edit(actor, mine, version=mine.version, codes={"children_code": "2"})
        cases.settle_age(actor, again(case), version=again(case).version, age_band="a9_17", reason="papers")
    assert (card(referral).age_band_code, card(referral).children_code) == ("a9_17", "not_asked")
    assert "The age was corrected: Girl" in page(scene.parvina, "/")
    answered(scene, case, "yes", as_child=True, speaker="parent", child_answer="agrees")
    assert card(referral).children_code == "2"


def test_once_an_age_is_confirmed_and_the_consent_is_valid_again_it_is_told(scene: Scene) -> None:
    """The form makes a child of an adult: nothing is valid; once the age is confirmed, for a while it is."""
    case, referral = helped(scene)
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        mine = again(case)
        cases.edit(actor, mine, version=mine.version, codes={"age_band_code": "a9_17", "children_code": "2"})
    assert (card(referral).age_band_code, card(referral).children_code) == ("a9_17", "not_asked")
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        cases.settle_age(actor, again(case), version=again(case).version, age_band="a9_17", reason="papers")
    assert card(referral).children_code == "2"


def test_the_database_itself_passes_over_what_is_not_agreed_to(scene: Scene) -> None:
    """Whoever takes the step without asking our rules corrects nothing."""
    case, referral = ran_out(scene)
    with god(), connection.cursor() as cursor:
        cursor.execute("update \"case\" set children_code = '2', region_code = 'TJ-SU', sex_code = 'male'")
        cursor.execute("select case_effect_facts(%s, 'S', '{}', hk_now())", [case.pk])
        cursor.execute("select count(*) from notice where about_id = %s and key_code = 'corrected'", [referral.pk])
        ((told,),) = cursor.fetchall()
    said = card(referral)
    assert (said.children_code, said.region_code, said.sex_code) == ("not_asked", "TJ-KT", "female")
    assert said.former_ages == []
    assert told == 0


def test_nothing_else_writes_into_a_summary(scene: Scene) -> None:
    """Of what changes one that was sent: the facts ask for the consent, and the age writes itself alone."""
    with god(), connection.cursor() as cursor:
        writes = "prosrc ~* '(update|insert into) +public.referral_card'"
        cursor.execute(f"select proname, prosrc from pg_proc where {writes}")
        found = dict(cursor.fetchall())
    assert found.keys() == {"case_effect_age", "case_effect_facts"}
    assert "referral_is_live(r.id)" in found["case_effect_facts"]
    of_age = re.compile(r"update public\.referral_card k set (.*?) where k\.referral_id", re.DOTALL)
    (written,) = of_age.findall(found["case_effect_age"])
    columns = set(re.findall(r"(?:^|,)\s*(\w+) = ", written))
    assert columns == {"age_band_code", "former_age_code", "corrected_at", "former_ages"}
