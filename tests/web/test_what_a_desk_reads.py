"""What the receiving side reads at a glance: who is urgent or at risk, what is missing, what it said itself."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service, ServiceHours
from hamkori.people.models import OrganisationPhone
from hamkori.vocabulary import codelist
from hamkori.web.received import forms
from hamkori.web.received.instead import is_for_others
from hamkori.web.words import lists
from tests.cast import pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, page_text, version
from tests.web.test_desk import no, press, waits, yes

pytestmark = pytest.mark.django_db


def record(referral: Referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def page_of(house: Senders, referral: Referral, who: str = "desk-shelter", more: str = "") -> str:
    return page_text(house.browser(who).get(f"/referrals/{referral.code}/{more}"))


def test_urgent_and_at_risk_stand_above_and_say_so(house: Senders) -> None:
    plain = waits(house, "within_a_day")
    risky = waits(house, "within_a_day", risk_code="raised")
    urgent = waits(house, "urgent")
    pass_time(minutes=1)
    page = house.browser("desk-shelter").get("/desk/").content.decode()
    places = [page.index(f"/referrals/{one.code}/") for one in (urgent, risky, plain)]
    assert places == sorted(places)
    text = page_text(house.browser("desk-shelter").get("/desk/"))
    assert text.count("Urgent") == 1
    assert text.count("Risk: raised") == 1
    today = page_text(house.browser("desk-shelter").get("/"))
    assert "Urgent" in today
    assert "Risk: raised" in today


def test_the_receiver_reads_who_comes_and_under_which_number_the_own_case_stands(house: Senders) -> None:
    referral = waits(house, risk_code="high")
    press(house, referral, "accept", yes(house, referral))
    before = page_text(house.browser("shelter-worker").get("/"))
    assert "Woman, 18\N{NON-BREAKING HYPHEN}29" in before
    assert "Urgent" in before
    assert "Risk: high" in before
    assert "tomorrow, morning Open" in before, "the button says what it does"
    assert f"referral {referral.code[:4]}" not in before, "while there is no own case its number stands alone"
    with house.as_("shelter-worker") as parvina:
        mine = record(referral)
        own = receive.serve(parvina, mine, version=mine.version)
    after = page_text(house.browser("shelter-worker").get("/"))
    numbers = [f"{code[:4]} {code[4:]}" for code in (own.code, referral.code)]
    assert after.index(numbers[0]) < after.index(f"referral {numbers[1]}"), "the own case first"


def test_of_how_to_reach_the_person_nothing_is_left_out(house: Senders) -> None:
    case = house.case(contact={"call_name": "Canary-Call-Name"})
    house.agreed(case)
    referral = house.sent(case)
    press(house, referral, "accept", yes(house, referral))
    text = page_of(house, referral, "shelter-worker", "?open=packet")
    no_number = "No number of the sender's referral desk is recorded: ask the coordinator."
    assert text.count(no_number) == 2, "there, and in the form that takes it back (ADR 0131)"
    assert "Before you call" not in text, "there is no telephone to call"
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
    text = page_of(house, referral, "shelter-worker", "?open=packet")
    assert "Canary-Call-Name" in text
    assert text.count("not recorded") == 5
    assert "Safe telephone not recorded Hours" in text
    assert "How to reach the person safely: what is not recorded" in text
    case = house.case(contact={"call_name": "Canary-Call-Name", "safe_phone": "Canary-Phone"})
    house.agreed(case)
    press(house, called := house.sent(case), "accept", yes(house, called))
    line = "The sender's referral desk: 00\u201114, invented, cannot be called. Say the number of this referral"
    there = page_of(house, called, "shelter-worker", "?open=packet")
    assert f"ask the sender whether it is safe to talk. {line}" in there
    assert "Telephone of the sender 00\u201114, invented, cannot be called" in text
    case = house.case(contact={"by_code": True, "safe_phone": "Canary-Phone"})
    house.agreed(case)
    press(house, nameless := house.sent(case), "accept", yes(house, nameless))
    there = page_of(house, nameless, "shelter-worker", "?open=packet")
    assert "What to call the person not recorded" in there, "the person agreed to be named"


def test_a_page_that_is_old_says_what_changed_and_leads_to_the_referral(house: Senders) -> None:
    """Red before: "Something changed since you opened this page", with no more than "Back"."""
    house.agreed(case := house.case())
    press(house, referral := house.sent(case), "accept", yes(house, referral))
    at, worker = f"/referrals/{referral.code}/", house.browser("shelter-worker")
    opens = f'href="{at}">Open the referral'
    with god():
        read = record(referral).version
    with house.as_() as zarina:
        confirm.hear(zarina, record(referral), version=read, heard="came")
    late = worker.post(f"{at}serve/", {"operation": str(uuid4()), "version": read})
    assert re.search(r"The sender said \(today \d\d:\d\d\): “The person came”\. Nothing was written", page_text(late))
    assert (late.status_code, opens in late.content.decode()) == (409, True)
    once = {"operation": str(uuid4()), "section": "contact"}
    assert worker.post(f"{at}ask_part/", once).status_code == 303
    other = worker.post(f"{at}ask_part/", once | {"section": "health"})
    assert "This page was saved before with other answers." in page_text(other)
    assert opens in other.content.decode()
    with house.as_() as zarina:
        sending.recall(zarina, found := record(referral), version=found.version, reason="mistake")
    late = worker.post(f"{at}ask_part/", {"operation": str(uuid4()), "section": "health"})
    assert re.search(r"This referral ended \(today \d\d:\d\d\)\. Nothing was written\.", page_text(late))
    assert opens in late.content.decode()


def test_what_is_missing_is_asked_of_the_sender_once_until_the_part_was_sent_again(house: Senders) -> None:
    case = house.case(contact={"call_name": "Canary-Call-Name"})
    house.agreed(case)
    referral = house.sent(case)
    press(house, referral, "accept", yes(house, referral))
    at, worker, sender = f"/referrals/{referral.code}/", house.browser("shelter-worker"), house.browser()
    asks, sends = f'action="{at}ask_part/"', f"{at}add/?part=contact"
    assert sends not in sender.get("/").content.decode()
    missing = '<input type="checkbox" name="section" value="contact">'
    assert missing in worker.get(f"{at}?open=packet").content.decode()
    assert missing not in worker.get(at).content.decode(), "what is missing is seen once it is unlocked"
    for section, status in (("psychosocial", 409), ("text", 409), ("contact", 303), ("contact", 409)):
        said = {"operation": str(uuid4()), "section": section}
        assert worker.post(f"{at}ask_part/", said).status_code == status, section
    part = "How to reach the person safely"
    opened = worker.get(f"{at}?open=packet")
    assert 'name="section" value="contact"' not in opened.content.decode()
    assert f"Asked of the sender {part} (today " in page_text(opened)
    today = sender.get("/")
    assert f"They ask for what is missing in: {part}" in page_text(today)
    assert f'href="{sends}"' in today.content.decode()
    assert f'href="{sends}"' in sender.get(at).content.decode()
    of_case = sender.get(f"/cases/{case.code}/").content.decode()
    assert of_case.count(f'href="{sends}"') == 2, "the row and its button, as on Today"
    assert f"They ask for what is missing in: {part}" in page_text(sender.get(f"/cases/{case.code}/"))
    assert "Send this part again" not in page_text(house.browser("supervisor-cso").get("/"))
    with god():
        version = record(referral).version
    sent_again = {"operation": str(uuid4()), "version": version, "sections": "contact"}
    assert sender.post(f"{at}add/", sent_again).status_code == 303
    assert sends not in sender.get("/").content.decode() + sender.get(at).content.decode()
    assert asks in worker.get(f"{at}?open=packet").content.decode(), "it is still missing"


def test_the_number_of_the_sender_is_read_on_the_receiving_side_until_help_has_ended(house: Senders) -> None:
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")

    def read_by() -> set[str]:
        found = set()
        for slug in ("desk-shelter", "shelter-worker", "stranger", "lawyer"):
            with house.as_(slug):
                found |= {slug} if OrganisationPhone.objects.exists() else set()
        return found

    assert read_by() == set()
    referral = waits(house)
    assert read_by() == {"desk-shelter"}
    assert "The sender's referral desk: 00\u201114" in page_of(house, referral)
    press(house, referral, "accept", yes(house, referral))
    assert read_by() == {"desk-shelter", "shelter-worker"}
    house.finished(referral)
    assert read_by() == set()


def test_what_could_help_instead_is_what_somebody_offers_without_what_was_asked(house: Senders) -> None:
    referral = waits(house)
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    select = page.split('id="decline_suggested_service"')[1].split("</select>")[0]
    with god():
        offered = set(Service.objects.filter(is_active=True).values_list("service_code", flat=True))
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', select, re.S)
    shown = {code for _label, inside in groups for code in re.findall(r'value="([A-Z0-9-]+)"', inside)}
    assert shown == offered - {"HOME-02", *(one for one in offered if is_for_others(one, "female", "a18_29"))}
    assert "Can you give the same help from a later day?" in page, "which is said by accepting, not here"
    assert 'value="HOME-02"' not in select
    form = forms.DeclineForm(asked="HOME-02", offered={"SAFE-01", "HEALTH-01", "HOME-01", "HOME-02", "LEGAL-01"})
    like, *_others = re.findall(r'<optgroup label="([^"]+)">', str(form["suggested_service"]))
    assert like == lists.label("service_group", "HOME"), "first what is like what was asked for"


def _instead(sex: str, age_band: str) -> tuple[list[str], set[str]]:
    """The groups in their order, and the codes, of all that a desk could name instead of a shelter."""
    every = {entry.code for entry in codelist("service")}
    form = str(forms.DeclineForm(asked="HOME-02", offered=every, sex=sex, age_band=age_band)["suggested_service"])
    return re.findall(r'<optgroup label="([^"]+)">', form), {*re.findall(r'value="([A-Z]+-[0-9]+)"', form)}


def _in_turn(sex: str, age_band: str) -> list[str]:
    every = {entry.code for entry in codelist("service")}
    form = str(forms.DeclineForm(asked="HOME-02", offered=every, sex=sex, age_band=age_band)["suggested_service"])
    return re.findall(r'value="([A-Z]+-[0-9]+)"', form)


def test_what_is_near_comes_first_and_nothing_is_for_people_of_another_sex_or_age() -> None:
    """Red before: for a woman "Shelter place for men" stood among the first, and help for children."""
    groups, woman = _instead("female", "a18_29")
    assert groups == [lists.label("service_group", "HOME"), "Other help"]
    near = ["SAFE", "BASIC", "SOC", "HEALTH"]
    turn = list(dict.fromkeys(code.partition("-")[0] for code in _in_turn("female", "a18_29")))
    assert turn[:5] == ["HOME", *near]
    assert woman.isdisjoint({"HOME-05", "HOME-04", "CHILD-01", "MHPSS-08"})
    assert "CHILD-04" in woman, "whether she is one may be what has to be looked at"
    _groups, man = _instead("male", "a30_47")
    assert "HOME-05" in man
    _groups, boy = _instead("male", "a9_17")
    assert "HOME-05" not in boy
    assert boy >= {"HOME-04", "CHILD-01", "MHPSS-08"}
    _groups, unknown = _instead("other_or_not_said", "unknown")
    assert unknown >= {"HOME-05", "HOME-04", "CHILD-01", "MHPSS-08"}, "what nobody knows rules nothing out"


def test_the_desk_reads_why_it_declined_and_what_it_suggested(house: Senders) -> None:
    referral = waits(house)
    press(house, referral, "decline", no(referral, reason="wrong_service", suggested_service="LEGAL-01"))
    with god():
        told = Referral.objects.get(pk=referral.pk)
    text = page_of(house, referral)
    assert lists.label("decline_reason", "wrong_service") in text
    assert told.suggested_service_code == "LEGAL-01"
    assert lists.label("service", "LEGAL-01") in text


def test_whoever_finished_is_named_in_what_happened_and_the_reason_is_asked_for_one_answer(house: Senders) -> None:
    referral = waits(house)
    press(house, referral, "accept", yes(house, referral))
    with house.as_("shelter-worker") as parvina:
        mine = record(referral)
        receive.serve(parvina, mine, version=mine.version)
    page = house.browser("shelter-worker").get(f"/referrals/{referral.code}/").content.decode()
    assert '<div class="only-then">' in page
    with house.as_("shelter-worker") as parvina:
        mine = record(referral)
        receive.finish(parvina, mine, version=mine.version, result="not_given", reason="no_place_now")
    text = page_of(house, referral, "shelter-worker")
    finished = text.split("Finished with a result")[1][:120]
    assert "Shelter Worker" in finished.split("The person came")[0]


def test_a_day_on_which_the_service_is_closed_is_said_and_accepted(house: Senders) -> None:
    referral = waits(house)
    with god():
        day = timezone.localdate(now()) + timedelta(days=1)
        open_on = day.isoweekday() % 7 + 1
        ServiceHours.objects.filter(service_id=referral.service_id).delete()
        ServiceHours(service_id=referral.service_id, day=open_on, opens=480, closes=1020).save(force_insert=True)
    assert "your service is closed by its hours in the directory" in page_of(house, referral)
    answer = press(house, referral, "accept", yes(house, referral))
    assert answer.status_code == 303
    assert "your service is closed" not in page_of(house, referral), "it was said before the yes, and once"


def test_a_part_that_was_not_shared_is_asked_for_and_a_no_to_it_stands(house: Senders) -> None:
    """Red before: who lacked something could only write it into "Finish", which deletes what was shared (ADR 0108)."""
    closes(house, "SAFE-02")
    case = house.case()
    house.agreed(case, sections={"contact", "needs", "health"})
    referral = house.sent(case)
    press(house, referral, "accept", yes(house, referral))
    at, worker, sender = f"/referrals/{referral.code}/", house.browser("shelter-worker"), house.browser()

    def says(who: DoorClient, name: str, section: str) -> int:
        return int(who.post(f"{at}{name}/", {"operation": str(uuid4()), "section": section}).status_code)

    shown = worker.get(at).content.decode()
    assert 'value="identity"' in shown
    assert 'value="health"' in shown
    assert 'value="psychosocial"' not in shown, "their function does not read it"
    assert says(sender, "keep_part", "needs") == 409, "nobody asked"
    assert [says(worker, "ask_part", one) for one in ("psychosocial", "needs")] == [409, 303]
    asked = page_text(worker.get(at))
    assert re.search(r"Asked of the sender Needs, risk, plan \(today \d\d:\d\d\)", asked)
    assert "Not sent for this kind of help: " in asked
    assert "Not for your function: Signs and decision" in asked
    empty = worker.post(f"{at}ask_part/", {"operation": str(uuid4())})
    assert (empty.status_code, "Tick what you ask for." in page_text(empty)) == (400, True)
    both = {"operation": str(uuid4()), "section": ["identity", "health"], "open": "packet"}
    answer = worker.post(f"{at}ask_part/", both)
    assert (answer.status_code, answer["Location"]) == (303, f"{at}?open=packet"), "what was unlocked stays open"
    told = page_text(worker.get(answer["Location"]))
    assert "They are closed until" in told, "nobody waits for them in vain"
    assert "It is urgent: call. No number of the sender's referral desk is recorded: ask the coordinator." in told
    assert "Asked of the sender Needs, risk, plan; Full name and documents; Health" in page_text(worker.get(at))
    assert says(worker, "ask_part", "health") == 409, "it is asked already"
    assert all(f"They ask for: {name}" in page_text(sender.get("/")) for name in ("Full name and documents", "Health"))
    assert sender.get(at).content.decode().count(f'action="{at}keep_part/"') == 3, "each is answered for itself"
    assert [says(sender, "keep_part", one) for one in ("identity", "health")] == [303, 303]
    today = sender.get("/")
    assert "They ask for: Needs, risk, plan" in page_text(today)
    assert f'href="{at}#asks"' in today.content.decode()
    of_case = page_text(sender.get(f"/cases/{case.code}/")).partition("What is next")[2]
    assert "They ask for: Needs, risk, plan" in of_case.partition("Referrals")[0]
    theirs = page_text(sender.get(at))
    assert "They ask for what was not shared" in theirs
    assert "Ask the person first. They may say no; why is not told." in theirs
    assert says(house.browser("supervisor-cso"), "keep_part", "needs") == 403, "the team speaks for the person"
    assert [says(sender, "keep_part", one) for one in ("health", "needs", "needs")] == [409, 303, 409]
    assert "They ask for: Needs" not in page_text(sender.get("/"))
    answered = page_text(worker.get(at))
    assert "The sender answered Needs, risk, plan: not shared (today" in answered
    assert 'value="needs"' not in worker.get(at).content.decode()
    assert says(worker, "ask_part", "needs") == 409, "a no is not asked until it becomes a yes"
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), sections=["contact"], how_said="by_phone")
    assert 'value="contact"' not in worker.get(at).content.decode()
    assert says(worker, "ask_part", "contact") == 409, "what the person took back is not asked for"


def test_what_is_needed_today_and_the_questions_fit_the_kind_of_help(house: Senders) -> None:
    """Red before: a place needed today was accepted for tomorrow unsaid, and everybody was offered every question."""
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
    text = page_of(house, waits(house))
    assert "A place is needed today. If you accept a later day: where does the person sleep until then?" in text
    assert "Telephone of the sender 00\u201114" in text
    assert "A place is needed today" not in page_of(house, waits(house, "within_a_day"))
    offered = {group: set(forms.question_codes(f"{group}-01", ())) for group in ("HOME", "SAFE", "LEGAL")}
    assert offered["HOME"] >= {"length_of_stay", "children_ages", "step_free"}
    assert not offered["SAFE"] & {"length_of_stay", "children_ages", "step_free", "daily_medicine"}
    assert "length_of_stay" not in offered["LEGAL"]


def test_a_no_to_a_part_holds_until_it_is_sent_and_what_was_sent_is_not_called_not_shared(house: Senders) -> None:
    """Red before: it was offered and refused for ever, "not shared" was taken of a part that lay there, and one that
    was sent empty could be neither sent nor refused.
    """
    case = house.case(contact={"call_name": "Canary-Call-Name"})
    house.agreed(case, sections={"contact", "needs", "health"})
    referral = house.sent(case, sections=["needs", "health"])
    press(house, referral, "accept", yes(house, referral))
    at, worker, sender = f"/referrals/{referral.code}/", house.browser("shelter-worker"), house.browser()

    def says(who: DoorClient, name: str, section: str) -> int:
        return int(who.post(f"{at}{name}/", {"operation": str(uuid4()), "section": section}).status_code)

    empty = re.findall(r"(Needs, risk, plan|Health) Agreed, nothing was sent yet", page_text(worker.get(at)))
    assert empty == ["Needs, risk, plan", "Health"], "no more of it was known to the worker than of what is not shared"
    assert (says(worker, "ask_part", "contact"), says(sender, "keep_part", "contact")) == (303, 303)
    sends = {"operation": str(uuid4()), "version": version(referral), "sections": "contact"}
    assert sender.post(f"{at}add/", sends).status_code == 303
    assert (says(worker, "ask_part", "contact"), says(sender, "keep_part", "contact")) == (303, 409)
    sends = {"operation": str(uuid4()), "version": version(referral), "sections": "contact"}
    assert sender.post(f"{at}add/", sends).status_code == 303
    assert says(worker, "ask_part", "health") == 303
    page = sender.get(at).content.decode()
    assert "Write it into the case" in page
    assert f'action="{at}keep_part/"' in page
    assert says(sender, "keep_part", "health") == 303
