"""Red: somebody may be in danger, or nobody looks after them tonight. Amber: late, or a no, and we act (ADR 194)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.due import Due
from hamkori.site.launch import places
from hamkori.web.today import colours
from hamkori.web.today.rows import rows
from hamkori.web.today.verbs import VERBS

NOW = timezone.now()


def due(what: str, **fields: Any) -> Due:
    fields = {"late": False, "service": "LEGAL-01", **fields}
    return Due(what=what, case="11", at=NOW, **fields)


RED = {
    "danger": due("danger.open"),
    "no place": due("place.open", no_place=True),
    "not there": due("stopped.missed", referral="22"),
    "nobody asked for emergency care": due("stopped.declined", service=EMERGENCY, referral="22"),
    "an urgent answer is late": due("sent.answer", late=True, urgency=URGENT, referral="22"),
}
AMBER = {
    "consent has ended": due("consent", late=True),
    "a step is late": due("next_step", late=True, step="meet"),
    "an ordinary answer is late": due("sent.answer", late=True, referral="22"),
    "they declined": due("stopped.declined", referral="22"),
    "a result is late": due("got.result", late=True, referral="22"),
    "a doctor is still to be asked": due("doctor"),
}
NO_COLOUR = {
    "a step of tomorrow": due("next_step", step="meet"),
    "somebody comes tomorrow": due("got.arrival", referral="22"),
}


@pytest.mark.parametrize(
    ("whole", "colour"), [(RED, "late"), (AMBER, "wait"), (NO_COLOUR, "")], ids=["red", "amber", "none"]
)
def test_a_row_has_the_colour_of_what_it_says(whole: dict[str, Due], colour: str) -> None:
    """Red before: red beside a consent that had ended, amber beside emergency care of which nobody is asked."""
    assert {name: colours.of(one) for name, one in whole.items()} == dict.fromkeys(whole, colour)


def test_its_hour_has_the_same_colour() -> None:
    for whole, tone in ((RED, {"late", ""}), (AMBER, {"soon", ""})):
        drawn = {name: row["when_tone"] for name, one in whole.items() for row in rows([one], NOW)}
        assert {name: said for name, said in drawn.items() if said not in tone} == {}


def test_no_kind_of_row_is_red_for_lateness_alone() -> None:
    """Every kind of row that Today has a verb for."""
    plain = {what for what in VERBS if "." not in what.removeprefix("danger.") or what.startswith("got.")}
    late = {what: colours.of(due(what, late=True, referral="22")) for what in plain if not what.startswith("danger")}
    assert {what for what, said in late.items() if said == colours.RED} == set()


def test_the_rule_stands_where_the_kit_says_what_its_colours_mean() -> None:
    for at in ("docs/design/pages.md", "src/hamkori/web/templates/styleguide.html"):
        said = " ".join(Path(places.TREE, at).read_text().split())
        assert "a person may be in danger, or " in said, at
        assert "late, or an answer was no, and we have to act" in said, at
