"""Who left the place where they slept without a word is looked for as who did not come is (ADR 0155)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.casework.referral.queries.left_unseen import gone_of
from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records, version
from tests.web.test_here_now import listed
from tests.web.test_looked_for import FIND_OUT, NOT_HERE, missed, says
from tests.web.test_not_here import READERS, under
from tests.web.test_place_found import file, rail, until
from tests.web.test_shelter_ended import ends, helped

pytestmark = pytest.mark.django_db

TOLD = (
    "The sender is told: their Today asks first to find out whether the person is safe."
    " Call the sender if you hear anything."
)
KNOWN = "The sender knows that the person is safe ("
LEFT = "left without a word"
SAID = "eft without a word, said "


def test_a_vanished_person_is_looked_for_by_team_and_supervisor(house: Senders) -> None:
    """Red before: "The place has ended. Where does the person sleep tonight?", and nobody was told to look."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    for who in READERS:
        row = under(house, who, "Call now")
        assert FIND_OUT in row, who
        assert SAID in row, who
        assert rail(house, who) == 1, who
        for page in (file(house, case, who), page_text(house.browser(who).get(f"/referrals/{referral.code}/"))):
            for said in (FIND_OUT, SAID, "If a life is in danger", "The person is safe", "Looked for, not found"):
                assert said in page, (who, said)
        assert FIND_OUT in page_text(house.browser(who).get("/cases/")), who
    pass_time(days=2)
    for who in READERS:
        assert rail(house, who) == 1, "until it is answered, also when no place is asked about any more"
        assert FIND_OUT in under(house, who, "Call now"), who
    _status, said = says(house, case, "not_found")
    assert "Saved: looked for, not found. Today goes on asking whether the person is safe." in said
    pass_time(minutes=1)
    assert "looked for, not found: " in under(house, "supervisor-cso", "Call now")
    says(house, case, "is_safe")
    for who in READERS:
        assert FIND_OUT not in page_text(house.browser(who).get("/")), who
        assert "Find out whether" not in file(house, case, who), who


def test_the_shelter_reads_whom_to_call_before_the_press_and_after_it(house: Senders) -> None:
    """Red before: "Help has ended. The sender now asks the person and confirms.", and no number."""
    until(15)
    records(house)
    case = house.case(NOT_HERE)
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
    at = f"/referrals/{referral.code}/"
    before = page_text(house.browser("shelter-worker").get(at))
    choice, after = before.index("The person could not be reached"), before.partition("nobody knows where?")[2]
    assert before.index("nobody knows where?") > choice
    for said in (
        "Call who sent the person before you finish.",
        "The sender is asked to look, and keeps everything.",
        "The sender's referral desk: 00\u201114",
        "If a life is in danger, call now: 112",
    ):
        assert said in after, said
    ends(house, referral, "not_reached")
    shown = page_text(house.browser("shelter-worker").get(at))
    # Red before: "The sender was told, and looks for the person", though nobody had looked at anything yet.
    assert TOLD in shown
    assert "looks for the person" not in shown
    assert "The sender's referral desk: 00\u201114" in shown
    assert "The sender now asks the person" not in shown
    raw = house.browser("shelter-worker").get(at).content.decode()
    assert re.search(r'class="note wait"(?:(?!</div>).)*' + TOLD[:18], raw, re.DOTALL), "amber, and nothing is done yet"


@pytest.mark.parametrize("result", ["given", "partly", "not_needed", "refused"])
def test_whoever_was_there_when_it_ended_is_not_looked_for(house: Senders, result: str) -> None:
    _case, _referral = helped(house, NOT_HERE, result)
    for who in READERS:
        assert FIND_OUT not in page_text(house.browser(who).get("/")), who


