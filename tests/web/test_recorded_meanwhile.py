"""What an older window says of where a person is: nothing that somebody recorded meanwhile is undone in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import place
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.work.actions import looking
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, version
from tests.web.test_looked_for import FIND_OUT, NOT_HERE, missed
from tests.web.test_place_found import BOTH, file, found, found_of, until
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NOT_SAVED = "Not saved yet. Recorded meanwhile: "
LOOKED = "find out whether"


def expected(house: Senders) -> tuple[Case, Referral]:
    """At two in the night a shelter says that the person can come in the morning."""
    until(2)
    case = house.case(NOT_HERE)
    house.agreed(case)
    sent = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=sent.pk)
        receive.accept(
            gulnora,
            one,
            version=one.version,
            arrival_on=timezone.localdate(now()),
            arrival_part="morning",
            team=[house.world.membership("shelter-worker")],
            meeting={"hour": "8:00"},  # nobody reads the hour unasked: it may be over
        )
    pass_time(minutes=1)
    return case, sent


def with_a_bed(house: Senders) -> tuple[Case, Referral]:
    """And a place for the rest of the night was found."""
    case, sent = expected(house)
    found(house, case, "organisation")
    pass_time(minutes=1)
    return case, sent


def _there(house: Senders, sent: Referral, step: str) -> None:
    with house.as_("shelter-worker") as parvina:
        getattr(receive, step)(parvina, Referral.objects.get(pk=sent.pk), version=version(sent))


def _returned(house: Senders, sent: Referral) -> None:
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=sent.pk)
        receive.unaccept(gulnora, one, version=one.version, reason="no_place_now")


def _withdrawn(house: Senders, sent: Referral) -> None:
    client, at = house.browser(), f"/referrals/{sent.code}/withdraw/"
    form = fields(client.get(at)) | {"how_said": "in_person", "nothing_more": "on"}
    form.pop("everything", None)
    client.post(at, form)


def _heard(house: Senders, sent: Referral, heard: str) -> None:
    with house.as_("supervisor-cso") as malika:
        confirm.hear(malika, Referral.objects.get(pk=sent.pk), version=version(sent), heard=heard)


def _needed(house: Senders, case: Case, reason: str) -> None:
    with house.as_() as zarina:
        one = Case.objects.get(pk=case.pk)
        codes = {"need_tonight_codes": ["safe_place"]}
        place.place_needed(zarina, one, version=one.version, codes=codes, reason=reason)


def _reached(house: Senders, case: Case) -> None:
    with house.as_() as zarina:
        one = Case.objects.get(pk=case.pk)
        place.place_reached(zarina, one, version=one.version)


def _looked(house: Senders, case: Case, reason: str) -> None:
    with house.as_("supervisor-cso") as malika:
        looking.looked_for(malika, Case.objects.get(pk=case.pk), reason=reason)


RECORDS: Final[dict[str, tuple[Callable[[Senders, Case, Referral], None], str]]] = {
    "miss": (lambda house, _case, sent: _there(house, sent, "miss"), r"the person did not come \(Shelter\b"),
    "serve": (lambda house, _case, sent: _there(house, sent, "serve"), r"the person came \(Shelter\b"),
    "came": (lambda house, _case, sent: _heard(house, sent, "came"), r"the person came \(Supervisor\b"),
    "did_not_come": (
        lambda house, _case, sent: _heard(house, sent, "did_not_come"),
        r"the person did not come \(Supervisor\b",
    ),
    "returned": (lambda house, _case, sent: _returned(house, sent), r"returned \(Shelter\b"),
    "withdrawn": (lambda house, _case, sent: _withdrawn(house, sent), r".+ \(you,"),
    "reached": (lambda house, case, _sent: _reached(house, case), r"the person is at the place for tonight \(you,"),
    "no_bed": (lambda house, case, _sent: _needed(house, case, ""), r"a place for tonight is needed \(you,"),
    "not_there": (
        lambda house, case, _sent: _needed(house, case, "did_not_get_there"),
        r"the person did not get there \(you,",
    ),
    "is_safe": (lambda house, case, _sent: _looked(house, case, "is_safe"), r"the person is safe \(Supervisor\b"),
    "not_found": (
        lambda house, case, _sent: _looked(house, case, "not_found"),
        r"looked for, not found \(Supervisor\b",
    ),
}
"""What somebody records meanwhile, and how the older window names it."""

Pressed = tuple[str, dict[str, str]]


def _of_case(step: str, why: str = "") -> Callable[[Senders, Case, Referral], Pressed]:
    def press(house: Senders, case: Case, _sent: Referral) -> Pressed:
        at, page = f"/cases/{case.code}/{step}/", file(house, case)
        if why:  # of the forms of one address the one with this reason; the page says when it was read in each
            assert f'name="why" value="{why}"' in page
            return at, {**form_of(page, at)[1], "why": why}
        return form_of(page, at)

    return press


def _of_referral(heard: str) -> Callable[[Senders, Case, Referral], Pressed]:
    def press(house: Senders, _case: Case, sent: Referral) -> Pressed:
        page = house.browser().get(f"/referrals/{sent.code}/").content.decode()
        at, form = form_of(page, f"/referrals/{sent.code}/hear/")
        return at, {**form, "heard": heard}

    return press


def _found(house: Senders, case: Case, _sent: Referral) -> Pressed:
    return found_of(file(house, case), f"/cases/{case.code}/place-found/")


FOUND, EXPECTED, MISSED = with_a_bed, expected, missed
PAIRS: Final[tuple[tuple[Callable[[Senders], tuple[Case, Referral]], str, str, str], ...]] = (
    # where it stood when the older window was read; what is pressed in it; what asks once more; what does not
    (FOUND, "reached", "miss did_not_come not_there no_bed returned withdrawn", "came serve"),
    (FOUND, "no_bed", "came serve reached", "miss did_not_come"),
    (FOUND, "not_there", "came serve reached", "miss did_not_come"),
    (FOUND, "hear_came", "not_there", "reached no_bed"),
    (FOUND, "hear_did_not_come", "reached", "not_there no_bed"),
    (EXPECTED, "found", "miss did_not_come came serve", ""),
    (MISSED, "is_safe", "not_found", "serve"),
    (MISSED, "not_found", "is_safe serve", ""),
)
PRESSES: Final[dict[str, Callable[[Senders, Case, Referral], Pressed]]] = {
    "reached": _of_case("place-reached"),
    "no_bed": _of_case("place-needed"),
    "not_there": _of_case("place-needed", "did_not_get_there"),
    "hear_came": _of_referral("came"),
    "hear_did_not_come": _of_referral("did_not_come"),
    "found": _found,
    "is_safe": _of_case("looked_for", "is_safe"),
    "not_found": _of_case("looked_for", "not_found"),
}
TABLE = [
    (stands, pressed, recorded, asks)
    for stands, pressed, undone, kept in PAIRS
    for recorded, asks in (*((one, True) for one in undone.split()), *((one, False) for one in kept.split()))
]


def words(case: Case, sent: Referral) -> int:
    """How many steps the case and the referral took."""
    with god():
        of_case = CaseStep.objects.filter(case=case).count()
        return of_case + ReferralStep.objects.filter(referral=sent).count()


@pytest.mark.parametrize(("stands", "pressed", "recorded", "asks"), TABLE)
def test_a_press_in_an_older_window_says_what_it_would_undo(
    house: Senders,
    stands: Callable[[Senders], tuple[Case, Referral]],
    pressed: str,
    recorded: str,
    asks: bool,
) -> None:
    """Red before for most: it was saved in silence, or it was said only that something had changed."""
    case, sent = stands(house)
    old = PRESSES[pressed](house, case, sent)
    pass_time(minutes=1)
    record, said = RECORDS[recorded]
    record(house, case, sent)
    pass_time(minutes=1)
    before = words(case, sent)
    answer = page_text(house.browser().post(*old, follow=True))
    assert (NOT_SAVED in answer) == asks, answer
    if asks:
        assert re.search(rf"{NOT_SAVED}{said}[^()]* \w+ \d\d:\d\d\)\.", answer), answer
        assert words(case, sent) == before, "nothing was written"


@pytest.mark.parametrize(("stands", "pressed", "recorded"), [one[:3] for one in TABLE if one[3]])
def test_who_knows_better_says_it_all_the_same_on_that_page(
    house: Senders, stands: Callable[[Senders], tuple[Case, Referral]], pressed: str, recorded: str
) -> None:
    """Red before for "not found" after "is safe", "did not get there" after "is at the place" and others: "Say here
    once more how it is now", and the page had nothing to say it with.
    """
    case, sent = stands(house)
    to, form = PRESSES[pressed](house, case, sent)
    pass_time(minutes=1)
    RECORDS[recorded][0](house, case, sent)
    pass_time(minutes=1)
    first = house.browser().post(to, form, follow=True)
    answer = page_text(first)
    assert NOT_SAVED in answer
    before = words(case, sent)
    pass_time(minutes=1)
    if "heard" in form:  # the page of that step asks it with the answer chosen
        again = {**{name: one for name, (one, *_more) in fields(first, to).items()}, "heard": form["heard"]}
        answer = page_text(house.browser().post(to, again, follow=True))
    else:
        assert "You pressed: " in answer
        assert "Save it all the same" in answer
        page = first.content.decode()
        box = page[page.index("You pressed: ") :]
        _to, again = form_of(box, to)
        assert again.get("which") == form.get("which"), "red before: which one was asked once more"
        link = f"/cases/{case.code}/?{first.redirect_chain[-1][0].partition('?')[2]}"
        assert "You pressed: " not in page_text(house.browser("supervisor-cso").get(link)), "they pressed nothing"
        answer = page_text(house.browser().post(to, again, follow=True))
    assert NOT_SAVED not in answer
    assert "Saved" in answer or "asked to confirm" in answer, answer
    assert words(case, sent) > before
    if pressed in ("not_there", "not_found"):
        # Who is said to be with an organisation is asked for there first (ADR 0232).
        said = "is said in two ways" if (pressed, recorded) == ("not_there", "serve") else LOOKED
        for reader in BOTH:
            assert said in page_text(house.browser(reader).get("/")).lower(), "they are looked for"
    if pressed in ("reached", "is_safe"):
        assert LOOKED not in page_text(house.browser().get("/")).lower()
    if pressed == "reached":
        with god():
            assert "safe_place" not in Case.objects.get(pk=case.pk).need_tonight_codes


@pytest.mark.parametrize("by", ["miss", "did_not_come"])
def test_the_search_goes_on_until_the_page_that_says_so_is_answered(house: Senders, by: str) -> None:
    """Red before: "Saved: the person is there", and nobody looked any more for whom the shelter looks."""
    case, sent = with_a_bed(house)
    at = f"/cases/{case.code}/place-reached/"
    old = form_of(file(house, case), at)
    pass_time(minutes=1)
    RECORDS[by][0](house, case, sent)
    pass_time(minutes=1)
    first = house.browser().post(*old, follow=True)
    said = page_text(first)
    assert "Say here once more how it is now." in said
    for reader in BOTH:
        assert FIND_OUT in page_text(house.browser(reader).get("/")), reader
    got_there = "Say that they got to the place"
    assert (got_there in said, got_there in file(house, case, "supervisor-cso")) == (True, False), "the team says it"
    pass_time(minutes=1)
    again = form_of(first.content.decode(), at)
    assert (
        "Saved: the person is there. From the next morning on, Today asks whether they still sleep there."
        in page_text(house.browser().post(*again, follow=True))
    )
    for reader in BOTH:
        assert FIND_OUT not in page_text(house.browser(reader).get("/")), reader


def test_a_page_that_does_not_say_when_it_was_read_presses_as_ever(house: Senders) -> None:
    case, sent = with_a_bed(house)
    at, old = form_of(file(house, case), f"/cases/{case.code}/place-reached/")
    _there(house, sent, "miss")
    pass_time(minutes=1)
    bare = {name: value for name, value in old.items() if name != "read_at"}
    said = page_text(house.browser().post(at, {**bare, "operation": str(uuid4())}, follow=True))
    assert "Saved: the person is there." in said
