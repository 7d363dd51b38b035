"""What a desk tells the coordinator of somebody who was expected there is kept, and moves nothing (ADR 0140)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection, transaction

from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.work.actions import looking
from hamkori.people.actions import desk_phone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.senders import press as sends
from tests.web.test_coordinator_is_told import counted_alike
from tests.web.test_not_here import under
from tests.web.test_red_alike import counted
from tests.web.test_said_on_the_telephone import LATE, press, read_by, stands

pytestmark = pytest.mark.django_db
BUTTONS = "The person is with them The person is not with them They do not know yet Not reached"
THEY_TOLD = r"The coordinator called today \d\d:\d\d: {}"


def expected(house: Senders) -> tuple[Referral, str]:
    """Somebody was accepted, their time is over, and nobody has said anything; and where the coordinator says it."""
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent)
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    pass_time(days=2)
    return sent, f"/coordination/{sent.code}/call/"


def first_row(text: str) -> str:
    return "".join(
        re.split("Urgent and late|You or the lead worker can say it|Your team: cannot wait", text, maxsplit=1)[1:]
    )


def test_that_the_person_is_there_rests_and_the_sender_asks_them(house: Senders) -> None:
    """Red before: after "reached" the row came back and said "call", and the sender read nothing."""
    sent, call = expected(house)
    before = stands(sent)
    zarina, farida, page = house.browser(), house.browser("coordinator"), f"/referrals/{sent.code}/"
    for at in ("/", LATE):
        assert BUTTONS in page_text(farida.get(at)), at
    assert counted_alike(farida) == {"to call now": 1}
    said = press(farida, call, "with_them", **{"from": "today"})
    assert "Saved: Shelter Kulob says that the person is with them. The sender reads it, and asks the person." in said
    assert counted_alike(farida) == {"reached": 1}
    for at in ("/", LATE):
        said = page_text(farida.get(at))
        assert re.search(r"You called today \d\d:\d\d: they say that the person is with them", said), at
        assert "it has not said" not in said, at
    for slug in ("caseworker-cso", "supervisor-cso"):
        text = page_text(house.browser(slug).get("/"))
        assert re.search(THEY_TOLD.format("they say that the person is with them"), text), slug
        assert "Did the person arrive?" in text, slug
        counted(house, slug)
    with god():
        at = f"/cases/{ReferralOrigin.objects.get(referral=sent).case.code}/"
    for slug in ("caseworker-cso", "supervisor-cso"):  # red before: "Nobody there has said that the person came"
        text = page_text(house.browser(slug).get(at))
        assert re.search(THEY_TOLD.format(r"they say that the person is with them\. Ask the person, "), text), slug
        assert "Nobody there has said" not in text, slug
    text = page_text(zarina.get(page))
    then = r"they say that the person is with them\. Ask the person, then say what you know\."
    assert re.search(THEY_TOLD.format(then), text)
    assert "Nobody there has said" not in text
    assert "The person is with them" in text.partition("What happened")[2]
    assert stands(sent) == before, "it moves nothing"
    read = read_by(house, sent)
    assert read["desk-shelter"] == read["shelter-worker"] == ["N with_them"]
    assert (read["coordinator"], read["auditor"]) == (None, None)
    for slug in ("desk-shelter", "shelter-worker"):
        text = page_text(house.browser(slug).get(page))
        assert re.search(r"today \d\d:\d\d: somebody of yours said that the person is with you\.", text), slug
    pass_time(hours=1)
    assert counted_alike(farida) == {"to call now": 1}, "nobody has confirmed it"
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    assert "The coordinator called" not in page_text(zarina.get("/")), "what the team said itself is newer"


def test_that_the_person_is_not_there_is_told_to_the_sender_at_once(house: Senders) -> None:
    """Red before: the sender's row stayed where it was, and the coordinator had nobody to call."""
    sent, call = expected(house)
    before = stands(sent)
    zarina, farida, page = house.browser(), house.browser("coordinator"), f"/referrals/{sent.code}/"
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="called")
    before = stands(sent)
    pass_time(minutes=1)
    assert "The sender: Cso Kulob" not in page_text(farida.get(LATE)), "only the sender can look, and only then"
    said = press(farida, call, "not_with_them")
    assert "says that the person is not with them. Now call who sent it: Cso Kulob, " in said
    assert counted_alike(farida) == {"to call now": 1}
    for at in ("/", LATE):
        text = page_text(farida.get(at))
        assert "I called the sender" in text, at
        assert "he sender reads this in Hamkori: call them too" in text, at
    for slug in ("caseworker-cso", "supervisor-cso"):
        text = first_row(page_text(house.browser(slug).get("/")))
        assert "Find out whether the person is safe" in text, slug
        assert re.search(THEY_TOLD.format("they say that the person is not with them"), text), slug
        counted(house, slug)
    # Red before: the lists and the case rested on what the sender had said before.
    needs_me = zarina.get("/referrals/?show=needs_me").content.decode().partition("<main")[2]
    assert f"/referrals/{sent.code}/" in needs_me, "it needs the sender"
    cases = zarina.get("/cases/")
    assert "arrival late" in page_text(cases)
    case_code = re.search(r"/cases/(\d{8})/", cases.content.decode())
    assert case_code is not None
    text = page_text(zarina.get(f"/cases/{case_code[1]}/"))
    assert "Find out whether the person is safe" in text, "as Today says it"
    assert "Nobody there has said" not in text
    text = page_text(zarina.get(page))
    then = r"they say that the person is not with them\. Find out whether the person is safe, then say what you know\."
    assert re.search(THEY_TOLD.format(then), text)
    press(farida, call, "sender")
    assert counted_alike(farida) == {"reached": 1}, "nothing is left to do before they were asked again"
    assert "I called the sender" not in page_text(farida.get("/"))
    assert stands(sent) == before, "it moves nothing"
    press(farida, call, "put_back")
    assert counted_alike(farida) == {"to call now": 1}
    press(farida, call, "put_back")
    assert counted_alike(farida) == {"to call now": 1}
    assert first_row(page_text(zarina.get("/"))) == "", "what was put back was a slip"
    assert "The coordinator called" not in page_text(zarina.get(page))
    counted(house, "caseworker-cso")
    press(farida, call, "not_with_them")
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
    assert "call them too" not in page_text(farida.get("/")), "the sender knows"
    assert "The coordinator called" not in page_text(zarina.get("/")).partition("Call now")[0]


