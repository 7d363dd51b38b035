"""A no that somebody else brought, on the page of a case; and what the person said of it once asked (ADR 200)."""

from __future__ import annotations

from django.urls import reverse

from hamkori.casework.consent.queries.unheard import ended_unheard
from hamkori.casework.consent.rules.consent import BY_OTHERS
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.people.queries import organisations
from hamkori.web.cases import place
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.words import brought, excluded, lists, red


def shut_out(file: File) -> tuple[str, ...]:
    """Who must get nothing because of it, by name."""
    bodies, language = file.brought.shut_out, lists.language()
    return tuple(sorted(one.name(language) for one in organisations() if one.id in bodies)) if bodies else ()


def answered(one: Sent, file: File) -> str:
    """What the person said of what it had ended."""
    return brought.said(file.brought.said.get(one.code), file.now) if one.is_brought else ""


def is_wanted(one: Sent, file: File) -> bool:
    """Whether the person wants what it had ended: it is sent again (ADR 201)."""
    said = file.brought.said.get(one.code) if one.is_brought else None
    return said is not None and said.wants


def box(file: File) -> list[Alarm]:
    """Where no box asks for the place, or it ended a referral alone: the person is asked first."""
    what = "" if file.agreed.unheard else _alone(file)
    if not (what or file.agreed.unheard):
        return []
    out = excluded.at_a_glance(shut_out(file))
    url, said = (
        reverse("consent", args=[file.case.code]),
        " ".join(filter(None, (what or str(red.NOT_HEARD), _how(file), out))),
    )
    return [alarm(str(red.UNHEARD), said, url=url, button=str(red.ASK_PERSON), tone="wait")]


def asks(file: File) -> bool:
    """Whether a box of its own says so to who supervises: where no place is missing it, or one referral ended alone."""
    return bool(_alone(file)) or (file.agreed.unheard and not (file.no_place and place.asks_whose_no(file)))


def _alone(file: File) -> str:
    """The kinds of help that ended so alone; '' for none."""
    ended = ended_unheard(file.case.pk) if any(one.state == "withdrawn" for one in file.referrals) else ()
    return f"{lists.several(lists.label('service', one) for one in ended)}." if ended else ""


def _how(file: File) -> str:
    """How the last of those noes to the answers was said; '' where one referral alone ended so."""
    came = (one.how_said_code for one in file.agreed.askings if one.how_said_code in BY_OTHERS)
    return brought.how(next(came, "")) if file.agreed.unheard else ""
