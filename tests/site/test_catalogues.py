"""The translations' pipeline: what it finds is what Django looks up, and what it must refuse it refuses."""

import csv
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.template import Context, Template
from django.utils import translation

from hamkori.site.catalogues import check, counts, merge, sheet, sources
from hamkori.site.catalogues.sources import Key

PAGE = """{% load i18n %}
{# Translators: over the list of late answers #}
{% translate "Answers that are late" %}
{% translate 'May' context "month" %}
{% translate "100% sure" %}
{% blocktranslate trimmed count days=days %}
  one day left for {{ body }}
{% plural %}
  {{ days }} days left for {{ body }}
{% endblocktranslate %}
{{ empty|default:_("Nothing here") }}
{% comment %}{% translate "Never said" %}{% endcomment %}
"""
CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
a = _("Case")
b = ngettext("%(n)s case", "%(n)s cases", n)
c = pgettext("verb", "Open")
d = f"not {a} text"
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house of one room that speaks."""
    room = tmp_path / "casework"
    (room / "templates").mkdir(parents=True)
    (room / "templates" / "page.html").write_text(PAGE)
    (room / "words.py").write_text(CODE)
    for module in (sources, merge, check, counts):
        monkeypatch.setattr(module, "HOUSE", tmp_path)
    return tmp_path


def fill(house: Path, **answers: dict[Key, tuple[str, ...]]) -> None:
    for language, said in answers.items():
        merge.write(house / "casework", language, sources.sources(house / "casework"), said)


def test_finds_all_that_is_said_and_nothing_else(house: Path) -> None:
    found = sources.sources(house / "casework")
    assert {(key.context, key.text, source.plural) for key, source in found.items()} == {
        (None, "Answers that are late", None),
        ("month", "May", None),
        (None, "100%% sure", None),
        (None, "one day left for %(body)s", "%(days)s days left for %(body)s"),
        (None, "Nothing here", None),
        (None, "Case", None),
        (None, "%(n)s case", "%(n)s cases"),
        ("verb", "Open", None),
    }
    assert found[Key("Answers that are late")].notes == ["Translators: over the list of late answers"]


def test_django_looks_up_what_was_found(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue that we write and compile is the one that a template reads, plurals and per cent signs included."""
    plural = Key("one day left for %(body)s")
    said = {
        Key("Answers that are late"): ("Ответы с опозданием",),
        Key("May", "month"): ("Май",),
        Key("100%% sure"): ("100%% точно",),
        plural: ("%(days)s день для %(body)s", "%(days)s дня для %(body)s", "%(days)s дней для %(body)s"),
    }
    fill(house, ru=said)
    assert merge.compile_all() == 1
    assert merge.compile_all() == 0, "nothing is newer than what is compiled"
    page = Template(PAGE)
    monkeypatch.setattr("django.conf.settings.LOCALE_PATHS", [house / "casework" / "locale"])
    monkeypatch.setattr("django.utils.translation.trans_real._translations", {})
    with translation.override("ru"):
        pages = {days: page.render(Context({"days": days, "body": "Паноҳ"})) for days in (1, 3, 5, 21)}
    monkeypatch.undo()
    translation.trans_real._translations.clear()
    for days, form in {1: "1 день", 3: "3 дня", 5: "5 дней", 21: "21 день"}.items():
        assert f"{form} для Паноҳ" in pages[days]
    assert "Май" in pages[1]
    assert "100% точно" in pages[1]


def test_an_update_keeps_what_was_said_and_drops_what_nobody_says(house: Path) -> None:
    merge.update()
    fill(house, fr={Key("Case"): ("Dossier",), Key("Nothing here"): ("Rien ici",)})
    (house / "casework" / "templates" / "page.html").unlink()
    assert [path.parent.parent.name for path in merge.update()] == ["tg", "ru", "fr"]
    kept = merge.messages_of(merge.read(house / "casework", "fr"))
    assert merge.forms_of(kept[Key("Case")]) == ("Dossier",)
    assert Key("Nothing here") not in kept
    assert merge.update() == [], "a second update changes nothing"


def test_a_room_learns_from_its_neighbour(house: Path) -> None:
    fill(house, tg={Key("Case"): ("Парванда",)})
    (house / "people").mkdir()
    (house / "people" / "words.py").write_text('a = _("Case")\n')
    merge.update()
    assert merge.forms_of(merge.messages_of(merge.read(house / "people", "tg"))[Key("Case")]) == ("Парванда",)


def test_the_check_names_what_is_missing_stale_or_out_of_step(house: Path) -> None:
    merge.update()
    assert sum("not translated" in finding for finding in check.check()) == 8 * 3
    (house / "casework" / "words.py").write_text('a = _("A new sentence")\n')
    findings = check.check()
    assert any("'A new sentence': not in the catalogue" in finding for finding in findings)
    assert any("'Case': nobody says this any more" in finding for finding in findings)


