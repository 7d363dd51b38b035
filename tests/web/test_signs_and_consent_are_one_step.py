"""Signs and consent are one step in two loads: the press between saves the signs, and leads back to them (ADR 246)."""

from __future__ import annotations

import re

import pytest

from tests.doors import DoorClient
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import AGREES, case_of, goes, press, signs_of, to_consent

pytestmark = pytest.mark.django_db

BACK = "The signs are saved: back to them"
NONE = "No sign is answered here: back to them"
SAID = {"pay": "present", "documents": "absent", "more": ["TJ05"]}


def head(page: str) -> tuple[str, str]:
    """The number of the step and the heading."""
    step = re.search(r"Step \d of \d[^<]*", page)
    title = re.search(r"<h1[^>]*>\s*([^<]+?)\s*<", page)
    assert step is not None
    assert title is not None
    return step[0], title[1]


def test_the_signs_are_kept_before_the_person_answers_and_are_one_tap_away(house: Senders, zarina: DoorClient) -> None:
    before = to_consent(zarina)
    unsaid = page_text(zarina.get(goes(press(zarina, before, read="tg"))))
    assert (NONE in unsaid, BACK in unsaid) == (True, False), "nothing was answered: no sign is said to be saved"
    after = goes(press(zarina, before, **SAID, read="tg"))
    assert NONE not in page_text(zarina.get(after))
    first, second = (zarina.get(one).content.decode() for one in (before, after))
    assert head(first) == head(second) == ("Step 3 of 6: signs and consent", "Signs and consent")
    signs = signs_of(house, case_of(after)).answers["signs"]
    assert signs["TJ05"] == "present", "a tab that is killed here loses nothing"
    (there,) = re.findall(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{BACK}\s*</a>', second)
    assert second.index(BACK) < second.index('name="a_shelter_social_help"'), "above the questions"
    known = fields(zarina.get(there))
    assert (known["pay"], known["documents"], known["more"]) == (["present"], ["absent"], ["TJ05"])
    # Read again and answered: the signs are as they were.
    again = goes(press(zarina, there, read="tg"))
    assert signs_of(house, case_of(after)).answers["signs"] == signs
    assert "Read aloud: Tajik" in page_text(zarina.get(again)), "which text was read stays with the answers"
    assert "step=need" in goes(press(zarina, again, **AGREES, how="spoken"))
