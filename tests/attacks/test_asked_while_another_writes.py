"""A colleague writes down her next word while the page of taking back is read: her answers "cannot be confirmed".

Whatever else is read of a word looks once more where something newer is known, since it may be our own reading that
was a moment too early (`said.believed`). Whether this page is sure is asked of what it has read before, after another
query, and once. So of two honest people at once one is told that what she said cannot be confirmed, and is offered only
to take back everything, also a small part of which was meant. The slower the database, the wider. Red on 248b16c.
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.consent.queries import consent as queries
from tests.attacks.hers import says
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House
from tests.casework.side_by_side import Deed, at_once
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def test_the_page_of_taking_back_is_sure(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _referral = house.accepted()
    client, _form = opened(house, case)
    reads, written = queries.names, list[tuple[str, ...]]()

    def meanwhile(of: Any) -> Any:
        if not written:
            written.append(at_once(house.world, Deed("caseworker-cso", lambda actor: legal(house, case, actor))))
        return reads(of)

    with monkeypatch.context() as between:
        between.setattr(queries, "names", meanwhile)
        answer = client.get(page(case, "withdraw/"))
    assert written == [("done",)]
    assert "cannot be confirmed" not in page_text(answer)


def legal(house: House, case: Any, actor: Any) -> None:
    class Hers:
        """A house in which she acts who acts already."""

        world = house.world

        def as_(self, _who: str, do: Any) -> Any:
            return do(actor)

    says(Hers(), case, kind="legal", purpose="help")  # type: ignore[arg-type]