@pytest.mark.parametrize(
    ("language", "english", "said", "fault"),
    [
        ("ru", "Late: %(n)s", "Опоздания: %(m)s", "placeholders differ"),
        ("ru", "It is now {state}.", "Сейчас {State}.", "placeholders differ"),
        ("fr", "Read <b>this</b>", "Lisez ceci", "tags differ"),
        ("fr", "Send the referral", "Send the referral", "equal to English"),
        ("tg", "Reason", "Caбаб", "Latin inside a Cyrillic word"),
        ("tg", "Reason", "", "not translated"),
        ("ru", ("%(n)s day", "%(n)s days"), ("%(n)s день", "", "%(n)s дней"), "a plural form is empty"),
        ("ru", ("one day", "%(n)s days"), ("один день", "%(n)s дня", "%(n)s дней"), "placeholders differ"),
    ],
)
def test_a_fault_is_named(language: str, english: object, said: object, fault: str) -> None:
    assert any(fault in found for found in check.faults(language, Message(english, said)))


@pytest.mark.parametrize(
    ("language", "english", "said"),
    [
        ("tg", "Reason", "Сабаб"),
        ("tg", ("one day", "%(n)s days"), ("як рӯз", "%(n)s рӯз")),
        ("ru", "%(a)s: %(b)s", "%(a)s: %(b)s"),
        ("fr", "Services", "Services"),
        ("tg", "Send by SMS", "Бо SMS фиристед"),
        ("tg", "<a>Open</a> CSV", "<a>Кушодани</a> CSV"),
    ],
)
def test_a_sound_translation_has_no_fault(language: str, english: object, said: object) -> None:
    assert list(check.faults(language, Message(english, said))) == []


def test_a_date_format_may_mix_its_letters() -> None:
    assert list(check.faults("tg", Message("j E Y", "j Eи соли Y", context="date format"))) == []


def test_tajik_must_be_tajik(house: Path) -> None:
    (house / "casework" / "words.py").write_text('a = _("Where he lives")\n')
    (house / "casework" / "templates" / "page.html").unlink()
    key = Key("Where he lives")
    fill(house, tg={key: ("Где он живет",)}, ru={key: ("Где он живет",)}, fr={key: ("Où il habite",)})
    findings = check.check()
    assert any("Tajik equal to Russian" in finding for finding in findings)
    assert any("0.0% of the letters" in finding for finding in findings)
    fill(house, tg={key: ("Ҷои зисти ӯ",)})
    assert check.check() == []


def test_one_text_is_said_in_one_way(house: Path) -> None:
    (house / "people").mkdir()
    (house / "people" / "words.py").write_text('a = _("Case")\n')
    fill(house, fr={Key("Case"): ("Dossier",)})
    merge.write(house / "people", "fr", sources.sources(house / "people"), {Key("Case"): ("Cas",)})
    assert any("said otherwise in casework" in finding for finding in check.check())


def test_a_translators_sheet_comes_back(house: Path, tmp_path: Path) -> None:
    merge.update()
    out = io.StringIO()
    assert sheet.missing(out) == 8
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    for row in rows:
        if row["english"] == "%(n)s case":
            row["ru"] = "%(n)s дело || %(n)s дела || %(n)s дел"
        if row["english"] == "Case":
            row["tg"] = "Парванда"
    file = tmp_path / "sheet.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, sheet.HEAD)
        writer.writeheader()
        writer.writerows(rows)
    assert sheet.fill(file) == 2
    russian = merge.messages_of(merge.read(house / "casework", "ru"))
    assert merge.forms_of(russian[Key("%(n)s case")]) == ("%(n)s дело", "%(n)s дела", "%(n)s дел")
    assert merge.forms_of(merge.messages_of(merge.read(house / "casework", "tg"))[Key("Case")]) == ("Парванда",)


def test_an_area_of_pages_has_a_catalogue_of_its_own_with_its_templates(house: Path) -> None:
    web = house / "web"
    for place, text in {
        "desk/urls.py": '_("At the desk")',
        "templates/desk/inbox.html": '{% load i18n %}{% translate "Inbox" %}',
        "words/card.py": '_("Card")',
        "templates/shell.html": '{% load i18n %}{% translate "Places" %}',
    }.items():
        (web / place).parent.mkdir(parents=True, exist_ok=True)
        (web / place).write_text(text)
    assert {key.text for key in sources.sources(web / "desk")} == {"At the desk", "Inbox"}
    assert {key.text for key in sources.sources(web)} == {"Card", "Places"}
    assert [row.room for row in counts.counts()] == ["casework", "web", "web/desk"]


def test_counts_what_is_written_and_not_what_is_begun(house: Path) -> None:
    """A text with one of its plural forms empty is not written."""
    said = {
        Key("Case"): ("Парванда",),
        Key("%(n)s case"): ("%(n)s парванда", ""),
        Key("Nobody says this"): ("Ин гуфта намешавад",),
    }
    fill(house, tg=said)
    (row,) = counts.counts()
    assert (row.room, row.texts, row.written) == ("casework", 8, {"tg": 1, "ru": 0, "fr": 0})
    assert list(counts.table([row]))[-1] == "| **all** | 8 | 1 | 0 | 0 |"
