"""The lifecycle of a screening. Its actions write the steps: no `stored`."""

from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import NEW, Machine, Step, guards, row

SCREENING: Machine[Step] = Machine(
    "screening",
    ("draft", "completed", "superseded", "discarded"),
    ("superseded", "discarded"),
    (
        row("start", NEW, "draft", (Side.SENDER,)),
        row("save", "draft", "draft", (Side.SENDER,)),
        row("discard", "draft", "discarded", (Side.SENDER,)),
        row("complete", "draft", "completed", (Side.SENDER,), guards("danger_answered", "sets_by_age")),
        # The completion of a later one; nobody presses it.
        row("supersede", "completed", "superseded", (Side.SENDER,)),
    ),
)
"""Only completed screenings feed decisions and packets."""
