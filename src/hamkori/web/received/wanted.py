"""What whoever helps can ask the sender for: parts that were not shared with them; and what was asked and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import MET, PLACE, RULE, SECTION_FIELDS, TEXT, askable
from hamkori.casework.referral.queries.meeting import no_meeting
from hamkori.casework.referral.queries.own_doctor import FIRST_DAYS, doctor_settled
from hamkori.casework.referral.queries.parts_asked import parts_asked
from hamkori.casework.referral.queries.received import Event, Received
from hamkori.casework.referral.rules.card import NEEDED, SICK_CHILD, WITH_CHILD
from hamkori.casework.referral.rules.lifecycle import PART_STEPS
from hamkori.casework.referral.rules.sealed import FUNCTION_SECTIONS
from hamkori.refusal import ENDED
from hamkori.web.kit import moments
from hamkori.web.words import arrival, calling, coordinator, lists, steps
from hamkori.web.words import received as words
from hamkori.web.words.directory import group
from hamkori.web.words.needed import ASK_SENDER
from hamkori.web.words.stays import is_home

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

Part = tuple[str, str]
"""The code of a part of the case, and what it is called."""
NO_ANSWER: Final = gettext_lazy("Asked %(when)s, no answer")
NO_ANSWER_CALL: Final = gettext_lazy("Asked %(when)s, no answer. Ask the sender by telephone.")
ASKS_SENDER = ("sent", "accepted", "serving", "disputed")
"""While the walls show the telephone of the sender's desk (casework/walls/59_whom_to_call.sql)."""


def whom_to_ask(received: Received) -> str:
    """Where the sender is asked while the referral is at work; '' once nothing is to ask."""
    return calling.the_sender(phone(received)) if received.state in ASKS_SENDER else ""


def at_the_door(received: Received) -> str:
    """Whom to call if the person comes though the referral has ended: the sender, while the walls show the number, then
    the coordinator. '' while it has not, or where nobody was awaited.
    """
    found = received.referral
    if received.state != ENDED or found.arrival_on is None or found.served_at is not None:
        return ""
    first = [calling.the_sender(phone(received))] if phone(received) else []
    return " ".join((_("If the person is with you, call at once."), *first, coordinator.reached()))


def sender_rows(received: Received) -> list[tuple[str, object]]:
    """Who asks, and the number of that desk, if it is recorded; without one "Ask first" says so."""
    number = [(_("Telephone of the sender"), calling.sender_phone(phone(received)))] if phone(received) else []
    return [(_("From"), words.sender(received.referral)), *number]


def until_then(received: Received) -> list[tuple[str, object]]:
    """Of a place that is needed before the agreed day: nobody else asks where the person sleeps until then.

    Nothing once the sender said that the person came.
    """
    found, today = received.referral, timezone.localdate(received.at)
    needed, comes = received.card.needed_from_on if received.card else None, found.arrival_on
    if needed is None or comes is None or not needed < comes > today or not is_home(found.service_code):
        return []
    if words.came(received):
        return []
    slots = {"day": moments.day(needed, today)}
    return [(_("Until then"), _("Needed from %(day)s. Ask the sender by telephone where the person sleeps.") % slots)]


def doctor(received: Received) -> list[tuple[str, object]]:
    """That the summary says the person needs a doctor, for whoever helps with something else. Whether one was asked is
    the sender's to say; not once the own case asked one or says otherwise, nor after the first days of help.
    """
    card, since = received.card, received.referral.served_at
    flags = card.flags if card is not None else None
    if card is None or flags is None or flags.urgent_health not in NEEDED or group(card.service_code) == "HEALTH":
        return []
    if since is not None and (received.at >= since + FIRST_DAYS or doctor_settled(received.referral.pk)):
        return []
    return [(_("Doctor"), ASK_SENDER)]


def who_needs_doctor(received: Received) -> str:
    """For whom the summary says so, as a sentence: it may have been taken back since, of which no desk reads."""
    flags = received.card.flags if received.card is not None else None
    needs = flags.urgent_health if flags is not None else ""
    if needs in SICK_CHILD:
        return _("The summary says that a child who came along needs a doctor.")
    return (
        _("The summary says that the person and a child need a doctor.")
        if needs == WITH_CHILD
        else _("The summary says that the person needs a doctor.")
    )


def phone(received: Received) -> str:
    """The number of the sender's desk; '' where none is recorded or the walls show none."""
    return number_of(received.referral)


