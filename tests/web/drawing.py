"""Parts of the kit drawn by themselves, and the elements of what was drawn."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from django.template import Context, Template

from hamkori.web.kit import assets

TEMPLATES = assets.KIT.parent / "templates"
NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)  # 14:05 in Dushanbe
HOSTILE = '<b onmouseover="x">&'


def draw(source: str, **context: Any) -> str:
    return Template("{% load kit %}" + source).render(Context({"now": NOW, **context}))


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.all if "id" in attrs]

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.all if attrs.get("name") == name]
