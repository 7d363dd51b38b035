"""Who may do what, in words: reads what each room tells and answers for named people and things.

Nothing of `hamkori` is imported here, and whoever wrote the files called stories.csv had not read the access code. Only
what is allowed is listed; silence is no. Lines that say no are there for the reader, and must not contradict a yes.

A room brings a folder under rooms/: its stories.csv, and where it has some, its bodies, people and things. A
named_later.csv has the shape of the stories. It was written afterwards, from the design's table, for acts that the
first writer had no word for.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Answer = Literal["yes", "no", "not now", "either"]

MOMENTS = ("start", "waiting", "accepted", "serving", "finished", "withdrawn", "left")
"""Case open and nothing sent · sent and visible · accepted · she has come · result given · her word ended it ·
as accepted, but Nigina left the team, Firuza is blocked, and Parvina was taken off the receiver's team."""

ROOMS = Path(__file__).parent / "rooms"


def _rows(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row of the files of this name, of all rooms, with its place."""
    for path in sorted(ROOMS.glob(f"*/{name}")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield f"{path.parent.name}/{name}:{number}", row


def _once(rows: Iterator[tuple[str, dict[str, str]]]) -> Iterator[dict[str, str]]:
    """Of what two rooms would call alike nobody could tell whom a story means."""
    seen: dict[str, str] = {}
    for place, row in rows:
        if row["name"] in seen:
            raise ValueError(f"{place}: {row['name']} stands at {seen[row['name']]} already")
        seen[row["name"]] = place
        yield row


BODIES = {row["name"]: row["is"] for row in _once(_rows("bodies.csv"))}
PEOPLE = {row["name"]: (row["body"], row["is"]) for row in _once(_rows("people.csv"))}
THINGS = {row["name"]: row["is"] for row in _once(_rows("things.csv"))} | BODIES

FILES = ("stories.csv", "named_later.csv")

STEPS = ("case.", "screening.", "consent.", "referral.")
"""Acts of these families take a step, but for the views: when it is not their time the answer is "not now"."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one of the files."""

    place: str
    moments: tuple[str, ...]
    people: tuple[str, ...]
    may: str
    acts: tuple[str, ...]
    things: tuple[str, ...]
    because: str

    def cells(self) -> Iterator[tuple[str, str, str, str]]:
        """Each (moment, who, act, thing) that the line speaks of."""
        for moment in self.moments:
            for who in self.people:
                for act in self.acts:
                    for thing in self.things:
                        yield moment, who, act, thing


@cache
def lines() -> tuple[Line, ...]:
    """The lines of all rooms; a word that is not known is an error, not silence."""
    found = []
    for name in FILES:
        for place, row in _rows(name):
            people = tuple(PEOPLE) if row["who"] in ("everyone", "nobody") else tuple(row["who"].split())
            moments = MOMENTS if row["moment"] == "any" else tuple(row["moment"].split())
            acts, things = tuple(row["act"].split()), tuple(row["thing"].split())
            line = Line(place, moments, people, row["may"], acts, things, row["because"])
            _check(line, row)
            found.append(line)
    return tuple(found)


def _check(line: Line, row: dict[str, str]) -> None:
    unknown = [who for who in line.people if who not in PEOPLE]
    unknown += [moment for moment in line.moments if moment not in MOMENTS]
    unknown += [thing for thing in line.things if thing not in THINGS]
    if unknown or line.may not in ("yes", "no", "not now") or not line.acts or not line.because or None in row:
        raise ValueError(f"{line.place}: {unknown or line}")


@cache
def told() -> dict[tuple[str, str, str, str], str]:
    """Each cell that a line speaks of -> yes, no or not now. Two lines that contradict each other are an error."""
    answers: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for line in lines():
        for cell in line.cells():
            before = answers.get(cell)
            if before and before[0] != line.may:
                raise ValueError(f"{line.place} contradicts {before[1]}: {cell}")
            answers[cell] = (line.may, line.place)
    return {cell: may for cell, (may, _) in answers.items()}


@cache
def acts() -> frozenset[str]:
    """Every act that a line names."""
    return frozenset(act for line in lines() for act in line.acts)


@cache
def is_step(act: str) -> bool:
    """True if the act takes a step, so that "not now" can be its answer."""
    return act.startswith(STEPS) and not act.endswith(".view")


@cache
def answer(moment: str, who: str, act: str, thing: str) -> Answer:
    """What the stories say.

    "either" is for a step only: she may take it at another moment, and she sees the thing now, so that the
    policy may answer yes and the lifecycle says that it is not the time.
    """
    said = told()
    match said.get((moment, who, act, thing)):
        case "yes":
            return "yes"
        case "not now":
            return "not now"
        case "no":
            return "no"
        case _:
            pass
    if not is_step(act) or not _sees(moment, who, thing):
        return "no"
    elsewhen = any(said.get((other, who, act, thing)) in ("yes", "not now") for other in MOMENTS)
    return "either" if elsewhen else "no"


def _sees(moment: str, who: str, thing: str) -> bool:
    return any(told().get((moment, who, f"{kind}.view", thing)) == "yes" for kind in ("case", "referral"))