def number_of(found: Referral) -> str:
    """The same of a referral that was read for its receiving side."""
    return getattr(found, "sender_phone", "") or ""


def _newest(received: Received) -> Event | None:
    return next((one for one in received.events if one.step in PART_STEPS), None) if received.live else None


def asked(received: Received) -> list[tuple[str, object]]:
    """What was asked of the sender, and not sent since; that a part is not shared, if that was said last."""
    waits, newest = asks(received), _newest(received)
    rows: list[tuple[str, object]] = []
    if waits:
        rows.append(
            (_("Asked of the sender"), _("%(parts)s (%(when)s)") % {"parts": waits["parts"], "when": waits["at"]})
        )
    if newest is not None and newest.step == "keep_part":
        part = steps.reason(newest.step, newest.said, received.referral.service_code)
        slots = {"part": part, "when": moments.moment(newest.at, received.at)}
        rows.append((_("The sender answered"), _("%(part)s: not shared (%(when)s)") % slots))
    return rows


def answers(received: Received) -> list[tuple[str, str]]:
    """What this desk asked of the sender before it accepted, and what came of that: part of the summary for those who
    help. What nobody answered then no step answers any more: the sender is asked by telephone.
    """
    if received.card is None:
        return []
    silent = NO_ANSWER_CALL if received.state in ASKS_SENDER else NO_ANSWER
    return [
        (
            lists.label("question_code", one.question_code),
            lists.label("answer_code", one.answer_code)
            if one.answered_at is not None
            else str(silent) % {"when": moments.moment(one.asked_at, received.at)},
        )
        for one in received.questions
    ]


def agreed(received: Received, missing: list[Part]) -> list[str]:
    """Of the `missing` those to which the person agreed, and of which nothing was sent: whether it is written by now is
    the sender's to say.
    """
    return [section for section, _name in missing if section in received.agreed.sections]


def asks(received: Received) -> dict[str, Any]:
    """The parts that the sender has not answered for yet: codes, names in one line, and when they were asked for last;
    nothing where there is none.
    """
    codes = parts_asked(received.referral) if received.live else ()
    at = max((one.at for one in received.events if one.step == "ask_part" and one.said in codes), default=None)
    if not codes:
        return {}
    names = lists.several(arrival.part(code, received.referral.service_code) for code in codes)
    return {"codes": codes, "parts": names, "at": moments.moment(at, received.at) if at is not None else ""}


def not_shared(received: Received, actor: Actor) -> list[Part]:
    """Parts that this reader may ask for: allowed to this service and to them, not here, not asked, no no."""
    found = received.referral
    key = (found.recipient_kind_code, found.purpose_code)
    if Side.RECEIVER not in received.sides or not received.live or received.paused or key not in RULE:
        return []
    no = (
        {*parts_asked(found)}
        | {one.said for one in received.events if one.step == "keep_part"}
        | {part for part, _at in received.narrowed}
    )
    if not received.agreed.named:
        no.add("identity")  # they said yes without a name
    reads = FUNCTION_SECTIONS.get(actor.function, frozenset()) - {TEXT, "place"}
    wanted = [one for one in askable(*key) if one in reads and one not in received.went and one not in no]
    where = [PLACE] if key in MET and PLACE not in no and received.state == "accepted" and no_meeting(found) else []
    return [(one, arrival.part(one, found.service_code)) for one in (*where, *wanted)]


def unasked(received: Received, lacking: list[Part]) -> list[Part]:
    """Of the parts with something missing in them those that may be asked for again."""
    waits = parts_asked(received.referral)
    return [one for one in lacking if received.live and not received.paused and one[0] not in waits]


def never(received: Received, actor: Actor) -> list[str]:
    """Why the other parts cannot be asked for: this help is not sent them, or this function does not read them.
    Nothing of it is about the person.
    """
    key = (received.referral.recipient_kind_code, received.referral.purpose_code)
    if key not in RULE:
        return []
    sent, reads = askable(*key), FUNCTION_SECTIONS.get(actor.function, frozenset())
    asked = {TEXT, PLACE} if key in MET else {TEXT}  # where to meet is asked for, and no part
    parts = [one for one in SECTION_FIELDS if one not in asked and one not in received.went]
    said = (
        (_("Not sent for this kind of help"), [one for one in parts if one not in sent]),
        (_("Not for your function"), [one for one in parts if one in sent and one not in reads]),
    )
    return [lists.about(why, lists.joined("packet_section", these)) for why, these in said if these]
