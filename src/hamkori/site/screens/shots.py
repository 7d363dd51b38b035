"""Shoots and examines pages: each at two widths, light and dark, in two languages, with large text and zoomed.

On the phone in a third language too, the one with the long words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, sync_playwright
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page as Tab

from hamkori.site.launch.supervise import say
from hamkori.site.screens import looks, targets
from hamkori.site.screens.pages import Page, pages
from hamkori.site.screens.stage import Play, Stage
from hamkori.vocabulary.country import FALLBACK, READ_FIRST, SOURCE

Scheme = Literal["light", "dark"]
WIDTHS = (360, 1366)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LANGUAGES = (SOURCE, FALLBACK)
LONG_WORDS = next(one for one in READ_FIRST if one not in LANGUAGES)
"""What is looked at on the phone alone: a title of one word may be wider than the screen in it."""
PATIENCE = 20_000
BROWSER = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]
Say = Callable[[str], None]
PHONE = 500
HIGH = 780
TWICE = {"standard": 32, "fixed": 26}
"""Pixels of a letter for who reads at 200 %; ordinary ones are half of it."""
ZOOMED = {"width": 320, "height": 256}
"""What 1280 x 1024 pixels hold at 400 % (WCAG 1.4.10)."""
MOST_ROWS = 40
QUESTIONS = {"sideways": looks.sideways, "clipped": looks.clipped, "squeezed": looks.squeezed}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one page in one view."""

    page: str
    view: str
    kind: str
    what: str

    def line(self) -> str:
        """As it is printed."""
        return f"{self.page} [{self.view}] {self.kind}: {self.what}"


@dataclass(frozen=True)
class Plan:
    """Which views of a page are asked for. axe runs where `axe` says: its rules do not read words.

    Where `rows` says, each row of Today is followed: the page that it opens has the button that ends it.
    """

    widths: Sequence[int] = WIDTHS
    schemes: Sequence[Scheme] = SCHEMES
    languages: Sequence[str] = LANGUAGES
    axe: Callable[[int, str], bool] = lambda width, language: (width, language) in ((360, FALLBACK), (1366, SOURCE))
    rows: Callable[[int, str], bool] = lambda width, language: width >= PHONE and language == SOURCE


