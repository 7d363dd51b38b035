"""A referral in words for both sides: its state, the person, times, refusals."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from hamkori.access.context import now
from hamkori.calendar.rules import NIGHT_ENDS
from hamkori.casework.case.rules.clocks import COMES_WITHIN, NOW, is_tonight
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.casework.referral.queries.said_before import last_of_ours
from hamkori.casework.referral.rules.card import NOT_ASKED, SICK_CHILD, WITH_CHILD, Flags
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.people.queries import names
from hamkori.refusal import ENDED, NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments, refusals
from hamkori.web.kit.meeting import with_minutes
from hamkori.web.words import arrival, asked, lists
from hamkori.web.words.steps import BROUGHT


def being_closed() -> str:
    """Of a request that has ended by what was said, though somebody holds it: for either side."""
    return _(
        "Saved: nobody can open what was sent any more. The referral is in use just now and closes by itself. "
        "You have nothing more to do."
    )


def taken_back(parts: Iterable[tuple[str, datetime]], now: datetime) -> list[tuple[str, str, str]]:
    """Each part that was taken back: its code, its name, and when. Two have sentences of their own: the name, which is
    no part by itself, and how to reach the person, by which they say that they do not want to be called.
    """
    return [(section, lists.label("packet_section", section), moments.moment(at, now)) for section, at in parts]


_TO_SENDER: Final = {
    "safe_in_this_region": gettext_lazy("Is it safe for this person in the region of %(body)s?"),
    "talk_first": gettext_lazy("Does this person want to talk with %(body)s before they decide?"),
}
"""Questions in which a desk says "our" or "us", as the sender reads them: the sender has a region of its own."""


MEETING_READERS: Final = gettext_lazy(
    "Only those who meet the person, and the sender's workers who read the contact, can open it."
)
"""Who can open hour and meeting point, on the pages of both sides (casework/referral/machinery/meetings.py)."""
ARRANGED_READERS: Final = gettext_lazy(
    "Only the referral desk that is asked, and the sender's workers who read the contact, can open it."
)
"""The same of what was agreed by telephone, while the answer is awaited."""
UNCONFIRMED: Final = "unconfirmed"
"""The look of the state of such a referral: green is what the receiver itself has said."""


def unconfirmed(state: str, heard: str, *, missed: bool) -> bool:
    """Whether the sender has said that the person came, and the receiver has not confirmed it yet."""
    return state == "accepted" and heard == "came" and not missed


def came(service: str) -> str:
    """The state of such a referral for its sender: nobody is expected any more."""
    return arrival.say("unconfirmed", service)


def asks_us() -> str:
    """Of a referral that waits for its sender's answer, and not only for the desk's."""
    return _("They asked you a question")


def question_of_theirs(code: str, body: str, region: str) -> str:
    """A desk's question as the sender reads it: nothing in it that would mean the sender's own organisation."""
    if code not in _TO_SENDER:
        return lists.label("question_code", code)
    where = f"{body} ({lists.label('region', region)})" if region and code == "safe_in_this_region" else body
    return str(_TO_SENDER[code]) % {"body": where}


def yes_no(answer: bool) -> str:
    """Yes or no."""
    return _("yes") if answer else _("no")


def told(code: str) -> str:
    """Yes, no, or that nobody asked."""
    return {"yes": _("yes"), "no": _("no")}.get(code, _("not asked"))


def doctor(code: str) -> str:
    """Whether a doctor is needed, and where a child who comes along needs one, that it does, and its age."""
    if code in SICK_CHILD:
        return _("a child who comes along, %(age)s") % {"age": lists.label("answer_code", SICK_CHILD[code])}
    return _("the person, and a child who comes along") if code == WITH_CHILD else told(code)


def children(code: str) -> str:
    """How many children come along."""
    return {"0": _("none"), "3+": _("3 or more"), "not_asked": _("not asked")}.get(code, code)


def with_ages(code: str, ages: str) -> str:
    """The same, with what the sender answered of them since; alone where the case itself says that nobody asked."""
    said = lists.label("answer_code", ages) if ages else ""
    return " · ".join(filter(None, (children(code) if code != NOT_ASKED or not said else "", said)))


TO_COORDINATOR: Final = {
    "answered": pgettext_lazy("state of a referral", "Answered"),
    "over": pgettext_lazy("state of a referral", "No longer waits"),
}
"""How a referral stands for the coordinator who calls too late, where neither a yes nor a no is told (ADR 0120)."""


def how_ended(referral: Any) -> str:
    """How the word was heard that ended it: the sender's alone to read; '' for others, and where nobody ended it."""
    return str(getattr(getattr(referral, "sender", None), "how_said_code", ""))


