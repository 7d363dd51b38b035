"""Whoever did not arrive is looked for until somebody says that the person is safe (ADR 0133)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records, version
from tests.web.test_not_here import READERS, lists, under
from tests.web.test_place_found import file
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

FIND_OUT = "Find out whether the person is safe"
NOT_HERE = {"need_tonight_codes": ["safe_place"], "risk_code": "high"}


def missed(house: Senders, codes: dict[str, object] = NOT_HERE, *, came: bool = False) -> tuple[Case, Referral]:
    """A place for tonight was accepted, and the shelter says that the person is not there."""
    case = house.case(codes)
    house.agreed(case)
    records(house)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    if came:
        with house.as_() as zarina:
            confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard="came")
    else:
        pass_time(days=1)
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    pass_time(minutes=1)
    return case, referral


def says(house: Senders, case: Case, why: str, who: str = "caseworker-cso", page: str = "") -> tuple[int, str]:
    """The button of the page that says what is known."""
    at = f"/cases/{case.code}/looked_for/"
    shown = page or file(house, case, who)
    assert f'name="why" value="{why}"' in shown
    answer = house.browser(who).post(at, {**form_of(shown, at)[1], "why": why}, follow=True)
    return answer.status_code, page_text(answer)


@pytest.mark.parametrize("answer", ["reached", "not_reached"])
@pytest.mark.parametrize("who", READERS)
def test_a_call_says_nothing_of_the_person_and_takes_nothing_away(house: Senders, who: str, answer: str) -> None:
    """Red before: one call that reached the desk, and the row asked for another organisation among what is late."""
    case, referral = missed(house, came=True)
    house.browser(who).post(f"/referrals/{referral.code}/call/", {"operation": str(uuid4()), "answer": answer})
    pass_time(minutes=1)
    for reader in READERS:
        assert lists(house, reader) == (["stopped.missed"], []), reader
        row = under(house, reader, "Call now")
        for said in (
            FIND_OUT,
            "Your team called",
            "reached",
            "your team had said that the person came",
            "No place for tonight",
            "The person did not come",
            "risk: high",
        ):
            assert said.casefold() in row.casefold(), (reader, said, row)
        assert FIND_OUT in page_text(house.browser(reader).get("/cases/")), reader
        page = page_text(house.browser(reader).get(f"/cases/{case.code}/"))
        assert page.index(FIND_OUT) < page.index("What happened"), reader
        assert "No place for tonight" in page, reader


@pytest.mark.parametrize("who", READERS)
def test_the_person_is_safe_ends_it_for_both_and_the_place_is_still_missing(house: Senders, who: str) -> None:
    case, _referral = missed(house, came=True)
    old = file(house, case, who)
    status, said = says(house, case, "is_safe", who)
    assert (status, "Saved: the person is safe. A place for tonight is still needed." in said) == (200, True)
    for reader in READERS:
        assert FIND_OUT not in page_text(house.browser(reader).get("/")), reader
        assert FIND_OUT not in file(house, case, reader), reader
        assert lists(house, reader)[0] == ["stopped.missed"], "the place is missing"
        assert "No place for tonight" in under(house, reader, "Call now"), reader
    assert says(house, case, "is_safe", who, old)[0] == 409, "an older window moves nothing"


@pytest.mark.parametrize("who", READERS)
def test_looked_for_in_vain_is_said_in_the_row_and_changes_nothing(house: Senders, who: str) -> None:
    case, _referral = missed(house)
    _status, said = says(house, case, "not_found", who)
    assert "Saved: looked for, not found. Today goes on asking whether the person is safe." in said
    pass_time(minutes=1)
    for reader in READERS:
        row = under(house, reader, "Call now")
        assert FIND_OUT in row, reader
        assert "looked for, not found: " in row, reader
        box = file(house, case, reader)
        assert "looked for, not found: " in box.casefold(), reader
        assert "Lead worker and supervisor decide together what comes next." in box, reader
    with god():
        assert CaseStep.objects.filter(case=case, step_code="looked_for", reason_code="not_found").count() == 1


def test_at_risk_until_it_is_answered_and_everybody_else_for_a_day(house: Senders) -> None:
    missed(house)
    missed(house, {"need_tonight_codes": ["safe_place"]})
    for reader in READERS:
        assert lists(house, reader)[0].count("stopped.missed") == 2, reader
    pass_time(days=2)
    for reader in READERS:
        assert lists(house, reader)[0] == ["stopped.missed"], reader
        assert under(house, reader, "Call now").count(FIND_OUT) == 1, reader


def test_of_the_senders_own_did_not_come_the_person_is_looked_for_first(house: Senders) -> None:
    """Red before: "You can ask another organisation at once", and one row among what is late."""
    case = house.case(NOT_HERE)
    house.agreed(case)
    records(house)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    pass_time(days=1)
    browser, at = house.browser(), f"/referrals/{referral.code}/"
    form = {"operation": str(uuid4()), "version": version(referral), "heard": "did_not_come"}
    said = page_text(browser.post(f"{at}hear/", form, follow=True))
    assert "Find out whether the person is safe first." in said
    pass_time(minutes=1)
    page = page_text(browser.get(at))
    for reader in READERS:
        assert lists(house, reader)[0] == ["stopped.missed"], reader
        assert FIND_OUT in under(house, reader, "Call now"), reader
    for first, second in (
        (FIND_OUT, "The person is safe"),
        ("The person is safe", "Looked for, not found"),
        ("Looked for, not found", "Once the person is known to be safe: agree another time with the organisation"),
    ):
        assert page.index(first) < page.index(second), (first, second)
    assert re.search(rf"{FIND_OUT} today", page)
    assert "If the person's telephone is written, it is locked in the case, under: " in page
    contact = f"/cases/{case.code}/?from={referral.code}&open=contact#contact"
    assert contact.replace("&", "&amp;") in browser.get(at).content.decode()
    back = browser.get(contact).content.decode().partition("<main")[0]
    assert f'href="{at}"' in back, "red before: the way back led to the list of all cases"
    above = page_text(house.browser("supervisor-cso").get(at))
    assert (
        "If the person's telephone is written, it is locked: only those of the team who hold that part read it."
        in above
    )


@pytest.mark.parametrize("who", READERS)
def test_it_is_said_on_the_page_of_the_referral_too(house: Senders, who: str) -> None:
    case, referral = missed(house)
    at = f"/referrals/{referral.code}/"
    shown = house.browser(who).get(at).content.decode()
    to = f"/cases/{case.code}/looked_for/"
    answer = house.browser(who).post(to, {**form_of(shown, to)[1], "why": "not_found"}, follow=True)
    assert answer.redirect_chain[-1][0] == at
    assert "Looked for, not found." in page_text(answer)
    assert house.browser("stranger").post(to, {"operation": str(uuid4()), "why": "is_safe"}).status_code == 404
    assert house.browser(who).post(to, {"operation": str(uuid4()), "why": "Canary-Name"}).status_code == 409


def test_where_nothing_may_be_sent_no_line_says_to_ask_another(house: Senders) -> None:
    """Red before: "Ask another organisation", while the page said that the consent has ended."""
    _case, referral = missed(house, {"need_tonight_codes": ["safe_place"]})
    for days, line in (
        (0, "Saved: you called and reached nobody. Today goes on asking whether the person is safe."),
        (100, "Saved: you called and reached nobody. It is still open: call the coordinator."),
    ):
        pass_time(days=days)
        form = {"operation": str(uuid4()), "answer": "not_reached"}
        said = page_text(house.browser().post(f"/referrals/{referral.code}/call/", form, follow=True))
        assert line in said, days


@pytest.mark.parametrize("who", READERS)
def test_who_closes_reads_it_first_and_the_lead_worker_is_told(house: Senders, who: str) -> None:
    case, referral = missed(house)
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), reason="mistake")
    browser, at = house.browser(who), f"/cases/{case.code}/close/"
    shown = page_text(browser.get(at))
    assert "Nobody has said whether the person is safe." in shown.partition("Still open in this case")[2][:80]
    outcome = "lost_contact" if who == "supervisor-cso" else "person_withdrew"
    with god():
        known = Case.objects.get(pk=case.pk).version
    form = {"operation": str(uuid4()), "version": known, "outcome": outcome, "sure": "on"}
    said = page_text(browser.post(at, form, follow=True))
    assert "Closed. Nobody has said whether the person is safe: Today goes on asking. See below." in said
    assert "Nothing more is due" not in said
    assert "The person is safe" in said
    told = "A colleague closed this case" in page_text(house.browser().get("/"))
    assert told is (who == "supervisor-cso")


def test_of_a_case_that_was_closed_on_an_ordinary_day_the_lead_worker_is_told_too(house: Senders) -> None:
    case = house.case({})
    with house.as_("supervisor-cso") as malika:
        cases.close(malika, Case.objects.get(pk=case.pk), version=case.version, outcome="lost_contact", older_case=None)
    assert "A colleague closed 1 case of yours." in page_text(house.browser().get("/"))


def test_whoever_receives_reads_that_the_sender_looks_and_has_it_before_them_for_a_day(house: Senders) -> None:
    """Red before: "Agree on another time, or finish", and a row among what comes later."""
    _case, referral = missed(house)
    browser = house.browser("shelter-worker")
    page = page_text(browser.get(f"/referrals/{referral.code}/"))
    assert "and looks for the person. Call the sender if you hear anything." in page
    assert "sender's referral desk" in page
    assert "The place stays agreed until " in page
    row = under(house, "shelter-worker", "Today and soon")
    assert re.search(r"Woman, 18.29: did not come", row)
    assert "the sender looks for the person: call the sender if you hear anything" in row
    pass_time(days=1)
    assert "the sender looks for the person" not in page_text(browser.get("/"))


def test_a_second_window_there_reads_what_was_said_last(house: Senders) -> None:
    """Red before: it said that the sender had said "came", and left out the colleague's "not here"."""
    case = house.case(NOT_HERE)
    house.agreed(case)
    records(house)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    with house.as_() as zarina:
        confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard="came")
    browser, at = house.browser("shelter-worker"), f"/referrals/{referral.code}/"
    form = form_of(browser.get(at).content.decode(), f"{at}miss/")[1]
    pass_time(minutes=1)
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    answer = browser.post(f"{at}miss/", {**form, "operation": str(uuid4())})
    assert answer.status_code == 409
    said = page_text(answer)
    assert "The person did not come" in said
    assert "The sender said" not in said.partition("Nothing was")[0]


