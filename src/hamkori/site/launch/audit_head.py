"""`audit-head`: the newest head of the ledger, to be kept outside: where HAMKORI_CLOCK_URL points, or of the demo."""

import argparse

from hamkori.audit import command
from hamkori.site.launch import audit_verify


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """As `hamkori.audit.command.head`. NoDatabase: neither an address nor a running demo."""
    audit_verify.surround()
    return command.head(arguments)
