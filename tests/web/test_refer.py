"""Referring as a case worker does it: need, service, what goes, told, sent. And everything that must not be sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Gap
from hamkori.casework.referral.models import PacketBody
from hamkori.casework.screening.actions import screening
from hamkori.directory.models import Service
from hamkori.people.founding import rename
from hamkori.vocabulary import codelist
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import BUDGET, OVERHEAD, Senders, counted, page_text, referrals, state, steps, version
from tests.web.test_place_found import found

pytestmark = pytest.mark.django_db


def address(case) -> str:
    return f"/cases/{case.code}/refer/"


def test_open_choose_tell_send(house: Senders) -> None:
    """Three presses: the page, the service, "I have told the person. Send". Each page carries what the next needs."""
    case = house.case()
    house.agreed(case)
    zarina = house.browser()
    first = zarina.get(address(case))
    assert "Shelter Kulob" in page_text(first)
    assert "has room" in page_text(first)
    assert "they see" not in page_text(first), "nothing is chosen silently"
    with god():
        assert rename(house.world.bodies["shelter-kulob"], "tg", "Паноҳгоҳ")
    looked = zarina.post(address(case), house.screen(case, do="", shown_for="", sections=[]))
    text = page_text(looked)
    assert ("they see" in text, "yes: Shelter and social help (to help the person), until" in text) == (True, True)
    assert "Locked until they accept The person's own words; How to reach" in text
    bare = page_text(zarina.post(address(case), house.screen(case, do="", agreed_text="")))
    assert "Locked until they accept The person's own words, if written; How to reach" in bare, "nothing is yet"
    assert "«Мо аз Паноҳгоҳ кумак мепурсем." in text, "in the language in which consent was read, the name too"
    assert "“We ask Shelter Kulob for help." in text, "and in the reader's own"
    assert "I have told the person. Send" in text
    assert "checked" in looked.content.decode().split('value="contact"')[1][:60], "contact goes unless it is unticked"
    assert not referrals()
    sent = zarina.post(address(case), house.screen(case))
    (referral,) = referrals()
    assert sent.status_code == 303
    assert sent["Location"] == f"/referrals/{referral.code}/"
    assert (state(referral), referral.told_body) == ("sent", True), "the button says that they were told"
    assert steps(referral) == ["send"]
    with god():
        assert set(PacketBody.objects.values_list("section_code", flat=True)) == {"text", "contact"}
        assert Ledger.objects.filter(action_code="referral.send", decision_code="done").count() == 1


def test_the_same_press_twice_sends_once(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    form = house.screen(case)
    zarina = house.browser()
    first, second = zarina.post(address(case), form), zarina.post(address(case), form)
    assert len(referrals()) == 1
    assert second.status_code in (302, 303)
    assert second["Location"] == first["Location"]


def test_what_they_will_see_changes_with_the_choice_and_writes_nothing(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    form = house.screen(case, do="preview", urgency="normal")
    answer = house.browser().post(address(case), form, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith("<form")
    assert "You can stop it for 30 seconds; nobody sees it before." in page_text(answer)
    urgent = house.browser().post(address(case), {**form, "urgency": "urgent"}, headers={"HX-Request": "true"})
    assert "Urgent: they see it at once. You can cancel it later, with a reason." in page_text(urgent)
    assert "Canary-Words" in answer.content.decode(), "what was typed is kept"
    assert not referrals()


def test_after_choosing_another_body_it_is_looked_at_before_anything_leaves(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    other = f"{uuid4()}:{uuid4()}:HOME-02:help"
    answer = house.browser().post(address(case), house.screen(case, shown_for=other))
    assert "Look at what is sent there, then send" in page_text(answer)
    assert not referrals()


def test_a_draft_says_nothing_of_having_told_and_waits(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    form = house.screen(case, do="draft")
    assert house.browser().post(address(case), form).status_code == 303
    (draft,) = referrals()
    assert (draft.state_code, draft.told_body) == ("draft", False)
    page = house.browser().get(f"/referrals/{draft.code}/edit/")
    assert "Canary-Words" in page.content.decode()


def test_a_wrong_date_is_said_and_kept(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    answer = house.browser().post(address(case), house.screen(case, needed_from="31.02.2027"))
    assert "There is no such day. One that there is: " in page_text(answer)
    assert "31.02.2027" in answer.content.decode()
    assert not referrals()


def test_the_draft_is_opened_again_changed_and_sent(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    form = house.screen(case, version=draft.version, need="HOME", agreed_text="Canary-Second")
    answer = house.browser().post(f"/referrals/{draft.code}/send/", form)
    assert answer.status_code == 303
    assert steps(draft) == ["send"]
    assert house.browser().get(f"/referrals/{draft.code}/edit/").status_code == 409, "what was sent is no draft"


def test_two_colleagues_write_one_draft_and_both_texts_stay(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    old = version(draft)
    url = f"/referrals/{draft.code}/edit/"
    zarina = house.browser()
    mine = house.screen(case, do="draft", need="HOME", version=old, agreed_text="Canary-First-Text")
    assert zarina.post(url, mine).status_code == 303
    late = house.screen(case, do="draft", need="HOME", version=old, agreed_text="Canary-Later-Text")
    answer = zarina.post(url, late)
    assert answer.status_code == 409
    assert "Canary-First-Text" in answer.content.decode()
    assert "Canary-Later-Text" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    assert zarina.post(url, {**late, "version": 2, "text_choice": "theirs"}).status_code == 303
    assert "Canary-First-Text" in zarina.get(url).content.decode()


def test_a_refusal_of_the_police_is_said_before_anything_can_be_sent(house: Senders) -> None:
    case = house.case()
    house.agreed(case, "police", "protection", answer="no")
    form = house.screen(case, "SAFE-01", need="SAFE", purpose="protection", sections=[])
    looked = house.browser().post(address(case), {**form, "do": "preview"})
    assert (
        "The person said no to the police. Nothing can be sent there. If a life is in danger, call 112 (not confirmed)."
        in page_text(looked)
    )
    assert 'value="send"' not in looked.content.decode()
    assert "Ask the person" not in page_text(looked), "after a no nobody is pushed to ask again"
    assert "the person said no" in page_text(looked), "the row says it before it is chosen"
    forced = house.browser().post(address(case), form)
    assert forced.status_code == 409
    assert not referrals()


def test_the_police_are_asked_for_one_purpose_and_by_their_typed_name(house: Senders) -> None:
    case = house.case()
    house.agreed(case, "police", "protection", sections={"contact"})
    form = house.screen(case, "SAFE-01", need="SAFE", purpose="protection", sections=["contact"])
    looked = page_text(house.browser().post(address(case), {**form, "do": "preview"}))
    assert "Type the name of this police organisation" in looked
    assert "Region" not in looked.split("they see")[1].split("Locked until")[0], "their card has no region"
    wrong = house.browser().post(address(case), {**form, "typed_body": "police"})
    assert wrong.status_code == 409
    assert "Canary-Words" in wrong.content.decode()
    assert form["operation"] in wrong.content.decode(), "the same write, mended"
    assert not referrals(), "a refused send leaves no draft behind"
    with god():
        assert not PacketBody.objects.exists()
        refused = Ledger.objects.get(decision_code="refused")
        assert (refused.action_code, refused.reason_code) == ("referral.send", "police_typed")
    assert house.browser().post(address(case), {**form, "typed_body": "mia centre"}).status_code == 303
    with god():
        assert referrals()[0].sender.consent_rows == ["police:protection"]


def test_to_the_police_signs_go_one_by_one_and_chosen_with_her(house: Senders) -> None:
    case = house.case()
    with house.as_() as zarina:
        screening.start(zarina, case, signs=["DR01", "DR02"])
        draft = screening.draft_of(case)
        asked = dict.fromkeys(codelist("danger_question").codes, "not_asked")
        screening.save(zarina, case, seal_no=draft.seal_no, part="danger", answers=asked)
        screening.complete(zarina, case)
    house.agreed(case, "police", "justice", sections={"screening"})
    chosen = house.screen(case, "JUST-01", need="JUST", purpose="justice", sections=["screening"])
    form = {**chosen, "typed_body": "Mia Centre"}
    looked = house.browser().post(address(case), {**form, "do": "preview"})
    assert 'name="items" value="DR01"' in looked.content.decode()
    unsaid = house.browser().post(address(case), form)
    assert "Choose together with the person which signs are sent." in page_text(unsaid)
    assert not referrals()
    assert house.browser().post(address(case), {**form, "items": ["DR01"]}).status_code == 303
    with god():
        assert set(PacketBody.objects.values_list("section_code", flat=True)) == {"text", "screening"}
        assert Ledger.objects.filter(action_code="section.open", section_code="screening").exists()


def test_not_asked_leads_to_asking_her(house: Senders) -> None:
    case = house.case()
    looked = house.browser().post(address(case), house.screen(case, do="preview", sections=[]))
    assert "The person was not asked about “Shelter and social help”." in page_text(looked)
    listed = page_text(house.browser().get(address(case)))
    assert "Ask the person first: “Shelter and social help”." in listed, "before it is chosen too"
    assert f'href="/cases/{case.code}/consent/?then=' in looked.content.decode()
    assert 'value="send"' not in looked.content.decode()


def test_an_agreement_that_ended_must_be_asked_again(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    pass_time(days=70)
    answer = house.browser().post(address(case), house.screen(case, sections=[]))
    assert answer.status_code == 409
    assert "The consent is not valid now. Ask the person again." in page_text(answer)
    assert not referrals()


def test_a_part_she_did_not_agree_to_is_not_offered_and_cannot_be_slipped_in(house: Senders) -> None:
    case = house.case(identity={"legal_names": "Canary-Legal"})
    house.agreed(case)
    looked = house.browser().post(address(case), house.screen(case, do="preview"))
    assert 'name="sections" value="identity"' not in looked.content.decode()
    assert "The person did not agree to share this." in page_text(looked)
    answer = house.browser().post(address(case), house.screen(case, sections=["contact", "identity"]))
    assert "What may be sent has changed while you were writing. Nothing was sent." in page_text(answer)
    assert not referrals()


def test_one_waits_already(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.sent(case)
    looked = page_text(house.browser().post(address(case), house.screen(case, do="preview")))
    assert "One waits already, until" in looked
    answer = house.browser().post(address(case), house.screen(case))
    assert answer.status_code == 409
    assert len(referrals()) == 1
    pass_time(hours=3)
    meant = house.screen(case, another="on")
    assert house.browser().post(address(case), meant).status_code == 303, "a late one holds nobody up"


def test_a_body_she_does_not_want_cannot_be_chosen(house: Senders) -> None:
    case = house.case()
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    page = house.browser().get(address(case))
    assert "The person does not want this organisation to get anything. Choose another." in page_text(page)
    assert f'value="{house.world.services["HOME-02"]}"' not in page.content.decode()
    assert house.browser().post(address(case), house.screen(case)).status_code == 409
    assert not referrals()


def test_an_overseeing_body_receives_nobody(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    with god():
        one = Service.objects.get(pk=house.world.services["HOME-02"])
        watching = Service(
            organisation_id=house.world.bodies["secretariat"],
            service_code="HOME-02",
            region_code="TJ-DU",
            changed_at=one.changed_at,
        )
        watching.save(force_insert=True)
    assert "Secretariat" not in page_text(house.browser().get(address(case)))
    form = house.screen(case) | {
        "service": str(watching.pk),
        "shown_for": f"{watching.pk}:{watching.organisation_id}:HOME-02:help",
    }
    answer = house.browser().post(address(case), form)
    assert "Choose a service first." in page_text(answer)
    assert not referrals()


def test_a_desk_where_nobody_answers_is_listed_and_cannot_be_chosen(house: Senders) -> None:
    case = house.case()
    with god():
        Service(
            organisation_id=house.world.bodies["cso-kulob"],
            service_code="HOME-02",
            region_code="TJ-KT",
            changed_at=Service.objects.first().changed_at,
        ).save(force_insert=True)
    page = page_text(house.browser().get(address(case)))
    assert "Nobody there can answer in Hamkori." in page
    assert "This is your own organisation. Add a colleague instead" in page


def test_nothing_fits_and_the_gap_is_counted_without_the_case(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["doctor"]})
    page = page_text(house.browser().get(address(case)))
    assert "Nothing here fits" in page
    form = {"operation": str(uuid4()), "need": "tonight", "district": "", "do": "gap"}
    url = f"/cases/{case.code}/gap/record/"
    assert "Choose a district." in page_text(house.browser().post(url, form))
    with god():
        assert not Gap.objects.exists()
    form["district"] = "TJ-KT-01"
    answer = house.browser().post(url, form)
    assert answer.status_code == 303
    house.browser().post(url, form)
    with god():
        assert set(Gap.objects.values_list("area_code", "service_code")) == {
            ("TJ-KT-01", "HEALTH-01"),
            ("TJ-KT-01", "HEALTH-03"),
        }, "counted once for each kind of help"
    assert "Recorded: nothing here fits" in page_text(house.browser().get(answer["Location"]))


def test_a_child_needs_an_adult_who_may_speak(house: Senders) -> None:
    case = house.case({"age_band_code": "a9_17"}, contact={"call_name": "Canary", "child_contact": "Canary-Guardian"})
    house.agreed(case, speaker="parent", child_answer="says_no", as_child=True)
    looked = page_text(house.browser().post(address(case), house.screen(case, do="preview", sections=[])))
    assert "The child said no." in looked
    assert house.browser().post(address(case), house.screen(case, sections=[])).status_code == 409
    assert not referrals()


def test_sealed_means_the_passphrase_comes_first(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sealed = house.browser(vault=False)
    answer = sealed.get(address(case))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/unlock/")
    typed = sealed.post(address(case), house.screen(case))
    assert typed.status_code == 409
    assert "Canary-Words" in typed.content.decode(), "what was typed while the vault closed stays on the page"
    assert not referrals()


def test_others_find_nothing(house: Senders) -> None:
    case = house.case()
    for slug in ("stranger", "colleague-cso", "coordinator", "auditor", "desk-shelter"):
        assert house.browser(slug).get(address(case)).status_code == 404, slug
        assert house.browser(slug).post(address(case), house.screen(case)).status_code == 404, slug
    assert not referrals()


def test_a_supervisor_looks_on_and_does_not_refer(house: Senders) -> None:
    assert house.browser("supervisor-cso").get(address(house.case())).status_code == 403


def test_the_screen_asks_the_database_little(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.browser().get(address(case))
    with counted(BUDGET + OVERHEAD):
        house.browser().get(address(case))
    form = house.screen(case, do="preview", page_of=doors.page_of(address(case)))
    with counted(BUDGET + OVERHEAD + 16):
        house.browser().post(address(case), form)  # how the person is reached is opened once, to say what is missing
    with counted():
        house.browser().post(address(case), form)


def test_needed_from_and_soon_go_as_they_were_chosen(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    later = timezone.localdate() + timedelta(days=2)
    house.browser().post(address(case), house.screen(case, needed_from=later.isoformat(), urgency="within_a_day"))
    (referral,) = referrals()
    assert (referral.needed_from_on, referral.urgency_code) == (later, "within_a_day")


def test_cancelling_says_for_whom_and_closing_which_result_is_still_asked(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    one = house.sent(case)
    asked = page_text(house.browser().get(f"/referrals/{one.code}/recall/"))
    assert "NGO shelter or crisis room · Woman" in asked
    assert f"Case {case.code[:4]} {case.code[4:]}" in asked.replace("\u00a0", " ")
    house.accepted(one)
    house.finished(one)
    zarina, close, confirm = house.browser(), f"/cases/{case.code}/close/", f"/referrals/{one.code}/confirm/?then=close"
    closing = zarina.get(close)
    assert "the result is not confirmed. Today goes on asking." in page_text(closing)
    assert f'href="{confirm}"' in closing.content.decode()
    assert f'href="{close}"' in zarina.get(confirm).content.decode(), "and back without an answer"
    answer = {"operation": str(uuid4()), "version": version(one), "her_view": "content", "agrees": "yes"}
    assert zarina.post(confirm, answer).headers["Location"] == close, "whoever was closing goes on closing"
    assert "the result is not confirmed" not in page_text(zarina.get(close))
    ready = "All referrals are finished If nothing more is to do, close the case."
    assert ready not in page_text(zarina.get(f"/cases/{case.code}/")), "who has no place tonight is not ready"
    found(house, case, "own_home")
    home = zarina.get(f"/cases/{case.code}/")
    assert ready in page_text(home)
    assert f'href="{close}">Close the case' in home.content.decode(), "beside what comes next"
