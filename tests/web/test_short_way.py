"""The first contact in six steps, and every fork of it: each leads somewhere, and nothing typed or said is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from hamkori.casework.case.actions import case as actions
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.models import Case, Contact
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.casework.screening.actions import screening
from hamkori.directory.models import Service, ServiceArea, ServiceHours
from hamkori.vault.models import TypedDraft
from tests import doors
from tests.database import god
from tests.web.forms_of import fields, fields_of
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
WHO = {"sex_code": "female", "age_band_code": "a18_29", "district": "TJ-KT-01"}
AGREES = {"a_shelter_social_help": "yes", "police": "no"}
NEEDS = {"tonight": "needs", "urgency": "urgent"}


def press(client: doors.DoorClient, at: str, **answers: object) -> HttpResponse:
    """The page's own form with these answers."""
    page = client.get(at)
    assert page.status_code == 200, (at, page.status_code)
    return client.post(at, {**fields(page), **answers})


def goes(answer: HttpResponse) -> str:
    """Where a step leads."""
    assert answer.status_code == 303, page_text(answer)[:2000]
    return answer["Location"]


def begun(client: doors.DoorClient, danger: str = "talk") -> str:
    return goes(press(client, client.get("/cases/first/")["Location"], danger=danger))


def to_consent(client: doors.DoorClient, **who: object) -> str:
    """An adult, or a child with whom an adult is."""
    if who.get("age_band_code") == "a9_17":
        who.setdefault("adult", "yes")
    return goes(press(client, begun(client), **{**WHO, **who}, do="go"))


def to_answers(client: doors.DoorClient, **signs: object) -> str:
    return goes(press(client, to_consent(client), **signs, read="tg"))


def to_need(client: doors.DoorClient, **said: object) -> str:
    return goes(press(client, to_answers(client), **(said or AGREES), how="spoken"))


def to_service(client: doors.DoorClient) -> str:
    return goes(press(client, to_need(client), **NEEDS, do="go"))


def chosen(page: str) -> str:
    assert "This is your own organisation" not in page, "whoever can be asked is looked for"
    found = re.search(r'name="service"\s+value="([^"]+)"', page)
    assert found, page
    return found[1]


def to_check(client: doors.DoorClient) -> str:
    at = to_service(client)
    return goes(press(client, at, service=chosen(client.get(at).content.decode())))


def case_of(address: str) -> Case:
    found = re.search(r"/cases/(\d{8})/", address)
    assert found, address
    with god():
        return Case.objects.get(code=found[1])


def signs_of(house: Senders, case: Case) -> screening.Opened:
    with house.as_() as actor:
        return screening.open_answers(actor, Case.objects.get(pk=case.pk), state="draft")


def needs_of(house: Senders, case: Case) -> Mapping[str, str]:
    with house.as_() as actor:
        return open_section(actor, Case.objects.get(pk=case.pk), section="needs").fields


