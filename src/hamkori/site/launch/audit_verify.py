"""`audit-verify`: the ledger where HAMKORI_CLOCK_URL points, or else of the running demo, read by the clock's login."""

import argparse

from hamkori.audit import command
from hamkori.site.launch import acting

configure = command.configure


def main(arguments: argparse.Namespace) -> int:
    """As the worker. NoDatabase: neither an address nor a running demo."""
    acting.surround("worker", "the clock's address")
    return acting.run("audit_verify", arguments)
