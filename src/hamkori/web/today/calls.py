"""A call is said on Today itself: the answers beside a row, for the coordinator and for the sender's side."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hamkori.casework.case.queries.coordination import AGAIN, FRUITLESS, SPOKEN, TO_SENDER, UNREACHED, Call
from hamkori.casework.case.queries.put_back import PUT_BACK, just_said, to_put_back
from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.case.queries.untold import TAKEN_BACK
from hamkori.casework.referral.queries.calls import to_take_back
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import NATIONAL, WAITING
from hamkori.web.words import calls, child_told, left, lists, no_after_yes, red
from hamkori.web.words.calling import coordinator_answers

NO_COORDINATOR: Final = "no_coordinator"


def is_sender_next(one: Due) -> bool:
    """Of the coordinator's rows: after the last call there whoever sent it is called next, before that desk again."""
    return one.what in NATIONAL and bool(one.sender_untold) and bool(one.sender) and not one.spoken


def of_body(group: Sequence[Due], now: datetime) -> dict[str, Any]:
    """The coordinator's: that nobody was reached is one press for all that this organisation is called about; what was
    heard there, too, where it is called about one alone (of several: `of_each`). Nothing where no number is recorded;
    whoever was reached already is not asked about again.
    """
    about = [one for one in group if _is_awaited(one, now)]
    if not any(one.referral for one in group) and group[0].slug and not group[0].spoken and group[0].phone:
        # Of a disputed result she reads no number: the call is one to the organisation.
        return {"url": reverse("coordination_called", args=[group[0].slug]), "answers": calls.answers()}
    if not _of_each(group):
        return _of_one(group[0], group, now)
    if not about:
        return {}
    if len(about) < 2 or is_sender_next(about[0]):
        return {}  # what came of it is said under the line of which it is
    first, *rest = [one.referral for one in about]
    number = len(about)
    said = ngettext("You called %(body)s about %(n)d referral:", "You called %(body)s about %(n)d referrals:", number)
    return {
        "url": reverse("coordination_call", args=[first]),
        "also": rest,
        "about": said % {"body": group[0].body, "n": number},
        "answers": calls.answers(phone=False),
        "read_at": now.isoformat(),
    }


def _of_each(group: Sequence[Due]) -> bool:
    """Whether what was heard is said of each: of several they may say yes to one and no to another, and it stands under
    the line of which it is, also where one alone is left.
    """
    return len(group) > 1 and bool(group[0].phone)


def of_each(one: Due, group: Sequence[Due], now: datetime) -> dict[str, Any]:
    """What was heard there of one of several, or that its sender was called."""
    if not _of_each(group) or not any(each.referral for each in group):
        return {}
    if one.referral:
        return _of_one(one, group, now, of_several=True)
    if one is not next(each for each in group if not each.referral) or one.spoken:
        return {}
    url = reverse("coordination_called", args=[one.slug])
    return {"url": url, "answers": [each for each in calls.answers() if each[0] != "not_reached"]}


def _of_one(one: Due, group: Sequence[Due], now: datetime, *, of_several: bool = False) -> dict[str, Any]:
    """The buttons of one referral: what was heard at its desk, that nobody was, that whoever sent it was called. After
    a call what is heard there in another one is folded below, and just after any; that the last was a slip, too, once
    it is not just said.
    """
    heard_anyhow = _unphoned(one, group, now)
    if not one.referral or not (group[0].phone or one.sender_untold or heard_anyhow):
        return {}
    url, more = reverse("coordination_call", args=[one.referral]), ["sender"] if one.sender_untold else []
    undo = [PUT_BACK] if just_said(_calls_of(one), now) else []
    told = {"url": url, "answers": [(one, calls.ANSWERS[one]) for one in (*(TO_SENDER if more else ()), *undo)]}
    if not group[0].phone:  # what is left is to tell it
        missed = [("not_reached", calls.ANSWERS["not_reached"])] if one.calls_now and not (more or undo) else []
        return {**told, "answers": [*told["answers"], *missed]} | heard_anyhow
    read_at = now.isoformat()
    if one.spoken or undo or is_sender_next(one):
        slip = [PUT_BACK] if to_put_back(_calls_of(one), now) and not undo else []
        title = (
            str(ANOTHER) if one.spoken or not is_sender_next(one) else _("Another call: %(body)s") % {"body": one.body}
        )
        again = calls.answers(*slip, of_one=one.reason)
        # After a slip the right answer is given where the wrong one was: it stands open, below whom to call.
        slipped = one.sender_untold == TAKEN_BACK and not one.spoken
        return told | {"again": {"title": title, "url": url, "answers": again, "read_at": read_at, "open": slipped}}
    offered = calls.answers(*more, of_one=one.reason)
    alone = len([each for each in group if _is_awaited(each, now)]) < 2
    heard = [each for each in offered if alone or not (of_several and each[0] == "not_reached")]
    return {"url": url, "answers": heard, "read_at": read_at}


