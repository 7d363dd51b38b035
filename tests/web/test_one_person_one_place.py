"""One person stands in one place of Today: what else is to do for them is a line of their first row (ADR 0164)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import CARDS
from hamkori.casework.work.rules.worklist import THERE
from hamkori.site.demo.cast import PERSONAS
from hamkori.web.today import once
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_today import code_of, declined, home

COUNTED = re.compile(
    r"(\d+) (?:urgent and late|(?:urgent: )?late or stopped|next steps? late|cases? too long without a next step)"
)
LINE = re.compile(r'<a class="line" href="([^"]+)">([^<]+)</a>')


def text(page: str) -> str:
    """What is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&nbsp;", " ").replace("\xa0", " ").split())


def list_of(page: str, title: str) -> str:
    """One list of the page; '' where it is not there."""
    found = re.search(rf"<h2[^>]*>\s*{title}\b.*?</section>", page, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.django_db
def test_what_else_is_to_do_for_a_person_is_a_line_of_their_first_row(scene: Scene) -> None:
    """Red before: of one person Today had a row for what stopped, and in another list one for the step of today."""
    case, other = scene.another().case(), scene.case()
    stopped = scene.sent(case)
    declined(scene, stopped)
    with god():
        for one in (case, other):
            Case.objects.filter(pk=one.pk).update(next_step_code="meet", next_step_on=timezone.localdate())
    page = home(scene.zarina)
    step = f"/cases/{case.code}/edit/"
    assert (step in code_of(page), f"/cases/{other.code}/edit/" in code_of(page)) == (False, True)
    row = list_of(page, "(?:Urgent: late or stopped|Call now)")
    assert (f"{step}?done=1", "Meet again") in LINE.findall(row), "its name leads where its button does"
    line = row.partition('class="line"')[2]
    assert f'href="{step}?done=1">Done, set the next step<span class="quiet-label"> Meet again</span>' in line
    assert ">today</span>" in line
    assert "Woman" not in text(line), "who it is the row says"
    assert page.count(f'<a class="code" href="/cases/{case.code}/">') == 1, "and the number once"


@pytest.mark.django_db
def test_what_is_late_counts_where_it_stands(scene: Scene) -> None:
    """The sentence and the title count the same: rows that stand on the page. Red before: "2 late or stopped" above one
    row, "1 more in the row of the same person", and a third number in the rail.
    """
    case = scene.another().case()
    declined(scene, scene.sent(case))
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() - timedelta(days=40))
    page = home(scene.zarina)
    shown = list_of(page, "Urgent: late or stopped")
    assert "1 urgent" in text(page)
    assert "1 urgent:" not in text(page), "the title below says what of it"
    assert (len(code_of(shown)), len(LINE.findall(shown))) == (1, 1)
    assert re.search(r'class="tag wait[^"]*">\s*(?:<span>)?1<', shown)
    assert "more in" not in text(shown)
    assert "Today 1 1 late" in text(page), "and in the menu the same row"
    assert 'class="at t-wait"' in shown, "amber as it was in a row of its own"
    pass_time(days=1)
    assert "1 urgent" in text(home(scene.zarina))


def row(what: str, case: str = "11", **fields: Any) -> Due:
    return Due(what=what, late=fields.pop("late", False), case=case, **fields)


def test_each_row_stays_or_is_a_line_and_nothing_is_said_twice() -> None:
    danger, alone, call = row("danger.open"), row("next_step", "22"), row("doctor", opens=timezone.now(), phone="00")
    here, step, stopped = row(THERE), row("next_step", late=True), row("stopped.declined", referral="9")
    got, nobodys = row("got.result", "", referral="8", own_case="33"), row("got.came", "", referral="7")
    own = row("next_step", "33")
    lists = {
        "danger": (danger,),
        "unread": (call,),
        "late": (stopped, alone),
        "here": (here, got),
        "steps": (step,),
        "soon": (nobodys, own),
    }
    found = once.folded(lists)
    assert [one.what for one in found["danger"][0].lines] == ["stopped.declined", "next_step"], "as their lists stood"
    assert (len(found["unread"]), len(found["here"])) == (1, 2), "a call, and who sleeps in the house, are rows"
    assert found["late"] == (alone,)
    assert found["here"][1].lines == (own,), "the own case of what was accepted"
    assert (found["steps"], found["soon"]) == ((), (nobodys,))
    every = [one for rows in lists.values() for one in rows]
    there = [(one.what, one.case, one.referral) for rows in found.values() for one in once.whole(rows)]
    assert sorted(there) == sorted((one.what, one.case, one.referral) for one in every)
    assert once.folded(found) == found, "folded again it stays so"


def test_what_a_supervisor_reads_folds_below_whoever_tells_the_team() -> None:
    """Red before: one case stood in each of four lists, each time with a button that opened the same page."""
    late = tuple(row("next_step", late=True, supervised=True, lead="Z", at=timezone.now(), step=n) for n in "ab")
    bed = row("place.open", supervised=True, lead="Z", no_place=True)
    comes, hers = row("sent.comes", supervised=True), row("sent.arrival", late=True, supervised=True)
    lists: dict[str, tuple[Due, ...]] = dict.fromkeys(CARDS, ())
    lists |= {"unread": (bed,), "expected": (comes,), "late": (hers, *late)}
    found = once.leads(lists, of_team=True)
    assert {card: len(rows) for card, rows in found.items() if rows} == {"unread": 1, "late": 1}
    assert found["late"] == (hers,), "what a supervisor says stands in a list of its own"
    ((first,),) = (rows for card, rows in once.told_once(found).items() if card == "unread")
    assert [one.what for one in first.lines] == ["next_step", "next_step", "sent.comes"], "what is in time stands last"
    assert [one.told_above for one in once.whole((first,))] == [False, True, True, False]
    lists["unread"] = (replace(bed, what="sent.waiting", no_place=False, opens=timezone.now()),)
    ((first,),) = (rows for card, rows in once.told_once(once.leads(lists, of_team=True)).items() if card == "unread")
    told = [one.told_above for one in once.whole((first,))]
    assert told == [False, False, True, False], "where the first calls there itself, the first line tells the team"


@pytest.fixture(scope="module")
def todays(on_stage: Callable[[str], Any]) -> Mapping[str, Any]:
    """Today of everybody who answers for something, read once."""
    found: Mapping[str, Any] = on_stage("tests.web.todays")
    return found


@pytest.mark.bulk
def test_no_number_says_other_than_what_stands_below_it(todays: Mapping[str, Any]) -> None:
    """Of everybody in the invented world: a title counts its rows, and the sentence the rows under such titles."""
    wrong = [
        (who, one["counts"], one["sentence"])
        for who, one in todays.items()
        for title, number, rows, _marked in one["counts"]
        if title and number != rows and who != PERSONAS["coordinator"].email
    ]
    assert wrong == []
    lost = []
    for who, one in todays.items():
        if who == PERSONAS["coordinator"].email:
            continue  # an organisation stands once, with a line for each of its referrals
        late = sum(int(n) for n in COUNTED.findall(one["sentence"]))
        marked = sum(marked for _title, _number, _rows, marked in one["counts"])
        if late > marked:
            lost.append((who, late, marked, one["sentence"]))
    assert lost == []
    assert sum(bool(re.search(r"\d (?:urgent: )?late or stopped", one["sentence"])) for one in todays.values()) > 3
