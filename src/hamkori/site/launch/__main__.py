"""`python -m hamkori.site.launch <command>`: what `./hamkori` runs once the environment is there."""

import argparse
import errno
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from hamkori.site import environment
from hamkori.site.database import outages
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.launch.surroundings import VARIABLE_OF


@dataclass(frozen=True)
class Command:
    """The room that does it (a module with `configure` and `main`), and what it does in a few words."""

    room: str
    words: str
    hands_on: bool = False  # what it does not know itself goes on to the tool behind it


COMMANDS = {
    "demo": Command("launch.demo", "start Hamkori with invented people on this machine"),
    "test": Command("launch.testing", "run the tests", hands_on=True),
    "check": Command("checks.command", "format, lint, types, floors, templates, languages"),
    "docs": Command("docs.command", "draw the generated pages of docs/ anew"),
    "catalogues": Command("catalogues.command", "the translations: update, check, compile, missing, fill, count"),
    "migrate": Command("launch.migrating", "bring the database of HAMKORI_OWNER_URL to the state of this source"),
    "import-directory": Command(
        "launch.import_directory", "take in a foreign directory (Open Referral HSDS 3.0), tried until --apply"
    ),
    "audit-verify": Command(
        "launch.audit_verify", "read the whole ledger and name the first row that was changed, removed or added"
    ),
    "keys": Command("launch.keys", "turn the keys of the keyring, while the pages serve"),
    "audit-head": Command("launch.audit_head", "print the newest head of the ledger, to be kept outside this machine"),
    "audit-mend": Command(
        "launch.audit_mend",
        "show rows of the ledger's chain that the worker did not make, --apply takes them out; --restored: a backup",
    ),
    "tags": Command("launch.tags", "what the server vouches for: status, adopt, vouch, rebuild"),
    "worker": Command("launch.worker", "run jobs and the clock on the database of HAMKORI_CLOCK_URL"),
    "bench": Command(
        "launch.bench", "time the main pages and acts on the demonstration's world times 50", hands_on=True
    ),
    "screens": Command("screens.command", "shoot every page at two widths, light and dark, in two languages"),
    "chaos": Command(
        "launch.chaos", "kill processes at random while people work, and count what is lost", hands_on=True
    ),
    "status": Command("launch.status", "say what runs here and whether it is well"),
    "dev": Command("launch.dev", "for developers: a database to try things in", hands_on=True),
}

ENDS = "Ends with 0: done, or all is well; with 1: a line says what is not; with 2: it was called in an unknown way."
BEHIND = "What it does not know goes on to the tool behind it: -- --help lists what that takes. "
# A disk that is full or only read, a file of another user: nothing of ours, and the words say all.
OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class OneLine(argparse.ArgumentParser):
    """Says in one line what it does not know. Those of `keys` and `tags` for their acts are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """End with 2."""
        self.exit(2, f"hamkori: {message}. What there is: ./{self.prog} --help\n")


def main(arguments: list[str]) -> int:
    """Hand over to the room of the command; the others are not even read."""
    if not arguments or arguments[0] not in COMMANDS:
        what = f"there is no command {arguments[0]}" if arguments else "name a command"
        sys.stderr.write(f"hamkori: {what}; there are {', '.join(COMMANDS)}.\n")
        return 2
    name, *rest = arguments
    command = COMMANDS[name]
    room = import_module(f"hamkori.site.{command.room}")
    epilog = BEHIND * command.hands_on + ENDS
    parser = OneLine(prog=f"hamkori {name}", description=command.words, epilog=epilog)
    room.configure(parser)
    cut = rest.index("--") if "--" in rest else len(rest)
    chosen, unknown = parser.parse_known_args(rest[:cut])
    if unknown and not command.hands_on:
        parser.error(f"{name} does not know {unknown[0]}")
    chosen.rest = unknown + rest[cut + 1 :]
    chosen.words = rest[:cut]
    try:
        return int(room.main(chosen))
    except (NoDatabase, environment.BadEnvironment) as error:
        said = str(error)
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        said = f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    except Exception as error:
        # Here the commands meet the database: what it refuses is a line, with the variable that named it.
        if (found := outages.of(error)) is None:
            raise
        variable = VARIABLE_OF.get(environment.text("HAMKORI_PROCESS"), "")
        said = f"{variable}: {found.words}" if environment.text(variable) else found.words
    sys.stderr.write(f"hamkori: {said}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
