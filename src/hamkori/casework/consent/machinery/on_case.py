"""Her word as it stands on a case: what a case asks of it, and what becomes of it when her age or the case changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from hamkori.access.context import machine_time
from hamkori.action import Act
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.machinery import take
from hamkori.casework.case.machinery.above import Above
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clocks import consent_rungs
from hamkori.casework.consent.machinery import opened_again, resting
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.queries.said import Word, newest
from hamkori.casework.consent.rules import consent as rules
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted


def _ends_sooner(case: Case, word: Word, age: rules.Age) -> None:
    """What is to be asked again is asked before the first of it ends, by her age as it is held now."""
    agreed = (row for row in word.as_rules.values() if row.answer in AGREES and row.kind != "police")
    end = min((day for row in agreed if (day := rules.ends(row, age)) is not None), default=None)
    if end is not None:
        cal = calendar()
        last = consent_rungs(cal.day(end - timedelta(microseconds=1)), cal)
        take.consent_clock(case.pk, as_kept("consent", "consent", last))


class HerWord(Above):
    """One of the rooms above a case."""

    def was_asked(self, case: UUID) -> bool:
        return taken.was_asked(case)

    def age_written(self, case: Case, at: datetime, *, changed: bool) -> None:
        """What the latest mark says already is no change, and lengthens nothing."""
        known = ages.changed(case.pk)
        if not changed and known and server.marks().least(ages.kind_of(case.is_child), case.pk) == known:
            return
        settled_at = None if changed else case.age_settled_at
        self.age_settled(case, at, child=case.is_child, settled_at=settled_at)

    def age_settled(self, case: Case, at: datetime, *, child: bool, settled_at: datetime | None) -> None:
        """What she agreed to as it was held before ends earlier. A word that is not believed carries nothing on."""
        held = ages.now_held(case.pk, child, settled_at, machine_time(at))
        try:
            word = newest(case.pk)
        except Untrusted as error:
            server.alarm(error)
            for room in resting.rooms:
                room.unknown(case)
        else:
            if word is not None:
                resting.renew(case, word, at, held)
                _ends_sooner(case, word, held[0])

    @contextmanager
    def closing(self, _act: Act, case: Case) -> Iterator[None]:
        yield
        opened_again.closed(case.pk)

    @contextmanager
    def reopening(self, act: Act, case: Case) -> Iterator[None]:
        opened_again.ask_again(act, case)
        yield
        opened_again.opened(case.pk)
