"""Faults that somebody could write by mistake, each small, each in a place where it would hurt a person."""

from __future__ import annotations

from tests.faults.alone import ALONE, TWICE
from tests.faults.asked import ASKED
from tests.faults.audited import AUDITED
from tests.faults.fault import Fault
from tests.faults.guards import GUARDS
from tests.faults.her_no import HER_NO
from tests.faults.her_word import HER_WORD
from tests.faults.locks import LOCKS
from tests.faults.people_and_doors import PEOPLE_AND_DOORS
from tests.faults.presses import PRESSES
from tests.faults.put_back import PUT_BACK
from tests.faults.trust import TRUST
from tests.faults.walls import WALLS

FAULTS: tuple[Fault, ...] = (
    *LOCKS,
    *ALONE,
    *TWICE,
    *TRUST,
    *ASKED,
    *WALLS,
    *GUARDS,
    *HER_WORD,
    *HER_NO,
    *PEOPLE_AND_DOORS,
    *PRESSES,
    *PUT_BACK,
    *AUDITED,
)
