"""`audit-head`: the newest head of the ledger, to be kept outside: where HAMKORI_CLOCK_URL points, or of the demo."""

import argparse

from hamkori.site.launch import acting


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """As the worker. NoDatabase: neither an address nor a running demo."""
    acting.surround("worker", "the clock's address")
    return acting.run("audit_head", arguments)
