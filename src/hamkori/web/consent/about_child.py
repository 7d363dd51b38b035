"""What is asked beside a child's consent: who speaks, whether that adult may be involved, and the child."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.context import now
from hamkori.casework.case.actions import case as act
from hamkori.refusal import NotNow
from hamkori.web.kit.forms import Segments
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import child_alone, lists
from hamkori.web.words.fields import Coded

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.consent import Said

NOBODY = "nobody"
"""An answer to who speaks that is no adult: nothing of it is recorded as consent."""


BROUGHT = gettext_lazy(
    "A neighbour or teacher who brought the child does not speak for the child: ask the guardianship authority."
)
"""Nobody else speaks for a child, and whoever brought one has no place in the list."""


def may_be_involved(speaker: str) -> str:
    """That whoever was chosen does not speak for the child, in the word that was chosen."""
    if not speaker:
        return sentence(NotNow("child_guardian_clear"))
    slots = {"speaker": lists.label("speaker", speaker)}
    return _("%(speaker)s: this adult may be involved. Choose another person.") % slots


def no_speaker(speaker: str) -> str:
    """The same of whoever was recorded so: who may be involved never speaks for the child."""
    slots = {"speaker": lists.label("speaker", speaker)}
    return _("%(speaker)s: this adult may be involved, and does not speak for the child.") % slots


def asked_now(actor: Actor, case: Case, said: Iterable[Said]) -> None:
    """An adult said yes for the child: to ask is the next step no more. It is the signs, as of a case that opens."""
    if case.state_code == "open" and child_alone.waits(case) and any(one.agrees for one in said):
        codes = {"next_step_code": "signs", "next_step_on": timezone.localdate(now())}
        act.edit(actor.doing(None), case, version=case.version, codes=codes)


def in_rows() -> dict[str, forms.Field]:
    """The same for a page that has the other answers beside them: as buttons, which take a third of the height."""
    found = fields()
    for name, css in (("speaker", ""), ("suspected", "two"), ("child_answer", "two")):
        field = found[name]
        assert isinstance(field, forms.ChoiceField)
        field.widget = Segments(css=css)
        field.widget.choices = field.choices
    return found


def who_knows() -> dict[str, forms.Field]:
    """Who speaks, asked where something is taken back; that nobody does yet is an answer too."""
    found = in_rows()
    who = found["speaker"]
    assert isinstance(who, forms.ChoiceField)
    who.help_text = _("Choose the adult who already knows of this. You can withdraw without an answer.")
    choices: list[tuple[str, str]] = [*lists.choices("speaker"), (NOBODY, _("Nobody yet"))]
    who.choices = who.widget.choices = choices
    return {name: found[name] for name in ("speaker", "suspected")}


def fields() -> dict[str, forms.Field]:
    """The four questions, in the order of the page; nothing is chosen in advance."""
    return {
        "speaker": Coded("speaker", _("Adult who speaks for the child"), required=False),
        "suspected": forms.ChoiceField(
            label=_("May this adult be involved in what happened?"),
            choices=[("no", _("No")), ("yes", _("Yes, or I am not sure"))],
            required=False,
            widget=Segments(),
            help_text=_("Somebody who may be involved never speaks for the child and is told nothing."),
        ),
        "child_answer": Coded(
            "child_answer",
            _("The child's own answer"),
            required=False,
            help_text=_("If the child does not agree, a yes to the police is written down as the child's no."),
        ),
        "child_reason": Coded(
            "child_not_asked_reason",
            _("Why the child was not asked"),
            required=False,
        ),
    }
