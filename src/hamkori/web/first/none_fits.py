"""Where no service fits for certain: what is true above those that can be asked all the same, and may decline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.lately import FULL
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.directory.queries import Suitable

ELSEWHERE, FAR = "outside_area", "other_region"
LANGUAGE = "no_language"


def none_fits(can_be_asked: Iterable[Suitable], case: Case, *, listed: bool) -> tuple[str, str]:
    """A heading and a sentence. One condition is named where it holds of all who can be asked, and nothing else speaks
    against one of them; nobody fits where nobody can be asked. `listed`: whether some stand below all the same.
    """
    can_be_asked = [*can_be_asked]
    found = bool(can_be_asked)
    if not found and not listed:
        return _("Nobody is listed for this help"), _("Choose another kind of help here, or call the coordinator.")
    if not found:
        said = _("No service for this says that it can take the person now. What prevents it is below.")
        return _("Nobody here fits"), said
    alone = names_one(can_be_asked)
    if not alone:
        return _("None fits for certain"), _("Each says what speaks against it. Ask all the same: they may decline.")
    far = all(one.distance == FAR for one in can_be_asked)
    return _one(alone, case.language_code, far=far)


def names_one(can_be_asked: Iterable[Suitable]) -> str:
    """The condition that holds of all who can be asked, where nothing else speaks against one of them; or ''."""
    found = [frozenset(one.reasons) for one in can_be_asked]
    whole = (ELSEWHERE, LANGUAGE, FULL)
    return next((why for why in whole if {why} in found and all(why in one for one in found)), "")


def _one(why: str, language: str, *, far: bool) -> tuple[str, str]:
    if why == LANGUAGE:
        named = lists.inside(lists.label("language", language))
        said = _("None says that it speaks this language: %(language)s") % {"language": named}
        return said, _("An interpreter may be needed: ask somebody below all the same.")
    if why == FULL:
        return _("None says that it has room now"), _("Ask somebody below all the same: they may decline for that.")
    said = _("Ask somebody below all the same: they may decline for that.")
    if far:
        return _("Nobody in this region for this person: these help elsewhere"), said
    return _("Nobody says that they help in this district"), said
