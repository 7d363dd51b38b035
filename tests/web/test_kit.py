"""The kit: its files are small and whole, its words escape and say what they mean, its forms keep what was typed."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.http import HttpResponse
from django.template import Template, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.test.utils import instrumented_test_render
from fontTools.ttLib import TTFont

from hamkori.web.kit import assets, moments, styleguide
from hamkori.web.kit.icons import ICONS
from hamkori.web.templatetags.kit import grouped
from tests.web.drawing import HOSTILE, NOW, TEMPLATES, Elements, draw

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    assert assets.build(folder)
    return folder


# --- what is built -------------------------------------------------------------------------------------------------
def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


def test_the_files_of_a_first_visit_stay_within_their_budgets(built: Path) -> None:
    assert 3_000 < weight(built / "kit.css") <= 12_000
    assert 3_000 < weight(built / "door.css") <= 8_500, "strangers on a slow line load this one"
    assert 300 < weight(built / "answers.css") <= 1_500, "the page of the consent alone loads it"
    assert 300 < weight(built / "lines.css") <= 1_300, "Today alone loads it"
    assert 100 < weight(built / "steps.css") <= 640, "the six steps and asking another organisation alone load it"
    assert 500 < weight(built / "kit.js") <= 8_000
    assert weight(built / "leave.js") <= 1_500
    assert len((built / "sign.js").read_bytes()) <= 2_000, "ADR 0040, unpacked"
    assert weight(built / "icons.svg") <= 5_000
    assert sum((built / f"onest-{bold}.woff2").stat().st_size for bold in (400, 600)) <= 40_000


def test_a_second_build_writes_nothing_and_a_lost_file_comes_back(built: Path) -> None:
    assert not assets.build(built)
    (built / "kit.css").unlink()
    assert assets.build(built)
    assert (built / "kit.css").exists()


def test_a_changed_sheet_is_built_again(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in assets.KIT.rglob("*.*"):
        copy = tmp_path / source.relative_to(assets.KIT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(source.read_bytes())
    monkeypatch.setattr(assets, "KIT", tmp_path)
    assert not assets.build(built), "the same sources in another place are the same sources"
    (tmp_path / "css" / "print.css").write_text(".changed { color: red; }")
    assert assets.build(built)
    assert b".changed{color:red}" in (built / "kit.css").read_bytes()
    monkeypatch.undo()
    assets.build(built)


@pytest.mark.parametrize("bold", assets.WEIGHTS)
def test_the_typeface_has_every_letter_that_our_languages_use(built: Path, bold: int) -> None:
    font = TTFont(built / f"onest-{bold}.woff2")
    letters = "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя" + "щцыь" + "ўқғҳ" + "éèêëàâçîïôûùüœæ" + "abcxyz0123456789«»–·"
    missing = {letter for letter in letters + letters.upper() if ord(letter[0]) not in font.getBestCmap()}
    assert not missing
    assert font.getBestCmap()[0x2011] == font.getBestCmap()[ord("-")], "18-29 would be drawn by another font"
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" not in features, "Onest's tabular 1 is wide and breaks codes"


def test_every_icon_has_a_drawing_in_the_sprite(built: Path) -> None:
    symbols = {node.get("id"): len(node) for node in ET.parse(built / "icons.svg").getroot()}
    assert set(symbols) == set(ICONS)
    assert all(symbols.values())


def test_minifying_leaves_strings_and_calculations_alone(tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text('a::before { content: "a ;  b: {c}"; }\n/* gone */ b { width: calc(100% - 2px); margin: 0 auto; }')
    assert assets.style([sheet]) == b'a::before{content:"a ;  b: {c}"}b{width:calc(100% - 2px);margin:0 auto}'


# --- colours and directions ----------------------------------------------------------------------------------------
def themes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Tokens of light, of dark by the system, of dark by the switch."""
    text = (assets.KIT / "css" / "tokens.css").read_text()
    blocks = re.findall(r"(:root[^{]*)\{([^{}]*)\}", text)
    tokens = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for _, body in blocks]
    light, system, switched = (block for block in tokens if block)
    return light, system, switched


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_paper_is_light_whatever_theme_was_chosen(built: Path) -> None:
    """Red before: dark by the device won, because its rule was the stronger one."""
    sheet = (built / "kit.css").read_text()
    dark, paper = sheet.index(':root:not([data-theme="light"]){'), sheet.index("@media print{@page{")
    assert dark < paper, "of two rules of one strength the later wins"
    of_paper = re.search(r"(:root[^{}]*){color-scheme:light;([^{}]*)}", sheet[paper:])
    assert of_paper is not None
    assert of_paper[1] == ":root[data-theme],:root:not([data-theme])", "each is as strong as a rule of a theme"
    light, _system, switched = themes()
    set_on_paper = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3})\b", of_paper[2]))
    assert set(switched) <= set(set_on_paper), "no colour of the dark is left"
    assert set(set_on_paper) <= set(light)


