"""A child in the first contact: the same six steps with an adult; where none can be asked, whom to call instead."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import page_text, records
from tests.web.test_short_way import AGREES, NEEDS, WHO, begun, case_of, chosen, goes, press, to_consent, to_need
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


CHILD = {"child_answer": "agrees", "speaker": "guardianship_body", "suspected": "no"}


def read_to_a_child(client: doors.DoorClient) -> str:
    at = to_consent(client, age_band_code="a9_17")
    read = page_text(client.get(at))
    of_child, others = "Агар шумо ҳанӯз 18-сола нашуда бошед", "Мо чиро менависем"
    assert -1 < read.find(of_child) < read.find(others), "what is said to a child comes first"
    assert at.endswith("step=consent"), "one way for everybody, and one count"
    return goes(press(client, at, read="tg"))


def test_a_child_is_asked_in_the_same_six_steps_with_an_adult_and_whom_to_tell(house, zarina) -> None:
    at = read_to_a_child(zarina)
    bare = press(zarina, at, **AGREES, how="child_speaker")
    assert bare.status_code == 400
    for missing in ("Ask the child too", "A child needs an adult who may speak.", "Say whether this adult may be"):
        assert missing in page_text(bare)
    need = goes(press(zarina, at, **AGREES, **CHILD, how="child_speaker"))
    assert fields(zarina.get(need))["contact_of"] == ["Guardianship authority"], "who answered stands ready"
    refused = press(zarina, need, **NEEDS, contact_of="", do="go")
    assert (refused.status_code, "Name a guardianship or child" in page_text(refused)) == (400, True)
    at = goes(press(zarina, need, **NEEDS, child_contact="Canary-Guardianship", do="go"))
    check = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    home = zarina.get(goes(press(zarina, check, do="send")))
    assert "Tell child protection within 24 hours" in page_text(home)
    with god():
        assert Referral.objects.get().state_code == "sent"
        row = ConsentRow.objects.get(kind_code="shelter_social")
        assert (row.asked_as_child, row.speaker_code, row.child_answer_code) == (True, "guardianship_body", "agrees")


def test_the_signs_of_a_child_alone_are_said_to_be_saved_where_one_was_answered(house, zarina) -> None:
    """Red before: "The signs are saved", also where none was."""
    child = {**WHO, "age_band_code": "a9_17"}
    alone = goes(press(zarina, begun(zarina), **child, adult="no", do="go"))
    signs = f"{alone.partition('?')[0]}?step=consent&only=signs"
    none, kept = "No sign was answered here. You can answer them later.", "The signs are saved."
    for more, said in (([], none), (["TJ05"], kept)):
        assert goes(press(zarina, signs, more=more)) == alone
        page = page_text(zarina.get(alone))
        assert [one for one in (none, kept) if one in page] == [said]


def test_a_child_for_whom_no_adult_can_be_asked_sends_nothing_and_comes_back_on_today(house, zarina) -> None:
    records(house)
    who = begun(zarina)
    child = {**WHO, "age_band_code": "a9_17"}
    assert "Say whether a safe adult is with the child." in page_text(press(zarina, who, **child, do="go"))
    first = goes(press(zarina, who, **child, adult="no", do="go"))
    assert "step=alone" in first, "asked with the age, and the calls come at once"
    assert zarina.get(first.partition("?")[0])["Location"] == first, "Continue leads to whom to call"
    at = goes(press(zarina, f"{first.partition('?')[0]}?step=consent", read="tg"))
    alone = goes(press(zarina, at, **AGREES, child_answer="agrees", speaker="nobody", how="child_speaker"))
    page = page_text(zarina.get(alone))
    box, others = page.split("Whom else to ask")
    for word in ("Nothing can be sent", "A place: Shelter Kulob 00", "Child protection no contact is in the directory"):
        assert word in box, "whoever has a number stands first"
    for word in ("National coordinator no number recorded", "112", "An adult answers now"):
        assert word in others, word
    with god():
        assert set(ConsentRow.objects.values_list("answer_code", flat=True)) == {"no"}, "of the child's word, the no"
    need = re.search(r'href="([^"]*step=need)"', zarina.get(alone).content.decode())
    signs = f"{alone.partition('?')[0]}?step=consent&only=signs"
    assert signs.replace("&", "&amp;") in zarina.get(alone).content.decode(), "and to the signs, as short as an adult's"
    asked = page_text(zarina.get(signs))
    assert ("made to beg" in asked, "I read it" in asked) == (True, False)
    assert goes(press(zarina, signs, more=["TJ05"])) == alone
    assert fields(zarina.get(signs))["more"] == ["TJ05"]
    drawn = zarina.get(signs.removesuffix("&only=signs")).content.decode()
    assert " open" in drawn.partition("Signs that you saw")[0].rpartition("<details")[2], "it holds a tick"
    assert need
    assert "Brothers, sisters or own children who come along" in page_text(zarina.get(need[1]))
    case = case_of(goes(press(zarina, need[1], tonight="needs", do="stop")))
    assert (case.state_code, case.next_step_code, case.next_step_on) == ("open", "ask_agreement", timezone.localdate())
    home = page_text(zarina.get(f"/cases/{case.code}/"))
    for word in (
        "No place for tonight yet. Nothing can be sent",
        "An adult answers now",
        "Consent waits for an adult.",
        "National",
        "The person said no to the police",
    ):
        assert word in home, "until an adult has answered"
    assert " Refer " not in home.partition("Nothing can be sent")[0], "nothing can be sent yet"
    box = home.partition("Nothing can be sent")[2].partition("A place was found")[0]
    assert ("Tell child protection" in box, "Say whom you reached" in box) == (True, True), "the calls can be recorded"
    assert home.count("Tell child protection") == 1, "once"
    assert press(zarina, f"/cases/{case.code}/tell_child_protection/", do="not_reached").status_code == 303
    box = page_text(zarina.get(f"/cases/{case.code}/")).partition("A place was found")[0]
    assert "Not reached yet: tried today" in box
    refer = zarina.get(f"/cases/{case.code}/refer/").content.decode()
    assert "Nothing can be sent" in refer, "by its address too, though the case page does not offer it"
    assert f"/cases/{case.code}/first/?step=adult" in refer
    assert 'name="need"' not in refer, "and nothing is chosen"
    whole = page_text(zarina.get(f"/cases/{case.code}/consent/"))
    of_child, others = "If you are under 18", "What we write down"
    assert -1 < whole.find(of_child) < whole.find(others), "first on the page of consent too"
    today = zarina.get("/").content.decode()
    assert "Ask now" in today
    assert f"/cases/{case.code}/consent/" in today
    assert "step=alone" in zarina.get(f"/cases/{case.code}/consent/").content.decode()
    assert "Step 3 of 6" not in page_text(zarina.get(alone)), "no second case is begun"
    goes(press(zarina, alone))


def test_who_was_told_of_this_child_is_called_first(zarina) -> None:
    """Red before: the list began with others, as if nobody knew of the child."""
    alone = goes(press(zarina, begun(zarina), **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    with god():
        Case.objects.filter(pk=case_of(alone).pk).update(told_child_protection_at=timezone.now())
    first = page_text(zarina.get(alone)).partition("Call now, and name nobody:")[2].partition("Whom else")[0]
    assert first.startswith(" Child protection was told today ")
    assert "whom: in the locked part “How to reach the person safely”" in first


def test_keeping_a_child_on_today_replaces_nothing_that_was_planned(zarina) -> None:
    """Red before: what was planned was gone."""
    alone = goes(press(zarina, begun(zarina), **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    need = re.search(r'href="([^"]*step=need)"', zarina.get(alone).content.decode())
    assert need
    case = case_of(goes(press(zarina, need[1], tonight="has", do="stop")))
    assert "Replaces" not in page_text(zarina.get(alone)), "asking is planned already"
    press(zarina, f"/cases/{case.code}/edit/", next_step_code="meet", next_step_on=timezone.localdate().isoformat())
    page = page_text(zarina.get(alone))
    assert ("Keep it on Today" in page, "The next step stays: Meet again, today." in page) == (False, True)


def test_of_a_child_of_whom_nobody_was_asked_no_safe_adult_is_said(zarina) -> None:
    """Red before: "yes" stood there on return, and the way went on by it."""
    at = begun(zarina)
    child = {**WHO, "age_band_code": "a9_17"}
    assert press(zarina, at, **child, do="stop").status_code == 303
    who = f"/cases/{case_of(at).code}/first/?step=who"
    assert not any(fields(zarina.get(who)).get("adult") or [])
    answer = press(zarina, who, do="go")
    assert (answer.status_code, "Say whether a safe adult is with the child." in page_text(answer)) == (400, True)


def test_who_turns_out_to_be_a_child_after_a_yes_starts_the_time_limit_of_child_protection(house, zarina) -> None:
    """Red before: nothing on Today, and a row of the case that led to itself."""
    at = goes(press(zarina, to_need(zarina, **AGREES), **NEEDS, do="go"))
    check = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    who = check.replace("step=check", "step=who")
    alone = goes(press(zarina, who, age_band_code="a9_17", adult="no", do="go"))
    assert "step=alone" in alone
    case = case_of(alone)
    with god():
        (clock,) = CaseClock.objects.filter(case=case, clock_code="child")
        assert clock.due_at - clock.started_at == timedelta(hours=24)
    tells = f"/cases/{case.code}/tell_child_protection/"
    today = zarina.get("/").content.decode()
    row = today.partition("Tell child protection")[2].partition("</li>")[0]
    assert (tells in row, "Say that they were told" in row) == (True, True)
    page = zarina.get(f"/cases/{case.code}/").content.decode()
    assert tells in page.partition("Nothing can be sent")[2].partition("A place was found")[0]
    assert 'href="#child"' not in page
    # Red before: the step made an adult of a child with no question and no record, and the coordinator's row was gone.
    kept = {"age_band_code": "a18_29", "safe_phone": "canary-phone"}
    for said in (kept, {**kept, "age_band_code": "unknown", "roughly": "adult_age_unknown"}):
        refused = press(zarina, who, **said, do="go")
        assert (refused.status_code, "Child or adult is changed under" in page_text(refused)) == (400, True)
        assert f'href="/cases/{case.code}/settle_age/"' in refused.content.decode()
        assert "canary-phone" in refused.content.decode(), "what was typed stays"
    assert press(zarina, who, age_band_code="a0_8", adult="no", do="go").status_code == 303, "a child of another age"
    assert "canary-phone" not in zarina.get(who).content.decode(), "nothing was written"
    with god():
        assert Case.objects.get(pk=case.pk).is_child
        assert CaseClock.objects.get(case=case, clock_code="child").due_at == clock.due_at, "no correction lengthens it"
        CaseClock.objects.filter(case=case, clock_code="child").delete()
    assert tells in zarina.get(f"/cases/{case.code}/").content.decode(), "of a child from before this, too"


def test_an_adult_on_the_telephone_is_asked_for_and_stands_before_the_signs_where_nobody_is_there(zarina) -> None:
    """Red before: only "Yes" and "No, alone", and the adult who can be called was the last of four buttons. What is
    needed is kept before that: nobody has to be reached for it.
    """
    who, child = begun(zarina), {**WHO, "age_band_code": "a9_17"}
    assert "On the telephone" in page_text(zarina.get(who))
    assert "step=consent" in goes(press(zarina, who, **child, adult="telephone", do="go"))
    alone = page_text(zarina.get(goes(press(zarina, begun(zarina), **child, adult="no", do="go"))))
    assert -1 < alone.find("Save what is needed") < alone.find("An adult answers now") < alone.find("Write down signs")


def test_whoever_is_child_protection_themselves_calls_others_first(house, zarina) -> None:
    """Red before: a social service read its own desk first, as whom to call for the child."""
    records(house)
    another(house, "cso-kulob", service_code="CHILD-01")
    another(house, "legal-aid", service_code="CHILD-01")
    who = begun(zarina)
    alone = goes(press(zarina, who, **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    page = page_text(zarina.get(alone))
    others, ours = "Child protection: Legal", "(your own organisation)"
    assert page.count(ours) == 1
    assert -1 < page.find(others) < page.find(ours)


def test_who_became_a_child_in_another_window_is_named_where_the_questions_are_asked_again(zarina) -> None:
    """Red before: "something changed", and not what."""
    need = to_need(zarina, **AGREES)
    opened = fields(zarina.get(need))
    who = need.replace("step=need", "step=who")
    press(zarina, who, age_band_code="a9_17", adult="yes", do="go")
    again = zarina.post(need, {**opened, **NEEDS, "do": "go"})
    said = "Sex or age was changed meanwhile. Now: Girl, 9\u201117. Read the questions again."
    assert (again.status_code, said in page_text(again)) == (400, True)
    once_more = zarina.post(need, {**fields(again), **NEEDS, "do": "go"})
    assert "Sex or age was changed" not in page_text(once_more), (
        "said once: the page that says it has the new questions"
    )
