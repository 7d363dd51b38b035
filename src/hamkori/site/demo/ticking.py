"""The clock while the demonstration's world is built: one run per line of standard input, counts in answer."""

import json
import sys

import django


def main() -> int:
    """Runs as hk_clock until standard input ends."""
    django.setup()
    from hamkori.casework.work.actions import clock

    for _line in sys.stdin:
        sys.stdout.write(json.dumps(clock.tick()) + "\n")
        sys.stdout.flush()
    clock.sweep()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
