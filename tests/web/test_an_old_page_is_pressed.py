"""What is pressed on an old page is written where it is still true, else it is said what is so now (ADR 185)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral, ReferralOrigin
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text
from tests.web.test_agreed_by_telephone import asked, call
from tests.web.test_place_found import until
from tests.web.test_taken_back import ABOVE, LEAD, TITLE, page, presses, steps, today
from tests.web.test_taken_back_as_a_slip import AFTER_ALL
from tests.web.test_taken_back_by_telephone import TELLS, file, night, says
from tests.web.test_today_in_danger import form_of
from tests.web.test_told_and_cancelled import cancels, told

pytestmark = pytest.mark.django_db


def old(house: Senders, sent: Referral, on: str = "/", who: str = ABOVE) -> dict[str, str]:
    """The form of the red box as it stands now."""
    return form_of(house.browser(who).get(on).content.decode(), at(sent, "warn_person"))[1]


def press(house: Senders, sent: Referral, form: dict[str, str], answer: str, who: str = ABOVE) -> str:
    form = {**form, "answer": answer, "operation": str(uuid4())}
    said = page_text(house.browser(who).post(at(sent, "warn_person"), form, follow=True))
    pass_time(minutes=1)
    return said


@pytest.mark.parametrize("on_today", [True, False])
def test_who_told_not_to_go_while_they_said_yes_is_asked_to_tell_again(house: Senders, on_today: bool) -> None:
    """Red before: "Zarina has said already", which was undone, and that the person was told not to go was nowhere."""
    sent = night(house)
    says(house, sent, "said_no")
    presses(house, sent, "warn_person", "warned")
    presses(house, sent, "warn_person", "put_back", on=at(sent))
    form = old(house, sent, "/" if on_today else at(sent))
    says(house, sent, "said_yes")
    said = press(house, sent, form, "never_told")
    assert "has said already" not in said
    assert "they said yes by telephone (" in said
    said = press(house, sent, form, "warned")
    assert AFTER_ALL in said
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, sent, who), file(house, sent, who)):
            assert AFTER_ALL in shown, who
        assert TITLE not in today(house, who)
    told(house, sent)
    assert AFTER_ALL not in today(house) + page(house, sent)


def test_an_older_page_ends_no_newer_question(house: Senders) -> None:
    """Red before: it was taken, and nobody told the person of the second no."""
    sent = night(house)
    says(house, sent, "said_no")
    form = old(house, sent)
    says(house, sent, "said_yes")
    says(house, sent, "said_no")
    assert "Not saved yet: since this page was opened they said yes" in press(house, sent, form, "warned")
    assert steps(sent, "warn_person") == []
    assert TELLS in today(house)
    press(house, sent, old(house, sent), "warned")
    assert TITLE not in today(house)


def test_the_box_leads_to_the_person_and_not_twice_to_the_desk(house: Senders) -> None:
    """Red before: the number of the desk that said no, twice, and no way to the person."""
    sent = night(house)
    says(house, sent, "said_no")
    with god():
        case = ReferralOrigin.objects.select_related("case").get(referral=sent).case.code
    for where in ("/", at(sent), f"/cases/{case}/"):
        html = house.browser(LEAD).get(where).content.decode()
        assert "open=contact#contact" in html, where
        shown = page_text(house.browser(LEAD).get(where)).partition("What happened")[0]
        assert shown.count("Referral desk: 00") < 2, where
        assert "open=contact#contact" not in house.browser(ABOVE).get(where).content.decode(), where


@pytest.mark.parametrize("answer", ["not_reached", "warned"])
def test_what_the_person_holds_on_to_is_said_when_they_accept_anew(house: Senders, answer: str) -> None:
    """Red before: "They wrote no hour and no meeting point", and not that the person was told another."""
    sent = night(house)
    says(house, sent, "said_no")
    presses(house, sent, "warn_person", answer)
    house.accepted(sent, None, part="now")
    pass_time(minutes=1)
    holds = {"not_reached": "The person was told an earlier time (", "warned": AFTER_ALL}[answer]
    for who in (LEAD, ABOVE):
        assert holds in page(house, sent, who), who
    told(house, sent)
    assert holds not in page(house, sent)


def test_the_second_of_two_who_told_them_reads_who_did(house: Senders) -> None:
    """Red before: "The call was not recorded: this referral is 'Ended by the person' by now"."""
    until(20)
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    cancels(house, sent)
    call(house, sent, "reached")
    said = call(house, sent, "reached", ABOVE)
    assert "has said already" in said
    assert "Told them" in said
    assert "was not recorded" not in said


def test_the_answers_of_a_call_are_the_same_and_in_one_order(house: Senders) -> None:
    """Red before: "Reached nobody" stood on one page where the other had "They will call back". On Today that is folded
    (ADR 242).
    """
    until(20)
    case, sent = asked(house)
    orders = []
    for where in ("/", at(sent), f"/cases/{case.code}/first/?step=sent&of={sent.code}"):
        html = house.browser().get(where).content.decode()
        form = html.partition(f'action="{at(sent, "call")}"')[2].partition("</section>")[0]
        told_of = ("said_yes", "said_no", "calls_back", "not_reached")
        orders.append([one for _at, one in sorted((form.index(f'value="{one}"'), one) for one in told_of)])
    assert orders[0] == ["said_yes", "said_no", "not_reached", "calls_back"]
    assert orders[1:] == [["said_yes", "said_no", "calls_back", "not_reached"]] * 2


@pytest.mark.parametrize("on_today", [True, False])
def test_that_the_person_was_told_not_to_go_is_written_though_they_accepted_meanwhile(
    house: Senders, on_today: bool
) -> None:
    """Red before: it was answered with what holds, and that the person was told not to go was lost."""
    sent = night(house)
    says(house, sent, "said_no")
    form = old(house, sent, "/" if on_today else at(sent))
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    assert "they accepted meanwhile, and expect the person." in press(house, sent, form, "never_told")
    said = press(house, sent, form, "warned")
    assert "Saved: you told the person not to go. They accepted meanwhile, and expect the person" in said
    assert "tell the person that they may go after all." in said
    assert len(steps(sent, "warn_person")) == 1
    for who in (LEAD, ABOVE):
        assert AFTER_ALL in page(house, sent, who), who
    assert "they accepted meanwhile" in press(house, sent, form, "warned"), "once: nobody tells the person twice"
    assert len(steps(sent, "warn_person")) == 1
    told(house, sent)
    assert AFTER_ALL not in page(house, sent)


def test_who_accepted_meanwhile_is_named_in_the_answer(house: Senders) -> None:
    """Red before: "That was said already, or the agreed time is over", of a shelter that waited."""
    sent = night(house)
    says(house, sent, "said_no")
    form = old(house, sent)
    house.accepted(sent, part="now")
    said = press(house, sent, form, "not_reached")
    assert "they accepted meanwhile, and expect the person." in said
    assert "tell them now what holds." in said
