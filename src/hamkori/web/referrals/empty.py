"""Parts of a case in which nothing stands, and what was written in them after a page had called them empty.

What would go of itself is sent too, once that was read; what would not is offered to be ticked. Nothing that was never
called empty is told, and nothing that was left out on purpose goes.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.sections import is_as_begun
from hamkori.casework.consent.rules.packet import RULE, ticked_at_first
from hamkori.web.kit.remembered import unwritten
from hamkori.web.words import lists, sections

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.queries.refer import Way
    from hamkori.web.referrals.choosing import Screen

CONTACT: Final = "contact"
"""The part that says how the person is reached safely."""
SHOWN: Final = "was_empty"
"""What the form says of its page: which parts it called empty."""
OFFERED: Final = "not_sent"
"""The same of those that it offered to be ticked since."""
GOES_TOO: Final = gettext_lazy("Written meanwhile, and it is sent too: %(parts)s. Look at it once more, then send.")
TICK_IT: Final = gettext_lazy(
    "Written meanwhile: %(parts)s. It is sent only if you tick it. Look once more, then send."
)


def named(parts: Iterable[str]) -> str:
    """These parts in a line."""
    return lists.several(map(sections.name, sorted(parts)))


def said(goes: Collection[str], asks: Collection[str]) -> str:
    """What is read before a press sends: what goes with it, else what can be ticked; '' where nothing was written."""
    return str(GOES_TOO if goes else TICK_IT) % {"parts": named(goes or asks)} if goes or asks else ""


def empty_parts(case: Case, way: Way, writes: Container[str]) -> list[dict[str, str]]:
    """What the person agreed to and in which nothing stands: it does not go, and where it is written, by whoever
    `writes` in it.
    """
    at, ruled = reverse("section", args=[case.code]), (way.kind, way.purpose) in RULE
    return [
        {
            "part": section,
            "text": (
                _("%(part)s: empty, so it is not sent.")
                if ruled and ticked_at_first(way.kind, way.purpose, section)
                else _("%(part)s: empty. Once written, it is sent only if you tick it.")
            )
            % {"part": lists.label("packet_section", section)},
            "url": _where(case, at, section) if section in writes else "",
        }
        for section, why in way.withheld.items()
        if why == "empty"
    ]


def _where(case: Case, at: str, section: str) -> str:
    return reverse("screening", args=[case.code]) if section == "screening" else f"{at}?of={section}"


def goes_too(request: HttpRequest, offered: Mapping[str, bool]) -> list[str]:
    """What the page called empty and goes of itself by now: nobody could tick it there."""
    return [part for part in request.POST.getlist(SHOWN) if offered.get(part)]


def unread(screen: Screen) -> str:
    """What is read before this press sends: nobody has seen it on the page that was pressed."""
    offered = screen.way.offered if screen.way else {}
    ticked = {*screen.request.POST.getlist("sections")}
    since = [one for one in screen.request.POST.getlist(SHOWN) if one in offered and one not in ticked]
    return said([one for one in since if offered[one]], since)


def offers(screen: Screen) -> list[dict[str, str]]:
    """What was called empty, is written since, and goes only if it is ticked."""
    offered = screen.way.offered if screen.way else {}
    since = dict.fromkeys(part for name in (SHOWN, OFFERED) for part in screen.request.POST.getlist(name))
    return [
        {"part": part, "text": _("%(part)s: written meanwhile, not sent. Tick it.") % {"part": sections.name(part)}}
        for part in since
        if offered.get(part) is False and part not in screen.ticked
    ]


def shown(screen: Screen) -> dict[str, list[dict[str, str]]]:
    """Both, as a page shows them."""
    way = screen.way
    return {
        "empty_parts": empty_parts(screen.known.case, way, screen.known.writes) if way else [],
        "not_sent": offers(screen),
    }


def nothing_yet() -> str:
    """Of how the person is reached safely, where that part goes."""
    return _("Nothing is written yet: %(part)s.") % {"part": lists.label("packet_section", CONTACT)}


def as_begun(screen: Screen) -> list[dict[str, str]]:
    """The same, where it was read for a referral before and nobody has written there since: it is not opened again to
    look.
    """
    case = screen.known.case
    empty = CONTACT in screen.ticked and unwritten.of(screen.request, case.code) == CONTACT
    if not (empty and is_as_begun(case, CONTACT)):
        return []
    return [{"text": nothing_yet(), "url": f"{reverse('section', args=[case.code])}?of={CONTACT}"}]
