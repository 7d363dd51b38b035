"""Every address of the product with a hidden thing's code, an absent one and a malformed one: the same answer, 404."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from hamkori.vocabulary.codes import is_code
from tests.code_of import new_code
from tests.database import god
from tests.doors import DoorClient
from tests.policy import browsing
from tests.policy.moments import Moments
from tests.policy.world import World

PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
CHANGING = re.compile(rb'(name="csrfmiddlewaretoken" value="|nonce="|X-CSRFToken&quot;: &quot;)[^"&]+')
ALIKE = (404, 405, 302)
"""Not there, not by this method, or on to an address that is not there either."""
OF_NOBODY = ("invitation",)
"""Open to strangers: whoever has the link is asked in."""

STRANGERS = {
    # who -> the case and the request that she must not know of, and whether she tries to post as well
    "Bahrom": ("K1", "R1", True),
    "Dilshod": ("K1", "R1", True),
    "Gulnora": ("K1", "R3", True),
    "Lola": ("K1", "R1", False),
    "Rustam": ("K1", "R1", False),
    "Ismoil": ("K1", "R1", False),
}


@dataclass(frozen=True)
class Address:
    """One pattern of the product with a place for a code."""

    route: str
    name: str

    def at(self, value: str) -> str:
        return "/" + PLACE.sub(value, self.route)


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern):
            yield route, one.name or ""


def addresses(first: str) -> list[Address]:
    """Addresses that begin so and name one thing by its code."""
    found = [Address(route, name) for route, name in patterns(get_resolver())]
    return sorted(
        (one for one in found if one.route.startswith(first) and "<str:code>" in one.route), key=lambda one: one.route
    )


def malformed() -> list[str]:
    """What no case and no request is called."""
    wrong = new_code()
    wrong = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    assert not is_code(wrong)
    return [wrong, "0", "12 34", "abcdefgh", "١٢٣٤٥٦٧٨", "9" * 300, "\0", "' or 1=1 --", "new_"]


def answer(client: DoorClient, method: str, one: Address, value: str) -> tuple[int, bytes]:
    """Status and body, without what changes at each request and without what was asked for."""
    address = one.at(quote(value))
    asked = client.get(address) if method == "get" else client.post(address, {"operation": uuid4(), "version": 1})
    body = CHANGING.sub(rb"\1", asked.content)
    for text in (address, one.at(value), value if len(value) >= 8 else address):
        body = body.replace(text.encode(), b"")
    return asked.status_code, body


def compare(client: DoorClient, one: Address, hidden: str, methods: tuple[str, ...], odd: str) -> tuple[int, list[str]]:
    """How much was compared; and where a hidden code is answered otherwise than an absent one, or one that is none."""
    wrong, compared = [], 0
    for method in methods:
        first = answer(client, method, one, hidden)
        for value in [new_code()] if method == "post" else [new_code(), odd]:
            told = answer(client, method, one, value)
            compared += 1
            if told != first:
                wrong.append(f"{method} {one.route}: {first[0]} for a hidden, {told[0]} for {value[:20]!r}")
        if first[0] not in ALIKE:
            wrong.append(f"{method} {one.route}: {first[0]}")
    return compared, wrong


@dataclass
class Strangers:
    """Each of them at any address: what one test has asked, another does not ask again."""

    moments: Moments
    world: World
    compared: int = 0
    _browsers: dict[str, DoorClient] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)

    def wrong_at(self, who: str, one: Address, odd: str) -> list[str]:
        """Where she can tell the case or request that she must not know of from none."""
        compared, wrong = self.moments.once(("stranger", who, one), partial(self._ask, who, one, odd))
        self.compared += compared
        return wrong

    def _ask(self, who: str, one: Address, odd: str) -> tuple[int, list[str]]:
        case, request, posts = STRANGERS[who]
        if who not in self._browsers:
            self._browsers[who] = browsing.browser(self.world, who)
        thing = case if one.route.startswith("cases/") else request
        if thing not in self._codes:
            with transaction.atomic(), god():
                found = self.world.case(thing) if thing == case else self.world.referral(thing)
            self._codes[thing] = found.code
        return compare(self._browsers[who], one, self._codes[thing], ("get", "post") if posts else ("get",), odd)


def both() -> list[tuple[Address, str]]:
    """Every address of a case and of a request, each with something that is no code: all of them in turn."""
    files, requests = addresses("cases/"), addresses("referrals/")
    assert len(files) >= 15
    assert len(requests) >= 20
    return [(one, odd) for of in (files, requests) for one, odd in zip(of, cycle(malformed()), strict=False)]


def test_each_address_for_one_stranger(moments: Moments) -> None:
    """Every address once, a stranger at each, in turn: what `--fast` keeps of the whole."""
    with moments.at("accepted") as world:
        assert world is not None
        strangers = Strangers(moments, world)
        turns = zip(both(), cycle(STRANGERS), strict=False)
        wrong = [line for (one, odd), who in turns for line in strangers.wrong_at(who, one, odd)]
    assert strangers.compared >= 35
    assert not wrong, "\n".join(wrong)


@pytest.mark.bulk
@pytest.mark.parametrize("who", STRANGERS)
def test_hidden_absent_and_malformed_are_one_answer(moments: Moments, count: Counter[str], who: str) -> None:
    with moments.at("accepted") as world:
        assert world is not None
        strangers = Strangers(moments, world)
        wrong = [line for one, odd in both() for line in strangers.wrong_at(who, one, odd)]
    count["addresses compared"] += strangers.compared
    assert not wrong, "\n".join(wrong)


def test_every_address_that_names_a_thing_is_one_of_these_or_of_the_directory() -> None:
    """A new area says here how it hides: of questions of two see web/test_keys.py, of calls test_coordination.py."""
    named = {route for route, _name in patterns(get_resolver()) if PLACE.search(route)}
    known = {one.route for first in ("cases/", "referrals/") for one in addresses(first)}
    others = {
        route
        for route in named - known
        if not route.startswith(("directory/", "keys/", "coordination/", *OF_NOBODY, "static", "account/"))
    }
    assert others == set()


def test_the_owner_is_answered_otherwise(moments: Moments) -> None:
    """The control: the same comparison does see a difference."""
    with moments.at("accepted") as world:
        assert world is not None
        with transaction.atomic(), god():
            code = world.case("K1").code
        client = browsing.browser(world, "Zarina")
        odd = malformed()[0]
        read = [one for one in addresses("cases/") if one.name not in ("call_off", "ask_alone")]  # presses alone
        assert all(compare(client, one, code, ("get",), odd)[1] for one in read[:3])
