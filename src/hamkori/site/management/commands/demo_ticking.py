"""The clock while the demonstration's world is built: one run per line of standard input, counts in answer.

A process of its own, for it signs in as hk_clock while another builds as the app.
"""

import argparse
import json
import sys

from hamkori.casework.work.actions import clock
from hamkori.command import Coded


def main(arguments: argparse.Namespace) -> int:
    """Runs until standard input ends."""
    for _line in sys.stdin:
        sys.stdout.write(json.dumps(clock.tick()) + "\n")
        sys.stdout.flush()
    clock.sweep()
    return 0


class Command(Coded):
    main = staticmethod(main)
