"""What the pages tell a newcomer to type or open is there."""

import re

import pytest

from hamkori.site.launch.__main__ import COMMANDS
from tests.house.tree import ROOT, kept

PAGES = [path for path in kept() if path.suffix == ".md"]
# The second word, in prose or in a block of shell.
COMMAND = re.compile(r"(?:^|[`\s])\./hamkori ([a-z][a-z-]*)")
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_named_exists(page: object) -> None:
    named = set(COMMAND.findall(page.read_text("utf-8")))
    assert named <= COMMANDS.keys(), named - COMMANDS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: object) -> None:
    broken = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert not broken


def test_the_readme_names_the_two_commands() -> None:
    assert {"demo", "test"} <= set(COMMAND.findall((ROOT / "README.md").read_text("utf-8")))
