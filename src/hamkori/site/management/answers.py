"""What `keys`, `tags` and `migrate` have in common: why they can not, in one line."""

import sys

from hamkori.action import mismatch
from hamkori.vault.bytes import Sealed, Untrusted

REFUSED = {
    "missing": "The keyring is not where HAMKORI_KEYRING says.",
    "being_changed": "Another change of the keyring is under way: try again when it is over.",
    "unwritable": "The keyring's folder cannot be written.",
}
NO_MARKS = "The marks are not where HAMKORI_MARKS says. If they are lost for good: ./hamkori tags rebuild"


def why_refused(reason: str) -> str:
    """A sentence for a keyring that cannot be used or changed."""
    return REFUSED.get(reason, f"The keyring cannot be used ({reason}).")


def broken_off(command: str, error: Sealed | Untrusted) -> int:
    """Something of the database is not what the server knows of it: one line, a row of the ledger, an alarm."""
    mismatch(None, error, f"command.{command}")
    what = f"the {error.what} {error.row} is" if isinstance(error, Untrusted) else "something stored is"
    sys.stderr.write(
        f"hamkori: {command} was broken off: {what} not what this server knows of it. See ./hamkori tags status.\n"
    )
    return 1
