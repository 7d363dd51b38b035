"""What a completed screening shows, in words: one sentence per dimension with the signs that made it.

A result word stands only where the strengths of a set were verified. For the others, and beside them, the signs are
listed and nothing is computed. For a child nothing is ever put as a "no".
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.screening.actions.screening import Opened
from hamkori.casework.screening.rules.screening import Assessment, Dimension, SetResult, assess
from hamkori.vocabulary import codelist
from hamkori.web.screening import pages
from hamkori.web.words import lists


def shown(opened: Opened, child_now: bool) -> dict[str, Any]:
    """A screening as it was completed: with the sets of her age then. `word`: what the signs suggest, '' where nothing
    is computed; `half_computed`: nothing is, though the weights of one set are confirmed: the other set's are not.
    """
    child = opened.set_codes[0].startswith("C") if opened.set_codes else child_now
    answers = opened.answers
    found = assess(child, answers["forms"], answers["acts"], answers["signs"])
    word = lists.label("screening_result", found.result or "")
    return {
        "child": child,
        "cards": [_card(one, child, beside=found.computed and not one.computed) for one in found.sets],
        "act": _act(found),
        "reasons": _reasons(found),
        "word": word,
        "half_computed": not word and any(one.computed for one in found.sets),
        "provisional": found.provisional and found.computed,
        "forms": [
            (lists.label("form_of_exploitation", code), lists.label("form_status", status))
            for code, status in answers["forms"].items()
        ],
        "danger": [
            entry.label(lists.language())
            for entry in codelist("danger_question")
            if "danger_if" in entry.data and answers["danger"].get(entry.code) == entry.data["danger_if"]
        ],
    }


def _card(one: SetResult, child: bool, *, beside: bool) -> dict[str, Any]:
    # A dimension without signs in this set is left out; beside a computed set, one without a sign that is present too.
    lines = [
        _line(dimension, one.computed, child)
        for dimension in one.dimensions
        if pages.page(dimension.code, [one.code]) is not None and (dimension.present or not beside)
    ]
    return {"label": pages.set_label(one.code), "computed": one.computed, "lines": lines}


def _line(dimension: Dimension, computed: bool, child: bool) -> dict[str, Any]:
    """One dimension: its sentence, what made it, and whether it is shown."""
    return {
        "name": lists.label("dimension", dimension.code),
        "sentence": _sentence(dimension, computed, child),
        "made_by": lists.in_turn("indicator", dimension.present),
        "still_open": _still_open(len(dimension.open)),
        "shown": bool(dimension.present) if dimension.positive is None else dimension.positive,
        "part": dimension.code,
    }


def _sentence(dimension: Dimension, computed: bool, child: bool) -> str:
    number = len(dimension.present)
    if not number:
        return _("No sign is marked so far.") if child or not computed else _("Not shown: no sign is marked present.")
    if not computed:
        return ngettext("%(number)s sign is present.", "%(number)s signs are present.", number) % {"number": number}
    if dimension.positive:
        return ngettext("Shown, by %(number)s sign.", "Shown, by %(number)s signs together.", number) % {
            "number": number
        }
    return ngettext(
        "Not shown yet: %(number)s sign is present, and by the rule it does not show this part alone.",
        "Not shown yet: %(number)s signs are present, and by the rule they do not show this part alone.",
        number,
    ) % {"number": number}


def _still_open(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "%(number)s sign is unknown or was not asked.", "%(number)s signs are unknown or were not asked.", number
    ) % {"number": number}


def _act(found: Assessment) -> str:
    if found.acts:
        return _("This was done to the person: %(acts)s.") % {"acts": lists.in_turn("act_question", found.acts)}
    if found.act == "unknown":
        return _(
            "It is not known yet whether something was done to the person. Unknown is not absent: ask at the next talk."
        )
    return _("Every question about what was done was answered with absent.")


def _reasons(found: Assessment) -> tuple[str, ...]:
    """Forms that count by themselves: for a child the form alone, for an adult as the purpose."""
    alone = lists.in_turn("form_of_exploitation", found.by_form)
    purpose = lists.in_turn("form_of_exploitation", found.purpose_by_form)
    said = []
    if alone:
        said.append(
            _("For a child this type of exploitation makes the result by itself, whatever the other signs: %(forms)s.")
            % {"forms": alone}
        )
    if purpose:
        said.append(_("This type of exploitation gives the purpose: %(forms)s.") % {"forms": purpose})
    return tuple(said)
