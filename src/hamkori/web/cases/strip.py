"""The case at a glance, as every page of a case shows it: alarms, coded facts, her answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.consent.queries.agreed import Agreed
from hamkori.casework.consent.rules import consent as agreement
from hamkori.web.kit import moments
from hamkori.web.words import case as words
from hamkori.web.words import excluded, lists, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


TWO_LINES = 84
"""So many letters fit on two lines of a small phone."""
MARKS = ("yes", "no", "ended", "unasked")


def strip(
    case: Case,
    agreed: Agreed,
    today: date,
    *,
    since: datetime | None = None,
    waits: bool = False,
    without: Sequence[str] = (),
    brought: Sequence[str] = (),
) -> dict[str, Any]:
    """Values for `{% case_strip %}`: code, tags, facts, agreed. `since`: when it was opened, where that is known
    better than it stands there. `waits`: a child, until an adult can be asked. `without`: the organisations that must
    get nothing, by name; on paper none is named. `brought`: those of them that somebody else named, and the person was
    not asked.
    """
    closed, said = case.state_code == "closed", counted(agreed, waits=waits)
    rows = answers(agreed)
    shown = _waiting(rows) if waits else [_last(one) if closed else one for one in rows]
    own = [one for one in without if one not in brought]
    out = [{"kind": _("Must get nothing"), "answer": excluded.names(own), "state": "no"}] if own else []
    if brought:
        named = excluded.names(brought)
        out.append({"kind": _("Must get nothing, not certain"), "answer": named, "state": "unasked"})
    said = " ".join(filter(None, (said, excluded.at_a_glance(own), excluded.at_a_glance(brought, brought=True))))
    return {
        "code": case.code,
        "tags": tags(case),
        "facts": "\N{NO-BREAK SPACE}· ".join(facts(case, today, since)),
        "agreed": [*shown, *out],
        "counted": " ".join((_("Last answers."), said)) if closed and agreed.asked_at else said,
    }


def tags(case: Case) -> list[dict[str, str]]:
    """Alarms first, then the stage."""
    marks = []
    if case.has_danger:
        marks.append({"text": _("Danger"), "tone": "late", "icon": "danger"})
    if case.risk_code == "high":
        marks.append({"text": _("Risk: high"), "tone": "late", "icon": "danger"})
    elif case.risk_code == "raised":
        marks.append({"text": _("Risk: raised"), "tone": "wait", "icon": "warning"})
    if case.is_child:
        marks.append({"text": _("Child"), "tone": "wait", "icon": ""})
    text, tone = words.stage(case.state_code, case.decision_code)
    if case.state_code == "open":
        text = lists.label("decision", case.decision_code)
    marks.append({"text": text, "tone": tone, "icon": ""})
    return marks


def facts(case: Case, today: date, since: datetime | None = None) -> list[str]:
    """What may stand in the open, in a few words each."""
    language = lists.label("language", case.language_code) if case.language_code != "unknown" else ""
    if case.needs_interpreter:
        language = _("%(language)s, with an interpreter") % {"language": language} if language else _("interpreter")
    since = since or case.opened_at or case.begun_at
    day = moments.full_day(timezone.localdate(since), today)
    person = words.person_of(case.sex_code, case.age_band_code, case.children_code)
    parts = [person, lists.label("region", case.region_code), language]
    parts.append(_("open since %(day)s") % {"day": day} if case.state_code == "open" else "")
    return [part for part in parts if part]


def answers(agreed: Agreed) -> list[dict[str, str]]:
    """Her five answers. Of two purposes the one that carries more stands here, and that it is one."""
    return [_answer(agreed, kind) for kind in agreement.KINDS]


def _waiting(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """What waits for an adult, once, with how many these are; and the child's own no."""
    unasked = [row for row in rows if row["state"] == "unasked"]
    asked = [row for row in unasked if row["answer"] == lists.label("consent_state", "not_live")]
    unasked = asked or unasked  # once the child has answered, what nobody asked about waits for nobody
    said = [row for row in rows if row not in unasked]
    if len(unasked) == 1:
        return [*said, {**unasked[0], "answer": _("Waits for an adult")}]
    waits = {"kind": _("Waits for an adult"), "answer": str(len(unasked)), "state": "unasked"}
    return [*said, waits] if unasked else said


def _last(row: dict[str, str]) -> dict[str, str]:
    """In a closed case, where a yes sends nothing."""
    return {**row, "answer": _("Consent was given")} if row["answer"] == lists.label("consent_state", "given") else row


