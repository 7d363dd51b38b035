"""The one way back of a page. A page that it leads to has one name, whoever names it: of a case that is its number."""

from collections.abc import Container
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.vocabulary.codes import shown

CAME_FROM: Final = "from"
"""In the address of a case: the number of the referral from whose page it was opened."""


def to_case(code: str) -> dict[str, str]:
    """Back to the page of this case."""
    return {"url": reverse("case", args=[code]), "label": shown(code)}


def to_referral(code: str) -> dict[str, str]:
    """Back to the page of this referral, as its sender reads it, also while it is a draft."""
    return {"url": reverse("referral", args=[code]), "label": _("Referral")}


HOUR: Final = "hour"
"""In the address of a referral: its hour is to be read, and stands open for whoever may open it."""


REACH: Final = "reach"
"""The same of the hour together with how the person is reached: whoever tells them reads both on one page."""


def opened_reach(referral: str) -> str:
    """The page of this referral with both open."""
    return f"{reverse('referral', args=[referral])}?open={REACH}#{REACH}"


def opened_hour(referral: str) -> str:
    """The page of this referral with its hour open."""
    return f"{reverse('referral', args=[referral])}?open={HOUR}#{HOUR}"


def case_of(referral: str, code: str) -> str:
    """The address of a case, opened from the page of this referral: its way back leads there."""
    return f"{reverse('case', args=[code])}?{CAME_FROM}={referral}"


AFTER: Final = "after"
"""In the address where another organisation is asked: the step of the first contact that comes after sending."""


def after_of(request: HttpRequest) -> str:
    """That whoever asks came from "What comes next"; '' of everybody else."""
    return "sent" if "sent" in (request.POST.get(AFTER), request.GET.get(AFTER)) else ""


def after_sending(code: str, referral: str) -> str:
    """Where they go on after sending: there, where the open calls stand."""
    return f"{reverse('first_step', args=[code])}?step=sent&of={referral}"


def and_back(url: str) -> str:
    """The choice of an organisation, of whoever reads "What comes next": after sending they are there again."""
    return f"{url}{'&' if '?' in url else '?'}{AFTER}=sent" if "/refer/" in url else url


def back_from_case(request: HttpRequest, referrals: Container[str]) -> dict[str, str]:
    """Back to the referral from which the case was opened, if it is one of these; else to the list of cases."""
    came = request.GET.get(CAME_FROM, "")
    if came and came in referrals:
        return to_referral(came)
    return {"url": reverse("cases"), "label": _("Cases")}
