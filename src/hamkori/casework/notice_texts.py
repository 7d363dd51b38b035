"""The sentences of notices about cases and referrals (docs/design/clocks-and-notices.md#notices)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import ngettext

from hamkori.notices.texts import Said

SENTENCES: Final[dict[str, Said]] = {
    "now": lambda n: ngettext("%(n)d request needs you now.", "%(n)d requests need you now.", n),
    "late": lambda n: ngettext("%(n)d request is past its target.", "%(n)d requests are past their target.", n),
    "waiting": lambda n: ngettext("%(n)d request is waiting.", "%(n)d requests are waiting.", n),
    "new": lambda n: ngettext("You have %(n)d new request.", "You have %(n)d new requests.", n),
    "asked": lambda n: ngettext("%(n)d question waits.", "%(n)d questions wait.", n),
    "answered": lambda n: ngettext("%(n)d answer arrived.", "%(n)d answers arrived.", n),
    "task": lambda n: ngettext("You have %(n)d new task.", "You have %(n)d new tasks.", n),
    "choose_again": lambda n: ngettext("%(n)d request needs another choice.", "%(n)d requests need another choice.", n),
    "questioned": lambda n: ngettext("%(n)d result is questioned.", "%(n)d results are questioned.", n),
    "heard": lambda n: ngettext(
        "The sender said whether the person came: %(n)d referral.",
        "The senders said whether the person came: %(n)d referrals.",
        n,
    ),
    "review": lambda n: ngettext("%(n)d decision waits for review.", "%(n)d decisions wait for review.", n),
    "lead_missing": lambda n: ngettext("%(n)d case has no lead.", "%(n)d cases have no lead.", n),
    "agreement": lambda n: ngettext("%(n)d agreement ends soon.", "%(n)d agreements end soon.", n),
    "agreement_ended": lambda n: ngettext("%(n)d agreement has ended.", "%(n)d agreements have ended.", n),
    "corrected": lambda n: ngettext(
        "The summary of %(n)d referral was corrected.", "The summaries of %(n)d referrals were corrected.", n
    ),
    "narrowed": lambda n: ngettext(
        "Consent to share a part was withdrawn in %(n)d referral.",
        "Consent to share a part was withdrawn in %(n)d referrals.",
        n,
    ),
    "other_writer": lambda n: ngettext(
        "%(n)d case has a part that a colleague and you wrote at the same time.",
        "%(n)d cases have a part that a colleague and you wrote at the same time.",
        n,
    ),
    "accepted": lambda n: ngettext("%(n)d request was accepted.", "%(n)d requests were accepted.", n),
    "result": lambda n: ngettext("%(n)d result arrived.", "%(n)d results arrived.", n),
    "news": lambda n: ngettext("%(n)d request has news.", "%(n)d requests have news.", n),
    "closed": lambda n: ngettext("%(n)d request has ended.", "%(n)d requests have ended.", n),
}
