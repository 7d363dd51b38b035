"""Send, accept and her no, each with encryption, ledger, notices and commit; beside them bare inserts and updates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.utils import timezone

from bench.pages import People

Timing = Any


def timed(owner: psycopg.Connection, people: People, timing: Callable[..., Timing], times: int) -> list[Timing]:
    """A fresh draft for every send, and what was sent is accepted in turn."""
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.actions import consent
    from hamkori.casework.referral.actions import receive, send
    from hamkori.casework.referral.models import Referral
    from hamkori.site.demo.hands import Hands
    from hamkori.vault.server import keyring

    emails = ("zarina@kulob.example", "gulnora@panoh.example")
    hands = Hands(keyring(), owner)
    members = {email: _member(owner, email) for email in emails}
    service = owner.execute("select id from service where service_code = 'HOME-02'").fetchone()
    assert service is not None
    case_id = people.values["case"]
    drafts: list[UUID] = []
    with hands.as_(emails[0], members[emails[0]]) as zarina:
        for _number in range(times + 2):
            draft = send.write(
                zarina.doing(None), Case.objects.get(pk=case_id), service=service[0], purpose="help",
                urgency="urgent", sections=["contact", "needs"], agreed_text="-", told_body=True,
            )  # fmt: skip
            drafts.append(draft.pk)
    # Each waits for the one before to be answered (no twin): they are made late, as if long unanswered.
    waiting = iter(list(drafts))

    def one_send() -> None:
        owner.execute("update referral set answer_due_at = hk_now() - interval '1 hour' where state_code = 'sent'")
        with hands.as_(emails[0], members[emails[0]]) as zarina:
            draft = Referral.objects.get(pk=next(waiting))
            send.send(zarina, draft, version=draft.version)

    answered = iter(list(drafts))
    tomorrow = timezone.now().date() + timedelta(days=1)

    def one_accept() -> None:
        with hands.as_(emails[1], members[emails[1]]) as gulnora:
            found = Referral.objects.get(pk=next(answered))
            receive.accept(
                gulnora, found, version=found.version, team=[members[emails[1]]], arrival_on=tomorrow,
                arrival_part="morning",
            )  # fmt: skip

    def one_no() -> None:
        with hands.as_(emails[0], members[emails[0]]) as zarina:
            consent.withdraw(zarina, Case.objects.get(pk=case_id), how_said="in_person")

    update = "update referral set version = version + 1 where id = %s"

    def bare() -> int:
        return int(owner.execute(update, [drafts[0]]).rowcount)

    def bare_no() -> int:
        return int(owner.execute('update "case" set version = version where id = %s', [case_id]).rowcount)

    found = [timing("send", one_send, bare, times), timing("accept", one_accept, bare, times)]
    found.append(timing("she takes everything back", one_no, bare_no, times))
    hands.leave()
    return found


def _member(owner: psycopg.Connection, email: str) -> UUID:
    row = owner.execute(
        "select m.id from membership m join app_user u on u.id = m.user_id where u.email = %s", [email]
    ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found
