"""Two people wrote in one form: before, yours and theirs side by side, and a button for each side (`{% versions %}`).

The form carries what it was opened with, so that who changed what is known when it comes back. A field that only one of
the two changed is never asked (`casework/case/rules/merging.py`).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.web.kit.forms import KitForm, LongText, TextField

MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who wrote theirs and when, in words; '' where it is not known. `me`: oneself, in another window."""

    name: str = ""
    when: str = ""
    me: bool = False


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What a page of two versions shows: `fields` to choose, what is put `together`, what was chosen and is `kept`."""

    who: Who
    fields: list[dict[str, Any]] = field(default_factory=list)
    together: list[tuple[object, str]] = field(default_factory=list)
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many fields both changed, those that are chosen by now among them."""
        return len(self.fields) + len(self.kept)


def opened_with(values: Mapping[str, Any]) -> str:
    """What a form carries of the answers that it was opened with."""
    return json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"), default=str)


def was(sent: QueryDict, names: Collection[str]) -> dict[str, Any] | None:
    """The answers that the form was opened with; None where it does not say so."""
    try:
        found = json.loads(sent.get("was", ""))
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if name in names and isinstance(value, str | bool | list)}


def kept(sent: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """Field -> whose version is kept, as its button said, now or one page before."""
    return {name: said for name in names if (said := sent.get(f"keep_{name}", "")) in (MINE, THEIRS)}


def both_texts(most: int) -> TextField:
    """The field of it, of at most so many letters."""
    label = gettext_lazy("Both texts: the other one first, then yours")
    return TextField(label=label, required=False, max_length=most, widget=LongText(rows=6))


class BothForm(KitForm):
    """One text in which both versions of a field stand, to be mended before it is kept."""

    def __init__(self, *args: Any, name: str, most: int, **kwargs: Any) -> None:
        self.base_fields = {**self.base_fields, name: both_texts(most)}  # type: ignore[misc]  # this form's own
        self.sensitive = (name,)
        super().__init__(*args, **kwargs)


def put_as_mine(sent: QueryDict, names: Iterable[str], most: int) -> tuple[QueryDict, frozenset[str]]:
    """What was sent, where both versions of a text are kept with the text of both as mine; and the fields in which that
    is longer than `most` letters: there nothing is chosen yet.
    """
    again, long = sent.copy(), set()
    for name in names:
        if sent.get(f"keep_{name}") != BOTH:
            continue
        text = sent.get(f"both_{name}", "").strip()
        if len(text) > most:
            long.add(name)
            del again[f"keep_{name}"]
        else:
            again[name], again[f"keep_{name}"] = text, MINE
    return again, frozenset(long)


def both_of(
    name: str, sent: QueryDict, mine: str, theirs: str, most: int, *, long: bool, shown: bool
) -> forms.BoundField | None:
    """The text with theirs and then mine, or what was made of it where it was `shown` or is too long; None where one of
    them is empty.
    """
    if not mine or not theirs:
        return None
    field = f"both_{name}"
    text = sent[field] if field in sent and (long or shown) else f"{theirs}\n\n{mine}"
    return BothForm({field: text} if long else None, name=field, most=most, initial={field: text})[field]


def question(
    name: str,
    label: object,
    said: Callable[[Any], Any],
    *,
    before: Any,
    mine: Any,
    theirs: Any,
    who: Who,
    both: forms.BoundField | None = None,
) -> dict[str, Any]:
    """One field that both changed. `said`: an answer in words, or a list of them; `before` None: it is not known;
    `both`: the text in which both are kept.
    """
    marked = [_marked(said(value), said(before) if before is not None else None) for value in (mine, theirs)]
    return {
        "name": f"keep_{name}",
        "legend": label,
        "before": None if before is None else _marked(said(before), said(before)),
        "mine": marked[0],
        "theirs": marked[1],
        "who": who,
        "both": both,
    }


def together(labels: Mapping[str, object], by_me: Iterable[str], by_them: Iterable[str], who: Who) -> list[Any]:
    """What is put together by itself: the field, and who changed it."""
    if who.me:
        theirs = _("changed by you in the other window, kept")
    else:
        theirs = _("changed by %(name)s, kept") % {"name": who.name} if who.name else _("changed by a colleague, kept")
    mine = _("changed by you, not saved before you choose")
    return [(labels[one], theirs) for one in by_them] + [(labels[one], mine) for one in by_me]


def _marked(said: Any, before: Any) -> dict[str, Any]:
    """A text as it is; of several answers each with what became of it since before."""
    if not isinstance(said, list):
        return {"text": str(said or "\u2013")}
    was_said = before if isinstance(before, list) else said
    lines = [(one, "still" if one in was_said else "new") for one in said]
    return {"lines": lines + [(one, "gone") for one in was_said if one not in said], "text": "" if lines else "\u2013"}
