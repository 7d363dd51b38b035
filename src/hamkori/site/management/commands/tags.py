"""What `./hamkori tags` does, as the owner of the database."""

import argparse

from hamkori.command import Coded
from hamkori.site.launch import tags as launched
from hamkori.site.launch.supervise import say
from hamkori.site.management import answers
from hamkori.site.tags import tagging
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.marks import MarksLost


def main(arguments: argparse.Namespace) -> int:
    """0 done or all well; 1 something is to be looked into, or a sentence says why not."""
    try:
        return act(arguments)
    except KeyringRefused as refused:
        say(answers.why_refused(refused.reason))
    except MarksLost:
        say(answers.NO_MARKS)
    except (Sealed, Untrusted) as error:
        return answers.broken_off("tags", error)
    return 1


def act(arguments: argparse.Namespace) -> int:
    """The act itself, once there is a database to do it on."""
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
                say(f"Already vouched for: {arguments.kind} {arguments.id} is believed as it is.")
                return 0
            say(f"Vouched for: {arguments.kind} {arguments.id} ({words})")
    return 0


class Command(Coded):
    configure = staticmethod(launched.configure)
    main = staticmethod(main)
