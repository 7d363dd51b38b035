"""A shelter's help has ended: it is asked where the person sleeps tonight, until somebody says it (ADR 136)."""

from __future__ import annotations

import re

import pytest

from hamkori import definer
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, records
from tests.web.test_place_found import BOTH, NEEDED, file, rail, today, until
from tests.web.test_red_alike import counted, said_alike
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import shown

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"
ENDED = "The place at Shelter Kulob has ended. Where does the person sleep tonight?"
SLEEPS = "Where does the person sleep tonight?"


def helped(house: Senders, facts: dict[str, list[str]], result: str) -> tuple[Case, Referral]:
    """Somebody slept at the shelter, which ended its help."""
    until(15)
    records(house)
    case = house.case(facts)
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(days=2)
    for who in BOTH:
        assert rail(house, who) == 0, who
    ends(house, referral, result)
    return case, referral


def ends(house: Senders, referral: Referral, result: str) -> None:
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        reason = {"reason": "no_place_now"} if result == "not_given" else {}
        receive.finish(parvina, mine, version=mine.version, result=result, **reason)
    pass_time(minutes=1)


def is_asked(house: Senders, case: Case, said: str, listed: str) -> None:
    """Today, the case, the list of cases and the rail."""
    for who in BOTH:
        known = counted(house, who)
        assert [(one.case, one.what) for one in known.unread if one.no_place] == [(case.code, "place.open")], who
        assert rail(house, who) == 1, who
        assert (SLEEPS if said == ENDED else said) in today(house, who), who
        assert said in shown(house, case, who), who
        assert listed in page_text(house.browser(who).get("/cases/")), who
        if said == NONE:
            said_alike(house, who, known)


def is_quiet(house: Senders, case: Case) -> None:
    for who in BOTH:
        assert rail(house, who) == 0, who
        for page in (today(house, who), shown(house, case, who).partition("What happened")[0]):
            assert (NONE in page, SLEEPS in page) == (False, False), who


@pytest.mark.parametrize("facts", [NEEDED, {"need_tonight_codes": ["nothing_now"]}])
@pytest.mark.parametrize("result", ["given", "partly", "not_given"])
def test_it_is_asked_whatever_the_result_and_whatever_was_ticked(
    house: Senders, facts: dict[str, list[str]], result: str
) -> None:
    """Red before: with "Help was given" nobody was asked; without the tick of the same day neither with the others."""
    case, referral = helped(house, facts, result)
    said = (ENDED, SLEEPS) if result == "given" else (NONE, NONE)
    is_asked(house, case, *said)
    with house.as_() as zarina:
        confirm.confirm(
            zarina, Referral.objects.get(pk=referral.pk), version=version_of(referral), her_view="content", agrees=True
        )
    is_asked(house, case, *said)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "own_home"})
    is_quiet(house, case)


def version_of(referral: Referral) -> int:
    return Referral.objects.get(pk=referral.pk).version


def edits(house: Senders, case: Case, **codes: object) -> None:
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        cases.edit(zarina, known, version=known.version, codes=codes)
    pass_time(minutes=1)


def test_that_the_need_is_gone_ends_it_and_nothing_else_that_is_written(house: Senders) -> None:
    case, _referral = helped(house, NEEDED, "given")
    edits(house, case, next_step_code="refer")
    is_asked(house, case, ENDED, SLEEPS)
    edits(house, case, need_tonight_codes=["nothing_now"])
    is_quiet(house, case)
    assert "No place is needed any more" in shown(house, case).partition("What happened")[2]
    assert "A place for tonight was found" not in shown(house, case)
    edits(house, case, need_tonight_codes=["safe_place"])
    is_asked(house, case, NONE, NONE)


def test_another_bed_ends_it_and_so_does_the_next_day(house: Senders) -> None:
    case, _referral = helped(house, NEEDED, "given")
    house.accepted(other := house.sent(case), part="now")
    is_quiet(house, case)
    with house.as_("desk-shelter") as gulnora:
        receive.unaccept(gulnora, Referral.objects.get(pk=other.pk), version=version_of(other), reason="no_place_now")
    for who in BOTH:
        assert (SLEEPS in today(house, who), NONE in today(house, who)) == (True, False), "as the case does"
    case, _referral = helped(house, NEEDED, "given")
    pass_time(hours=24)
    for page in (today(house), shown(house, case).partition("What happened")[0]):
        assert SLEEPS not in page, "what ended before today asks nobody"


