"""Who did not arrive and is known to be safe: another time is agreed, and a slip has a way back (ADR 0161)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import section as writing
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.work.actions import looking
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_known_to_be_safe import told
from tests.web.test_looked_for import FIND_OUT, NOT_HERE, missed, says
from tests.web.test_not_here import READERS, lists, under
from tests.web.test_place_found import file, until
from tests.web.test_said_of_an_arrival import expected
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

AT_RISK: dict[str, object] = {"risk_code": "high"}
SAID = r"[Ss]afe, said by Caseworker Cso"
SAFE = r"[Ss]afe, said by Caseworker Cso (today|yesterday)"


def safe(house: Senders, codes: dict[str, object] = AT_RISK, *, came: bool = False) -> tuple[Case, Referral]:
    """The person did not come to the shelter, and the team knows that they are safe."""
    until(9)
    case, referral = missed(house, codes, came=came)
    _status, said = says(house, case, "is_safe")
    assert "Write where the person stays" in said
    pass_time(minutes=1)
    return case, referral


def put_back(house: Senders, shown: str, case: Case, who: str = "caseworker-cso") -> tuple[int, str]:
    """The button that takes it back."""
    at = f"/cases/{case.code}/looked_for/"
    assert 'name="why" value="put_back"' in shown
    answer = house.browser(who).post(
        at, {**form_of(shown, at)[1], "operation": str(uuid4()), "why": "put_back"}, follow=True
    )
    return answer.status_code, page_text(answer)


def test_who_is_safe_is_no_more_the_gravest(house: Senders) -> None:
    """Red before: "The person did not come" in red, first of all, and nobody read that the person is safe."""
    safe(house)
    missed(house, AT_RISK)
    for who in READERS:
        row = under(house, who, "Late or stopped")
        assert re.search(rf"Agree another time: .*{SAFE}", row), row
        assert "Ask another organisation" not in row.partition("Agree another time")[2][:300], who
        shown = house.browser(who).get("/").content.decode()
        assert "The person did not come" not in page_text(house.browser(who).get("/")).partition("Agree another")[2]
        assert shown.index(FIND_OUT) < shown.index("Agree another time"), "whoever is looked for stands first"


def test_without_a_place_that_is_what_the_row_says(house: Senders) -> None:
    safe(house, NOT_HERE, came=True)
    for who in READERS:
        assert lists(house, who)[0] == ["stopped.missed"], who
        assert re.search(rf"No place for tonight .*{SAFE}", under(house, who, "Call now")), who


def test_the_page_of_the_referral_has_one_box(house: Senders) -> None:
    _case, referral = safe(house)
    for who in READERS:
        page = page_text(house.browser(who).get(f"/referrals/{referral.code}/")).partition("What happened")[0]
        assert "The person is safe: agree another time" in page, who
        assert re.search(r"Caseworker Cso said today[^.]*: the person is safe\. Agree another time with the", page), who
        for gone in ("ind out whether", "The person did not come"):
            assert gone not in page, (who, gone)


def test_where_it_was_written_it_is_offered_to_be_changed(house: Senders) -> None:
    """Red before: "Write where the person stays" stood there as if nothing had been written."""
    case, referral = safe(house)
    pages = (f"/cases/{case.code}/", f"/referrals/{referral.code}/")
    for at in pages:
        assert "Write where the person stays" in page_text(house.browser().get(at)), at
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        writing.write_section(lead, found, section="place", fields={"stay": "Canary-Place"}, seal_no=1)
    for at in pages:
        text = page_text(house.browser().get(at))
        assert ("Write where the person stays" in text, "Change where the person stays" in text) == (False, True), at


def test_once_the_consent_has_ended_one_way_is_left(house: Senders) -> None:
    """Red before: "Agree another time, or ask another" above "Ask the person again", and a call to the desk."""
    until(9)
    case, referral = missed(house, AT_RISK)
    pass_time(days=100)
    at = f"/referrals/{referral.code}/"
    whole = house.browser().get(at).content.decode()
    asks = re.search(r'<a class="([^"]*)"[^>]*>\s*(?:<svg.*?</svg>)?\s*Ask the person again', whole, re.DOTALL)
    assert asks is not None
    assert "quiet" in asks[1], "red before: filled, beside answers about the search that were not"
    page = page_text(house.browser().get(at))
    assert "Once the person is known to be safe they are asked again" in page
    assert "gree another time" not in page
    says(house, case, "is_safe")
    pass_time(minutes=1)
    page = page_text(house.browser().get(at)).partition("What happened")[0]
    assert "The person is safe: ask the person again" in page
    assert "Ask the person again first: until then nothing is agreed and nothing is sent." in page
    for gone in ("gree another time", "or ask another", "I called", FIND_OUT):
        assert gone not in page, gone
    above = page_text(house.browser("supervisor-cso").get(at))
    assert "The team asks the person again first" in above
    row = under(house, "caseworker-cso", "Late or stopped")
    assert re.search(rf"{SAFE}.*the consent has ended.*Ask the person again", row), row
    assert "Agree another time" not in row
    above = under(house, "supervisor-cso", "Late or stopped")
    assert "Consent has ended" in above
    assert re.search(SAFE, above), "red before: nothing of it, in the line below the consent"


@pytest.mark.parametrize("first", ["safe", "ended"])
def test_whatever_came_first_the_supervisor_reads_that_the_person_is_safe(house: Senders, first: str) -> None:
    """In one row with the consent that has ended, or in one of its own; whichever of the two was first."""
    until(9)
    case, _referral = missed(house, AT_RISK)
    for what in (first, "ended" if first == "safe" else "safe"):
        if what == "safe":
            says(house, case, "is_safe")
        pass_time(days=100 if what == "ended" else 0, minutes=1)
    above = under(house, "supervisor-cso", "Late or stopped")
    assert "Consent has ended" in above
    rows = re.findall(rf"The person did not come|Agree another time: |{SAID}", above)
    assert "afe" in "".join(rows[-1:]), above


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("page", ["case", "referral"])
def test_a_slip_has_a_way_back_until_noon(house: Senders, who: str, page: str) -> None:
    """Red before: one tap ended the search for good."""
    case, referral = safe(house)
    at = f"/cases/{case.code}/" if page == "case" else f"/referrals/{referral.code}/"
    shown = house.browser(who).get(at).content.decode()
    status, said = put_back(house, shown, case, who)
    assert (status, "Put back: Today asks again whether the person is safe." in said) == (200, True)
    pass_time(minutes=1)
    for reader in READERS:
        assert FIND_OUT in under(house, reader, "Call now"), reader
        assert FIND_OUT in file(house, case, reader), reader
        now, _what, happened = page_text(house.browser(reader).get(f"/referrals/{referral.code}/")).partition(
            "What happened"
        )
        assert (FIND_OUT in now, "is safe: agree" in now) == (True, False), reader
        assert "Put back: not said to be safe" in happened, reader
    assert put_back(house, shown, case, who)[0] == 409, "a second press in an older window"
    says(house, case, "is_safe")
    pass_time(minutes=1)
    for reader in READERS:
        assert FIND_OUT not in page_text(house.browser(reader).get("/")), reader
    with god():
        assert CaseStep.objects.filter(case=case, step_code="looked_for").count() == 3


def test_the_coordinator_reads_it_no_more_once_it_was_put_back(house: Senders) -> None:
    sent, _call = expected(house)
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
    for reason, heard in (("is_safe", 1), ("put_back", 0), ("is_safe", 1), ("not_found", 0)):
        pass_time(minutes=1)
        with house.as_() as lead:
            looking.looked_for(lead, Case.objects.get(pk=case.pk), reason=reason)
        assert len(told(house, "coordinator")) == heard, reason


def test_after_noon_it_stands_among_what_is_done(house: Senders) -> None:
    case, referral = safe(house)
    shown = house.browser().get(f"/cases/{case.code}/").content.decode()
    done = page_text(house.browser().get(f"/cases/{case.code}/")).partition("Already done")[2]
    assert re.search(rf"The person is safe {SAFE}", done)
    pass_time(hours=30)
    for at in (f"/cases/{case.code}/", f"/referrals/{referral.code}/"):
        assert "put_back" not in house.browser().get(at).content.decode(), at
    assert re.search(r"The person is safe [Ss]afe, said by", page_text(house.browser().get(f"/cases/{case.code}/")))
    status, said = put_back(house, shown, case)
    assert (status, "Nothing was put back" in said) == (409, True)


def test_what_was_said_of_the_person_since_is_read_before_it_is_put_back(house: Senders) -> None:
    case, _referral = safe(house)
    shown = house.browser().get(f"/cases/{case.code}/").content.decode()
    put_back(house, shown, case, "supervisor-cso")
    pass_time(minutes=1)
    says(house, case, "not_found", "supervisor-cso")
    status, said = put_back(house, shown, case)
    assert status == 409
    # Red before: "something else was said of the person since, or the time for it is over", and not by whom.
    assert re.search(r"Nothing was put back. Supervisor Cso said since then \(.{5,40}\): “Looked for, not found”", said)


def test_where_the_person_stays_is_written_from_there(house: Senders) -> None:
    case, referral = safe(house)
    link = f"/cases/{case.code}/section/?of=place"
    for at in (f"/cases/{case.code}/", f"/referrals/{referral.code}/"):
        shown = house.browser().get(at).content.decode()
        assert shown.count("Write where the person stays") == 1, at
        assert link in shown, at
        assert "Write where the person stays" not in house.browser("supervisor-cso").get(at).content.decode(), at
    assert house.browser().get(link).status_code == 200


def test_on_the_case_the_next_time_is_agreed(house: Senders) -> None:
    """Red before: "Still without: a shelter. Decide what comes next." and "Ask another organisation"."""
    case, _referral = safe(house)
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert re.search(rf"Agree another time: .{{5,60}} {SAFE}", page)
    assert "Still without" not in page
    above = page_text(house.browser("supervisor-cso").get(f"/cases/{case.code}/"))
    # On a day off it is the only thing that is late, and with whom to speak comes between.
    assert re.search(rf"The person did not come: .{{5,500}}? {SAFE}", above)
