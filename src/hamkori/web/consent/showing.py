"""What the page of consent shows: each question with what its answer means, the text to read, the versions so far."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.consent import texts
from hamkori.casework.consent.queries.consent import AGREES, Asked, Said, Version
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.queries.effects import Running, effects
from hamkori.vocabulary import codelist
from hamkori.vocabulary.codes import shown
from hamkori.vocabulary.country import READ_FIRST
from hamkori.web.consent import until, words
from hamkori.web.consent.about_child import no_speaker
from hamkori.web.consent.forms import AskForm
from hamkori.web.consent.rows import NOT_ASKED, POLICE, answer_name, as_value, plain, sections_name, since, stands_as
from hamkori.web.kit import moments
from hamkori.web.words import excluded, lists, steps

ICONS = {"refused": "no", "withdrawn": "no"}
"""Beside what was said before, else its own mark: none that looks like something to press."""
WORDS_A_MINUTE = 130
"""How fast the text is read aloud, with pauses; ours."""


def questions(
    form: AskForm,
    open_now: Iterable[Running],
    bodies: Mapping[UUID, str],
    at: datetime,
    *,
    closed: bool = False,
    doctor: str = "",
) -> dict[str, Any]:
    """All questions with their controls and lines; those of the police apart. `only_no`: no yes can be saved now.
    `doctor`: who needs one, as the case says it.
    """
    open_now = tuple(open_now)
    only_no = closed and not any(one.state == "serving" for one in open_now)
    if only_no:
        _draw_no_yes(form)
    ended = _ended_together(form.former, at)
    drawn = [(key, _question(key, form, open_now, bodies, at, ended=ended)) for key in rules.ROWS]
    for key, one in drawn:
        one["why"] = " ".join(filter(None, (one["why"], words.for_child(key, doctor))))
    return {
        "all_ended": ended,
        "help": [one for (kind, _purpose), one in drawn if kind != "police"],
        "police": [one for (kind, _purpose), one in drawn if kind == "police"],
        "only_no": only_no,
    }


def mark_empty(form: AskForm, empty: Container[str]) -> None:
    """Beside a part in which nothing stands so far it says so, as where it is sent."""
    for key in rules.ROWS:
        widget = form.fields[sections_name(key)].widget
        widget.hints = {code: lists.nothing_yet(hint) if code in empty else hint for code, hint in widget.hints.items()}


def _draw_no_yes(form: AskForm) -> None:
    """A yes is a choice only where it stands, or was marked on the page that was refused: nothing marked is lost."""
    for key in rules.ROWS:
        name = answer_name(key)
        shown = {stands_as(form.former, key), form[name].value()}
        form.fields[name].widget.choices = [
            (code, label) for code, label in form.choices_of(name) if plain(code) not in AGREES or code in shown
        ]


def _question(
    key: rules.RowKey,
    form: AskForm,
    open_now: tuple[Running, ...],
    bodies: Mapping[UUID, str],
    at: datetime,
    *,
    ended: str,
) -> dict[str, Any]:
    former = form.former
    stands, before = stands_as(former, key), former.rows.get(key)
    given = since(former, key) if stands != NOT_ASKED else None
    said_no = key in (*former.final, *former.child_refused)
    gone, lasts = former.states.get(key) == "expired" and not said_no, not said_no and _lasts(former, key)
    return {
        "title": words.question(key),
        "why": words.why_row(key),
        "field": form[answer_name(key)],
        "sections": form[sections_name(key)],
        "known": stands != NOT_ASKED,
        "stood_no": stands == "no",
        "value": as_value(key),
        "anew": as_value(key) in (form["anew"].value() or ()),
        "stands": _stands(key, former, before, given, at, ended=ended),
        "ended": gone or lasts,
        "needs_police": words.needs_police() if key == words.COURT else "",
        **_opens(key, before, given, at, was=gone or lasts),
        "icon": "no" if key in former.child_refused else ICONS.get(former.states.get(key, ""), "seen"),
        "day": _day(given, at) if given else "",
        "never": words.never(key),
        "named": words.named(key),
        "nameless": words.nameless(),
        "no": words.nothing_goes(key),
        "stops": _stops(key, former, before, open_now, bodies),
    }


def _stops(
    key: rules.RowKey, former: Asked, before: Said | None, open_now: tuple[Running, ...], bodies: Mapping[UUID, str]
) -> list[str]:
    """The running referrals that a no to this question ends, each in a sentence."""
    if before is None or not before.agrees:
        return []
    after = {**former.rows, key: Said(kind=key[0], purpose=key[1], answer="no", sections=(), until=None)}
    return [
        _("A no stops a referral: %(service)s, %(organisation)s, %(number)s.")
        % {
            "service": lists.label("service", one.running.service),
            "organisation": bodies.get(one.running.body, _("an organisation that is not listed now")),
            "number": shown(one.running.code),
        }
        for one in effects(open_now, former.rows, after, former.excluded)
        if one.ends and key in one.running.rows
    ]


def _stands(
    key: rules.RowKey, former: Asked, before: Said | None, given: datetime | None, at: datetime, *, ended: str
) -> str:
    """What is valid now, in one line; '' where nothing was asked so far. `ended`: that is said above all."""
    current = former.states.get(key, NOT_ASKED)
    if said := _of_child(key, former):
        return said
    if before is None or before.waits:
        return words.then(key, "asked_again") if before is not None else ""
    if given is None and (current == "expired" or _lasts(former, key)):
        return _before(former, key, before, at, ended=ended)
    if former.is_opened_again and not before.agrees and key[0] != "police":
        return _("Before closing: %(answer)s. Ask again.") % {"answer": words.answer(before.answer)}
    if given is None:
        now = _("Now: %(state)s.") % {"state": lists.label("consent_state", current)}
        return " ".join((now, words.then(key, current, child=former.child, unheard=key in former.unheard_rows)))
    return _valid(key, former, before, given, at)


def _of_child(key: rules.RowKey, former: Asked) -> str:
    """A no that only the child changes, or nobody while the person is one."""
    if key in former.final:
        return " ".join(words.child_said_no_for_good())
    if key in former.child_refused:
        return " ".join(words.child_said_no())
    return words.only_child(own=former.held[key]) if key in former.held else ""


def _lasts(former: Asked, key: rules.RowKey) -> bool:
    """A yes from before the age was corrected: it ends soon, and is asked again as what has ended is."""
    return key in former.other_age and former.states.get(key) in rules.LIVE_STATES


def _before(former: Asked, key: rules.RowKey, before: Said, at: datetime, *, ended: str) -> str:
    """What an answer was that has ended, or ends because the age was corrected; the day where it is not said above."""
    end, slots = former.ends.get(key), {"answer": words.choice(before.answer)}
    if _lasts(former, key) and end is not None:
        ends = _("Ends %(day)s.") % {"day": moments.full_day(until.last(end), timezone.localdate(at))}
        return " ".join((words.as_before(before.answer, child=former.child), ends))
    if end is None or ended:
        return _("Before: %(answer)s.") % slots
    slots["day"] = moments.full_day(until.last(end), timezone.localdate(at))
    return " ".join((_("Ended %(day)s; before: %(answer)s.") % slots, words.then(key, "expired")))


def _ended_together(former: Asked, at: datetime) -> str:
    """The day on which all that the person had agreed to ended, if it was one; '' where a line alone says it."""
    gone = [former.ends.get(key) for key, state in former.states.items() if state == "expired"]
    days = {until.last(end) for end in gone if end is not None}
    stands = any(stands_as(former, key) in AGREES or _lasts(former, key) for key in rules.ROWS)
    if len(gone) < 2 or None in gone or len(days) != 1 or stands:
        return ""
    return moments.full_day(days.pop(), timezone.localdate(at))


def how_no(form: AskForm) -> list[dict[str, Any]]:
    """How the person said no, below each part of the page; of the three that one is seen which holds the first no.

    They are one choice: only there what was chosen is drawn, and the message if it was missing.
    """
    field, marked = form["how_said"], [False, bool(form["police_no"].value()), False]
    for key in rules.ROWS:
        again = as_value(key) in (form["anew"].value() or ())
        if form[answer_name(key)].value() == "no" and (again or stands_as(form.former, key) != "no"):
            marked[key in POLICE] = True
    here = marked.index(True) if any(marked) else 2 if form["excluded"].value() else 0
    return [
        {
            "here": place == here,
            "radios": field.as_widget()
            if place == here
            else form.fields["how_said"].widget.render("how_said", None, {"id": f"{field.auto_id}_in_{place}"}),
        }
        for place in range(3)
    ]


def _shared(row: Said) -> str:
    return words.sections(row.sections) or _("only what the person wants them to know")


def _valid(key: rules.RowKey, former: Asked, before: Said, given: datetime, at: datetime) -> str:
    values = {"day": _day(given, at)}
    if before.until is None:
        return _("No, since %(day)s.") % values
    end = former.ends.get(key) or before.until
    values["until"] = moments.last_day(end, at)
    if gone := _no_longer(key, former, before):
        values |= {"parts": words.sections(gone), "sections": _shared(before)}
        return _("Valid until %(until)s. Shared: %(sections)s. Not shared any more: %(parts)s.") % values
    return _("Valid until %(until)s.") % values


def _no_longer(key: rules.RowKey, former: Asked, before: Said) -> list[str]:
    """The parts that went with this yes once, and were taken back since: no answer between ended it."""
    went: set[str] = set()
    for version in former.versions:
        row = next((one for one in version.rows if (one.kind, one.purpose) == key), None)
        if row is None or not row.agrees:
            break
        went.update(row.sections)
    return [part for part in packet.askable(*key) if part in went - {*before.sections}]


def _opens(
    key: rules.RowKey, before: Said | None, given: datetime | None, at: datetime, *, was: bool
) -> dict[str, str]:
    """What unfolds under that line: what a yes lets go and since when, or let go before; what a no means."""
    if before is not None and was:
        return {"shared": _("Shared: %(sections)s.") % {"sections": _shared(before)}, "opens": _("What was shared")}
    if before is None or given is None:
        return {"shared": ""}
    if not before.agrees:
        return {"shared": words.nothing_goes(key), "opens": _("What that means")}
    slots = {"day": _day(given, at), "sections": _shared(before)}
    return {"shared": _("Agreed on %(day)s. Shared: %(sections)s.") % slots, "opens": _("What is shared")}


def ends_earlier(former: Asked) -> bool:
    """Whether an answer that is valid ends before its day because the age was corrected since."""
    return any(_lasts(former, key) for key in former.other_age)


def _day(when: datetime, at: datetime) -> str:
    return moments.full_day(timezone.localdate(when), timezone.localdate(at))


def readings(form: AskForm, *, grown: bool) -> list[dict[str, Any]]:
    """The text in each of its languages with the button that says in which it was read; the first lines apart."""
    found = []
    for code, option in _languages(form):
        if code not in READ_FIRST:
            continue
        text = texts.read_to(code, child=form.child, grown=grown)
        found.append({"option": option, "language": code, "text": text, **folded(text)})
    return sorted(found, key=lambda one: READ_FIRST.index(one["language"]))


def folded(text: texts.Text) -> dict[str, Any]:
    """The first lines of the text, the rest, and how long it takes to read that aloud."""
    headings = [place for place, block in enumerate(text.blocks) if block.kind == "heading"]
    split = headings[0] if headings else len(text.blocks)
    read = sum(len(block.text.split()) for block in text.blocks[split:])
    minutes = max(1, round(read / WORDS_A_MINUTE))
    rest = ngettext("The rest of the text, about %(n)d minute", "The rest of the text, about %(n)d minutes", minutes)
    return {"first": text.blocks[:split], "rest": text.blocks[split:], "rest_title": rest % {"n": minutes}}


def interpreted(form: AskForm) -> dict[str, list[Any]]:
    """The languages in which the text is not written: an interpreter reads it. The chosen one stands beside the others,
    so that what is folded may stay so.
    """
    others = [(code, option) for code, option in _languages(form) if code not in READ_FIRST]
    chosen = form["language"].value()
    return {
        "interpreted_first": [option for code, option in others if code == chosen],
        "interpreted": [option for code, option in others if code != chosen],
    }


def _languages(form: AskForm) -> list[tuple[str, Any]]:
    return [(str(option.data["value"]), option) for option in form["language"] if option.data["value"]]


def state(former: Asked, key: rules.RowKey) -> str:
    """What a question is worth now. A child's no is said to be one."""
    if key in former.child_refused:
        return _("The child said no")
    return lists.label("consent_state", former.states.get(key, NOT_ASKED))


