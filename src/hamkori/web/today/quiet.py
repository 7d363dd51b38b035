"""What Today says on a day on which nothing waits for the reader."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.work.queries.today import Today
from hamkori.web.kit import moments
from hamkori.web.words.desk_phone import PASS_ON


def expected(number: int) -> str:
    said = ngettext("%(n)d person is expected", "%(n)d people are expected", number)
    return said % {"n": number} if number else ""


def sentence(found: Today, *, at_desk: bool) -> str:
    """The sentence for a day without anything late or due. Whose number others are given reads whom to pass it to."""
    if found.next_at is None:
        said = _("No answer is due from you or to you.")
        return f"{said} {PASS_ON}" if at_desk else said
    return _("Next answer due: %(when)s.") % {"when": moments.moment(found.next_at, found.now)}
