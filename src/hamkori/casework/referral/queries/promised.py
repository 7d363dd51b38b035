"""That one of an organisation said yes on the telephone, or that they would call back, and has not answered in Hamkori:
who may wait for nobody, or go on looking.

Once it was ended, the sender's side calls them off (`referral_promised` in walls/59_whom_to_call.sql).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Func, JSONField

from hamkori import definer
from hamkori.casework.referral.models import Referral

WANTED: Final = "wanted"


class Promised(Func):
    """Beside a referral, for its sender's side: the word that is to be called off, or would be if it ended now."""

    function = "referral_promised"
    output_field = JSONField()
    arity = 1


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What they said ("said_yes", "calls_back"), when, and the telephone of their desk; '': none is recorded. Or
    "wanted": nobody is called; what somebody else's no has ended is sent again, the person wants it (ADR 201).
    `unheard`: a no that somebody else brought has ended it, and the person was not asked since: it is kept until then
    (ADR 0190).
    """

    answer: str
    at: datetime
    phone: str
    unheard: bool = False
    again: bool = False
    """The person's word has ended it, and they have said yes to that help again since."""
    accepted: bool = False
    """They had accepted it in Hamkori: only where the person wants after all what somebody else's no has ended."""
    of_child: bool = False
    """A no to doctors has ended it, a child needs that doctor, and the no may not be the child's (ADR 208)."""

    @property
    def kept(self) -> bool:
        """Whether nobody is called off before the person was asked."""
        return self.unheard or self.of_child

    @property
    def wanted(self) -> bool:
        """Whether it is to be sent again, and nobody has to be called."""
        return self.answer == WANTED

    def comes(self, *, needed: bool, tonight: bool) -> bool:
        """Whether they are asked again, and not called off: the person wants it after all, and, of a place for
        `tonight`, nobody else gives one.
        """
        return self.again and self.answer == "said_yes" and (needed or not tonight)


def promise_of(said: Mapping[str, Any] | None) -> Promise | None:
    """The same, of what was read with `Promised`."""
    if not said:
        return None
    return Promise(
        answer=said["answer"],
        at=datetime.fromisoformat(said["at"]),
        phone=said["phone"],
        unheard=bool(said.get("unheard")),
        again=bool(said.get("again")),
        accepted=bool(said.get("accepted")),
    )


def is_wanted(pair: Any) -> bool:
    """Of what was read with `Promised`: whether it is to be sent again."""
    return (getattr(pair, "promised", None) or {}).get("answer") == WANTED


def promises(referrals: Iterable[UUID]) -> dict[UUID, Promise]:
    """The same of several, in one query: only those of which one is to be told."""
    ids = list(referrals)
    found = Referral.objects.filter(pk__in=ids).annotate(promised=Promised("pk")) if ids else ()
    return {one.pk: promise for one in found if (promise := promise_of(one.promised)) is not None}


def promised_here(referral: UUID) -> bool:
    """To its desk: whether it said yes on the telephone, had not answered here, and the sender's side has ended it."""
    return definer.value("referral_promised_here", referral) is True


def promised(referral: UUID) -> Promise | None:
    """The same, asked now."""
    said = definer.value("referral_promised", referral)
    return promise_of(json.loads(said) if isinstance(said, str) else said)
