"""The sentences of notices: a number and a kind of event, never who, never a code.

A key's sentence comes in one and many, so that every language counts as it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext, gettext_lazy, ngettext

KEYS: Final[tuple[str, ...]] = (
    "device",
    "passphrase",
    "authenticator",
    "recovery_codes",
    "now",
    "late",
    "waiting",
    "new",
    "asked",
    "answered",
    "task",
    "choose_again",
    "questioned",
    "review",
    "lead_missing",
    "agreement",
    "agreement_ended",
    "accepted",
    "result",
    "news",
    "closed",
    "decision",
    "told",
)
"""Every key, what asks for a person first."""

OF_ACCOUNT: Final = ("passphrase", "authenticator", "recovery_codes")
"""What opens her account was changed. Told without a number: each time stands below, with its kind of browser."""

OWN: Final = ("device", *OF_ACCOUNT)
"""What somebody else may have done in her name. It is mailed also when it was read: he could read it too."""

_SENTENCES: Final[dict[str, Callable[[int], str]]] = {
    "device": lambda n: ngettext(
        "%(n)d new device signed in to your account.", "%(n)d new devices signed in to your account.", n
    ),
    "passphrase": lambda _n: gettext("Your passphrase was changed."),
    "authenticator": lambda _n: gettext("The telephone that shows your codes was changed."),
    "recovery_codes": lambda _n: gettext("Your recovery codes were made anew. The earlier ones no longer work."),
    "new": lambda n: ngettext("You have %(n)d new request.", "You have %(n)d new requests.", n),
    "asked": lambda n: ngettext("%(n)d question waits.", "%(n)d questions wait.", n),
    "answered": lambda n: ngettext("%(n)d answer arrived.", "%(n)d answers arrived.", n),
    "accepted": lambda n: ngettext("%(n)d request was accepted.", "%(n)d requests were accepted.", n),
    "task": lambda n: ngettext("You have %(n)d new task.", "You have %(n)d new tasks.", n),
    "choose_again": lambda n: ngettext("%(n)d request needs another choice.", "%(n)d requests need another choice.", n),
    "closed": lambda n: ngettext("%(n)d request has ended.", "%(n)d requests have ended.", n),
    "waiting": lambda n: ngettext("%(n)d request is waiting.", "%(n)d requests are waiting.", n),
    "late": lambda n: ngettext("%(n)d request is past its target.", "%(n)d requests are past their target.", n),
    "now": lambda n: ngettext("%(n)d request needs you now.", "%(n)d requests need you now.", n),
    "news": lambda n: ngettext("%(n)d request has news.", "%(n)d requests have news.", n),
    "result": lambda n: ngettext("%(n)d result arrived.", "%(n)d results arrived.", n),
    "questioned": lambda n: ngettext("%(n)d result is questioned.", "%(n)d results are questioned.", n),
    "agreement": lambda n: ngettext("%(n)d agreement ends soon.", "%(n)d agreements end soon.", n),
    "agreement_ended": lambda n: ngettext("%(n)d agreement has ended.", "%(n)d agreements have ended.", n),
    "lead_missing": lambda n: ngettext("%(n)d case has no lead.", "%(n)d cases have no lead.", n),
    "decision": lambda n: ngettext("%(n)d decision waits for you.", "%(n)d decisions wait for you.", n),
    "told": lambda n: ngettext("%(n)d decision was taken.", "%(n)d decisions were taken.", n),
    "review": lambda n: ngettext("%(n)d decision waits for review.", "%(n)d decisions wait for review.", n),
}

MAIL_SUBJECT: Final = "Hamkori"
MAIL_WAY: Final = gettext_lazy("Sign in to read more: %(today)s")
MAIL_DEVICE: Final = gettext_lazy("%(when)s: %(device)s")
MAIL_DEVICES: Final = gettext_lazy("Was it not you? End that session here and change your passphrase: %(devices)s")
MAIL_SHUT_OUT: Final = gettext_lazy("If you can no longer sign in, tell those who run Hamkori for you at once.")
MAIL_HEAD: Final = gettext_lazy("Today's head of the record of access: %(head)s")
MAIL_KEEP: Final = gettext_lazy("Keep this mail: with it you can show later that no end of the record was cut off.")


def sentence(key: str, number: int) -> str:
    """The sentence in the active language. An unknown key is a KeyError: a notice without words is a fault."""
    return _SENTENCES[key](number) % {"n": number}
