"""`tags`: what the server vouches for in the database of HAMKORI_OWNER_URL, or else of the running demo."""

import argparse
import os
from uuid import UUID

from hamkori.site import environment
from hamkori.site.binaries import NoDatabase
from hamkori.site.cluster import Cluster
from hamkori.site.launch import places, servers, surroundings
from hamkori.site.launch.supervise import say
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.marks import MarksLost

NO_MARKS = "The marks are not where HAMKORI_MARKS says. If they are lost for good: ./hamkori tags rebuild"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `tags`."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("status", help="count what holds, name what does not, and the alarms of 24 hours")
    acts.add_parser("adopt", help="once, for rows from before there were tags: believe them, and print them to compare")
    acts.add_parser("rebuild", help="the marks are lost for good: believe what the database says today")
    vouching = acts.add_parser("vouch", help="two people say that one row is true as it stands")
    vouching.add_argument("kind", help="as `tags status` names it")
    vouching.add_argument("id", type=UUID, help="the row's id")
    vouching.add_argument("--by", required=True, nargs=2, metavar="E-MAIL", help="the two people")


def main(arguments: argparse.Namespace) -> int:
    """0 done or all well; 1 something is to be looked into, or a sentence says why not."""
    os.environ["HAMKORI_PROCESS"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    if not environment.text("HAMKORI_OWNER_URL"):
        data = places.data_folder("demo")
        cluster = Cluster(data)
        if cluster.running() is None:
            raise NoDatabase("set HAMKORI_OWNER_URL to the owner's address, or start the demo first")
        os.environ.update(surroundings.of_process("owner", "demo", cluster, servers.DATABASE, data))
    import django

    django.setup()
    try:
        return act(arguments)
    except KeyringRefused as refused:
        say(f"The keyring cannot be used ({refused.reason}).")
    except MarksLost:
        say(NO_MARKS)
    return 1


def act(arguments: argparse.Namespace) -> int:
    """The act itself, once there is a database to do it on."""
    from hamkori.site import tagging

    match arguments.act:
        case "status":
            return 1 if tagging.look(say) else 0
        case "adopt":
            done = tagging.adopt(say)
            say(f"{done} rows adopted. Two people compare this list with paper." if done else "Nothing to adopt.")
        case "rebuild":
            tagging.rebuild(say)
        case _:
            if arguments.kind not in tagging.BY_NAME:
                say(f"There is no kind {arguments.kind}; there are {', '.join(tagging.BY_NAME)}.")
                return 1
            try:
                row = tagging.vouch(arguments.kind, arguments.id, tuple(arguments.by))
            except tagging.NotVouched as refused:
                say(str(refused))
                return 1
            say(f"Vouched for: {arguments.kind} {row.id}{f' ({row.words})' if row.words else ''}")
    return 0