def test_six_steps_send_a_referral_and_what_was_answered_is_not_asked_again(house, zarina) -> None:
    at = to_answers(zarina)
    case = case_of(at)
    parts = "The person's own words; How to reach the person safely"
    assert f"Shared after they accept: {parts}. Still empty: Needs, risk, plan." in page_text(zarina.get(at))
    whole = page_text(zarina.get(f"/cases/{case.code}/consent/"))
    assert "needs, wishes, reasons of the risk (nothing written here yet)" in whole
    legal = r"Lawyers: help Shared after they accept: The person's own words; [^.]*Legal matters"
    assert re.search(legal, page_text(zarina.get(at))), "to what they say yes stands under each kind"
    at = goes(press(zarina, at, **AGREES, a_legal_help="yes", how="spoken"))
    need = zarina.get(at)
    assert page_text(need).count("Something else too") == 1
    assert 'value="lawyer"' in need.content.decode(), "what the consent asks about can be said to be needed"
    at = goes(press(zarina, at, **NEEDS, do="go"))
    at = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    assert "accept The person's own words, if written; Needs, risk, plan." in (check := page_text(zarina.get(at)))
    assert check.count("Nothing is written yet: How to reach the person safely.") == 1, "said before it is sent"
    assert "what to call the person, safe telephone, hours, code word, interpreter Needs" in whole
    typed = {**fields(zarina.get(at)), "agreed_text": "Canary-Typed"}
    assert zarina.post("/typing/", {**typed, "of": at}).status_code == 200
    assert "Canary-Typed" in page_text(zarina.get(at)), "a killed page loses no word of the person's"
    answer = press(zarina, at, do="send", agreed_text="Canary-Words")
    with god():
        assert not TypedDraft.objects.exists(), "it is sent, and kept no longer"
    there = zarina.get(goes(answer))
    home = page_text(there)
    assert "Sent to" in home
    assert "Step 6" not in home, "it is no step any more"
    assert "Lawyers: yes, nobody asked yet. Ask" in home
    assert "Shelter and social help: yes" not in home, "that was asked for just now"
    lawyers, other = (f"/cases/{case.code}/refer/?need={need}" for need in ("LEGAL", "other"))
    assert lawyers in there.content.decode()
    assert '<option value="LEGAL" selected' in zarina.get(lawyers).content.decode()
    assert other in there.content.decode()
    assert '<option value="tonight" selected' not in zarina.get(other).content.decode(), "that was sent"
    assert "Not asked so far: how to reach the person safely." in home
    assert f'href="/cases/{case.code}/section/?of=contact"' in there.content.decode()
    assert "If nobody answers by" in home
    with god():
        sent = Referral.objects.get()
        assert (sent.state_code, sent.urgency_code, sent.told_body) == ("sent", "urgent", True)
        card = ReferralCard.objects.get()
        assert {card.risk_code, card.doctor_code, card.stairs_code, card.children_code} == {"not_asked"}
        assert {row.answer_code for row in ConsentRow.objects.filter(kind_code="police")} == {"no"}
        case = Case.objects.get(pk=case.pk)
        assert (case.state_code, case.need_tonight_codes, case.language_code) == ("open", ["safe_place"], "tg")
    known = signs_of(house, case)
    assert known.answers["danger"] == {"danger_now": "no", "safe_to_talk": "yes"}
    asked = zarina.get(f"/cases/{case.code}/screening/").content.decode()
    assert re.search(r'name="a_danger_now"\s+value="no"[^>]*checked', asked)
    assert zarina.get(at)["Location"].endswith(f"step=sent&of={sent.code}"), "Back to step 6 sends nothing twice"


def test_a_language_that_nobody_recorded_is_asked_for_where_it_was_read_in(house, zarina) -> None:
    at = to_need(zarina, **AGREES, language_code="unknown")
    at = goes(press(zarina, at, **NEEDS, do="go"))
    at = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    page = zarina.get(at)
    said = "The language is not recorded. You read the consent in: Tajik."
    assert said in page_text(page)
    links = re.findall(r'href="([^"]+)"', page.content.decode().replace("&amp;", "&"))
    back, *to_correct = (next(one for one in links if f"step={step}" in one) for step in ("service", "who", "need"))
    assert zarina.get(back).status_code == 200, "the step before, with what was said there"
    assert goes(press(zarina, at, do="language", agreed_text="Canary-Typed")) == at, "one tap, and the page stays"
    page = page_text(zarina.get(at))
    assert said not in page
    assert "Recorded: Tajik." in page
    assert "own words; " in page.replace("Canary-Typed", ""), "what was typed beside it is kept, and is promised now"
    assert case_of(at).language_code == "tg"
    who, need = to_correct
    drawn = fields(zarina.get(need))
    assert (drawn["tonight"], drawn["urgency"]) == (["needs"], ["urgent"]), "what was answered stands, with how soon"
    assert goes(press(zarina, who, call_name="Canary-Name", do="go")) == at, "one answer is corrected, and on it goes"
    assert goes(press(zarina, need, urgency="normal", do="go")) == at
    with god():
        draft = Referral.objects.get()
        assert (draft.state_code, draft.urgency_code, draft.told_body) == ("draft", "normal", False)
    assert "Canary-Typed" in page_text(zarina.get(at))
    assert "step=service" in goes(press(zarina, need, tonight="has", doctor="today", do="go")), "other help is chosen"
    for answer, told in (("soon", ("yes", False)), ("no", ("no", False)), ("today", ("yes", True))):
        press(zarina, need, doctor=answer, do="stop")
        assert ((of := case_of(need)).doctor_code, "doctor" in of.need_tonight_codes) == told, "asked once, for both"