@dataclass(kw_only=True)
class Photographer:
    """Goes through the pages language by language: what people read is kept with the person, not the browser."""

    play: Play
    browser: Browser
    folder: Path | None
    plan: Plan = field(default_factory=Plan)
    say: Say = say
    faults: list[Fault] = field(default_factory=list)
    shots: int = 0
    heard: list[str] = field(default_factory=list)

    def all(self, wanted: Iterable[Page]) -> None:
        """Every page in every view."""
        these = list(wanted)
        for language in self.plan.languages:
            speak(self.play, language)
            for width in self.plan.widths:
                for who in dict.fromkeys(page.who for page in these):
                    with self._someone(who, width, language) as tab:
                        for page in these:
                            if page.who == who:
                                self._page(tab, page, width, language)

    @contextmanager
    def _someone(self, who: str, width: int, language: str) -> Iterator[Tab]:
        """Her window: each page takes the place of the one before, as it does for her."""
        context = self.browser.new_context(
            viewport={"width": width, "height": HIGH},
            base_url=self.play.address,
            locale=language,
            has_touch=width < PHONE,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies(self.play.cookies(who))  # type: ignore[arg-type]
        tab = context.new_page()
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self.heard.append(str(error)))
        try:
            yield tab
        finally:
            context.close()

    def _page(self, tab: Tab, page: Page, width: int, language: str) -> None:
        self.heard.clear()
        view = f"{width} {language}"
        try:
            status = self._open(tab, page)
            if status != page.status:
                self._fault(page, view, "answer", f"{status} instead of {page.status}")
            for scheme in self.plan.schemes:
                tab.emulate_media(color_scheme=scheme)
                self._view(tab, page, width, language, scheme)
            for what in targets.small(tab, targets.FINGER if width < PHONE else targets.FINE):
                self._fault(page, view, "small", what)
            for what in looks.cut(tab):
                self._fault(page, view, "cut", what)
            for what in looks.thin(tab):
                self._fault(page, view, "thin", what)
            if width < PHONE:
                self._large(tab, page, language)
                self._zoomed(tab, page, language)
            if language != "en" and page.checks_words:
                for text in looks.untranslated(tab, language):
                    self._fault(page, view, "untranslated", text)
            if page.name.startswith("today") and self.plan.rows(width, language):
                self._rows(tab, page, view)
        except BrowserError as error:
            self._fault(page, view, "browser", str(error).splitlines()[0])
        for text in dict.fromkeys(self.heard):
            self._fault(page, view, "console", text[:160])

    def _open(self, tab: Tab, page: Page) -> int:
        answer = tab.goto(page.path)
        status = answer.status if answer else 0
        for name, words in page.types.items():
            tab.locator(f"main [name={name}]").fill(words)
        if page.press:
            thing = tab.locator(page.press).first
            tab.evaluate("() => { window.pageBefore = true; }")
            with tab.expect_response(lambda response: response.request.method == "POST") as posted:
                thing.evaluate("thing => thing.click()")
            status = posted.value.status
            if posted.value.request.is_navigation_request():
                self._arrived(tab)
            tab.wait_for_load_state("networkidle")
        tab.wait_for_load_state("load")
        tab.evaluate("document.fonts.ready.then(() => true)")
        return status

    def _arrived(self, tab: Tab) -> None:
        """Until the page that answers has taken the place of the form."""
        for _each in range(PATIENCE // 50):
            with suppress(BrowserError):
                if tab.evaluate("() => !window.pageBefore && document.readyState === 'complete'"):
                    return
            tab.wait_for_timeout(50)

    def _large(self, tab: Tab, page: Page, language: str) -> None:
        """Letters twice as large, on the phone's width. A picture of more than the window forgets them."""
        was = tab.viewport_size
        browser = tab.context.new_cdp_session(tab)
        browser.send("Page.setFontSizes", {"fontSizes": TWICE})
        self._asked(tab, page, f"200 % text {language}")
        for what in looks.broken(tab):
            self._fault(page, f"200 % text {language}", "broken", what)
        if self.folder is not None:
            high = int(tab.evaluate("() => document.documentElement.scrollHeight"))
            tab.set_viewport_size({"width": WIDTHS[0], "height": high})
            browser.send("Page.setFontSizes", {"fontSizes": TWICE})
            tab.screenshot(path=self.folder / f"{page.name}-360-large-{language}.png")
        browser.send("Page.setFontSizes", {"fontSizes": {kind: size // 2 for kind, size in TWICE.items()}})
        browser.detach()
        tab.set_viewport_size(was)  # type: ignore[arg-type]

    def _zoomed(self, tab: Tab, page: Page, language: str) -> None:
        """A desk's screen at 400 %: narrow and low. What stays in place leaves room for what is read."""
        was = tab.viewport_size
        tab.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
        self._asked(tab, page, f"400 % zoom {language}")
        for what in looks.covered(tab):
            self._fault(page, f"400 % zoom {language}", "covered", what)
        tab.set_viewport_size(was)  # type: ignore[arg-type]

    def _asked(self, tab: Tab, page: Page, view: str) -> None:
        for kind, question in QUESTIONS.items():
            for what in question(tab):
                self._fault(page, view, kind, what)

    def _rows(self, tab: Tab, page: Page, view: str) -> None:
        """Each row of work opens a page with the button that ends it."""
        beside = tab.context.new_page()
        for row in dict.fromkeys(targets.rows(tab)[:MOST_ROWS]):
            beside.goto(row.address)
            if row.ends is None or not targets.has_button(beside, row.address.partition("#")[2], row.ends):
                self._fault(page, view, "no button", row.what)
        beside.close()

    def _view(self, tab: Tab, page: Page, width: int, language: str, scheme: Scheme) -> None:
        view = f"{width} {scheme} {language}"
        self._asked(tab, page, view)
        if self.plan.axe(width, language):
            for what in looks.barriers(tab):
                self._fault(page, view, "axe", what)
        if self.folder is not None:
            name = f"{page.name}-{width}-{scheme}-{language}.png"
            tab.screenshot(path=self.folder / name, full_page=True)
        self.shots += 1

    def _hear(self, message: ConsoleMessage) -> None:
        # The answer's number is examined by itself.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            self.heard.append(message.text)

    def _fault(self, page: Page, view: str, kind: str, what: str) -> None:
        fault = Fault(page.name, view, kind, what)
        if any((one.page, one.kind, one.what) == (fault.page, kind, what) for one in self.faults):
            return  # said once, however many views show it
        self.faults.append(fault)
        self.say(fault.line())


def speak(play: Play, language: str) -> None:
    """Lets everybody of the copy read this language."""
    with play.owner() as owner:
        owner.execute("update app_user set language_code = %s", [language])


@dataclass(frozen=True)
class Roll:
    """What one process is to shoot, and where the pictures go."""

    language: str
    only: str
    chromium: str
    folder: Path


def plan_of(language: str) -> Plan:
    """Every view of a language that is looked at whole, the phone's of the one with the long words."""
    if language == LONG_WORDS:
        return Plan(widths=WIDTHS[:1], schemes=SCHEMES[:1], languages=(language,))
    return Plan(languages=(language,))


def shoot(roll: Roll) -> tuple[int, int, list[Fault]]:
    """One language on a copy of its own: how many pages and views, and the faults. Runs in a process of its own."""
    stage = Stage()
    play = Play(stage, stage.begin())
    try:
        play.begin()
        with play.owner() as owner:
            wanted = [page for page in pages(owner) if page.whole and fnmatch(page.name, roll.only)]
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=roll.chromium, args=BROWSER)
            found = Photographer(play=play, browser=browser, folder=roll.folder, plan=plan_of(roll.language))
            found.all(wanted)
            browser.close()
        return len(wanted), found.shots, found.faults
    finally:
        play.end()
        stage.end()