def test_a_place_that_was_missed_is_none(house: Senders) -> None:
    """Red before: "Today says it until there is one", and no page said it once the place was missed."""
    case, _referral = missed(house, came=True)
    says(house, case, "is_safe")
    for reader in READERS:
        assert "No place for tonight" in under(house, reader, "Call now"), reader
        assert "No place for tonight" in page_text(house.browser(reader).get(f"/cases/{case.code}/")), reader


def test_another_organisation_that_is_asked_finds_nobody(house: Senders) -> None:
    """Red before: whoever asked another shelter for the bed had no row about the person any more."""
    case, referral = missed(house)
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), reason="mistake")
    pass_time(minutes=1)
    other = house.sent(case)
    for reader in READERS:
        assert "missing" in lists(house, reader)[0], reader
        assert FIND_OUT in under(house, reader, "Call now"), reader
        assert FIND_OUT in file(house, case, reader), reader
    pass_time(minutes=1)
    house.accepted(other, part="now")
    for reader in READERS:
        assert "missing" in lists(house, reader)[0], "a bed says nothing of who is to sleep in it"
    with house.as_() as zarina:
        confirm.hear(zarina, Referral.objects.get(pk=other.pk), version=version(other), heard="came")
    for reader in READERS:
        assert "missing" not in lists(house, reader)[0], reader