def test_that_nobody_knows_yet_rests_and_is_read(house: Senders) -> None:
    sent, call = expected(house)
    farida, page = house.browser("coordinator"), f"/referrals/{sent.code}/"
    assert "does not know yet whether the person is with them" in press(farida, call, "not_known")
    assert counted_alike(farida) == {"reached": 1}
    text = page_text(house.browser().get(page))
    assert re.search(THEY_TOLD.format(r"they do not know yet whether the person is with them\. Agreed for"), text)
    press(farida, call, "not_reached")
    assert counted_alike(farida) == {"to call now": 1}, "what came of the newest call counts"
    assert re.search(THEY_TOLD.format("they do not know yet"), page_text(house.browser().get("/")))


def test_these_are_answers_about_an_arrival_alone(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    waits = house.sent(case)
    pass_time(hours=3)
    farida, call = house.browser("coordinator"), f"/coordination/{waits.code}/call/"
    assert BUTTONS.partition(" Not reached")[0] not in page_text(farida.get(LATE))
    for answer in ("with_them", "not_with_them", "not_known"):
        assert farida.post(call, {"operation": str(uuid4()), "answer": answer}).status_code == 400, answer
        refused, slip = pytest.raises(Exception, match="reason_given"), transaction.atomic()
        with house.as_(), refused, slip, connection.cursor() as cursor:
            cursor.execute("select referral_call(%s, %s)", [waits.pk, answer])
    sent, call = expected(house)
    assert farida.post(call, {"operation": str(uuid4()), "answer": "said_yes"}).status_code == 400
    with god():
        assert Referral.objects.get(pk=sent.pk).state_code == "accepted"


def test_of_two_at_one_desk_what_was_heard_is_said_of_each_where_it_stands(house: Senders) -> None:
    """Red before: beside two that were not urgent stood "Reached" for both, and of an arrival nothing could be said."""
    came, _call = expected(house)
    house.agreed(other := house.case())
    other_sent = house.sent(other)
    pass_time(days=2)
    farida = house.browser("coordinator")
    text = page_text(farida.get("/"))
    assert BUTTONS.removesuffix(" Not reached") in text, "of whom it is, of that line"
    assert "They said yes They said no They will call back" in text
    assert "Reached Not reached" not in text, "one word of both would be untrue of one"
    press(farida, f"/coordination/{came.code}/call/", "with_them", **{"from": "today"})
    text = page_text(farida.get("/"))
    assert "they say that the person is with them" in text
    page = farida.get("/").content.decode()
    assert page.count('value="said_yes"') == 1
    form = page[: page.index('value="said_yes"')].rpartition("<form")[2]
    assert f"/coordination/{other_sent.code}/call/" in form


@pytest.mark.parametrize("answer", ["with_them", "not_known"])
def test_whoever_looks_for_the_person_reads_what_the_desk_told_since(house: Senders, answer: str) -> None:
    """Red before: once the sender had said "did not come", it stood in the time line of the referral alone."""
    sent, call = expected(house)
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
        looking.looked_for(lead, case, reason="not_found")
    pass_time(minutes=1)
    before = [one.what for one in counted(house, "caseworker-cso").rows]
    press(house.browser("coordinator"), call, answer)
    said = {"with_them": "they say that the person is with them", "not_known": "they do not know yet"}[answer]
    then = r"\. Ask the person, then say what you know" if answer == "with_them" else ""
    for slug in ("caseworker-cso", "supervisor-cso"):
        browser = house.browser(slug)
        for at in ("/", f"/cases/{case.code}/", f"/referrals/{sent.code}/"):
            shown = page_text(browser.get(at)).partition("What happened")[0]
            assert re.search(THEY_TOLD.format(said) + ".*?" + then, shown), (slug, at)
            assert "Find out whether the person is safe" in shown, (slug, at)
        assert "Find out whether the person is safe" in under(house, slug, "Call now"), slug
        counted(house, slug)
    assert [one.what for one in counted(house, "caseworker-cso").rows] == before, "it ends nothing"
    page = house.browser().get(f"/referrals/{sent.code}/").content.decode().partition('id="missing"')[2]
    box = page.partition("</section>")[0]
    assert ('name="heard" value="came"' in box) is (answer == "with_them")
    assert 'name="why" value="is_safe"' in box
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    assert not re.search(THEY_TOLD.format(said), page_text(house.browser().get("/")))


def test_who_supervises_is_not_told_that_their_supervisor_was_told(house: Senders) -> None:
    """Red before: "The organisation, your team and your supervisor were told", said to the supervisor."""
    referral, _call = expected(house)
    above, below = house.browser("supervisor-cso"), house.browser()
    asked = {client: page_text(client.get(f"/referrals/{referral.code}/")) for client in (above, below)}
    told = "The organisation and the team are told now. Find out whether the person is safe first."
    assert (told in asked[above], "your supervisor" in asked[above]) == (True, False)
    assert (told in asked[below], "your team and your supervisor are told now" in asked[below]) == (False, True)
    form = sends(referral, heard="did_not_come")
    said = page_text(above.post(f"/referrals/{referral.code}/hear/", form, follow=True))
    told = "Saved: the person did not come. The organisation and the team were told. Find out whether the person is"
    assert (told in said, "your supervisor were told" in said) == (True, False)
