"""Roles and functions in words, from the code lists."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hamkori.people.rules import ROLES
from hamkori.vocabulary import codelist
from hamkori.web.words.lists import label


def name_or(name: str) -> str:
    """A colleague's name; of one whose post nobody vouched for, that there is none to go by."""
    return name or _("Somebody whose name is not confirmed")


def role_labels(roles: Iterable[str]) -> list[str]:
    """Roles in the order of the house."""
    held = frozenset(roles)
    return [label("role", role) for role in ROLES if role in held]


def function_label(function: str) -> str:
    """A worker's function; '' for none."""
    return label("worker_function", function) if function in codelist("worker_function") else ""