def state(code: str, reason: str = "", service: str = "") -> str:
    """The state of a referral in a word; of one that expired by its `reason`: it may not have waited for an answer. Of
    one that stopped because the person did not come, that word for this `service`.
    """
    if code == ENDED:
        return pgettext("state of a referral", "Ended")
    if code in TO_COORDINATOR:
        return str(TO_COORDINATOR[code])
    if code == MISSED:
        return arrival.say("state_missed", service)
    if code == "withdrawn" and reason in BROUGHT:
        return str(BROUGHT[reason])
    if code == "lapsed" and reason != "no_answer" and (why := lists.label("lapse_reason", reason)):
        return _("Expired: %(why)s") % {"why": lists.inside(why)}
    return lists.label("referral_state", code)


def person(sex: str, age_band: str, children: str = "0") -> str:
    """The person as a card says it, sex and age band; in a line of its own with the children who come along."""
    return asked.along(asked.person(sex, age_band), children)


def person_rows(
    sex: str,
    age_band: str,
    *,
    region: str | None,
    languages: Iterable[str],
    interpreter: bool,
    risk: str,
    flags: Flags | None,
    before: str = "",
    marks: Mapping[str, str] = MappingProxyType({}),
    ages: str = "",
) -> list[tuple[str, object]]:
    """The person on the card, as label and value. A police card has no region and no flags; a flag that is None is no
    part of the summary for this help, which is not "not asked". `before`: `changed`; `marks`: the same of the
    other rows (`facts.marks`); `ages`: what was answered of the children.
    """

    def marked(value: str, row: str) -> str:
        return _("%(value)s (%(changed)s)") % {"value": value, "changed": marks[row]} if row in marks else value

    rows: list[tuple[str, object]] = [(_("Person"), marked(person(sex, age_band), "person"))]
    if before:
        rows.append((_("Changed"), before))
    if region is not None:
        rows.append((_("Region"), marked(lists.label("region", region), "region")))
    rows.append((_("Languages"), marked(spoken(languages, interpreter=interpreter), "languages")))
    high = _("not asked") if risk == NOT_ASKED else lists.inside(lists.label("risk_level", risk))
    rows.append((_("Risk"), marked(high, "risk")))
    if flags is None:
        return rows
    said = (
        ("children", _("Children who come along"), flags.children_with_her, lambda code: with_ages(code, ages)),
        ("doctor", lists.label("card_flag", "urgent_health"), flags.urgent_health, doctor),
        ("stairs", lists.label("card_flag", "step_free"), flags.step_free, told),
    )
    return [*rows, *((label, marked(in_words(code), row)) for row, label, code, in_words in said if code is not None)]


