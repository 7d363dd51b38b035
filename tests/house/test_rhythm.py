"""One rhythm: between blocks every distance is a step of 8 px; inside a control, a mark or a line of words of 4 px."""

import re
from collections.abc import Iterator

import pytest

from hamkori.web.kit import assets

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
BETWEEN = re.compile(r"(?<![\w-])((?:margin|padding|gap|row-gap|column-gap|--gap)(?:-[a-z]+)*):\s*([^;]+)")
PIXELS = re.compile(r"(?<![\w.])-?(\d*\.?\d+)px")
BESIDE_A_LINE = re.compile(r"(?:svg|input)\s*$")
"""What stands before a line of words and is lower than the line is set to its middle, by 1 to 3 px."""

INSIDE = {
    "a button": r"\.btn(?:\.small)?|\.below button|\.leave",
    "a box to write in, its label above it": r"\.in(?:, .*)?|\.field > legend \+ div",
    "a box to tick, its words beside it": r"\.choice",
    "answers in a row, which are one control": r"\.seg(?:\.rows|\.two)?|\.seg(?:.*\))? span|\.none span",
    "answers in a row of Today": r"\.do \.row(?::has\(.*\))?",
    "what is unfolded": r"summary",
    "a mark and its words": r"\.tag|\.chip|\.clock|\.lead|\.back|\.note > svg|\.agreed li|\.q small",
    "a link, which a finger finds": r"\.line| a(?:\.code\))?|\.top a\.vault",
    "a row of a dense table, words of up to three lines": r"table\.dense :is\(td, th\)",
    "the bar at the top of a phone, as high as its links": r"\.top",
}
"""Where 4 px stay, by the end of the selector: a mark and its words, a label and its box are read as one (ADR 127)."""
IN_ONE_THING = re.compile(rf"(?:{'|'.join(INSIDE.values())})$")


def off(sheet: str) -> Iterator[str]:
    """Every distance that is in no step of 8 px, nor of 4 inside of one thing, with the rule that sets it."""
    for selector, body in RULE.findall(COMMENT.sub("", sheet)):
        said = " ".join(selector.split())
        step = 4 if IN_ONE_THING.search(said) else 8
        for name, value in BETWEEN.findall(body):
            steps = [float(one) for one in PIXELS.findall(value)]
            mark = name == "margin-block-start" and BESIDE_A_LINE.search(said)
            if any(one % step for one in steps) and not (mark and max(steps) < 4):
                yield f"{said}: {name}: {value.strip()}"


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (".a { padding: 8px 18px; }", True),
        (".a { padding: 8px 20px; }", True),
        (".a { gap: 4px 16px; }", True),
        (".a { margin-block-start: 12px; }", True),
        (".a { --gap: 12px; }", True),
        (".a { margin-inline: -10px; }", True),
        (".a .btn { padding: 6px; }", True),
        (".a .tag + p { margin-block-start: 4px; }", True),
        ("@media print { .a { color: red; column-gap: 6px } }", True),
        (".a svg { margin-block-start: 5px; }", True),
        (".a svg { margin-inline: 3px; }", True),
        (".a svg { margin-block-start: 3px; }", False),
        (".a .btn { padding: 4px 12px; }", False),
        (".a .tag { gap: 4px; }", False),
        (".a { gap: 8px 16px; margin: 0 auto; border: 1px solid; scroll-padding-block: 2em; }", False),
    ],
)
def test_what_is_out_of_step_is_seen(rule: str, seen: bool) -> None:
    assert bool([*off(rule)]) is seen


@pytest.mark.parametrize("sheet", [path.name for path in sorted((assets.KIT / "css").glob("*.css"))])
def test_every_distance_between_blocks_is_a_step_of_eight_pixels(sheet: str) -> None:
    """Red before: 4, 12, 20 and 28 px stood between blocks, 150 times."""
    assert [*off((assets.KIT / "css" / sheet).read_text())] == []


@pytest.mark.parametrize("thing", INSIDE)
def test_what_has_steps_of_four_is_needed(thing: str) -> None:
    """A kind that no sheet needs any more goes from the table."""
    ends = re.compile(rf"(?:{INSIDE[thing]})$")
    rules = [
        (" ".join(selector.split()), body)
        for path in (assets.KIT / "css").glob("*.css")
        for selector, body in RULE.findall(COMMENT.sub("", path.read_text()))
    ]
    fours = [
        selector
        for selector, body in rules
        if ends.search(selector)
        and any(float(one) % 8 for _name, value in BETWEEN.findall(body) for one in PIXELS.findall(value))
    ]
    assert fours
