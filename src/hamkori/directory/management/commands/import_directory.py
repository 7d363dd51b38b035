"""What `./hamkori import-directory` does, as the owner of the database."""

import argparse
import re
import sys
import time
from pathlib import Path

from hamkori.access.actor import SYSTEM
from hamkori.command import Coded
from hamkori.directory import command
from hamkori.directory.actions import taking_in
from hamkori.directory.importing.limits import Refused
from hamkori.refusal import NotNow

CHANGED = (
    "The import was broken off: an organisation in it is not what this server knows of it. Nothing was written."
    " See ./hamkori tags status."
)
SOURCE = """Source: {source}. Taken again under this name, the same organisations and services are changed.
Under another name (--source) they would come in a second time.

"""


def main(arguments: argparse.Namespace) -> int:
    """0: tried or written. 1: the same, but a file was no JSON, or no row could be taken. 2: the package is refused.

    1 also, and nothing written, where a body that it would name is not what this server vouched for.
    """
    folder = Path(arguments.path)
    named = arguments.source or folder.resolve().name
    source = re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-")[:60] or "import"
    try:
        report = taking_in.import_package(
            SYSTEM,
            folder=folder,
            source=source,
            language=arguments.language,
            mapping=Path(arguments.mapping) if arguments.mapping else None,
            apply=arguments.apply,
            progress=Line(),
        )
    except Refused as refused:
        sys.stderr.write(f"\nhamkori: {refused}\n")
        return 2
    except NotNow:  # the alarm names the row
        sys.stderr.write(f"\nhamkori: {CHANGED}\n")
        return 1
    sys.stderr.write("\n")
    sys.stdout.write(SOURCE.format(source=source) + "\n".join(report.lines(max(arguments.problems, 0))) + "\n")
    return 1 if report.has_broken_files or report.took_nothing else 0


class Line:
    """One line that grows: stage, done, of how many. Not oftener than ten times a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, stage: str, done: int, of: int) -> None:
        now = time.monotonic()
        if done == of or now - self._last > 0.1:
            self._last = now
            sys.stderr.write(f"\r{stage}: {done} of {of}\x1b[K")
            sys.stderr.flush()


class Command(Coded):
    configure = staticmethod(command.configure)
    main = staticmethod(main)
