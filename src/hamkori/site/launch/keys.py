"""`keys`: what the holder of the keyring does with it, on the database that the pages use."""

import argparse
import os

from hamkori.site import environment
from hamkori.site.binaries import NoDatabase
from hamkori.site.cluster import Cluster
from hamkori.site.launch import places, servers, surroundings
from hamkori.site.launch.supervise import say
from hamkori.vault.keyring import KeyringRefused

REFUSED = {
    "missing": "The keyring is not where HAMKORI_KEYRING says.",
    "being_changed": "Another change of the keyring is under way, or one broke off: look for files beside it.",
    "unwritable": "The keyring's folder cannot be written.",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `keys`."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("rotate-release", help="begin a new release key, lock what is live anew, destroy the old key")


def main(arguments: argparse.Namespace) -> int:
    """0 done, 1 a sentence that says what to mend. NoDatabase: neither an address nor a running demo."""
    os.environ["HAMKORI_PROCESS"] = "web"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    if not environment.text("HAMKORI_DATABASE_URL"):
        data = places.data_folder("demo")
        cluster = Cluster(data)
        if cluster.running() is None:
            raise NoDatabase("set HAMKORI_DATABASE_URL to the pages' address, or start the demo first")
        os.environ.update(surroundings.of_process("web", "demo", cluster, servers.DATABASE, data))
    import django

    django.setup()
    try:
        return turn_release()
    except KeyringRefused as refused:
        say(REFUSED.get(refused.reason, f"The keyring cannot be used ({refused.reason})."))
        return 1


def turn_release() -> int:
    """Turn the release key once, and say what was done."""
    from django.conf import settings

    from hamkori.casework.actions import release

    done = release.turn(settings.HAMKORI_KEYRING, say)
    gone = ", ".join(map(str, done.destroyed))
    say(f"Epoch {done.epoch}: {done.locked_anew} locked anew, destroyed: {gone or 'none'}.")
    return 0
