"""The line above a page that says what was saved: on another page than that which it was meant for it names the number.

The answer of a press can be lost, with a tab that was ended or a network that broke off; what it said comes with the
next page that is opened, which may be of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.vocabulary.codes import shown

MEANT_FOR, SAID_OF = "for:", "of:"
"""Beginnings of the two tags of a line: the page that answers the press, and the number it was pressed for."""
NUMBER: Final = "code"
"""What addresses of a case or a referral call its number."""


class Lines(SessionStorage):
    """Lines in the session, each with the page that it was meant for."""

    _there = ""

    def __iter__(self) -> Iterator[Message]:
        for message in super().__iter__():
            yield self._named(message)

    def update(self, response: HttpResponseBase) -> list[Message] | None:
        """Keeps what was not shown; of a press that is answered by another page, for that page."""
        self._there = urlsplit(response.headers.get("Location", "")).path
        return super().update(response)

    def serialize_messages(self, messages: Sequence[Message]) -> str:
        """As they are kept: what is new is meant for the page that this answer leads to."""
        code = _code_in(self.request.path) or _code_in(self._there)
        for message in messages:
            tags = message.extra_tags or ""
            if self._there and MEANT_FOR not in tags:
                message.extra_tags = f"{tags} {MEANT_FOR}{self._there} {SAID_OF}{code}".strip()
        return super().serialize_messages(messages)

    def _named(self, message: Message) -> Message:
        tags = (message.extra_tags or "").split()
        there = next((tag.removeprefix(MEANT_FOR) for tag in tags if tag.startswith(MEANT_FOR)), "")
        code = next((tag.removeprefix(SAID_OF) for tag in tags if tag.startswith(SAID_OF)), "")
        if not there or not code or there == self.request.path or code == _code_in(self.request.path):
            return message
        said = format_html(_("{number}: {said}"), number=shown(code), said=message.message)
        return Message(message.level, said, extra_tags=message.extra_tags)


def _code_in(path: str) -> str:
    try:
        return str(resolve(path).kwargs.get(NUMBER, ""))
    except Resolver404:
        return ""
