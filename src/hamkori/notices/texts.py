"""The sentences of notices: a number and a kind of event, never who, never a code. Each room registers its own.

A key's sentence comes in one and many, so that every language counts as it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext, gettext_lazy, ngettext

Said = Callable[[int], str]

_said: Final[dict[str, tuple[int, Said]]] = {}

OF_ACCOUNT: Final = ("passphrase", "authenticator", "recovery_codes")
"""What opens an account was changed. Told without a number: each time stands below, with its kind of browser."""

OWN: Final = ("device", *OF_ACCOUNT)
"""What somebody else may have done in one's name. It is mailed also when it was read: they could read it too."""

MAIL_SUBJECT: Final = "Hamkori"
MAIL_WAY: Final = gettext_lazy("Sign in to read more: %(today)s")
MAIL_DEVICE: Final = gettext_lazy("%(when)s: %(device)s")
MAIL_DEVICES: Final = gettext_lazy("Was it not you? End that session here and change your passphrase: %(devices)s")
MAIL_SHUT_OUT: Final = gettext_lazy("If you can no longer sign in, tell those who run Hamkori for you at once.")
MAIL_HEAD: Final = gettext_lazy("Today's head of the record of access: %(head)s")
MAIL_KEEP: Final = gettext_lazy("Keep this mail: with it you can show later that no end of the record was cut off.")


def register(place: int, sentences: Mapping[str, Said]) -> None:
    """The sentences of a room, what asks for a person first. `place`: where they stand among those of other rooms."""
    for key, said in sentences.items():
        if key in _said:
            raise ValueError(f"two sentences for the notice {key}")
        _said[key] = (place, said)


def keys() -> tuple[str, ...]:
    """Every key that has a sentence, what asks for a person first."""
    return tuple(sorted(_said, key=lambda key: _said[key][0]))


def sentence(key: str, number: int) -> str:
    """The sentence in the active language. An unknown key is a KeyError: a notice without words is a fault."""
    return _said[key][1](number) % {"n": number}


register(
    0,
    {
        "device": lambda n: ngettext(
            "%(n)d new device signed in to your account.", "%(n)d new devices signed in to your account.", n
        ),
        "passphrase": lambda _n: gettext("Your passphrase was changed."),
        "authenticator": lambda _n: gettext("The telephone that shows your codes was changed."),
        "recovery_codes": lambda _n: gettext("Your recovery codes were made anew. The earlier ones no longer work."),
    },
)
