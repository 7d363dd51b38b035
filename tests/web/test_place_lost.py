"""A place by telephone that the same organisation took back, or that was called off, counts no longer (ADR 134)."""

from __future__ import annotations

import pytest

from hamkori import definer
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, records
from tests.web.test_child_told_the_coordinator import calls, stands
from tests.web.test_place_called_off import SURE, called
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, pressed, rail, take_back_all, today, until
from tests.web.test_red_alike import counted, said_alike
from tests.web.test_which_place import found, off, shown

pytestmark = pytest.mark.django_db

SHELTER, NONE = "shelter-kulob", "No place for tonight"
ASK = "Ask them whether their place is still free."


def asked(house: Senders, *, accepts: bool = True) -> tuple[Case, Referral]:
    """A bed from tomorrow on, or no answer yet; for tonight that shelter said yes on the telephone."""
    until(20)
    records(house)
    case = house.case(NEEDED)
    house.agreed(case)
    if accepts:
        house.accepted(referral := house.sent(case))
    pass_time(minutes=1)
    found(house, case, SHELTER)
    pass_time(minutes=1)
    if not accepts:
        referral = house.sent(case)
    counts(house, case)
    return case, referral


def does(house: Senders, referral: Referral, step: str) -> None:
    """What the shelter does with its referral."""
    with house.as_("shelter-worker" if step == "finish" else "desk-shelter") as actor:
        card = Referral.objects.get(pk=referral.pk)
        if step == "decline":
            receive.decline(actor, card, version=card.version, reason="full")
        elif step == "unaccept":
            receive.unaccept(actor, card, version=card.version, reason="no_place_now")
        else:
            receive.finish(actor, card, version=card.version, result="not_given", reason="no_place_now")
    pass_time(minutes=1)


def counts(house: Senders, case: Case) -> None:
    """It is asked whether the person got there, and nothing is red."""
    for who in BOTH:
        assert ROW in today(house, who), who
        assert ASKS in file(house, case, who), who
        assert rail(house, who) == 0, who


def lost(house: Senders, case: Case, said: str, *, row: bool) -> None:
    """Today, the case, the list of cases and the rail all say that there is none; the case says why. `row`: so does the
    row of the case; else that of the referral says it.
    """
    for who in BOTH:
        known = counted(house, who)
        assert [one.case for one in known.unread if one.no_place] == [case.code], who
        said_alike(house, who, known)
        assert rail(house, who) == 1, who
        on_today, page = today(house, who), shown(house, case, who)
        assert (ROW in on_today, ASKS in page) == (False, False), who
        assert NONE in on_today, who
        assert said in page.partition(NONE)[2].partition("What happened")[0], who
        assert page.count(said) == 1, who
        assert (said in on_today) == row, who
        assert "Hamkori tells them nothing of it" not in page
        assert not off(house, who)


def test_a_bed_that_the_shelter_returned_counts_no_longer(house: Senders) -> None:
    """Red before: until noon it was asked whether the person got there, and nobody read that there was no place."""
    case, referral = asked(house)
    does(house, referral, "unaccept")
    said = "Shelter Kulob said yes by telephone (today 20:01), and returned the referral (today 20:02)"
    lost(house, case, said, row=False)
    assert f"{said}. {ASK}" in shown(house, case)
    found(house, case, SHELTER)
    counts(house, case)
    assert said not in shown(house, case)
    pass_time(minutes=1)
    assert "Saved: the person is there." in pressed(house, case, "place-reached")
    assert NONE not in today(house)


def test_nor_one_whose_referral_they_declined(house: Senders) -> None:
    case, referral = asked(house, accepts=False)
    does(house, referral, "decline")
    said = "Shelter Kulob said yes by telephone (today 20:01), and declined the referral (today 20:02)"
    lost(house, case, said, row=False)
    with house.as_() as zarina:
        confirm.settle(zarina, Referral.objects.get(pk=referral.pk), reason="help_outside")
    lost(house, case, said, row=True)
    until(2)
    assert NONE in today(house), "the night is not over"
    until(21)
    for who in BOTH:
        assert (NONE in today(house, who), NONE in shown(house, case, who), rail(house, who)) == (False, False, 0)


def test_nor_where_they_ended_it_without_help(house: Senders) -> None:
    case, referral = asked(house)
    does(house, referral, "finish")
    said = "Shelter Kulob said yes by telephone (today 20:01), and ended the referral without help"
    lost(house, case, said, row=True)


