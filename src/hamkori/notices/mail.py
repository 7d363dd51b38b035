"""Notices by mail: a subject that is always the same, a sentence with a number for each kind, the way to Today.

Runs as the clock's login. A mailbox is read by more people than its owner: no code and no name stands in a mail, and
what is urgent brings no other words, it only comes sooner.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException
from urllib.parse import urljoin
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone, translation

from hamkori import definer
from hamkori.definer import HkNow
from hamkori.notices.devices import device_words
from hamkori.notices.models import Notice, NoticeMail
from hamkori.notices.texts import (
    MAIL_DEVICE,
    MAIL_DEVICES,
    MAIL_HEAD,
    MAIL_KEEP,
    MAIL_SHUT_OUT,
    MAIL_SUBJECT,
    MAIL_WAY,
    OF_ACCOUNT,
    OWN,
    keys,
    sentence,
)

log = logging.getLogger("hamkori.notices")

_AUDITORS = """
select distinct u.email, u.language_code
  from role_held h
  join membership m on m.id = h.membership_id
  join app_user u on u.id = m.user_id
  join organisation o on o.id = m.organisation_id
 where h.role_code = 'auditor' and h.ended_at is null
   and m.ended_at is null and m.suspended_at is null and u.is_active and o.is_active
 order by u.email
