"""Where it becomes an answer that something stays shut: `Sealed` and `Untrusted` are caught at every door.

A changed row must end as 409 `tag_mismatch`, a row of the ledger and an alarm, never as a 500 that rolls its own trace
back. Inside a page `ActorMiddleware.process_exception` does that, inside an act `Action`, in a command
`answers.broken_off`.
`python -m hamkori.site.checks.shut_rules` follows the calls of the whole source and names, for `./hamkori check`:

- what runs outside of these places and may raise one of the two, with the way it comes;
- who catches one and neither raises nor alarms, without a reason that stands here;
- a place of these that catches them no more, and a reason that nothing needs any more.

It reads names, not types: a method of a value that it does not know is followed if all methods of that name are the
vault's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from hamkori.site.checks.calls import House

HOUSE = Path(__file__).resolve().parents[2]

# The places where it becomes an answer, and what each must name.
PLACES = {
    "web.middleware.ActorMiddleware.process_exception": {"Sealed", "Untrusted", "mismatch"},
    "web.middleware.KeepingMiddleware.process_response": {"Untrusted", "mismatch"},
    "action.Action._try": {"Sealed", "Untrusted", "mismatch"},
    "site.management.answers.broken_off": {"mismatch"},
}
# What Django, the server, the queue or Python itself calls outside of them, by the beginnings of their names. The rings
# around the pages are those of the settings.
OUTSIDE = (
    "jobs.",
    "site.health.views.",
    "site.serving.",
    "site.urls.",
    "site.serving.wsgi.",
    "web.account.context.",
    "web.kit.ahead.",
    "web.sessions.counters.",
    "web.middleware.",
    "web.nav.",
    "web.kit.refusals.",
    "web.sessions.store.",
    "web.sessions.signed_in.read",
    "web.templatetags.",
)
# What the launcher runs, before Django and after.
COMMAND = re.compile(r"(site\.launch|(\w+\.)+management\.commands)\.\w+\.main")
# What a file does when it is run or imported, whose Sealed or Untrusted nobody has to answer for.
AT_HOME: dict[str, str] = {}
# From one function to another: there it can not be raised, because nothing that is stored goes in, or whoever calls the
# first of them tells it, in a way that names do not show.
NOT_THERE: dict[tuple[str, str], str] = {
    ("web.sessions.counters.Counters._hashed", "vault.keyring.Keyring.peppered"): "the keyring's own newest pepper",
    (
        "web.sessions.counters.Table._written",
        "vault.proof.prove",
    ): "a question of `Table._patiently`, which raises the alarm",
    ("web.sessions.store.SessionStore.save", "vault.proof.prove"): "it keeps for a page, or for `KeepingMiddleware`",
    ("web.sessions.store.SessionStore.save", "vault.proof.as_meant"): "it keeps for a page, or for `KeepingMiddleware`",
    ("vault.keyring.Keyring._lock", "vault.bytes.lock"): "the keyring's own newest number",
    ("site.database.world.renew_proof", "vault.proof.key_for"): "the keyring's own newest proof key",
    ("site.database.world.renew_proof", "vault.keyring.Keyring.shown_under"): "the keyring's own newest proof key",
    ("vault.keyring.Keyring.shown", "vault.keyring.Keyring.shown_under"): "versions that this keyring holds",
}
# Who catches one of them and goes on.
QUIET: dict[str, str] = {
    "action._shown": "the alarm goes out all the same, without a proof, and its row says so",
    "casework.consent.queries.said.is_ours": "an older version is shown as not confirmed, and counts for nothing",
    "casework.referral.actions.release._locked_anew": "left behind by its id; the end of the run raises its alarm",
    "casework.referral.actions.release._named": "bytes that are no lock name no epoch; the seal is left behind",
    "casework.referral.queries.permit._asked_twice": "reads once more, and raises then",
    "casework.referral.queries.permit.believed": "reads once more, and raises then",
    "casework.referral.queries.permit._fields": "None: it is none of ours, and raises no mark; who reads it raises",
    "casework.raising._believed": "what is not believed raises no mark, and is told where it is asked",
    "people.totp.number_of": "a row that is not ours has the number 0; whoever uses it is refused",
    "site.database.startcheck.is_of_this_database": "the process refuses to serve",
    "site.database.world.is_of": "tries each of its keys; none: the start is refused",
    "vault.held.opened": "a vault that does not open is a closed one: she gives her passphrase",
    "vault.held.take": "a vault that does not open is a closed one: she gives her passphrase",
    "vault.sections.hand_over": "told to whoever hands over, who raises the alarm",
    "vault.session.read_cookie": "a cookie is the browser's, not a row",
    "web.account.joining.Kept.unlock": "a hidden field is the browser's, not a row",
    "web.kit.ahead.done": "the page that comes next meets the same row and answers for it",
    "web.sessions.store.SessionStore.load": "a session that does not open is none",
}


def faults(sources: Mapping[str, str]) -> Iterator[str]:
    """What is wrong in these sources, one line each; they are named by their paths in src/hamkori."""
    house = House(sources, not_there=frozenset(NOT_THERE))
    yield from _uncaught(house)
    yield from _swallowed(house)
    yield from _places(house)
    if set(sources) >= {path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py")}:
        yield from _idle(house)


def _uncaught(house: House) -> Iterator[str]:
    commands = (name for name in house.functions if COMMAND.fullmatch(name))
    called = (*OUTSIDE, *commands, *house.strings("site.settings", "MIDDLEWARE"))
    for name in sorted(house.raised):
        outside = name.startswith(called) or name.endswith(".<module>")
        if not outside or name in PLACES or name in AT_HOME:
            continue
        for shut in sorted(house.raised[name]):
            way = house.way(name, shut)
            if len(way) == 1 or not way[1].startswith(called):  # else it is told where it comes in
                yield f"{house.place(name)}: {shut} goes out of the house here: {' > '.join(way)}"


def _swallowed(house: House) -> Iterator[str]:
    for caught in house.caught:
        if not caught.answers and caught.by not in QUIET and caught.by not in PLACES:
            yield f"{caught.place}: {caught.by} catches {' and '.join(sorted(caught.shut))} and tells nobody"


def _places(house: House) -> Iterator[str]:
    for name, needed in PLACES.items():
        function = house.functions.get(name)
        if function is None or not function.names >= needed:
            yield f"{name} no longer makes an answer of what stays shut: it names {' and '.join(sorted(needed))}"


def _idle(house: House) -> Iterator[str]:
    quiet = {caught.by for caught in house.caught if not caught.answers}
    unused = {
        "QUIET": set(QUIET) - quiet,
        "AT_HOME": {name for name in AT_HOME if not house.raised.get(name)},
        "NOT_THERE": {f"{one} > {other}" for one, other in set(NOT_THERE) - house.cut},
    }
    for table, names in unused.items():
        yield from (f"site/checks/shut_rules.py: nothing needs {name} in {table} any more" for name in sorted(names))


def sources() -> dict[str, str]:
    """Every file of the house."""
    return {
        path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in sorted(HOUSE.rglob("*.py"))
    }


def main() -> int:
    """Every file of the house. 1: there are faults."""
    found = list(faults(sources()))
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
