"""No template carries script, style or handler of its own: the content security policy would refuse it anyway."""

import re

import pytest

from tests.house.tree import templates

FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|\bhx-on\b|javascript:|\bjs:", re.I),
    "a text taken for safe": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "somebody else's server": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
}
# Machine readable data is not a script: the type says so.
DATA = re.compile(r"<script[^>]*type=[\"']application/(?:ld\+)?json[\"']", re.I)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.S)
POST_FORM = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post\b.*?</form>", re.I | re.S)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        f"{place}: {hit[0]!r}"
        for place, content in templates()
        for hit in FORBIDDEN[what].finditer(DATA.sub("", COMMENT.sub("", content)))
    ]
    assert not found, "\n".join([f"{what}:", *found])


def test_every_form_that_writes_proves_where_it_came_from() -> None:
    # What was sent and could not be taken is offered again whole, its proof among it ("in kept").
    bare = [
        f"{place}: {form[:90]!r}"
        for place, content in templates()
        for form in POST_FORM.findall(content)
        if not any(proof in form for proof in ("csrf_token", "operation", "in kept"))
    ]
    assert not bare, "\n".join(bare)


def test_the_search_finds_what_it_looks_for() -> None:
    planted = {
        "an inline script": "<script>1</script>",
        "an inline style": '<p style="color:red">',
        "an inline handler": '<a onclick="x()">',
        "a text taken for safe": "{{ story|safe }}",
        "somebody else's server": '<img src="//example.org/a.png">',
    }
    assert planted.keys() == FORBIDDEN.keys()
    assert all(FORBIDDEN[what].search(line) for what, line in planted.items())
    assert not FORBIDDEN["an inline script"].search('<script src="/static/a.js" defer>')
