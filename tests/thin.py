"""What `--fast` takes of what there is much of, by a fixed plan: the same tests each time, on every machine.

Of an enumeration that is marked `thin(n)` one in n; the others are bulk. Of a folder that is named in `ONE_IN` one in
so many tests, along its files; the others are marked `rest`, and run wherever a file is named. Others stay whole.
"""

from __future__ import annotations

from collections import Counter

ONE_IN = {"attacks": 80, "web": 60, "casework": 16, "site": 10, "audit": 8, "policy": 6, "jobs": 3, "vault": 2}
"""Measured by the processor's time of each folder, for 90 seconds on two processors with all that begins a run."""


def stays(number: int, every: int) -> bool:
    """Whether `--fast` runs the set of parameters with this number, counted from 0.

    Along the diagonal: where the inner of two parameters has n values, each value of both is taken.
    """
    return (number + number // every) % every == 0


class Turns:
    """Whose turn it is, folder by folder, in the order in which tests are found."""

    def __init__(self) -> None:
        self._found = Counter[str]()

    def stays(self, folder: str) -> bool:
        """Whether the next test of this folder stays in `--fast`."""
        self._found[folder] += 1
        return (self._found[folder] - 1) % ONE_IN.get(folder, 1) == 0
