"""Two are asked for the same help: what one said on the telephone stands on the page of the other (ADR 0123)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, page_text, records, version
from tests.web.senders import press as serving
from tests.web.test_said_on_the_telephone import press
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
PLACE = {"need_tonight_codes": ["safe_place"]}
NOBODY = "Nobody has a place for tonight yet"


def two(house: Senders) -> tuple[Case, Referral, Referral]:
    """A place is asked for at the shelter, and then at another organisation."""
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    closes(house)
    closes(house, "HOME-01")
    records(house)
    house.agreed(case := house.case(PLACE))
    first = house.sent(case)
    pass_time(minutes=1)
    second = house.sent(case, service="HOME-01")
    pass_time(minutes=1)
    return case, first, second


def reads(who: DoorClient, one: Referral) -> str:
    return page_text(who.get(f"/referrals/{one.code}/"))


def test_what_one_said_on_the_telephone_stands_on_the_page_of_the_other(house: Senders) -> None:
    """Red before: "Nobody has a place for tonight yet" below "Yes by telephone", and the other page was silent."""
    case, first, second = two(house)
    zarina, malika = house.browser(), house.browser("supervisor-cso")
    assert NOBODY in reads(zarina, second)
    assert "the same help" not in reads(zarina, first), "of two that wait the later one names the earlier"
    press(zarina, f"/referrals/{first.code}/call/", "calls_back")
    text = reads(zarina, second)
    assert NOBODY in text
    assert re.search(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: they will call back\.", text)
    press(zarina, f"/referrals/{second.code}/call/", "said_yes")
    yes = r"Legal Aid said yes by telephone \(today \d\d:\d\d\), not confirmed in Hamkori yet\. Agree on nothing more"
    for who in (zarina, malika):
        assert re.search(yes, reads(who, first)), "who takes a call back of theirs knows of the yes"
    page = zarina.get(f"/referrals/{first.code}/").content.decode()
    assert page.count(f'href="/referrals/{first.code}/recall/"') >= 1
    listed = page_text(zarina.get(f"/cases/{case.code}/refer/?need=HOME"))  # red before: "no answer yet"
    assert re.search(r"Legal Aid[^.]*, said yes by telephone today \d\d:\d\d", listed)
    text = reads(zarina, second)
    assert NOBODY not in text
    assert "Shelter Kulob is asked for the same help, too. Once they confirm here, cancel that one" in text
    assert re.search(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: they will call back\.", text)
    assert f'href="/referrals/{first.code}/recall/"' in zarina.get(f"/referrals/{second.code}/").content.decode()
    press(zarina, f"/referrals/{first.code}/call/", "said_yes")
    for one, other in ((first, "Legal Aid"), (second, "Shelter Kulob")):
        text = reads(zarina, one)
        assert f"{other} said yes by telephone, too" in text
        assert "One is enough: cancel the other, and call them." in text
        assert NOBODY not in text
    press(zarina, f"/referrals/{first.code}/call/", "said_no")
    text = reads(zarina, second)
    assert re.search(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: no, not confirmed", text)
    assert "the same help" in text
    assert page_text(zarina.get(f"/cases/{case.code}/")).count("not confirmed in Hamkori yet")


def test_a_yes_for_tonight_stands_beside_a_place_from_a_later_day(house: Senders) -> None:
    """Red before: of the place from tomorrow the page said that nobody had one for tonight, under a yes."""
    case, first, second = two(house)
    zarina = house.browser()
    house.accepted(first)
    pass_time(minutes=1)
    assert NOBODY in reads(zarina, first)
    assert "Shelter Kulob has accepted the same help: tomorrow" in reads(zarina, second)
    assert "Cancel this one" not in reads(zarina, second), "the one for tonight is needed"
    press(zarina, f"/referrals/{second.code}/call/", "said_yes")
    text = reads(zarina, first)
    assert NOBODY not in text
    assert "Legal Aid said yes by telephone" in text
    assert "Once they accept, cancel what is not needed." in text
    text = reads(zarina, second)
    assert re.search("Shelter Kulob has accepted the same help: tomorrow.*Once they confirm here, cancel what is", text)
    assert "Yes by telephone, not confirmed" in page_text(zarina.get(f"/cases/{case.code}/"))


def test_a_place_for_tonight_and_a_yes_elsewhere_is_one_too_many(house: Senders) -> None:
    _case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{second.code}/call/", "said_yes")
    house.accepted(first, part="now")
    text = reads(zarina, first)
    assert "Legal Aid said yes by telephone, too" in text
    assert f'href="/referrals/{second.code}/recall/"' in zarina.get(f"/referrals/{first.code}/").content.decode()
    assert "has accepted the same help" not in reads(zarina, second), "that it is accepted elsewhere stands above"


def test_a_yes_is_not_called_off_while_nobody_has_a_place(house: Senders) -> None:
    """Red before: the shelter that had accepted took it back, and above that row stood to call off the other's yes."""
    case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{second.code}/call/", "said_yes")
    house.accepted(first, part="now")
    with house.as_() as actor:
        waits = Referral.objects.get(pk=second.pk)
        send.recall(actor, waits, version=waits.version, reason="placed_elsewhere")
    pass_time(minutes=1)
    assert "call them, and say that nobody comes" in page_text(zarina.get("/"))
    with house.as_("desk-shelter") as desk:
        taken = Referral.objects.get(pk=first.pk)
        receive.unaccept(desk, taken, version=taken.version, reason="no_place_now")
    for who in ("caseworker-cso", "supervisor-cso"):
        text = page_text(house.browser(who).get("/"))
        assert "nobody has a place for the person now: ask first whether theirs is still free." in text, who
        assert "nobody comes" not in text, who
        assert f"{case.code[:4]} {case.code[4:]} · {second.code[:4]} {second.code[4:]}" in text, who


