"""Rows of Today of help that has ended: how it ended, and that a note came with that."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.work.queries.due import Due
from hamkori.web.words import last_night, lists


def said(one: Due) -> list[str | SafeString]:
    """What the other side says; what is less than all that was asked for in bold letters."""
    if not one.result:
        return []
    how = _("they say: %(result)s") % {"result": lists.inside(lists.label("referral_result", one.result))}
    note = format_html("<b>{}</b>", _("a note came with it")) if one.has_note else ""
    night = str(last_night.IN_ROW) if one.sleeps_on else ""
    return [format_html("<b>{}</b>", how) if one.helped_less else how, night, note]
