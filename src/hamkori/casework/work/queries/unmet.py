"""Help of which the person said that it was not right, or only partly, and nobody was asked for more since."""

from __future__ import annotations

from hamkori.casework.work.queries.case_page import File, Sent


def unmet(found: File) -> Sent | None:
    """The last such referral; None after a no to it, and once somebody was asked for help of the same group."""
    every = found.referrals
    left = [one for one in every if _is_unmet(one) and not any(_answers(other, one) for other in every)]
    return max(left, key=lambda one: one.unmet_since or found.now, default=None)


def _is_unmet(one: Sent) -> bool:
    return one.unmet_since is not None and not one.refused


def _answers(other: Sent, one: Sent) -> bool:
    """Whether the other was sent after this one had ended, for help of its group."""
    later = other.visible_at is not None and one.unmet_since is not None and other.visible_at >= one.unmet_since
    return later and other.service.partition("-")[0] == one.service.partition("-")[0]
