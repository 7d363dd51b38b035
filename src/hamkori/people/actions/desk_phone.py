"""A desk records where it can be called, for the coordinator who asks about what is late.

See docs/adr/0088-a-desk-records-its-own-telephone.md.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.action import Act, action
from hamkori.people.models import OrganisationPhone
from hamkori.people.rules import desk_phone as rules
from hamkori.refusal import Invalid, NotVisible
from hamkori.vocabulary.open_text import clean


@action("phone.record")
def record(act: Act, *, phone: str) -> str:
    """The number of the acting desk, in place of the one before; empty takes it away. The last word counts."""
    organisation = act.actor.organisation_id
    if organisation is None:
        raise NotVisible
    written = " ".join(clean(phone).split())
    wrong = {
        "longer": _("Shorten this number."),
        "figures": _("Write the number in figures; + ( ) . - may come between them."),
        "case": _("This may be the number of a case or a referral. Begin a telephone number with that of the country."),
    }.get(rules.fault(written))
    if wrong:
        raise Invalid({"phone": wrong})
    OrganisationPhone.objects.update_or_create(organisation_id=organisation, defaults={"phone": written})
    act.note(kind="organisation", object_id=organisation, reason="recorded" if written else "taken_away")
    return written
