"""`audit-head`: the newest head of the ledger, to be kept outside: where HAMKORI_CLOCK_URL points, or of the demo."""

import argparse

from hamkori.site.launch import acting


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


main = acting.handed("audit_head", "worker", "the worker's address")
