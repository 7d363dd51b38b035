"""The line of a row of Today: who it is, and of all that is known of it what changes what is done next (ADR 242).

`FACTS` is the one table: which facts there are, in their order, and the rank of each. What is left out stands on the
page that the row opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.order import is_overdue, is_urgent
from hamkori.casework.work.queries.resting import calls_self
from hamkori.casework.work.rules.worklist import DOUBT
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import grouped
from hamkori.web.today import arrivals, buttons, calls, facts, here, needed, results, verbs, whose, without
from hamkori.web.words import received, red
from hamkori.web.words.calls import called, closed, once_more
from hamkori.web.words.yes_before import in_row as of_before

Said = str | SafeString

WHO, GRAVE, KEPT, OPEN, LAST, BESIDE = range(6)
"""The ranks: who it is; how grave it is; what is never left out; what is, where two others stand; the least of these;
and, at the end, whose it is and a way of its own. The facts of a row stand in this order.
"""
FURTHER: Final = 2
"""So many facts stand beside who it is, how grave it is and whose. What is kept counts, and stands in any case."""


class Row(NamedTuple):
    """What the line is of."""

    one: Due
    now: datetime
    mixed: bool = False
    """Whether the reader has cases of their own, too, and reads which they supervise."""
    place_said: bool = False
    """Whether the title of the list says that there is no place for tonight."""
    under: Due | None = None
    """Of a line the row in which it stands."""


class Fact(NamedTuple):
    """One kind of thing that a row may say."""

    name: str
    rank: int
    said: Callable[[Row], Iterable[Said]]


class Line(NamedTuple):
    """The line as it stands, and what was left out of it: its kind, and its words."""

    said: SafeString
    left: list[tuple[str, Said]]


def line(row: Row) -> Line:
    """The number and what follows it; where the row has ways of its own, these below."""
    one, under = row.one, row.under
    stand, left = _chosen((fact, said) for fact in FACTS for said in fact.said(row) if said)
    ways = without.ways_on(one) if without.is_without(one) and not one.supervised else []
    ways += [whose.discard(one)] if one.what == "draft" else []
    case = one.case or one.own_case  # of what is received, once there is one: the first number of every row
    code = "" if under is not None else case or one.referral
    who, then = ([said for fact, said in stand if (fact.rank <= GRAVE) is of_who] for of_who in (True, False))
    said = dotted(code, *who, of_case=bool(case), then=then)
    beside = dotted("", *ways)
    return Line(format_html("{}<br>{}", said, beside) if ways and said else said or beside, left)


Chosen = tuple[Fact, Said]


def _chosen(found: Iterable[Chosen]) -> tuple[list[Chosen], list[tuple[str, Said]]]:
    """What stands in the line, in the order of the ranks; and what does not."""
    ordered = sorted(found, key=lambda each: each[0].rank)
    room = max(0, FURTHER - sum(fact.rank == KEPT for fact, _said in ordered))
    left = [each for each in ordered if each[0].rank in (OPEN, LAST)][room:]
    return [each for each in ordered if each not in left], [(fact.name, said) for fact, said in left]


def _call(row: Row) -> list[Said]:
    """The call that the row does not begin with, and the one before it, of which another answer is told."""
    one, now = row.one, row.now
    found: list[Said] = []
    if one.call is not None and not verbs.nobody_there(one):
        found.append(format_html("<b>{}</b>", called(one.call, now)))
    if one.before_call is not None:
        found += [once_more(one.call, one.before_call), called(one.before_call, now)]
    return found


def _no(row: Row) -> list[Said]:
    """That the person said no, or somebody brought that, where no line above says it."""
    one, under = row.one, row.under
    above = under is not None and (under.is_refused or under.in_peace or under.brought)
    if above or not (one.is_refused or one.in_peace):
        return []
    return [format_html("<b>{}</b>", red.BROUGHT_NO if one.brought else red.SAID_NO_HERE)]


def _danger(row: Row) -> list[Said]:
    """That somebody is in danger, whatever the row is of, where neither it nor a line above says so."""
    one, under = row.one, row.under
    above = under is not None and (under.danger or under.in_danger)
    said = one.danger or (under is None and one.first == "danger" and one.before and not one.stopped)
    return [str(red.DANGER)] if one.in_danger and not (above or said) else []


def _told(row: Row) -> list[Said]:
    """To whoever supervises, when the team was told, where no line above says it."""
    if calls_self(row.one) or (row.under is not None and row.under.told_at):
        return []
    return [whose.told(row.one, row.now)]


def _nobody_else(row: Row, *, called: bool) -> list[Said]:
    """That nobody else is listed. `called`: of a row that has the coordinator's number on a line of its own."""
    one, said_above = row.one, row.under is not None and row.under.alone
    stands = one.alone and one.rests_until is None and not said_above
    return [str(red.NOBODY_ELSE)] if stands and buttons.is_called(one) is called else []


