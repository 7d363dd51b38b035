"""`python -m hamkori.site.launch <command>`: what `./hamkori` runs once the environment is there."""

import argparse
import sys

from hamkori.site import check, docs
from hamkori.site.binaries import NoDatabase
from hamkori.site.catalogues import command as catalogues
from hamkori.site.launch import audit_verify, demo, dev, import_directory, migrating, status, testing, worker

COMMANDS = {
    "demo": (demo, "start Hamkori with invented people on this machine"),
    "test": (testing, "run the tests"),
    "check": (check, "format, lint, types, floors, templates, languages"),
    "docs": (docs, "draw the generated pages of docs/ anew"),
    "catalogues": (catalogues, "the translations: update, check, compile, missing, fill"),
    "migrate": (migrating, "bring the database of HAMKORI_OWNER_URL to the state of this source"),
    "import-directory": (import_directory, "take in a foreign directory (Open Referral HSDS 3.0), tried until --apply"),
    "audit-verify": (audit_verify, "read the whole ledger and name the first row that was changed, removed or added"),
    "worker": (worker, "run jobs and the clock on the database of HAMKORI_CLOCK_URL"),
    "status": (status, "say what runs here and whether it is well"),
    "dev": (dev, "for developers: a database to try things in"),
}
# Commands that hand on what they do not know themselves.
HANDS_ON = {"dev": True, "test": True, "worker": True}


def main(arguments: list[str]) -> int:
    """Hand over to the room of the command."""
    parser = argparse.ArgumentParser(prog="hamkori")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (room, words) in COMMANDS.items():
        room.configure(commands.add_parser(name, help=words, description=words))
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, unknown = parser.parse_known_args(arguments[:cut])
    chosen.rest = unknown + arguments[cut + 1 :]
    if unknown and not HANDS_ON.get(chosen.command):
        parser.error(f"{chosen.command} does not know {unknown[0]}")
    try:
        return int(COMMANDS[chosen.command][0].main(chosen))
    except NoDatabase as error:
        sys.stderr.write(f"hamkori: {error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
