"""What the codes of a received request are called on its pages."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from hamkori.casework.case.rules.clocks import has_begun
from hamkori.casework.referral.queries.meeting import has_meeting
from hamkori.casework.referral.queries.on_the_way import KEPT, WANTED
from hamkori.casework.referral.queries.permit import Agreed
from hamkori.casework.referral.queries.received import Member, Received
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.rules.card import Card, children_said
from hamkori.refusal import ENDED
from hamkori.web.kit import moments
from hamkori.web.words import arrival, facts, lists, packet, referral, sections
from hamkori.web.words.people import name_or


def body(organisation: Any, asked: UUID) -> str:
    """A body's name in the page's language, where it is the one of this id."""
    return body_name(organisation, asked, lists.language())


def sender(request: Any) -> str:
    """The body that a request comes from."""
    return body(request.from_organisation, request.from_organisation_id)


def card_rows(card: Card, request: Any, at: datetime) -> list[tuple[str, object]]:
    """The card as label and value; what help is asked for and who asks stands above it."""
    compared = referral.compared(card.corrected_at, request.agreed_at, request.sent_at)
    return [
        (_("Needed from"), moments.day(card.needed_from_on, timezone.localdate(at))),
        (_("Answer wanted"), lists.label("urgency", card.urgency_code)),
        *referral.person_rows(
            card.sex_code,
            card.age_band_code,
            region=card.region_code,
            languages=card.language_codes,
            interpreter=card.interpreter,
            risk=card.risk_level_code,
            flags=card.flags,
            ages=children_said(card.answers),
            before=referral.changed(
                card.sex_code,
                card.former_age_code,
                card.corrected_at,
                at,
                back=card.age_at(compared) == card.age_band_code,
            ),
            marks=facts.marks(
                card.former_facts, facts.of_card(card), agreed=request.agreed_at, sent=request.sent_at, at=at
            ),
        ),
    ]


def before(received: Received) -> str:
    """Who the own side accepted, where that is another age than now; '' else."""
    card, at = received.card, received.referral.agreed_at
    if card is None or at is None or card.age_at(at) == card.age_band_code:
        return ""
    return referral.person(card.sex_code, card.age_at(at))


def agrees_anew(received: Received) -> bool:
    """Whether they accepted an adult, and have to say that the child can come: on the same time or on another."""
    return received.state == "accepted" and received.child_not_admitted and bool(before(received))


NOTED: Final = {"investigator": "criminal", "lawyer": "legal", "psychologist": "psychosocial"}
"""The part of the own case in which a function has a place for what it did."""


def only_to_protect(kind: str, purpose: str) -> bool:
    """Whether it was asked for protection by the police and for nothing else: then it is for no criminal case.

    The request itself says so. What the person answered about a criminal case is the sender's.
    """
    return (kind, purpose) == ("police", "protection")


def own_part(function: str, *, protects: bool = False) -> tuple[str, str]:
    """The part of the own case in which this function writes, and its link, called as its page is.

    `protects`: `only_to_protect`. Then it is not what was told about the crime.
    """
    part = NOTED.get(function, "health" if function == "health_worker" else "needs")
    part = "needs" if part == "criminal" and protects else part
    return part, lists.about(_("Write"), sections.name(part))


def agreed(received: Received, line: dict[str, Any] | None = None) -> str:
    """When the person comes, as it was agreed. `line`: what was opened of hour and place."""
    found = received.referral
    at = (found.arrival_on, found.arrival_part_code, found.agreed_at)
    if line and line.get("hour"):
        return referral.opened_hour(*at, received.at, line["hour"])
    return referral.part_of_day(*at, received.at, written=referral.hour_written(has_meeting(found), line))


def agreed_day(received: Received) -> str:
    """The same without what is written of it, which stands on that page once: its day and part."""
    found = received.referral
    return referral.part_of_day(found.arrival_on, found.arrival_part_code, found.agreed_at, received.at)


def agreed_time() -> str:
    """What that is called on the receiver's page, with its hour or without."""
    return _("Agreed time")


def told_before(told: datetime, now: datetime) -> str:
    """Of whom the sender told another time than that which is agreed now, and when: they may come then (ADR 251)."""
    said = _("the person was told an earlier time (%(when)s): be there then too, unless the sender says that they know")
    return said % {"when": moments.moment(told, now)}


def came(received: Received) -> bool:
    """Whether the sender said that the person is with whoever helps; a miss that was said here stands over it."""
    return received.referral.heard_code == "came" and received.referral.missed_at is None


def early(received: Received) -> str:
    """The agreed time in words while it has not begun: then it is asked once more whether the person is here.

    Not where the sender said that the person came: that is the second word already.
    """
    on, part = received.referral.arrival_on, received.referral.arrival_part_code
    if received.state != "accepted" or on is None or came(received):
        return ""
    if has_begun(on, part, timezone.localtime(received.at)):
        return ""
    return referral.part_of_day(on, part, received.referral.agreed_at, received.at)


