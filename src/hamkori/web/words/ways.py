"""The one way back of a page. A page that it leads to has one name, whoever names it: of a case that is its number."""

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.vocabulary.codes import shown


def to_case(code: str) -> dict[str, str]:
    """Back to the page of this case."""
    return {"url": reverse("case", args=[code]), "label": shown(code)}


def to_referral(code: str) -> dict[str, str]:
    """Back to the page of this referral, as its sender reads it, also while it is a draft."""
    return {"url": reverse("referral", args=[code]), "label": _("Referral")}
