"""`import-directory`: takes in a foreign directory, where HAMKORI_OWNER_URL points or else into the running demo."""

import argparse

from hamkori.directory import command
from hamkori.site.launch import acting

configure = command.configure


def main(arguments: argparse.Namespace) -> int:
    """As the owner. NoDatabase: neither an address nor a running demo."""
    acting.surround("owner", "the owner's address")
    return acting.run("import_directory", arguments)
