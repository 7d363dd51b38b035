"""A committed small world in which buttons are pressed, and what one press is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.http import HttpResponse

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.people.sign_in import acting_as
from hamkori.vault.server import keyring
from tests import doors
from tests.cast import build
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, answering

T = TypeVar("T")
LEAD, ABOVE, COLLEAGUE = "caseworker-cso", "supervisor-cso", "colleague-cso"
DESK, HELPER, SECOND = "desk-shelter", "shelter-worker", "shelter-social"


@dataclass
class Ready:
    """One press: `other` is what a second press with the same operation says instead."""

    who: str
    address: str
    form: dict[str, Any]
    other: dict[str, Any] = field(default_factory=dict)


class Windows:
    """Two windows of one browser: threads that stay, with their connections, as those of a process that serves."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="window")

    def __enter__(self) -> Windows:
        return self

    def __exit__(self, *_exc: object) -> None:
        together = threading.Barrier(2)  # each of the two closes its own
        self.both(lambda: (together.wait(20), connection.close()))
        self._pool.shutdown()

    def both(self, do: Callable[[], T]) -> list[T]:
        """What each of them is answered. `do` waits for the other one."""
        return [future.result(60) for future in [self._pool.submit(do) for _ in range(2)]]


class House(Senders):
    """The senders' small world, committed: what is prepared is a transaction of its own."""

    def __init__(self) -> None:
        with transaction.atomic():
            super().__init__(build())

    def do(self, slug: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """An action of one person, committed; a record is read again first and its version goes along."""
        person = self.world.people[slug]
        with transaction.atomic(), acting_as(keyring(), person.membership_id, person.key) as actor:
            read = [type(one)._default_manager.get(pk=one.pk) for one in args]
            return act(actor, *read, **kwargs)

    def step(self, slug: str, act: Callable[..., Any], referral: Referral, **kwargs: Any) -> Referral:
        """A step of a request as it stands now."""
        self.do(slug, act, referral, version=now(referral).version, **kwargs)
        return now(referral)

    def member(self, slug: str) -> str:
        return str(self.world.membership(slug))

    def client(self, slug: str) -> doors.DoorClient:
        """Another window of the same browser: the same two cookies."""
        with transaction.atomic():
            known = self.browser(slug)
        twin = doors.DoorClient()
        for name, morsel in known.cookies.items():
            twin.cookies[name] = morsel.value
        return twin

    def opened(self, *colleagues: str, **facts: Any) -> Case:
        with transaction.atomic():
            sealed = {"contact": {"call_name": "Canary", "child_contact": "Canary-Office"}}
            case = self.case(facts, **sealed)
        for slug in colleagues:
            self.do(LEAD, team.admit, case, membership=self.world.membership(slug))
        return case

    def asked(self, *sections: str) -> Case:
        case = self.opened()
        with transaction.atomic():
            self.agreed(case, sections={"contact", *sections})
        return case

    def waiting(self, urgency: str = "urgent") -> Referral:
        with transaction.atomic():
            case = self.case()
            self.agreed(case)
            return self.sent(case, urgency)

    def taken(self) -> Referral:
        referral = self.waiting()
        with transaction.atomic():
            self.accepted(referral)
        return now(referral)

    def ended(self) -> Referral:
        return self.step(HELPER, receive.finish, self.taken(), result="not_needed")

    def sheet(self, slug: str, address: str, **more: Any) -> Ready:
        """The form as its page gives it, with these answers."""
        page = self.client(slug).get(address)
        assert page.status_code == 200, (address, page.status_code, page.get("Location"))
        return Ready(slug, address, {**fields(cast(HttpResponse, page)), **more})


def now(referral: Referral) -> Referral:
    with transaction.atomic(), god():
        return Referral.objects.get(pk=referral.pk)


def case_now(case: Case) -> Case:
    with transaction.atomic(), god():
        return Case.objects.get(pk=case.pk)


def at(who: str, referral: Referral, step: str, **form: Any) -> Ready:
    """A press on a request's page, with what its form carries."""
    carried = {"version": now(referral).version}
    if step in ("accept", "decline"):
        with transaction.atomic():
            carried = {name: value for name, value in answering(referral).items() if name != "operation"}
    return Ready(who, f"/referrals/{referral.code}/{step}/", {**carried, **form})


def on(who: str, case: Case, step: str, **form: Any) -> Ready:
    """A press on a case's page."""
    return Ready(who, f"/cases/{case.code}/{step}/", {"version": case_now(case).version, **form})
