"""A shelter ends its help in the evening, and the person sleeps there one more night (ADR 257)."""

from __future__ import annotations

import re

import pytest

from hamkori import definer
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.refusal import NotNow
from tests.cast import PEOPLE, pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records
from tests.web.test_here_now import HERE, home, listed
from tests.web.test_place_found import BOTH, NEEDED, file, rail, take_back_all, today, until
from tests.web.test_received import look, press, record, state
from tests.web.test_shelter_ended import ENDED, NONE, SLEEPS, edits, is_asked, is_quiet
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import shown
from tests.web.test_with_us import press as says

pytestmark = pytest.mark.django_db

LEAD, ABOVE = BOTH
HELPER = "shelter-worker"
NOT_ON = "The person does not stay for the night"
HERE_ON = "stays one more night, until tomorrow morning"
ASKS = "Does the person stay with you tonight?"
THEN = "The person sleeps at Shelter Kulob one more night, then needs a place."
THERE = "They say: the person sleeps there one more night."
OURS = "You said: the person stays with you one more night. The sender asks for a place from the morning on."
ROW = "One more night, then the person needs a place"
IN_ROW = "the person sleeps there one more night"
NOTHING = {"need_tonight_codes": ["nothing_now"]}


def there(house: Senders, facts: dict[str, list[str]], hour: int = 19) -> tuple[Case, Referral]:
    """Somebody has slept at the shelter for two nights; it is this hour of the evening."""
    until(15)
    records(house)
    case = house.case(facts)
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(days=1)
    until(hour)
    return case, referral


def ends(house: Senders, referral: Referral, sleeps: str, result: str = "given") -> None:
    assert press(house, referral, "finish", result=result, sleeps=sleeps).status_code == 303
    pass_time(minutes=1)


def goes_on(house: Senders, case: Case, *, asks: bool = True) -> None:
    """Nothing is red; it is said on the case, and on Today while that asks how it was."""
    is_quiet(house, case)
    for who in BOTH:
        assert THEN in shown(house, case, who), who
        assert IN_ROW in shown(house, case, who), who
    assert (IN_ROW in today(house)) == asks, "a supervisor is not asked how it was"
    assert ROW in today(house), "there is time to ask for the next place"
    assert ROW in today(house, ABOVE), "who may be alone with the team the next morning reads it, too"


@pytest.mark.parametrize("facts", [NEEDED, NOTHING])
@pytest.mark.parametrize("result", ["given", "partly"])
def test_the_bed_is_asked_about_the_next_morning_and_not_tonight(
    house: Senders, facts: dict[str, list[str]], result: str
) -> None:
    """Red before: "No place for tonight" at once, for who sleeps in the shelter and leaves tomorrow."""
    case, referral = there(house, facts)
    ends(house, referral, "yes", result)
    goes_on(house, case)
    assert THERE in page_text(look(house, referral, LEAD))
    assert OURS in page_text(look(house, referral))
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, mine, version=mine.version, her_view="content", agrees=True)
    goes_on(house, case, asks=False)
    assert "close the case" not in shown(house, case), "a place is to be found"
    assert THEN in page_text(house.browser().get(f"/cases/{case.code}/close/"))
    until(5)
    goes_on(house, case, asks=False)
    until(7)
    for who in BOTH:
        assert THEN not in shown(house, case, who)
    assert (THERE in page_text(look(house, referral, LEAD)), OURS in page_text(look(house, referral))) == (False, False)
    asked = (ENDED, SLEEPS) if result == "given" else (NONE, NONE)
    is_asked(house, case, *asked)
    until(23)
    is_asked(house, case, *asked)
    until(7)
    is_quiet(house, case)


def test_a_need_that_was_ticked_the_same_day_is_met_for_that_night(house: Senders) -> None:
    """The bed where they sleep on is a place for tonight, as help that goes on is; from the morning it is none."""
    case, referral = there(house, NEEDED)
    edits(house, case, next_step_code="refer")
    ends(house, referral, "yes")
    goes_on(house, case)
    until(7)
    is_asked(house, case, ENDED, SLEEPS)


def test_after_midnight_the_night_that_is_is_meant(house: Senders) -> None:
    case, referral = there(house, NOTHING, hour=2)
    ends(house, referral, "yes")
    goes_on(house, case)
    until(7)
    is_asked(house, case, ENDED, SLEEPS)


def test_who_has_left_needs_a_place_tonight(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "no")
    is_asked(house, case, ENDED, SLEEPS)
    assert THEN not in shown(house, case)
    assert THERE not in page_text(look(house, referral, LEAD))


