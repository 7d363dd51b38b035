"""The desk moves what the person was told: Today says what they hold on to, not that the desk wrote anew (ADR 185)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_place_found import BOTH, today, until
from tests.web.test_taken_back import page
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db

ANEW, EARLIER = "wrote hour or meeting point anew", "the person was told an earlier time ("
VALID = "tell them what is valid now"


def moves(house: Senders, sent: Referral, **line: str) -> None:
    """The desk agrees on tomorrow morning."""
    with god():
        version = Referral.objects.get(pk=sent.pk).version
        on = (timezone.localdate(now()) + timedelta(days=1)).isoformat()
    said = {"operation": str(uuid4()), "version": version, "arrival_on": on, "arrival_part": "morning", **line}
    answer = house.browser("shelter-worker").post(at(sent, "expect"), said)
    assert answer.status_code == 303
    pass_time(minutes=1)


@pytest.mark.parametrize("line", [{}, {"hour": "10:30"}])
def test_who_was_told_of_tonight_is_told_of_tomorrow(house: Senders, line: dict[str, str]) -> None:
    """Red before: "they wrote hour or meeting point anew, not as your team agreed by telephone", of a desk that had
    written nothing, and no word that the person was told of tonight.
    """
    until(16)
    _case, sent = agreed(house)
    told(house, sent)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    assert not any(word in today(house) for word in (EARLIER, ANEW))
    moves(house, sent, **line)
    for word in (EARLIER, VALID):
        assert word in today(house), word
    for who in BOTH:
        assert VALID in page(house, sent, who), who
        assert not any(ANEW in shown.lower() for shown in (today(house, who), page(house, sent, who))), who
    told(house, sent)
    assert EARLIER not in today(house)
    told(house, sent, "not_told")
    assert EARLIER not in today(house), "it was a slip: they know no time"