def together(rows: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """The summary with all that nobody asked in one row; what alone was not asked is a row like the others."""
    unasked = _("not asked")
    missing = [label for label, value in rows if str(value).lower() == unasked]
    if len(missing) == 1:
        return rows
    known = [(label, value) for label, value in rows if label not in missing]
    return [*known, (_("Not asked"), lists.enumerated(lists.inside(label) for label in missing))] if missing else known


def compared(corrected: datetime | None, agreed: datetime | None, sent: datetime | None) -> datetime | None:
    """With whose moment an age that was corrected is compared: with that of the acceptance, if it was corrected since;
    else with that of the sending. Who accepted afterwards accepted what it is now, and nothing was put back.
    """
    return agreed if agreed is not None and corrected is not None and corrected > agreed else sent


def changed(sex: str, former_age: str, at: datetime | None, now: datetime, *, back: bool = False) -> str:
    """Of an age that was corrected after it was sent: when, and what both sides read before; '' of any other. `back`:
    it is again what was sent, or accepted.
    """
    if at is None or former_age not in codelist("age_band"):
        return ""
    if back:
        return _("changed, and put back %(when)s") % {"when": moments.moment(at, now)}
    values = {"when": moments.moment(at, now), "person": person(sex, former_age)}
    return _("changed %(when)s; before: %(person)s") % values


def spoken(languages: Iterable[str], *, interpreter: bool) -> str:
    """Her languages, and whether somebody must interpret."""
    names = lists.enumerated(
        _("language not recorded") if code == "unknown" else lists.label("language", code) for code in languages
    )
    return _("%(languages)s, with an interpreter") % {"languages": names} if interpreter else names


def withheld(why: str, who: str) -> str:
    """Why a section is not offered. `who`: names of colleagues who could send it."""
    if why == "not_agreed":
        return _("The person did not agree to share this.")
    if why == "empty":
        return _("Nothing is written there yet.")
    if who:
        return _("You do not hold this part. It could be sent by: %(names)s.") % {"names": who}
    return _("You do not hold this part, and nobody on the team does.")


def part_of_day(
    on: date | None,
    part: str,
    agreed_at: datetime | None,
    now: datetime,
    *,
    written: bool | None = None,
    opens: bool = True,
) -> str:
    """When she is expected: a day and a part of it, or now; '' where nothing is agreed.

    `written`: an hour or a meeting point is, locked, so that no second time stands beside it. None: nobody asked. "Now"
    is said only where it is known that none is, and until when that lasts (ADR 139). Tonight has that one name, on the
    button by which it is promised and wherever it is read. `opens`: the reader may open what is written.
    """
    if on is None:
        return ""
    when = _part(on, part, agreed_at, now, bare=written is not False)
    if written and not opens:
        return _("%(when)s; what was agreed is locked for the team") % {"when": when}
    return _("%(when)s; hour and place: open to read") % {"when": when} if written else when


def opened_hour(on: date | None, part: str, agreed_at: datetime | None, now: datetime, hour: str) -> str:
    """The same once what is written was opened: the day with that hour, as it was typed, and always with minutes."""
    hour = with_minutes(hour)
    if on is None:
        return hour
    return _("%(when)s, %(hour)s") % {"when": _part(on, part, agreed_at, now, bare=True), "hour": hour}


def _part(on: date, part: str, agreed_at: datetime | None, now: datetime, *, bare: bool) -> str:
    """The same without what is written. `bare`: an hour may be, so neither "now" nor any time of ours."""
    if part == NOW and agreed_at is not None and bare:
        return _around(on, agreed_at, now)
    if part == NOW and agreed_at is not None:
        ends = agreed_at + COMES_WITHIN
        if timezone.localdate(ends) > timezone.localdate(now):
            return _("now, by tomorrow %(time)s") % {"time": moments.clock_time(ends)}
        return _("now, by %(time)s") % {"time": moments.clock_time(ends) if ends > now else moments.moment(ends, now)}
    if is_tonight(on, part, timezone.localtime(now)):
        return _("tonight")
    values = {"day": moments.day(on, timezone.localdate(now)), "part": lists.label("part_of_day", part).lower()}
    return _("%(day)s, %(part)s") % values


def _around(on: date, agreed_at: datetime, now: datetime) -> str:
    """The day of an hour that is written and that nobody here can read: it lies within COMES_WITHIN of the agreement.
    Around midnight that is a night, which has two days.
    """
    begun, ends = timezone.localtime(agreed_at), timezone.localtime(agreed_at + COMES_WITHIN)
    day = moments.day(on, timezone.localdate(now))
    if begun.date() == ends.date() and begun.hour >= NIGHT_ENDS:
        return day
    return _("tonight") if ends > now else _("%(day)s, at night") % {"day": day}


def hour_written(written: bool, line: dict[str, Any] | None) -> bool:
    """Whether a time is said as one that is written. `line`: what was opened of it; without an hour there is none."""
    return written and (line is None or not line or bool(line.get("hour")))


def answer_by(at: datetime, now: datetime) -> str:
    """The answer target as a clock time with its day."""
    return _("Answer due by %(moment)s; after that the coordinator is told.") % {"moment": moments.moment(at, now)}


# --- refusals ------------------------------------------------------------------------------------------------


def said(refusal: NotNow) -> str:
    """The guard's sentence, its codes and times in the reader's words."""
    return refusals.sentence(_in_words(refusal))


def _in_words(refusal: NotNow) -> NotNow:
    values: dict[str, object] = dict(refusal.values)
    when = _moment(values.pop("time", None))
    if when:
        values["time"] = when
    if "section" in values:
        values["section"] = lists.label("packet_section", str(values["section"]))
    if str(values.get("state")) in codelist("referral_state"):
        values["state"] = state(str(values["state"]))
    plain = NotNow(refusal.guard, **values)
    plain.ledger = refusal.ledger
    return plain


def _moment(at: object) -> str:
    """The time of a refusal as the page around it says times; '' for what is none."""
    try:
        when = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    except ValueError:
        return ""
    return moments.moment(when, now())


def said_before(referral: Any, me: UUID | None) -> NotNow | None:
    """Who of our own has just said what, and when, where that is more than the state; None where it is not, and once
    it has ended: nothing that was said before is the reason.
    """
    referral.refresh_from_db()
    if referral.ended_at is not None:
        return None
    found = last_of_ours(referral)
    if found is None or found[0] not in ("hear", "serve", "miss", "accept"):
        return None
    step, at, by = found
    if step == "accept":
        coming = part_of_day(referral.arrival_on, referral.arrival_part_code, referral.agreed_at, now())
        what = _("Accepted: %(when)s") % {"when": coming}
    elif step == "hear":
        what = arrival.heard(referral.heard_code, referral.service_code)
    else:
        what = arrival.say("step_came" if step == "serve" else "step_missed", referral.service_code)
    when = moments.moment(at, now())
    if by == me:
        return NotNow("said_by_me", time=when, what=what)
    return NotNow("said_by", time=when, what=what, name=names([by]).get(by, "") or _("A colleague"))


@contextmanager
def in_words(referral: Any, me: UUID | None = None) -> Iterator[None]:
    """Refusals of a step leave with words: what state it is in now, which section, until when.

    A step of codes has no two texts to choose from: whoever was second reads what it is now.
    """
    try:
        yield
    except NotNow as refusal:
        guard = "from_state" if refusal.guard == "version_same" else refusal.guard
        values = dict(refusal.values)
        if guard == "from_state":
            before = said_before(referral, me)
            if before is not None:
                before.ledger = refusal.ledger
                raise before from None
            referral.refresh_from_db()
            values = {"state": state(sender_state(referral), how_ended(referral))}
        told = NotNow(guard, **values)
        told.ledger = refusal.ledger
        raise _in_words(told) from None


def meeting_rows(opened: dict[str, Any], day: str = "") -> list[tuple[str, str]]:
    """Hour, meeting point and whom to ask for, in this order, as they were written; the hour beside its `day`,
    and with its minutes.
    """
    named = {"hour": _("Hour"), "place": _("Meeting point"), "ask_for": _("Whom to ask for")}
    hour = with_minutes(str(opened.get("hour") or ""))
    said = {"hour": f"{day}, {hour}" if day else hour} if hour else {}
    return [(label, said.get(name, str(opened[name]))) for name, label in named.items() if opened.get(name)]


def meeting_named(meeting: dict[str, str]) -> str:
    """What of a meeting line was written, by name and not by what it says."""
    return lists.inside(lists.enumerated(name for name, _text in meeting_rows(meeting)))
