"""Every address of the product with a hidden thing's code, an absent one and a malformed one: the same answer, 404."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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


def compare(
    client: DoorClient, asked: list[Address], hidden: str, methods: tuple[str, ...], count: Counter[str]
) -> list[str]:
    """Where a hidden code is answered otherwise than an absent one, and than one that is none at all."""
    wrong = []
    odd = cycle(malformed())
    for one in asked:
        for method in methods:
            first = answer(client, method, one, hidden)
            values = [new_code()] if method == "post" else [new_code(), next(odd)]
            for value in values:
                told = answer(client, method, one, value)
                count["addresses compared"] += 1
                if told != first:
                    wrong.append(f"{method} {one.route}: {first[0]} for a hidden, {told[0]} for {value[:20]!r}")
            if first[0] not in ALIKE:
                wrong.append(f"{method} {one.route}: {first[0]}")
    return wrong


def test_each_address_for_one_stranger(moments: Moments) -> None:
    """Every address once, a stranger at each, in turn: what `--fast` keeps of the whole."""
    with moments.at("accepted") as world:
        assert world is not None
        clients = {who: browsing.browser(world, who) for who in STRANGERS}
        turns, wrong = cycle(STRANGERS), []
        for first, which in (("cases/", 0), ("referrals/", 1)):
            for one in addresses(first):
                who = next(turns)
                with transaction.atomic(), god():
                    things = world.case(STRANGERS[who][0]), world.referral(STRANGERS[who][1])
                methods = ("get", "post") if STRANGERS[who][2] else ("get",)
                wrong += compare(clients[who], [one], things[which].code, methods, Counter())
    assert not wrong, "\n".join(wrong)


@pytest.mark.bulk
@pytest.mark.parametrize("who", STRANGERS)
def test_hidden_absent_and_malformed_are_one_answer(moments: Moments, count: Counter[str], who: str) -> None:
    case, request, posts = STRANGERS[who]
    with moments.at("accepted") as world:
        assert world is not None
        with transaction.atomic(), god():
            codes = world.case(case).code, world.referral(request).code
        client = browsing.browser(world, who)
        files, requests = addresses("cases/"), addresses("referrals/")
        assert len(files) >= 15
        assert len(requests) >= 20
        methods = ("get", "post") if posts else ("get",)
        wrong = compare(client, files, codes[0], methods, count)
        wrong += compare(client, requests, codes[1], methods, count)
    assert not wrong, "\n".join(wrong)


def test_every_address_that_names_a_thing_is_one_of_these_or_of_the_directory() -> None:
    """A new area must say here how it hides: of questions of two see tests/web/test_keys.py."""
    named = {route for route, _name in patterns(get_resolver()) if PLACE.search(route)}
    known = {one.route for first in ("cases/", "referrals/") for one in addresses(first)}
    others = {
        route
        for route in named - known
        if not route.startswith(("directory/", "keys/", *OF_NOBODY, "static", "account/"))
    }
    assert others == set()


def test_the_owner_is_answered_otherwise(moments: Moments) -> None:
    """The control: the same comparison does see a difference."""
    with moments.at("accepted") as world:
        assert world is not None
        with transaction.atomic(), god():
            code = world.case("K1").code
        client = browsing.browser(world, "Zarina")
        assert len(compare(client, addresses("cases/")[:3], code, ("get",), Counter())) >= 3
