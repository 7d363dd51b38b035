"""What a summary may say of the person, as columns of a case: what is changed there is corrected in what was sent."""

from typing import Any

SAID = (
    "sex_code",
    "language_code",
    "needs_interpreter",
    "risk_code",
    "children_code",
    "doctor_code",
    "stairs_code",
)
"""Columns of a case of which a summary may say what they hold; age and region have steps of their own."""


def said_of(case: object) -> dict[str, Any]:
    """These as they stand, and the region."""
    return {name: getattr(case, name) for name in (*SAID, "region_code")}