def _heard(row: Row) -> list[Said]:
    one = row.one
    if one.heard_at is None or one.heard not in HEARD:
        return []
    return [str(HEARD[one.heard]) % {"when": moments.moment(one.heard_at, row.now)}]


def _closed(row: Row) -> list[Said]:
    """Until when nobody answers there, where the row begins with the call."""
    one = row.one
    return [closed(one.opens, row.now)] if one.call is not None and verbs.nobody_there(one) else []


def _other_age(row: Row) -> list[Said]:
    """Who said yes or no before the age was put right."""
    one = row.one
    return [*of_before(one.yes_before or one.no_since, one.sex, one.age_band, expected=bool(one.on))]


def _missing(row: Row) -> list[Said]:
    """Of who did not come, or left: where they are looked for, or that they are safe."""
    one, now = row.one, row.now
    return [*(arrivals.of_missing(one, now) or arrivals.sought(one, now) or arrivals.safe(one, now))]


def _lacks(row: Row) -> list[Said]:
    """That nobody has a place for tonight, where neither the title nor a line above says it."""
    under = row.under
    said = row.place_said or (under is not None and (under.no_place or under.awaits_place))
    return [] if said else [_place(row.one)]


def _asked(row: Row) -> list[Said]:
    """What a supervisor asks of the team, or has told it."""
    return [whose.asked_to_look(row.one) or whose.told_and_calls(row.one, row.now)] if row.under is None else []


def _child(one: Due) -> str | SafeString:
    """To the receiver, and to the sender where the row itself is of something else."""
    if one.what.startswith("got."):
        return _("Child: you do not say that you take children")
    return format_html("<b>{}</b>", red.THEY_DOUBT)


def _place(one: Due) -> str | SafeString:
    """That nobody has a place for tonight, where the row itself is of something else."""
    if one.awaits_place:
        if calls.is_yes(one):
            return ""  # the row begins with the call that says it
        return format_html("<b>{}</b>", red.FIRST["place"] if one.place_before else red.NO_PLACE_YET)
    if without.place_heads(one):
        return ""
    lacks = red.STAYS if one.stays else red.SLEEPS if one.left else red.NO_PLACE
    return str(lacks) if (one.no_place or one.unplaced) and not (one.what.startswith("place.") or one.safe) else ""


def first(one: Due) -> str | SafeString:
    """Why it stands above somebody whose hour runs out earlier."""
    said = one.first == "child" and bool(one.sex)  # the row says who it is
    return format_html("<b>{}</b>", red.FIRST[one.first]) if one.before and not said else ""


def _urgency(one: Due, now: datetime) -> str:
    """That it is urgent, where the heading of its list does not say so, and nobody has said no to it."""
    said = (
        one.what == DOUBT
        or one.what.startswith("stopped.")
        or is_overdue(one)
        or (is_urgent(one) and is_near(one, now))
    )
    return "" if said else received.urgent(one.urgency)