def test_it_is_answered_before_help_ends(house: Senders) -> None:
    """Red before: nothing asked."""
    _case, referral = there(house, NOTHING)
    assert ASKS in page_text(look(house, referral, query="?do=finish"))
    asked = press(house, referral, "finish", result="given")
    assert asked.status_code == 400
    assert "Say whether the person stays with you tonight." in page_text(asked)
    assert state(referral) == "serving"


def test_of_who_left_without_a_word_it_is_not_asked(house: Senders) -> None:
    _case, referral = there(house, NOTHING)
    assert ASKS not in page_text(look(house, referral, query="?do=finish&left=1"))
    assert press(house, referral, "finish", result="not_reached").status_code == 303
    assert not record(referral).one_more_night
    for who in BOTH:
        assert "one more night" not in page_text(look(house, referral, who))


def test_nobody_stays_who_could_not_be_reached(house: Senders) -> None:
    """Red before: saved without a word as "could not be reached", and the night was lost."""
    case, referral = there(house, NOTHING)
    said = {"result": "not_reached", "sleeps": "yes", "note": "Canary-Note"}
    held = press(house, referral, "finish", **said)
    assert held.status_code == 400
    assert "Nobody stays with you who could not be reached." in page_text(held)
    page = held.content.decode()
    assert ASKS in page_text(held), "it is refused where it was chosen"
    assert re.search(r'name="result" value="not_reached"[^>]*checked', page)
    assert re.search(r'name="sleeps" value="yes"[^>]*checked', page)
    assert "Canary-Note" in page
    assert state(referral) == "serving"
    ends(house, referral, "yes")
    amended = press(house, referral, "amend", result="not_reached", reason="new_fact", sleeps="yes")
    assert (amended.status_code, state(referral)) == (400, "finished")
    goes_on(house, case)
    assert press(house, referral, "amend", result="not_reached", reason="new_fact", sleeps="no").status_code == 303


def test_it_is_said_where_the_result_is_confirmed(house: Senders) -> None:
    """Red before: the page that confirms the result was silent about the night, as it is of who left."""
    _case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    page = f"/referrals/{referral.code}/confirm/"
    assert THEN in page_text(house.browser().get(page))
    until(7)
    assert THEN not in page_text(house.browser().get(page))


def test_it_is_said_what_was_corrected_where_only_the_night_was(house: Senders) -> None:
    """Red before: "They keep their result", and not that the person does not stay."""
    _case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    assert press(house, referral, "amend", result="given", sleeps="yes").status_code == 303
    assert record(referral).reason_code == "stands"
    page = page_text(look(house, referral))
    assert NOT_ON not in page, "it is said by the answer alone"
    assert press(house, referral, "amend", result="partly", reason="no_night", sleeps="no").status_code == 400
    assert press(house, referral, "amend", result="given", sleeps="no").status_code == 303
    assert (record(referral).reason_code, record(referral).one_more_night) == ("no_night", False)
    for who in (LEAD, HELPER):
        said = page_text(look(house, referral, who))
        assert NOT_ON in said, who
    sent = page_text(look(house, referral, LEAD))
    assert f"They corrected it: {NOT_ON}" in sent
    assert "They keep their result." not in sent.partition("What happened")[0]


def test_the_row_of_the_sender_asks_for_a_place_to_sleep(house: Senders) -> None:
    """Red before: it opened the choice with no kind of help chosen."""
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    (row,) = (one for one in re.findall(r"<li.*?</li>", home(house, LEAD), re.DOTALL) if ROW in one)
    assert set(re.findall(rf'href="(/cases/{case.code}/refer/[^"]*)"', row)) == {f"/cases/{case.code}/refer/?need=HOME"}


def test_only_where_the_person_sleeps_and_has_come(house: Senders) -> None:
    case = house.case(NOTHING)
    house.agreed(case)
    house.accepted(referral := house.sent(case))
    assert ASKS not in page_text(look(house, referral, query="?do=finish"))
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        with pytest.raises(NotNow, match="sleeps_there"):
            receive.finish(parvina, mine, version=mine.version, result="not_needed", night=True)
    assert press(house, referral, "finish", result="not_needed", sleeps="yes").status_code == 303
    assert not record(referral).one_more_night, "the form did not ask it"


