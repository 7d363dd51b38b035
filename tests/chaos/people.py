"""Workers at their browsers, who go on pressing whatever happens; each remembers which of her presses was answered.

A press that got no answer is sent again with the same operation, as the page with "Send again" does.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

from tests.web.forms_of import fields_of

SHOWN_FIRST = 'name="seen"'
SIGN_IN, UNLOCK = "/account/sign-in/", "/account/unlock/"
CODE = re.compile(r"/cases/(\d{8})/")
CSRF = "hk_csrf"
AGAIN = 0.3  # seconds between two tries of a press that got no answer
LONGEST = 180.0  # seconds, after which a press that is never answered is a fault of ours
Form = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Act:
    """One press that the server said was done."""

    operation: str
    address: str
    leads_to: str
    tries: int


@dataclass
class Notes:
    """What one worker has seen."""

    acts: list[Act] = field(default_factory=list)
    begun: dict[str, str] = field(default_factory=dict)  # code of a case -> the name that was typed for it
    named: set[str] = field(default_factory=set)  # cases whose sealed text was said to be saved
    refused: list[str] = field(default_factory=list)
    unanswered: int = 0
    entered: int = 0


class Ended(Exception):
    """The run is over."""


class Browser:
    """Cookies and plain HTTP, one connection for each request: nothing is sent twice without our knowing."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, form: Form | None = None) -> tuple[int, str, str]:
        """Status, where it leads and the page. OSError or HTTPException: no answer, and nobody knows."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        headers = {"Host": f"localhost:{self._port}", "Accept-Language": "en"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get(CSRF, "")}, doseq=True)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://localhost{address}"}
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode(errors="replace")
            self._keep(answer.headers.get_all("Set-Cookie") or [])
            return answer.status, answer.headers.get("Location", ""), page
        finally:
            connection.close()

    def _keep(self, said: list[str]) -> None:
        for line in said:
            try:
                for name, morsel in SimpleCookie(line).items():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.cookies.pop(name, None)
                    else:
                        self.cookies[name] = morsel.value
            except CookieError:
                continue


class Worker(threading.Thread):
    """One of the invented people, who registers people and works on their cases until the run ends."""

    def __init__(self, port: int, persona: str, number: int, over: threading.Event, on: threading.Event) -> None:
        """`on`: while it is not set she rests after each press that was answered."""
        super().__init__(name=f"{persona}-{number}", daemon=True)
        self.persona = persona
        self.browser = Browser(port)
        self.notes = Notes()
        self._over = over
        self._on = on
        self._drawn = random.Random(f"{persona}-{number}")

    def run(self) -> None:
        """One case after the other."""
        try:
            self._enter()
            while True:
                self._work_on_a_case()
        except Ended:
            pass

    # --- what she does -----------------------------------------------------------------------------------------
    def _work_on_a_case(self) -> None:
        name = f"Chaos-{uuid4().hex[:12]}"
        leads_to = self._press("/cases/new/", {"need_tonight_codes": ["safe_place"], "call_name": name})
        found = CODE.search(leads_to)
        if found is None:
            return
        code = found[1]
        self.notes.begun[code] = name
        today = datetime.now(UTC).date()
        tomorrow, until = ((today + timedelta(days=days)).isoformat() for days in (2, 60))
        at = f"/cases/{code}"
        about = {"age_band_code": "a18_29", "sex_code": "female", "language_code": "tg", "district": "TJ-KT-01"}
        self._press(f"{at}/register/?page=2", about)
        self._press(f"{at}/register/?page=3", {"signs": ["TJ03"], "then": "stay"})
        if self._press(f"{at}/section/?of=needs", {"wishes": name}):
            self.notes.named.add(code)
        self._press(f"{at}/edit/", {"next_step_code": "meet", "next_step_on": tomorrow, "risk_code": "raised"})
        # The signs of the registration have begun the list, so that its page is of the first part.
        self._press(f"{at}/screening/?part=danger", {"a_safe_to_talk": "yes", "go": "next"})
        yes = {
            "a_health_help": "yes",
            "s_health_help": ["contact"],
            "language": "tg",
            "read": "on",
            "how_given": "spoken",
        }
        self._press(f"{at}/consent/", {**yes, "until": until})
        for _ in range(self._drawn.randrange(3)):
            self._press(f"{at}/edit/", {"risk_code": self._drawn.choice(["raised", "high"])})

    def read_back(self, most: int) -> list[str]:
        """After the run: the newest of her cases whose sealed text does not open to what she typed."""
        wrong = []
        named = [(code, name) for code, name in self.notes.begun.items() if code in self.notes.named]
        for code, name in named[-most:]:
            if name not in self._form(f"/cases/{code}/section/?of=needs").get("wishes", []):
                wrong.append(code)
        return wrong

    # --- how she presses ---------------------------------------------------------------------------------------
    def _press(self, address: str, answers: Form) -> str:
        """Send the page's form with these answers until it is answered; where that led, or nothing: it was refused."""
        page = self._page(address)
        form: dict[str, str | Sequence[str]] = {**fields_of(page, address), **answers}
        form["operation"] = str(uuid4())
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < LONGEST:
            tries += 1
            answer = self._ask("POST", address, form)
            if answer is None or answer[0] == 503:
                self.notes.unanswered += 1
                self._pause()
                continue
            status, leads_to, page = answer
            ended = status == 403 and SIGN_IN in page
            if ended or leads_to.startswith("/account/") or (status == 409 and UNLOCK in page):
                self._enter()  # her session or her vault has ended; the press goes on with the same operation
                continue
            if status == 200 and SHOWN_FIRST in page and "seen" not in form:
                form["seen"] = "1"  # nobody can say just now what it ends, and she saves it
                continue
            if status in (302, 303):
                self.notes.acts.append(Act(str(form["operation"]), address, leads_to, tries))
                self._rest()
                return leads_to
            self.notes.refused.append(f"{self.persona} {address} {status} {_heading(page)}")
            return ""
        self.notes.refused.append(f"{address}: no answer in {LONGEST:.0f} s")
        return ""

    def _form(self, address: str) -> dict[str, str | Sequence[str]]:
        return dict(fields_of(self._page(address), address))

    def _page(self, address: str) -> str:
        """What she reads there, once it comes; nothing: it was refused."""
        began = time.monotonic()
        while time.monotonic() - began < LONGEST:
            answer = self._ask("GET", address)
            if answer is not None and answer[0] == 200:
                return answer[2]
            if answer is not None and answer[1].startswith(f"{address}?"):
                address = answer[1]  # the form has an address of its own
            elif answer is not None and answer[0] in (302, 303):
                self._enter()
            elif answer is not None and answer[0] != 503:
                self.notes.refused.append(f"{self.persona} GET {address} {answer[0]} {_heading(answer[2])}")
                return ""
            self._pause()
        self.notes.refused.append(f"GET {address}: no answer in {LONGEST:.0f} s")
        return ""

    def _enter(self) -> None:
        """Through the demonstration's front door, which signs in with passphrase and code."""
        began = time.monotonic()
        while time.monotonic() - began < LONGEST:
            self.browser.cookies.clear()
            self._ask("GET", "/")
            self._ask("POST", "/demo/enter", {"persona": self.persona})
            answer = self._ask("GET", "/cases/")
            if answer is not None and answer[0] == 200:
                self.notes.entered += 1
                return
            self._pause(3.0)
        self.notes.refused.append(f"{self.persona} could not enter for {LONGEST:.0f} s")

    def _ask(self, method: str, address: str, form: Form | None = None) -> tuple[int, str, str] | None:
        if self._over.is_set():
            raise Ended
        try:
            return self.browser.ask(method, address, form)
        except (OSError, http.client.HTTPException):
            return None

    def _rest(self) -> None:
        while not self._on.wait(AGAIN):
            if self._over.is_set():
                raise Ended

    def _pause(self, seconds: float = AGAIN) -> None:
        if self._over.wait(seconds * (0.5 + self._drawn.random())):
            raise Ended


def _heading(page: str) -> str:
    """The page's first words: why something was refused."""
    said = re.sub(r"<[^>]+>", " ", page.partition("<h1")[2].partition(">")[2])
    return re.sub(r"\s+", " ", said).strip()[:160]
