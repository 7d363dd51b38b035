"""`worker`: run jobs and the clock, as hk_clock."""

import argparse
import os
import sys

from hamkori.site import environment
from hamkori.site.database import logins, startcheck
from hamkori.site.launch import acting, servers


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the environment says all."""


def main(arguments: argparse.Namespace) -> int:
    """Check login, world, signing key and secret, then work until TERM."""
    mode = environment.choice("HAMKORI_MODE", tuple(startcheck.WORLD_OF_MODE), "production")
    url = environment.text("HAMKORI_CLOCK_URL")
    if not url:
        sys.stderr.write("hamkori: set HAMKORI_CLOCK_URL to the address of the login hk_clock.\n")
        return 1
    servers.reach("worker", url)
    os.environ["HAMKORI_PROCESS"] = "worker"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    try:
        with logins.connect(url) as connection:
            startcheck.check(connection, mode)
            startcheck.check_signing_key()
            startcheck.check_worker_secret(connection)
    except startcheck.MayNotServe as error:
        sys.stderr.write(f"hamkori: {error}\n")
        return 1
    return acting.run("worker", arguments)