def later_text(agreed: Agreed, at: datetime) -> list[str]:
    """What stays sealed until the answer is yes, who reads it then, and until when."""
    said = [packet.parts(agreed.sections)]
    if agreed.until is None:
        return [*said, _("Only those whom you name can read it.")]
    day = moments.last_day(agreed.until, at)
    return [
        *said,
        _("Only those whom you name can read it. Until %(day)s, or until the person says stop.") % {"day": day},
    ]


def team(members: tuple[Member, ...]) -> str:
    """Who meets her, by name and function; who is not confirmed has neither."""
    return ", ".join(
        pgettext("name and function", "%(name)s (%(function)s)")
        % {"name": one.name, "function": lists.label("worker_function", one.function).lower()}
        if one.function
        else name_or(one.name)
        for one in members
    )


def line_changed(at: datetime, now: datetime) -> str:
    """In a row of the desk: hour and meeting point of the sender are others than were opened there."""
    return _("the sender changed hour or meeting point: %(when)s") % {"when": moments.moment(at, now)}


def time_left(due_at: datetime, at: datetime) -> str:
    """How long the target still is away, rounded down: never a countdown, it is read once."""
    minutes = int((due_at - at).total_seconds() // 60)
    if minutes <= 0:
        return ""
    if minutes < 60:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 48 and rest:
        return _("%(hours)d h %(minutes)d min left") % {"hours": hours, "minutes": rest}
    if hours < 48:
        return ngettext("%(n)d hour left", "%(n)d hours left", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def dotted(parts: list[object]) -> SafeString:
    """Short facts in one line, with dots between."""
    return format_html_join("\u00a0· ", "{}", ((part,) for part in parts if part))


def risk(card: Card) -> str:
    """The level, never why."""
    return risk_of(card.risk_level_code)


def risk_of(level: str) -> str:
    """The same of a code."""
    return _("Risk: %(level)s") % {"level": lists.label("risk_level", level).lower()}


def urgent(urgency: str) -> str:
    """That it is urgent; '' of what is not."""
    return lists.label("urgency", urgency) if urgency == "urgent" else ""


def clock(name: str) -> str:
    """What a running clock waits for."""
    return {
        "arrival": _("The agreed time is over"),
        "miss": _("Answer to the sender"),
        "result": _("Result due"),
        "dispute": _("Answer to the dispute due"),
    }.get(name, "")


def outcome(state: str, reason: str, service: str, *, missed: bool) -> str:
    """How it stands or ended, in its sender's words. Who took it back is not said; that the person did not come the own
    side has said itself.
    """
    if state == ENDED and missed:
        return arrival.say("ended_missed", service)
    return referral.state(state, reason)


STANDS: Final = {
    KEPT: gettext_lazy(
        "There is a no that is not certain to be the person's. The person has not been asked and may still come: keep "
        "the place until the sender calls you. If somebody was to meet the person, ask the sender for hour and place."
    ),
    WANTED: gettext_lazy(
        "There was a no that was not certain to be the person's. The person wants it after all: the sender asks you "
        "again."
    ),
}
"""Of what has ended while somebody was waited for there (ADR 196)."""
STANDS_SHORT: Final = {
    KEPT: gettext_lazy("Not over: the person is asked"),
    WANTED: gettext_lazy("The person wants it after all"),
}
"""The same in place of the state."""


def no_again(when: datetime, at: datetime) -> str:
    """That the person's own no is the last word, also after what was told by telephone (ADR 224)."""
    return _("The person said no again, %(when)s: this is later than what you were told before.") % {
        "when": moments.moment(when, at)
    }


def fate(
    received: Received, left: str = "", *, promised: bool = False, stands: str = "", no: datetime | None = None
) -> str:
    """What became of it, for whoever can read nothing else any more; of who was expected, that nobody waits. `left`:
    what is true of who left without a word. `promised`: they said yes on the telephone, and had not answered here.
    `stands`: that the person may still come, or wants it. `no`: since when they do not, after such a word.
    """
    if stands:
        return " ".join((str(STANDS[stands]), _("Nothing of it can be opened here any more.")))
    waited = received.state == ENDED and (promised or received.referral.arrival_on is not None)
    if waited and received.referral.served_at is None and not received.missed:
        wait = _("Do not wait for the person: this referral has ended. Nothing of it can be opened here any more.")
        return " ".join((wait, no_again(no, received.at))) if no is not None else wait
    if received.state == "finished" and left:
        return " ".join((left, _("The shared information was deleted.")))
    if received.state == "confirmed" and left:
        return " ".join((left, _("The sender confirmed the result. The shared information was deleted.")))
    return {
        "ended": _("This referral has ended. Nothing of it can be opened here any more."),
        "declined": _("Your referral desk declined this referral. Nothing of it can be opened any more."),
        "lapsed": _("Nothing of this referral can be opened any more."),
        "unaccepted": _("This referral was returned. Nothing of it can be opened any more."),
        "finished": _(
            "Help has ended. The sender now asks the person and confirms. The shared information was deleted."
        ),
        "disputed": _("The sender disputes this result. Look at it again and correct it, or speak with the sender."),
        "confirmed": _("The sender confirmed the result. The shared information was deleted."),
    }.get(received.state, "")
