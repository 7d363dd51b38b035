"""`python -m hamkori.site.serving`: one process that serves the pages. `--fd` or `--port` says where."""

import argparse
import signal
import socket
import sys

from django.conf import settings
from django.db import connection

from hamkori.site.serving import ports
from hamkori.site.serving.server import Server


def main() -> None:
    """Serve until TERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="hamkori.site.serving", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--fd", type=int, help="a socket that listens already, shared by all processes that serve")
    where.add_argument("--port", help="where to listen on this machine, alone")
    parser.add_argument("--health-fd", type=int, help="a socket of this process alone, for the program that watches it")
    arguments = parser.parse_args()
    try:
        port = None if arguments.port is None else ports.number(arguments.port)
    except argparse.ArgumentTypeError as error:
        parser.exit(2, f"hamkori: {error}.\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    from hamkori.site.serving.wsgi import application  # it asks the database, and may refuse in one line

    try:
        listening = (
            socket.socket(fileno=arguments.fd)
            if arguments.fd is not None
            else socket.create_server(("127.0.0.1", port))
        )
    except OSError as error:
        raise SystemExit(f"hamkori: nothing can be served at this place: {error.strerror}.") from None
    server = Server(application, listening, settings.HAMKORI_LIMITS, behind_proxy=settings.HAMKORI_BEHIND_PROXY)
    if arguments.health_fd is not None:
        Server(application, socket.socket(fileno=arguments.health_fd), settings.HAMKORI_LIMITS, beside=server)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        # Python 3.13 waits half a minute for a pool that nobody closes.
        if settings.DATABASES["default"]["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
