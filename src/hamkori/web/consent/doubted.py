"""An adult of whom it was said that they may be involved: that is not forgotten with the next press (ADR 223)."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Final, cast

from django import forms
from django.utils.translation import gettext as _

from hamkori.web.consent.about_child import NOBODY, no_speaker
from hamkori.web.words import lists
from hamkori.web.words.consented import rows

if TYPE_CHECKING:
    from django.http import QueryDict

    from hamkori.casework.consent.queries.consent import Asked
    from hamkori.web.kit.forms import KitForm

DOUBTED: Final = "doubted"
"""Of whom it was said on this page, before something was corrected in it."""
SETTLED: Final = "settled"
"""Of whom it was shown once that the doubt is taken back."""


def doubts(former: Asked) -> frozenset[str]:
    """Of whom it was said last, with whatever they spoke for, that they may be involved."""
    last: dict[str, bool] = {}
    for one in former.versions:
        if one.speaker:
            last.setdefault(one.speaker, one.speaker_suspected)
    return frozenset(code for code, suspected in last.items() if suspected)


def again(former: Asked) -> list[str]:
    """What such an adult has said yes to, which stands: another adult is asked, and the child again."""
    if not former.child:
        return []
    found = []
    for speaker in sorted(doubts(former)):
        stands = [key for key, row in former.rows.items() if row.agrees and row.speaker == speaker]
        if stands:
            ask = _("Ask another adult, and the child, again: %(rows)s.") % {"rows": rows(stands)}
            found.append(f"{no_speaker(speaker)} {ask}")
    return found


def ask(form: KitForm) -> None:
    """Two hidden answers, which come back with the page."""
    for name in (DOUBTED, SETTLED):
        form.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)


def hold(form: KitForm, before: Container[str] = ()) -> None:
    """A doubt that was said on this page, or `before`, and is taken back with one tap, is held once."""
    said, sent = form.cleaned_data, cast("QueryDict", form.data).copy()
    speaker, here = said.get("speaker") or "", set(said.get(DOUBTED, "").split())
    suspected = sent.get("suspected")  # where it was refused it is in no cleaned answer
    if suspected == "no" and (speaker in here or speaker in before) and said.get(SETTLED) != speaker:
        form.add_error("suspected", held(speaker))
        sent[SETTLED] = speaker
    if suspected == "yes" and speaker not in ("", NOBODY):
        sent[DOUBTED] = " ".join(sorted({*here, speaker}))
    form.data = sent


def held(speaker: str) -> str:
    """That the doubt stands against it."""
    said = _(
        "%(speaker)s: it was said before that this adult may be involved. Choose another person. Only if that was "
        "a slip, save once more."
    )
    return said % {"speaker": lists.label("speaker", speaker)}
