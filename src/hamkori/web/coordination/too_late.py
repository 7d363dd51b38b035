"""A call about what was answered or has ended meanwhile: which it was, and whom to tell what was heard there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.called_late import LOOKED_FOR, Past
from hamkori.casework.case.queries.coordination import SENDER, TO_SENDER, UNREACHED
from hamkori.people.queries import desk_phones, organisations
from hamkori.web.coordination.passed_on import name_of
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import desk_phone, referral


def not_noted(gone: Mapping[str, Past], at: datetime) -> list[str]:
    """Which do not wait any more, and since when."""
    said = gettext_lazy("%(code)s was not noted: “%(state)s” since %(time)s.")
    return [
        str(said) % {"code": grouped(code), "state": referral.state(one.state), "time": moments.passed(one.at, at)}
        for code, one in gone.items()
    ]


def said(code: str, one: Past, answer: str, at: datetime) -> str:
    """Of the one that was meant, and of no other: its number, who was asked, how it stands, and where what was heard
    there goes. Of a call to its sender that this was said already, or is not needed any more. A yes by telephone
    against a written no is told to whoever sent it, who may be looking elsewhere.
    """
    if answer == SENDER and (one.told_at is not None or one.left):
        return _of_sender(one, at)
    bodies = {body.id: body for body in organisations()}
    desk = name_of(bodies.get(one.to))
    text = _("The call was not recorded: %(code)s, %(body)s, is “%(state)s” by now (%(when)s).") % {
        "code": grouped(code),
        "body": desk,
        "state": referral.state(one.state),
        "when": moments.moment(one.at, at),
    }
    if answer in (*UNREACHED, *TO_SENDER):
        return text
    if one.sender is None:
        then = _("If they told you something else, ask them to tell the sender.")
    else:
        sender = desk_phone.of_body(name_of(bodies.get(one.sender)), desk_phones([one.sender]).get(one.sender, ""))
        then = _("If they told you something else, call the sender: %(sender)s. Ask for its team.") % {"sender": sender}
    return f"{text} {then}"


def _of_sender(one: Past, at: datetime) -> str:
    """Of what called her to the sender: what is so."""
    if one.told_at is None:
        return _("Not saved: the sender has said something about it since. There is nothing left to call about.")
    when = moments.moment(one.told_at, at)
    if one.left == LOOKED_FOR:
        said = _(
            "Not saved: it was said already %(when)s that the sender was called. The sender still has to find out"
            " whether the person is safe."
        )
        return said % {"when": when}
    return _("Not saved: it was said already %(when)s that the sender was called.") % {"when": when}
