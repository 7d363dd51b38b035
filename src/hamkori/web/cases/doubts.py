"""Who was asked for somebody else than the person turned out to be, as the page of the case says it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.calls import is_for_now
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.words import lists, red, yes_before
from hamkori.web.words import referral as referral_words
from hamkori.web.words.calls import in_a_row


def asked(one: Sent, file: File, *, asks: bool) -> tuple[str, str]:
    """Title and text of one that waits for an answer. `asks`: this reader can ask another organisation."""
    if one.yes_before is not None:
        parts = (*in_a_row(one.calls, file.now), *before(one, file))
        return red.yes_before(one.body), " · ".join(filter(None, parts))
    if one.no_since is not None and is_for_now(one.no_since, accepted=False):
        return red.no_since(one.body, one.no_since, file.now), lists.label("service", one.service)
    text = (
        _("%(service)s: asked, no answer yet. Call them, or ask another organisation.")
        if asks
        else _("%(service)s: asked, no answer yet. Call them.")
    )
    return red.doubted(one.body), text % {"service": lists.label("service", one.service)}


def before(one: Sent, file: File) -> list[str]:
    """For whom they said yes, or no, and what they are asked now; nothing where neither was for another age."""
    expected = one.state == "accepted"
    said = yes_before.in_row(
        one.yes_before or one.no_since, file.case.sex_code, file.case.age_band_code, expected=expected
    )
    return [part for part in said if part]


def is_no(one: Sent) -> bool:
    """Whether it had accepted, and they said no on the telephone since."""
    return one.state == "accepted" and one.no_since is not None


def accepted(one: Sent, file: File) -> tuple[str, str]:
    """Title and text of one that had accepted: a no on the telephone since comes first."""
    if one.state == "serving":
        said = _("%(service)s: the person is there. Call them and ask whether the child can stay.")
        return red.doubted(one.body), said % {"service": lists.label("service", one.service)}
    at = (one.arrival_on, one.arrival_part, one.agreed_at)
    when = referral_words.part_of_day(*at, file.now, written=one.hour_written, opens=file.standing.works)
    values = {"service": lists.label("service", one.service), "when": when}
    if one.no_since is not None:
        said = _("%(service)s, agreed before for %(when)s") % values
        return red.no_since(one.body, one.no_since, file.now), " · ".join((said, *before(one, file)))
    text = _("%(service)s, agreed for %(when)s. Call them, or ask another organisation.")
    if file.agreed.sends_nothing_new:
        text = _("%(service)s, agreed for %(when)s. Call them.")
    return red.doubted(one.body), text % values
