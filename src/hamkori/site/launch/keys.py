"""`keys`: what the holder of the server's keys does with them, while the pages serve."""

import argparse

from hamkori.site.launch import acting
from hamkori.vault.keyring import NAMES

OF_THE_WORKER = ("chain", "signing")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `keys`."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("status", help="each key, what lies under which of its versions, and what waits")
    acts.add_parser("rotate-release", help="begin a new release key, lock what is live anew, destroy the old key")
    forgetting = acts.add_parser(
        "forget-worker",
        help="after its folder was lost: the next worker that begins is known instead. One at work: with --apply alone",
    )
    forgetting.add_argument("--apply", action="store_true", help="do it, also while a worker that is known is at work")
    rotating = acts.add_parser("rotate", help="begin a new version of a key, or finish the turn that was begun")
    rotating.add_argument("name", choices=(*NAMES, "release", *OF_THE_WORKER))


def main(arguments: argparse.Namespace) -> int:
    """As the process whose keys they are. NoDatabase: neither an address nor a running demo."""
    name = name_of(arguments)
    acting.act_as("web" if name == "release" else "worker" if name in OF_THE_WORKER else "owner")
    return acting.run("keys", arguments)


def name_of(arguments: argparse.Namespace) -> str:
    """Of the key that shall be turned; '' where none shall."""
    return "release" if arguments.act == "rotate-release" else getattr(arguments, "name", "")
