"""Everything that is done is an action under a permission that the policy knows, and no door goes around it."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import hamkori
from hamkori.access.permissions import PERMISSIONS
from hamkori.access.policy import rows_for
from hamkori.action import ACTIONS
from tests.house.tree import python

DOORS = ("src/hamkori/web/", "src/hamkori/jobs/", "src/hamkori/api/")
# The door itself: who knocks is found before there is an actor.
BEFORE_AN_ACTOR = ("src/hamkori/web/middleware.py", "src/hamkori/web/sessions/store.py", "src/hamkori/web/account/")
AREAS = re.compile(r"^(cases|referrals)/")
# Where the last word of an address is not the permission's verb.
SAYS_OTHERWISE = {
    "cases/": "case.view",
    "cases/new/": "case.begin",
    "cases/first/": "case.begin",
    "cases/code/first/": "case.edit",
    "cases/find/": "case.view",
    "cases/code/": "case.view",
    "cases/code/screening/": "screening.record",
    "cases/code/screening/discard/": "screening.record",
    "cases/code/decide/": "screening.decide",
    "cases/code/consent/": "consent.record",
    "cases/code/consent/withdraw/": "consent.withdraw",
    "cases/code/consent/print/": "consent.record",
    "cases/code/refer/": "referral.write",
    "cases/code/gap/record/": "gap.record",
    "cases/code/danger/": "case.edit",
    "cases/code/danger-told/": "case.edit",
    "cases/code/ask-alone/": "case.edit",
    "cases/code/child_not_told/": "case.tell_child_protection",
    "cases/code/place-found/": "case.edit",
    "cases/code/place-which/": "case.edit",
    "cases/code/place-needed/": "case.edit",
    "cases/code/place-reached/": "case.edit",
    "cases/code/help_said/": "case.edit",
    "cases/code/section/": "section.write",
    "cases/code/set-aside/": "section.open",
    "cases/code/print/": "case.view",
    "cases/code/who/": "case.people",
    "cases/code/admit/": "team.admit",
    "cases/code/release/": "team.remove",
    "cases/code/leave/": "team.leave",
    "referrals/code/warn_person/": "referral.hear",
    "referrals/code/call_sender/": "referral.unaccept",
    "referrals/": "referral.view",
    "referrals/code/": "referral.view",
    "referrals/code/again/": "referral.write",
    "referrals/code/keep_part/": "referral.answer",
    "coordination/code/call/": "referral.late",
    "coordination/child/code/called/": "referral.late",
    "coordination/code/called/": "referral.late",
}


def every_action() -> list:
    """All actions of the house, after every room that may hold one was opened."""
    for module in pkgutil.walk_packages(hamkori.__path__, "hamkori."):
        if ".actions" in module.name and ".migrations" not in module.name:
            importlib.import_module(module.name)
    return [act for act in ACTIONS if act.__module__.startswith("hamkori.")]


def test_every_action_stands_under_a_permission_that_somebody_has() -> None:
    nobody = [
        f"{act.__module__}.{act.__name__}: {act.permission}" for act in every_action() if not rows_for(act.permission)
    ]
    assert not nobody, nobody


def test_every_permission_is_in_the_policy() -> None:
    assert [name for name in PERMISSIONS if not rows_for(name)] == []


def test_no_door_fetches_or_saves_records() -> None:
    found = [
        f"{place}:{node.lineno}"
        for place, _content, module in python()
        if place.startswith(DOORS) and not place.startswith(BEFORE_AN_ACTOR)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert not found, found


def test_no_door_opens_a_savepoint_of_its_own() -> None:
    """Several acts that are one stand within `together`: of what is undone nothing is vouched for (ADR 0073)."""
    found = [
        f"{place}:{node.lineno}"
        for place, _content, module in python()
        if place.startswith(DOORS) and place != "src/hamkori/web/middleware.py"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"atomic", "savepoint"}
    ]
    assert not found, found


def addresses() -> Iterator[str]:
    """The addresses of cases and referrals as people see them, each code written `code`."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list, before: str) -> Iterator[str]:
        for entry in patterns:
            here = before + re.sub(r"<[^>]+>", "code", str(entry.pattern))
            if isinstance(entry, URLPattern):
                yield here
            else:
                yield from walk(entry.url_patterns, here)

    return (address for address in walk(get_resolver().url_patterns, "") if AREAS.match(address))


def test_the_last_word_of_an_address_is_something_one_may_do() -> None:
    unknown = []
    for address in addresses():
        area, verb = address.split("/")[0].removesuffix("s"), address.rstrip("/").split("/")[-1]
        if SAYS_OTHERWISE.get(address, f"{area}.{verb}") not in PERMISSIONS:
            unknown.append(address)
    assert not unknown, unknown
