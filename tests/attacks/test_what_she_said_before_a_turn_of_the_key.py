"""The tag key is turned, as it is from time to time: what she said before is called unconfirmed for good.

The versions of her word that were followed by another one stay behind at a turn, since none of them counts any more.
Since then her page says of each of them whether we vouched for it: after the old key is forgotten that can be said of
none, and every answer of hers but the last "Cannot be confirmed", in each case, at nobody's doing. Who reads it looks
for whoever changed it, and what was changed is not known from it any more. Red on 248b16c.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.consent.queries.consent import asked
from tests.attacks.hers import says
from tests.casework.racing import LEAD, House
from tests.site import turned
from tests.site.turned import a_day_later, turn

pytestmark = [pytest.mark.alarms]
open_database = turned.open_database


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[House]:
    with turned.a_house(django_db_blocker, tmp_path) as made:
        yield made


def test_it_is_confirmed_as_before(house: House) -> None:
    case = house.case()
    house.agreed(case)
    says(house, case, "no", kind="legal")

    def shown(actor: Actor) -> list[tuple[int, bool]]:
        return [(one.number, one.sure) for one in asked(case_of(actor, case.code), now()).versions]

    assert house.as_(LEAD, shown) == [(2, True), (1, True)]
    turn("tag")
    a_day_later()
    assert turn("tag").forgotten == (1,)
    assert house.as_(LEAD, shown) == [(2, True), (1, True)], "nobody has changed anything"
