"""Rows by kind and id, and what hangs on what, from nested and from flat writings alike."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hamkori.directory.importing import entities, limits, values
from hamkori.directory.importing.limits import Refused
from hamkori.directory.importing.package import Piece
from hamkori.directory.importing.values import BadValue, Problems

Key = tuple[str, UUID]


@dataclass
class Row:
    """One object of the package, with the fields that are read of it."""

    entity: str
    id: UUID
    file: str
    fields: dict[str, Any]


@dataclass(kw_only=True)
class Table:
    """All rows. `in_doubt` are bodies of which some service could not be read: it might have been a shelter."""

    problems: Problems
    rows: dict[Key, Row] = field(default_factory=dict)
    links: dict[Key, dict[Key, None]] = field(default_factory=lambda: defaultdict(dict))
    in_doubt: set[UUID] = field(default_factory=set)
    all_in_doubt: bool = False
    _pending: list[tuple[Key, str, Key]] = field(default_factory=list)
    _ups: dict[tuple[Key, str], Key] = field(default_factory=dict)

    def add(self, piece: Piece) -> None:
        """Take in an object and all that is written inside it."""
        waiting: list[tuple[Piece, Key | None]] = [(piece, None)]
        while waiting:
            here, parent = waiting.pop()
            key = self._row(here, parent)
            if key is None:
                continue
            for inner, down in self._inside(here):
                if down:
                    waiting.append((inner, key))
                else:
                    # A service that carries its organization hangs on it, not the other way round.
                    carried = self._row(inner, None)
                    if carried is not None:
                        self.links[carried][key] = None
                        waiting += [(more, carried) for more, is_list in self._inside(inner) if is_list]

    def finish(self) -> None:
        """Join the flat rows to their parents; a parent that is not there is a problem of the row."""
        for child, name, parent in self._pending:
            if parent in self.rows:
                self.links[parent][child] = None
            elif child in self.rows:
                row = self.rows[child]
                self.problems.add(row.file, str(row.id), name, "dangling")
        self._pending.clear()
        for up, children in self.links.items():
            for child in children:
                self._ups.setdefault((child, up[0]), up)

    def of(self, entity: str) -> Iterator[Row]:
        """All rows of a kind, in the order of reading."""
        return (row for (kind, _), row in self.rows.items() if kind == entity)

    def under(self, parent: Row, entity: str) -> list[Row]:
        """The rows of a kind that hang on a row."""
        return [self.rows[key] for key in self.links.get((parent.entity, parent.id), ()) if key[0] == entity]

    def above(self, child: Row, entity: str) -> Row | None:
        """The row of a kind that this one hangs on; of several the first."""
        up = self._ups.get(((child.entity, child.id), entity))
        return self.rows.get(up) if up else None

    def doubt(self, organization: UUID | None) -> None:
        """Some service of this body, or of we know not which, could not be understood."""
        if organization is None:
            self.all_in_doubt = True
        else:
            self.in_doubt.add(organization)

    def _row(self, piece: Piece, parent: Key | None) -> Key | None:
        place = piece.place
        try:
            own = values.uuid(piece.fields, "id", needed=True)
            assert own is not None
            place = str(own)
            read = entities.read(piece.entity, piece.fields)
            parents = self._parents(piece)
        except BadValue as bad:
            self._refused(piece, parent, place, f"{piece.entity}.{bad.name}", bad.what)
            return None
        key = (piece.entity, own)
        known = self.rows.get(key)
        if known is None:
            if len(self.rows) >= limits.ROWS:
                raise Refused(f"The package has more than {limits.ROWS} rows. Nothing was written.")
            self.rows[key] = Row(piece.entity, own, piece.file, read)
        elif not _joined(known.fields, read):
            self._refused(piece, parent, place, piece.entity, "doubled")
            return None
        if parent is not None:
            self.links[parent][key] = None
        self._pending += [(key, name, up) for name, up in parents]
        return key

    def _refused(self, piece: Piece, parent: Key | None, place: str, name: str, what: str) -> None:
        self.problems.add(piece.file, place, name, what)
        if piece.entity in ("service", "attribute", "taxonomy_term"):
            self._doubt_of(piece, parent)

    def _parents(self, piece: Piece) -> list[tuple[str, Key]]:
        found: list[tuple[str, Key]] = []
        for name, entity in entities.PARENTS.get(piece.entity, {}).items():
            up = values.uuid(piece.fields, name)
            if up is not None:
                found.append((name, (entity, up)))
        if piece.entity == "attribute":
            up = values.uuid(piece.fields, "link_id")
            entity = values.text(piece.fields, "link_entity", limits.CODE)
            if up is not None and entity in entities.READERS:
                found.append(("link_id", (entity, up)))
        return found

    def _inside(self, piece: Piece) -> Iterator[tuple[Piece, bool]]:
        for name, entity in entities.CHILDREN.get(piece.entity, {}).items():
            value = piece.fields.get(name)
            if value is None:
                continue
            if isinstance(value, dict):
                yield Piece(entity, piece.file, f"{piece.place}, {name}", value), False
            elif isinstance(value, list) and len(value) <= limits.CHILDREN:
                for number, inner in enumerate(value, start=1):
                    place = f"{piece.place}, {name} {number}"
                    if isinstance(inner, dict):
                        yield Piece(entity, piece.file, place, inner), True
                    else:
                        self.problems.add(piece.file, place, name, "no_object")
            else:
                what = "too_many" if isinstance(value, list) else "no_list"
                self.problems.add(piece.file, piece.place, f"{piece.entity}.{name}", what)
                if name in ("attributes", "services"):
                    self._doubt_of(piece, None)

    def _doubt_of(self, piece: Piece, parent: Key | None) -> None:
        """Which body a refused piece belongs to, as far as it says so."""
        nested = piece.fields.get("organization")
        candidates: tuple[Mapping[str, Any], str]
        for candidates in ((piece.fields, "organization_id"), (nested if isinstance(nested, dict) else {}, "id")):
            try:
                own = values.uuid(*candidates)
            except BadValue:
                continue
            if own is not None:
                return self.doubt(own)
        # Of a service the terms are not complete; `draft` finds its body by it.
        return self.doubt(parent[1] if parent is not None and parent[0] in ("organization", "service") else None)


def _joined(known: dict[str, Any], again: dict[str, Any]) -> bool:
    """Whether two writings of a row agree; what the first left empty is filled in."""
    if any(known[name] not in ("", None, value) and value not in ("", None) for name, value in again.items()):
        return False
    known.update({name: value for name, value in again.items() if known[name] in ("", None)})
    return True
