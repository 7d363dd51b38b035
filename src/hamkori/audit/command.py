"""What is said to `audit-verify`, and what it means: heads and a key that somebody has kept outside of the server."""

from __future__ import annotations

import argparse
from pathlib import Path

from nacl.signing import VerifyKey

from hamkori.audit import signing
from hamkori.audit.witness import Head, heads_in


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
