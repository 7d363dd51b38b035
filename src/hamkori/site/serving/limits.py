"""How long a connection may keep us waiting, how many there may be, and how much they may hold."""

import logging
from dataclasses import dataclass
from typing import Final

THREADS: Final = 4
"""Requests that one process works on at a time."""
HEAD_BYTES: Final = 32 * 1024
BODY_BYTES: Final = 32 * 1024 * 1024
"""Longer than any form may be, so that the page which says so can give back what was typed."""
SMALL_BODY: Final = 256 * 1024
"""Every form of ours is smaller; a body up to this is always let in."""
HELD_BYTES: Final = 4 * BODY_BYTES
"""What all longer bodies together may promise: they lie in memory until they are answered."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one process. Seconds and connections; each process counts for itself."""

    head: int
    """From the first byte of a request to the end of its headers."""
    body: int
    """From its first byte to its last."""
    idle: int
    """From an answer, or the beginning, to the next request."""
    send: int
    """From the moment an answer is there to its last byte on the way."""
    connections: int
    of_address: int

    def late(
        self, now: float, *, free_since: float, begun: float | None, in_body: bool, sending_since: float | None
    ) -> bool:
        """Whether a connection that we do not keep waiting ourselves has had its time.

        `begun`: when the first byte of an unfinished request came. `sending_since`: since when an answer waits for its
        reader. Blank lines begin a request again and again, so until headers are read all of it has an end too.
        """
        if sending_since is not None:
            return now - sending_since > self.send
        if begun is None:
            return now - free_since > self.idle
        if in_body:
            return now - begun > self.body
        return now - begun > self.head or now - free_since > self.idle + self.head


class ShortLines(logging.Formatter):
    """What others send does not fill the log: a refused request is its kind in one line, and no line is long.

    Django says the whole Host, or file name, that it refuses, and then again in a traceback.
    """

    LONGEST = 500

    def format(self, record: logging.LogRecord) -> str:
        """The lines, each cut."""
        if record.name.startswith("django.security"):
            record = logging.makeLogRecord({**record.__dict__, "msg": "a request was refused", "args": ()})
            record.exc_info, record.exc_text, record.stack_info = None, None, None
        return "\n".join(
            line if len(line) <= self.LONGEST else f"{line[: self.LONGEST]} ... ({len(line)} letters)"
            for line in super().format(record).splitlines()
        )


class WithoutAddresses(logging.Filter):
    """Waitress says at which address a fault happened, and an address may hold the code of a case."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The line without what follows its verb."""
        said, verb, _address = record.getMessage().partition(" while serving ")
        record.msg, record.args = (f"{said} while serving a page" if verb else said), ()
        return True
