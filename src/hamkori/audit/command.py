"""`audit-verify` reads the whole ledger and names the first thing that is wrong; `audit-head` prints what to keep."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nacl.signing import VerifyKey

from hamkori.audit import signing
from hamkori.audit.signing import SigningRefused
from hamkori.audit.witness import Head, Witness, WitnessRefused, heads_in

UNREADABLE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit-verify`."""
    parser.add_argument(
        "--public-key",
        metavar="KEY",
        help="the public key as it was printed when the system began (64 hex digits), from a copy outside the server;"
        " otherwise the file beside the worker's key is believed",
    )
    parser.add_argument(
        "--head",
        metavar="FILE|HEX",
        action="append",
        default=[],
        help="a head that was kept outside, as audit-head printed it or a mail brought it (<batch>:<64 hex digits>), or"
        " a file with any number of them; may be given more than once",
    )


def main(arguments: argparse.Namespace) -> int:
    """0: whole. 1: something was changed, removed or added, or the sealer stands still. 2: what it should be held
    against cannot be read.
    """
    witness = _begin()
    from hamkori.audit.verify import Evidence, verify  # models, so only after the setup

    heads: list[Head] = []
    try:
        key = public_key(arguments.public_key, witness.signing_key)
        for given in arguments.head:
            heads += kept_heads(given)
    except SigningRefused as refused:
        return _cannot("the public key", str(refused))
    except (ValueError, OSError):
        return _cannot("the head", arguments.head[-1])
    foreign = None
    try:
        chain = witness.keys() if witness.is_here() else None
        heads += [witness.head()] if witness.is_here() else []
        foreign = witness.foreign_kept() if witness.is_here() else None
    except PermissionError:
        chain = None  # another user's files, on the same machine
    except WitnessRefused as refused:
        sys.stdout.write(f"The sealer refuses: {refused}.\n")
        return 1
    report = verify(Evidence(key, chain, heads, foreign))
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.is_whole else 1


def head(arguments: argparse.Namespace) -> int:
    """Prints the newest head. 1: the worker's own is not in the database, so that there is nothing to keep."""
    witness = _begin()
    from hamkori.audit.sealer import newest_assured  # models, so only after the setup

    try:
        newest = newest_assured(witness, witness.head())
    except PermissionError:
        sys.stderr.write("hamkori: ask as the worker's user; its files are closed to this one\n")
        return UNREADABLE
    except WitnessRefused as refused:
        sys.stderr.write(f"hamkori: there is no head to keep: {refused}\n")
        return 1
    sys.stdout.write(f"{newest.text}\n")
    return 0


def kept_heads(given: str) -> list[Head]:
    """The heads in these words, else in a file of this name. ValueError: there is none. OSError: no such file."""
    text = given if heads_in(given) else Path(given).read_text(encoding="utf-8", errors="replace")
    if not (found := heads_in(text)):
        raise ValueError("there is no head in it")
    return found


def public_key(text: str | None, beside: Path) -> VerifyKey | None:
    """The key that was given, else the public half of the worker's; None if there is neither."""
    if text:
        return signing.read_public(text)
    path = signing.public_path(beside)
    return signing.load_public(path) if path.exists() else None


def _begin() -> Witness:
    """Django, and the worker's files on this machine."""
    import django

    django.setup()
    from django.conf import settings

    return Witness(settings.HAMKORI_SIGNING_KEY)


def _cannot(what: str, why: str) -> int:
    sys.stderr.write(f"hamkori: {what} cannot be read ({why})\n")
    return UNREADABLE