def test_a_closed_desk_is_said_on_the_service_and_on_the_check_page(house, zarina) -> None:
    yesterday = (timezone.localtime() - timedelta(days=1)).isoweekday()
    with god():
        girls = Service.objects.create(
            organisation_id=house.world.bodies["legal-aid"],
            service_code="HOME-02",
            region_code="TJ-KT",
            changed_at=timezone.now(),
            admission_codes=["girls"],
        )
        for service in (*house.world.services.values(), girls.pk):
            ServiceHours.objects.create(service_id=service, day=yesterday, opens=0, closes=60)
    at = to_service(zarina)
    page = zarina.get(at)
    fold = page.content.decode().partition("Services that do not take this person")[2].partition("</details>")[0]
    assert f'{girls.organisation_id}:HOME-02"' in fold, "who takes no such person is not hidden"
    assert "Ask anyway" in fold
    assert page_text(page).count("Ask anyway") == 1, "and the others are chosen"
    assert "All these referral desks are closed: nobody reads this before" in page_text(page)
    row = page.content.decode().partition('name="service"')[0].rpartition("<li>")[2]
    assert "No number is recorded." in row, "the coordinator's stands above"
    assert not re.search("closed now|Opens|Nobody reads|has room", row), "and that it is closed"
    check = goes(press(zarina, at, service=chosen(page.content.decode())))
    checked = page_text(zarina.get(check))
    assert ("but the organisation is closed until" in checked, "Answer by" in checked) == (True, False), "said once"
    assert "The coordinator can look for one" in checked


def test_signs_go_among_the_signs_pay_and_documents_apart(house, zarina) -> None:
    case = case_of(to_answers(zarina, pay="present", documents="absent", more=["TJ03", "CD03", "CD06", "CD11", "CD13"]))
    signs = signs_of(house, case).answers["signs"]
    assert (signs["CD14"], signs["CD01"], signs["TJ03"], signs["TJ01"]) == ("present", "absent", "present", "not_asked")
    assert [signs[one] for one in ("CD03", "CD06", "CD11", "CD13")] == ["present"] * 4, "of the list too"
    assert signs["DR01"] == "not_asked"
    again = zarina.get(f"/cases/{case.code}/first/?step=consent").content.decode()
    assert re.search(r'name="pay"\s+value="present"[^>]*checked', again)


def test_no_place_tonight_is_no_danger_and_is_not_asked_again(house, zarina) -> None:
    at = begun(zarina, "tonight")
    case = case_of(at)
    assert (case.has_danger, case.need_tonight_codes) == (False, ["safe_place"])
    read = goes(press(zarina, goes(press(zarina, at, **WHO, do="go")), read="tg"))
    drawn = fields(zarina.get(need := goes(press(zarina, read, **AGREES, how="spoken"))))
    assert (drawn["tonight"], drawn["urgency"], drawn["hides"]) == (["needs"], ["urgent"], ["not_asked"])
    at = goes(press(zarina, need, hides="yes", do="go"))
    case = case_of(at)
    assert (case.need_tonight_codes, case.risk_code, case.has_danger) == (["safe_place", "keep_away"], "raised", False)
    at = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    assert "raised" in page_text(zarina.get(at)), "whoever answers reads it before"
    looked_for = "Somebody is looking for the person, or they must stay hidden."
    needed = "Needed now: a safe place to sleep."
    assert needs_of(house, case) == {"needs": needed, "risk_reasons": looked_for}, "whoever accepts reads it"
    with house.as_() as actor:
        own = {"needs": f"Own words.\n{needed}", "risk_reasons": looked_for}
        case = Case.objects.get(pk=case.pk)
        actions.edit(actor, case, version=case.version, codes={}, sealed={"needs": own})
    goes(press(zarina, need, hides="no", urgency="urgent", do="go"))
    assert signs_of(house, case).answers["danger"]["looked_for"] == "no"
    assert (case_of(at).need_tonight_codes, case_of(at).risk_code) == (["safe_place"], "raised")
    written = needs_of(house, case)
    assert written["needs"] == f"{needed}\nOwn words.", "the worker's own words stay"
    assert not written.get("risk_reasons"), "a no writes nothing: it may be wrong once the part was sent"


