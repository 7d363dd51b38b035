"""`chaos`: people work at a demonstration whose processes are killed and stopped; what they were told is compared."""

import argparse
import subprocess
import sys

from hamkori.site.launch import places


def configure(parser: argparse.ArgumentParser) -> None:
    """`--kills`, `--acts`, `--seed` and `--write` are handed on."""


def main(arguments: argparse.Namespace) -> int:
    """The run is one of the tests, only longer: it lies with them."""
    command = [sys.executable, "-m", "tests.chaos.run", *arguments.rest]
    return subprocess.run(command, cwd=places.TREE, check=False).returncode