def dotted(code: str, *parts: Said, of_case: bool = False, then: Sequence[Said] = ()) -> SafeString:
    """A number and what follows it, between dots. That of a case leads to its page, wherever the row leads. On a phone
    what is known of it (`then`) begins a line of its own, where it has no room beside who it is.
    """
    said = [part for part in parts if part]
    if code:
        of = format_html('<span class="code">{}</span>', grouped(code))
        if of_case:
            of = format_html('<a class="code" href="{}">{}</a>', reverse("case", args=[code]), grouped(code))
        said.insert(0, of)
    known = _joined(part for part in then if part)
    if not (said and known):
        return _joined(said) or known
    return format_html("{}\u00a0· <span>{}</span>", _joined(said), known)


def _joined(said: Iterable[Said]) -> SafeString:
    return format_html_join("\u00a0· ", "{}", ((part,) for part in said))


HEARD: Final = {
    "called": gettext_lazy("your team called %(when)s"),
    "came": gettext_lazy("your team said so %(when)s"),
}
"""What has calmed a row, until it is asked again."""

FACTS: Final = (
    Fact("person", WHO, lambda row: whose.whom(row.one, row.now, row.under)),
    Fact("kind_and_body", WHO, lambda row: facts.kind_and_body(row.one, row.now)),
    Fact("kind_here", WHO, lambda row: [here.kind(row.one)]),
    Fact("danger", GRAVE, _danger),
    Fact("as_adult", GRAVE, lambda row: [here.as_adult(row.one)]),
    Fact("place", GRAVE, _lacks),
    Fact("first", GRAVE, lambda row: [first(row.one)] if row.under is None else []),
    Fact("urgency", GRAVE, lambda row: [_urgency(row.one, row.now)]),
    Fact("risk", GRAVE, lambda row: [facts.risk(row.one, row.under)]),
    Fact("there", KEPT, lambda row: [arrivals.told_there(row.one, row.now)] if row.one.there is not None else []),
    Fact("asked", KEPT, _asked),
    Fact("hours", KEPT, lambda row: verbs.below(row.one, row.now)),
    Fact("call", KEPT, _call),
    Fact("closed", KEPT, _closed),
    Fact("without", KEPT, lambda row: [without.since(row.one, row.now)]),
    Fact("no", KEPT, _no),
    Fact("nobody_else", KEPT, lambda row: _nobody_else(row, called=False)),
    Fact("doubt", KEPT, lambda row: [_child(row.one)] if row.one.doubt else []),
    Fact("other_age", KEPT, _other_age),
    Fact("missing", KEPT, _missing),
    Fact("why", KEPT, lambda row: whose.why(row.one, row.now)),
    Fact("of_both", KEPT, lambda row: facts.of_both(row.one, row.now)),
    Fact("here", KEPT, lambda row: here.parts(row.one, row.now)),
    Fact("no_hour", KEPT, lambda row: arrivals.no_hour(row.one)),
    Fact("note", KEPT, lambda row: arrivals.note(row.one)),
    Fact("found", KEPT, lambda row: arrivals.found(row.one, row.now)),
    Fact("person_told", KEPT, lambda row: arrivals.told(row.one, row.now)),
    Fact("unconfirmed", KEPT, lambda row: [arrivals.unconfirmed(row.one)]),
    Fact("result", KEPT, lambda row: results.said(row.one)),
    Fact("ended", KEPT, lambda row: [needed.ended(row.one)]),
    Fact("instead", OPEN, lambda row: [whose.instead(row.one)]),
    Fact("region", OPEN, lambda row: [whose.region(row.one, row.under)]),
    Fact("heard", OPEN, _heard),
    Fact("told", OPEN, _told),
    Fact("kind", LAST, lambda row: [facts.kind_of_named(row.one, row.now)]),
    Fact("no_room", LAST, lambda row: [without.no_room(row.one, row.now)]),
    Fact("nobody_else_called", LAST, lambda row: _nobody_else(row, called=True)),
    Fact("whose", BESIDE, lambda row: [whose.of_lead(row.one, mixed=row.mixed)] if row.under is None else []),
    Fact("change", BESIDE, lambda row: [needed.to_change(row.one)]),
)
"""All that the line may say."""
