"""Rows of what a worker ticked as needed, and of which nobody is asked."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.needed import DOCTOR, ENDED_BY_THEM, SENDER
from hamkori.web.words import needed as words


def what(one: Due) -> str:
    """What is needed, in the words of the question."""
    return words.said(one.needs, one.doctor)


def ended(one: Due) -> str | SafeString:
    """That the person ended such help: whether they still want it is asked before anybody is looked for; or that the
    sender is asked before the person.
    """
    if asks_sender(one):
        return format_html("<b>{}</b>", _("speak with the sender before you ask the person"))
    if not (one.needs and one.reason == ENDED_BY_THEM):
        return ""
    return format_html("<b>{}</b>", _("the person ended such help: ask whether they still want it"))


def asks_sender(one: Due) -> bool:
    """Whether it is of a doctor of whom the sender is asked first, and the person has not agreed here."""
    return tuple(one.needs) == (DOCTOR,) and one.reason == SENDER and one.unagreed and not one.alone_child


def at_case(one: Due) -> str:
    """Where the case says whom to ask about the doctor, and that one came."""
    return f"{reverse('case', args=[one.case])}#{DOCTOR}"


def choice(one: Due) -> str:
    """Where an organisation is chosen: for some of what was said nobody may be listed. The row stays while something is
    left.
    """
    return words.choice_at(one.case, one.needs, child=one.age_band in CHILD_BANDS)


def to_change(one: Due) -> str | SafeString:
    """Where the need is taken out: the help was found another way, or is not wanted any more."""
    if not one.needs:
        return ""
    at = f"{reverse('edit_case', args=[one.case])}?all=1#id_need_tonight_codes_0"
    if tuple(one.needs) == (DOCTOR,):  # the case has a press for whom a doctor has seen
        at = at_case(one)
    return format_html('<a href="{}">{}</a>', at, _("Found or not needed"))
