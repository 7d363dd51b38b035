"""An age that is confirmed later is one age everywhere: clocks, summaries, and what has to be known of a child."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions.section import open_section, write_section
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.casework.work.queries.counts import counts
from hamkori.directory.models import Service
from hamkori.notices.models import Notice
from hamkori.refusal import NotNow
from hamkori.web.kit.moments import full_day, last_day
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.senders import Senders, page_text, records
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

CHILD = {"call_name": "canary", "child_contact": "canary-guardianship"}
NOTHING_NEW = "Nothing new can be sent until the child and the adult who acts for them have answered."


def confirmed(house: Senders, case: Case, band: str) -> None:
    with house.as_() as zarina:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(zarina, found, version=found.version, age_band=band, reason="papers")


def told(house: Senders, slug: str) -> list[str]:
    with god():
        mine = Notice.objects.filter(membership=house.world.membership(slug)).order_by("at")
        return list(mine.values_list("key_code", flat=True))


def clocks(case: Case) -> set[str]:
    with god():
        return set(CaseClock.objects.filter(case=case).values_list("clock_code", flat=True))


def test_summaries_that_are_read_are_corrected_and_both_sides_told(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    confirmed(house, case, "a30_47")
    with god():
        assert ReferralCard.objects.get(referral=referral).age_band_code == "a30_47"
    assert told(house, "desk-shelter")[-1] == "corrected"
    assert "corrected" not in told(house, "caseworker-cso"), "nobody is told of what they did"
    assert "30\u201147" in page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    house.accepted(referral)
    confirmed(house, case, "a18_29")
    with god():
        assert ReferralCard.objects.get(referral=referral).age_band_code == "a18_29"
    assert told(house, "shelter-worker")[-1] == "corrected"
    confirmed(house, case, "a18_29")
    assert told(house, "shelter-worker").count("corrected") == 1, "the same age again corrects nothing"


def test_both_sides_read_what_the_summary_said_before_and_when_it_changed(house: Senders) -> None:
    """Red before: a referral that was sent for a woman stood on both sides as if it had been sent for a girl."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    pages = [(house.browser(slug), f"/referrals/{referral.code}/") for slug in ("desk-shelter", "caseworker-cso")]
    assert not any("before: " in page_text(browser.get(address)) for browser, address in pages)
    confirmed(house, case, "a9_17")
    for browser, address in pages:
        text = page_text(browser.get(address))
        assert re.search(r"changed today \d\d:\d\d; before: Woman, 18\N{NON-BREAKING HYPHEN}29", text)
        assert "does not say that it takes children" not in text, "it says nothing of whom it admits"
    assert re.search(r"·\s*Child\b", page_text(house.browser("desk-shelter").get("/desk/")))
    with god():
        Service.objects.filter(pk=referral.service_id).update(admission_codes=["women", "women_with_children"])
    for browser, address in pages:
        assert "does not say that it takes children" in page_text(browser.get(address))
    desk, address = pages[0]
    assert 'name="answers" open>' not in desk.get(address).content.decode(), "nothing accepts at one press"
    with god():
        Service.objects.filter(pk=referral.service_id).update(admission_codes=["women", "girls"])
    for browser, address in pages:
        assert "does not say that it takes children" not in page_text(browser.get(address))
    assert 'name="answers" open>' in desk.get(address).content.decode()
    with god():
        Service.objects.filter(pk=referral.service_id).update(admission_codes=["women"])
    house.accepted(referral)
    worker = page_text(house.browser("shelter-worker").get(address))
    assert "A child. Your service does not say that it takes children." in worker, "it accepted a child"
    assert "You accepted:" not in worker
    assert "They accepted before" not in page_text(pages[1][0].get(address))


