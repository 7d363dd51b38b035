"""Child or not: what an age band means. Unknown but perhaps under 18 is written as a child of unknown age.

See docs/design/consent.md#a-child.
"""

from datetime import datetime

CHILD_BANDS = ("a0_8", "a9_17", "child_age_unknown")
"""Bands in which a person is treated as a child."""
GROWN_BANDS = ("a30_47", "a48_plus")
"""Bands so far from 18 that nobody looking at the person doubts it."""
ADULT_BANDS = (*GROWN_BANDS, "a18_29", "adult_age_unknown")


def of_another_side(one: str, other: str) -> bool:
    """Whether of two bands one is a child's and the other an adult's; not where one of them says neither."""
    return (one in CHILD_BANDS and other in ADULT_BANDS) or (one in ADULT_BANDS and other in CHILD_BANDS)


def called_by(own: str, theirs: str) -> str:
    """The age by which whoever helps reads who it is: that of their own case, and as long as one of both, theirs or the
    sender's, is a child's, that one.
    """
    if own in ("", "unknown") or (theirs in CHILD_BANDS and own not in CHILD_BANDS):
        return theirs or own
    return own


def by_confirming(*, was_child: bool, child: bool, settled: bool) -> bool:
    """Whether an open case takes this age by its own act alone, with a reason: a child is never made an adult by the
    way, and what was confirmed is not overwritten. Whoever turns out to be a child is guarded at once.
    """
    return was_child != child and (was_child or settled)


def is_plainly_grown(band: str, *, confirmed: bool, doubted: bool) -> bool:
    """Whether nobody can think that the person is under 18: an age far from it, or an adult's that was confirmed, and
    of which nobody says a child's.
    """
    return not doubted and (band in GROWN_BANDS or (confirmed and band in ADULT_BANDS))


KNOWN = {"papers": 2, "assessment": 1}
"""How well an age is known by it; whatever somebody says is known least."""


def stands_since(at: datetime | None, reason: str, *, said_at: datetime, said_by: str) -> bool:
    """Whether an age that was confirmed counts against what somebody else says: it is known later, and as well."""
    return at is not None and at >= said_at and not known_less(reason, than=said_by)


def known_less(reason: str, *, than: str) -> bool:
    """Whether an age is known less well by this than by what it was confirmed with: then it is asked which counts."""
    return KNOWN.get(reason, 0) < KNOWN.get(than, 0)
