"""Writing the permit of a request (queries/permit.py): at write, edit, send, stop, add and each new word of hers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from hamkori import definer
from hamkori.access.context import machine_time
from hamkori.casework.case.machinery import take
from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.queries.said import Word
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralSender, ReferralWord
from hamkori.casework.referral.queries.permit import ENDED, FIRST, Permit, believed, locked, serial_of
from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.vault.declared import set_of

OPEN = ("sent", "accepted", "serving")
CARRY = (*AGREES, "not_asked")
"""Answers under which a request goes on, or waits for the next one."""


def draft(case: Case, referral: Referral, rows: Iterable[str], sections: Iterable[str], serial: int = FIRST) -> Permit:
    """The permit of a draft as it stands: nothing may be read on it yet. `serial`: of the one before it."""
    return Permit(
        case=case.pk,
        consent=0,
        to=referral.to_organisation_id,
        service=referral.service_id,
        service_code=referral.service_code,
        kind=referral.recipient_kind_code,
        purpose=referral.purpose_code,
        rows=tuple(rows),
        sections=set_of(sections),
        until=None,
        version=referral.version,
        serial=serial,
    )


def as_written(case: Case, referral: Referral) -> Permit:
    """The permit of a draft that is to be sent. Untrusted: the draft is not as this side wrote it."""
    permit = of_case(referral, case)
    if permit != draft(case, referral, referral.sender.consent_rows, referral.sender.sections, permit.serial):
        raise Untrusted("permit", referral.pk)
    return permit


def of_case(referral: Referral, case: Case) -> Permit:
    """The permit as the sender's side finds it. Untrusted: it is not believed, or the request was hung on this case.

    NotNow("consent_live"): she took back what it stands on.
    """

    def read() -> bytes:
        take.read_again(referral.sender)
        return bytes(referral.sender.permit)

    permit = believed(referral, read)
    if permit.case != case.pk:
        raise Untrusted("permit", referral.pk)
    return permit


def running(referral: Referral, case: Case, at: datetime) -> Permit:
    """The permit of a request to which something is to be added. NotNow: from_state (it had to lapse). Untrusted."""
    permit = of_case(referral, case)
    if permit.rows != tuple(referral.sender.consent_rows):
        raise Untrusted("permit", referral.pk)
    if permit.lapsed(at):
        raise NotNow("from_state", state="lapsed")
    return permit


def give(referral: Referral, permit: Permit) -> None:
    """Puts a permit in the place of the former one, whose serial it names, and which is old from the commit on.

    Sender's side. Untrusted: this request has ended, whatever its row says.
    """
    if not _given(referral, permit):
        raise Untrusted("permit", referral.pk)


def _given(referral: Referral, permit: Permit) -> bool:
    """The same; False, and nothing is put: it has ended."""
    serial = server.trust().next_number("permit", referral.pk, permit.serial)
    if serial >= ENDED:
        return False
    definer.run("permit_put", referral.pk, locked(referral.pk, replace(permit, serial=serial)))
    server.mark("permit", referral.pk, serial)
    return True


def rewritten(case: Case, referral: Referral, rows: Iterable[str], sections: Iterable[str]) -> None:
    """The permit of a draft that was edited, in the place of what lies there, believed or not."""
    found = ReferralSender.objects.values_list("permit", flat=True).get(referral=referral)
    give(referral, draft(case, referral, rows, sections, serial_of(server.keyring(), referral.pk, bytes(found or b""))))


def carried(permit: Permit, word: Word, case: Case, at: datetime, held: tuple[rules.Age, int] | None = None) -> Permit:
    """The permit under this word of hers: no section more than before, and until when.

    While what she agreed to has run out, or is asked again after the case was opened again, nothing is read, and the
    sections wait for her answer. What had to lapse before is given nothing by it, and what waited for the desk when
    her agreement ended is accepted by nobody: the clock that ends both writes no mark, and rows can be put back.
    `held`: her age from this commit on, and its number, where that is what has changed.
    """
    age, aged = held or ages.held(case)
    permit = replace(permit, consent=word.number, child=age.child, aged=aged, as_adult=False)
    if permit.lapsed(at):
        return replace(permit, sections=frozenset(), until=None)
    if permit.ends is not None and permit.ends <= at:
        permit = replace(permit, answer_by=min(permit.answer_by or permit.ends, permit.ends))
    rows = word.as_rules
    allowed, until = rules.carried(rows, permit.needed, at, age)
    if not word.lets(permit.to):
        allowed, until = frozenset(), None
    named = rules.named(rows, permit.needed)
    waits = until is None and all(key in rows and rows[key].answer in CARRY for key in permit.needed)
    less = permit.sections if waits and word.lets(permit.to) else permit.sections & allowed
    ends = rules.run_out(rows, permit.needed, age) or permit.ends
    grown = age.child and any(not rows[key].asked_as_child for key in permit.needed if key in rows)
    return replace(permit, sections=less, until=until, named=named, ends=ends, as_adult=grown)


def back_to_draft(referral: Referral, case: Case) -> None:
    """What was stopped can be sent again as it is; where the permit is not believed, it has to be edited first.

    What it had as a request that waits is old in both cases, also if somebody put it back afterwards.
    """
    try:
        permit = of_case(referral, case)
    except (Untrusted, NotNow) as error:
        if isinstance(error, Untrusted):
            server.alarm(error)
        server.mark("permit", referral.pk, server.trust().next_number("permit", referral.pk, FIRST))
    else:
        give(referral, draft(case, referral, permit.rows, permit.sections, permit.serial))


def _do(one: Callable[[], object]) -> None:
    one()


def renew(
    case: Case,
    word: Word,
    at: datetime,
    tries: Callable[[Callable[[], object]], object] = _do,
    held: tuple[rules.Age, int] | None = None,
    ends: Callable[[UUID], object] = lambda _referral: None,
) -> None:
    """A new permit for every open request of the case. One that is not believed ends: nobody reads on it again.

    So does one that her word ends: the caller has asked the database which these are, and it may have left one out.
    So does one that stands on what she took back, and nobody could write down: no alarm, and `ends` ends it for all.
    One that its receiver ends at this moment needs none, and holds her word up with nothing: no request is locked here.
    `tries` may give up where somebody holds the permit: what was agreed before is then read no more either.
    """
    at = machine_time(at)
    for referral in _open(case):
        try:
            permit = of_case(referral, case)
        except (Untrusted, NotNow) as error:
            if isinstance(error, Untrusted) and _open(case).filter(pk=referral.pk).exists():
                server.alarm(error)
            ended(referral.pk)
            if isinstance(error, NotNow):
                ends(referral.pk)
            continue
        if _ends(permit, word):
            if _open(case).filter(pk=referral.pk).exists():
                server.alarm(Untrusted("permit", referral.pk))
            ended(referral.pk)
            continue
        tries(partial(_given, referral, carried(permit, word, case, at, held)))


def _ends(permit: Permit, word: Word) -> bool:
    """Whether this word is against what the request stands on, or to whom it went. What is asked again ends nothing."""
    rows = word.as_rules
    return not word.lets(permit.to) or any(key not in rows or rows[key].answer not in CARRY for key in permit.needed)


def _open(case: Case) -> QuerySet[Referral]:
    ids = ReferralOrigin.objects.filter(case=case).values("referral")
    found = Referral.objects.filter(pk__in=ids, state_code__in=OPEN).select_related("sender")
    found = found.exclude(pk__in=ReferralWord.objects.values("referral"))  # for these there is none any more
    return found.order_by("pk")


def all_ended(case: Case) -> None:
    """The same of every open request of a case: nobody knows what she said."""
    for referral in _open(case):
        ended(referral.pk)


def ended(referral: UUID) -> None:
    """Nothing is sealed or read on this request any more, also if it is put back."""
    server.mark("permit", referral, ENDED)


def ended_for_good(referral: UUID) -> None:
    """The same of what is about to be refused because it has ended: a refusal undoes what waits for its commit."""
    server.marks().raise_to("permit", referral, ENDED)