REACHED_ANYHOW: Final = gettext_lazy("Spoken with in another way")
"""Over the answers where no number is recorded: their office was called, or they rang themselves."""


def _unphoned(one: Due, group: Sequence[Due], now: datetime) -> dict[str, Any]:
    """What was heard of one alone whose desk has no number, once the coordinator spoke with somebody there."""
    if group[0].phone or len(group) > 1 or one.reason not in calls.FIRST_ANSWER or not one.referral:
        return {}
    said = [(each, lists.label("call_answer", each)) for each in SPOKEN]
    url = reverse("coordination_call", args=[one.referral])
    return {"again": {"title": REACHED_ANYHOW, "url": url, "answers": said, "read_at": now.isoformat()}}


def _is_awaited(one: Due, now: datetime) -> bool:
    """Whether nobody has been reached about it, and nobody there has answered about it in this call."""
    answered = calls.is_answered(_calls_of(one), now, sender_next=bool(one.sender_untold))
    return bool(one.referral) and not (one.spoken or answered)


def _calls_of(one: Due) -> list[Call]:
    """The calls that stand beside a row, the newest first."""
    return [each for each in (one.call, one.before_call) if each is not None]


ANOTHER: Final = gettext_lazy("Another call")
"""Over what is folded below one of which somebody was reached: its answer is still awaited."""


def untold(one: Due) -> str:
    """That the coordinator has still to call the sender."""
    said = calls.owed_to_sender(_calls_of(one), one.sender_untold)
    return format_html("<b>{}</b>", said) if one.sender_untold else ""


def of_child(one: Due, now: datetime) -> dict[str, Any]:
    """The whole row of a call to the coordinator about a child."""
    assert one.call_id is not None
    assert one.at is not None
    return child_told.row(one.call_id, one.body, one.phone, one.at, now, one.call)


def of_no(one: Due, now: datetime) -> dict[str, Any]:
    """The whole row of a yes by telephone that became a no: whoever sent it is called."""
    assert one.at is not None
    kind = lists.label("service", one.service)
    return no_after_yes.row(one.referral, kind, one.body, one.sender, one.sender_phone, one.reason, one.at, now)


def to_tell(one: Due, referrals: Mapping[str, UUID]) -> dict[str, Any]:
    """The team's, of what was accepted for today: that the person was told, beside the way to when and where. Where
    neither is written no press of the row says it: who is told nothing may stand before a closed door.
    """
    if not one.to_tell or one.line_unread or one.no_hour or one.referral not in referrals:
        return {}
    return {
        "url": reverse("referral_tell_person", args=[one.referral]),
        "page_of": _of_referral(one.referral, referrals),
        "version": one.version,
        "answers": [("told", red.I_TOLD)],
        "beside": True,
    }


def of_left(one: Due) -> dict[str, Any]:
    """Of whoever received somebody who left without a word: that they are back, or that the sender was called; once
    they are safe that it was read.
    """
    if one.gone is None or one.referral_id is None:
        return {}
    shown = Shown(one.referral)
    shown.same("referral", one.referral_id)
    return {
        "url": reverse("referral_call_sender", args=[one.referral]),
        "page_of": shown.field,
        "answers": left.answers(one.gone, by_night=one.reads_from is not None),
        "beside": one.has_left,
    }


def of_sender(one: Due, referrals: Mapping[str, UUID], now: datetime) -> dict[str, Any]:
    """The team's and the supervisor's, before a call about a desk that reads nothing in time: what was said there, or
    that nobody was reached. Where nobody else can be asked, the coordinator is called after it: about all of one person
    in one call, which is said once.
    """
    if not _calls_it(one) or one.referral not in referrals:
        return {}
    beside = [each.referral for each in one.lines if is_for_coordinator(each) and each.referral in referrals]
    press = {
        "url": reverse("referral_call", args=[one.referral]),
        "page_of": _of_referral(one.referral, referrals),
        "answers": [*_heard(one, of_several=bool(beside)), *undo(one, now)],
        "which": which(one),
        "read_at": now.isoformat(),
        "also": beside,
        "also_of": [_of_referral(each, referrals) for each in beside],
    }
    # Until the hour comes for the same call, the other ways stand open, and that call is folded.
    folded = again_from(one, now) is not None and is_for_coordinator(one)
    # After a call there that reached nobody another organisation is the other way, beside the coordinator.
    return {"beside": True, "again": {**press, "title": AGAIN_THERE}} if folded else press | _beside(one)


