"""Whether a request can be sent, as far as it can be said before it is written: one answer for page and action."""

from collections.abc import Callable, Mapping
from datetime import datetime

from hamkori.casework.case.rules.clocks import late
from hamkori.casework.consent.rules import consent
from hamkori.casework.referral.rules.lifecycle import CHILD
from hamkori.lifecycle import Answer

NOBODY_ASKED: Mapping[str, bool] = dict.fromkeys(CHILD, False)
"""Of a child without an answer of hers: nobody who may speak, and nobody who agreed."""


def case_open(state: str) -> bool:
    """Whether requests are written and sent from a case in this state."""
    return state == "open"


def answers(
    *,
    case_state: str,
    rows: Mapping[consent.RowKey, consent.Row],
    needed: tuple[consent.RowKey, ...],
    at: datetime,
    age: consent.Age,
    wanted: bool,
    sender: object,
    receiver: object,
    service_active: Callable[[], bool],
    desk_ready: Callable[[], bool],
    waits_until: Callable[[], datetime | None],
) -> dict[str, Answer | Callable[[], Answer]]:
    """The guards of `send` that these facts answer, by name.

    `needed`: the rows of her consent that it stands on, the first of which decides what may go; none while nobody
    knows for what it is. `wanted`: she does not mind this organisation. `sender`, `receiver`: organisations.
    `waits_until`: when the same one that waits already is late. What is called is asked only if its turn comes.
    """
    states = {key: consent.row_state(row, at, age) for key, row in rows.items()}
    main = rows.get(needed[0]) if needed else None
    child = consent.child_guards(main) if main is not None else NOBODY_ASKED
    asked = consent.guards_of_sending(needed, states, child if age.child else {})

    def no_twin() -> Answer:
        until = waits_until()
        return True if until is None or late(until, at) else {"time": until.isoformat()}

    return {
        "case_open": case_open(case_state),
        "child": age.child,
        **child,
        **(asked if needed else dict.fromkeys((*asked, *CHILD), True)),
        "body_allowed": wanted,
        "not_own_body": receiver != sender,
        "service_active": service_active,
        "desk_ready": desk_ready,
        "no_twin": no_twin,
    }
