"""The sides that steps and notices name: who acts, and who is told. See docs/design/lifecycles.md."""

from enum import StrEnum


class Side(StrEnum):
    """A side by its letters, as rows of the database and the drawn tables have them."""

    SENDER = "S"  # the sender's team; of a case, any of its team
    SENDER_SUPERVISOR = "SV"
    DESK = "D"  # of the receiver
    RECEIVER = "R"  # the receiver's team
    RECEIVER_SUPERVISOR = "RV"
    CLOCK = "T"
    LEAD = "L"  # who leads the case
    NOT_YET_ON_IT = "W"  # a case worker or hotline operator of the body, on no team yet
    OTHER = "OTHER"  # in a notice: whichever side did not act
    COORDINATOR = "N"  # in a notice
    DESK_SUPERVISORS = "DS"  # in a notice