@pytest.mark.parametrize("by", ["the shelter", "the sender"])
def test_once_the_person_is_safe_the_page_of_the_referral_says_so(house: Senders, by: str) -> None:
    """Red before: "Find out whether the person is safe. Then agree another time", and nothing in what happened."""
    if by == "the shelter":
        case, referral = missed(house)
    else:
        case = house.case(NOT_HERE)
        house.agreed(case)
        records(house)
        house.accepted(referral := house.sent(case), part="now")
        pass_time(days=1)
        form = {"operation": str(uuid4()), "version": version(referral), "heard": "did_not_come"}
        house.browser().post(f"/referrals/{referral.code}/hear/", form)
        pass_time(minutes=1)
    at = f"/referrals/{referral.code}/"
    says(house, case, "not_found")
    pass_time(minutes=1)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    for who in READERS:
        now, _what, happened = page_text(house.browser(who).get(at)).partition("What happened")
        assert "ind out whether" not in now, who
        assert re.search(r"said (today|yesterday)[^.]*: the person is safe\. Agree another time with the", now), who
        assert "Looked for, not found" in happened, who
        assert "The person is safe" in happened, who


def puts_right(house: Senders, referral: Referral, *results: str) -> None:
    """The shelter corrects its result, once more for each."""
    for result in results:
        with house.as_("shelter-worker") as parvina:
            mine = Referral.objects.get(pk=referral.pk)
            reason = "new_fact" if result == "not_reached" else "mistake"
            receive.amend(parvina, mine, version=mine.version, result=result, reason=reason)
        pass_time(minutes=1)


@pytest.mark.parametrize(
    ("first", "safe", "then"),
    [
        ("not_reached", True, ("given", "not_reached")),
        ("not_reached", True, ("not_reached",)),
        ("given", False, ("not_reached",)),
        ("not_reached", False, ("given", "not_reached")),
    ],
)
def test_a_result_that_is_put_right_to_it_begins_the_search_anew(
    house: Senders, first: str, safe: bool, then: tuple[str, ...]
) -> None:
    """Red before: "the person is safe" of the result before counted for the next one, and nobody looked any more."""
    case, referral = helped(house, NOT_HERE, first)
    if safe:
        says(house, case, "is_safe")
        pass_time(minutes=1)
    puts_right(house, referral, *then)
    for who in READERS:
        assert FIND_OUT in under(house, who, "Call now"), who
        assert rail(house, who) == 1, who
        for page in (file(house, case, who), page_text(house.browser(who).get(f"/referrals/{referral.code}/"))):
            assert FIND_OUT in page, who
            assert SAID in page, who
        assert FIND_OUT in page_text(house.browser(who).get("/cases/")), who
    says(house, case, "is_safe")
    for who in READERS:
        assert FIND_OUT not in page_text(house.browser(who).get("/")), who
        page = page_text(house.browser(who).get(f"/referrals/{referral.code}/"))
        now, _what, happened = page.partition("What happened")
        assert ("ind out whether" in now, "The person is safe" in happened) == (False, True), who


def test_a_result_that_is_put_right_to_another_ends_the_search(house: Senders) -> None:
    _case, referral = helped(house, NOT_HERE, "not_reached")
    puts_right(house, referral, "given")
    for who in READERS:
        assert FIND_OUT not in page_text(house.browser(who).get("/")), who


def own_of(referral: Referral) -> Case:
    with god():
        return ReferralOwnCase.objects.get(referral=referral.pk).case


