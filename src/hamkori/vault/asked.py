"""What was found is what was asked for.

A row of another thing may be ours, its tag good and its lock one that the reader can open: the database chooses which
row it answers. So whatever is done with a row goes by what was asked for, and that is compared first.
"""

from __future__ import annotations

from uuid import UUID

from hamkori.vault.bytes import NAMELESS, Untrusted


def require_asked(kind: str, found: tuple[object, ...], asked: tuple[object, ...]) -> None:
    """Return where each is the one that was asked for, the thing itself first. Untrusted, of that thing, where not."""
    if found != asked:
        thing = asked[0]
        raise Untrusted(kind, thing if isinstance(thing, UUID) else NAMELESS)
