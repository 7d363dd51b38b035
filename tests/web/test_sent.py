"""What was sent, as its sender follows it: the list by time left, one page, and every step that is hers."""

from __future__ import annotations

import re

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral, ReferralQuestion
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, asked, at, page_text, press, state, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(house: Senders):
    case = house.case()
    house.agreed(case)
    return case


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_says_state_clock_card_and_what_can_be_done(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    answer = house.browser().get(at(referral))
    text = page_text(answer)
    for words in ("No place for tonight yet", "Shelter Kulob", "What they were told", "How to reach the person safely"):
        assert words in text
    assert "by " in text
    assert "Canary" not in answer.content.decode(), "nothing sealed stands open"
    assert "Cancel" in text
    assert "Stop it" not in text, "urgent leaves at once"
    assert referral.code not in answer.content.decode().split("<title>")[1].split("</title>")[0]


def test_the_time_line_names_who_sent_it_and_no_body_for_whoever_wrote_it(house: Senders, agreed) -> None:
    text = page_text(house.browser().get(at(house.sent(agreed))))
    line = text[text.index("What happened") :]
    written = line[line.index("Written") : line.index("What they were told")]
    assert "Caseworker Cso" in line[: line.index("Written")], "who sent it"
    assert "·" not in written


def test_only_who_asks_her_is_told_to_ask_her(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    pass_time(days=61)
    paused = "Accepted, ask the person again"
    lead, above = house.browser(), house.browser("supervisor-cso")
    for client, asks in ((lead, True), (above, False)):
        text = page_text(client.get(at(referral)))
        assert paused in text
        assert "They can open nothing now. Agreed before:" in text, "the right column says what is paused"
        assert text.count("nothing else before the person is asked again.") == 1, (
            "in the box that the link on Today leads to"
        )
        assert ("Ask the person" in text.replace("asked", "")) == asks
        assert "Paused: the consent is not valid now." not in text, "the mark and the box say it, and no third box"
    lead.post(at(referral, "hear"), press(referral, heard="came"))
    came = page_text(lead.get(at(referral)))
    assert "The organisation was told. They can confirm it once the person was asked again." in came
    assert "was asked to confirm it" not in came, "the line above the box says what the box says"
    assert "They can confirm it only after the person was asked again." in came
    assert "They still have to confirm it" not in came, "nothing to wait for"
    assert came.count("Ask the person ") == 1, "one button, in the box that says so"
    lead.post(at(referral, "hear"), press(referral, heard="did_not_come"))
    page = lead.get(at(referral)).content.decode()
    assert "Ask the person again" in page
    assert at(referral, "again") not in page, "nobody else can be asked before the person is"


def test_who_came_from_what_comes_next_is_there_again_after_sending(house: Senders) -> None:
    """Red before: the second referral led to its own page, and the call that was still open stood on another one."""
    case = house.case()
    house.agreed(case)
    zarina, to = house.browser(), f"/cases/{case.code}/refer/"
    assert 'name="after" value="sent"' in zarina.get(f"{to}?need=HOME&after=sent").content.decode()
    assert 'name="after"' not in zarina.get(f"{to}?need=HOME").content.decode()
    answer = zarina.post(to, {**house.screen(case), "after": "sent"})
    assert answer["Location"].startswith(f"/cases/{case.code}/first/?step=sent&of=")
    assert "What comes next" in page_text(zarina.get(answer["Location"]))


def test_half_a_minute_to_stop_and_the_draft_is_there_again(house: Senders, agreed) -> None:
    referral = house.sent(agreed, urgency="normal")
    zarina = house.browser()
    assert "You can stop it for" in page_text(zarina.get(at(referral)))
    form = press(referral)
    first, second = zarina.post(at(referral, "stop"), form), zarina.post(at(referral, "stop"), form)
    assert (first.status_code, second["Location"]) == (303, first["Location"])
    assert state(referral) == "draft"
    assert steps(referral) == ["send", "stop"]
    with god():
        assert not PacketBody.objects.exists(), "what was packed is gone"
    assert "Continue, and send" in page_text(zarina.get(at(referral)))


def test_after_half_a_minute_it_can_only_be_recalled(house: Senders, agreed) -> None:
    referral = house.sent(agreed, urgency="normal")
    pass_time(seconds=31)
    answer = house.browser().post(at(referral, "stop"), press(referral))
    assert answer.status_code == 409
    assert "The referral desk has it. Cancel it with a reason." in page_text(answer)
    assert state(referral) == "sent"


def test_recalling_asks_why_and_closes_the_door(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    zarina = house.browser()
    unsaid = zarina.post(at(referral, "recall"), press(referral))
    assert "Choose a reason." in page_text(unsaid)
    assert state(referral) == "sent"
    form = press(referral, reason="need_changed")
    assert zarina.post(at(referral, "recall"), form).status_code == 303
    assert zarina.post(at(referral, "recall"), form).status_code in (302, 303)
    assert steps(referral) == ["send", "recall"]
    with god():
        assert not PacketSeal.objects.exists()
    text = page_text(zarina.get(at(referral)))
    assert "The need has changed" in text
    assert "Nothing can be opened any more" in text
    assert "Ask another organisation" in text


def test_her_word_ends_it(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    zarina = house.browser()
    assert "Say how the person told you." in page_text(zarina.post(at(referral, "withdraw"), press(referral)))
    assert state(referral) == "accepted"
    assert zarina.post(at(referral, "withdraw"), press(referral, how_said="by_phone")).status_code == 303
    assert state(referral) == "withdrawn"
    assert "By telephone" in page_text(zarina.get(at(referral)))


def test_a_question_is_answered_with_a_code_of_its_own_list(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    asked(house, referral)
    zarina = house.browser()
    assert "Can this person travel alone?" in page_text(zarina.get(at(referral)))
    wrong = zarina.post(at(referral, "answer"), press(referral, answer_code="one_night"))
    assert wrong.status_code == 200, "an answer of another question is none"
    with god():
        assert ReferralQuestion.objects.get().answered_at is None
    assert zarina.post(at(referral, "answer"), press(referral, answer_code="with_help")).status_code == 303
    assert "With help" in page_text(zarina.get(at(referral)))
    assert zarina.get(at(referral, "answer")).status_code == 409, "nothing is asked any more"
    gulnora, arrived = house.browser("desk-shelter"), "Your question was answered"
    assert arrived in page_text(gulnora.get("/"))
    pass_time(minutes=1)
    house.accepted(referral)
    assert arrived not in page_text(gulnora.get("/")), "the desk has answered since"


def test_where_they_meet_opens_by_hand_and_is_written_down(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral, meeting={"hour": "Canary-Hour", "place": "Canary-Corner"})
    zarina = house.browser()
    closed = zarina.get(at(referral))
    assert "tomorrow, morning" in page_text(closed)
    assert "Canary" not in closed.content.decode()
    assert re.search(r'<a class="btn" href="[^"]*open=meeting">\s*Open, and tell the person', closed.content.decode())
    opened = zarina.get(at(referral) + "?open=meeting")
    assert "Canary-Hour" in page_text(opened)
    with god():
        assert Ledger.objects.filter(action_code="meeting.open", decision_code="done").count() == 1
    sealed = house.browser(vault=False).get(at(referral) + "?open=meeting")
    assert sealed["Location"].startswith("/account/unlock/")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    gone = zarina.get(at(referral) + "?open=meeting")
    assert gone.status_code == 409
    assert "Hour and meeting point are kept only until the person comes" in page_text(gone)
    assert "Canary" not in gone.content.decode()


def test_she_did_not_come_is_said_first(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    pass_time(days=2)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.miss(parvina, mine, version=mine.version)
    assert "Find out whether the person is safe" in page_text(house.browser().get(at(referral)))
    assert referral.code in house.browser().get("/referrals/?show=needs_me").content.decode()


def test_whether_the_person_came_is_answered_with_one_press(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    zarina = house.browser()
    assert "Did the person arrive?" not in page_text(zarina.get(at(referral))), "the time has not come"
    pass_time(days=2)
    assert "Did the person arrive?" in page_text(zarina.get(at(referral)))
    assert zarina.post(at(referral, "hear"), press(referral)).status_code == 200, "no answer: asked again"
    assert zarina.post(at(referral, "hear"), press(referral, heard="called")).status_code == 303
    page = page_text(zarina.get(at(referral)))
    assert "Saved: you called." in page
    assert "Called, nothing known yet. If the organisation" not in page, "just said, the green line says it"
    again = page_text(zarina.get(at(referral)))
    assert "Called, nothing known yet. If the organisation" in again
    assert "Your team said: called, nothing known yet" in page, "what was said, and not that something was"
    assert referral.code not in zarina.get("/referrals/?show=needs_me").content.decode(), "it rests"
    theirs = page_text(house.browser("shelter-worker").get(at(referral)))
    assert "The sender said" in theirs
    assert "Called, nothing known yet" in theirs
    supervisor = house.browser("supervisor-cso")
    assert supervisor.post(at(referral, "hear"), press(referral, heard="did_not_come")).status_code == 303
    assert referral.code in zarina.get("/referrals/?show=needs_me").content.decode()


def test_who_said_that_the_person_came_reads_no_more_that_it_is_late(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    pass_time(days=2)
    zarina, case = house.browser(), f"/cases/{agreed.code}/"
    assert "Did the person arrive?" in page_text(zarina.get(case))
    zarina.post(at(referral, "hear"), press(referral, heard="came"))
    shown = zarina.get(at(referral))
    page, amber = page_text(shown), r'class="tag wait">(?:(?!class="tag).){0,300}?Came, to be confirmed'
    assert re.search(amber, shown.content.decode(), re.S), "green is what they say themselves"
    assert re.search(r"said today \d\d:\d\d ?: the person came", page), "when it was said, and not when they came"
    assert "Arrival:" not in page, "late since, in red above the answer"
    assert "They still have to confirm it. If they do not, this comes back" in page
    assert re.search(
        r"They also read: “The sender said today \d\d:\d\d ?: The person came.” They can confirm it.", page
    )
    assert "Your team said: the person came" in page
    assert "You may ask and say" not in page
    assert "Change what you said" in page
    assert "Did the person arrive?" not in page
    assert "Did the person arrive?" not in page_text(zarina.get(case)), "nothing more is to do there"
    assert "Did the person arrive?" not in page_text(zarina.get("/"))
    assert zarina.post(at(referral, "hear"), press(referral, heard="did_not_come")).status_code == 303, "taken back"
    again = page_text(zarina.get(at(referral)))
    assert "They still have to confirm it" not in again
    assert "Your team said: the person did not come" in again
    assert 'value="did_not_come"' not in zarina.get(at(referral)).content.decode(), "what stands is no correction of it"
    zarina.post(at(referral, "hear"), press(referral, heard="came"))
    pass_time(days=100)  # red before: "ask another organisation at once", where nobody may be asked before the person
    later = house.browser()
    later.post(at(referral, "hear"), press(referral, heard="did_not_come"))
    assert "and your supervisor were told. Find out whether the person is safe first." in page_text(
        later.get(at(referral))
    )


def test_a_supervisor_reads_who_asks_the_person_before_confirming(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    house.finished(referral)
    said = "asks the person. Say what they heard from the person, or that nobody asked."
    assert said in page_text(house.browser("supervisor-cso").get(at(referral, "confirm")))
    assert said not in page_text(house.browser().get(at(referral, "confirm")))


def test_further_parts_go_to_the_team_that_helps(house: Senders) -> None:
    case = house.case(needs={"needs": "Canary-Needs"})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    zarina = house.browser()
    page = page_text(zarina.get(at(referral, "add")))
    assert "Needs, risk, plan" in page
    assert "sent before" in page
    assert "Choose at least one part." in page_text(zarina.post(at(referral, "add"), press(referral)))
    form = press(referral, sections=["needs"])
    assert zarina.post(at(referral, "add"), form).status_code == 303
    zarina.post(at(referral, "add"), form)
    with god():
        assert PacketBody.objects.filter(section_code="needs", packet_no=2).count() == 1
        assert Referral.objects.get(pk=referral.pk).packets == 2
    assert zarina.post(at(referral, "add"), press(referral, sections=["identity"])).status_code == 200, "not agreed"


def test_the_result_is_confirmed_with_her_view(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    house.finished(referral)
    zarina = house.browser()
    assert "No longer needed" in page_text(zarina.get(at(referral)))
    of_whom = f" · Case {agreed.code[:4]} {agreed.code[4:]} · "
    assert of_whom in page_text(zarina.get(at(referral, "confirm"))), "which help, and whose"
    assert "No, but close it" in page_text(zarina.get(at(referral, "confirm"))), "what it does"
    unsaid = page_text(zarina.post(at(referral, "confirm"), press(referral, agrees="yes")))
    assert "What did the person say? If not asked, say why." in unsaid
    done = zarina.post(at(referral, "confirm"), press(referral, her_view="not_asked_unsafe", agrees="no"))
    assert done.status_code == 303
    with god():
        ended = Referral.objects.get(pk=referral.pk)
        kept = ended.sender
    assert (ended.state_code, kept.her_view_code, kept.agrees) == ("confirmed", "not_asked_unsafe", False)
    assert "You did not agree with this result." in page_text(zarina.get(at(referral)))


def test_a_result_is_questioned_once(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    house.accepted(referral)
    house.finished(referral)
    supervisor = house.browser("supervisor-cso")
    assert supervisor.post(at(referral, "dispute"), press(referral, reason="not_received")).status_code == 303
    assert state(referral) == "disputed"
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.amend(parvina, mine, version=mine.version, result="not_reached", reason="mistake")
    again = supervisor.post(at(referral, "dispute"), press(referral, reason="only_part"))
    assert again.status_code == 409
    assert "Disputed once." in page_text(again)


def test_a_draft_is_thrown_away(house: Senders, agreed) -> None:
    referral = house.draft(agreed)
    assert "Continue, and send" in page_text(house.browser().get(at(referral)))
    house.agreed(agreed, answer="no")
    page = page_text(house.browser().get(at(referral)))
    assert "Continue, and send" not in page
    assert "The person said no to this: the draft cannot be sent. Ask again only if" in page
    assert "Ask the person again" not in page
    answer = house.browser().post(at(referral, "discard"), press(referral))
    assert answer["Location"] == f"/cases/{agreed.code}/"
    assert state(referral) == "discarded"


def test_whoever_is_second_reads_what_it_is_now(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    old = press(referral, reason="mistake")
    asked(house, referral)
    answer = house.browser().post(at(referral, "recall"), old)
    assert answer.status_code == 409
    assert 'It is now "Waiting for an answer". Nothing was changed.' in page_text(answer)
    assert state(referral) == "sent"


def test_a_receiver_who_would_recall_it_is_written_down(house: Senders, agreed) -> None:
    """Red on 5f45f7f: the refusal named no act, and the ledger takes none without a name."""
    referral = house.sent(agreed)
    asked(house, referral)
    answer = house.browser("desk-shelter").post(at(referral, "recall"), press(referral, reason="mistake"))
    assert answer.status_code == 403
    with god():
        assert Ledger.objects.filter(action_code="referral.recall", decision_code="refused").count() == 1


def test_a_step_that_is_not_possible_now_says_what_it_is(house: Senders, agreed) -> None:
    referral = house.draft(agreed)
    for step in ("recall", "confirm", "dispute", "add", "answer", "again"):
        answer = house.browser().get(at(referral, step))
        assert answer.status_code == 409, step
        assert 'It is now "Draft". Nothing was changed.' in page_text(answer)


# --- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["stranger", "colleague-cso", "coordinator", "auditor", "lawyer"])
def test_others_find_nothing_and_change_nothing(house: Senders, agreed, slug: str) -> None:
    referral = house.sent(agreed)
    form = press(referral, reason="mistake", how_said="in_person", answer_code="yes", sections=["contact"])
    other = house.browser(slug)
    for step in ("", "recall", "withdraw", "edit", "again", "add"):
        assert other.get(at(referral, step)).status_code == 404, step
    for step in ("stop", "recall", "withdraw", "discard", "answer", "add", "send", "edit", "confirm"):
        assert other.post(at(referral, step), form).status_code == 404, step
    assert steps(referral) == ["send"]


def test_a_supervisor_sees_the_page_and_stops_or_answers_nothing(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    supervisor = house.browser("supervisor-cso")
    page = supervisor.get(at(referral))
    assert at(referral, "recall") in page.content.decode(), "for a worker who is away: tests/web/test_refer_twice.py"
    assert at(referral, "stop") not in page.content.decode()
    assert supervisor.post(at(referral, "stop"), press(referral)).status_code == 403
    assert state(referral) == "sent"


def test_a_code_that_is_none_is_not_found(house: Senders) -> None:
    for code in ("12345678", "123", "words-no", "00000001"):
        assert house.browser().get(f"/referrals/{code}/").status_code == 404, code


def test_the_same_address_is_the_receivers_page_for_the_desk(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    page = house.browser("desk-shelter").get(at(referral))
    assert page.status_code == 200
    assert at(referral, "recall") not in page.content.decode()
    assert agreed.code not in page.content.decode(), "a case code crosses to nobody"
