"""The sentences of notices about cases and referrals (docs/design/clocks-and-notices.md#notices)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import ngettext

from hamkori.notices.texts import Said

SENTENCES: Final[dict[str, Said]] = {
    "now": lambda n: ngettext("%(n)d referral needs you now.", "%(n)d referrals need you now.", n),
    "late": lambda n: ngettext("%(n)d referral is late.", "%(n)d referrals are late.", n),
    "closed_there": lambda n: ngettext(
        "%(n)d urgent referral waits at a referral desk that is closed: call.",
        "%(n)d urgent referrals wait at referral desks that are closed: call.",
        n,
    ),
    "waiting": lambda n: ngettext("%(n)d referral is waiting.", "%(n)d referrals are waiting.", n),
    "new": lambda n: ngettext("You have %(n)d new referral.", "You have %(n)d new referrals.", n),
    "asked": lambda n: ngettext("%(n)d question waits.", "%(n)d questions wait.", n),
    "answered": lambda n: ngettext("%(n)d answer arrived.", "%(n)d answers arrived.", n),
    "task": lambda n: ngettext("You have %(n)d new task.", "You have %(n)d new tasks.", n),
    "choose_again": lambda n: ngettext(
        "%(n)d referral needs another choice.", "%(n)d referrals need another choice.", n
    ),
    "questioned": lambda n: ngettext("%(n)d result is disputed.", "%(n)d results are disputed.", n),
    "heard": lambda n: ngettext(
        "The sender said whether the person came: %(n)d referral.",
        "The senders said whether the person came: %(n)d referrals.",
        n,
    ),
    "heard_above": lambda n: ngettext(
        "Your supervisor called about an arrival, or said that the person came: %(n)d referral.",
        "Your supervisor called about an arrival, or said that the person came: %(n)d referrals.",
        n,
    ),
    "settled": lambda n: ngettext(
        "A colleague said that nothing more is to do: %(n)d referral.",
        "A colleague said that nothing more is to do: %(n)d referrals.",
        n,
    ),
    "look": lambda n: ngettext(
        "Your supervisor asks you to look at %(n)d case.", "Your supervisor asks you to look at %(n)d cases.", n
    ),
    "closed_above": lambda n: ngettext(
        "A colleague closed %(n)d case of yours.", "A colleague closed %(n)d cases of yours.", n
    ),
    "opened_above": lambda n: ngettext(
        "A colleague opened %(n)d case of yours again.", "A colleague opened %(n)d cases of yours again.", n
    ),
    "review": lambda n: ngettext("%(n)d decision waits for review.", "%(n)d decisions wait for review.", n),
    "lead_missing": lambda n: ngettext("%(n)d case has no lead worker.", "%(n)d cases have no lead worker.", n),
    "agreement": lambda n: ngettext("%(n)d consent ends soon.", "%(n)d consents end soon.", n),
    "agreement_ended": lambda n: ngettext("%(n)d consent has ended.", "%(n)d consents have ended.", n),
    "corrected": lambda n: ngettext(
        "The summary of %(n)d referral was corrected.", "The summaries of %(n)d referrals were corrected.", n
    ),
    "age_there": lambda n: ngettext(
        "The sender put the age right: %(n)d case of yours.", "The senders put the age right: %(n)d cases of yours.", n
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
    "accepted": lambda n: ngettext("%(n)d referral was accepted.", "%(n)d referrals were accepted.", n),
    "result": lambda n: ngettext("%(n)d result arrived.", "%(n)d results arrived.", n),
    "news": lambda n: ngettext("%(n)d referral has news.", "%(n)d referrals have news.", n),
    "closed": lambda n: ngettext("%(n)d referral has ended.", "%(n)d referrals have ended.", n),
}
