"""A call about what was answered or has ended meanwhile: which it was, and whom to tell what was heard there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.called_late import HEARD, LOOKED_FOR, Past
from hamkori.casework.case.queries.coordination import SENDER, TO_SENDER, UNREACHED
from hamkori.casework.case.queries.put_back import PUT_BACK
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
    if answer == PUT_BACK or one.state in HEARD:
        return _said_since(code, one, at, put_back=answer == PUT_BACK)
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


SINCE: Final = {
    "accepted": gettext_lazy("%(body)s accepted in Hamkori %(when)s"),
    "declined": gettext_lazy("%(body)s declined in Hamkori %(when)s"),
    "answered": gettext_lazy("%(body)s has answered in Hamkori, last %(when)s"),
    "over": gettext_lazy("the referral has ended %(when)s"),
    "came": gettext_lazy("the sender said %(when)s that the person came"),
    "did_not_come": gettext_lazy("the sender said %(when)s that the person did not come"),
}
"""What was said since a call of hers, and by whom; never who in person."""


def _said_since(code: str, one: Past, at: datetime, *, put_back: bool) -> str:
    """A press that came after something else: what that was, whether the call counts still, and whom to call."""
    bodies = {body.id: body for body in organisations()}
    body = name_of(bodies.get(one.to))
    since = str(SINCE[one.state]) % {"body": body, "when": moments.moment(one.at, at)}
    begins = (
        _("Nothing was put back at %(code)s (%(body)s): %(since)s.")
        if put_back
        else _("The call was not recorded at %(code)s (%(body)s): %(since)s.")
    )
    said = [begins % {"code": grouped(code), "body": body, "since": since}]
    if put_back and one.state in HEARD:
        said.append(_("Your call is shown beside it, and the sender reads it."))
    elif put_back:
        said.append(_("That counts now, not your call; your call stays in the history."))
    asked = one.to if one.sender is None else one.sender
    line = desk_phone.of_body(name_of(bodies.get(asked)), desk_phones([asked]).get(asked, ""))
    then = (
        _("If your call was a mistake, call and say so: %(line)s.")
        if put_back
        else _("If they told you something else, call and say so: %(line)s.")
    )
    return " ".join([*said, then % {"line": line}])