def counted(agreed: Agreed, *, waits: bool = False) -> str:
    """The same for the phone, in two lines at most: each by name; where that is longer, the others counted."""
    if agreed.unsure:
        return _("Cannot be confirmed")
    if agreed.all_unheard and {key[0] for key in agreed.unheard_rows} >= {*agreement.KINDS}:
        return _("No to everything, not certain to be theirs.")
    marks = {kind: _mark(agreed, kind) for kind in agreement.KINDS}
    if agreed.unheard:
        return _brought(agreed, marks)
    if agreed.asks_child:
        return _asks_child(agreed, marks)
    if agreed.opened_again or (not waits and any(_yes_before(agreed, kind) for kind in marks)):
        return _opened(agreed, marks)
    police = _police(agreed, marks["police"])
    said = named(marks, police.sentence, waits=waits)
    return said if waits or len(said) <= TWO_LINES else _numbers(marks, police.counted)


def _brought(agreed: Agreed, marks: dict[str, str]) -> str:
    """What the person was asked, then to whom a no was said that is not certain to be theirs."""
    whom = [kind for kind in marks if _is_brought(agreed, kind)]
    rest = {kind: mark for kind, mark in marks.items() if kind not in whom}
    police = _police(agreed, rest["police"]).sentence if "police" in rest else ""
    said = _("No, not certain to be theirs, ask the person: %(whom)s.")
    named_all = ", ".join(map(_whom, whom))
    return " ".join(filter(None, (named(rest, police).strip(), said % {"whom": named_all})))


def _opened(agreed: Agreed, marks: dict[str, str]) -> str:
    """Of a case that was opened again: who got a yes, then who got a no before it was closed, after the rest (ADR 225,
    253).
    """
    yes = [kind for kind in marks if _yes_before(agreed, kind)]
    no = [kind for kind in marks if _no_before(agreed, kind)]
    rest = {kind: mark for kind, mark in marks.items() if kind not in (*yes, *no)}
    told = [named(rest, _police(agreed, rest["police"]).sentence if "police" in rest else "")]
    whom = {name: ", ".join(map(_whom, kinds)) for name, kinds in (("yes", yes), ("no", no))}
    told += [_("Agreed before the case was closed, ask again: %(whom)s.") % {"whom": whom["yes"]}] if yes else []
    told += [_("Said no before the case was closed, ask again: %(whom)s.") % {"whom": whom["no"]}] if no else []
    return " ".join(filter(None, map(str.strip, told)))


def _yes_before(agreed: Agreed, kind: str) -> bool:
    """Whether a yes of this kind from before the case was opened again is to be asked again, and nothing else holds."""
    rows = {key: row.answer for key, row in agreed.rows.items() if key[0] == kind}
    return "not_asked" in rows.values() and {agreed.state(*key) for key in rows} == {"not_asked"}


def _no_before(agreed: Agreed, kind: str) -> bool:
    """Whether all that was said of this kind is a no from before the case was opened again. To the police it stays."""
    answers = {row.answer for key, row in agreed.rows.items() if key[0] == kind}
    return agreed.opened_again and kind != "police" and bool(answers) and answers <= {*agreement.NOES}


def _is_brought(agreed: Agreed, kind: str) -> bool:
    """Whether all that was said of this kind is a no that somebody else brought."""
    rows = {key for key in agreed.rows if key[0] == kind}
    return bool(rows & agreed.unheard_rows) and {agreed.state(*key) for key in rows} == {"not_asked"}


def _asked_again(agreed: Agreed, kind: str) -> str:
    """What was said of this kind and is asked again: a no that somebody else brought, an answer from before the case
    was closed; '' where that is nothing.
    """
    if _is_brought(agreed, kind):
        return str(red.HEARD_NO)
    if _no_before(agreed, kind):
        return _("Said no before closing: ask again")
    return _("Agreed before closing: ask again") if _yes_before(agreed, kind) else ""


def _mark(agreed: Agreed, kind: str) -> str:
    """Of whom consent has ended somebody was asked; the police have a sentence of their own."""
    answer = _answer(agreed, kind)
    ended = answer["answer"] == lists.label("consent_state", "expired") and kind != "police"
    return "ended" if ended else answer["state"]


def _asks_child(agreed: Agreed, marks: dict[str, str]) -> str:
    """Of whom nothing new can be sent before the child and an adult were asked; then the rest."""
    again = {key[0] for key in agreed.rows if agreed.as_adult(*key)} - {"police"}
    said = _("Ask again: %(whom)s.") % {"whom": ", ".join(_short(kind) for kind in marks if kind in again)}
    rest = {kind: marks[kind] for kind in marks if kind not in again}
    return f"{said if again else ''} {named(rest, _police(agreed, marks['police']).sentence)}".strip()


def named(marks: dict[str, str], police: str, *, waits: bool = False) -> str:
    """Who got a yes, who a no, who was not asked, and the police apart."""
    of = {state: [_short(kind) for kind in marks if marks[kind] == state and kind != "police"] for state in MARKS}
    sentences = {"yes": _("Yes: %(whom)s."), "no": _("No: %(whom)s."), "unasked": _("Not asked: %(whom)s.")}
    sentences["ended"] = _("Ended: %(whom)s.")
    sentences |= {"unasked": _("Consent waits for an adult.")} if waits else {}
    if waits and marks["police"] == "unasked":
        of["unasked"].append(_("police"))
        return " ".join(sentences[state] % {"whom": ", ".join(whom)} for state, whom in of.items() if whom)
    told = [sentences[state] % {"whom": ", ".join(whom)} for state, whom in of.items() if whom]
    return " ".join((*told, police))