def test_dark_is_the_same_dark_by_system_and_by_switch() -> None:
    _, system, switched = themes()
    assert system == switched


TEXT_PAIRS = [
    *((ink, "ground") for ink in ("ink", "muted", "brand", "danger", "wait", "done", "info")),
    *((ink, "card") for ink in ("ink", "muted", "brand", "danger", "wait", "done", "info")),
    *((tone, f"{tone}-tint") for tone in ("danger", "wait", "done", "info", "brand")),
    *(("ink", tint) for tint in ("sunken", "brand-tint", "danger-tint", "wait-tint", "done-tint", "info-tint")),
    ("muted", "sunken"), ("brand-ink", "brand"), ("header-ink", "header"), ("header-soft", "header"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_what_it_stands_on(theme: int, ink: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_a_control_is_seen_by_its_border(theme: int) -> None:
    tokens = themes()[theme]
    assert contrast(tokens["control"], tokens["card"]) >= 3


def test_the_sheets_know_no_left_and_no_right() -> None:
    """A script from right to left shall need no second sheet."""
    text = re.sub(
        r"/\*.*?\*/", "", "\n".join(path.read_text() for path in (assets.KIT / "css").glob("*.css")), flags=re.S
    )
    edges = r"(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)\b"
    physical = edges + r"|(?<![\w-])(?:left|right|width|height|float)\s*:\s*[^;]*"
    found = [hit for hit in re.findall(physical, text) if not hit.startswith("float: inline")]
    assert found == []


# --- templates -----------------------------------------------------------------------------------------------------
KIT_TEMPLATES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", KIT_TEMPLATES)
def test_no_template_needs_more_than_a_strict_policy_allows(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert not re.search(r"""\sstyle\s*=|\son\w+\s*=\s*["']|hx-on|javascript:|<style""", source)
    assert not re.search(r"""hx-(?:vals|headers)\s*=\s*["']\s*js:""", source)
    assert not [script for script in re.findall(r"<script\b([^>]*)>", source) if "src=" not in script]
    assert not re.search(r"""(?:src|href)=["']https?://""", source), "nobody else's files"


@pytest.mark.parametrize("name", KIT_TEMPLATES)
def test_every_template_names_icons_that_exist(name: str) -> None:
    used = set(re.findall(r"""{% icon ["']([\w-]+)["']""", (TEMPLATES / name).read_text()))
    used |= set(re.findall(r"""\bicon=["']([\w-]+)["']""", (TEMPLATES / name).read_text()))
    assert used <= set(ICONS)


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[HttpResponse, set[str]]]:
    names: set[str] = set()
    monkeypatch.setattr(Template, "_render", instrumented_test_render)

    def note(template: Template, **_: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    try:
        yield styleguide.sheet(RequestFactory().get("/styleguide/")), names
    finally:
        template_rendered.disconnect(note)


def test_the_style_guide_shows_every_component(guide: tuple[HttpResponse, set[str]]) -> None:
    _, names = guide
    # Django's messages come by another road, and what somebody was writing asks the database.
    elsewhere = {"components/message.html", "components/typing_offer.html"}
    components = {name for name in KIT_TEMPLATES if name.startswith("components/")} - elsewhere
    assert components - names == set()


def test_the_style_guide_has_one_heading_and_no_id_twice(guide: tuple[HttpResponse, set[str]]) -> None:
    page = Elements(guide[0].content.decode())
    assert [tag for tag, _ in page.all].count("h1") == 1
    assert len(page.ids()) == len(set(page.ids()))
    references = [
        attrs[kind] for _, attrs in page.all for kind in ("aria-labelledby", "aria-describedby") if attrs.get(kind)
    ]
    assert references
    assert {target for reference in references for target in (reference or "").split()} <= set(page.ids())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500", "503"])
def test_an_error_page_needs_no_person_and_no_database(name: str) -> None:
    page = get_template(f"{name}.html").render({}, RequestFactory().get("/cases/48273162/"))
    assert "<h1>" in page
    assert page == get_template(f"{name}.html").render({}, RequestFactory().get("/cases/35308297/"))
    assert page == get_template(f"{name}.html").render(), "Django renders 500 without a request"


def test_a_guard_says_its_sentence_and_the_way_on() -> None:
    page = get_template("409.html").render(
        {"reason": "The consent has ended.", "action": {"url": "/ask/", "label": "Ask the person"}}
    )
    assert "The consent has ended." in page
    assert 'href="/ask/"' in page


# --- words ---------------------------------------------------------------------------------------------------------
def test_a_code_stands_in_two_groups_and_other_things_stay() -> None:
    assert draw("{{ c|grouped }}", c="48273162") == "4827\xa03162"
    assert draw("{{ c|code }}", c="4827 3162") == '<span class="code">4827\xa03162</span>'
    assert draw("{{ c|code }}", c=HOSTILE) == '<span class="code">&lt;b onmouseover=&quot;x&quot;&gt;&amp;</span>'
    assert draw("{{ c|grouped }}", c=None) == ""


@pytest.mark.parametrize(
    "source",
    [
        "{% tag bad %}",
        "{% state bad bad %}",
        "{% button bad href=bad extra=bad key=bad %}",
        "{% button bad name=bad value=bad %}",
        "{% card title=bad count=bad meta=bad %}{{ bad }}{% endcard %}",
        "{% fold title=bad %}{{ bad }}{% endfold %}",
        "{% item what=bad sub=bad when=bad href=bad tag=bad %}",
        "{% page_head title=bad sub=bad over=bad action_label=bad action_url=bad %}",
        "{% sealed name=bad holds=bad who=bad url=bad label=bad %}",
        "{% facts pairs %}",
        "{% empty title=bad text=bad href=bad action=bad %}",
        "{% undo_banner text=bad url=bad %}",
        "{% timeline events %}",
        "{% case_strip code=bad facts=bad %}",
        "{% table columns rows caption=bad %}",
    ],
)
def test_whatever_is_written_into_a_component_stays_text(source: str) -> None:
    page = draw(
        source,
        bad=HOSTILE,
        pairs=[(HOSTILE, HOSTILE)],
        events=[{"what": HOSTILE, "when": HOSTILE, "by": HOSTILE}],
        columns=[{"label": HOSTILE}],
        rows=[[{"text": HOSTILE, "href": HOSTILE}]],
    )
    assert HOSTILE.split("&", maxsplit=1)[0] not in page
    assert "onmouseover=&quot;x&quot;" in page


def test_a_number_that_the_way_back_says_already_stands_above_the_heading_on_paper_alone() -> None:
    """Red before: "4530 9235" stood twice, one under the other. A printed page has no way back."""
    head = '{% page_head "A page" over=code|code %}'
    number = {"url": "/", "label": grouped("48273162")}
    assert '<small class="paper"><span class="code">4827' in draw(head, code="48273162", back=number)
    for other in ({"url": "/", "label": "Cases"}, None):
        assert '<small><span class="code">4827' in draw(head, code="48273162", back=other)


def test_an_unknown_icon_or_tone_is_a_mistake_of_the_page() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon"):
        draw('{% icon "handcuffs" %}')
    with pytest.raises(TemplateSyntaxError, match="no tone"):
        draw('{% tag "x" tone="red" %}')


def test_times_are_said_as_people_say_them() -> None:
    assert moments.moment(NOW - timedelta(hours=2), NOW) == "today 12:05"
    assert moments.moment(NOW - timedelta(hours=15), NOW) == "yesterday 23:05"
    assert moments.moment(NOW + timedelta(hours=10), NOW) == "tomorrow 00:05"
    assert moments.moment(NOW - timedelta(days=5), NOW) == "20 November 14:05"
    assert moments.moment(NOW - timedelta(days=400), NOW).endswith("October 2025 14:05")


def test_a_target_says_by_before_and_since_after() -> None:
    assert moments.target(NOW + timedelta(hours=2), NOW) == "by 16:05"
    assert moments.target(NOW + timedelta(hours=20), NOW) == "by tomorrow 10:05"
    assert moments.target(NOW + timedelta(days=3), NOW) == "by 28 November 14:05"
    assert moments.target(NOW, NOW) == "late since 14:05"
    assert moments.target(NOW - timedelta(days=1), NOW) == "late since yesterday 14:05"
    night = NOW - timedelta(hours=11)  # woken at 03:05 on Wednesday, "tomorrow" is this very morning
    assert moments.target(night + timedelta(hours=29), night) == "by Thursday 08:05"
    assert moments.moment(night + timedelta(hours=29), night) == "Thursday 08:05"
    assert moments.moment(night + timedelta(hours=5), night) == "today 08:05"


def test_red_begins_when_the_target_has_passed_and_not_before() -> None:
    soon, gone = NOW + timedelta(minutes=30), NOW - timedelta(seconds=1)
    assert "late" not in re.sub(
        r'data-late="[^"]*"', "", draw("{% due at=at start=start %}", at=soon, start=NOW - timedelta(minutes=90))
    )
    assert 'value="75"' in draw("{% due at=at start=start %}", at=soon, start=NOW - timedelta(minutes=90))
    assert 'class="t-late"' in draw("{% due at=at %}", at=gone)
    assert draw("{% due at=at %}", at=None) == ""


def test_the_operation_of_a_page_is_kept_after_an_error_and_new_otherwise() -> None:
    assert 'value="kept"' in draw("{% operation %}", operation="kept")
    assert draw("{% operation %}") != draw("{% operation %}")
