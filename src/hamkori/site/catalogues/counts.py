"""How many texts each room says, and how many of them each language has. All are drafts; a count is no review."""

from collections.abc import Iterator
from dataclasses import dataclass

from hamkori.site.catalogues.merge import forms_of, messages_of, read
from hamkori.site.catalogues.sources import HOUSE, LANGUAGES, rooms, sources


@dataclass(frozen=True)
class RoomCount:
    """One room: its texts, and for each language how many of them have every form written."""

    room: str
    texts: int
    written: dict[str, int]


def counts() -> list[RoomCount]:
    """The rooms that speak, in order of their names."""
    found = []
    for room in rooms():
        wanted = sources(room)
        if wanted:
            written = {}
            for language in LANGUAGES:
                said = messages_of(read(room, language))
                written[language] = sum(1 for key in wanted if key in said and all(forms_of(said[key])))
            found.append(RoomCount(room.relative_to(HOUSE).as_posix(), len(wanted), written))
    return found


def table(found: list[RoomCount]) -> Iterator[str]:
    """The counts as lines of a table, with the sum last."""
    yield "| room | texts | " + " | ".join(LANGUAGES) + " |"
    yield "|" + "---|" * (len(LANGUAGES) + 2)
    whole = RoomCount(
        "**all**", sum(row.texts for row in found), {one: sum(row.written[one] for row in found) for one in LANGUAGES}
    )
    for row in [*found, whole]:
        yield f"| {row.room} | {row.texts} | " + " | ".join(str(row.written[one]) for one in LANGUAGES) + " |"
