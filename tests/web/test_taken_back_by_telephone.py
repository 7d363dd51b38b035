"""Who agreed by telephone takes it back so: the person may be on the way, and somebody tells them (ADR 180)."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_agreed_by_telephone import OPEN, TOLD, agreed, asked, call, written
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import until
from tests.web.test_said_on_the_telephone import press as called
from tests.web.test_taken_back import ABOVE, CALLS, DESK, HELPER, LEAD, TITLE, page, presses, steps, today
from tests.web.test_told_and_cancelled import cancels, told
from tests.web.test_told_by_slip import IF

pytestmark = pytest.mark.django_db

WAS_TOLD, IF_TOLD = "The person was told (", "If the person was told, tell them not to go."
TELLS = "tell them not to go."
HERS = "coordinator"


def says(house: Senders, sent: Referral, answer: str, who: str = LEAD) -> None:
    """What they say by telephone, to the sender's side or to the coordinator."""
    pass_time(minutes=1)
    if who == HERS:
        called(house.browser(who), f"/coordination/{sent.code}/call/", answer)
    else:
        call(house, sent, answer, who)
    pass_time(minutes=1)


def night(house: Senders, *, is_told: bool = True, hours: int = 3) -> Referral:
    """They said yes, hour and meeting point are written, the person was told; after three hours the answer is late."""
    until(20)
    _case, sent = agreed(house)
    if is_told:
        told(house, sent)
    pass_time(hours=hours)
    return sent


def reads(house: Senders, sent: Referral, who: str) -> tuple[str, str, str]:
    return today(house, who), page(house, sent, who), file(house, sent, who)


@pytest.mark.parametrize("who", [LEAD, ABOVE, HERS])
def test_who_was_told_is_told_not_to_go(house: Senders, who: str) -> None:
    """Red before: "They said no", and nowhere that somebody walks to a gate that stays shut."""
    sent = night(house)
    says(house, sent, "said_no", who)
    for each in (LEAD, ABOVE):
        for shown in reads(house, sent, each):
            assert WAS_TOLD in shown, each
            assert TELLS in shown, each
            assert "canary" not in shown, each
        assert TITLE in today(house, each)
    for each in (DESK, HELPER, HERS):
        assert TELLS not in today(house, each), each
    assert TELLS not in page(house, sent, DESK)
    assert CALLS not in today(house, DESK), "they have said it themselves"
    said = presses(house, sent, "warn_person", "not_reached")
    assert WAS_TOLD in said, "until it is answered"
    said = presses(house, sent, "warn_person", "warned", who=ABOVE)
    assert "Undo" in said
    for each in (LEAD, ABOVE):
        assert not any(TELLS in shown for shown in reads(house, sent, each)), each
        assert "the person was told not to go." in page(house, sent, each), each
    presses(house, sent, "warn_person", "put_back", on=at(sent))
    assert all(WAS_TOLD in shown for shown in reads(house, sent, LEAD))
    assert steps(sent, "warn_person") == [("not_reached", "S"), ("warned", "SV"), ("put_back", "S")]
    until(7)
    assert TITLE not in today(house), "the night is over"
    assert TELLS not in page(house, sent)


@pytest.mark.parametrize("who", [LEAD, HERS])
def test_a_slip_leaves_the_hour_and_where_to_meet(house: Senders, who: str) -> None:
    """Red before: "They said no", pressed by mistake, deleted both for good."""
    sent = night(house)
    stood = written(sent)
    says(house, sent, "said_no", who)
    assert written(sent) == stood
    for each in (LEAD, DESK):
        shown = page_text(house.browser(each).get(at(sent) + OPEN))
        assert "canary" not in shown, "nobody reads what was taken back"
        assert "hour and meeting point, as agreed on the telephone" not in shown
    says(house, sent, "said_yes", who)
    for each in (LEAD, ABOVE):
        assert not any(TELLS in shown for shown in reads(house, sent, each)), each
        assert "told the person today" in page(house, sent, each), each
    for each in (LEAD, DESK):
        assert "canary-gate" in page_text(house.browser(each).get(at(sent) + OPEN)), each


def test_who_was_told_not_to_go_is_told_again_after_a_yes(house: Senders) -> None:
    sent = night(house)
    says(house, sent, "said_no")
    presses(house, sent, "warn_person", "warned")
    assert IF not in page_text(house.browser().get(at(sent, "recall"))), "they know"
    says(house, sent, "said_yes")
    assert "told the person today" not in page(house, sent).partition("What happened")[0]
    assert "Nobody has said yet that the person was told." in page(house, sent, ABOVE)
    assert TOLD in page_text(house.browser().get(at(sent) + OPEN))
    told(house, sent)
    assert "told the person today" in page(house, sent)
    says(house, sent, "said_no")
    assert all(WAS_TOLD in shown for shown in reads(house, sent, LEAD)), "what was said before is of the former yes"


