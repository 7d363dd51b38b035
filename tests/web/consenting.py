"""What the stories of her answers share: one case, a shelter that may get something, and the page's own form."""

from __future__ import annotations

import re
from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.cast import FACTS, SEALED
from tests.web.scene import Scene


class House:
    """Zarina leads a case of one body, Saida supervises; a shelter answers, where Parvina works."""

    def __init__(self, scene: Scene) -> None:
        self.body, self.shelter, self.service = scene.umed, scene.shelter, scene.service
        self.zarina, self.saida, self.parvina = scene.zarina, scene.saida, scene.parvina

    def case(self, *, band: str = "a18_29") -> Case:
        sealed = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-guardianship"}}
        with doors.acting(self.zarina) as zarina:
            case = cases.begin(zarina, codes={**FACTS, "age_band_code": band}, sealed=sealed)
            return cases.register(zarina, case, version=case.version)

    def agreed(self, case: Case, sections: tuple[str, ...] = ("contact", "needs")) -> None:
        with doors.acting(self.zarina) as zarina:
            act.record(
                zarina,
                case,
                answers=[act.Answer("shelter_social", "help", "yes", frozenset(sections))],
                asking=act.Asking(
                    language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60)
                ),
            )

    def sent(self, case: Case) -> Referral:
        with doors.acting(self.zarina) as zarina:
            draft = send.write(
                zarina,
                case,
                service=self.service,
                purpose="help",
                urgency="urgent",
                sections=["contact"],
                agreed_text="canary-agreed",
                told_body=True,
            )
            return send.send(zarina, draft, version=draft.version)


def page(case: Case, more: str = "") -> str:
    return f"/cases/{case.code}/consent/{more}"


def form_of(answer: HttpResponse) -> dict[str, list[str]]:
    """What the page's form sends as it stands."""
    text = answer.content.decode()
    main = text[text.index("<main") :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", main):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = given.get("type")
        if kind in ("hidden", "date", "text") or (kind in ("radio", "checkbox") and re.search(r"\bchecked\b", tag)):
            found.setdefault(given["name"], []).append(given.get("value", "on" if kind == "checkbox" else ""))
    return found


def ask(client: doors.DoorClient, case: Case, **answers: object) -> HttpResponse:
    """Opens the page, answers, saves."""
    data = form_of(client.get(page(case))) | {"language": "tg", "read": "on", "how_given": "spoken"} | answers
    return client.post(page(case), data)