@pytest.mark.parametrize("who", READERS)
def test_a_closed_case_is_looked_into_until_somebody_knows(house: Senders, who: str) -> None:
    case, referral = missed(house)
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), reason="mistake")
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    pass_time(hours=30)
    for reader in READERS:
        assert lists(house, reader) == (["missing"], []), reader
        row = under(house, reader, "Call now")
        assert FIND_OUT in row, reader
        assert "The case is closed" in row, reader
        assert FIND_OUT in file(house, case, reader), reader
    status, said = says(house, case, "is_safe", who)
    assert (status, "Saved: the person is safe. Today no longer asks." in said) == (200, True)
    for reader in READERS:
        assert lists(house, reader) == ([], []), reader


def test_a_closed_case_is_looked_into_for_three_days_at_the_longest(house: Senders) -> None:
    case, referral = missed(house)
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), reason="mistake")
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    pass_time(days=3)
    for reader in READERS:
        assert lists(house, reader) == ([], []), reader


def test_the_box_of_the_case_leads_to_how_the_person_is_reached(house: Senders) -> None:
    """Red before: it said to call the person, and where their number is locked stood far below it on the same page."""
    case, _ = missed(house)
    at = f"/cases/{case.code}/?open=contact#contact"
    assert (
        f'<a class="solo" href="{at}">If the person\'s telephone is written, it is locked in the case, under: '
        in unquoted(house, case)
    )
    assert at not in unquoted(house, case, "supervisor-cso"), "who does not hold that part is not led to it"


def unquoted(house: Senders, case: Case, who: str = "caseworker-cso") -> str:
    box = house.browser(who).get(f"/cases/{case.code}/").content.decode().partition('id="missing"')[2]
    return box.partition("</section>")[0].replace("&#x27;", "'")
