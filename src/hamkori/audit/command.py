"""`audit-verify`: reads the whole ledger and names the first thing that is wrong."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nacl.signing import VerifyKey

from hamkori.audit import signing


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit-verify`."""
    parser.add_argument(
        "--public-key",
        metavar="KEY",
        help="the public key as it was printed when the system began (64 hex digits), from a copy outside the server;"
        " otherwise the file beside the worker's key is believed",
    )


def main(arguments: argparse.Namespace) -> int:
    """0: whole. 1: something was changed, removed or added. 2: the public key cannot be read."""
    import django

    django.setup()
    from django.conf import settings

    from hamkori.audit.verify import verify  # models, so only after the setup

    try:
        key = public_key(arguments.public_key, settings.HAMKORI_SIGNING_KEY)
    except signing.SigningRefused as refused:
        sys.stderr.write(f"hamkori: the public key cannot be read ({refused.reason})\n")
        return 2
    report = verify(key)
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.fault else 0


def public_key(text: str | None, beside: Path) -> VerifyKey | None:
    """The key that was given, else the public half of the worker's; None if there is neither."""
    if text:
        return signing.read_public(text)
    path = signing.public_path(beside)
    return signing.load_public(path) if path.exists() else None
