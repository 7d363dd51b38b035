"""What a child answered while no adult could be asked stands marked where an adult answers (ADR 0187).

The adult's part is new each time: who speaks, whether that adult may be involved, and that they heard the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.consent.queries.consent import AGREES, asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.web.consent import words
from hamkori.web.consent.doubted import DOUBTED, SETTLED
from hamkori.web.consent.rows import POLICE, answer_name, held, plain
from hamkori.web.consent.unread import unless_unread
from hamkori.web.words import child_heard
from hamkori.web.words.consented import rows

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.models import Consent
    from hamkori.casework.consent.queries.consent import Asked
    from hamkori.web.first.asking import AgreeForm
    from hamkori.web.kit.forms import KitForm
    from hamkori.web.words.child_heard import Heard

ADULT: Final = "adult_heard"
OF_CHILD: Final = ("child_answer", "child_reason")
NOT_KEPT: Final = frozenset({"speaker", "suspected", "word", "language_code", DOUBTED, SETTLED, ADULT})
"""What an adult answers, and what is no answer of the child's."""
EACH: Final = "each"
"""Of the police: each of the two questions apart."""
UNSAID: Final = (None, "", "not_asked")


def now_of(actor: Actor, case: Case) -> Heard | None:
    """What is kept and still counts; None where nobody can read what was said since."""
    nothing: Heard | None = None
    if not case.is_child:
        return nothing
    return unless_unread(lambda: child_heard.heard(actor, case, asked(case, now()).last_said), nothing)


def keep(actor: Actor, case: Case, form: AgreeForm, read: str, written: Consent | None) -> None:
    """Keeps the answers of a child who is alone; lets go of them once an adult has answered."""
    if form.alone:
        word = unless_unread(lambda: asked(case, now()).last_said, -1)
        child_heard.keep(actor, case, read=read, word=word, answers=_answers(form))
    elif form.child and written is not None:
        child_heard.forget(actor, case)


def said_yes(actor: Actor, case: Case) -> str:
    """To what the child said yes, of which no adult was asked yet; '' where nothing of it is kept."""
    kept = now_of(actor, case)
    if kept is None:
        return ""
    apart = kept.answers.get("police") == [EACH]
    asked_of = [key for key in rules.ROWS if apart or key[0] != "police"]
    yes = {key for key in asked_of for one in kept.answers.get(answer_name(key), ()) if plain(one) in AGREES}
    return rows(key for key in asked_of if key in yes)


def _answers(form: KitForm) -> dict[str, list[str]]:
    """The marked answers, as they are kept."""
    found = {}
    for name, said in form.cleaned_data.items():
        if name in NOT_KEPT or said in UNSAID:
            continue
        found[name] = [str(one) for one in said] if isinstance(said, list) else [str(said)]
    return found


def ask(form: KitForm, kept: Heard) -> None:
    """They stand selected, and it is asked whether the adult heard the text too."""
    for name, said in kept.answers.items():
        field = form.fields.get(name)
        if isinstance(field, forms.MultipleChoiceField):
            form.initial[name] = said
        elif field is not None:
            form.initial[name] = date.fromisoformat(said[0]) if isinstance(field, forms.DateField) else said[0]
    form.fields[ADULT] = forms.BooleanField(
        label=_("I read it to the adult, and asked the adult each question"), required=False
    )


def mark(form: AgreeForm, before: Mapping[rules.RowKey, str]) -> None:
    """Above each question what was said `before` the age was corrected, or by a child who was alone, and when."""
    found = {answer_name(key): said for key, said in before.items()}
    if form.kept is not None:
        when: dict[str, Any] = {"when": form.kept.when}
        said = _("The child answered %(when)s. Ask the adult too.") % when
        found |= {name: _("Answered %(when)s.") % when if name in OF_CHILD else said for name in form.kept.answers}
    for name, said in found.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
            says(form, name, _before(said, field.help_text))


def hold(form: AgreeForm, stands: Asked) -> None:
    """Where the child said no: so it reads, and no yes of an adult is drawn there."""
    for key in (*stands.final, *stands.held):
        final, name = key in stands.final, answer_name(key)
        held(form, key, final=final)
        own = final or stands.held[key]
        when = form.kept.when if form.kept is not None and own else ""
        says(form, name, words.child_said_no_for_good()[0] if final else words.only_child(own=own, when=when))
    if stands.final.issuperset(POLICE):
        final_no = words.child_said_no_for_good()[0]
        form.offer("police", [one for one in form.choices_of("police") if one[0] != EACH])
        says(form, "police", final_no)


def says(form: KitForm, name: str, text: Any) -> None:
    """What stands above a question; a form that was refused has drawn its fields already."""
    form.fields[name].help_text = form[name].help_text = text


def complete(form: KitForm) -> None:
    """A yes needs that the adult heard the text."""
    if ADULT in form.fields and not form.cleaned_data.get(ADULT):
        form.add_error(ADULT, _("Read the text aloud first. Then say so here."))


def _before(said: str, help_text: Any) -> Any:
    return format_html("{}<br> {}", said, help_text) if help_text else said
