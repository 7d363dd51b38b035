"""`audit-mend`: rows of the ledger's chain that the worker did not make are shown, and with --apply taken out.

As the worker's user, who alone reads the keys that say which rows are foreign, with the owner's address.
With --restored it is about what a backup lacks that was put back, with the clock's.
"""

import argparse

from hamkori.site.launch import acting


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit-mend`."""
    parser.add_argument("--apply", action="store_true", help="do it; otherwise it is shown, and nothing is changed")
    parser.add_argument(
        "--restored",
        action="store_true",
        help="after a backup was put back: give up what was sealed after it, so that the worker seals again",
    )


def main(arguments: argparse.Namespace) -> int:
    """NoDatabase: neither an address nor a running demo."""
    acting.act_as("worker" if arguments.restored else "owner")
    return acting.run("audit_restored" if arguments.restored else "audit_mend", arguments)
