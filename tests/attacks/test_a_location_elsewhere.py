"""An answer of ours that leads to somebody else's page: a Referer, a hidden field, or a row that the owner has written.

The hole: the page before was the Referer's path, and the path of http://ours//evil is //evil, which a browser reads as
another host. The path that an operation's row remembers became a Location as it stood. Red on commit ff6e3b1 for both.
Since ADR 0073 such a row is believed only as this server wrote it.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.access.actor import Actor
from hamkori.access.models import Operation
from hamkori.casework.referral.models import Referral
from hamkori.operations import AlreadyDone
from hamkori.web.kit import posting
from hamkori.web.kit.local import local
from tests.attacks.counted import tried
from tests.cast import World
from tests.database import god
from tests.web.senders import Senders, version

pytestmark = pytest.mark.django_db

SPELLINGS = [
    "//evil.example", "//evil.example/", "///evil.example", "////evil.example", "/\\evil.example",
    "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "http://evil.example/", "http:///evil.example",
    "http:/evil.example", "http:evil.example", "HTTPS://evil.example", "https:\\\\evil.example",
    "javascript:alert(1)", "data:text/html,evil", "/\t/evil.example", "\t//evil.example", "/\n/evil.example",
    "/\r\n//evil.example", " //evil.example", "/ /evil.example", "/%09/evil.example", "/%5cevil.example",
    "/%2f/evil.example", "/%2Fevil.example", "/.//evil.example", "/a/..//evil.example", "/../evil.example",
    "/a//evil.example", "/\u2028/evil.example", "／／evil.example", "/\u00a0/evil.example",
    "//evil.example@testserver/", "//testserver@evil.example/", "?next=//evil.example", "evil.example", "",
    "/é", "/\x00/evil.example", "/\x0b//evil.example", "//%65vil.example", "/;//evil.example",
]  # fmt: skip
OURS = ["/", "/cases/", "/cases/48273162/?open=contact#contact", "/referrals/?after=ab%20cd&chip=ended", "/?q=//x"]


def leads_out(address: str) -> bool:
    """As a browser reads a Location: tabs and line ends fall away, a backslash is a slash, two slashes are a host."""
    read = re.sub(r"[\t\r\n]", "", address.strip("\x00\x0b ")).replace("\\", "/")
    return not read.startswith("/") or read.startswith("//")


def one(house: Senders) -> tuple[Referral, dict[str, object]]:
    """A press that was done, and may be sent again."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    form = {"operation": str(uuid4()), "version": version(referral), "reason": "mistake"}
    assert house.browser().post(f"/referrals/{referral.code}/recall/", form).status_code == 303
    return referral, form


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def test_one_function_knows_what_is_ours() -> None:
    assert [address for address in SPELLINGS if local(address)] == []
    assert [address for address in OURS if local(address) != address] == []
    tried(len(SPELLINGS))


def was_sent(monkeypatch: pytest.MonkeyPatch, url_path: str) -> None:
    """The first press was answered with this, also where its row would not be believed (ADR 0073)."""

    def first_stands(_actor: Actor) -> None:
        raise AlreadyDone("referral.recall", url_path, None)

    monkeypatch.setattr(posting, "first_stands", first_stands)


def test_a_row_leads_nowhere_else(house: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    referral, form = one(house)
    for spelled in SPELLINGS:
        was_sent(monkeypatch, spelled)
        answer = house.browser().post(f"/referrals/{referral.code}/recall/", form)
        assert answer.status_code == 303
        assert not leads_out(answer["Location"]), (spelled, answer["Location"])
        tried()


@pytest.mark.alarms
def test_a_row_that_the_owner_has_written_leads_nowhere(house: Senders) -> None:
    referral, form = one(house)
    for written in ("//evil.example", "/cases/", ""):
        with god():
            Operation.objects.update(url_path=written)
        answer = house.browser().post(f"/referrals/{referral.code}/recall/", form)
        assert (answer.status_code, answer.get("Location")) == (409, None)
        tried()


def test_a_referer_leads_nowhere_else(house: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    referral, form = one(house)
    was_sent(monkeypatch, "")
    for spelled in SPELLINGS:
        for came in (spelled, f"http://testserver{spelled}", f"http://testserver/{spelled}"):
            if not came.isascii() or re.search(r"[\x00-\x1f]", came):
                continue  # no header carries it
            answer = house.browser().post(f"/referrals/{referral.code}/recall/", form, headers={"referer": came})
            assert answer.status_code == 303
            assert not leads_out(answer["Location"]), (came, answer["Location"])
            tried()
    kept = house.browser().post(
        f"/referrals/{referral.code}/recall/", form, headers={"referer": "http://testserver/cases/?stage=open#here"}
    )
    assert kept["Location"] == "/cases/?stage=open", "the control: a page of ours is gone back to"


def test_the_way_back_of_a_refusal_leads_nowhere_else(house: Senders) -> None:
    referral, _form = one(house)
    late = {"operation": str(uuid4()), "version": 1, "reason": "mistake"}
    for spelled in ("//evil.example", "/%09/evil.example", "/.//evil.example"):
        came = f"http://testserver{spelled}"
        page = house.browser().post(f"/referrals/{referral.code}/recall/", late, headers={"referer": came})
        assert page.status_code == 409
        assert "evil" not in page.content.decode()
        tried()


def test_a_hidden_field_leads_nowhere_else(house: Senders) -> None:
    browser = house.browser()
    for spelled in SPELLINGS:
        answer = browser.post("/language/", {"language": "en", "next": spelled})
        assert answer.status_code == 302
        assert not leads_out(answer["Location"]), (spelled, answer["Location"])
        tried()