def test_a_district_that_was_guessed_stays_a_guess_until_somebody_says_another(house, zarina) -> None:
    with god():
        own = Service.objects.create(
            organisation_id=next(iter(house.world.bodies.values())),
            service_code="LEGAL-01",
            region_code="TJ-KT",
            changed_at=timezone.now(),
        )
        ServiceArea.objects.create(service=own, area_code="TJ-KT-01")
    at, guess = begun(zarina), "A guess: it counts unless you change it"
    assert guess in page_text(zarina.get(at))
    goes(press(zarina, at, sex_code="female", age_band_code="a18_29", do="go"))
    assert guess in page_text(zarina.get(at)), "pressing on says nothing of it"
    goes(press(zarina, at, district="TJ-KT-02", do="go"))
    goes(press(zarina, at, district="TJ-KT-01", do="go"))
    assert guess not in page_text(zarina.get(at))


def test_danger_is_written_at_once_and_the_page_waits_for_the_call(zarina) -> None:
    at = begun(zarina, "danger")
    case = case_of(at)
    assert (case.has_danger, case.risk_code) == (True, "high")
    page = page_text(zarina.get(at))
    for word in ("This page waits", "112", "not confirmed", "We can talk now: go on", "Stop here, it is saved"):
        assert word in page, word


def test_who_cannot_talk_agrees_another_time_and_the_case_says_when(zarina) -> None:
    at = begun(zarina, "later")
    agreed = (timezone.localdate() + timedelta(days=7)).isoformat()
    when = {"next_step_on": agreed, "next_step_code": "meet"}
    assert press(zarina, at, **when).status_code == 400, "this worker has had no case yet: the district is asked"
    assert goes(press(zarina, at, **when, district="TJ-KT-01")) == f"/cases/{case_of(at).code}/"
    case = case_of(at)
    assert (case.state_code, case.next_step_code, str(case.next_step_on)) == ("open", "meet", agreed)
    refused = press(zarina, at, next_step_on="2020-01-15", next_step_code="meet")
    assert (refused.status_code, case_of(at).next_step_on) == (400, case.next_step_on)


def test_no_to_everything_offers_no_referral_and_is_saved(zarina) -> None:
    at = to_need(zarina, a_shelter_social_help="no", police="no")
    page = page_text(zarina.get(at))
    assert "nothing is sent" in page
    assert "Save and stop here" not in page
    assert "Save, without a referral" in page
    case = case_of(goes(press(zarina, at, tonight="has", do="stop")))
    assert (case.state_code, case.need_tonight_codes) == ("open", ["nothing_now"])
    with god():
        assert set(ConsentRow.objects.values_list("answer_code", flat=True)) == {"no"}


def test_who_stops_here_is_asked_nothing_more(zarina) -> None:
    """Red before: "Say how soon", of a referral that nobody sends now."""
    at = to_need(zarina)
    assert press(zarina, at, tonight="has", do="go").status_code == 400
    case = case_of(goes(press(zarina, at, tonight="needs", do="stop")))
    assert (case.state_code, case.need_tonight_codes) == ("open", ["safe_place"])


def test_nothing_asked_is_no_consent_and_the_way_goes_on(zarina) -> None:
    at = to_need(zarina, police="not_asked")
    with god():
        assert not ConsentRow.objects.exists()
    assert "nothing is sent" in page_text(zarina.get(at))


