"""A desk records where it can be called, for the coordinator who asks about what is late; or she does it for a desk.

See docs/adr/0088-a-desk-records-its-own-telephone.md.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from hamkori.action import Act, action
from hamkori.people.models import OrganisationPhone
from hamkori.people.queries import BodyCard, DeskLine, desk_lines
from hamkori.people.rules import desk_phone as rules
from hamkori.refusal import Invalid, NotVisible
from hamkori.vocabulary.open_text import clean


@action("phone.record")
def record(act: Act, *, phone: str) -> str:
    """The number of the acting desk, in place of the one before; empty takes it away. The last word counts."""
    organisation = act.actor.organisation_id
    if organisation is None:
        raise NotVisible
    written = _figures(phone)
    OrganisationPhone.objects.update_or_create(
        organisation_id=organisation, defaults={"phone": written, "by_coordinator": False}
    )
    act.note(kind="organisation", object_id=organisation, reason="recorded" if written else "taken_away")
    return written


@action("phone.record_for")
def record_for(act: Act, *, organisation: BodyCard, phone: str) -> str:
    """The coordinator records it for a desk that has recorded none; the desk's own number stands above it."""
    written = _figures(phone)
    line = desk_lines([organisation.id]).get(organisation.id, DeskLine())
    if line.phone and not line.by_coordinator:
        raise Invalid({"phone": _("The organisation has recorded its own number meanwhile. That one is valid.")})
    OrganisationPhone.objects.update_or_create(
        organisation_id=organisation.id, defaults={"phone": written, "by_coordinator": True}
    )
    act.note(kind="organisation", object_id=organisation.id, reason="recorded" if written else "taken_away")
    return written


def _figures(phone: str) -> str:
    """The number as it is kept. Invalid: it is none."""
    written = rules.kept(" ".join(clean(phone).split()), in_demo=settings.DEMO)
    wrong = {
        "longer": _("Shorten this number."),
        "figures": _("Write the number in figures; + ( ) . - may come between them."),
        "case": _("This may be the number of a case or a referral. Begin a telephone number with that of the country."),
    }.get(rules.fault(written))
    if wrong:
        raise Invalid({"phone": wrong})
    return written
