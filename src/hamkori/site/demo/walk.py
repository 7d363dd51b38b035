"""A walk of ten minutes through the demonstration: through which door, to which case, and what to do there.

Numbers are chosen once the world is made, and lie in a file of the demonstration's folder: the first page is a
stranger's, and a stranger's session reads no record.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hamkori.vocabulary.codes import is_code, shown

FILE: Final = "demo-walk.json"
DONE: Final = "demo-walk-done.json"
MADE: Final = "made"
"""Beside the numbers, when they were chosen, by the clock of that world."""
START: Final = "caseworker-cso"


@dataclass(frozen=True)
class Step:
    """One step: whose door, what to do, and which number it names; empty: none. `done`: the question of DONE_WHEN that
    says whether somebody has done it; of what is only looked at there is none.
    """

    door: str
    what: str | Promise
    thing: str = ""
    done: str = ""


@dataclass(frozen=True)
class Shown:
    """A step as the first page says it."""

    door: str
    what: str
    done: bool


WALK: Final = (
    Step(
        "caseworker-cso",
        _("Today begins with what is late. In case %(number)s nobody has said whether the person arrived: answer it."),
        "arrival",
        "arrival",
    ),
    Step("caseworker-cso", _("In case %(number)s an organisation declined. Ask another one."), "declined", "declined"),
    Step("caseworker-cso", _("Press “New case” and go from the first question to a referral."), done="new"),
    Step(
        "desk-shelter",
        _("Under Incoming, read the summary of referral %(number)s. It holds no name. Accept it, with a time."),
        "incoming",
        "incoming",
    ),
    Step(
        "shelter-worker",
        _("Unlock what was shared in referral %(number)s, and say that help has begun."),
        "accepted",
        "accepted",
    ),
    Step(
        "caseworker-cso",
        _("In case %(number)s the person says no: withdraw consent, and see what stops."),
        "helped",
        "withdrawn",
    ),
    Step("coordinator", _("See which organisations are late, and where their referral desks can be called.")),
    Step(
        "stranger",
        _("Open Cases: case %(number)s is not listed. For another organisation it does not exist."),
        "helped",
    ),
)

_OF_ZARINA: Final[LiteralString] = """
    select c.code from "case" c join referral_origin o on o.case_id = c.id join referral r on r.id = o.referral_id
      join case_access a on a.case_id = c.id and a.ended_at is null and a.kind_code = 'lead'
      join membership m on m.id = a.membership_id join app_user u on u.id = m.user_id
     where u.email = 'zarina@kulob.example' and c.state_code = 'open' and """
_OF_SHELTER: Final[LiteralString] = """
    select r.code from referral r join organisation b on b.id = r.to_organisation_id
     where b.slug = 'shelter-kulob' and """
_NOBODY_ASKED_SINCE: Final[LiteralString] = """
    not exists (select 1 from referral_sender s where s.referral_id = r.id and s.settled_at is not null)
    and not exists (select 1 from referral_origin p join referral n on n.id = p.referral_id
                     where p.case_id = c.id and n.state_code in ('sent', 'accepted') and n.sent_at > r.ended_at)"""
THINGS: Final[dict[str, LiteralString]] = {
    "arrival": _OF_ZARINA
    + "r.state_code = 'accepted' and r.arrival_on < current_date order by r.arrival_on, c.code limit 1",
    "declined": _OF_ZARINA
    + "r.state_code = 'declined' and "
    + _NOBODY_ASKED_SINCE
    + " order by r.ended_at desc, c.code limit 1",
    "helped": _OF_ZARINA + "r.state_code = 'serving' order by c.begun_at desc, c.code limit 1",
    "incoming": _OF_SHELTER + "r.state_code = 'sent' order by r.written_at desc limit 1",
    "accepted": _OF_SHELTER + "r.state_code = 'accepted' order by r.written_at desc limit 1",
}

_OF_CASE: Final[LiteralString] = """
    select 1 from "case" c join referral_origin o on o.case_id = c.id join referral r on r.id = o.referral_id
     where c.code = %(code)s and """
_OF_REFERRAL: Final[LiteralString] = "select 1 from referral r where r.code = %(code)s and "
DONE_WHEN: Final[dict[str, LiteralString]] = {
    "arrival": _OF_CASE + "r.heard_at > %(since)s::timestamptz",
    "declined": _OF_CASE + "r.sent_at > %(since)s::timestamptz",
    "new": 'select 1 from "case" c join referral_origin o on o.case_id = c.id join referral r on r.id = o.referral_id'
    " where c.begun_at > %(since)s::timestamptz and r.sent_at is not null",
    "incoming": "select 1 from referral r join referral_step s on s.referral_id = r.id"
    " where r.code = %(code)s and s.step_code = 'accept'",
    "accepted": _OF_REFERRAL + "r.served_at is not null",
    "withdrawn": 'select 1 from consent w join "case" c on c.id = w.case_id'
    " where c.code = %(code)s and w.step_code = 'withdraw' and w.at > %(since)s::timestamptz",
}
"""Whether there is a row: the step was done since the world was made."""


def look(owner: psycopg.Connection, folder: Path) -> None:
    """What is done by now, by the launcher that owns the world: a stranger's session reads no record."""
    chosen = numbers(folder)
    if not chosen:
        return  # made before there was a walk
    made = str(json.loads((folder / FILE).read_text()).get(MADE, ""))
    wanted = {step.done: chosen.get(step.thing, "") for step in WALK if step.done}
    found = [
        name
        for name, code in wanted.items()
        if owner.execute(DONE_WHEN[name], {"code": code, "since": made or None}).fetchone() is not None
    ]
    draft = folder / f".{DONE}"
    draft.write_text(json.dumps(found))
    draft.rename(folder / DONE)


def done(folder: Path) -> frozenset[str]:
    """What was done at the last look."""
    try:
        kept = json.loads((folder / DONE).read_text())
    except (OSError, ValueError):
        return frozenset()
    return frozenset(map(str, kept)) if isinstance(kept, list) else frozenset()


def choose(owner: psycopg.Connection, folder: Path) -> None:
    """Once the world is made, by its owner: the number of each thing that it has."""
    found = {name: owner.execute(question).fetchone() for name, question in THINGS.items()}
    made = owner.execute("select hk_now()::text").fetchone() or ("",)
    (folder / FILE).write_text(json.dumps({name: str(row[0]) for name, row in found.items() if row} | {MADE: made[0]}))


def numbers(folder: Path) -> dict[str, str]:
    """What was chosen; nothing where the world was made before there was a walk."""
    try:
        kept = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(code) for name, code in kept.items() if is_code(str(code))} if isinstance(kept, dict) else {}


def steps(chosen: Mapping[str, str], done: Collection[str] = ()) -> list[Shown]:
    """Every step whose number is known, and whether it is done."""
    return [
        Shown(
            step.door,
            str(step.what) % {"number": shown(chosen[step.thing])} if step.thing else str(step.what),
            step.done in done,
        )
        for step in WALK
        if not step.thing or step.thing in chosen
    ]
