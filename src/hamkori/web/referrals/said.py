"""What was said on the screen of a request that was not taken, in words. Nobody is signed in: no name of a body."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from hamkori.vocabulary import codelist
from hamkori.web.kit.written import Line, lines
from hamkori.web.referrals.forms import any_request
from hamkori.web.words import lists


def asking(request: HttpRequest, sent: QueryDict) -> Iterator[Line]:
    """What she needs and where, then the answers of the form; which service was chosen is known to its page alone."""
    for name, label, listed in (
        ("need", _("What she needs"), "service_group"),
        ("district", _("District, for the distance"), "area"),
    ):
        code = sent.get(name, "")
        if code in codelist(listed):
            yield Line(label, lists.label(listed, code), boxed=False)
    if sent.get("service"):
        yield Line(_("Service"), _("One was chosen. Its name is not shown here."), boxed=False)
    yield from lines(any_request(request), sent)
    if sent.get("told"):
        yield Line(_("She was told where this goes"), _("yes"), boxed=False)
