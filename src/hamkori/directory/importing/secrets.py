"""What of shelters must never be kept, wherever else in a package it stands again: their addresses and telephones."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from hamkori.directory.rules.fold import fold

SHORTEST_NUMBER = 6
SHORTEST_LINE = 5


def digits(text: str) -> str:
    """The digits of a telephone number from its end, at most nine: with and without country code it is the same."""
    return re.sub(r"\D", "", text)[-9:]


@dataclass
class Secrets:
    """Telephones and address lines of shelters, as they are compared. They live as long as the import runs."""

    numbers: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)

    def telephone(self, number: str) -> None:
        found = digits(number)
        if len(found) >= SHORTEST_NUMBER:
            self.numbers.add(found)

    def address(self, lines: Iterable[str]) -> None:
        for line in lines:
            found = fold(line)
            # A house has a number; a line without one names a town or a street of many houses.
            if len(found) >= SHORTEST_LINE and re.search(r"\d", found):
                self.lines.add(found)

    def told_by(self, text: str) -> bool:
        """Whether a text names one of them. The work grows with the text, not with the number of secrets."""
        if not text or not (self.numbers or self.lines):
            return False
        return self._tells_a_number(text) or self._tells_a_line(text)

    def _tells_a_number(self, text: str) -> bool:
        lengths = {len(number) for number in self.numbers}
        for run in re.findall(r"\d+", re.sub(r"[\s()./+-]", "", text)):
            for length in lengths:
                if any(run[at : at + length] in self.numbers for at in range(len(run) - length + 1)):
                    return True
        return False

    def _tells_a_line(self, text: str) -> bool:
        words = fold(text).split()
        for count in {line.count(" ") + 1 for line in self.lines}:
            if any(" ".join(words[at : at + count]) in self.lines for at in range(len(words) - count + 1)):
                return True
        return False
