"""The four ways in which Hamkori says no. Each door (pages, later the API) translates them once.

Order, first match (docs/design/access.md#refusals-in-order): `NotVisible`, `NotAllowed`, `NotNow`, `Invalid`. Nothing
else is a refusal; every other exception is a fault. Pure: no Django here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

SENTENCES: dict[str, str] = {}
"""Guard -> the English source of the sentence that says it is not true. Every room brings its own (`register`)."""
PLAIN: dict[str, str] = {}
"""The same where the values of a sentence are not known."""
COUNTED: dict[str, tuple[str, str]] = {}
"""The same where a number chooses the form: for one, and for several."""
STATES: dict[str, Callable[[str], str]] = {}
"""Code list of states -> a state as everybody may read it: ENDED where not everybody reads who ended it."""
ENDED = "ended"
NONE: Mapping[str, str] = MappingProxyType({})


def register(
    sentences: Mapping[str, str],
    *,
    plain: Mapping[str, str] = NONE,
    counted: Mapping[str, tuple[str, str]] | None = None,
    states: Mapping[str, Callable[[str], str]] | None = None,
) -> None:
    """A room's sentences, once, when it is ready. ValueError: another room says one of these guards."""
    if taken := SENTENCES.keys() & sentences.keys():
        raise ValueError(f"two rooms say {sorted(taken)}")
    SENTENCES.update(sentences)
    PLAIN.update(plain)
    COUNTED.update(counted or {})
    STATES.update(states or {})


class Refusal(Exception):
    """A "no" that was meant: nothing was written, and the reason can be told.

    `ledger`: the row that an action wrote of it; a door whose own rollback took that row away writes it again.
    `ours`: decided here, and not by the database; known of what she takes away (casework/consent/machinery/her_no.py).
    `holds`: what was refused took so long that what she takes away by it holds already.
    """

    ledger: object = None
    ours = False
    holds = False


class NotVisible(Refusal):
    """For this actor the object does not exist: absent, malformed and hidden look alike. 404."""


class NotAllowed(Refusal):
    """The object may be seen, but no policy row grants this permission on it. 403."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class NotNow(Refusal):
    """Allowed in principle, but a guard is not true now. 409; the page shows the guard's sentence.

    `values` fill the placeholders of that sentence; they are codes, times and counts, never a sealed text.
    """

    def __init__(self, guard: str, **values: object) -> None:
        super().__init__(guard)
        self.guard = guard
        self.values = values


class Invalid(Refusal):
    """What was typed cannot be used. Field name -> message; the form keeps what was typed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = dict(errors)
