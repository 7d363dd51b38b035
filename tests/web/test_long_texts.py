"""A text that is too long is refused at its field, whole: no browser cuts off what somebody pasted, without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import hamkori.web
from hamkori.casework.case.rules.sheets import LONGEST
from hamkori.web.kit.forms import KitForm, LongText, TextField
from tests.web.drawing import Elements
from tests.web.forms_of import fields, operation
from tests.web.senders import Senders, page_text, steps, version

pytestmark = pytest.mark.django_db

LONG = "canary " * 600 + "the-last-word"
SAID = f"There is room for 4000 letters here; this text has {len(LONG)}. Shorten it."


class Form(KitForm):
    story = TextField(label="Story", max_length=LONGEST, widget=LongText)
    place = TextField(label="Place", max_length=20)


def test_no_box_cuts_and_a_long_one_says_how_much_there_is_room_for() -> None:
    page = Elements(str(Form()))
    story, place = page.named("story")[0], page.named("place")[0]
    assert "maxlength" not in {**story, **place}
    assert story["data-most"] == str(LONGEST)


def test_no_form_of_ours_has_a_text_that_is_cut() -> None:
    """A search by name is no text that is kept, and a hidden field is typed by nobody."""
    root, cut = Path(next(iter(hamkori.web.__path__))), []
    for source in root.rglob("*.py"):
        if source.parent.name != "kit":
            found = re.findall(r"(\w+)\"?\]? = forms\.CharField\(([^\n]*)", source.read_text())
            cut += [f"{source.name}: {name}" for name, given in found if "HiddenInput" not in given]
    assert cut == ["forms.py: q"]
    assert not [one for one in (root / "templates").rglob("*.html") if "maxlength" in one.read_text()]


@pytest.mark.parametrize("language", ["en", "tg", "ru", "fr"])
def test_the_message_says_both_numbers_in_every_language(language: str) -> None:
    with translation.override(language):
        form = Form({"story": "ж" * 4321, "place": "ж" * 22})
        for name, numbers in (("story", ("4000", "4321")), ("place", ("20", "22"))):
            said = re.sub(r"(?<=\d)[\s.,\u00a0\u202f](?=\d)", "", " ".join(form.errors[name]))
            assert all(number in said for number in numbers), said
            assert "%" not in said


def test_a_sheet_keeps_every_word_that_was_typed(house: Senders) -> None:
    """Red before: the browser cut it at 4,000 letters, and the end was saved nowhere."""
    zarina, at = house.browser(), f"/cases/{house.case().code}/section/?of=needs"
    answer = zarina.post(at, {**fields(zarina.get(at)), "wishes": LONG})
    assert answer.status_code == 400
    assert SAID in page_text(answer)
    assert fields(answer)["wishes"] == [LONG]
    shorter = zarina.post(at, {**fields(answer), "wishes": LONG[:LONGEST]})
    assert shorter.status_code == 303


def test_words_for_a_referral_keep_every_word(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    at = f"/cases/{case.code}/refer/"
    answer = house.browser().post(at, house.screen(case, agreed_text=LONG))
    assert (answer.status_code, SAID in page_text(answer)) == (400, True)
    assert LONG in answer.content.decode()


def test_a_line_is_not_cut_either(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    team = [str(house.world.membership("shelter-worker"))]
    form = {"operation": operation(), "version": version(referral), "team": team, "when": "", "arrival_part": "morning"}
    place = "by the bus stop " * 20
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", {**form, "place": place})
    assert answer.status_code == 400
    assert "There is room for 300 letters here; this text has 319." in page_text(answer)
    assert f'value="{place}"' in answer.content.decode()
    assert steps(referral) == ["send"]


def test_an_answer_without_room_names_the_text_and_leads_to_it(house: Senders) -> None:
    """Red before: "Shorten this text.", of a text on another page."""
    case = house.case(needs={"needs": "x" * LONGEST})
    house.agreed(case)
    zarina, at = house.browser(), f"/cases/{case.code}/first/?step=need"
    answer = zarina.post(at, {**fields(zarina.get(at)), "tonight": "needs", "urgency": "urgent", "do": "go"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "“What the person needs” has no room for these answers." in page_text(answer)
    assert f'href="/cases/{case.code}/section/?of=needs"' in page
    assert "Shorten this text" not in page
    assert fields(answer)["tonight"] == ["needs"], "what was chosen stays"
