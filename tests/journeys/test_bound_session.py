"""A session in a real browser: its key stays there, copied cookies unlock nothing elsewhere; without script as ever."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hamkori.people import totp
from hamkori.site.demo import secret
from hamkori.site.demo.secret import passphrase_for, totp_secret_for
from tests.journeys.people import PATIENCE, email_of
from tests.journeys.play import Play
from tests.web.in_a_browser import close

pytestmark = pytest.mark.browser

# A code is good once, and the server goes on between the tests: each has people of its own. When the world was built a
# moment ago, all of them entered it by a code of that moment: here they type a later one, which this server takes.
WHO, HOLDER, SECOND, THIRD = "caseworker-cso", "social-service", "desk-shelter", "shelter-worker"
PLAIN, FORGETFUL, KNOWN = "supervisor-cso", "coordinator", "lawyer"
LATER = 2  # steps of half a minute
# An address may ask for thirty pages at the door in a minute, and the server counts on: each test comes from another.
ADDRESSES = (f"192.0.2.{number}" for number in count(1))
OTHER = "This session belongs to the browser in which it began."
OWN_TRIES = "A browser in which you signed in before has its own tries."
"""Too many for this account in such browsers; not the whole page that an address gets which asks for too many."""
OF_A_SESSION = ("hk_session", "hk_key")
KEY = """() => new Promise((done) => {
  const asked = indexedDB.open("hamkori", 1);
  asked.onsuccess = () => {
    const found = asked.result.transaction("keys").objectStore("keys").get("own");
    found.onsuccess = () => done(found.result);
  };
}).then(async (pair) => {
  const exported = (form) => crypto.subtle.exportKey(form, pair.privateKey).then(() => form, () => "");
  const tries = ["pkcs8", "jwk", "raw"].map(exported);
  return [pair.privateKey.extractable, pair.privateKey.algorithm.namedCurve, (await Promise.all(tries)).join("")];
})"""

Open = Callable[..., BrowserContext]
Refusals = Callable[[], list[str]]


@pytest.fixture(scope="module")
def begun() -> set[str]:
    """The tests that began in the world as it stands."""
    return set()


@pytest.fixture
def world(served: Play, begun: set[str], request: pytest.FixtureRequest) -> Play:
    """One world for all of them, since each has people of its own; as it was built for whoever begins once more."""
    if not begun or request.node.name in begun:
        served.anew()
        begun.clear()
    begun.add(request.node.name)
    return served


@pytest.fixture
def refusals(world: Play) -> Refusals:
    """What was refused to another browser since this test began."""
    before = world.one("select max(id) from ledger")

    def since() -> list[str]:
        with world.owner() as owner:
            asked = "select action_code from ledger where reason_code = 'other_browser' and id > %s order by id"
            return [row[0] for row in owner.execute(asked, [before]).fetchall()]

    return since


@pytest.fixture(autouse=True)
def _what_the_world_knows(world: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its people's passphrases, which are those of its own secret."""
    file = world.template.folder / secret.FILE
    monkeypatch.setattr(secret, "demo_secret", lambda: bytes.fromhex(file.read_text().strip()))


@pytest.fixture
def opened(world: Play, browser: Browser) -> Iterator[Open]:
    """Browsers with nothing in common but the address of this test."""
    contexts: list[BrowserContext] = []
    headers = {"X-Forwarded-For": next(ADDRESSES)}
    with world.owner() as owner:  # who signs in by typing reads their account's language
        owner.execute("update app_user set language_code = 'en'")

    def one(**how: Any) -> BrowserContext:
        context = browser.new_context(base_url=world.address, locale="en", extra_http_headers=headers, **how)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield one
    close(contexts)


def signed_in(context: BrowserContext, who: str, step: int = LATER) -> Page:
    """The ordinary two steps, typed."""
    page = context.new_page()
    page.goto("/account/sign-in/")
    page.locator("[name=login]").fill(email_of(who))
    page.locator("[name=password]").fill(passphrase_for(email_of(who)))
    page.locator("main form.stack button[type=submit]").click()
    page.wait_for_url("**/account/second-step/")
    page.wait_for_function("() => document.querySelector('[name=browser_key]').value.length === 130")
    page.locator("[name=code]").fill(totp.code(totp_secret_for(email_of(who)), step))
    page.locator("main form.stack button[type=submit]").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    return page


