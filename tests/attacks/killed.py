"""A process of the pages that does one act and is killed before the mark of it is written: a module to run.

`python -m tests.attacks.killed EMAIL PASSPHRASE MEMBERSHIP ACT THING OTHER`
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from uuid import UUID

import django

django.setup()

# They read models, which are there from here on.
from django.db import transaction  # noqa: E402

from hamkori.access.actor import Actor  # noqa: E402
from hamkori.casework.case.actions import case as cases  # noqa: E402
from hamkori.casework.case.actions import team  # noqa: E402
from hamkori.casework.case.models import Case  # noqa: E402
from hamkori.casework.consent.actions import consent  # noqa: E402
from hamkori.casework.referral.actions import receive, send  # noqa: E402
from hamkori.casework.referral.models import Referral  # noqa: E402
from hamkori.people import sign_in  # noqa: E402
from hamkori.people.actions import continuity  # noqa: E402
from hamkori.vault import server  # noqa: E402
from hamkori.vault.marks import Marks  # noqa: E402

under_the_lock = Marks.raise_to


def killed(marks: Marks, kind: str, *given: object) -> None:
    """In the place of `Marks.raise_to`."""
    if kind == "settling":  # that somebody's age is being settled is said before the commit
        under_the_lock(marks, kind, *given)  # type: ignore[arg-type]
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def answered(actor: Actor, thing: UUID, step: Callable[..., object], **said: object) -> None:
    """A step of this request, as it is now."""
    found = Referral.objects.get(pk=thing)
    step(actor, found, version=found.version, **said)


def settled(actor: Actor, thing: UUID) -> None:
    """The case is a child's."""
    found = Case.objects.get(pk=thing)
    cases.settle_age(actor, found, version=found.version, age_band="a9_17", reason="papers")


ACTS: dict[str, Callable[[Actor, UUID, UUID], object]] = {
    "withdraw": lambda actor, thing, _: consent.withdraw(actor, Case.objects.get(pk=thing), how_said="in_person"),
    "release": lambda actor, thing, other: team.release(actor, Case.objects.get(pk=thing), membership=other),
    "recall": lambda actor, thing, _: answered(actor, thing, send.recall, reason="mistake"),
    "stop": lambda actor, thing, _: answered(actor, thing, send.stop),
    "settle": lambda actor, thing, _: settled(actor, thing),
    "finish": lambda actor, thing, _: answered(actor, thing, receive.finish, result="not_needed"),
    "take_back": lambda actor, thing, _: continuity.take_back(actor, question=thing),
}

if __name__ == "__main__":
    email, typed, member, what, thing, other = sys.argv[1:]
    with transaction.atomic(), sign_in.acting(server.keyring(), email, typed, UUID(member)) as actor:
        Marks.raise_to = killed  # type: ignore[method-assign, assignment]
        ACTS[what](actor, UUID(thing), UUID(other))