def test_nor_where_they_said_no_on_the_telephone_since(house: Senders) -> None:
    case, referral = asked(house, accepts=False)

    def hear(answer: str) -> None:
        with house.as_() as zarina:
            confirm.call(zarina, Referral.objects.get(pk=referral.pk), answer=answer)
        pass_time(minutes=1)

    hear("said_no")
    for who in BOTH:
        assert ROW not in today(house, who), who
        assert ASKS not in shown(house, case, who), who
        said = "Shelter Kulob said yes by telephone (today 20:01), and no since (today 20:02)."
        assert said in shown(house, case, who), who
    assert ASK not in shown(house, case)
    hear("said_yes")
    counts(house, case)


def test_what_another_does_or_was_before_says_nothing_of_it(house: Senders, second_shelter: Service) -> None:
    until(20)
    records(house)
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(referral := house.sent(case))
    pass_time(minutes=1)
    found(house, case, "legal-aid")
    pass_time(minutes=1)
    does(house, referral, "unaccept")
    counts(house, case)
    pressed(house, case, "place-needed")
    pass_time(minutes=1)
    found(house, case, SHELTER)
    counts(house, case)


def test_a_place_that_was_called_off_counts_no_longer_when_the_case_goes_on(house: Senders) -> None:
    """Red before: it was "found" again, and "No place for tonight" stood with nobody."""
    until(20)
    records(house)
    case = house.case(NEEDED)
    found(house, case, SHELTER)
    pass_time(minutes=1)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    pass_time(minutes=1)
    called(house, case, "reached", "supervisor-cso")
    for who in BOTH:
        assert (NONE in today(house, who), NONE in shown(house, case, who), rail(house, who)) == (False, False, 0), who
    pass_time(minutes=1)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.reopen(malika, known, version=known.version, reason="closed_by_mistake")
    said = "Shelter Kulob said yes by telephone (today 20:00), and was told that nobody comes (today 20:02)"
    lost(house, case, said, row=True)
    assert f"{said}. {ASK}" in shown(house, case)
    found(house, case, SHELTER)
    counts(house, case)


def test_who_took_it_back_is_not_called_off(house: Senders, second_shelter: Service) -> None:
    """Red before: after everything was withdrawn it was said that they have a place ready."""
    case, referral = asked(house)
    does(house, referral, "unaccept")
    after = page_text(take_back_all(house, case))
    assert "has a place ready" not in after
    for who in BOTH:
        assert not off(house, who), who
        assert (SURE in shown(house, case, who), "has a place ready" in shown(house, case, who)) == (False, False), who
        assert rail(house, who) == 0, "they said no to everything"


def test_before_the_end_of_the_case_it_is_said_that_there_is_no_place(house: Senders) -> None:
    case, referral = asked(house)
    does(house, referral, "unaccept")
    page = page_text(house.browser().get(f"/cases/{case.code}/close/"))
    assert "A safe place to sleep was needed, and no organisation here gave one." in page
    assert "call them if the person does not go there" not in page


def test_nobody_else_learns_of_it(house: Senders) -> None:
    case, referral = asked(house)
    does(house, referral, "unaccept")
    for who in ("desk-shelter", "shelter-worker", "lawyer", "stranger", "coordinator"):
        with house.as_(who):
            assert definer.value("case_place_lost", case.pk) is False, who
    with house.as_("supervisor-cso"):
        assert definer.value("case_place_lost", case.pk) is True


def test_the_coordinator_who_was_called_about_a_child_reads_it_again(house: Senders) -> None:
    until(20)
    records(house)
    child = house.case({**NEEDED, "age_band_code": "a9_17"})
    calls(house, child)
    pass_time(minutes=1)
    assert stands(house.browser("coordinator"))
    found(house, child, SHELTER)
    pass_time(minutes=1)
    assert not stands(house.browser("coordinator"))
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=child.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    called(house, child, "reached")
    pass_time(minutes=1)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=child.pk)
        cases.reopen(malika, known, version=known.version, reason="closed_by_mistake")
    assert stands(house.browser("coordinator"))
    for who in BOTH:
        said_alike(house, who, counted(house, who))
        assert "Shelter Kulob said yes by telephone (today 20:01), and was told" in shown(house, child, who), who
