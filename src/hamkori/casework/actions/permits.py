"""Writing the permit of a request (queries/permit.py): at write, edit, send, stop, add and each new word of hers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from hamkori.casework.models import Case, Referral, ReferralOrigin
from hamkori.casework.queries.permit import ENDED, Permit, believed, locked
from hamkori.casework.queries.said import Word, newest
from hamkori.casework.rules import consent as rules
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted

OPEN = ("sent", "accepted", "serving")


def draft(case: Case, referral: Referral, rows: Iterable[str], sections: Iterable[str]) -> Permit:
    """The permit of a draft as it stands: nothing may be read on it yet."""
    return Permit(
        case=case.pk,
        consent=0,
        to=referral.to_organisation_id,
        service=referral.service_id,
        kind=referral.recipient_kind_code,
        purpose=referral.purpose_code,
        rows=tuple(rows),
        sections=frozenset(sections),
        until=None,
        version=referral.version,
    )


def as_written(case: Case, referral: Referral) -> Permit:
    """The permit of a draft that is to be sent. Untrusted: the draft is not as this side wrote it."""
    permit = of_case(referral, case)
    if permit != draft(case, referral, referral.sender.consent_rows, referral.sender.sections):
        raise Untrusted("permit", referral.pk)
    return permit


def of_case(referral: Referral, case: Case) -> Permit:
    """The permit as the sender's side finds it. Untrusted: it is not believed, or the request was hung on this case."""

    def read() -> bytes:
        referral.sender.refresh_from_db()
        return bytes(referral.sender.permit)

    permit = believed(referral, read)
    if permit.case != case.pk:
        raise Untrusted("permit", referral.pk)
    return permit


def give(referral: Referral, permit: Permit) -> None:
    """Puts a permit in the place of the former one. Sender's side."""
    with connection.cursor() as cursor:
        cursor.execute("select permit_put(%s, %s)", [referral.pk, locked(referral.pk, permit)])


def carried(permit: Permit, word: Word, case: Case, at: datetime) -> Permit:
    """The permit under this word of hers: no section more than before, and until when."""
    age = rules.Age(case.is_child, case.age_settled_at)
    rows = word.as_rules
    allowed, until = rules.carried(rows, permit.needed, at, age)
    if permit.to in word.excluded:
        allowed, until = frozenset(), None
    named = rules.named(rows, permit.needed)
    return replace(permit, consent=word.number, sections=permit.sections & allowed, until=until, named=named)


def back_to_draft(referral: Referral, case: Case) -> None:
    """What was stopped can be sent again as it is; where the permit is not believed, it has to be edited first."""
    try:
        permit = of_case(referral, case)
    except Untrusted as error:
        server.alarm(error)
    else:
        give(referral, draft(case, referral, permit.rows, permit.sections))


def renew_all(case: Case, at: datetime) -> None:
    """After something else than her word changed when it ends. A word that is not believed renews nothing."""
    try:
        word = newest(case.pk)
    except Untrusted as error:
        server.alarm(error)
        return
    if word is not None:
        renew(case, word, at)


def renew(case: Case, word: Word, at: datetime) -> None:
    """A new permit for every open request of the case. One that is not believed is left: nobody reads on it again."""
    ids = ReferralOrigin.objects.filter(case=case).values("referral")
    found = Referral.objects.filter(pk__in=ids, state_code__in=OPEN).select_related("sender")
    for referral in found.order_by("pk"):
        try:
            permit = of_case(referral, case)
        except Untrusted as error:
            server.alarm(error)
            continue
        give(referral, carried(permit, word, case, at))


def ended(referral: UUID) -> None:
    """Nothing is sealed or read on this request any more, also if it is put back."""
    server.mark("permit", referral, ENDED)
