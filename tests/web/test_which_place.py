"""A place for tonight that an organisation promised by telephone: it is known which one (ADR 0130)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori import definer
from hamkori.casework.case.actions import place
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.models import Service
from hamkori.directory.rules.suit import kinds
from hamkori.refusal import NotNow, NotVisible
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_age_confirmed import CHILD
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, today, until
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

BOY = {**NEEDED, "age_band_code": "a9_17", "sex_code": "male"}
CALL_OFF = "Call: nobody comes"


def shown(house: Senders, case: Case, who: str = "caseworker-cso") -> str:
    return page_text(house.browser(who).get(f"/cases/{case.code}/"))


def found(house: Senders, case: Case, which: str = "legal-aid") -> str:
    """The answer “An organisation, by telephone”, and which, as the pages lead there."""
    at = f"/cases/{case.code}/place-which/"
    assert f'href="{at}"' in file(house, case)
    page = house.browser().get(at).content.decode()
    assert f'name="which" value="{which}"' in page
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    assert form["whose"] == "organisation"
    return page_text(house.browser().post(to, {**form, "which": which}, follow=True))


def off(house: Senders, who: str) -> str:
    """What Today says of whom to call off."""
    page = page_text(house.browser(who).get("/"))
    return page.partition(CALL_OFF)[2] if CALL_OFF in page else ""


def steps(case: Case) -> list[tuple[str, str, bool]]:
    with god():
        said = CaseStep.objects.filter(case=case, step_code__in=("place_found", "call_off")).order_by("at")
        return [(one.step_code, one.reason_code, one.organisation_id is not None) for one in said]


def number(page: str) -> bool:
    return "000 00 31" in page.replace("\N{NO-BREAK SPACE}", " ")


# --- whose it is ---------------------------------------------------------------------------------------------------


def test_all_who_read_the_case_know_who_said_yes(house: Senders, second_shelter: Service) -> None:
    """Red before: a boy of 14 did not arrive, and nobody but the worker of the night knew whom to call."""
    case = house.case(BOY, contact=CHILD)
    said = found(house, case)
    assert "Saved: a place for tonight was found. Today asks whether the person got there." in said
    assert steps(case) == [("place_found", "organisation", True)]
    for who in BOTH:
        box = shown(house, case, who).partition(ASKS)[2].partition("What happened")[0]
        assert "Legal Aid" in box, who
        assert number(box), who
        row = today(house, who).partition(ROW)[2]
        assert "Legal Aid" in row, who
        assert number(row), who
        assert "Legal Aid" in shown(house, case, who).partition("What happened")[2], "the history too"
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-needed/")
    house.browser().post(to, {**form, "why": "did_not_get_there"})
    for who in BOTH:
        card = shown(house, case, who).partition("find out whether they are safe")[2].partition("What happened")[0]
        assert "Legal Aid expected the person." in card, who
        assert number(card), who
        row = today(house, who)
        assert "expected by Legal Aid" in row, who
        assert number(row), who


def test_it_is_chosen_among_those_that_give_a_place_the_nearest_first(house: Senders, second_shelter: Service) -> None:
    with god():
        Service.objects.filter(pk=second_shelter.pk).update(region_code="TJ-SU", admission_codes=["girls"])
    case = house.case(NEEDED)
    page = house.browser().get(f"/cases/{case.code}/place-which/").content.decode()
    assert "Nothing is saved yet." in page_text(page_of(page))
    first, _folded, others = page.partition("Other organisations")
    assert 'name="which" value="shelter-kulob"' in first
    assert 'name="which" value="legal-aid"' in others
    assert 'value="cso-pamir"' not in page, "it gives no place to sleep"
    assert "does not say that it takes such a person" in others
    assert not steps(case)
    assert house.browser("stranger").get(f"/cases/{case.code}/place-which/").status_code == 404
    assert house.browser("supervisor-cso").get(f"/cases/{case.code}/place-which/").status_code == 403


def page_of(page: str) -> Any:
    return type("Answer", (), {"content": page.encode()})()


def test_one_that_is_not_listed_is_said_to_be_so(house: Senders) -> None:
    case = house.case(NEEDED)
    said = found(house, case, "another")
    assert "Write which organisation it is in the locked part" in said
    assert steps(case) == [("place_found", "organisation", False)]
    for who in BOTH:
        assert "The organisation that was called is not listed." in shown(house, case, who), who


def test_only_what_gives_a_place_to_sleep_can_be_chosen(house: Senders) -> None:
    case = house.case(NEEDED)
    page = house.browser().get(f"/cases/{case.code}/place-which/").content.decode()
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    for which in ("cso-pamir", "Canary-Name"):
        answer = house.browser().post(to, {**form, "which": which})
        assert (answer.status_code, "Choose the organisation from the list" in page_text(answer)) == (409, True)
    assert not steps(case)
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        said = {"reason": "organisation", "codes": {"need_tonight_codes": ["nothing_now"]}}
        pamir = house.world.bodies["cso-pamir"]
        with pytest.raises(NotNow):
            place.place_found(zarina, mine, version=mine.version, organisation=pamir, **said)
    assert not steps(case)


NAMED = ["case_place_of", "case_places_told", "place_ended"]


def test_the_database_knows_the_codes_of_a_place() -> None:
    with god():
        rows = definer.read("select prosrc from pg_proc where proname = any(%s)", NAMED)
    listed = [
        set(re.findall(r"'([^']+)'", one)) for (body,) in rows for one in re.findall(r"array\[(.HOME[^\]]+)\]", body)
    ]
    assert listed == [set(kinds([PLACE]))] * 4


def test_nobody_else_reads_which_it_was_nor_where_they_are_called(house: Senders, second_shelter: Service) -> None:
    case = house.case(NEEDED)
    found(house, case)
    house.agreed(case)
    house.accepted(house.sent(case), part="now")
    for who in ("desk-shelter", "shelter-worker", "lawyer", "stranger", "coordinator"):
        with house.as_(who) as actor:
            assert definer.value("case_places_told", case.pk) is None, who
            assert not CaseStep.objects.filter(case=case).exists(), who
            with pytest.raises(NotVisible):
                place.call_off(actor, case, organisation=second_shelter.organisation_id, answer="reached")


def test_a_bed_for_tonight_at_the_shelter_that_accepted_for_tomorrow_is_said_before_the_hour(house: Senders) -> None:
    """Red before: the referral said "tomorrow, morning" and "I told the person", and nothing of the yes of tonight."""
    until(22)
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(sent := house.sent(case))
    pass_time(minutes=5)
    said = "They said yes for tonight by telephone"
    at = f"/referrals/{sent.code}/"
    assert said not in page_text(house.browser().get(at))
    found(house, case, "shelter-kulob")
    for who in BOTH:
        page = page_text(house.browser(who).get(at))
        assert said in page, who
        assert page.index(said) < page.index("tomorrow, morning"), who
    until(9)
    assert said not in page_text(house.browser().get(at)), "the night is over"
