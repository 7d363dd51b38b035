"""A row of Today says who it is, how grave it is, and two things more: what is left out stands behind it (ADR 242)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import NATIONAL
from hamkori.web.today import facts, one_line
from hamkori.web.today.one_line import BESIDE, FACTS, GRAVE, KEPT, LAST, OPEN, WHO
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, records, referrals
from tests.web.test_tonight_on_a_phone import a_night

LEAD, ABOVE, NATION = "caseworker-cso", "supervisor-cso", "coordinator"
LINE = re.compile(r'<p class="sub">(.*?)</p>', re.DOTALL)
MOST = 7
"""Of a line: the number, the person, the organisation, how grave it is, two further facts, and whose it is."""
KEEPS = {
    GRAVE: {"danger", "place", "risk", "urgency", "as_adult"},
    KEPT: {
        "there",
        "hours",
        "closed",
        "call",
        "no",
        "doubt",
        "other_age",
        "missing",
        "no_hour",
        "found",
        "person_told",
    },
}


def test_how_grave_it_is_who_answers_when_and_who_said_what_are_never_left_out() -> None:
    ranks = {one.name: one.rank for one in FACTS}
    assert len(ranks) == len(FACTS)
    assert {*ranks.values()} == {WHO, GRAVE, KEPT, OPEN, LAST, BESIDE}
    for rank, names in KEEPS.items():
        assert {name for name in names if ranks.get(name) != rank} == set()


def chosen(*ranks: int) -> tuple[list[str], list[str]]:
    """What stands, and what does not, of facts of these ranks."""
    found = [(one_line.Fact(f"{n}", rank, lambda _row: ()), f"{n}") for n, rank in enumerate(ranks)]
    stand, left = one_line._chosen(found)
    return [f"{said}" for _fact, said in stand], [name for name, _said in left]


def test_two_further_facts_stand_and_whatever_is_kept() -> None:
    assert chosen(LAST, OPEN, WHO, KEPT, GRAVE, BESIDE) == (["2", "4", "3", "1", "5"], ["0"])
    assert chosen(KEPT, KEPT, KEPT, OPEN) == (["0", "1", "2"], ["3"]), "nothing that is kept is left out"
    assert chosen(OPEN, OPEN, OPEN) == (["0", "1"], ["2"])
    assert chosen(LAST, WHO) == (["1", "0"], []), "where there is room the least stands"


def three_calls(house: Senders) -> list[Referral]:
    """An evening on which nobody was reached about one person, one is a yes, and one a no."""
    a_night(house)
    found = referrals()[:3]
    for one, answer in zip(found, ("not_reached", "said_yes", "said_no"), strict=True):
        house.browser(LEAD).post(f"/referrals/{one.code}/call/", {"operation": str(uuid4()), "answer": answer})
        pass_time(minutes=1)
    return found


@pytest.mark.django_db
def test_of_an_evening_no_row_of_anybody_has_more(house: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red before: eight facts in one line, the number of who is called among them."""
    read: list[tuple[one_line.Row, one_line.Line]] = []
    line = one_line.line

    def noted(row: one_line.Row) -> one_line.Line:
        read.append((row, line(row)))
        return read[-1][1]

    monkeypatch.setattr(one_line, "line", noted)
    found = three_calls(house)
    for who in (LEAD, ABOVE, NATION):
        del read[:]
        page = house.browser(who).get("/").content.decode()
        main = page.partition("<main")[2].partition('id="news"')[0]
        said = [one.replace("\xa0", " ") for one in LINE.findall(main)]
        assert said or who == NATION, who
        assert [one for one in said if one.count("·") >= MOST] == [], who
        assert "yes for tonight:" not in main, "the two buttons beside it say that"
        behind = {row.one.referral: row for row, stands in read if stands.left}
        for code in behind.keys() & {one.code for one in found}:
            opened = page_text(house.browser(who).get(f"/referrals/{code}/")).lower()
            left = [
                f"{part}".lower() for row, stands in read if row.one.referral == code for _name, part in stands.left
            ]
            assert [one for one in left if one not in opened] == [], (who, code)


@pytest.mark.django_db
def test_what_is_grave_stands_before_what_is_known_of_the_call(house: Senders) -> None:
    records(house)
    three_calls(house)
    row = page_text(house.browser(LEAD).get("/")).partition("Nobody reached: ")[2].partition("Ask another")[0]
    order = [row.index(said) for said in ("Woman, ", "No place for tonight yet", "called today", "closed until")]
    assert order == sorted(order), row


@pytest.mark.parametrize("what", sorted(NATIONAL))
def test_the_coordinator_is_never_told_to_call_the_coordinator(what: str) -> None:
    """Red before: "Call: Social service", and below it "Coordinator: 00-00. Then again: Social service"."""
    urgent = {"step": URGENT, "body": "Social service", "slug": "social", "referral": "22"}
    for phone in ("", "+992 00 000-Canary"):
        one = Due(what=what, late=False, phone=phone, **urgent)  # type: ignore[arg-type]
        assert "Coordinator" not in facts.number(one, timezone.now()), (what, phone)
