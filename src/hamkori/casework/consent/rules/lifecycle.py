"""The lifecycle of an asking for consent. Its actions write the steps: no `stored`."""

from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import NEW, Machine, Step, guards, row

CONSENT: Machine[Step] = Machine(
    "consent",
    ("version",),
    ("version",),
    (
        row("give", NEW, "version", (Side.SENDER,),
            (*guards("text_language", "how_given", "until_ok"),
             *guards("child_answer", "child_speaker", "child_guardian_clear", when="child"))),
        row("refuse", NEW, "version", (Side.SENDER,), guards("how_said")),
        row("withdraw", NEW, "version", (Side.SENDER,), guards("how_said")),
        # Taken by the case's step "reopen": nothing that she said, and no yes of before is left in it.
        row("ask_again", NEW, "version", (Side.SENDER_SUPERVISOR,)),
    ),
)  # fmt: skip
"""Each asking is a new version and is never edited; what a row is worth now is `consent.row_state`."""
