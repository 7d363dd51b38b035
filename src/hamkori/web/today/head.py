"""The sentence at the top of Today, and the number in the menu: both count rows that stand on the page (ADR 188)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import Cards
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import ASKS_ON, HELPED, NATIONAL, SLEEPS_HERE
from hamkori.casework.work.rules.worklist import UNPLANNED as NO_STEP
from hamkori.web.kit import moments
from hamkori.web.nav import are_late, in_danger, to_ask_doctor, to_call, to_confirm, to_place, who_left
from hamkori.web.today import once

Rows = tuple[Due, ...]


@dataclass(frozen=True)
class Standing:
    """The rows of the page that are counted, list by list."""

    lists: Cards
    box: int
    """Calls of the box above the lists: whoever may be on the way, or has to hear that nobody comes."""

    def calls(self) -> int:
        """Who is called now."""
        return self.box + len(self.lists["unread"]) + len(self.lists["calls"])

    def ages(self) -> int:
        """Own cases of which the sender says a child."""
        return len([row for row in self.lists["urgent"] if order.is_child_now(row)])

    def places(self) -> int:
        """Persons who were asked a place for, and have none that is confirmed: beside those who are called about."""
        waits = (*self.lists["urgent"], *(row for row in self.lists["tonight"] if not order.is_overdue(row)))
        return len({row.case or row.referral for row in waits if row.awaits_place or row.no_place})

    def doctors(self) -> int:
        """Who needs a doctor whom nobody is asked for, and does not stand among these."""
        return len([row for row in self.lists["urgent"] if row.ill and not (row.awaits_place or row.no_place)])

    def late(self) -> tuple[Rows, Rows, Rows]:
        """What is late: urgent, other rows, own steps."""
        below = self._behind("steps")
        steps = tuple(row for row in below if row.what not in order.PAPERS)
        others = (*self._behind("late"), *self.lists["papers"], *(row for row in below if row not in steps))
        return self._behind("overdue"), others, steps

    def _behind(self, card: str) -> Rows:
        """The rows of this list, also where they stand apart: a desk has said yes to it by telephone, or the person is
        there. An own step counts where all of these do; what is late of the same person is no second row.
        """
        lists = self.lists
        above = (row for row in lists["promised"] if is_late(row) and order.is_overdue(row) is (card == "overdue"))
        steps = "steps" if lists["expected"] else "late"
        there = (row for row in lists["here"] if is_late(row) and card == ("late" if row.what == HELPED else steps))
        tonight = (row for row in lists["tonight"] if card == "overdue" and order.is_overdue(row))
        return (*lists[card], *there) if card == "steps" else (*tonight, *lists[card], *above, *there)

    def numbers(self) -> list[int]:
        """For the menu: danger, who left, calls, places, doctors, ages, late (`nav.counted`)."""
        return [
            len(self.lists["danger"]),
            len(self.lists["left"]),
            self.calls(),
            self.places(),
            self.doctors(),
            self.ages(),
            sum(map(len, self.late())),
        ]


def sentence(found: Today, standing: Standing) -> str | SafeString:
    """The day, and of each list that is red how many rows of it stand on the page; if none is, the next target."""
    day, lists, (overdue, late, steps) = moments.today_in_full(found.now), standing.lists, standing.late()
    called, calls = tuple(row for row in late if row.spoken), standing.calls()
    said = [
        in_danger(len(lists["danger"])),
        who_left(len(lists["left"])),
        to_call(calls),
        counted(len(lists["accepted"]) if calls > standing.box else 0, UNTOLD),
        to_place(standing.places()),
        to_ask_doctor(standing.doctors()),
        to_confirm(standing.ages()),
        counted(len(overdue), OVER if has_stopped(overdue) else OVERDUE),
        are_late(len(late)) if is_national(late) else counted(len(late), LATE),
        counted(len(called), CALLED) if is_national(late) else "",
        counted(len(steps), WITHOUT if is_unplanned(steps) else STEPS),
    ]
    if any(said):
        # On a phone a line begins with no dot, and what is counted stays on one line.
        *parts, last = [day, *filter(None, said)]
        before = format_html_join("", "<span>{}\N{NO-BREAK SPACE}·</span> ", ((part,) for part in parts))
        return format_html("{}<span>{}</span>", before, last)
    if found.next_at is None:
        return day
    words_of = {"day": day, "when": moments.moment(found.next_at, found.now)}
    return _("%(day)s · next answer due %(when)s") % words_of


UNTOLD: Final = ngettext_lazy("%(n)d to be told the time", "%(n)d to be told the time", "n")
OVERDUE: Final = ngettext_lazy("%(n)d urgent and late", "%(n)d urgent and late", "n")
OVER: Final = ngettext_lazy("%(n)d urgent", "%(n)d urgent", "n")
LATE: Final = ngettext_lazy("%(n)d late or stopped", "%(n)d late or stopped", "n")
CALLED: Final = ngettext_lazy("%(n)d of them was called about", "%(n)d of them were called about", "n")
WITHOUT: Final = ngettext_lazy(
    "%(n)d case too long without a next step", "%(n)d cases too long without a next step", "n"
)
"""Those in which it is late: beside them stand others of which no next step is written yet."""
STEPS: Final = ngettext_lazy("%(n)d next step late", "%(n)d next steps late", "n")


def counted(number: int, said: Any) -> str:
    """So many of a kind, in words; '' for none."""
    return str(said % {"n": number}) if number else ""


def is_late(row: Due) -> bool:
    """Whether something is late of it, or of a line in it: it is one row, however many of these there are."""
    return any(one.late for one in once.whole((row,)))


def has_stopped(found: Iterable[Due]) -> bool:
    """Whether urgent help of these has stopped, and is not only late."""
    return any(one.stopped for one in found)


def is_national(found: Iterable[Due]) -> bool:
    """Whether these are the coordinator's alone: of those nothing has stopped."""
    return all(one.what in NATIONAL for one in found)


def is_unplanned(found: Iterable[Due]) -> bool:
    """Whether no step is late in any of these: there is none."""
    return all(one.what in (NO_STEP, ASKS_ON, SLEEPS_HERE) for one in found)
