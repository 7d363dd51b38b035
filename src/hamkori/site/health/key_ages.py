"""Parts of the pulse: how old the keys of the server are, and whether an older one lives that should be destroyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hamkori.site.database import startcheck
from hamkori.site.health import pulse
from hamkori.site.health.pulse import Here, Sign, span
from hamkori.vault.keyring import Keyring
from hamkori.vault.keyring_file import load as load_keyring

RELEASE_LIMIT = timedelta(days=14)  # after which old backups are promised to stay shut
TURN_LIMIT = timedelta(hours=1)  # how long a turn may take before an older key is one that was left
ROTATE = "./hamkori keys rotate-release"
SHOWN = 5
# The first of each key has no row: it is as old as the database.
KEYS_BEGUN = """
select k.name, coalesce(v.number, 1), statement_timestamp() - coalesce(v.begun_at, f.at)
  from (select min(applied) as at from django_migrations) f
 cross join unnest(array['pepper', 'tag', 'kept', 'proof']) with ordinality k(name, place)
  left join lateral (
    select number, begun_at from key_version where name_code = k.name order by number desc limit 1) v on true
 order by k.place
"""
RELEASE_ROWS = """
select number, begun_at, destroyed_at is not null, statement_timestamp() - destroyed_at
  from release_epoch order by number
"""
RELEASE_FIRST = "select min(applied) from django_migrations"


def release_key(here: Here) -> Iterator[Sign]:
    """How old the key of packets is, which older ones live and since when they are older, and which are destroyed: what
    lies under those in a backup stays shut. Keyring and marks are asked before the database, where they are seen.
    """
    first = here.connection.execute(RELEASE_FIRST).fetchone()
    begun, ends = {1: first[0] if first and first[0] else datetime.now(UTC)}, {}
    for number, at, is_gone, age in here.connection.execute(RELEASE_ROWS):
        begun[number] = at
        if is_gone:
            ends[number] = age
    ring = _ring(here)
    held = ring.release_epochs if ring else tuple(sorted(set(begun) - set(ends) or begun))
    marked = {number: _release_begun(here, number) for number in held}
    begun |= {number: at for number, at in marked.items() if at}
    age, since = _age(begun, held[-1]), [(one, _age(begun, after)) for one, after in pairwise(held)]
    yield _release_sign(held[-1], age, since, sorted(ends.items(), reverse=True))
    for number in sorted(set(begun) - {1}):
        if number > held[-1]:
            text = f"the database names epoch {number}, which the keyring does not hold; turn it: {ROTATE}"
            yield Sign("Release key", text, well=False)


def _release_sign(
    number: int, age: timedelta, older: list[tuple[int, timedelta]], gone: list[tuple[int, timedelta]]
) -> Sign:
    destroyed = [f"{one} ({span(since)} ago)" for one, since in gone]
    more = f" and {len(gone) - SHOWN} before" if len(gone) > SHOWN else ""
    said = f"epoch {number}, {span(age)} old; destroyed: {', '.join(destroyed[:SHOWN]) or 'none'}{more}"
    living = ", ".join(f"{one} (for {span(since)})" for one, since in older)
    if living:
        said = f"{said}; older and not destroyed: {living}"
    late = age > RELEASE_LIMIT or any(since > TURN_LIMIT for _one, since in older)
    return Sign("Release key", f"{said}; turn it: {ROTATE}" if late else said, well=not late)


def _age(begun: Mapping[int, datetime], number: int) -> timedelta:
    return datetime.now(UTC) - begun.get(number, datetime.now(UTC))


def _ring(here: Here) -> Keyring | None:
    if here.keyring is None or not pulse.reachable(here.keyring) or startcheck.keyring_fault(here.keyring):
        return None
    return load_keyring(here.keyring)


def _release_begun(here: Here, number: int) -> datetime | None:
    """When this epoch began, as the machine wrote it down; the database's word for it is its owner's."""
    if here.marks is None or not pulse.reachable(here.marks) or not pulse.are_marks(here.marks / "marks"):
        return None
    seconds = pulse.read_before(here.marks / "marks").least("release", str(number))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def server_keys(here: Here) -> Iterator[Sign]:
    """How old the other keys of the keyring are."""
    found = here.connection.execute(KEYS_BEGUN).fetchall()
    ages = ", ".join(f"{name} {number} ({span(age)} old)" for name, number, age in found)
    ring = _ring(here)
    above = [(name, number) for name, number, _age in found if ring is not None and number > ring.newest(name)]
    yield Sign("Other keys", ages, well=not above)
    for name, number in above:
        text = f"the database names version {number} of {name}, which the keyring does not hold"
        yield Sign("Other keys", f"{text}; ./hamkori keys rotate {name} takes it out", well=False)
