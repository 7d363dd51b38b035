"""Ports of this machine: which number is one, and which one is free."""

import argparse
import socket

FIRST, LAST = 1, 65535
BELOW = 1024  # a port under this one is the administrator's, and is not offered


def number(text: str) -> int:
    """A port that somebody typed. ArgumentTypeError: it is none."""
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not FIRST <= port <= LAST:
        raise argparse.ArgumentTypeError(f"{text} is no port: a whole number from {FIRST} to {LAST}")
    return port


def is_free(port: int) -> bool:
    """Whether this process may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def next_free(port: int) -> int | None:
    """The next one after it that is free, from below where there is none; None: all are taken."""
    others = (*range(max(port + 1, BELOW), LAST + 1), *range(BELOW, port))
    return next((other for other in others if is_free(other)), None)
