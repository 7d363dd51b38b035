"""`python -m hamkori.site.launch <command>`: what `./hamkori` runs once the environment is there."""

import argparse
import sys

from hamkori.site.binaries import NoDatabase
from hamkori.site.launch import dev

COMMANDS = {
    "dev": (dev, "for developers: a database to try things in"),
}
# Commands that hand on what they do not know themselves.
HANDS_ON = {"dev": True, "test": True}


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