def press(page: Page, selector: str) -> None:
    """Click, and wait for the page that follows: it is sent a moment later, when it is signed."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def sealed(page: Page) -> bool:
    """Whether the page says so."""
    page.goto("/account/")
    return page.locator("header .vault", has_text=re.compile("Locked")).count() == 1


def seal(page: Page) -> None:
    page.goto("/account/")
    press(page, "nav.rail form[action='/account/seal/'] button")


def give(page: Page, who: str, path: str = "/account/unlock/?next=/account/") -> None:
    page.goto(path)
    page.locator("[name=passphrase]").fill(passphrase_for(email_of(who)))
    press(page, "main form.stack button[type=submit]")


def copied(context: BrowserContext) -> list[Any]:
    return [one for one in context.cookies() if any(one["name"].endswith(name) for name in OF_A_SESSION)]


def test_copied_cookies_unlock_nothing_in_another_browser(refusals: Refusals, opened: Open) -> None:
    mine = opened()
    page = signed_in(mine, WHO)
    assert page.evaluate(KEY) == [False, "P-256", ""], "no script gets the private half"
    assert not sealed(page)
    seal(page)
    assert sealed(page)
    for how in ({}, {"java_script_enabled": False}):
        thiefs = opened(**how)
        thiefs.add_cookies(copied(mine))
        thief = thiefs.new_page()
        assert sealed(thief), "signed in he is"
        give(thief, WHO)
        assert OTHER in thief.locator("main").inner_text()
        assert sealed(thief)
    assert refusals() == ["vault.unlock"] * 2
    give(page, WHO)
    assert page.url.endswith("/account/")
    assert not sealed(page), "in her own it opens"


def test_copied_cookies_make_no_codes_within_five_minutes_and_end_no_session(refusals: Refusals, opened: Open) -> None:
    mine = opened()
    page = signed_in(mine, HOLDER)
    thiefs = opened()
    thiefs.add_cookies(copied(mine))
    thief = thiefs.new_page()
    for one, words in ((thief, OTHER), (page, "Your recovery codes")):
        one.goto("/account/")
        press(one, "form[action='/account/codes/'] button")
        assert words in one.locator("main").inner_text()
    for one, words in ((thief, OTHER), (page, "ended")):
        one.goto("/account/")
        press(one, "form[action='/account/end-others/'] button")
        assert words in one.locator("body").inner_text()
    assert refusals() == ["account.manage"] * 2


def test_another_sign_in_in_the_same_browser_has_the_same_key(refusals: Refusals, opened: Open) -> None:
    mine = opened()
    page = signed_in(mine, SECOND)
    press(page, "form[action='/account/sign-out/'] button")
    page = signed_in(mine, THIRD)
    seal(page)
    give(page, THIRD)
    assert not sealed(page)
    assert refusals() == []


def test_without_script_all_goes_as_ever(opened: Open) -> None:
    context = opened(java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/sign-in/")
    page.locator("[name=login]").fill(email_of(PLAIN))
    page.locator("[name=password]").fill(passphrase_for(email_of(PLAIN)))
    page.locator("main form.stack button[type=submit]").click()
    page.locator("[name=code]").fill(totp.code(totp_secret_for(email_of(PLAIN)), LATER))
    press(page, "main form.stack button[type=submit]")
    seal(page)
    assert sealed(page)
    give(page, PLAIN)
    assert not sealed(page)
    press(page, "form[action='/account/codes/'] button")
    assert "Your recovery codes" in page.locator("main").inner_text()


def test_a_browser_that_lost_its_key_says_so_and_a_new_sign_in_helps(opened: Open) -> None:
    mine = opened()
    page = signed_in(mine, FORGETFUL)
    seal(page)
    page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('hamkori').onsuccess = done; })")
    give(page, FORGETFUL)
    assert OTHER in page.locator("main").inner_text()
    page.goto("/account/")
    press(page, "form[action='/account/sign-out/'] button")
    page = signed_in(mine, FORGETFUL, step=LATER + 1)
    seal(page)
    give(page, FORGETFUL)
    assert not sealed(page), "with a key made anew"


def tries(page: Page, who: str, passphrase: str) -> str:
    """What the page says after the first step; '' where it goes on."""
    page.goto("/account/sign-in/")
    page.locator("[name=login]").fill(email_of(who))
    page.locator("[name=password]").fill(passphrase)
    press(page, "main form.stack button[type=submit]")
    return "" if page.url.endswith("/account/second-step/") else page.locator("main").inner_text()


def test_a_copied_cookie_of_a_known_browser_is_a_strangers_and_her_own_browser_signs(opened: Open) -> None:
    mine = opened()
    page = signed_in(mine, KNOWN)
    press(page, "form[action='/account/sign-out/'] button")
    stranger = opened().new_page()
    for _ in range(5):
        assert "do not belong together" in tries(stranger, KNOWN, "a wrong passphrase")
    assert OWN_TRIES in tries(stranger, KNOWN, "a wrong passphrase")
    thiefs = opened()
    thiefs.add_cookies([one for one in mine.cookies() if one["name"].endswith("hk_known")])
    for passphrase in ("a wrong passphrase", passphrase_for(email_of(KNOWN))):
        assert OWN_TRIES in tries(thiefs.new_page(), KNOWN, passphrase)
    assert tries(page, KNOWN, passphrase_for(email_of(KNOWN))) == "", "her own goes on"