@pytest.mark.parametrize(
    ("who", "hours", "title", "line"),
    [
        (ABOVE, 0, "Call now", "They said no: "),
        (LEAD, 3, "Urgent and late", "No answer yet: NGO shelter"),
        (ABOVE, 3, "Urgent and late", "No answer yet: NGO shelter"),
    ],
)
def test_one_person_is_one_row(house: Senders, who: str, hours: int, title: str, line: str) -> None:
    """Red before: the same person stood twice, under two titles (ADR 164)."""
    sent = night(house, hours=hours)
    says(house, sent, "said_no")
    shown = today(house, who)
    assert shown.index(TITLE) < shown.index(WAS_TOLD) < shown.index(line)
    assert title not in shown.replace(TITLE, ""), "no list has them once more"
    assert "No place for tonight yet" in shown.partition(line)[2]
    presses(house, sent, "warn_person", "warned", who=who)
    shown = today(house, who)
    assert TITLE not in shown
    assert shown.index(title) < shown.index(line), "it stands by itself again"


def test_whoever_has_nobody_else_to_ask_calls_the_coordinator_in_a_row_of_its_own(house: Senders) -> None:
    sent = night(house, hours=0)
    says(house, sent, "said_no")
    below = today(house).partition(WAS_TOLD)[2]
    assert "They said no: " in below
    assert "Reached the coordinator" in below


def test_who_wrote_it_may_have_told_it_and_who_says_not_has_not(house: Senders) -> None:
    sent = night(house, is_told=False)
    says(house, sent, "said_no")
    for each in (LEAD, ABOVE):
        assert all(IF_TOLD in shown for shown in reads(house, sent, each)), each
    presses(house, sent, "warn_person", "never_told")
    assert TITLE not in today(house)


def test_who_says_that_the_person_was_not_told_is_not_asked(house: Senders) -> None:
    sent = night(house)
    told(house, sent, "not_told", opens=False)
    says(house, sent, "said_no")
    assert TITLE not in today(house)


def test_it_stays_when_they_decline_it_too(house: Senders) -> None:
    """Red before: after a no by telephone and in Hamkori neither side read it."""
    sent = night(house)
    says(house, sent, "said_no")
    with house.as_(DESK) as desk:
        card = Referral.objects.get(pk=sent.pk)
        receive.decline(desk, card, version=card.version, reason="full")
    pass_time(minutes=1)
    for each in (LEAD, ABOVE):
        assert all(WAS_TOLD in shown for shown in reads(house, sent, each)), each
    assert CALLS not in today(house, DESK)
    presses(house, sent, "warn_person", "warned")
    assert TITLE not in today(house)


def test_who_knows_is_not_asked_again_by_a_cancellation(house: Senders) -> None:
    sent = night(house)
    says(house, sent, "said_no")
    assert "tell them not to go, then say so on Today." in page_text(house.browser().get(at(sent, "recall")))
    presses(house, sent, "warn_person", "warned")
    cancels(house, sent)
    assert TITLE not in today(house)


def test_an_answer_in_hamkori_is_another_yes(house: Senders) -> None:
    """Of what the no put aside nobody knows whether it holds: it goes, and the person is told again."""
    sent = night(house)
    says(house, sent, "said_no")
    house.accepted(sent, None, part="now")
    pass_time(minutes=1)
    assert written(sent) == (0, 0)
    assert TELLS not in today(house)
    assert "told the person today" not in page(house, sent).partition("What happened")[0]


def test_a_no_after_a_yes_says_to_tell_the_person_though_no_hour_was_written(house: Senders) -> None:
    """Red before: only where hour or meeting point were written; whoever said "come" at once was told nothing."""
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=5)
    assert "If the person was told to go there" not in page_text(house.browser(LEAD).get(f"/referrals/{sent.code}/"))
    said = call(house, sent, "said_no")
    assert "If the person was told to go there, tell them not to go." in said
    for who in (LEAD, "supervisor-cso"):
        shown = page_text(house.browser(who).get(f"/referrals/{sent.code}/"))
        assert "If the person was told to go there, tell them not to go." in shown, who
    pass_time(minutes=5)
    call(house, sent, "said_yes")
    assert "tell them not to go" not in page_text(house.browser(LEAD).get(f"/referrals/{sent.code}/"))
