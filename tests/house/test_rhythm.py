"""One rhythm: what stands between things in our style sheets is a step of 4 px, 8 between blocks and 4 in a line."""

import re
from collections.abc import Iterator

import pytest

from hamkori.web.kit import assets

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
BETWEEN = re.compile(r"(?<![\w-])((?:margin|padding|gap|row-gap|column-gap)(?:-[a-z]+)*):\s*([^;]+)")
PIXELS = re.compile(r"(?<![\w.])-?(\d*\.?\d+)px")
BESIDE_A_LINE = re.compile(r"(?:svg|input)\s*$")
"""What stands before a line of words and is lower than the line is set to its middle, by 1 to 3 px."""


def off(sheet: str) -> Iterator[str]:
    """Every distance that is in no step of 4 px, with the rule that sets it."""
    for selector, body in RULE.findall(COMMENT.sub("", sheet)):
        for name, value in BETWEEN.findall(body):
            steps = [float(one) for one in PIXELS.findall(value)]
            mark = name == "margin-block-start" and BESIDE_A_LINE.search(selector)
            if any(one % 4 for one in steps) and not (mark and max(steps) < 4):
                yield f"{selector.strip()}: {name}: {value.strip()}"


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (".a { padding: 8px 18px; }", True),
        (".a { margin-inline: -10px; }", True),
        ("@media print { .a { color: red; column-gap: 6px } }", True),
        (".a svg { margin-block-start: 5px; }", True),
        (".a svg { margin-inline: 3px; }", True),
        (".a svg { margin-block-start: 3px; }", False),
        (".a { gap: 4px 12px; margin: 0 auto; border: 1px solid; scroll-padding-block: 2em; }", False),
    ],
)
def test_what_is_out_of_step_is_seen(rule: str, seen: bool) -> None:
    assert bool([*off(rule)]) is seen


@pytest.mark.parametrize("sheet", [path.name for path in sorted((assets.KIT / "css").glob("*.css"))])
def test_every_distance_is_a_step_of_four_pixels(sheet: str) -> None:
    """Red before: 5, 6, 7, 9, 10, 11, 13, 14, 18 and 22 px stood side by side, 180 times."""
    assert [*off((assets.KIT / "css" / sheet).read_text())] == []
