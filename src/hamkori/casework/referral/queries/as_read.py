"""A summary as a page showed it, by a digest that its form brings back: a press counts for what was read."""

from __future__ import annotations

from hamkori.canon import canon
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.received import cards_of
from hamkori.casework.referral.rules import summary
from hamkori.casework.referral.rules.card import Card
from hamkori.refusal import NotNow
from hamkori.vault.bytes import h


def of_card(card: Card | None) -> str:
    """What the desk reads of the person; an answer to a question changes the referral's version, and not this."""
    if card is None:
        return ""
    flags = card.flags
    more = (flags.urgent_health, flags.step_free, flags.children_with_her) if flags else ()
    speaks = (card.language_codes, card.interpreter)
    return _digest(card.sex_code, card.age_band_code, card.region_code, speaks, card.risk_level_code, more)


def of_case(case: Case, service_code: str) -> str:
    """What a summary for this help would say of the person now; '' of none."""
    if not service_code:
        return ""
    flags = summary.flags(case, service_code, police=False)
    more = (flags.urgent_health, flags.step_free, flags.children_with_her) if flags else ()
    speaks = (case.language_code, case.needs_interpreter)
    return _digest(case.sex_code, case.age_band_code, case.region_code, speaks, case.risk_code, more)


def same_to_answer(referral: Referral, read: str | None) -> None:
    """NotNow("summary_same"): what is answered is another summary than was read. To be asked under the lock.

    None: nobody pressed it on a page. What waits no more has no summary, and its state is told.
    """
    if read is not None and referral.state_code == "sent":
        _same(read, of_card(cards_of([referral], {}).get(referral.pk)))


def same_to_send(referral: Referral, case: Case, read: str | None) -> None:
    """The same of what is sent: the summary is written of the case as it is locked."""
    if read is not None and referral.state_code == "draft":
        _same(read, of_case(case, referral.service_code))


def _same(read: str, now: str) -> None:
    if not now or read != now:
        raise NotNow("summary_same")


def _digest(*said: object) -> str:
    return h(canon("summary", repr(said)), person=b"hk.summary.v1", size=16).hex()
