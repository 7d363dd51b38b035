"""What honest people do in the attacked house: she says something, it is sent, accepted; and what lies there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.age import held
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules.consent import row_state
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.owned import owner, packet_read
from tests.casework.racing import DESK, LEAD, House, state
from tests.cast import tomorrow


def says(
    house: House,
    case: Case,
    answer: str = "yes",
    *,
    kind: str = "shelter_social",
    purpose: str = "help",
    sections: frozenset[str] = frozenset({"contact"}),
    without: tuple[Any, ...] = (),
    again: tuple[Any, ...] = (),
    who: str = LEAD,
    **asking: Any,
) -> None:
    """She says it to an honest worker."""
    said = consent.Asking(
        language="tg", how_given="spoken", how_said="in_person", until_on=tomorrow() + timedelta(days=59), **asking
    )
    answers = [consent.Answer(kind, purpose, answer, sections if answer == "yes" else frozenset())]
    bodies = {"excluded": without, "wanted_again": again}
    house.as_(who, lambda actor: consent.record(actor, case, answers=answers, asking=said, **bodies))


def sends(house: House, draft: Referral) -> None:
    """An honest worker presses the button of the page that she sees."""

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.send(actor, found, version=found.version, typed_body="Mia Centre")

    house.as_(LEAD, do)


def not_sent(house: House, draft: Referral) -> None:
    assert state(draft) == "draft"
    assert owner("select count(*) as n from packet_body where referral_id = %s", draft.pk)[0]["n"] == 0
    assert packet_read(house.world, draft.pk, keyring()) == set()
    tried()


def version_of(case: Case) -> dict[str, Any]:
    return owner("select * from consent where case_id = %s order by number desc limit 1", case.pk)[0]


def rows_of(case: Case) -> list[dict[str, Any]]:
    return owner("select * from consent_row where consent_id = %s", version_of(case)["id"])


def erase_newest(case: Case) -> None:
    newest = version_of(case)["id"]
    owner("delete from consent_row where consent_id = %s", newest)
    owner("delete from consent_excluded where consent_id = %s", newest)
    owner("delete from consent where id = %s", newest)


def accept(house: House, referral: Referral, who: str = DESK) -> None:
    house.as_(who, lambda actor: house.accept(actor, Referral.objects.get(pk=referral.pk)))


def of_the_police(house: House, case: Case) -> str:
    """What her answer to the police, for justice, is worth now."""

    def state(_actor: object) -> str:
        word = newest(case.pk)
        age, _number = held(Case.objects.get(pk=case.pk))
        return row_state(word.as_rules["police", "justice"], timezone.now(), age) if word else "none"

    found: str = house.as_(LEAD, state)
    return found
