"""What an import did or would do, in lines for a terminal."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hamkori.directory.importing.values import Problem, Problems

DONE = {
    "organisations_new": "new organisations (they have no referral desk yet: listed, nobody can choose them)",
    "organisations_changed": "organisations whose name has changed",
    "organisations_same": "organisations as before",
    "services_new": "new services",
    "services_changed": "changed services",
    "services_same": "services as before",
    "services_kept_by_desk": "services left as their own referral desk wrote them",
    "services_missing": "services that the package no longer has; they were left",
}
WRITTEN = ("organisations_new", "organisations_changed", "services_new", "services_changed")
DROPPED = {
    "addresses": "addresses of shelters dropped",
    "phones": "telephones of shelters dropped",
    "coordinates": "coordinates of shelters dropped",
    "texts": "descriptions of shelters, or that tell of one, dropped",
    "addresses_in_doubt": "addresses left out: this may be a shelter, and something of it could not be understood",
    "phones_in_doubt": "telephones left out for the same reason",
    "coordinates_in_doubt": "coordinates left out for the same reason",
    "texts_in_doubt": "descriptions left out for the same reason",
}


@dataclass(frozen=True)
class Report:
    """An import in numbers, with its table of problems."""

    applied: bool
    counts: Counter[str]
    dropped: Counter[str]
    problems: Problems

    @property
    def shelter_contacts(self) -> int:
        """Addresses, telephones and coordinates of shelters, or of bodies that may be one, that were not taken."""
        kinds = ("addresses", "phones", "coordinates")
        return sum(self.dropped[kind] + self.dropped[f"{kind}_in_doubt"] for kind in kinds)

    @property
    def has_broken_files(self) -> bool:
        """Whether some file was no JSON: what stood in it is missing."""
        return any(problem.what in ("unreadable", "twice_a_key") for problem in self.problems.kept)

    @property
    def took_nothing(self) -> bool:
        """Whether no row was taken: each was refused, and neither is any of them here as it stands there."""
        return not any(self.counts[name] for name in DONE if name != "services_missing")

    def lines(self, most: int) -> Iterator[str]:
        """The report, with at most so many problems in words."""
        yield from (f"{self.counts[name]:>7}  {words}" for name, words in DONE.items() if self.counts[name])
        for name, words in DROPPED.items():
            if self.dropped[name] or name in ("addresses", "phones"):
                yield f"{self.dropped[name]:>7}  {words}"
        yield f"{self.problems.count:>7}  problems"
        shown = self.problems.kept[:most]
        if shown:
            yield ""
            yield from _table(shown)
        if self.problems.count > len(shown):
            yield f"... and {self.problems.count - len(shown)} more"
        yield ""
        yield self._end()

    def _end(self) -> str:
        if self.took_nothing:
            return "Nothing was written: no row of it could be taken."
        if not any(self.counts[name] for name in WRITTEN):
            return "Nothing was written: nothing of what could be taken is new or changed."
        return "Written." if self.applied else "This was a trial: nothing was written. Add --apply to write it."


def _table(problems: list[Problem]) -> Iterator[str]:
    rows = [("file", "row", "field", "problem"), *((p.file, p.row, p.field, p.sentence) for p in problems)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