def test_the_shelter_keeps_who_is_missing_before_it_until_the_person_is_safe(house: Senders) -> None:
    """Red before: she left the worker's Today at the press, and the own case said "There is no next step" alone."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
    at, own = f"/referrals/{referral.code}/", own_of(referral)
    worker = house.browser("shelter-worker")
    for days in (0, 3):
        pass_time(days=days)
        page = worker.get("/").content.decode()
        (row,) = [one for one in listed(page, "Who left: is the person safe?") if LEFT in one]
        assert "call if you hear anything" in row or "call now, them or the coordinator" in row, "a day off"
        for said in ("00\u201114", own.code[:4]):
            assert said in row, said
        assert "Open the referral The person is back with us" in row
        file_of_it = page_text(worker.get(f"/cases/{own.code}/"))
        for said in ("The person left without a word.", TOLD, "The sender's referral desk: 00\u201114"):
            assert said in file_of_it, said
    says(house, case, "not_found")
    pass_time(minutes=1)
    assert LEFT in page_text(worker.get("/")), "who is not found is still missing"
    assert TOLD in page_text(worker.get(at))
    says(house, case, "is_safe")
    pass_time(minutes=1)
    assert LEFT not in page_text(worker.get("/"))
    for page in (page_text(worker.get(at)), page_text(worker.get(f"/cases/{own.code}/"))):
        assert (KNOWN in page, TOLD in page, "referral desk: 00" in page) == (True, False, False)
    puts_right(house, referral, "not_reached")
    assert LEFT in page_text(worker.get("/")), "said anew, and nobody knows it since"
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, mine, version=mine.version, her_view="not_asked_no_contact", agrees=False)
    pass_time(minutes=1)
    assert LEFT not in page_text(worker.get("/")), "confirmed, and nothing was said here"
    assert "The person left without a word." not in page_text(worker.get(f"/cases/{own.code}/"))


def test_nobody_else_reads_that_the_person_is_safe(house: Senders) -> None:
    case, referral = helped(house, NOT_HERE, "not_reached")
    says(house, case, "is_safe")
    pass_time(minutes=1)
    for who, reads in (("shelter-worker", True), ("desk-shelter", False), ("lawyer", False), ("caseworker-cso", False)):
        with house.as_(who):
            found = gone_of(referral.pk)
            assert (found is not None and found.safe is not None) is reads, who


def test_who_is_looked_for_is_not_asked_how_help_was(house: Senders) -> None:
    """Red before: "Ask the person how it was" in the row of who is looked for, late after a week, in the rail too."""
    case, _referral = helped(house, NOT_HERE, "not_reached")
    for days in (0, 20):
        pass_time(days=days)
        for who in READERS:
            assert rail(house, who) == 1, (who, days)
            assert "how it was" not in page_text(house.browser(who).get("/")), (who, days)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    for who in READERS:
        assert "how it was" in page_text(house.browser(who).get("/")), who


def test_beside_finish_stands_the_way_to_say_it(house: Senders) -> None:
    """Red before: it was found inside "Finish" alone."""
    until(15)
    records(house)
    house.agreed(case := house.case(NOT_HERE))
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    at = f"/referrals/{referral.code}/"
    page = house.browser("shelter-worker").get(at).content.decode()
    way = re.search(r'<a class="btn[^"]*" href="([^"]+)"[^>]*>(?:(?!</a>).)*Left without a word', page, re.DOTALL)
    assert way is not None
    form = house.browser("shelter-worker").get(way[1].replace("&amp;", "&").partition("#")[0]).content.decode()
    chosen = re.findall(r'<input[^>]*name="result"[^>]*>', form)
    assert [one for one in chosen if "checked" in one and 'value="not_reached"' in one]
    assert sum("checked" in one for one in chosen) == 1
    assert re.search(r'id="finish"[^>]* open', form)
    assert "Left without a word" not in form, "it is what was pressed"
    # Red before: "Then the shared information is deleted.", which made whoever missed somebody hesitate.
    assert "The sender is asked to look for the person, and keeps everything; here it is deleted." in form


def test_what_came_of_the_search_does_not_say_that_the_person_never_arrived(house: Senders) -> None:
    """Red before: "Somebody who did not arrive" of who came, and left."""
    case, referral = helped(house, NOT_HERE, "not_reached")
    says(house, case, "is_safe")
    for page in (file(house, case), page_text(house.browser().get(f"/referrals/{referral.code}/"))):
        assert "Somebody who did not arrive" not in page
        assert "Search for the person" in page
