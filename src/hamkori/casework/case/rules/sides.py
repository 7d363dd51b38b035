"""The sides that steps and notices name: who acts, and who is told. See docs/design/lifecycles.md."""

S = "S"  # sender's team with a case function
SV = "SV"  # sender's supervisor row
D = "D"  # receiving desk
R = "R"  # receiver's team
RV = "RV"  # receiver's supervisor row
T = "T"  # the clock
OTHER = "OTHER"  # in a notice: whichever side did not act
W = "W"  # a case worker or hotline operator of the body, not yet on any team
LEAD = "L"  # who leads the case; S is any of its team, the lead too
COORDINATOR = "COORDINATOR"
DESK_SUPERVISORS = "DESK_SUPERVISORS"

SIDE_OF = {
    "lead": LEAD,
    "own_team": S,
    "sender_team": S,
    "supervised": SV,
    "acting_supervisor": SV,
    "receiver_desk": D,
    "receiver_team": R,
    "receiver_supervised": RV,
    "clock": T,
}
"""The side on which somebody acts, by the scope of the policy under which she may."""
