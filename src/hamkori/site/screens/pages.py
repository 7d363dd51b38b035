"""Every page by a name: whose eyes, which address. Each area of the pages names its own in its `pages.yaml`.

`pages` are rows by the fields of `Page`. `things` are questions to the invented world, for all files: in an address
`{case:draft}` stands for the first code that the question `case` answers for `draft`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import psycopg
import yaml

from hamkori.site.rooms import HOUSE

THING = re.compile(r"\{(\w+):([\w-]+)\}")


@dataclass(frozen=True)
class Page:
    """A page in one state. `who` empty: a stranger. `press`: what is clicked first, `types`: what is typed before that,
    by field. Not `whole`: a part of a page. `form`: asks for one step. `opens`: how many sealed parts it opens.
    """

    name: str
    path: str
    who: str = ""
    status: int = 200
    press: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    checks_words: bool = True
    whole: bool = True
    form: bool = False
    opens: int = 0


class World:
    """Codes of the invented world, looked up behind the walls."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner

    def first(self, question: str, value: str) -> str:
        """The code, or nothing if the world has none."""
        row = self.owner.execute(question.encode(), [value]).fetchone()
        return str(row[0]) if row else ""


def pages(owner: psycopg.Connection) -> list[Page]:
    """All of them; a page whose thing is not in the world is left out and missed by the test of this list."""
    tables = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(HOUSE.rglob("pages.yaml"))]
    things = {name: question for table in tables for name, question in table.get("things", {}).items()}
    world, found = World(owner), []
    for page in (Page(**row) for table in tables for row in table["pages"]):
        codes = [world.first(things[thing], value) for thing, value in THING.findall(page.path)]
        if all(codes):
            found.append(replace(page, path=THING.sub("{}", page.path).format(*codes)))
    return found
