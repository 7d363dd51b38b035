"""Organisations that must get nothing because the person said so, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.web.words import desk_phone, lists

FEW = 3
"""So many are named; of more their number is said."""


def what(named: int) -> str:
    """The line of what happened where nothing else was said. `named`: how many must get nothing since; 0: none."""
    if not named:
        return _("The person lets an organisation get something again")
    return ngettext(
        "The person named an organisation that must get nothing",
        "The person named organisations that must get nothing",
        named,
    )


def told(without: Sequence[str], again: Sequence[str]) -> list[str]:
    """Who must get nothing since an answer, and who may get something again; inside its line."""
    return [
        *([_("must get nothing: %(whom)s") % {"whom": names(without)}] if without else ()),
        *([_("may get something again: %(whom)s") % {"whom": names(again)}] if again else ()),
    ]


def saved(without: Sequence[str], again: Sequence[str]) -> list[str]:
    """The same as sentences, after it was saved."""
    return [
        *([_("Nothing can be sent to them any more: %(whom)s.") % {"whom": names(without)}] if without else ()),
        *([_("Something can be sent to them again: %(whom)s.") % {"whom": names(again)}] if again else ()),
    ]


def at_a_glance(without: Sequence[str], *, brought: bool = False) -> str:
    """In the head of a case, as a sentence. `brought`: not certain to be the person's word, and not asked."""
    if not without:
        return ""
    text = _("Must get nothing, not certain: %(whom)s.") if brought else _("Must get nothing: %(whom)s.")
    return text % {"whom": names(without)}


def gets_nothing(organisation: str) -> str:
    """The tick that says so of one."""
    return _("%(organisation)s must get nothing any more") % {"organisation": organisation}


def names(bodies: Sequence[str]) -> str:
    """By name while they are few; '' among them is one that is not listed now."""
    if len(bodies) > FEW:
        return ngettext("%(n)d organisation", "%(n)d organisations", len(bodies)) % {"n": len(bodies)}
    return lists.several(one or _("an organisation that is not listed now") for one in bodies)


def told_only() -> str:
    """Of one that has a place ready: what it may be told."""
    return _("The person wants this organisation to get nothing. Tell them only that nobody comes.")


def call_only(phone: str) -> str:
    """Of the organisation that had expected somebody who is looked for: what it may be told, and its number."""
    return f"{told_only()} {desk_phone.short(phone)}" if phone else told_only()


def in_row(phone: str) -> str:
    """The same in a row of Today."""
    said = _("Must get nothing: tell them only that nobody comes.")
    return f"{said} {desk_phone.in_row(phone)}" if phone else said
