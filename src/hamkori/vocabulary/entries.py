"""What a code list is: entries with a label in every language, and the marks that their source gave them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hamkori.vocabulary.country import FALLBACK


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code. `data` holds what else its list says about it (targets, mappings, marks), as loaded."""

    code: str
    labels: Mapping[str, str]
    definition: str | None
    provisional: bool
    unverified: bool
    data: Mapping[str, object]

    def label(self, language: str) -> str:
        """The label in a language; a language that the lists do not have gets Tajik."""
        return self.labels.get(language.split("-", maxsplit=1)[0], self.labels[FALLBACK])


@dataclass(frozen=True)
class CodeList:
    """A list of codes in the order of its file. Codes never change meaning."""

    name: str
    definition: str
    source: str
    provisional: bool
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        by_code = MappingProxyType({entry.code: entry for entry in self.entries})
        object.__setattr__(self, "_by_code", by_code)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(entry.code for entry in self.entries)

    def entry(self, code: str) -> Entry:
        """The entry of a code. Unknown code: KeyError."""
        by_code: Mapping[str, Entry] = self._by_code  # type: ignore[attr-defined]
        try:
            return by_code[code]
        except KeyError:
            raise KeyError(f"{self.name} has no code {code!r}") from None

    def label(self, code: str, language: str) -> str:
        """The label of a code. Unknown code: KeyError."""
        return self.entry(code).label(language)

    def choices(self, language: str) -> tuple[tuple[str, str], ...]:
        """(code, label) pairs for a form, in order."""
        return tuple((entry.code, entry.label(language)) for entry in self.entries)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
