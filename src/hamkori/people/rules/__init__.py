"""Roles and functions: which exist, which exclude each other, and the order in which a page names them.

See docs/design/people.md#roles.
"""

from __future__ import annotations

from collections.abc import Iterable

# The order decides which one stands beside a name when somebody holds several.
ROLES = (
    "case_worker",
    "desk_officer",
    "hotline_operator",
    "supervisor",
    "custodian",
    "administrator",
    "national_coordinator",
    "auditor",
)
WITH_CASES = frozenset({"case_worker", "supervisor", "desk_officer", "hotline_operator"})
APART = frozenset({"administrator", "auditor", "custodian"})
FUNCTIONS = (
    "social_worker",
    "psychologist",
    "lawyer",
    "health_worker",
    "shelter_worker",
    "investigator",
    "hotline_operator",
)


def clash(roles: Iterable[str]) -> bool:
    """Whether one person would hold work with cases beside a role that excludes it, in whichever bodies."""
    held = frozenset(roles)
    return bool(held & APART) and bool(held & WITH_CASES)


def first_role(roles: Iterable[str]) -> str:
    """The role that a page names; '' for a person without any."""
    held = frozenset(roles)
    return next((role for role in ROLES if role in held), "")
