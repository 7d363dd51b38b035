"""What the stories of the sender's pages share: the small world, its people's browsers, requests on their way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.queries import as_read
from hamkori.casework.referral.queries.received import cards_of
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.directory.models import Service, ServiceHours
from hamkori.people.actions import desk_phone
from hamkori.people.models import User
from hamkori.vault import server
from hamkori.web.referrals.choosing import shown_fact
from tests import doors
from tests.cast import FACTS, PASSPHRASE, SEALED, World
from tests.database import god

OVERHEAD = 10
BUDGET = 12


class Senders:
    """The small world with browsers; `code` of a registered case of cso-kulob."""

    def __init__(self, world: World) -> None:
        doors.house()
        self.world = world
        with god():
            User.objects.update(language_code="en")
            self.belongs = dict(Service.objects.values_list("pk", "organisation_id"))
        self._browsers: dict[str, doors.DoorClient] = {}

    def browser(self, slug: str = "caseworker-cso", *, vault: bool = True) -> doors.DoorClient:
        if (slug, vault) not in self._browsers:
            made = self.world.people[slug]
            assert made.key is not None
            body = next(one for one in self.world.bodies.values())
            who = doors.Person(
                made.user_id,
                made.membership_id,
                body,
                f"{slug}@example.org",
                slug,
                PASSPHRASE,
                made.totp_secret,
                made.recovery_codes,
                made.key,
            )
            self._browsers[slug, vault] = doors.client_for(who, vault=vault)
        return self._browsers[slug, vault]

    @contextmanager
    def as_(self, slug: str = "caseworker-cso") -> Iterator[Actor]:
        with self.world.as_(slug) as actor:
            yield actor
        doors.set_token("")

    def case(self, facts: dict[str, Any] | None = None, **sealed: dict[str, Any]) -> Case:
        """A registered case."""
        with self.as_() as zarina:
            case = cases.begin(zarina, codes={**FACTS, **(facts or {})}, sealed={**SEALED, **sealed})
            return cases.register(zarina, case, version=case.version)

    def agreed(
        self, case: Case, kind: str = "shelter_social", purpose: str = "help", answer: str = "yes", **more: Any
    ) -> None:
        sections = frozenset(more.pop("sections", {"contact", "needs"}))
        excluded = more.pop("excluded", ())
        with self.as_() as zarina:
            asking = consent.Asking(
                language="tg",
                how_given="spoken",
                how_said="in_person",
                until_on=timezone.localdate(now()) + timedelta(days=60),
                **more,
            )
            said = consent.Answer(kind, purpose, answer, sections if answer in ("yes", "without_name") else frozenset())
            consent.record(zarina, case, answers=[said], asking=asking, excluded=excluded)

    def sent(self, case: Case, urgency: str = "urgent", service: str = "HOME-02", **more: Any) -> Referral:
        """A request on its way, without a browser."""
        with self.as_() as zarina:
            draft = self._draft(zarina, case, urgency, service, **more)
            return sending.send(zarina, draft, version=draft.version)

    def draft(self, case: Case, urgency: str = "urgent", service: str = "HOME-02", **more: Any) -> Referral:
        with self.as_() as zarina:
            return self._draft(zarina, case, urgency, service, **more)

    def _draft(self, actor: Actor, case: Case, urgency: str, service: str, **more: Any) -> Referral:
        values = {"purpose": "help", "sections": ["contact"], "agreed_text": "Canary-Words", "told_body": True}
        return sending.write(actor, case, service=self.world.services[service], urgency=urgency, **{**values, **more})

    def accepted(
        self, referral: Referral, meeting: dict[str, str] | None = None, part: str = "morning", days: int = 1
    ) -> None:
        """For tomorrow, or later by these days; with the part "now" for this hour."""
        with self.as_("desk-shelter") as desk:
            card = Referral.objects.get(pk=referral.pk)
            receive.accept(
                desk,
                card,
                version=card.version,
                team=[self.world.membership("shelter-worker")],
                arrival_on=timezone.localdate(now()) + timedelta(days=days if part != "now" else 0),
                arrival_part=part,
                meeting=meeting,
            )

    def finished(self, referral: Referral, result: str = "not_needed") -> None:
        with self.as_("shelter-worker") as parvina:
            mine = Referral.objects.get(pk=referral.pk)
            receive.finish(parvina, mine, version=mine.version, result=result)

    def screen(self, case: Case, service: str = "HOME-02", **more: Any) -> dict[str, Any]:
        """What the form holds when a service was chosen and looked at, and is to be sent."""
        purpose = more.get("purpose", "help")
        chosen = str(self.world.services[service])
        kind = service.rpartition(":")[2]
        shown = f"{chosen}:{self.belongs[self.world.services[service]]}:{kind}:{purpose}"
        with god():
            summary = as_read.of_case(Case.objects.get(pk=case.pk), kind)
        return {
            "operation": str(uuid4()),
            "summary": summary,
            "need": "tonight",
            "service": chosen,
            "shown_for": shown,
            "shown_mark": server.keyring().tag_text(shown_fact(case.pk, shown)),
            "purpose": purpose,
            "urgency": "urgent",
            "sections": ["contact"],
            "needed_from": timezone.localdate(_now()).isoformat(),
            "agreed_text": "Canary-Words",
            "do": "send",
            **more,
        }


def answering(referral: Referral) -> dict[str, Any]:
    """What the forms of a waiting referral carry: for which write, and which version and summary were read."""
    with god():
        row = Referral.objects.get(pk=referral.pk)
        read = as_read.of_card(cards_of([row], {}).get(row.pk))
    return {"operation": str(uuid4()), "version": row.version, "summary": read}


def _now() -> datetime:
    """The world's time: a test may have let days pass."""
    with god():
        return now()


