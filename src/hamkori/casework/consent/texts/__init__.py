"""Texts that are read aloud, one Markdown file per language, with their version in the head. Provisional, and ours.

A version that was read to somebody is never changed: a new text gets a new version (`actions.consent.TEXT_VERSION`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.utils import formats
from django.utils.translation import pgettext

from hamkori.vocabulary.country import READ_FIRST

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Block:
    """One sentence of the text, or a heading, in the order of reading. Blocks stand side by side across languages."""

    kind: str
    text: str


@dataclass(frozen=True)
class Text:
    """A text in one language."""

    version: str
    language: str
    status: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def provisional(self) -> bool:
        """No native specialist has read it yet."""
        return self.status == "provisional"

    @property
    def day(self) -> str:
        """The version as pages say it."""
        return day_of(self.version)


def day_of(version: str) -> str:
    """A version is named by a day, and pages write days as 28 November 2026; a name that is none stays as it is."""
    try:
        return formats.date_format(date.fromisoformat(version), pgettext("date format", "j E Y"))
    except ValueError:
        return version


def read_to(language: str, *, child: bool, grown: bool = False) -> Text:
    """The text of an asking; to a child what is said to a child comes right after the beginning, the same words, and
    whoever is plainly `grown` does not hear it (ADR 0176).

    In the text it is the last heading. Another language: KeyError.
    """
    text = consent(language)
    if not child and not grown:
        return text
    headings = [place for place, block in enumerate(text.blocks) if block.kind == "heading"]
    first, last = headings[0], headings[-1]
    to_child = text.blocks[last:] if child else ()
    blocks = (*text.blocks[:first], *to_child, *text.blocks[first:last])
    return replace(text, blocks=blocks)


@cache
def consent(language: str) -> Text:
    """The text of an asking for consent. Another language: KeyError."""
    if language not in READ_FIRST:
        raise KeyError(language)
    content = (FOLDER / f"consent.{language}.md").read_text(encoding="utf-8")
    _before, head, body = content.split("---\n", 2)
    said = yaml.safe_load(head)
    return Text(
        version=str(said["version"]),
        language=str(said["language"]),
        status=str(said["status"]),
        title=str(said["title"]),
        blocks=tuple(_blocks(body)),
    )


def _blocks(body: str) -> Iterator[Block]:
    for line in body.splitlines():
        if line.startswith("## "):
            yield Block("heading", line[3:].strip())
        elif line.startswith("- "):
            yield Block("item", line[2:].strip())
        elif line.strip():
            yield Block("paragraph", line.strip())
