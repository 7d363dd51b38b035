"""Parts of a case in which nothing stands, and what was written in them after a page had called them empty.

What would go of itself is sent too, once that was read; what would not is offered to be ticked. Nothing that was never
called empty is told, and nothing that was left out on purpose goes.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries.sections import written_at
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import RULE, SECTION_FIELDS, ticked_at_first
from hamkori.web.kit.remembered import unwritten, unwritten_in
from hamkori.web.words import lists, packet, sections

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.queries.refer import Way
    from hamkori.casework.referral.queries.referrals import SenderPage
    from hamkori.web.referrals.choosing import Screen

CONTACT, PHONE, NAME = "contact", "safe_phone", "call_name"
"""The part that says how the person is reached safely, and two of its fields."""
SHOWN: Final = "was_empty"
"""What the form says of its page: which parts it called empty."""
OFFERED: Final = "not_sent"
"""The same of those that it offered to be ticked since."""
LACKED: Final = "was_lacking"
"""The same of a part that would go and in which nothing stands that goes."""
LOOK: Final = gettext_lazy(
    "How the person is reached is not written, so nothing of it is sent. Look once more, then send."
)
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
    sends = screen.request.POST.get("do") == "send" and screen.actor.vault_open
    if CONTACT in ticked & {*offered} and sends and not since:
        return "" if CONTACT in screen.request.POST.getlist(LACKED) or CONTACT not in _lacks(screen) else str(LOOK)
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


def reach(screen: Screen) -> dict[str, Any]:
    """Of how the person is reached, where that part goes: that nothing of it would, or no telephone; where it is
    written; and whether it says what to call the person. It is begun with a case, and stands there before anybody has
    written in it.
    """
    if CONTACT not in screen.ticked or not screen.actor.vault_open:
        return {"as_begun": [], "unreached": None}
    case = screen.known.case
    lacks = _lacks(screen)
    may = f"{reverse('section', args=[case.code])}?of={CONTACT}" if CONTACT in screen.known.writes else ""
    nothing = {"part": CONTACT, "text": nothing_yet(), "url": may}
    return {
        "as_begun": [nothing] if CONTACT in lacks else [],
        "unreached": {"text": sections.NO_TELEPHONE, "url": may} if PHONE in lacks else None,
        "name_written": NAME not in lacks,
    }


def lacks_contact(request: HttpRequest, actor: Actor, case: Case, *, anew: bool = False) -> frozenset[str]:
    """What is not written of how the person is reached: all of it that goes, or of telephone and name those that are
    not. What was read in this session counts until somebody has written there; it is opened where nothing was, or
    `anew`.
    """
    before = read_before(request, case)
    if before is not None and not anew:
        return before
    sheet = open_section(actor.doing(None), case, section=CONTACT, in_step=True)
    there = sheet.fields
    goes = any(there.get(name) for name in SECTION_FIELDS[CONTACT])
    lacks = frozenset(name for name in (PHONE, NAME) if not there.get(name)) if goes else frozenset({CONTACT})
    if lacks != before:
        unwritten.remember(request, case.code, "|".join((f"{sheet.written_at}", *sorted(lacks))))
    return lacks


def read_before(request: HttpRequest, case: Case) -> frozenset[str] | None:
    """The same as it was read in this session, of the part as it stands now; None where it was not."""
    if not unwritten.of(request, case.code):
        return None
    return unwritten_in(request, case.code, vars(case).get("contact_written_at") or written_at(case, CONTACT))


def _lacks(screen: Screen) -> frozenset[str]:
    """What is not written of it. Opened where a page begins with what goes, and at the press that sends; at a change
    of a choice between only where it was not read so far.
    """
    request = screen.request
    begins = request.method != "POST" or request.POST.get("do") == "send" or request.POST.get("to")
    return lacks_contact(request, screen.actor, screen.known.case, anew=bool(begins))


def of_sent(request: HttpRequest, page: SenderPage) -> dict[str, str]:
    """Of a referral that waits for its first answer: that part is named as empty where it was read so before it was
    sent, and that it has no telephone. Who has not read it does not look into what is locked.
    """
    case, parts = page.case, page.referral.sender.sections
    if page.referral.state_code not in ("draft", "sent") or CONTACT not in parts or CONTACT not in page.holds:
        return {}
    lacks = read_before(request, case) or frozenset()
    if not lacks & {CONTACT, PHONE}:
        return {}
    writes = Side.SENDER in page.sides and page.referral.state_code == "sent"
    url = f"{reverse('section', args=[case.code])}?of={CONTACT}" if writes else ""
    said = (
        {"sections": packet.parts(parts, {CONTACT})}
        if CONTACT in lacks
        else {"no_telephone": str(sections.NO_TELEPHONE)}
    )
    return {**said, "unwritten_url": url}
