"""What the coordinator does about referrals that are late: calls the organisation, and says so."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.action import Act, action
from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL, CLOCK
from hamkori.casework.case.queries.called_late import called_late
from hamkori.casework.case.queries.child_calls import ANSWERS
from hamkori.casework.case.queries.coordination import SPOKEN, Owed, calls_about, children_told, owed
from hamkori.casework.case.queries.put_back import PUT_BACK, to_put_back
from hamkori.refusal import Invalid, NotNow, NotVisible
from hamkori.vocabulary.codes import is_code

CALL_ANSWERS = ("reached", "not_reached", "sender", "no_sender")
"""What came of a call of the coordinator: somebody was reached, or nobody was, and then its sender was called, which
calms nothing, or not reached either. Older rows say "called", or "promised", which calmed no more than "reached".
"""


@action("referral.late")
def call(act: Act, *, code: str, answer: str) -> None:
    """The organisation was called about a referral that is late, or that it let expire, and what came of it (one of
    CALL_ANSWERS; of what waits for its first answer also what was said there, SPOKEN; of who was expected and is late
    whether they are there, AT_ARRIVAL, also within half a day after somebody said so in Hamkori). A row of the record,
    no more.

    Nothing of the referral moves, and it stays on the list: it is late until somebody there answers. What its sender
    had agreed with them by telephone is put aside by a no (ADR 0180). NotNow: it was
    answered or ended meanwhile. NotVisible: nothing of this number was late. Invalid: no such answer. Of a yes that has
    become a no only that the sender was called. PUT_BACK: the newest call of a coordinator was a slip; the one before
    """
    if answer not in (*CALL_ANSWERS, *SPOKEN, *AT_ARRIVAL, PUT_BACK):
        raise Invalid({"answer": _("Choose one of the answers.")})
    if answer == PUT_BACK and not to_put_back(calls_about({}).get(code, ()), act.at):
        _nothing_to_put_back(code)
    referral = definer.value("referral_to_call", code, answer) if is_code(code) else None
    if referral is None:
        over = called_late(code)
        raise NotVisible if over is None else NotNow("call_in_time", state=over.state)
    late = [one for one in owed(act.actor, act.at) if one.code == code] if answer in (*SPOKEN, *AT_ARRIVAL) else []
    if answer in (*SPOKEN, *AT_ARRIVAL) and not (_is_of(answer, late) or (answer in AT_ARRIVAL and not late)):
        raise Invalid({"answer": _("Choose one of the answers.")})
    act.note(kind="referral", object_id=referral, reason=answer)


def _nothing_to_put_back(code: str) -> NoReturn:
    """That the desk or the sender has said something since (ADR 0221), or that no such call is there."""
    over = called_late(code)
    raise NotVisible if over is None else NotNow("call_in_time", state=over.state)


def _is_of(answer: str, late: list[Owed]) -> bool:
    """Whether this can be said of what is late: of an arrival other things than of a first answer."""
    return any(one.clock == CLOCK if answer in AT_ARRIVAL else one.waits for one in late)


@action("referral.late")
def call_organisation(act: Act, *, organisation: UUID, answer: str) -> None:
    """An organisation was called about a disputed result that it has not answered, of which she reads no number. A row
    of the record, about the organisation. Invalid: no such answer. NotVisible: it owes none, or not any more.
    """
    if answer not in ("reached", "not_reached"):
        raise Invalid({"answer": _("Choose one of the answers.")})
    if not any(one.to == organisation and not one.code for one in owed(act.actor, act.at)):
        raise NotVisible
    act.note(kind="organisation", object_id=organisation, reason=answer)


@action("referral.late")
def answer_child(act: Act, *, told: UUID, answer: str) -> None:
    """What came of a call about a child (one of ANSWERS), or that such an answer is put back. A row of the record:
    nothing of the case moves, and no time limit stops; its team and supervisor read it (ADR 0125).

    NotVisible: no such call waits for that. Invalid: no such answer.
    """
    if answer not in (*ANSWERS, PUT_BACK):
        raise Invalid({"answer": _("Choose one of the answers.")})
    found = next((one for one in children_told(act.actor, act.at) if one.id == told), None)
    if found is None or found.put_away != (answer == PUT_BACK):
        raise NotVisible
    act.note(kind="call", object_id=told, reason=answer)
