"""Forms as a browser would send them back: what stands in a page, name by name."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from uuid import uuid4

from django.http import HttpResponse

if TYPE_CHECKING:
    from tests.doors import DoorClient


def operation() -> str:
    """A fresh id of one write."""
    return str(uuid4())


class _Reader(HTMLParser):
    """Collects the inputs inside the last POST form of <main> that goes `to` there, with what is chosen in them."""

    def __init__(self, to: str) -> None:
        super().__init__()
        self._to = to
        self.found: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self._main = self._form = False
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "main":
            self._main = True
        elif tag == "form" and self._main and self._is_meant(given):
            self._form, self.found, self.names = True, {}, set()
        elif not self._form:
            return
        elif tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self._select = name
            self.names.add(name)
        elif tag == "option" and self._select and "selected" in given:
            self.found.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self.names.add(name)
            self.found[name] = [""]

    def _is_meant(self, given: dict[str, str | None]) -> bool:
        return given.get("method") == "post" and given.get("action", self._to) == self._to

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        self.names.add(name)
        if given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                value = given.get("value")
                self.found.setdefault(name, []).append("on" if value is None else value)
        else:
            self.found.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] = [(self.found[self._text][0] + data).lstrip("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = False
        elif tag == "main":
            self._main = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


def fields(page: HttpResponse, to: str = "") -> dict[str, list[str]]:
    """What the page's own form would send untouched: name -> values, an empty list where nothing is chosen.

    `to`: the page's address, for a page whose form names it as its `action`; one that names another is passed by.
    """
    return fields_of(page.content.decode(), to)


def fields_of(page: str, to: str = "") -> dict[str, list[str]]:
    """The same of a page as it came over the line."""
    reader = _Reader(to)
    reader.feed(page)
    return {name: reader.found.get(name, []) for name in reader.names}


def press(client: DoorClient, address: str, **answers: object) -> HttpResponse:
    """The answer to the page's own form, sent with these answers."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return client.post(address, {**fields(page, address), **answers})


def text(answer: HttpResponse) -> str:
    """The page as it came."""
    return answer.content.decode()
