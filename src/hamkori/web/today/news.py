"""What arrived, in words: a row for each thing, and one for all where there are more than five of a kind."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hamkori.access.actor import Actor
from hamkori.calendar.rules import Calendar
from hamkori.casework.referral.queries.on_the_way import KEPT, WANTED
from hamkori.casework.work.queries.arrived import CORRECTED, Arrived, News
from hamkori.casework.work.queries.order import is_child_now
from hamkori.casework.work.queries.today import Today
from hamkori.notices.texts import sentence
from hamkori.people.rules import ROLES
from hamkori.web.kit import moments
from hamkori.web.nav import PLACES
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import Audience, arrival, facts, lists, received, steps
from hamkori.web.words import case as words
from hamkori.web.words import referral as referral_words

WEEK: Final = timedelta(days=7)
"""What arrived so long ago is folded: on a telephone it was most of the page."""
FEW: Final = 5
"""So many of a kind stand one by one."""
OF_ACCOUNT: Final = ("device", "passphrase", "authenticator", "recovery_codes")
# Where each kind of news is looked into when it stands for many; the first that is open to the reader.
LEADS: Final = {
    **dict.fromkeys(OF_ACCOUNT, ("account_devices",)),
    "waiting": ("desk",),
    "new": ("desk",),
    "answered": ("desk",),
    "closed": ("desk", "referrals"),
    "look": ("cases",),
    **dict.fromkeys(("closed_above", "opened_above"), ("cases",)),
    "late": ("coordination_late", "referrals"),
    "agreement": ("cases",),
    "agreement_ended": ("cases",),
    "lead_missing": ("cases",),
    "other_writer": ("cases",),
    "age_there": ("cases",),
    "review": ("cases",),
    "decision": ("keys",),
    "told": ("keys",),
}
ICONS: Final = {
    **dict.fromkeys(OF_ACCOUNT, "warning"),
    "accepted": "done",
    "closed": "ended",
    "settled": "ended",
    "look": "together",
    "closed_above": "ended",
    "opened_above": "seen",
    "agreement": "seen",
    "agreement_ended": "seen",
    "decision": "key",
}
# A whole sentence for each event; of one that has none the sentence of its notice stands, for one.
SAID: Final = {
    "accepted": gettext_lazy("Accepted: %(service)s"),
    "news.serving": gettext_lazy("Help began: %(service)s"),
    "news.accepted": gettext_lazy("New time: %(service)s"),
    "news.got": gettext_lazy("More was sent: %(service)s"),
    "accepted.over": gettext_lazy("Accepted, and ended since: %(service)s"),
    "news.over": gettext_lazy("Help began, and the referral ended since: %(service)s"),
    "answered": gettext_lazy("Your question was answered: %(service)s"),
    "closed": gettext_lazy("Ended: %(service)s"),
    "settled": gettext_lazy("A colleague said that nothing more is to do: %(service)s"),
    "age_there": gettext_lazy("The sender put the age right. Your case says another age"),
    "look": gettext_lazy("Your supervisor asks you to look at this case"),
    "closed_above": gettext_lazy("A colleague closed this case"),
    "opened_above": gettext_lazy("A colleague opened this case again"),
    "agreement": gettext_lazy("Consent ends soon"),
    "agreement_ended": gettext_lazy("Consent has ended"),
    "lead_missing": gettext_lazy("This case has no lead worker"),
    "review": gettext_lazy("A decision waits for review"),
}
OF_ARRIVAL: Final = {
    "heard.came": "news_came",
    "heard.did_not_come": "news_did_not_come",
    "heard_above.called": "above_called",
    "heard_above.came": "above_came",
    "heard_above.did_not_come": "above_did_not_come",
}
"""Those of an arrival, whose sentences go by the kind of help."""
OPEN_TO: Final = {name: roles for _icon, _label, roles, _keys, name in PLACES if roles is not None}
OPEN_TO["account_devices"] = frozenset(ROLES)


def rows(actor: Actor, found: Arrived, now: datetime) -> list[dict[str, Any]]:
    """Values for `{% work_row %}`, newest first."""
    told_of = Counter(one.key for one in found.rows if not one.first)
    many = {key: number for key, number in told_of.items() if number > FEW}
    shown, told = [], set()
    for one in found.rows:
        if one.first:
            continue  # it stands first on the page
        if one.key not in many and (one.case or one.referral):
            shown.append(_row(one, now))
        elif one.key not in told:
            told.add(one.key)
            number = many.get(one.key) or sum(other.key == one.key for other in found.rows)
            shown.append(_all(actor, one, number, now))
    return shown


def lists_of(actor: Actor, found: Arrived, now: datetime) -> list[dict[str, Any]]:
    """What is new; what came earlier is folded below it, under its number (`old`). Where nothing is new what came
    within a week stands open.
    """
    whole, since = rows(actor, found, now), _since(now)
    all_of = [one for one in whole if one["at"] >= now - WEEK]
    new = [one for one in all_of if _is_new(one, since)]
    open_ = new or all_of
    earlier = [one for one in whole if one not in open_]
    folded = {"title": _("Earlier: %(n)d") % {"n": len(earlier)}, "rows": earlier} if earlier else None
    if len(new) == len(all_of) or not new:
        return [{"title": _("What arrived"), "rows": open_, "old": folded}] if whole else []
    said = (
        _("Also new since the working day ended (%(when)s)")
        if _above(found, since)
        else _("New since the working day ended (%(when)s)")
    )
    title = said % {"when": moments.moment(since, now)}
    return [{"title": title, "rows": new, "old": folded}]


def _is_new(one: dict[str, Any], since: datetime) -> bool:
    return one["at"] >= since and not one.get("over")


def lately(found: Arrived, now: datetime) -> SafeString | str:
    """How much arrived since the last working day ended, as its heading says, with the way to it; '' for nothing."""
    since = _since(now)
    number = sum(one.at >= since for one in found.rows if not (one.first or one.over))  # above; or no news any more
    if not number:
        return ""
    said = ngettext("%(n)d new thing", "%(n)d new things", number)
    if _above(found, since):
        said = ngettext("%(n)d more new thing below", "%(n)d more new things below", number)
    return format_html('<a href="#news">{}</a>', said % {"n": number})


def _above(found: Arrived, since: datetime) -> bool:
    """Whether some of what is new stands above, as a thing to do."""
    return any(at >= since for at in found.above)


def _since(now: datetime) -> datetime:
    """When the last working day ended. Only weekends are passed over."""
    week, on = Calendar(settings.TIME_ZONE), timezone.localdate(now)
    while not week.works(on) or week.closes(on) > now:
        on -= timedelta(days=1)
    return week.closes(on)


ASK_ON: Final = gettext_lazy("Ask the person whether help goes on: %(service)s")
WITHDREW: Final = gettext_lazy(
    "the person withdrew consent for everything that the sender had shared: ask only in person, when you meet"
)


BROUGHT: Final = gettext_lazy(
    "the sender has a no that is not certain to be the person's; the person has not been asked: ask only in person, "
    "alone"
)


WANTS: Final = gettext_lazy("the person was asked, and wants this help: go on with it; the sender sends it again")
"""The same once the person was asked, and it was not so."""
NOBODY_WAITS: Final = gettext_lazy("Do not wait for the person: %(service)s")
CALLED_OFF: Final = {
    KEPT: gettext_lazy("The person may still come: %(service)s"),
    WANTED: gettext_lazy("The person wants it after all: %(service)s"),
}


def called_off_title(found: Arrived) -> str:
    """Above the same."""
    return _("Not over") if all(one.stands for one in found.called_off) else _("Referral ended")


def called_off(found: Arrived, now: datetime) -> list[dict[str, Any]]:
    """The same of whom nobody waits for any more, or whose help may go on. How it ended is the sender's; but where help
    had begun only the person's word ends it, and whoever helps reads that and asks no more than once (ADR 0126).
    """
    rows = []
    for one in found.called_off:
        row = _row(one, now)
        said = CALLED_OFF.get(one.stands) or (ASK_ON if one.begun else NOBODY_WAITS)
        what = str(said) % {"service": lists.label("service", one.service)}
        whose = WANTS if one.wants else BROUGHT if one.brought else WITHDREW
        sub = format_html("{}\u00a0· <b>{}</b>", row["sub"], whose) if one.withdrew else row["sub"]
        if one.stands:
            sub = format_html("{}\u00a0· <b>{}</b>", row["sub"], str(received.STANDS[one.stands]).removesuffix("."))
        elif one.no_again is not None:
            sub = format_html("{}\u00a0· <b>{}</b>", sub, received.no_again(one.no_again, now).removesuffix("."))
        rows.append(row | {"what": what, "sub": sub})
    return rows


LOOK: Final = gettext_lazy("Your supervisor asks: look at these cases")


def to_look(found: Arrived, today: Today) -> tuple[News, ...]:
    """What the supervisor asks and no row of that case says: it has a row of its own, with the way to the case."""
    said = {row.case for row in today.rows if row.told_at is not None and row.to_look and not row.supervised}
    return tuple(one for one in found.rows if one.key == "look" and one.case and one.case not in said)


def is_said(one: News, today: Today) -> bool:
    """Whether a row asks to confirm the age that was corrected: the correction is not told once more below."""
    ages = {row.case for row in today.rows if is_child_now(row)}
    return one.key == CORRECTED and bool(one.former_age) and one.own_case in ages


def with_case(one: News, now: datetime) -> dict[str, Any]:
    """The same in words, with the button that opens the case."""
    return _row(one, now) | {"button": _("Open the case")}


def not_called(found: Arrived, now: datetime) -> list[dict[str, Any]]:
    """The same of whom nobody there calls or writes to any more. Red: the next call may be made before it is read."""
    what = _("Do not call the person and do not write: %(service)s")
    return [
        _row(one, now) | {"what": what % {"service": lists.label("service", one.service)}} for one in found.not_called
    ]


def _all(actor: Actor, newest: News, number: int, now: datetime) -> dict[str, Any]:
    """One row for everything of a kind, or for what has no page of its own."""
    names = [name for name in LEADS.get(newest.key, ("referrals",)) if actor.roles & OPEN_TO[name]]
    return {
        "what": sentence(newest.key, number),
        "sub": "",
        "at": newest.at,
        "when": moments.moment(newest.at, now),
        "href": reverse(names[0]) if names else None,
        "icon": ICONS.get(newest.key, "answer"),
    }


def _row(one: News, now: datetime) -> dict[str, Any]:
    return {
        "what": _what(one),
        "sub": _sub(one, now),
        "at": one.at,
        "when": moments.moment(one.at, now),
        "href": reverse("referral", args=[one.referral]) if one.referral else _of_case(one),
        "icon": _icon(one),
        "over": one.over,
    }


def _icon(one: News) -> str:
    if one.over:
        return "ended"
    return "together" if one.state == "serving" and one.key == "news" else ICONS.get(one.key, "answer")


def _of_case(one: News) -> str:
    return reverse("consent" if one.key.startswith("agreement") else "case", args=[one.case])


def _what(one: News) -> str:
    key = one.key
    if one.over:
        key = f"{key}.over"
    elif key == "news":
        key = f"news.{one.state}" if one.case else "news.got"
    if key == "news.got" and one.parts:
        return steps.added(one.parts, Audience.RECEIVER, one.service)
    if key == "corrected" and one.former_age:
        ages = {"now": words.person_of(one.sex, one.age_band), "before": words.person_of(one.sex, one.former_age)}
        return _("The age was corrected: %(now)s; before: %(before)s") % ages
    if key == "corrected" and one.facts and {fact.name for fact in one.facts} != {"region_code"}:
        return lists.about(_("The summary was corrected"), facts.line(one.facts))
    if key == "corrected" and one.region:
        return _("The region was corrected: %(region)s") % {"region": lists.label("region", one.region)}
    if said_of := OF_ARRIVAL.get(f"{key}.{one.heard}") or OF_ARRIVAL.get(key):
        return arrival.say(said_of, one.service, service=lists.label("service", one.service))
    said = SAID.get(key)
    return str(said) % {"service": lists.label("service", one.service)} if said is not None else sentence(one.key, 1)


def _sub(one: News, now: datetime) -> SafeString:
    parts = [one.body]
    if (one.state == "accepted" or one.waited_for) and one.arrival_on is not None:
        parts.append(referral_words.part_of_day(one.arrival_on, one.arrival_part, one.agreed_at, now))
    if one.own_case and not one.case:
        parts.append(of_referral(one.referral))
    return format_html(
        '<span class="code">{}</span>{}',
        grouped(one.case or one.own_case or one.referral),
        "".join(f"\u00a0· {part}" for part in parts if part),
    )


def of_referral(code: str) -> str:
    """The number that the sender says on the telephone, beside that of the own case."""
    return _("referral %(code)s") % {"code": grouped(code)}
