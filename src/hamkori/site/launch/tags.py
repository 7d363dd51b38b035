"""`tags`: what the server vouches for in the database of HAMKORI_OWNER_URL, or else of the running demo."""

import argparse
from uuid import UUID

from hamkori.site.launch import acting
from hamkori.site.launch.supervise import say
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.marks import MarksLost


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
    """0 done or all well; 1 something is to be looked into, or a sentence says why not."""
    acting.act_as("owner")
    try:
        return act(arguments)
    except KeyringRefused as refused:
        say(acting.why_refused(refused.reason))
    except MarksLost:
        say(acting.NO_MARKS)
    except (Sealed, Untrusted) as error:
        return acting.broken_off("tags", error)
    return 1


def act(arguments: argparse.Namespace) -> int:
    """The act itself, once there is a database to do it on."""
    from hamkori.site.tags import tagging

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
                words = tagging.vouch(arguments.kind, arguments.id, arguments.check, tuple(arguments.by))
            except tagging.NotVouched as refused:
                say(str(refused))
                return 1
            except tagging.AlreadyVouched:
                say(f"Already vouched for: {arguments.kind} {arguments.id} is believed as it stands.")
                return 0
            say(f"Vouched for: {arguments.kind} {arguments.id} ({words})")
    return 0
