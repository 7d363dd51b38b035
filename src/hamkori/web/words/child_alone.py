"""A child for whom no adult can be asked yet: whether it is so, and who can be called meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hamkori.access.actor import Actor
from hamkori.directory.queries import suitable
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import phones_for_referring
from hamkori.vocabulary import codelist
from hamkori.web.words import coordinator, desk_phone

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

GROUP = "CHILD"
MOST = 3
ASKS = "ask_agreement"


def reached(actor: Actor, case: Case, codes: Iterable[str]) -> list[tuple[str, str]]:
    """The nearest organisations that offer one of these kinds of help, each with the number of its referral desk."""
    offers = suitable(
        actor,
        codes,
        region=case.region_code or None,
        district=case.district_code or None,
        sex=case.sex_code,
        age_band=case.age_band_code,
    )
    found = {one.listing.organisation_id: one.listing for one in offers if "not_admitted" not in one.reasons}
    first = list(found.values())[:MOST]
    phones = phones_for_referring([one.organisation_id for one in first]) if first else {}
    return [(one.body.text, phones.get(one.organisation_id, "")) for one in first]


def near(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """Those of child protection and guardianship."""
    return reached(actor, case, (one.code for one in codelist("service") if one.data["group"] == GROUP))


def waits(case: Case) -> bool:
    """Whether a child waits for an adult who can be asked: asking is the next step."""
    return case.is_child and case.next_step_code == ASKS


def whom_to_call(actor: Actor, case: Case) -> dict[str, Any]:
    """For a child who is alone: who has a number, who has none, and the coordinator."""
    contacts = near(actor, case)
    beds = [one for one in reached(actor, case, kinds(["safe_place"])) if one not in contacts]
    return {
        "contacts": [(name, desk_phone.short(phone)) for name, phone in contacts if phone],
        "numberless": ", ".join(name for name, phone in contacts if not phone),
        "shelters": [(name, desk_phone.short(phone)) for name, phone in beds if phone],
        "coordinator": coordinator.reached(),
    }