def _whom(kind: str) -> str:
    """The same where the police stand among the others."""
    return _("police") if kind == "police" else _short(kind)


def _short(kind: str) -> str:
    """A kind of recipient inside a sentence."""
    return {
        "shelter_social": _("shelter"),
        "health": _("doctors"),
        "psychological": _("psychologists"),
        "legal": _("lawyers"),
    }[kind]


class Police(NamedTuple):
    """The answers about the police: in their row, as a sentence, and among the others that are counted."""

    row: str
    sentence: str
    counted: str


def _police(agreed: Agreed, mark: str) -> Police:
    """Two questions: where one has a yes and the other none, both are said; and what has ended was asked."""
    states = [agreed.state("police", purpose) for purpose in ("protection", "justice")]
    of = [_in_a_word(state) for state in states]
    if mark == "yes" and not set(states) <= set(words.YES_STATES):
        slots = {"protect": of[0], "crime": of[1]}
        return Police(
            _("to protect %(protect)s, criminal case %(crime)s") % slots,
            _("Police: to protect %(protect)s, criminal case %(crime)s.") % slots,
            _("police to protect %(protect)s, criminal case %(crime)s") % slots,
        )
    if mark == "unasked" and "expired" in states:
        return Police("", _("Police: consent has ended."), _("police: consent has ended"))
    sentence = {"yes": _("Police: yes."), "no": _("Police: no."), "unasked": _("Police: not asked.")}[mark]
    counted = {"yes": _("police yes"), "no": _("police no"), "unasked": _("police not asked")}[mark]
    return Police("", sentence, counted)


def _in_a_word(state: str) -> str:
    if state in (*words.YES_STATES, *words.NO_STATES):
        return _("yes") if state in words.YES_STATES else _("no")
    return _("has ended") if state == "expired" else _("not asked")


def _numbers(marks: dict[str, str], police: str) -> str:
    """The police by name, the others counted."""
    others = [marks[kind] for kind in marks if kind != "police"]
    yes, no, ended, unasked = (others.count(state) for state in MARKS)
    parts = [
        ngettext("%(n)d yes", "%(n)d yes", yes) % {"n": yes} if yes else "",
        ngettext("%(n)d no", "%(n)d no", no) % {"n": no} if no else "",
        ngettext("%(n)d ended", "%(n)d ended", ended) % {"n": ended} if ended else "",
        police,
        ngettext("%(n)d not asked", "%(n)d not asked", unasked) % {"n": unasked} if unasked else "",
    ]
    return ", ".join(part for part in parts if part)


def _kind(code: str) -> str:
    """A kind of recipient in a word or two."""
    return {
        "shelter_social": _("Shelter, social help"),
        "health": _("Doctors"),
        "psychological": _("Psychologists"),
        "legal": _("Lawyers"),
        "police": _("Police"),
    }[code]


def _answer(agreed: Agreed, kind: str) -> dict[str, str]:
    if agreed.unsure:
        return {"kind": _kind(kind), "answer": _("Cannot be confirmed"), "state": "unasked"}
    if any(agreed.child_refused(*key) for key in agreement.ROWS if key[0] == kind):
        return {"kind": _kind(kind), "answer": _("The child said no"), "state": "no"}
    if any(agreed.as_adult(*key) for key in agreement.ROWS if key[0] == kind):
        return {"kind": _kind(kind), "answer": _("Ask again"), "state": "unasked"}
    if said := _asked_again(agreed, kind):
        return {"kind": _kind(kind), "answer": said, "state": "unasked"}
    states = [agreed.state(*key) for key in agreement.ROWS if key[0] == kind]
    state = next((one for one in ORDER if one in states), "not_asked")
    # What nobody has asked takes nothing from a yes; what was refused or has ended does.
    partly = state in words.YES_STATES and (
        not set(states) <= {*words.YES_STATES, "not_asked"} or any(key[0] == kind for key in agreed.in_part)
    )
    mark = "yes" if state in words.YES_STATES else "no" if state in words.NO_STATES else "unasked"
    if state == "not_live" and not agreed.child:
        return {"kind": _kind(kind), "answer": _("Ask again"), "state": "unasked"}
    answer = _("Consent in part") if partly else lists.label("consent_state", state)
    return {
        "kind": _kind(kind),
        "answer": _police(agreed, mark).row or answer if kind == "police" else answer,
        "state": mark,
    }


# What stands for a kind whose rows differ: what she agreed to, else what ended, else what she refused.
ORDER = ("given", "without_name", "not_live", "expired", "refused", "withdrawn")