def test_who_promised_to_call_back_is_called_off_too(house: Senders) -> None:
    """Red before: whoever had said that they would call back looked on all night."""
    _case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{first.code}/call/", "calls_back")
    press(zarina, f"/referrals/{second.code}/call/", "said_no")
    back = r"Shelter Kulob said by telephone that they would call back \(today \d\d:\d\d\)\. Call them: nobody needs to"
    assert re.search(back, page_text(zarina.get(f"/referrals/{first.code}/recall/"))), "before the press"
    assert "call back" not in page_text(zarina.get(f"/referrals/{second.code}/recall/"))
    with house.as_() as lead:
        for one in (first, second):
            found = Referral.objects.get(pk=one.pk)
            send.recall(lead, found, version=found.version, reason="placed_elsewhere")
    for who in ("caseworker-cso", "supervisor-cso"):
        for at in ("/", f"/referrals/{first.code}/"):
            assert re.search(
                rf"{back} look any more\. Name nobody\. Referral desk", page_text(house.browser(who).get(at))
            ), at
    assert "nobody needs to look" not in reads(zarina, second), "who said no looks for nobody"
    assert "was told that nobody comes" in press(zarina, f"/referrals/{first.code}/call/", "reached")
    assert "nobody needs to look" not in page_text(zarina.get("/"))


def test_a_yes_that_was_said_before_they_would_call_back_is_a_yes(house: Senders) -> None:
    _case, first, _second = two(house)
    zarina = house.browser()
    for answer in ("said_yes", "calls_back"):
        press(zarina, f"/referrals/{first.code}/call/", answer)
    with house.as_() as lead:
        found = Referral.objects.get(pk=first.pk)
        send.recall(lead, found, version=found.version, reason="placed_elsewhere")
    assert "say that nobody comes" in reads(zarina, first)


