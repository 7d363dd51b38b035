"""`tags`: what the server vouches for in the database of HAMKORI_OWNER_URL, or else of the running demo."""

import argparse
from uuid import UUID

from hamkori.site.launch import acting


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `tags`."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("status", help="count what holds, name what does not, and the alarms of 24 hours")
    acts.add_parser("adopt", help="once, for rows from before there were tags: believe them, and print them to compare")
    acts.add_parser("rebuild", help="the marks are lost for good: believe what the database says today")
    vouching = acts.add_parser("vouch", help="two people say that one row is true as `tags status` showed it to them")
    vouching.add_argument("kind", help="as `tags status` names it")
    vouching.add_argument("id", type=UUID, help="the row's id")
    vouching.add_argument("check", metavar="CHECK-WORD", help="the word after what was shown: of nothing else")
    vouching.add_argument("--by", required=True, nargs=2, metavar="E-MAIL", help="the two people")


def main(arguments: argparse.Namespace) -> int:
    """As the owner. NoDatabase: neither an address nor a running demo."""
    acting.act_as("owner")
    return acting.run("tags", arguments)
