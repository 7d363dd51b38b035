"""What waits for one member: a number for the bell, a few lines for Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Max, QuerySet

from hamkori.definer import HkNow
from hamkori.notices.models import Notice
from hamkori.notices.texts import keys, sentence

if TYPE_CHECKING:
    from hamkori.access.actor import Actor


MOST = 200
"""Unread notices that a page looks at, the newest first."""


@dataclass(frozen=True)
class One:
    """An unread notice: the event, the thing that it is about ('' and None: the reader's own account), and when."""

    key: str
    about: str
    about_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class Line:
    """One kind of event: how many are unread, since when the newest, and the sentence that says so."""

    key: str
    number: int
    newest_at: datetime
    urgent: bool

    @property
    def text(self) -> str:
        return sentence(self.key, self.number)


def unread_of(actor: Actor) -> QuerySet[Notice]:
    """The actor's own unread notices whose time has come. Says itself what row security says too."""
    if actor.membership_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(membership_id=actor.membership_id, read_at=None, at__lte=HkNow())


def unread(actor: Actor) -> tuple[One, ...]:
    """The newest unread notices of which this version has a sentence, one by one. One query."""
    found = unread_of(actor).filter(key_code__in=keys()).order_by("-at", "pk")
    columns = ("key_code", "about_code", "about_id", "at")
    return tuple(One(*row) for row in found.values_list(*columns)[:MOST])


def lines(actor: Actor) -> list[Line]:
    """Unread notices by kind: urgent kinds first, then the newest. One query, at most one line per key."""
    grouped = (
        unread_of(actor)
        .values("key_code")
        .annotate(number=Count("pk"), newest_at=Max("at"), urgent=BoolOr("is_urgent"))
    )
    known_keys = keys()
    # A key of a newer version of the pages beside these, or of before a step back, is passed by, and stays unread.
    known = (row for row in grouped if row["key_code"] in known_keys)
    found = [Line(row["key_code"], row["number"], row["newest_at"], bool(row["urgent"])) for row in known]
    found.sort(key=lambda line: known_keys.index(line.key))  # two of one moment stand in the order of the list
    found.sort(key=lambda line: line.newest_at, reverse=True)
    return sorted(found, key=lambda line: not line.urgent)
