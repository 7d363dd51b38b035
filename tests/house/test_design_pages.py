"""The pages of docs/design are found: each link, each heading that is pointed at, and no note that is not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.rules import sealed
from tests.house.tree import ROOT, kept, texts

LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
CITED = re.compile(r"docs/design/[\w./-]*\w(?:#[\w-]+)?")
NOTE = re.compile(r"(?<![\w/.-])([a-z][a-z-]*(?:/[a-z_-]+)*\.md)\b")
OLD = re.compile(r"\bDESIGN(?:\.md)? \d")
PAGES = [path for path in kept() if path.suffix == ".md" and path.parts[len(ROOT.parts)] in ("docs", path.name)]
LATER: tuple[str, ...] = ()
"""Notes that are still cited by their bare names: none."""
LATER_PAGES: tuple[str, ...] = ()
"""Pages that are linked and still to come: none."""


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made from them: small letters, no marks, hyphens for blanks."""
    found: dict[str, int] = {}
    made = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        times = found.get(anchor, 0)
        found[anchor] = times + 1
        made.add(f"{anchor}-{times}" if times else anchor)
    return made


def missing(place: Path, anchor: str) -> bool:
    """Whether there is no such file, or no such heading in it."""
    if not place.exists():
        return not (place.is_relative_to(ROOT) and place.relative_to(ROOT).as_posix() in LATER_PAGES)
    return bool(anchor) and (place.suffix != ".md" or anchor not in anchors(place.read_text("utf-8")))


def broken_links(page: Path, text: str) -> list[str]:
    """Links of a page that lead nowhere."""
    broken = []
    for link in LINK.findall(FENCE.sub("", text)):
        name, _mark, anchor = link.partition("#")
        place = (page.parent / name).resolve() if name else page
        if missing(place, anchor):
            broken.append(link)
    return broken


def broken_citations(text: str) -> list[str]:
    """Pages of docs/design, or headings in them, that a source names and that are not there."""
    broken = []
    for cited in CITED.findall(text):
        name, _mark, anchor = cited.partition("#")
        if missing(ROOT / name, anchor):
            broken.append(cited)
    return broken


def foreign_notes(text: str) -> set[str]:
    """Notes that are cited and stand nowhere in the repository. A page of docs/design is cited with its folder."""
    here = {path.name for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))}
    found = set(OLD.findall(text))
    for name in NOTE.findall(text):
        kept_here = (ROOT / name).exists() or name in LATER_PAGES if "/" in name else name in here
        if not kept_here:
            found.add(name)
    return found


def sources() -> Iterator[tuple[str, str]]:
    """What we write ourselves: the product, its tests, and the drawn pages; not this file."""
    for place, content in texts():
        if place.startswith(("src/", "tests/", "docs/codelists.md")) and place != "tests/house/test_design_pages.py":
            yield place, content


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken_links(page, page.read_text("utf-8")) == []


def test_every_page_that_a_source_names_is_there() -> None:
    broken = {place: found for place, content in sources() if (found := broken_citations(content))}
    assert broken == {}


def test_no_source_cites_a_note_that_is_not_kept() -> None:
    found = {place: notes for place, content in sources() if (notes := foreign_notes(content) - set(LATER))}
    assert found == {}


def test_what_is_still_to_come_is_still_cited() -> None:
    cited = set().union(*(foreign_notes(content) for _place, content in sources()))
    assert not set(LATER) - cited - {"security.md"}, "take it from the list"
    here = [page for page in LATER_PAGES if (ROOT / page).exists()]
    assert here == [], "take it from the list"


def test_the_list_of_pages_names_every_page() -> None:
    folder = ROOT / "docs" / "design"
    listed = set(re.findall(r"^\| \[([\w-]+\.md)\]", (folder / "README.md").read_text("utf-8"), re.M))
    written = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert listed - {Path(page).name for page in LATER_PAGES} <= written <= listed


WORDS = {"in": packet.IN, "out": packet.OUT, "never": packet.NEVER}


def table_of(text: str, head: str) -> dict[str, list[str]]:
    """A table of a page, by its first cell; `head` is how its first line begins."""
    lines = text[text.index(head) :].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[: lines.index("")]]
    return {row[0]: row[1:] for row in rows}


def test_what_may_go_to_which_kind_is_the_table_of_the_rule() -> None:
    text = (ROOT / "docs/design/summary-and-shared-information.md").read_text("utf-8")
    said = {
        tuple(name.split(", ")): [WORDS[word] for word in row]
        for name, row in table_of(text, "| kind and purpose |").items()
    }
    assert said == {key: list(rule.values())[:-1] for key, rule in packet.RULE.items()}
    assert {rule["criminal"] for rule in packet.RULE.values()} == {packet.NEVER}
    readers = {name.replace(" ", "_"): set(row[0].split(", ")) for name, row in table_of(text, "| function |").items()}
    assert readers == {name: held - {packet.TEXT} for name, held in sealed.FUNCTION_SECTIONS.items()}


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](lifecycles.md)", []),
        ("[a](lifecycles.md#sides)", []),
        ("[a](../../src/hamkori/casework/consent/rules/consent.py)", []),
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("[a](lifecycles.md#nowhere)", ["lifecycles.md#nowhere"]),
        ("[a](#nowhere)", ["#nowhere"]),
        ("[a](../../src/hamkori/lifecycle.py#sides)", ["../../src/hamkori/lifecycle.py#sides"]),
        ("```\n[a](nowhere.md)\n```", []),
    ],
)
def test_a_link_that_leads_nowhere_is_seen(text: str, broken: list[str]) -> None:
    assert broken_links(ROOT / "docs" / "design" / "README.md", text) == broken


def test_a_citation_that_leads_nowhere_is_seen() -> None:
    assert broken_citations("(docs/design/consent.md#a-child), docs/design/consent.md.") == []
    assert broken_citations("(docs/design/consent.md#a-cat)") == ["docs/design/consent.md#a-cat"]
    assert broken_citations("see docs/design/nothing.md") == ["docs/design/nothing.md"]


def test_a_note_that_is_not_kept_is_seen() -> None:
    assert foreign_notes("as in docs/lifecycles.md and lifecycles.md") == set()
    assert foreign_notes("(casework.md 0.14), (ux.md 2.7)") == {"casework.md", "ux.md"}
    assert foreign_notes("see research/domain.md section 2; DESIGN 5") == {"research/domain.md", "DESIGN 5"}
    assert foreign_notes("rule M of access.md 3.3; docs/design/consent.md") == {"access.md"}
    assert foreign_notes("(consent.md 2)") == {"consent.md"}


def test_headings_become_anchors_as_they_do_where_pages_are_read() -> None:
    assert anchors("# A\n## What can be taken back\n## The receiver's own case\n## A\n```\n# no\n```\n") == {
        "a", "what-can-be-taken-back", "the-receivers-own-case", "a-1",
    }  # fmt: skip