def histories(former: Asked, bodies: dict[UUID, str], since: int = 0) -> list[dict[str, Any]]:
    """All versions after this number, the newest first, each beside the one before it."""
    both = zip_longest(former.versions, former.versions[1:])
    return [history(version, bodies, before) for version, before in both if version.number > since]


def _refused(version: Version, before: Version | None) -> str:
    """What was said with a version that gave nothing: a no, or only who must get nothing and who may again."""
    if version.how_said in steps.BROUGHT:
        return str(steps.NO_BROUGHT)
    had, out = (set(before.rows), before.excluded) if before is not None else (set(), frozenset())
    without, again = version.excluded - out, out - version.excluded
    new_no = any(row.answer == "no" and row not in had for row in version.rows)
    if (without or again) and not new_no:
        return excluded.what(len(without))
    return _("The person said no")


def history(version: Version, bodies: dict[UUID, str], before: Version | None) -> dict[str, Any]:
    """One version in words: when, who, how, and each row. `before`: the one before it."""
    language = lists.language()

    def label(name: str, code: str) -> str:
        return codelist(name).label(code, language) if code in codelist(name) else ""

    rows = [(words.row((row.kind, row.purpose)), _said(row.answer, row.sections)) for row in version.rows]
    without = ", ".join(
        sorted(bodies.get(body, _("an organisation that is not listed now")) for body in version.excluded)
    )
    if without:
        rows.append((_("Organisations that must get nothing"), without))
    how = [
        label("how_given", version.how_given) if version.step == "give" else label("how_said", version.how_said),
        _("text of %(day)s") % {"day": texts.day_of(version.text_version)} if version.step == "give" else "",
        label("language", version.language) if version.step == "give" else "",
        label("speaker", version.speaker) if not version.speaker_suspected else "",
        label("child_answer", version.child_answer if version.step != "withdraw" else ""),
        no_speaker(version.speaker) if version.speaker and version.speaker_suspected else "",
    ]
    return {
        "number": version.number,
        "step": {
            "give": _("The person answered"),
            "refuse": _refused(version, before),
            "withdraw": steps.of_case("consent_withdraw", version.how_said),
            "ask_again": _("The case was opened again: the earlier consent is asked again"),
        }.get(version.step, version.step),
        "at": version.at,
        "by": version.by,
        "sure": version.sure,
        "how": " · ".join(part for part in how if part),
        "rows": rows,
    }


def _said(answer: str, sections: tuple[str, ...]) -> str:
    if answer in ("yes", "without_name") and sections:
        return _("%(answer)s (%(sections)s)") % {"answer": words.choice(answer), "sections": words.sections(sections)}
    return words.choice(answer)
