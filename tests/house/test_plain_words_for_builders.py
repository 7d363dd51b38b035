"""Pages for who builds and runs it, and what is written about the lists, say no word that was decided against."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hamkori.site.catalogues.sources import HOUSE
from tests.house.test_plain_words import OLD

ROOT = Path(__file__).resolve().parents[2]
OF_THE_BUILDERS = re.compile(
    r"(?:seal\w*|unseal\w*|codes?|requests?|clocks?|targets?|stands?|stood|goes|went|gone|lived|leads?|gap|but for"
    r"|releas\w*|(?:give|given|gave|giving|take|taken|took|taking) .*(?:back|off)|unread|forms? .*|questions it)",
    re.IGNORECASE,
)
"""What pages about the program may say: a seal of libsodium, a code of a list, a request of the web, a clock of the
database, a gap between two numbers, a key's release; and English that nobody translates."""
NOT_OURS = {"readers.md", "glossary.md", "codelists.md", "policy.md", "settings.md", "lifecycles.md"}
"""Quotations of the readers, the field's own words, and what is written from the tables. The decisions in docs/adr are
left as they were written: they are history, and nobody reads them to work with."""
THE_ENGINES = {"the body: a rule decides, the action saves;", "its body gets the open key"}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for where in ("", "docs", "docs/design", "docs/howto")
    for path in (ROOT / where).glob("*.md")
    if path.relative_to(ROOT / "docs" if where else ROOT).as_posix() not in NOT_OURS
)


def prose(page: str) -> str:
    """A page without what it quotes from the program: code, and the files and addresses that its links name."""
    text = re.sub(r"^```.*?^```|`[^`]*`", "…", (ROOT / page).read_text("utf-8"), flags=re.DOTALL | re.M)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[\w-]+\.(?:py|sql|ya?ml|md)\b|[\w<>.-]*/[\w<>./-]*|^    \S.*$", "…", text, flags=re.M)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_documents_says_an_old_word(page: str) -> None:
    """A table `card` and a function keep their names; the prose about them says summary."""
    found = [
        f"{line}\n    “{said[0]}”: say {new}"
        for line in prose(page).splitlines()
        if not any(own in line for own in THE_ENGINES)
        for old, new in OLD.items()
        for said in old.finditer(line)
        if not OF_THE_BUILDERS.fullmatch(said[0])
    ]
    assert not found, "\n".join(found)


def definitions() -> Iterator[tuple[str, str]]:
    """What docs/codelists.md says of each list of ours and of its entries, and where."""

    def within(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("definition"), str):
                yield value["definition"]
            for one in value.values():
                yield from within(one)
        elif isinstance(value, list):
            for one in value:
                yield from within(one)

    for path in sorted((HOUSE / "vocabulary" / "lists").glob("*.yaml")):
        for text in within(yaml.safe_load(path.read_text("utf-8"))):
            yield text, path.name


def test_no_definition_says_an_old_word() -> None:
    """They are drawn into docs/codelists.md; what the builders say of their own things is as in the other pages."""
    found = [
        f"{place}: {text}\n    “{said[0]}”: say {new}"
        for text, place in definitions()
        for old, new in OLD.items()
        for said in old.finditer(text)
        if not OF_THE_BUILDERS.fullmatch(said[0])
    ]
    assert not found, "\n".join(found)