def test_who_was_told_yes_hears_of_the_no_as_well(house: Senders) -> None:
    """Red before: the coordinator's yes, and the sender's, became a no in Hamkori without a word."""
    records(house)
    case = house.case(PLACE)
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    zarina, farida, gulnora = house.browser(), house.browser("coordinator"), house.browser("desk-shelter")
    page = f"/referrals/{sent.code}/"
    assert "If you decline, call" not in page_text(gulnora.get(page))
    press(zarina, f"{page}call/", "said_yes")
    to_sender = r"The sender was told by telephone: yes \(today \d\d:\d\d\)\. If you decline, call them too\."
    text = page_text(gulnora.get(page))
    assert re.search(to_sender, text)
    assert "The coordinator was told" not in text
    press(farida, f"/coordination/{sent.code}/call/", "said_yes")
    text = page_text(gulnora.get(page))
    assert re.search(to_sender, text)
    assert re.search(
        r"The coordinator was told by telephone: yes \(today \d\d:\d\d\), and may have told the sender", text
    )
    press(zarina, f"{page}call/", "said_no")
    assert "was told by telephone" not in page_text(gulnora.get(page)), "a no after it: they know"
    press(farida, f"/coordination/{sent.code}/call/", "said_yes")
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    for slug in ("caseworker-cso", "supervisor-cso"):
        reader = house.browser(slug)
        assert re.search(r"they had said yes by telephone today \d\d:\d\d", page_text(reader.get("/"))), slug
        assert re.search(
            r"They had said yes by telephone \(today \d\d:\d\d\): that no longer counts", reads(reader, sent)
        )
    assert "was told by telephone" not in page_text(gulnora.get(page))


def test_of_a_no_without_a_yes_nothing_more_is_said(house: Senders) -> None:
    records(house)
    case = house.case(PLACE)
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina = house.browser()
    for answer in ("said_yes", "said_no"):
        press(zarina, f"/referrals/{sent.code}/call/", answer)
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    for text in (page_text(zarina.get("/")), reads(zarina, sent)):
        assert "had said yes" not in text


@pytest.mark.parametrize("slug", ["caseworker-cso", "supervisor-cso"])
def test_cancelling_one_says_that_the_yes_of_the_other_is_not_confirmed(house: Senders, slug: str) -> None:
    """Red before: both pages were silent, and after it the button was "Ask another organisation"."""
    _case, first, second = two(house)
    who, said = house.browser(slug), "Legal Aid: yes by telephone, not confirmed in Hamkori yet."
    at = f"/referrals/{first.code}/recall/"
    assert "not confirmed" not in page_text(who.get(at))
    press(house.browser(), f"/referrals/{second.code}/call/", "said_yes")
    assert said in page_text(who.get(at))
    answer = who.post(at, {"operation": str(uuid4()), "version": version(first), "reason": "placed_elsewhere"})
    assert answer.headers["Location"] == f"/referrals/{second.code}/", "what is missing there stands on its page"
    shown = page_text(who.get(answer.headers["Location"]))
    assert "yes, not confirmed in Hamkori yet" in shown
    assert said not in shown, "the page says it"
    assert "You can ask another organisation." not in shown


def test_after_a_yes_of_their_own_the_page_stays_on_which_they_are_called_off(house: Senders) -> None:
    _case, first, second = two(house)
    zarina = house.browser()
    for one in (first, second):
        press(zarina, f"/referrals/{one.code}/call/", "said_yes")
    form = {"operation": str(uuid4()), "version": version(first), "reason": "placed_elsewhere"}
    answer = zarina.post(f"/referrals/{first.code}/recall/", form)
    assert answer.headers["Location"] == f"/referrals/{first.code}/"
    assert "say that nobody comes" in reads(zarina, first)


def fold_of(page: str) -> str:
    """What lies folded under the way to another organisation."""
    return page.partition("The person still needs this help")[2].partition("</details>")[0]


def cancelled(house: Senders, one: Referral, reason: str = "need_changed") -> None:
    with house.as_() as actor:
        found = Referral.objects.get(pk=one.pk)
        send.recall(actor, found, version=found.version, reason=reason)
    pass_time(minutes=1)