def test_who_accepted_an_adult_and_the_sender_read_that_it_is_a_child_until_somebody_there_was_called(
    house: Senders,
) -> None:
    """Red before: the sender read a green "Accepted" everywhere, and the receiver was not asked to decide."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, {"hour": "10:00", "place": "Canary-Gate"})
    records(house)
    at, zarina, worker = f"/referrals/{referral.code}/", house.browser(), house.browser("shelter-worker")
    call = {"operation": str(uuid4()), "answer": "not_reached"}
    assert zarina.post(f"{at}call/", call).status_code == 409, "nobody waits for a word of theirs"
    with god():
        Service.objects.filter(pk=referral.service_id).update(admission_codes=["women"])
    another(house)
    confirmed(house, case, "a9_17")
    said = "Child: Shelter Kulob does not say that it takes children"
    home = page_text(zarina.get("/"))
    assert home.index("Call now") < home.index(said) < home.index("Referral desk: 00\u201111 (invented)")
    assert f"{said} NGO shelter" in page_text(zarina.get(f"/cases/{case.code}/"))
    shown = zarina.get(at)
    assert "They accepted before the age was corrected, and do not say that they take" in page_text(shown)
    assert NOTHING_NEW in page_text(shown)
    ways = re.findall(rf'href="{at}(again|add)/"', shown.content.decode())
    assert not ways, "nothing new is sent before the child was asked"
    assert page_text(shown).count("Referral desk: 00\u201111") == 1
    theirs = worker.get(at)
    assert "Can the child come? If yes, agree on the time again. If not, return it now." in page_text(theirs)
    assert '?do=expect#expect"' in theirs.content.decode()
    assert "We do not admit this group" in page_text(theirs), "a reason to return it"
    assert '?do=unaccept#unaccept"' in theirs.content.decode()
    assert re.search(r'id="unaccept"\s+open', worker.get(f"{at}?do=unaccept").content.decode())
    home = page_text(worker.get("/"))
    assert "Child: you do not say that you take children" in home
    assert "The age was corrected: Girl, 9\u201117; before: Woman, 18\u201129" in home
    for answer, stands in (("not_reached", True), ("said_no", True), ("said_yes", False)):
        call = {"operation": str(uuid4()), "answer": answer}
        assert zarina.post(f"{at}call/", call).status_code == 303
        home = page_text(zarina.get("/"))
        begins = re.search(r"They said no by telephone (?:to .+?, )?(to|yester)day \d\d:\d\d: Shelter Kulob", home)
        assert (said in home, bool(begins)) == (answer != "said_no", answer == "said_no")
        assert ("Call now" in home) is stands, answer
        with house.as_() as actor:
            assert counts(actor).to_call == int(stands), "the rail counts it as Today does"
    assert "yes, not confirmed in Hamkori yet" in page_text(zarina.get(at))
    with god():
        stands = Referral.objects.get(pk=referral.pk)
    opened = fields(worker.get(f"{at}?do=expect"), f"{at}expect/")  # the time that stands is filled in
    assert "the former ones are deleted" in page_text(worker.post(f"{at}expect/", opened)), "nothing gets lost unseen"
    assert worker.post(f"{at}expect/", {**opened, "hour": "10:30"}).status_code == 303, "agreed again as it stands"
    with god():
        assert Referral.objects.get(pk=referral.pk).agreed_at > stands.agreed_at
    assert said not in page_text(zarina.get("/")), "they agreed again, and knew it"


def test_of_a_draft_that_nobody_has_read_nothing_was_before(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    confirmed(house, case, "a30_47")
    with god():
        card = ReferralCard.objects.get(referral=draft)
    assert (card.age_band_code, card.former_age_code, card.corrected_at) == ("a30_47", "", None)


def test_of_an_adult_no_clock_of_a_child_runs_on(house: Senders) -> None:
    case = house.case()
    confirmed(house, case, "a9_17")
    assert "child" in clocks(case)
    confirmed(house, case, "a0_8")
    assert "child" in clocks(case), "still a child: the duty stays"
    confirmed(house, case, "a18_29")
    assert "child" not in clocks(case)


def test_of_a_child_nothing_leaves_before_it_is_known_whom_to_tell(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    confirmed(house, case, "a9_17")
    draft = house.draft(case)
    child = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
    with house.as_() as zarina, pytest.raises(NotNow, match="child_speaker"):
        send.send(zarina, draft, version=draft.version)
    house.agreed(case, **child)
    with house.as_() as zarina:
        draft.refresh_from_db()
        with pytest.raises(NotNow, match="child_contact"):
            send.send(zarina, draft, version=draft.version)
        sheet = open_section(zarina, case, section="contact")
        fields = {**sheet.fields, "child_contact": "canary-child-contact"}
        write_section(zarina, case, section="contact", fields=fields, seal_no=sheet.seal_no)
        sent = send.send(zarina, draft, version=draft.version)
    assert sent.state_code == "sent"


def test_the_page_that_finds_a_child_asks_whom_to_tell_and_who_speaks(house: Senders) -> None:
    """Red before: it had no field for either, and only sending said that they were missing."""
    case = house.case()
    address = f"/cases/{case.code}/settle_age/"
    client = house.browser()
    drawn = page_text(client.get(address))
    assert "Correct or confirm the age" in drawn
    assert "Whom will you tell for this child?" in drawn
    assert "Adult who speaks for the child" in drawn
    assert NOTHING_NEW in drawn
    child = {"age_band": "a9_17", "reason": "papers", "child_contact": "Canary-Guardianship", "speaker": "guardian"}
    refused = press(client, address, **{**child, "age_band": "a30_47"})
    assert refused.status_code == 400
    assert "This is only for a child." in page_text(refused)
    assert fields(refused, address)["child_contact"] == ["Canary-Guardianship"], "what was typed is kept"
    saved = press(client, address, **child)
    assert (saved.status_code, saved["Location"]) == (303, f"/cases/{case.code}/")
    with house.as_() as zarina:
        found = Case.objects.get(pk=case.pk)
        assert found.is_child
        sheet = open_section(zarina, found, section="contact").fields
    assert sheet["child_contact"] == "Canary-Guardianship"
    assert sheet["call_name"], "the rest of the part stays"
    asks, other = f"/cases/{case.code}/consent/", house.case({"age_band_code": "a9_17"}, contact=CHILD)
    for _again in range(2):  # by whatever way, and no address carries it
        assert fields(client.get(asks), asks)["speaker"] == ["guardian"]
    beside = f"/cases/{other.code}/consent/"
    assert fields(client.get(beside), beside)["speaker"] == [], "of another case it is not known"
    short = f"/cases/{case.code}/first/?step=consent&read=tg"
    assert fields(client.get(short), short)["speaker"] == ["guardian"]
    assert press(client, short, police="no", how="child_speaker").status_code == 303
    assert fields(client.get(asks), asks)["speaker"] == [], "it was asked"
    assert "Adult who speaks for the child" not in page_text(client.get(address)), "a child's is asked at registration"


def test_an_age_is_saved_also_where_nobody_knows_whom_to_tell(house: Senders) -> None:
    case = house.case()
    client = house.browser()
    saved = press(client, f"/cases/{case.code}/settle_age/", age_band="a9_17", reason="papers")
    assert (saved.status_code, saved["Location"]) == (303, f"/cases/{case.code}/")
    page = page_text(client.get(saved["Location"]))
    assert "Saved: the person is a child." in page
    assert "written whom to tell" not in page, "one condition: that somebody answers for the child comes first"
    assert "child" in clocks(case)


def test_whom_to_tell_is_written_by_nobody_whose_names_are_locked(house: Senders) -> None:
    case = house.case()
    locked = house.browser(vault=False)
    refused = press(
        locked,
        f"/cases/{case.code}/settle_age/",
        age_band="a9_17",
        reason="papers",
        child_contact="Canary-Guardianship",
    )
    assert refused.status_code == 409
    with house.as_():
        assert not Case.objects.get(pk=case.pk).is_child, "nothing of it is written"


def test_an_age_that_changed_asks_for_consent_again_until_that_was_done_and_says_until_when(house: Senders) -> None:
    """Red before: the duty stood in one green line, and the consent page said the day of before."""
    case, client = house.case(), house.browser()
    house.agreed(case)
    waits = house.sent(case, urgency="normal")
    pass_time(minutes=1)
    with god():
        Service.objects.filter(pk=waits.service_id).update(admission_codes=["women"])
    another(house)
    assert client.get(again := f"/referrals/{waits.code}/again/").status_code == 409
    confirmed(house, case, "a9_17")
    banner = page_text(client.get(f"/cases/{case.code}/")).partition("does not say that it takes children")[2]
    steps = ("asked, no answer yet. Call them", "Ask for consent again", "Tell child protection")
    assert [banner.index(one) for one in steps] == sorted(banner.index(one) for one in steps), "what unlocks the next"
    assert "Ask another organisation" not in banner.partition("Next step")[0], "nothing new can be sent"
    assert client.get(again).status_code == 200
    day = timezone.localdate() + timedelta(days=14)
    box = "Ask for consent again: the person is a child"
    for _again in range(2):
        shown = page_text(client.get(f"/cases/{case.code}/"))
        assert box in shown, "it stays until somebody has asked"
        assert shown.partition(box)[2].startswith(f" {NOTHING_NEW}"), "the days that are left send nothing"
        assert "Consent given" not in shown, "it reads as if something could be sent"
        assert "Ask again: shelter. Not asked: doctors" in shown
    page = f"/cases/{case.code}/refer/"
    for chosen in ("", f"?need=HOME&service={waits.service_id}"):
        shown = page_text(client.get(page + chosen))
        assert shown.count(f"{NOTHING_NEW} Ask the person") == shown.count("Ask the person") == 1
        assert "who may speak" not in shown
    asked = page_text(client.get(f"/cases/{case.code}/consent/"))
    assert f"yes, with name. Ends {full_day(day, timezone.localdate())}." in asked
    assert asked.count("The age was corrected since these answers were given: they end earlier.") == 1
    assert "Valid answers are chosen already" not in asked, "each is asked again"
    with god():
        clock = CaseClock.objects.get(case=case, clock_code="consent")
    assert last_day(clock.due_at, timezone.now()) == full_day(day, timezone.localdate())
    home = page_text(client.get("/"))
    order = [home.index(one) for one in ("Call now", box, "Child: ")]
    assert order == sorted(order), "nothing can be sent before it: urgent, and not of the day on which they end"
    assert f'href="/cases/{case.code}/consent/"' in client.get("/").content.decode()
    for word in (f"answers end {full_day(day, timezone.localdate())}", "Ask the person again"):
        assert word in home.partition(box)[2], word
    assert "The consent ends" not in home, "said once"
    planned = {"next_step_code": "ask_agreement", "next_step_on": timezone.localdate()}
    with god():
        before = Case.objects.filter(pk=case.pk).values(*planned).get()
        Case.objects.filter(pk=case.pk).update(**planned)
    alone = page_text(client.get("/"))
    assert ("An adult must answer for the child" in alone, "Ask what may be shared" in alone) == (True, False), "once"
    with god():
        Case.objects.filter(pk=case.pk).update(**before)
    house.agreed(case, speaker="guardianship_body", child_answer="agrees", as_child=True)
    assert box not in page_text(client.get(f"/cases/{case.code}/"))
    assert box not in page_text(client.get("/"))


def test_who_closes_the_case_of_a_child_reads_that_nobody_asked_again(house: Senders) -> None:
    """Red before: two presses closed it as if all was reached, and the duty was gone from Today."""
    case, client = house.case(), house.browser()
    house.agreed(case)
    open_still = "The person is a child, and was not asked for consent again."
    assert open_still not in page_text(client.get(f"/cases/{case.code}/close/"))
    confirmed(house, case, "a9_17")
    assert open_still in page_text(client.get(f"/cases/{case.code}/close/")).partition("Still open in this case")[2]


def test_once_a_child_and_an_adult_have_answered_something_it_can_be_sent_and_the_rest_is_named(house: Senders) -> None:
    """Red before: "Nothing new can be sent until …" stood below "Saved. What the person said yes to can be sent"."""
    case, client = house.case(), house.browser()
    house.agreed(case)
    house.agreed(case, "legal", "help")
    page, settles = f"/cases/{case.code}/", f"/cases/{case.code}/settle_age/"
    assert re.search(r"can be read until [^,]+, by the police no longer\.", page_text(client.get(settles)))
    confirmed(house, case, "a9_17")
    assert NOTHING_NEW in page_text(client.get(page))
    house.agreed(case, speaker="guardianship_body", child_answer="agrees", as_child=True)
    for shown in (page, f"{page}refer/"):
        assert NOTHING_NEW not in page_text(client.get(shown))
    assert "Ask for consent again: the person is a child The earlier answers end on" in page_text(client.get(page))
    pass_time(days=15)
    shown = page_text(house.browser().get(page))
    assert "Not asked again: Lawyers" in shown
    assert "Ask for consent again: the person is a child" not in shown


def test_nothing_can_be_read_for_longer_where_no_consent_is_valid(house: Senders) -> None:
    """Red before: "can be read for 14 more days", and "Paused: nothing can be opened" on the case."""
    case = house.case()
    assert "can be read until" not in page_text(house.browser().get(f"/cases/{case.code}/settle_age/"))


def test_a_childs_page_gives_nothing_once_the_age_is_confirmed_as_adult_and_a_no_is_taken(
    house: Senders, django_capture_on_commit_callbacks: Any
) -> None:
    """Red before: saved with "as before", a parent's yes to the police stood for a woman of thirty."""
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    at, client = f"/cases/{case.code}/consent/", house.browser()
    child = {"speaker": "parent", "suspected": "no", "child_answer": "agrees", "how_given": "child_speaker"}
    read = {"language": "tg", "read": "on", "days": "90"}
    yes = {"a_police_justice": "yes", "a_shelter_social_help": "no"}
    drawn, late = fields(client.get(at), at), {**child, **read, **yes}
    with django_capture_on_commit_callbacks(execute=True):  # the mark that says so is raised on commit
        confirmed(house, case, "a30_47")

    def sent(**said: str) -> HttpResponse:
        values = {**drawn, **{name: [value] for name, value in said.items()}, "operation": [str(uuid4())]}
        return client.post(at, values)

    for said in (late, {**late, "days": "0"}, {**late, "seen": "1"}):
        refused = sent(**said)
        assert refused.status_code == 409
        assert page_text(refused).count("The age was corrected since this page was opened.") == 1
        now = fields(refused, at)
        assert (now["a_shelter_social_help"], now["a_police_justice"]) == (["no"], ["not_asked"]), "a no is kept"
        assert now["language"] == ["tg"]
        assert "speaker" not in now, "an adult's page"
        assert now["asked_as"] == [""]
    assert fields(sent(**{**late, "child_answer": "says_no"}), at)["a_police_justice"] == ["no"], "the child's own"
    with house.as_() as zarina:
        found, yes_to = Case.objects.get(pk=case.pk), consent.Answer("police", "justice", "yes", frozenset())
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate(), as_child=True)
        with pytest.raises(NotNow, match="age_since"):
            consent.record(zarina, found, answers=[yes_to], asking=asking)
        assert not Consent.objects.filter(case=found).exists(), "nothing is written"
    assert sent(a_police_justice="no", how_said="in_person").status_code == 303, "a no alone is taken as it is"


def test_that_consent_is_asked_again_is_one_row_and_stands_for_the_plan_to_ask(house: Senders) -> None:
    """Red before: two rows on Today, both for today, both to the same page."""
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    house.agreed(case, speaker="guardianship_body", child_answer="agrees", as_child=True)
    confirmed(house, case, "a30_47")
    with god():
        plan = {"next_step_code": "ask_agreement", "next_step_on": timezone.localdate()}
        Case.objects.filter(pk=case.pk).update(**plan)
    today = page_text(house.browser().get("/"))
    assert "Ask for consent again: the person is an adult" in today
    assert "Ask what may be shared with whom" not in today
