"""Templates read like pages, and carry no script, style or handler of their own: the browser would refuse it anyway."""

import re
from collections.abc import Iterator

import pytest

from hamkori.web.kit.lines import as_sent
from tests.house.tree import python, templates

FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|\bhx-on\b|javascript:|\bjs:", re.I),
    "a text taken for safe": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "somebody else's server": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
    "a date in a form of its own": re.compile(r"\|\s*(?:date|time|naturalday|timesince|timeuntil)\b|\{%\s*now\b"),
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


# Who may write a date: the words of the pages, the field where one is typed, what is read aloud, the mail.
WRITES_DATES = {"web/kit/moments.py", "web/kit/forms.py", "casework/consent/texts/__init__.py", "notices/mail.py"}
DATE = re.compile(r"\bdate_format\(|\bstrftime\(|:%[dmYbB]|_DATE_FORMAT\b")


def test_a_day_has_one_form_on_every_page() -> None:
    """In words "1 March 2027", in figures 01.03.2027 where it is typed: kit/moments.py; an operator's day is ISO."""
    rooms = tuple(f"src/hamkori/{room}/" for room in ("web", "casework", "notices", "people", "directory"))
    found = {
        place.removeprefix("src/hamkori/")
        for place, content, _tree in python()
        if place.startswith(rooms) and DATE.search(content)
    }
    assert found == WRITES_DATES


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
        "a date in a form of its own": '{{ until|date:"d.m.Y" }}',
    }
    assert planted.keys() == FORBIDDEN.keys()
    assert all(FORBIDDEN[what].search(line) for what, line in planted.items())
    assert not FORBIDDEN["an inline script"].search('<script src="/static/a.js" defer>')


# --- layout --------------------------------------------------------------------------------------------------------
LONGEST = 120
STEP = 2


def layout(content: str) -> Iterator[str]:
    """What is wrong with the lines of a template."""
    for number, line in enumerate(content.splitlines(), 1):
        if len(line) > LONGEST:
            yield f"{number}: {len(line)} signs"
        if "\t" in line or line != line.rstrip():
            yield f"{number}: a tab, or space at its end"
        if (len(line) - len(line.lstrip())) % STEP:
            yield f"{number}: not indented by twos"
    if not content.endswith("\n") or content.endswith("\n\n"):
        yield "ends without one line break"
    for opened in re.findall(r"\{% blocktranslate [^%]*%\}(?=\s*\n)", content):
        if "trimmed" not in opened:
            yield f"{opened} is in lines and not trimmed: its sentence would hold the indentation"


def test_every_template_is_laid_out_to_be_read() -> None:
    assert [f"{place}:{fault}" for place, content in templates() for fault in layout(content)] == []


def test_a_template_in_disorder_is_found() -> None:
    for content in (
        "x" * 121 + "\n",
        "\t<p>\n",
        "<p> \n",
        " <p>\n",
        "<p>",
        "{% blocktranslate %}\n  A\n{% endblocktranslate %}\n",
    ):
        assert list(layout(content)), content
    assert not list(layout("<p>\n  {% blocktranslate trimmed %}\n    A\n  {% endblocktranslate %}\n</p>\n"))


def test_indentation_is_not_sent_and_no_space_is_lost() -> None:
    source = (
        "<p>\n  {% if a %}\n    <b>A</b>\n    {{ c }}\n  {% endif %}\n  {% x as y %}\n  {% button a %}\n</p>\n<i>B</i>"
    )
    assert as_sent(source) == "<p>{% if a %}<b>A</b>\n{{ c }}\n{% endif %}{% x as y %}{% button a %}</p>\n<i>B</i>"
    assert as_sent("{% translate 'a' %}\n{% empty none %}\nb") == "{% translate 'a' %}\n{% empty none %}\nb"
    assert as_sent("<textarea>\n  {{ a }}\n</textarea>") == "<textarea>\n{{ a }}</textarea>", "a browser takes one away"
    assert as_sent('<br>\n<a\n    href="">\n  x\n{% endif %}</a>') == '<br>\n<a\nhref="">x{% endif %}</a>'
    assert as_sent("{% if a %}\n  b\n{% endif %}\n") == "{% if a %}b{% endif %}"
