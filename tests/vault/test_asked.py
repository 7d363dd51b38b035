"""What was found is compared with what was asked for, each with its type."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import NAMELESS, Untrusted

CASE = uuid4()


def test_what_was_asked_for_is_what_goes_on() -> None:
    require_asked("epoch", (CASE, "contact", 3), (CASE, "contact", 3))


@pytest.mark.parametrize(
    "found", [(uuid4(), "contact"), (CASE, "needs"), (str(CASE), "contact"), (CASE.bytes, "contact")]
)
def test_anything_else_is_refused_by_the_name_of_what_was_asked_for(found: tuple[object, ...]) -> None:
    with pytest.raises(Untrusted) as refused:
        require_asked("epoch", found, (CASE, "contact"))
    assert refused.value.row == CASE


def test_what_has_no_id_is_refused_without_a_name() -> None:
    with pytest.raises(Untrusted) as refused:
        require_asked("post", ("other",), ("this",))
    assert refused.value.row == NAMELESS
