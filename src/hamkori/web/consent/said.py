"""What was asked and answered with a form that was not taken, in words. Nobody is signed in: no name of a body."""

from collections.abc import Iterator

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.consent.queries.consent import AGREES, Asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.web.consent import until, words
from hamkori.web.consent.forms import AskForm
from hamkori.web.consent.rows import NOT_ASKED, answer_drawn, answer_name, sections_name, ticks_drawn
from hamkori.web.consent.withdraw_form import EVER, WithdrawForm
from hamkori.web.consent.withdraw_form import said as withdrawn_as
from hamkori.web.kit.written import Line, lines

NOBODY = Asked(versions=(), states={})


def asking(_request: HttpRequest, sent: QueryDict) -> Iterator[Line]:
    """Her answers, what may go where she said yes or where ticks were changed, and how she was asked."""
    form = AskForm(former=NOBODY, child=True, today=timezone.localdate(), bodies=())
    lengths = [(until.KEPT, _("as before")), *until.lengths(NOBODY, timezone.localdate())]
    form.offer("days", lengths)
    drawn = frozenset(sent.get("ticked", "").split())
    for key in rules.ROWS:
        name = sections_name(key)
        form.fields[name].label = _("What may be shared, %(row)s") % {"row": words.row(key)}
        stood, before = answer_drawn(drawn, key), sorted(ticks_drawn(drawn, key))
        form.initial[answer_name(key)] = stood
        new = sent.get(answer_name(key), NOT_ASKED) != stood
        form.initial[name] = None if new and sent.get(answer_name(key)) in AGREES else before
    yield from lines(form, sent)
    yield from _bodies(form, len(set(sent.getlist("excluded")) ^ set(sent.getlist("stood"))))


def _bodies(form: AskForm | WithdrawForm, changed: int) -> Iterator[Line]:
    """That organisations were ticked, of which none is named."""
    if changed:
        text = ngettext(
            "%(n)d tick was changed. Names of organisations are not shown here.",
            "%(n)d ticks were changed. Names of organisations are not shown here.",
            changed,
        )
        yield Line(str(form.fields["excluded"].label), text % {"n": changed}, boxed=False)


def taking_back(_request: HttpRequest, sent: QueryDict) -> Iterator[Line]:
    """What was withdrawn, and how it was told."""
    form = WithdrawForm(former=NOBODY, child=True)
    form.offer("took", [(one, withdrawn_as(one, NOBODY)) for one in EVER])
    yield from lines(form, sent)
    yield from _bodies(form, len(set(sent.getlist("excluded"))))
