"""A yes that was said on the telephone before the age was put right was for somebody else (ADR 0123)."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.calls import calls_now, counting, yes_before
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_red_alike import counted
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db
PLACE = {"need_tonight_codes": ["safe_place"]}
CONFIRMED = "Yes by telephone, not confirmed"


def put_right(house: Senders, case: Case, age_band: str) -> None:
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(lead, found, version=found.version, age_band=age_band, reason="papers")
    pass_time(minutes=1)


def counts(house: Senders, sent: Referral) -> str:
    """Which call counts: the database and the pages say the same, and whether the yes was for another age."""
    with house.as_(), connection.cursor() as cursor:
        cursor.execute("select referral_heard(%s)", [sent.pk])
        said, calls = cursor.fetchone()[0], calls_now(sent.pk)
        one = counting(calls)
        assert said == (one.answer if one else None)
    with god(), connection.cursor() as cursor:
        cursor.execute("select said_yes_before(%s)", [sent.pk])
        assert cursor.fetchone()[0] is (yes_before(calls) is not None)
    for slug in ("caseworker-cso", "supervisor-cso"):
        counted(house, slug)
    return str(said)


def a_call_is_asked_for(house: Senders, sent: Referral, case: Case, *, asks: str, was: str) -> None:
    for slug in ("caseworker-cso", "supervisor-cso"):
        reader = house.browser(slug)
        for at in ("/", f"/cases/{case.code}/", f"/referrals/{sent.code}/"):
            text = page_text(reader.get(at))
            assert f"Call them: {asks}" in text, (slug, at)
            assert was in text, (slug, at)
            assert re.search(
                r"today \d\d:\d\d: yes, before the age was|Yes( today \d\d:\d\d,)? before the age was", text
            ), at
            assert CONFIRMED not in text, (slug, at)
            assert "Agree with them by telephone" not in text, (slug, at)
        assert "They said yes They said no Reached nobody Something else They will call back" in page_text(
            reader.get("/")
        )
        assert "They said yes They said no They will call back Reached nobody" in page_text(
            reader.get(f"/referrals/{sent.code}/")
        )
        assert sent.code in {one.referral for one in counted(house, slug).unread}
    assert "Call now" in page_text(house.browser().get("/cases/"))


@pytest.mark.parametrize("admits", [["women", "girls", "children"], ["women"], []])
def test_a_yes_for_an_adult_is_none_for_a_child(house: Senders, admits: list[str]) -> None:
    """Red before: "agree when and where they meet the person", of a shelter that had said yes to a woman."""
    records(house)
    case = house.case({**PLACE, "sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    with god():
        Service.objects.filter(pk=sent.service_id).update(admission_codes=admits)
    pass_time(minutes=1)
    zarina, page = house.browser(), f"/referrals/{sent.code}/"
    press(zarina, f"{page}call/", "said_yes")
    assert counts(house, sent) == "said_yes"
    assert CONFIRMED in page_text(zarina.get(page))
    put_right(house, case, "a9_17")
    assert counts(house, sent) == "yes_before"
    a_call_is_asked_for(house, sent, case, asks="can the child come?", was="The yes was for: woman, 18\u201129")
    desk = page_text(house.browser("desk-shelter").get(page))
    assert re.search(r"today \d\d:\d\d: somebody of yours said yes, before the age was corrected", desk)
    press(zarina, f"{page}call/", "not_reached")
    assert counts(house, sent) == "not_reached"
    text = page_text(zarina.get(page))
    assert "Call them: can the child come?" in text, "it is still to be asked"
    assert "yes, before the age was corrected" in text
    assert "Call them: can the child come?" in page_text(zarina.get("/"))
    press(zarina, f"{page}call/", "said_yes")
    assert counts(house, sent) == "said_yes"
    for at in ("/", page, f"/cases/{case.code}/"):
        assert "can the child come" not in page_text(zarina.get(at)), at
    assert "Agree with them by telephone" in page_text(zarina.get(page)), "a call after it counts again"


def test_a_yes_for_a_child_is_none_for_an_adult_and_who_is_asked_knows_whom(house: Senders) -> None:
    closes(house)
    records(house)
    case = house.case({**PLACE, "sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina, farida, page = house.browser(), house.browser("coordinator"), f"/referrals/{sent.code}/"
    put_right(house, case, "a9_17")
    press(zarina, f"{page}call/", "said_yes")
    assert counts(house, sent) == "said_yes"
    put_right(house, case, "a30_47")
    assert counts(house, sent) == "yes_before"
    a_call_is_asked_for(house, sent, case, asks="can the person come?", was="The yes was for: girl, 9\u201117")
    put_right(house, case, "a48_plus")
    text = page_text(zarina.get(page))
    assert "Call them: can the person come?" in text
    assert "The yes was for: girl, 9\u201117" in text, "the summary knows each age that it said"
    # The coordinator is told of no age: what was said to her is no yes for who the person is now.
    press(farida, f"/coordination/{sent.code}/call/", "said_yes")
    assert counts(house, sent) == "yes_before"
    assert "yes, without knowing the corrected age" in page_text(zarina.get(page))
    assert "without knowing the corrected age: somebody of yours said yes" in page_text(
        house.browser("desk-shelter").get(page)
    )
    press(zarina, f"{page}call/", "calls_back")
    assert counts(house, sent) == "calls_back"
    press(farida, f"/coordination/{sent.code}/call/", "said_yes")
    assert counts(house, sent) == "said_yes", "the team has told them who it is"


def test_the_coordinator_reads_what_her_yes_is_worth_and_it_undoes_none_of_the_team(house: Senders) -> None:
    """Red before: "said yes by telephone", in green, of a yes that was void; and the yes of the team went with it."""
    closes(house)
    records(house)
    case = house.case({**PLACE, "sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina, farida = house.browser(), house.browser("coordinator")
    call, hers = f"/referrals/{sent.code}/call/", f"/coordination/{sent.code}/call/"
    put_right(house, case, "a9_17")
    put_right(house, case, "a18_29")
    said = press(farida, hers, "said_yes")
    assert "said yes by telephone, but the summary was changed: the yes does not count. Now tell who sent it" in said
    assert counts(house, sent) == "yes_before"
    pass_time(minutes=1)
    press(farida, hers, "said_yes")
    late = page_text(farida.get("/coordination/late/"))
    assert late.count("yes, but the summary was changed") == 1, "the same twice is said once"
    assert "The summary was changed, and the yes does not count: call the sender" in late
    put_right(house, case, "a9_17")
    press(zarina, call, "said_no")
    put_right(house, case, "a18_29")
    press(zarina, call, "said_yes")
    put_right(house, case, "a9_17")
    put_right(house, case, "a18_29")
    assert counts(house, sent) == "said_yes", "it was for who the person is now"
    said = press(farida, hers, "said_yes")
    assert ("said yes by telephone. Now tell who sent it" in said, "does not count" in said) == (True, False)
    assert counts(house, sent) == "said_yes"
    assert "without knowing the corrected age" not in page_text(zarina.get(f"/referrals/{sent.code}/"))


def test_a_window_from_before_the_age_was_put_right_says_no_yes(house: Senders) -> None:
    """Red before: "They said yes", pressed where the page still said a woman, was a yes for the girl."""
    closes(house)
    case = house.case(PLACE)
    house.agreed(case)
    sent = house.sent(case)
    zarina, call = house.browser(), f"/referrals/{sent.code}/call/"
    stale = str(fields(zarina.get(f"/referrals/{sent.code}/"), call)["read_at"][0])
    put_right(house, case, "a9_17")
    assert "Not saved yet. The age was corrected since this page was opened." in press(
        zarina, call, "said_yes", read_at=stale
    )
    assert counts(house, sent) == "None"
    assert "Not saved yet" not in press(zarina, call, "not_reached", read_at=stale), "that is true of any age"
    assert "Not saved yet" not in press(zarina, call, "said_yes")
    assert counts(house, sent) == "said_yes"