def test_each_police_question_can_be_asked_apart(zarina) -> None:
    to_need(zarina, police="each", a_police_protection="yes", a_police_justice="no")
    with god():
        said = dict(ConsentRow.objects.filter(kind_code="police").values_list("purpose_code", "answer_code"))
    assert said == {"protection": "yes", "justice": "no"}


def test_what_stands_in_the_way_names_the_question_of_the_consent(zarina) -> None:
    at = to_service(zarina)
    shown = page_text(zarina.get(f"{at}&need=SAFE"))
    assert "Consent, “Police" in shown
    assert "Ask for consent" in shown


def test_a_draft_that_somebody_prepared_is_left_alone_and_ones_own_is_changed(house, zarina) -> None:
    at = to_service(zarina)
    case = case_of(at)
    theirs = house.draft(case)
    mine = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    assert theirs.code not in mine
    goes(press(zarina, mine, do="draft", agreed_text="Canary-Mine"))
    again = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    assert again == mine
    assert "Canary-Mine" in zarina.get(again).content.decode()
    with god():
        assert Referral.objects.filter(state_code="draft").count() == 2


def test_nothing_fits_is_counted_and_leads_on(zarina) -> None:
    at = f"{to_service(zarina)}&need=MOVE"
    kept = goes(press(zarina, at, do="gap"))
    assert "Recorded: nothing here fits" in (page := page_text(zarina.get(kept)))
    assert "Stop here, it is saved" in page


def test_stop_saves_what_was_typed_and_the_way_goes_on_at_its_step(house, zarina) -> None:
    at = begun(zarina)
    case = case_of(at)
    home = goes(press(zarina, at, call_name="Canary-Name", **WHO, do="stop"))
    assert home == f"/cases/{case.code}/"
    assert f"/cases/{case.code}/register/" in zarina.get("/").content.decode(), "the draft stands on Today"
    on = zarina.get(zarina.get(f"/cases/{case.code}/register/")["Location"])["Location"]
    assert on.endswith("step=consent")
    assert "Canary-Name" in zarina.get(at).content.decode()
    stopped = goes(press(zarina, on, pay="present", do="stop"))
    assert stopped == home
    assert signs_of(house, case).answers["signs"]["CD14"] == "present"
    with god():
        assert b"Canary" not in bytes(Contact.objects.get(case=case).body)


def test_back_and_a_killed_tab_lead_to_the_same_draft_and_its_step(zarina) -> None:
    here = zarina.get("/cases/first/")["Location"]
    at = goes(press(zarina, here, danger="talk"))
    case = case_of(at)
    way = f"/cases/{case.code}/first/"
    assert zarina.get(here)["Location"] == way
    assert zarina.get(way)["Location"] == at
    assert zarina.get("/cases/first/")["Location"] != here, "another person is another case"
    with god():
        assert Case.objects.filter(state_code="draft").count() == 1


def test_a_draft_goes_on_at_the_check_and_its_faults_stay_there(zarina) -> None:
    at = to_check(zarina)
    case = case_of(at)
    assert zarina.get(f"/cases/{case.code}/first/")["Location"] == at
    long = press(zarina, at, do="send", agreed_text="x" * 5000)
    assert (long.status_code, "x" * 5000 in long.content.decode()) == (400, True)
    old = {**fields(zarina.get(at)), "version": "1", "do": "send"}
    with god():
        Referral.objects.update(version=9)
    refused = zarina.post(at, old)
    assert refused.status_code == 409
    assert "I have told the person. Send" in page_text(refused), "it stands on the step, with its button"
    assert fields_of(refused.content.decode())["version"] == ["9"]


def test_the_vault_is_asked_for_and_the_way_comes_back(house, zarina) -> None:
    at = begun(zarina)
    zarina.post("/account/seal/")
    sealed = zarina.get(at)
    assert (sealed.status_code, sealed["Location"][:22]) == (302, "/account/unlock/?next=")


def test_nobody_else_comes_into_the_way(house, zarina) -> None:
    at = begun(zarina)
    assert house.browser("stranger").get(at).status_code == 404
    assert house.browser("desk-shelter").get("/cases/first/").status_code == 403
