"""What referrals are called on the sender's pages: states, steps, sections, guards. Also for the receiver's pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.casework.referral.rules.lifecycle import ENDED, REASON_LISTS
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments, refusals
from hamkori.web.templatetags.kit import code_mark


def being_closed() -> str:
    """Of a request that has ended by what was said, though somebody holds it: for either side."""
    return _(
        "This is kept, and nobody can open what was sent any more. Somebody is just at work on the request; it is"
        " closed by itself, and nothing else has to be done."
    )


def language() -> str:
    """The page's language as our lists name it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def label(list_name: str, code: str) -> str:
    """The label of a code; '' for no code."""
    return codelist(list_name).label(code, language()) if code else ""


def labels(list_name: str, codes: Iterable[str]) -> str:
    """Labels of codes with commas between, in the order of the list."""
    wanted = set(codes)
    return ", ".join(entry.label(language()) for entry in codelist(list_name) if entry.code in wanted)


def joined(list_name: str, codes: Iterable[str]) -> str:
    """The same with semicolons: names of sections have commas inside."""
    wanted = set(codes)
    return "; ".join(entry.label(language()) for entry in codelist(list_name) if entry.code in wanted)


def parts(sections: Iterable[str]) -> str:
    """What goes to those who will help her: her words always, then the sections."""
    named = joined("packet_section", sections)
    return _("her words; %(sections)s") % {"sections": named} if named else _("her words")


def part(section: str) -> str:
    """One part of what was sent: her words, or a section; '' for none."""
    return _("her words") if section == TEXT else label("packet_section", section)


def yes_no(answer: bool) -> str:
    """Yes or no."""
    return _("yes") if answer else _("no")


def children(code: str) -> str:
    """How many children come along."""
    return _("3 or more") if code == "3+" else code


def choices(list_name: str) -> list[tuple[str, str]]:
    """A list's codes and labels for a form."""
    return list(codelist(list_name).choices(language()))


def state(code: str) -> str:
    """The state of a referral in a word."""
    return _("Ended") if code == ENDED else label("referral_state", code)


def reason(step: str, code: str) -> str:
    """The label of a step's reason: what was chosen, or how she said it."""
    if not code:
        return ""
    named = "how_said" if step == "withdraw" else REASON_LISTS.get(step, "")
    return label(named, code) if named and code in codelist(named) else ""


def person(sex: str, age_band: str) -> str:
    """The person as a card says it: sex and age band."""
    age = _("age not known") if age_band == "unknown" else label("age_band", age_band).lower()
    return _("%(sex)s, %(age)s") % {"sex": label("sex", sex), "age": age}


def spoken(codes: Iterable[str], *, interpreter: bool) -> str:
    """Her languages, and whether somebody must interpret."""
    names = ", ".join(_("language not known") if code == "unknown" else label("language", code) for code in codes)
    return _("%(languages)s, with an interpreter") % {"languages": names} if interpreter else names


def with_code(sentence: str, code: str) -> SafeString:
    """A sentence with `{code}` in it; the code marked as one."""
    before, _sign, after = sentence.partition("{code}")
    return format_html("{}{}{}", before, code_mark(code), after)


def step(name: str) -> str:
    """What happened, in the time line."""
    words = {
        "write": _("Written"),
        "edit": _("Changed"),
        "discard": _("Thrown away"),
        "send": _("Sent"),
        "stop": _("Stopped before the desk saw it"),
        "ask": _("The desk asked a question"),
        "answer": _("The question was answered"),
        "accept": _("Accepted"),
        "decline": _("Declined"),
        "lapse": _("Ended by the clock"),
        "recall": _("Recalled"),
        "withdraw": _("Ended on her word"),
        "unaccept": _("Given back"),
        "expect": _("Another time was agreed"),
        "miss": _("She did not come"),
        "serve": _("She has come; help began"),
        "add": _("Further parts were sent"),
        "staff": _("Their team changed"),
        "finish": _("A result was given"),
        "confirm": _("Confirmed"),
        "dispute": _("The result was questioned"),
        "amend": _("The result was mended"),
    }
    return words.get(name, name)


def section_hint(section: str, *, named: bool = True) -> str:
    """What a section holds in a packet, in one line. Not `named`: she agreed without her name."""
    if section == "contact" and not named:
        return _("safe telephone, hours, code word; not what to call the person")
    return {
        "identity": _("legal names, date of birth, papers held"),
        "contact": _("what to call her, safe telephone, hours, code word"),
        "place": _("address, where she stays"),
        "screening": _("your decision and what the signs suggest, in words"),
        "needs": _("needs, wishes, why the risk is what it is"),
        "health": _("what this service must know, medicines, allergy"),
        "psychosocial": _("what helps, what not to ask again"),
        "legal": _("papers, steps taken, counsel"),
    }.get(section, "")


def withheld(why: str, who: str) -> str:
    """Why a section is not offered. `who`: names of colleagues who could send it."""
    if why == "not_agreed":
        return _("She did not agree to share this.")
    if why == "empty":
        return _("Nothing is written there yet.")
    if who:
        return _("You do not hold this part. It could be sent by: %(names)s.") % {"names": who}
    return _("You do not hold this part, and nobody on the team does.")


def part_of_day(on: date, part: str, now: datetime) -> str:
    """When she is expected: a day and a part of it, never an hour."""
    values = {"day": moments.day(on, timezone.localdate(now)), "part": label("part_of_day", part).lower()}
    return _("%(day)s, %(part)s") % values


def answer_by(at: datetime, now: datetime) -> str:
    """The answer target as a clock time with its day."""
    return _("Answer by %(moment)s; after that the coordinator is told.") % {"moment": moments.moment(at, now)}


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
        values["section"] = label("packet_section", str(values["section"]))
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


@contextmanager
def in_words(referral: Any) -> Iterator[None]:
    """Refusals of a step leave with words: what state it is in now, which section, until when.

    A step of codes has no two texts to choose from: whoever was second reads what it is now.
    """
    try:
        yield
    except NotNow as refusal:
        guard = "from_state" if refusal.guard == "version_same" else refusal.guard
        values = dict(refusal.values)
        if guard == "from_state":
            referral.refresh_from_db()
            values = {"state": sender_state(referral)}
        told = NotNow(guard, **values)
        told.ledger = refusal.ledger
        raise _in_words(told) from None
