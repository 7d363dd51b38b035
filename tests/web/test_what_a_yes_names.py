"""What a yes with name lets go of the name, on the pages and on paper; who stays shut out, being not asked about."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web import test_short_way as way
from tests.web.consenting import ask, page
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
WITH = "With name: what to call the person is sent"
FULL = "; the full name and documents only if these are ticked."
WITHOUT = "Without name: no full name, no documents, and not what to call the person."


def test_where_a_yes_is_chosen_it_says_with_which_part_the_name_goes(house: Senders) -> None:
    """Red before: "yes, with name" beside "Name and documents" without a tick, and no word of what that means."""
    shown = page_text(house.browser().get(page(house.case())))
    assert "Psychologists" in shown
    assert shown.count(WITH) == shown.count(WITHOUT) == 8, "of each question"
    assert shown.count(f"{WITH}{FULL}") == 7, "a psychologist never gets it"
    short = page_text(house.browser().get(way.to_answers(house.browser())))
    assert short.count(f"{WITH}{FULL}") == short.count(WITHOUT) == 1
    places = [short.index(one) for one in ("Shared after they accept", WITH, WITHOUT, "What may be shared")]
    assert places == sorted(places), "red before: folded, below a line that said nothing of what a name is"


def test_the_paper_says_whether_the_name_goes_and_how_much_of_it(house: Senders) -> None:
    """Red before: "yes", whatever went."""
    case = house.case()
    house.agreed(case)
    house.agreed(case, "health", answer="without_name")
    house.agreed(case, "legal", sections={"identity", "contact"})
    paper = page_text(house.browser().get(page(case, "print/?in=tg&with=en")))
    told, never = "They are told what to call you.", "They are not told what to call you."
    stays = "Your full name and your documents are not sent."
    shelter, doctor, lawyer = (
        paper.partition(name)[2].partition("Police")[0].partition(end)[0]
        for name, end in (
            ("Shelter and social help: ", "Doctors"),
            ("Doctors: treatment: ", "Doctors: an"),
            ("Lawyers: help: ", "Lawyers: a case"),
        )
    )
    assert shelter.startswith("yes, with name, until")
    assert f"{told} {stays}" in shelter
    assert doctor.startswith("yes, without name, until")
    assert f"{never} {stays}" in doctor
    assert lawyer.startswith("yes, with name, until")
    assert told in lawyer
    assert stays not in lawyer


def test_whom_nobody_asked_about_is_named_after_saving_as_shut_out(house: Senders) -> None:
    """Red before: "Next: refer", and the shelter where the person was opened nothing."""
    case = house.case()
    house.agreed(case)
    house.accepted(house.sent(case))
    pass_time(days=61)
    client = house.browser()
    saved = client.get(ask(client, case, a_health_help="yes")["Location"])
    said = page_text(saved)
    shut = "Not asked: Shelter and social help. "
    assert said.count(shut) == 1
    assert "can open nothing until the person is asked." in said.partition(shut)[2]
    assert f'href="/cases/{case.code}/consent/"' in saved.content.decode().partition(shut)[2].partition("</a>")[0]
    assert shut not in page_text(client.get(f"/cases/{case.code}/")), "said once"
    again = page_text(client.get(ask(client, case, a_shelter_social_help="yes")["Location"]))
    assert shut not in again, "asked now"


def test_who_only_waits_for_an_answer_is_not_shut_out(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.sent(case)
    pass_time(days=61)
    client = house.browser()
    assert "can open nothing" not in page_text(client.get(ask(client, case, a_health_help="yes")["Location"]))


def test_a_call_name_alone_goes_and_that_no_telephone_was_asked_is_said_before_sending(zarina) -> None:
    """Red before: it was said once the referral was sent."""
    at = way.to_consent(zarina, call_name="Canary-Name")
    at = way.goes(way.press(zarina, at, read="tg"))
    at = way.goes(way.press(zarina, at, **way.AGREES, how="spoken"))
    at = way.goes(way.press(zarina, at, **way.NEEDS, do="go"))
    at = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    check = zarina.get(at)
    said = page_text(check)
    assert "if written; How to reach the person safely; Needs, risk, plan." in said, "it holds what to call the person"
    assert "Nothing is written yet" not in said
    assert said.count("No safe telephone is written. Write it first, in another window") == 1
    assert "section/?of=contact" in check.content.decode()


def test_what_is_needed_has_its_question_unfolded_and_the_fold_says_what_it_holds(zarina) -> None:
    """Red before: pay was withheld, and the question about lawyers was folded as "not asked now"."""
    at = way.to_answers(zarina)
    fold = "Lawyers: a case or a claim, examination for a court: not asked now"
    before, _fold, inside = page_text(zarina.get(at)).partition(fold)
    assert "Lawyers: help" in before
    assert "Lawyers: help" not in inside
    # Red before: two readers looked for psychologists, who lay in a fold that read as one of courts.
    assert "Psychologists" in before
    assert "Psychologists" not in inside
    order = [inside.index(one) for one in ("Lawyers: a case", "Doctors: an examination")]
    assert order == sorted(order), "red before: the examination for a court stood first"
    assert "needs a yes to “Shelter and social help”" in inside, "for help with documents"
    need = way.goes(way.press(zarina, at, **way.AGREES, how="spoken"))
    way.goes(way.press(zarina, need, **way.NEEDS, more=["someone_to_talk", "documents"], do="go"))
    before, _fold, inside = page_text(zarina.get(at)).partition(fold)
    assert "Psychologists" in before
    assert "Psychologists" not in inside


def test_the_fold_says_that_something_in_it_is_answered(zarina) -> None:
    at = way.to_answers(zarina)
    way.goes(way.press(zarina, at, **way.AGREES, a_legal_justice="yes", how="spoken"))
    again = page_text(zarina.get(at))
    assert "Lawyers: a case or a claim, examination for a court: an answer is marked" in again
    assert "examination for a court: not asked now" not in again


def test_what_nobody_chose_yet_is_said_to_be_saved_all_the_same(zarina) -> None:
    """Red before: "Other or not said" and "Not known" looked like answers that the worker had given."""
    said = page_text(zarina.get(way.begun(zarina)))
    assert said.count("If you choose nothing: “Other or not said”, “Not known”.") == 1
