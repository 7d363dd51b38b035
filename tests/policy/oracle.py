"""Who may do what, in words: reads stories.csv and answers for named people and things.

Nothing of `hamkori` is imported here, and whoever wrote stories.csv had not read the access code. Only what
is allowed is listed; silence is no. Lines that say no are there for the reader, and must not contradict a yes.

named_later.csv has the same shape. It was written afterwards, from the design's table, for acts that the first
writer had no word for.
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

BODIES = {
    "Umed": "a CSO of Khatlon that leads K1",
    "Panoh": "a shelter of Khatlon",
    "Adolat": "legal aid in Sughd",
    "Markaz": "a police centre in Dushanbe",
    "Pamir": "a CSO of GBAO that leads K2",
    "Navid": "the hotline, leads K6",
    "Secretariat": "oversight",
}

PEOPLE = {
    "Zarina": ("Umed", "social worker, lead of K1 and of the draft K3"),
    "Firuza": ("Umed", "psychologist on the team of K1"),
    "Daler": ("Umed", "health worker on the team of K1"),
    "Nigina": ("Umed", "social worker on the team of K1, who leaves"),
    "Malika": ("Umed", "supervisor of K1 and K3"),
    "Dilshod": ("Umed", "lawyer, off the team of K1: he was on it before, and wrote its legal section"),
    "Tahmina": ("Umed", "hotline operator"),
    "Bahor": ("Umed", "desk officer of the sender's own desk"),
    "Gulnora": ("Panoh", "desk officer, not named for anything"),
    "Shahlo": ("Panoh", "desk officer and social worker in one person, not named for anything"),
    "Parvina": ("Panoh", "social worker, named for R1"),
    "Sino": ("Panoh", "shelter worker, named for R1"),
    "Lola": ("Panoh", "social worker, not named"),
    "Hamid": ("Panoh", "supervisor of the receiver's team"),
    "Farhod": ("Adolat", "lawyer and desk officer, named for R3"),
    "Jamshed": ("Markaz", "investigator, leads the police file K5"),
    "Orzu": ("Markaz", "desk officer of the police"),
    "Bahrom": ("Pamir", "social worker, leads K2: a stranger to all else"),
    "Sabina": ("Pamir", "social worker on the team of K2, which has no supervisor"),
    "Nargis": ("Navid", "hotline operator, leads K6"),
    "Anora": ("Navid", "hotline operator on the team of K6, which has no supervisor"),
    "Rustam": ("Umed", "administrator of Umed and Panoh"),
    "Zebo": ("Adolat", "administrator of the other bodies"),
    "Karim": ("Umed", "custodian"),
    "Lutfiya": ("Umed", "custodian"),
    "Mavluda": ("Secretariat", "national coordinator"),
    "Ismoil": ("Secretariat", "auditor"),
    "Safar": ("Umed", "auditor of one body"),
}

THINGS = {
    "K1": "case of Umed, open",
    "K2": "case of Pamir, open",
    "K3": "case of Umed, a draft of Zarina",
    "K4": "the own case of Panoh, from the moment she has come",
    "K5": "the police's own file",
    "K6": "case of Navid, open",
    "K7": "the own case of Adolat, from the moment she has come",
    "R1": "K1 to the shelter Panoh: identity, contact, screening and needs agreed",
    "R2": "K1 to the police: a draft; she refused",
    "R3": "K1 to legal aid: identity, contact and needs agreed",
    "R4": "K2 to the shelter Panoh: sent, declined when R1 is accepted",
    "R5": "K6 to the shelter Panoh: contact and needs agreed; accepted for Lola",
    "late-list": "requests past their target, by body",
    "gaps": "what help is missing where",
    "ledger-Umed": "who did what, rows of Umed",
    "ledger-Pamir": "who did what, rows of Pamir",
    "services": "the directory",
    "service-Panoh": "what Panoh offers",
    "member-Umed": "who works in Umed",
    "member-Panoh": "who works in Panoh",
    "own-account": "whoever asks, her own",
    "other-account": "somebody else's",
    **BODIES,
}

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
    """The lines of the file; a word that is not known is an error, not silence."""
    found = []
    for name in FILES:
        with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                people = tuple(PEOPLE) if row["who"] in ("everyone", "nobody") else tuple(row["who"].split())
                moments = MOMENTS if row["moment"] == "any" else tuple(row["moment"].split())
                acts, things = tuple(row["act"].split()), tuple(row["thing"].split())
                line = Line(f"{name}:{number}", moments, people, row["may"], acts, things, row["because"])
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


def is_step(act: str) -> bool:
    """True if the act takes a step, so that "not now" can be its answer."""
    return act.startswith(STEPS) and not act.endswith(".view")


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
