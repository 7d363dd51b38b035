"""A command of Django that ends with a code, and whose module says for itself what it says; `./hamkori` calls it."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Coded(BaseCommand):
    """`configure` names the arguments, `main` does it and gives the code. Both also stand alone in their modules."""

    requires_system_checks = ()  # the tests ask them

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        """None."""

    @staticmethod
    def main(arguments: argparse.Namespace) -> int:
        """What it is for."""
        raise NotImplementedError

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Those of the launcher."""
        self.configure(parser)

    def handle(self, **options: Any) -> None:
        """End with the code."""
        sys.exit(self.main(argparse.Namespace(**options)))
