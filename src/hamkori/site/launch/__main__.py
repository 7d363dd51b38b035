"""`python -m hamkori.site.launch <command>`: what `./hamkori` runs once the environment is there."""

import argparse
import ast
import errno
import sys
from importlib import import_module
from typing import NoReturn

from hamkori.site import environment, reading
from hamkori.site.database import outages
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.launch.places import TREE
from hamkori.site.launch.surroundings import VARIABLE_OF

# The room that does it: a module with `configure` and `main`. What it does in a few words, the script says.
COMMANDS = {
    "demo": "launch.demo",
    "test": "launch.testing",
    "check": "checks.command",
    "docs": "docs.command",
    "catalogues": "catalogues.command",
    "migrate": "launch.migrating",
    "import-directory": "launch.import_directory",
    "audit-verify": "launch.audit_verify",
    "audit-head": "launch.audit_head",
    "audit-mend": "launch.audit_mend",
    "keys": "launch.keys",
    "tags": "launch.tags",
    "worker": "launch.worker",
    "bench": "launch.bench",
    "screens": "screens.command",
    "chaos": "launch.chaos",
    "status": "launch.status",
    "dev": "launch.dev",
}
HANDS_ON = frozenset({"test", "bench", "chaos", "dev"})  # what they do not know themselves goes on to the tool behind

ENDS = "Ends with 0: done, or all is well; with 1: a line says what is not; with 2: it was called in an unknown way."
BEHIND = "What it does not know goes on to the tool behind it: -- --help lists what that takes. "
# A disk that is full or only read, a file of another user: nothing of ours, and the words say all.
OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class OneLine(argparse.ArgumentParser):
    """Says in one line what it does not know. Those of `keys` and `tags` for their acts are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """End with 2."""
        self.exit(2, f"hamkori: {message}. What there is: ./{self.prog} --help\n")


def words_of(command: str) -> str:
    """What it does, as `./hamkori --help` says it; read, for the script has no ending by which it could be imported."""
    for node in ast.parse((TREE / "hamkori").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "COMMANDS":
            return str(ast.literal_eval(node.value)[command])
    raise LookupError(command)


def main(arguments: list[str]) -> int:
    """Hand over to the room of the command; the others are not even read."""
    if not arguments or arguments[0] not in COMMANDS:
        what = f"there is no command {arguments[0]}" if arguments else "name a command"
        sys.stderr.write(f"hamkori: {what}; there are {', '.join(COMMANDS)}.\n")
        return 2
    name, *rest = arguments
    with reading.all_of_it():
        room = import_module(f"hamkori.site.{COMMANDS[name]}")
    epilog = BEHIND * (name in HANDS_ON) + ENDS
    parser = OneLine(prog=f"hamkori {name}", description=words_of(name), epilog=epilog)
    room.configure(parser)
    cut = rest.index("--") if "--" in rest else len(rest)
    chosen, unknown = parser.parse_known_args(rest[:cut])
    if unknown and name not in HANDS_ON:
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
