"""An opened packet as the page lays it out: sections, fields with their labels, and what is not for this reader."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.consent.rules.packet import SECTION_FIELDS, TEXT
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.rules.sealed import FUNCTION_SECTIONS
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.words import Audience, lists, sections
from hamkori.web.words.case import FIELD_LABELS
from hamkori.web.words.referral import yes_no

CODED = {"decision": "decision", "dimensions": "dimension", "items": "indicator", "papers_held": "identity_document"}
"""Fields whose values are codes of a list; a value that is none is shown as it was written."""


LABELS = {
    **FIELD_LABELS,
    "agreed_text": gettext_lazy("What the person wants you to know"),
    "call_name": gettext_lazy("What to call the person"),
    "safe_phone": gettext_lazy("Safe telephone"),
    "hours": gettext_lazy("Hours in which it is safe"),
    "legal_names": gettext_lazy("Legal names"),
    "papers_held": gettext_lazy("Documents at hand"),
    "decision": gettext_lazy("The worker's decision"),
    "dimensions": gettext_lazy("What the signs say"),
    "items": gettext_lazy("Signs that the person chose to share"),
    "needs": gettext_lazy("Needs"),
    "wishes": gettext_lazy("Wishes"),
    "risk_reasons": gettext_lazy("Where the risk comes from"),
    "for_this_service": gettext_lazy("Health, as far as it matters here"),
    "distress": gettext_lazy("Distress"),
    "steps_taken": gettext_lazy("Steps taken so far"),
    "stay": gettext_lazy("Where the person stays"),
}
"""What a field of a packet is called: as in the file, where nothing else is said to its receiver."""


ALWAYS = ("safe_phone", "hours", "code_word", "interpreter")
"""Of how to reach the person safely nothing is left out: what is missing is asked of the sender, not guessed."""


def parts(opened: dict[str, dict[str, Any]], sent: Mapping[str, datetime], received: Received) -> list[dict[str, Any]]:
    """The sections in the packet's order, each with its title, as of when it is, and rows.

    Empty fields are left out but for ALWAYS. A part that the sender emptied stands there without rows.
    """
    found, answered, at = [], received.referral.answered_at, received.at
    named = ("call_name",) if received.agreed.named else ()  # else the page says above that no name was agreed
    for section, fields in opened.items():
        order = (*SECTION_FIELDS.get(section, ()), *fields)
        always = (*named, *ALWAYS) if section == "contact" else ()
        names = [name for name in dict.fromkeys((*order, *always)) if name in fields or name in always]
        said = {name: _said(name, fields.get(name)) or (_("not recorded") if name in always else "") for name in names}
        if section == TEXT:  # it was promised and its opening is recorded: that there are none is said
            said["agreed_text"] = said.get("agreed_text") or _("none written")
        rows = tuple((str(LABELS.get(name, name)), text) for name, text in said.items() if text)
        if rows or (not fields and section != TEXT):
            title = sections.name(section, Audience.RECEIVER)
            as_of = _as_of(sent.get(section), answered, at)
            # Whether it is safe to talk was asked for that hour, so that it goes in no packet.
            lacks = section if any(not _said(name, fields.get(name)) for name in always) else ""
            calls = section == "contact" and bool(_said("safe_phone", fields.get("safe_phone")))
            part = {"title": title, "as_of": as_of, "rows": rows, "asks_first": calls, "lacks": lacks}
            found.append(part | {"in_words": section == TEXT and bool(_said("agreed_text", fields.get("agreed_text")))})
    return found


def _as_of(sent: datetime | None, answered: datetime | None, at: datetime) -> str:
    """As of when a part is; what was sent after the referral was accepted came later than the rest."""
    if sent is None:
        return ""
    when = {"when": moments.moment(sent, at)}
    if answered is not None and sent > answered:
        return _("As it was sent %(when)s, later than the referral") % when
    return _("As it was sent %(when)s") % when


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list | tuple):
        return lists.several(text for one in value if (text := _said(name, one)))
    text = str(value or "")
    listed = CODED.get(name)
    if listed is not None and text in codelist(listed):
        return lists.label(listed, text)
    return text


def lacking(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Parts that lie here with something missing in them: what is missing is asked of the sender."""
    return [
        (part["lacks"], _("%(part)s: what is not recorded") % {"part": part["title"]})
        for part in found
        if part["lacks"]
    ]


def lacks_seals(received: Received, membership_id: object, opened: dict[str, dict[str, Any]]) -> bool:
    """Whether a supervisor named the worker without a key: they see codes until a colleague of the team adds them."""
    mine = [one for one in received.workers if one.membership_id == membership_id]
    return bool(mine) and not opened


def holds(received: Received, function: str) -> str:
    """What the sealed packet would show this reader, before it is opened."""
    held = FUNCTION_SECTIONS.get(function, frozenset())
    there = tuple(one for one in received.agreed.sections if one in held and one in received.went)
    named = lists.joined("packet_section", there)
    if not named:
        return _("The person's own words, if written.")
    return _("The person's own words, if written; %(sections)s.") % {"sections": named}
