"""Who needs an interpreter is read to, and answers, through one: that is the first button, and the page says so."""

from __future__ import annotations

import pytest

from hamkori.casework.consent.models import Consent
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import AGREES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("needed", [False, True])
def test_the_first_button_is_how_this_person_answers(house: Senders, *, needed: bool) -> None:
    """Red before: of a man who signs the filled button said that he had answered aloud."""
    case = house.case({"needs_interpreter": needed})
    zarina = house.browser()
    at = f"/cases/{case.code}/first/?step=consent"
    told = "An interpreter is needed: let the person have it in their own language" in page_text(zarina.get(at))
    page = zarina.get(f"{at}&read=tg").content.decode()
    first = "By interpreter. Save" if needed else "Answered aloud. Save"
    assert page.count('class="btn"') >= 1
    assert first in page.partition("<details")[0] + page.rpartition('name="go"')[0].rpartition("actions tall")[2]
    assert told is needed
    assert page.count('value="through_interpreter"') == page.count('value="spoken"') == 1, "each can be said once"


def _opened(page: str) -> str:
    """The texts that stand open on the page, with their buttons."""
    return "".join(part.partition("</details>")[0] for part in page.split('<details class="fold" open>')[1:])


@pytest.mark.parametrize(("language", "name"), [("sign", "Sign language"), ("ky", "Kyrgyz"), ("other", "Another")])
def test_whose_language_nobody_reads_aloud_has_it_through_an_interpreter(
    house: Senders, language: str, name: str
) -> None:
    """Red before: of a man who signs the way offered four languages to read aloud, and wrote "Read aloud: Tajik"."""
    case = house.case({"language_code": language, "needs_interpreter": True})
    zarina = house.browser()
    at = f"/cases/{case.code}/first/?step=consent"
    page = zarina.get(at)
    opened = _opened(page.content.decode())
    assert opened.count('name="read"') == 1
    assert f'value="{language}"' in opened
    assert "By interpreter: " in opened
    sent = zarina.post(at, {**fields(page), "read": language})
    assert sent.url.endswith(f"read={language}"), "and no page more than for anybody else"
    agree = zarina.get(sent.url)
    text = page_text(agree)
    assert f"Through an interpreter: {name}" in text
    assert "Read aloud:" not in text
    assert "By interpreter. Save" in text
    assert zarina.post(sent.url, {**fields(agree), **AGREES, "how": "through_interpreter"}).status_code == 303
    with god():
        written = Consent.objects.filter(case=case).latest("number")
    assert (written.language_code, written.how_given_code) == (language, "through_interpreter")


def test_a_man_who_signs_may_read_it_himself(house: Senders) -> None:
    """Red before: his answer was "aloud", whatever he did."""
    case = house.case({"language_code": "sign", "needs_interpreter": True})
    zarina = house.browser()
    at = f"/cases/{case.code}/first/?step=consent"
    said = page_text(zarina.get(at))
    assert "The person read it: Tajik" in said
    assert "Read this aloud" not in said
    assert "I read it" not in said
    agree = page_text(zarina.get(f"{at}&read=tg"))
    assert "Read by the person: Tajik" in agree
    assert "Signed. Save" in agree


def test_nobody_is_read_to_through_an_interpreter_unasked(house: Senders) -> None:
    """Whoever understands one of the four has that one first, and the rest folded."""
    case = house.case({"language_code": "ru"})
    zarina = house.browser()
    at = f"/cases/{case.code}/first/?step=consent"
    page = zarina.get(at).content.decode()
    assert "I read it: Russian" in _opened(page)
    assert "Another language, through an interpreter" in page
    assert "Read aloud: Russian" in page_text(zarina.get(f"{at}&read=ru"))
    assert "Through an interpreter: Uzbek" in page_text(zarina.get(f"{at}&read=uz"))
    assert zarina.get(f"{at}&read=unknown").status_code == 200, "what is no language opens the texts"