"""

GATHER = timedelta(minutes=5)
"""What is not urgent waits this long for others, so that several become one mail."""

LONGEST = 30.0
"""Seconds after which a round ends in which a mail went wrong: the worker has other jobs."""


def message(
    address: str,
    language: str,
    counts: Mapping[str, int],
    today_url: str,
    own: Iterable[tuple[str, datetime, str]] = (),
) -> EmailMessage:
    """The one mail that Hamkori sends to a member. `counts`: key of the notices -> how many, the most urgent first.

    `own`: which of OWN, when it was done, and the code of the kind of browser.
    """
    with translation.override(language):
        lines = _own_lines(counts, list(own), today_url)
        lines += [sentence(key, counts[key]) for key in keys() if counts.get(key) and key not in OWN]
        text = "\n".join([*lines, MAIL_WAY % {"today": today_url}])
    return EmailMessage(MAIL_SUBJECT, f"{text}\n", to=[address])


def _own_lines(counts: Mapping[str, int], own: list[tuple[str, datetime, str]], today_url: str) -> list[str]:
    lines: list[str] = []
    for key in (key for key in OWN if counts.get(key)):
        lines.append(sentence(key, counts[key]))
        done = sorted((at, code) for one, at, code in own if one == key)
        lines += [MAIL_DEVICE % {"when": _when(at), "device": device_words(code)} for at, code in done]
    if lines:
        lines.append(MAIL_DEVICES % {"devices": urljoin(today_url, reverse("account_devices"))})
    if any(counts.get(key) for key in OF_ACCOUNT):
        lines.append(str(MAIL_SHUT_OUT))
    return lines


def send_due(today_url: str, using: str = "default") -> int:
    """Sends what is due, one mail per person with whatever came of all their places, and returns how many mails.

    A person is due who has an urgent unmailed notice or one older than five minutes; the mail then counts all
    that wait. Read ones are not mailed, but those of OWN: whoever acts in their name can read them too. Marked before
    sending and in one transaction per person: a mail that could not be handed over is tried again at the next run, the
    others go on, and two workers never send the same one.
    """
    post = _Post(using)
    people = _due_people(using)
    random.shuffle(people)  # where a round ends early, nobody stands behind the same one for ever
    return post.each(partial(_send_to, post, user_id, today_url, using) for user_id in people)


def _send_to(post: _Post, user_id: UUID, today_url: str, using: str) -> bool:
    with transaction.atomic(using=using):
        # The notice itself is not locked: the reader may hold it, and whoever signed in as them too.
        mine = _waiting(using).filter(notice__membership__user_id=user_id).select_related("notice")
        waiting = {one.pk: one.notice for one in mine.select_for_update(skip_locked=True, of=("self",))}
        NoticeMail.objects.using(using).filter(pk__in=list(waiting)).update(mailed_at=HkNow())
        # Who is gone in the meantime: marked, and nobody is written to.
        still = Notice.objects.using(using).filter(
            pk__in=list(waiting), membership__ended_at=None, membership__user__is_active=True
        )
        told = list(still.values_list("pk", "membership__user__email", "membership__user__language_code"))
        if not told:
            return False
        _pk, address, language = told[0]
        rows = [waiting[pk] for pk, *_person in told]
        counts = Counter(row.key_code for row in rows)
        own = [(row.key_code, row.at, row.device_code) for row in rows if row.key_code in OWN]
        return post.hand_over(message(address, language, counts, today_url, own))


def send_head(head: str, using: str = "default") -> int:
    """Tells every auditor the newest head of the ledger, and returns how many mails. A head says nothing of anybody.

    Where there are auditors and no mail was taken, the fault of the last one is raised: it is tried again.
    """
    post = _Post(using)
    mails = []
    for address, language in definer.read(_AUDITORS, using=using):
        with translation.override(language):
            text = f"{MAIL_HEAD % {'head': head}}\n{MAIL_KEEP}\n"
        mails.append(EmailMessage(MAIL_SUBJECT, text, to=[address]))
    sent = post.each(partial(post.hand_over, mail) for mail in mails)
    if not sent and post.fault is not None:
        raise post.fault
    return sent


class _Post:
    """One round of mails. What goes wrong with one of them is said, without the address, and stops no other.

    A server that cannot be reached, or a database that is away, ends the round.
    """

    def __init__(self, using: str) -> None:
        self._using = using
        self._server = get_connection()
        self._is_reached = True
        self.fault: Exception | None = None

    def each(self, mails: Iterable[Callable[[], bool]]) -> int:
        """Try each and return how many were handed over."""
        sent, failed, began = 0, Counter[str](), time.monotonic()
        try:
            for mail in mails:
                try:
                    sent += mail()
                except Exception as error:
                    if self._is_for_all(error):
                        raise
                    self.fault = error
                    failed[type(error).__name__] += 1
                    self._close()  # whatever it was, the next one begins anew
                    if time.monotonic() - began > LONGEST:
                        break
        finally:
            self._close()
            if failed:
                kinds = ", ".join(sorted(failed))
                log.error("%d mails could not be handed over and are tried again: %s", failed.total(), kinds)
        return sent

    def hand_over(self, mail: EmailMessage) -> bool:
        """To the server, which is reached first: that it is not there is no fault of this mail."""
        self._is_reached = False
        self._server.open()
        self._is_reached = True
        self._server.send_messages([mail])
        return True

    def _is_for_all(self, error: Exception) -> bool:
        if isinstance(error, DatabaseError):
            return not connections[self._using].is_usable()
        # For Python all that a server answers, and also that it hangs up, is an OSError.
        outage = isinstance(error, OSError | InterfaceError) and not isinstance(error, SMTPException)
        return outage or not self._is_reached

    def _close(self) -> None:
        with suppress(OSError):
            self._server.close()


def _waiting(using: str) -> QuerySet[NoticeMail]:
    told = Q(notice__read_at=None) | Q(notice__key_code__in=OWN)
    return NoticeMail.objects.using(using).filter(told, mailed_at=None, notice__at__lte=HkNow())


def _when(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _due_people(using: str) -> list[UUID]:
    """Accounts, not memberships: who keeps the keys of eight organisations gets one mail."""
    due = Q(notice__is_urgent=True) | Q(notice__at__lte=HkNow() - GATHER)
    people = _waiting(using).filter(due).order_by("notice__membership__user_id")
    return list(people.values_list("notice__membership__user_id", flat=True).distinct())
