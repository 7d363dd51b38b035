"""The parts of a case that go with a referral, in a line: to those who will help the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from hamkori.web.words import lists


def if_written(sections: Iterable[str]) -> str:
    """What goes to those who will help her, where her own words are not written so far."""
    named = lists.joined("packet_section", sections)
    if not named:
        return _("The person's own words, if written.")
    return _("The person's own words, if written; %(sections)s.") % {"sections": named}


def parts(sections: Iterable[str], empty: Collection[str] = (), unsent: Collection[str] = ()) -> str:
    """What goes to those who will help her: her words always, then the sections. `empty`: in which nothing stands;
    `unsent`: in which nothing stood when it went, and something does by now.
    """
    named = lists.joined("packet_section", {*sections} - {*empty, *unsent})
    said = _("The person's own words; %(sections)s") % {"sections": named} if named else _("The person's own words")
    if unsent:
        unsent_named = lists.joined("packet_section", unsent)
        said = _("%(parts)s. Written since, not sent: %(unsent)s") % {"parts": said, "unsent": unsent_named}
    if not empty:
        return said
    return _("%(parts)s. Still empty: %(empty)s") % {"parts": said, "empty": lists.joined("packet_section", empty)}