def _beside(one: Due) -> dict[str, bool]:
    return {"beside": True} if is_next_coordinator(one) and not one.alone else {}


AGAIN_THERE: Final = gettext_lazy("Called again")
"""Over the answers to one more call, where she was not reached a short while ago."""


def again_from(one: Due, now: datetime) -> datetime | None:
    """From when the coordinator is called again, who was not reached within the last hour; None: nothing waits."""
    if not was_tried(one) or one.call is None or not one.calls_now or one.at is None:
        return None
    until = min(one.call.at + AGAIN, one.at)
    return until if until > now else None


def was_tried(one: Due) -> bool:
    """Whether the last call was to the coordinator, in vain: then whoever else there is is called."""
    return one.call is not None and one.call.answer == NO_COORDINATOR


def is_next_coordinator(one: Due) -> bool:
    """Whether the last call was to that desk, in vain: the coordinator is called next, who may know whom to call."""
    return one.what not in NATIONAL and one.call is not None and one.call.answer == "not_reached"


def _heard(one: Due, *, of_several: bool) -> list[tuple[str, str]]:
    """What a call may have brought. Where the desk has no number, the coordinator is called, who may pass on what it
    said, or it rings itself; in a row of several nobody knows of which that would be.
    """
    desk = [(each, lists.label("call_answer", each)) for each in SPOKEN]
    if not is_for_coordinator(one):
        return [*desk, ("not_reached", lists.label("call_answer", "not_reached"))]
    alone = (bool(one.phone) and not is_next_coordinator(one)) or of_several
    return coordinator_answers() if alone else [*coordinator_answers(), *desk]


def is_yes(one: Due) -> bool:
    """Whether somebody there said yes on the telephone to what still waits for its answer here."""
    return one.what == WAITING and one.call is not None and one.call.answer == "said_yes"


def of_yes(one: Due, referrals: Mapping[str, UUID], now: datetime) -> dict[str, Any]:
    """The team's, beside a yes by telephone: that they changed it to a no, at one press, as they call in the night."""
    if not is_yes(one) or one.supervised or one.moot or one.referral not in referrals:
        return {}
    return {
        "url": reverse("referral_call", args=[one.referral]),
        "page_of": _of_referral(one.referral, referrals),
        "answers": [("said_no", CHANGED), *undo(one, now)],
        "which": which(one),
        "read_at": now.isoformat(),
        "beside": True,
    }


def undo(one: Due, now: datetime) -> list[tuple[str, Any]]:
    """That the call which is told there was a slip: where it is one of the own side, for a day (ADR 212)."""
    return [(PUT_BACK, calls.ANSWERS[PUT_BACK])] if to_take_back(one.call, now) is not None else []


def which(one: Due) -> str | None:
    """Which call that is."""
    return one.call.at.isoformat() if one.call is not None else None


CHANGED: Final = gettext_lazy("They changed to no")
"""Of who had said yes on the telephone: in place of "They said no"."""


def is_for_coordinator(one: Due) -> bool:
    """Whether a row of the sender's side is answered by a call to the coordinator."""
    # Who was called in vain is followed by that desk itself, where it has a number.
    return _calls_it(one) and ((one.alone and not was_tried(one)) or not one.phone or is_next_coordinator(one))


def _calls_it(one: Due) -> bool:
    """Whether what came of a call is said on the row: nobody has called, or has to call again."""
    answer = one.call.answer if one.call is not None else ""
    again = not answer or (one.supervised and answer in UNREACHED)  # who can ask no other calls again
    again = again or (one.alone and answer in FRUITLESS) or one.yes_before is not None or was_tried(one)
    again = again or is_next_coordinator(one)
    return one.unread and one.calls_now and again and not one.stopped


def _of_referral(code: str, referrals: Mapping[str, UUID]) -> str:
    shown = Shown(code)
    shown.same("referral", referrals[code])
    return shown.field