def test_who_said_no_to_everything_is_left_in_peace(house: Senders) -> None:
    case, _referral = helped(house, NEEDED, "given")
    house.agreed(case, answer="no", sections=())
    for who in BOTH:
        assert rail(house, who) == 0, who


def test_nobody_but_the_team_and_the_supervisor_is_told(house: Senders) -> None:
    case, _referral = helped(house, NEEDED, "given")
    for who in (*BOTH, "colleague-cso", "shelter-worker", "desk-shelter", "coordinator"):
        with house.as_(who):
            told = definer.value("case_shelter_ended", case.pk, ["HOME-02"])
        assert (told is not None) == (who in BOTH), who


def test_where_nobody_knows_it_every_page_asks_and_none_says_that_there_is_no_place(house: Senders) -> None:
    """Red before: a referral for a place that was declined since said that there is no place, also on Today."""
    case, _referral = helped(house, NEEDED, "given")
    other = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=other.pk), version=version_of(other), reason="full")
    pass_time(minutes=1)
    for who in BOTH:
        texts = (today(house, who), page_text(house.browser(who).get(f"/referrals/{other.code}/")))
        for said in (*texts, shown(house, case, who).partition("What happened")[0]):
            assert (SLEEPS in said, NONE in said) == (True, False), who


def note(house: Senders, result: str = "given") -> tuple[Case, Referral]:
    """The shelter ends its help, with a note."""
    until(15)
    records(house)
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
        mine.refresh_from_db()
        receive.finish(parvina, mine, version=mine.version, result=result, note="canary-sister")
    pass_time(minutes=1)
    return case, referral


def test_a_note_of_the_shelter_that_nobody_has_read_comes_before_asking_another(house: Senders) -> None:
    """Red before: "Ask another organisation", and the note that says where the person sleeps lay unread."""
    case, referral = note(house)
    first, link = "A note came with the result: read it first.", f'href="/referrals/{referral.code}/"'
    row = house.browser().get("/").content.decode()
    assert f"{link}>{first}" in row
    assert f"{link}>Open the referral" in row
    box = file(house, case).partition('class="alarm')[2].partition("</section>")[0]
    assert first in box
    assert box.index(link) < box.index("/refer/"), "the referral first, then another organisation"
    # Red before: the supervisor, who opens no note, was told to read it, with a link.
    above = house.browser("supervisor-cso").get("/").content.decode()
    assert "A note came with the result: the team reads it first." in above
    assert (first in above, f"{link}>A note came" in above) == (False, False)
    house.browser().get(f"/referrals/{referral.code}/?open=note")
    for page in (today(house), page_text(house.browser().get(f"/cases/{case.code}/"))):
        assert first not in page
        assert SLEEPS in page, "it is asked until somebody says it"


def test_whoever_asks_where_the_person_sleeps_reads_whom_to_call(house: Senders) -> None:
    """Red before: every other row of "Call now" named a number, and this one none."""
    _case, referral = helped(house, NEEDED, "given")
    number = r"Referral desk: 00.11"
    for who in BOTH:
        assert re.match(r"\W*Shelter Kulob, 00.11", today(house, who).partition(SLEEPS)[2]), who
        assert "the place at Shelter Kulob has ended" in today(house, who), who
        page = page_text(house.browser(who).get(f"/referrals/{referral.code}/"))
        assert re.match(r"\W*" + number, page.partition(SLEEPS)[2]), (who, page.partition(SLEEPS)[2][:300])


@pytest.mark.parametrize(("result", "said"), [("given", "help was given"), ("partly", "partly given")])
def test_where_another_place_is_chosen_it_says_who_helped_already(house: Senders, result: str, said: str) -> None:
    """Red before: the shelter whose help had just ended was offered first, without a word of it."""
    case, _referral = helped(house, NEEDED, result)
    page = page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME"))
    assert page.count("Their help for this person ended ") == 1
    ended = page.partition("Their help for this person ended ")[2]
    assert ended.partition(".")[0].endswith(said)