def test_a_cancelled_one_opened_again_says_who_has_the_person(house: Senders) -> None:
    """Red before: its big button asked another organisation, where the other one had said yes, or had accepted."""
    _case, first, second = two(house)
    zarina, at = house.browser(), f"/referrals/{second.code}/"
    cancelled(house, second)
    assert "The person still needs this help" not in reads(zarina, second), "who was only asked has nobody"
    assert f'href="/referrals/{second.code}/again/"' in zarina.get(at).content.decode()
    press(zarina, f"/referrals/{first.code}/call/", "said_yes")
    yes = r"Shelter Kulob said yes by telephone \(today \d\d:\d\d\), not confirmed in Hamkori yet: call them\."
    assert re.search(yes, reads(zarina, second))
    page = zarina.get(at).content.decode()
    assert f'<a class="btn small no-print" href="/referrals/{first.code}/">Open that referral</a>' in page
    assert f'href="/referrals/{second.code}/again/"' in fold_of(page)
    assert page.count(f'href="/referrals/{second.code}/again/"') == 1
    house.accepted(first, part="now")
    assert "Shelter Kulob has accepted the same help" in reads(zarina, second)
    house.browser("shelter-worker").post(f"/referrals/{first.code}/serve/", serving(first))
    assert "The person is at Shelter Kulob." in reads(zarina, second)
    assert "The person still needs this help" in reads(zarina, second)


def test_one_that_was_accepted_for_a_later_day_is_no_help_for_tonight(house: Senders) -> None:
    _case, first, second = two(house)
    cancelled(house, second)
    house.accepted(first)
    assert "The person still needs this help" not in reads(house.browser(), second)


def test_where_help_was_found_elsewhere_or_the_case_is_closed_nobody_is_put_forward(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    sent = house.sent(case, "normal")
    cancelled(house, sent, "placed_elsewhere")
    zarina, at = house.browser(), f"/referrals/{sent.code}/"
    assert f'href="/referrals/{sent.code}/again/"' in fold_of(zarina.get(at).content.decode())
    with house.as_("supervisor-cso") as malika:
        found = Case.objects.get(pk=case.pk)
        cases.close(malika, found, version=found.version, outcome="lost_contact", older_case=None)
    assert f'href="/referrals/{sent.code}/again/"' not in zarina.get(at).content.decode()


def test_the_line_after_cancelling_says_who_has_the_person(house: Senders) -> None:
    """Red before: "You can ask another organisation.", where one had accepted."""
    _case, first, second = two(house)
    house.accepted(first, part="now")
    form = {"operation": str(uuid4()), "version": version(second), "reason": "placed_elsewhere"}
    said = page_text(house.browser().post(f"/referrals/{second.code}/recall/", form, follow=True))
    assert "They read only that it ended. Shelter Kulob has accepted the same help" in said
    assert "You can ask another organisation." not in said


def test_who_is_at_the_shelter_is_not_sent_there_twice_unseen(house: Senders) -> None:
    """Red before: the page of choosing said "Asked already", and the one that sends "was already asked"."""
    case = house.case(PLACE)
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    zarina, number = house.browser(), f"{sent.code[:4]}\N{NO-BREAK SPACE}{sent.code[4:]}"
    house.browser("shelter-worker").post(f"/referrals/{sent.code}/serve/", serving(sent))
    pass_time(minutes=1)
    for way in ("refer/?need=HOME", "first/?step=service&need=HOME&urgency=urgent"):
        page = zarina.get(at := f"/cases/{case.code}/{way}")
        assert "The person is at Shelter Kulob." in page_text(page), at
        assert f'href="/referrals/{sent.code}/"' in page.content.decode(), at
        assert f"Open referral {number}" in page.content.decode(), at
    looked = zarina.post(f"/cases/{case.code}/refer/", house.screen(case, do="preview"))
    assert "The person is at Shelter Kulob." in page_text(looked)
    assert "Send a second referral" in page_text(looked), "sending stays possible"
