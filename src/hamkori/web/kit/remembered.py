"""What was said on one page and is chosen beforehand on a later one of the same case.

The browser's locked session remembers it for one case, with the code of the answer alone: no address carries it.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest


@dataclass(frozen=True)
class Remembered:
    """One such answer. `name`: where the session keeps it."""

    name: str

    def remember(self, request: HttpRequest, case: str, said: str) -> None:
        """It was said so in this case; '' forgets it."""
        if said:
            request.session[self.name] = [case, said]
        elif self.of(request, case):
            del request.session[self.name]

    def of(self, request: HttpRequest, case: str) -> str:
        """What was said in this case in this session; '' where nothing was."""
        kept = request.session.get(self.name)
        return str(kept[1]) if kept and kept[0] == case else ""


def unwritten_in(request: HttpRequest, case: str, written: object) -> frozenset[str] | None:
    """What was not written of how the person is reached, as it was read in this session of the part that was `written`
    then; None where nobody read it.
    """
    at, *lacks = unwritten.of(request, case).split("|")
    return frozenset(lacks) if at and at == f"{written}" else None


speaker: Final = Remembered("hk_speaker")
"""Who speaks for a child, said with a corrected age, until the consent is asked: it keeps who spoke, and nobody has."""
how_told: Final = Remembered("hk_how_told")
"""How the person said that everything ends, said on the page of one referral, until that is withdrawn."""
shut_out: Final = Remembered("hk_shut_out")
"""Which organisation is to get nothing any more, ticked on that page: it goes with everything that is withdrawn."""
unwritten: Final = Remembered("hk_unwritten")
"""Which part was read and held nothing: where it goes in the next referral that is said without reading it again."""
child_named: Final = Remembered("hk_child_named")
"""Whether somebody was named to tell of a child when that part was read last: a choice that changes reads nothing."""
left_empty: Final = Remembered("hk_left_empty")
"""Which parts held nothing when a draft was looked at, by its number: what is written in them since goes with it."""
doctor_before: Final = Remembered("hk_doctor_before")
"""Who needed a doctor before it was said that one came: that is put back within the hour."""
pressed_before: Final = Remembered("hk_pressed_before")
"""What was pressed and not saved, since something else was recorded meanwhile: whoever pressed it can say it again."""
