"""The filters of a list. They stand in its address, and a chip is a link that switches one of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

Said = Callable[[str, str], str]
"""What a filter with a value is called."""


@dataclass(frozen=True)
class Asked:
    """A list by the name of its address, and the filters that are on."""

    route: str
    filters: Mapping[str, str] = field(default_factory=dict)

    def url(self, **changed: str) -> str:
        """The list with these in place of what is on; '' takes one away."""
        kept = {name: value for name, value in self.filters.items() if name not in changed}
        said = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"{reverse(self.route)}?{urlencode(said)}" if said else reverse(self.route)

    def chips(self, pairs: Iterable[tuple[str, str]], said: Said) -> list[dict[str, Any]]:
        """For `{% chips %}`: what is on is taken away by its link."""
        return [
            {"label": said(name, value), "url": self.url(**{name: "" if on else value}), "on": on}
            for name, value, on in ((name, value, self.filters.get(name) == value) for name, value in pairs)
        ]

    def fewer(self, said: Said) -> list[dict[str, str]]:
        """For an empty list: the filters, each with the address that takes it away."""
        return [{"label": said(name, value), "url": self.url(**{name: ""})} for name, value in self.filters.items()]

    def pages(self, before: str, after: str) -> dict[str, str | None]:
        """For `{% pages %}`: the pages before this key and after that one, where there are any."""
        return {
            "previous_url": self.url(before=before) if before else None,
            "next_url": self.url(after=after) if after else None,
        }