def referrals() -> list[Referral]:
    with god():
        return list(Referral.objects.order_by("written_at"))


def steps(referral: Referral) -> list[str]:
    with god():
        return list(
            ReferralStep.objects.filter(referral=referral).order_by("at", "pk").values_list("step_code", flat=True)
        )


def state(referral: Referral) -> str:
    with god():
        return sender_state(Referral.objects.get(pk=referral.pk))


def version(referral: Referral) -> int:
    with god():
        return Referral.objects.get(pk=referral.pk).version


def page_text(answer: Any) -> str:
    """What a person reads: the page without its marks."""
    without = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.S)
    plain = re.sub(r"<[^>]+>", " ", without)
    return re.sub(r"\s+", " ", plain.replace("&#x27;", "'").replace("&quot;", '"').replace("\xa0", " "))


@contextmanager
def counted(most: int = BUDGET + OVERHEAD) -> Iterator[None]:
    """No more queries than a page may ask, the request's own among them."""
    with CaptureQueriesContext(connection) as asked:
        yield
    statements = [row["sql"] for row in asked.captured_queries]
    assert len(statements) <= most, "\n".join(statements)


def press(referral: Referral, **more: object) -> dict[str, object]:
    return {"operation": str(uuid4()), "version": version(referral), **more}


def at(referral: Referral, step: str = "") -> str:
    return f"/referrals/{referral.code}/" + (f"{step}/" if step else "")


def asked(house: Senders, referral: Referral, question: str = "can_travel") -> None:
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=referral.pk)
        receive.ask(desk, card, version=card.version, question_code=question)


def closes(house: Senders, service: str = "HOME-02") -> None:
    """Open for one hour of yesterday alone: it opens again in six days."""
    yesterday = (timezone.localtime() - timedelta(days=1)).isoweekday()
    with god():
        ServiceHours.objects.create(service_id=house.world.services[service], day=yesterday, opens=0, closes=60)


def records(house: Senders) -> None:
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="(demo) 00-11")