def test_a_slip_is_put_right_with_the_result(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    page = page_text(look(house, referral))
    assert page.count(ASKS) == 1, "it is asked again where the result is put right"
    assert press(house, referral, "amend", result="partly", reason="mistake", sleeps="yes").status_code == 303
    pass_time(minutes=1)
    goes_on(house, case)
    assert press(house, referral, "amend", result="partly", sleeps="no").status_code == 303
    pass_time(minutes=1)
    is_asked(house, case, NONE, NONE)
    assert ASKS not in page_text(look(house, referral))


def test_a_result_that_is_put_right_the_next_day_gives_no_second_night(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    until(9)
    assert ASKS not in page_text(look(house, referral))
    assert press(house, referral, "amend", result="partly", reason="mistake", sleeps="yes").status_code == 303
    pass_time(minutes=1)
    assert not record(referral).one_more_night
    is_asked(house, case, NONE, NONE)


def test_who_has_a_place_for_tomorrow_needs_none(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    assert ROW in today(house)
    house.accepted(house.sent(case))
    assert THEN not in shown(house, case)
    assert ROW not in today(house)
    is_quiet(house, case)


def test_of_who_took_everything_back_no_row_asks_for_a_place(house: Senders) -> None:
    """Red before: "Ask an organisation", beside the row that says that the person said no."""
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    take_back_all(house, case)
    pass_time(minutes=1)
    assert ROW not in today(house)


def test_what_the_sender_says_of_the_place_since_counts(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    until(7)
    is_asked(house, case, ENDED, SLEEPS)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "own_home"})
    is_quiet(house, case)


def test_who_stays_is_here_until_the_morning(house: Senders) -> None:
    """Red before: the person left "Here now" that very evening, and the night shift did not know of them."""
    _case, referral = there(house, NOTHING)
    for who in (HELPER, LEAD):
        assert HERE_ON not in today(house, who)
    ends(house, referral, "yes")
    (row,) = listed(home(house), HERE)
    assert row.startswith("Woman, 18\u201129 ")
    for said in (HERE_ON, f"referral {referral.code[:4]} {referral.code[4:]}", "Open the referral"):
        assert said in row, said
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, mine, version=mine.version, her_view="content", agrees=True)
    until(2)
    (row,) = listed(home(house), HERE)
    assert "stays one more night, until this morning" in row
    until(7)
    assert listed(home(house), HERE) == []


def test_who_did_not_stay_or_was_put_right_is_not_here(house: Senders) -> None:
    _case, referral = there(house, NOTHING)
    ends(house, referral, "no")
    assert listed(home(house), HERE) == []
    assert press(house, referral, "amend", result="partly", reason="mistake").status_code == 303
    assert listed(home(house), HERE) == []


def test_who_is_at_another_place_is_here_no_more(house: Senders) -> None:
    """Accepted is not there: only once a place has the person."""
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    house.accepted(other := house.sent(case), part="now")
    (row,) = (row for row in listed(home(house), HERE) if HERE_ON in row)
    assert referral.code[:4] in row
    assert IN_ROW in shown(house, case)
    with house.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=other.pk)
        receive.serve(parvina, mine, version=mine.version)
    (row,) = listed(home(house), HERE)
    assert HERE_ON not in row, "once, in the row of the help that goes on"
    assert IN_ROW not in shown(house, case), "one place where the person sleeps"


@pytest.mark.parametrize("whose", ["own_home", "with_us"])
def test_who_got_to_a_place_is_here_no_more_unless_it_is_this_one(house: Senders, whose: str) -> None:
    """As the own case says it."""
    _case, referral = there(house, NOTHING)
    with god():
        own = ReferralOwnCase.objects.get(referral=referral).case
    ends(house, referral, "yes")
    with house.as_(HELPER) as parvina:
        cases.edit(parvina, own, version=own.version, codes=NEEDED, sealed={})
    pass_time(minutes=1)
    says(house, own, "place-found", whose=whose)
    assert HERE_ON in today(house, HELPER)
    says(house, own, "place-reached")
    assert (HERE_ON in today(house, HELPER)) is (whose == "with_us")
    assert len(listed(home(house), HERE)) == (whose == "with_us")


def test_until_when_is_told_to_those_who_helped_alone(house: Senders) -> None:
    _case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    for who in PEOPLE:
        with house.as_(who):
            told = definer.value("referral_sleeps_on", referral.pk, ["HOME-02"])
        assert (told is not None) is (who == HELPER), who
        assert (HERE_ON in today(house, who)) is (who == HELPER), who


def test_nobody_else_is_told(house: Senders) -> None:
    case, referral = there(house, NOTHING)
    ends(house, referral, "yes")
    for who in (*BOTH, "colleague-cso", "shelter-worker", "coordinator"):
        with house.as_(who):
            assert definer.value("case_shelter_ended", case.pk, ["HOME-02"]) is None, who
    for who in ("colleague-cso", "stranger", "coordinator"):
        assert look(house, referral, who).status_code == 404, who
        assert THEN not in today(house, who), who
    assert rail(house, LEAD) == 0
