"""Every address is reversed or checked: a mistyped one is an error, never a link that leads nowhere."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.urls import get_resolver

from tests.house.tree import python, templates

# Words of the kit have arguments of their own; what stands inside an address stays.
TAGS = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{% (?!url|asset|if|elif|else|endif)\w+.*?%\}", re.S)
STEPS = re.compile(r"\{% (?:if|elif|else|endif)\b.*?%\}")
ADDRESS = re.compile(r"""\b(?:href|action|formaction|src|hx-get|hx-post)="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)\"""")
MADE = re.compile(r"""(?:\{% url "[^"]+".*?%\}|\{\{ [\w.]+\|address \}\}|\{% asset "[^"]+" %\})(?:[?#].*)?|#[\w-]*""")
IN_TAG = re.compile(r"""\{% (?!asset|url)\w+ [^%]*?\b(?:href|url|\w+_url)=(?:"(?!#)|')""")
SILENCED = re.compile(r"\{% url [^%]* as \w+ %\}")
ROUTE = re.compile(
    r"""\{% (?:url|address|(?:button|post) (?:_\("[^"]*"\)|"[^"]*"|[\w.]+))"""
    r""" "(?P<name>[^"]+)"(?P<args>(?: [\w.]+(?= ))*)"""
)
# This page once more, and the way out of a page for everybody: nowhere in particular, so that it shows nothing of ours.
BY_HAND = {("503.html", ""), ("public.html", '{{ leave_url|default:"https://www.google.com/" }}')}


def unmade(name: str, content: str) -> Iterator[str]:
    """Addresses that somebody wrote by hand, and those that a missing variable would leave empty without a word."""
    for written in ADDRESS.findall(TAGS.sub("", content)):
        ways = [way for way in STEPS.split(written) if way] or [""]
        if (name, written) not in BY_HAND and not all(MADE.fullmatch(way) for way in ways):
            yield written
    yield from IN_TAG.findall(content)
    yield from SILENCED.findall(content)


def unserved(content: str, served: dict[str, set[int]]) -> Iterator[str]:
    """Routes that nobody serves, or not with so many arguments."""
    for found in ROUTE.finditer(content):
        args = f"{found['args']} ".split(" as ")[0].split()
        if len(args) not in served.get(found["name"], set()):
            yield f"{found['name']} {args}"


def served() -> dict[str, set[int]]:
    """Names of all addresses, the demonstration's too, with the numbers of arguments they take."""
    found: dict[str, set[int]] = {}
    for urls in ("hamkori.site.urls", "hamkori.site.demo.urls"):
        table = get_resolver(urls).reverse_dict
        for name in table:
            if isinstance(name, str):
                ways = [len(params) for way in table.getlist(name) for _, params in way[0]]
                found.setdefault(name, set()).update(ways)
    return found


def test_every_address_of_a_template_is_reversed_or_checked() -> None:
    found = [f"{place}: {bad}" for place, content in templates() for bad in unmade(place.split("/")[-1], content)]
    assert not found, "\n".join(found)


def test_every_route_of_a_template_is_served() -> None:
    known = served()
    found = [f"{place}: {bad}" for place, content in templates() for bad in unserved(content, known)]
    assert not found, "\n".join(found)
    assert sum(len(ROUTE.findall(content)) for _, content in templates()) > 80


@pytest.mark.parametrize(
    "written",
    [
        '<a href="/cases/">',
        '<a href="">',
        '<form action="{{ url }}">',
        '<a href="{{ url }}?open=1">',
        '<a href="{% if a %}#menu{% else %}/menu/{% endif %}">',
        '{% button label href="/" kind="quiet" %}',
        '{% page_head title action_url="/new/" %}',
        '{% url "case" case.code as home %}',
    ],
)
def test_an_address_by_hand_is_found(written: str) -> None:
    assert list(unmade("page.html", written))


def test_what_is_reversed_or_checked_passes() -> None:
    for written in (
        '<a href="{% url "case" case.code %}?open={{ part }}#{{ part }}">',
        '<a href="{% if a %}#menu{% else %}{% url "account_unlock" %}{% endif %}">',
        '<a href="{{ one.url|address }}">',
        '{% button label href=one.url %}{% button label "today" %}{% button "x" href="#b" %}',
    ):
        assert not list(unmade("page.html", written)), written


def test_a_mistyped_route_is_found() -> None:
    known = {"case": {1}, "today": {0}}
    for written in (
        '{% url "cse" case.code %}',
        '{% url "case" %}',
        '{% address "case" a.b c as home %}',
        '{% address "cse" a.b as home %}',
        '{% button _("Go on") "case" kind="plain" %}',
        '{% post label "tody" operation=False %}',
    ):
        assert list(unserved(written, known)), written
    for written in (
        '{% url "case" case.code %}',
        '{% address "case" a.b as home %}',
        '{% button _("Go on, now") "case" a.b kind="plain" %}',
        '{% button label "today" %}',
        '{% button "Ask another" href="#ask" kind="quiet" %}',
    ):
        assert not list(unserved(written, known)), written


def by_hand(tree: ast.Module) -> Iterator[int]:
    """Lines on which an address is put together from text."""
    for node in ast.walk(tree):
        first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
        if isinstance(first, ast.Constant) and str(first.value).startswith("/"):
            yield first.lineno


def test_no_page_puts_an_address_together_from_text() -> None:
    found = [
        f"{place}:{line}"
        for place, _, tree in python()
        if place.startswith("src/hamkori/web/")
        for line in by_hand(tree)
    ]
    assert found == []
    assert list(by_hand(ast.parse('url = f"/cases/{code}/"')))
