"""Whoever sent it was called, once a yes by telephone had become a no."""

from typing import Any

from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.coordination import SENDER, Overview, no_after_yes
from hamkori.casework.referral.actions import coordination as coordinating
from hamkori.people.queries import BodyCard, organisations
from hamkori.web.words import lists
from hamkori.web.words import no_after_yes as words


def rows(found: Overview) -> list[dict[str, Any]]:
    """On the page of late answers, as on Today."""
    return [
        _from_late(
            words.row(
                one.code,
                lists.label("service", one.service_code),
                name_of(desk),
                name_of(sender),
                line.phone,
                one.state,
                one.at,
                found.at,
            )
        )
        for one, desk, sender, line in found.noes
    ]


def _from_late(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"calls": {**row["calls"], "from": "late"}}


def name_of(body: BodyCard | None) -> str:
    """What an organisation is called, also one that is not in the list any more."""
    return body.name(lists.language()) if body else _("An organisation that no longer takes part")


def told(actor: Actor, code: str, answer: str) -> str:
    """Records that the sender was called after the no, and what is said of it; '' where no such call is to be made."""
    one = next((one for one in no_after_yes(actor, now()) if one.code == code), None) if answer == SENDER else None
    if one is None:
        return ""
    coordinating.call(actor, code=code, answer=answer)
    return str(words.SAVED) % {"body": name_of(next((body for body in organisations() if body.id == one.sender), None))}
