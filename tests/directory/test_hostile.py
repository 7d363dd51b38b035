"""Packages that want to harm: too large, too deep, linked, mistyped, disguised. All are refused in words."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from hamkori.directory.importing import limits
from hamkori.directory.importing.limits import Refused
from hamkori.directory.importing.values import SENTENCES
from hamkori.directory.models import Service
from hamkori.people.models import Organisation
from tests.database import god
from tests.directory.packages import SUGHD, attributes, body, ident, phone, service, write
from tests.directory.taken import take, whats

pytestmark = pytest.mark.django_db


def nothing_written() -> bool:
    with god():
        return not Organisation.objects.exists() and not Service.objects.exists()


def good(**more: Any) -> dict[str, Any]:
    """The smallest package that comes in without a problem."""
    return {
        "organizations": [body("Умед", "ngo", "TJ-KT")],
        "services": [service("ҳуқуқ", "Умед", "LEGAL-01")],
        **more,
    }


def test_the_good_package_is_good(tmp_path: Path) -> None:
    """Else every refusal below would prove nothing."""
    report = take(write(tmp_path / "a", **good()))
    assert (whats(report), report.counts["services_new"]) == ([], 1)


# --- the package as a whole ---------------------------------------------------------------------------------------


def test_no_folder_and_no_json(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no folder"):
        take(tmp_path / "nowhere")
    with pytest.raises(Refused, match="no folder"):
        take(SUGHD / "organizations.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="no JSON"):
        take(tmp_path / "empty")


def test_a_tabular_package_gets_a_clear_sentence(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", datapackage={"name": "x"}, **good())
    with pytest.raises(Refused, match="tabular data package"):
        take(folder)
    (folder / "datapackage.json").unlink()
    for name in ("organizations.json", "services.json"):
        (folder / name).unlink()
    (folder / "services.csv").write_text("id\n")
    with pytest.raises(Refused, match="CSV files and no JSON"):
        take(folder)


def test_a_link_to_a_file_elsewhere(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    (folder / "phones.json").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match=r"phones.json is a link"):
        take(folder)


def test_a_link_to_a_folder_elsewhere(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    (folder / "more").symlink_to("/", target_is_directory=True)
    with pytest.raises(Refused, match="is a link"):
        take(folder)
    assert nothing_written()


def test_a_pipe_does_not_make_it_wait(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    os.mkfifo(folder / "phones.json")
    with pytest.raises(Refused, match="no ordinary file"):
        take(folder)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    with (folder / "phones.json").open("wb") as stream:
        stream.truncate(limits.FILE_BYTES + 1)
    with pytest.raises(Refused, match="larger than 8 MB"):
        take(folder)


def test_many_files_that_are_too_large_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    for number in range(limits.TOTAL_BYTES // limits.FILE_BYTES + 1):
        with (folder / f"phones-{number}.json").open("wb") as stream:
            stream.truncate(limits.FILE_BYTES)
    with pytest.raises(Refused, match="package is larger"):
        take(folder)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES", 2)
    with pytest.raises(Refused, match="more than 2 files"):
        take(write(tmp_path / "a", phones=[], **good()))


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 3)
    with pytest.raises(Refused, match="more than 3 rows"):
        take(write(tmp_path / "a", **good()))
    assert nothing_written()


def test_folders_in_folders(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", **good())
    (folder / "b/c/d/e/f").mkdir(parents=True)
    with pytest.raises(Refused, match="too deep"):
        take(folder)


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"[" * 30 + b"]" * 30,
        b'[{"id":' + b"[" * 30 + b"]" * 30 + b"}]",
    ],
    ids=["open", "closed", "objects", "just over", "inside a field"],
)
def test_nesting(bomb: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too deep"):
        take(write(tmp_path / "a", phones=bomb, **good()))
    assert nothing_written()


@pytest.mark.parametrize("bomb", [b"[" + b"[]," * 400_000 + b"[]]", b"[" + b"1," * 1_100_000 + b"1]"])
def test_a_crowd_of_small_values(bomb: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too many values"):
        take(write(tmp_path / "a", phones=bomb, **good()))


# --- files that are no JSON ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "unreadable"),
        (b"<html>", "unreadable"),
        (b"\xff\xfe[\x00]\x00", "unreadable"),
        (b"[NaN]", "unreadable"),
        (b"[Infinity]", "unreadable"),
        (b"[" + b"9" * 5000 + b"]", "unreadable"),
        (b'[{"id": 1, "id": 2}]', "twice_a_key"),
        (b"[1, null, [], true]", "no_object"),
        (b'"text"', "no_object"),
    ],
)
def test_a_broken_file_is_a_problem_and_the_others_come_in(content: bytes, what: str, tmp_path: Path) -> None:
    report = take(write(tmp_path / "a", phones=content, **good()))
    assert {problem.what for problem in report.problems.kept} == {what}
    assert report.problems.kept[0].file == "phones.json"
    assert report.counts["services_new"] == 1
    assert report.has_broken_files == (what != "no_object")


def test_a_package_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Nothing in this folder could be read"):
        take(write(tmp_path / "a", services=b"[{"))
    with pytest.raises(Refused, match="Nothing in this folder could be read"):
        take(write(tmp_path / "b", recipes=[{"a": 1}]))


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1), (None, 1)])
def test_the_command_says_its_source_and_fails_for_a_broken_file(
    broken: bool | None, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"organizations": [body("Маркази нав")]} if broken is None else good()
    folder = write(tmp_path / "From Sughd", **files, **({"phones": b"<html>"} if broken else {}))
    with god(), pytest.raises(SystemExit) as end:
        call_command("import_directory", str(folder))
    assert end.value.code == code
    assert "Source: from-sughd." in capsys.readouterr().out


def test_a_file_of_another_name_is_said(tmp_path: Path) -> None:
    report = take(write(tmp_path / "a", recipes=[{"a": 1}], **good()))
    assert [(problem.file, problem.what) for problem in report.problems.kept] == [("recipes.json", "not_hsds")]


# --- rows ---------------------------------------------------------------------------------------------------------

BAD_ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"id": None}, "service.id", "missing"),
    ({"id": 7}, "service.id", "no_uuid"),
    ({"id": "../../etc/passwd"}, "service.id", "no_uuid"),
    ({"id": "{" + ident("ҳуқуқ") + "}"}, "service.id", "no_uuid"),
    ({"name": None}, "service.name", "missing"),
    ({"name": "   "}, "service.name", "missing"),
    ({"name": ["a"]}, "service.name", "no_text"),
    ({"name": {"a": 1}}, "service.name", "no_text"),
    ({"name": "a" * 201}, "service.name", "too_long"),
    ({"name": "a\x00b"}, "service.name", "invisible"),
    ({"name": "a\x1b[2Jb"}, "service.name", "invisible"),
    ({"name": "\u202eevil"}, "service.name", "invisible"),
    ({"name": "\u2066evil\u2069"}, "service.name", "invisible"),
    ({"name": "zero\u200bwidth"}, "service.name", "invisible"),
    ({"name": "\ud800"}, "service.name", "invisible"),
    ({"name": "<script>alert(1)</script>"}, "service.name", "markup"),
    ({"name": "<img src=x onerror=alert(1)>"}, "service.name", "markup"),
    ({"description": 5}, "service.description", "no_text"),
    ({"description": "a" * 4001}, "service.description", "too_long"),
    ({"description": "a\u202eb"}, "service.description", "invisible"),
    ({"status": "ACTIVE!"}, "service.status", "no_choice"),
    ({"status": True}, "service.status", "no_text"),
    ({"status": None}, "service.status", "missing"),
    ({"minimum_age": "12"}, "service.minimum_age", "no_number"),
    ({"minimum_age": True}, "service.minimum_age", "no_number"),
    ({"minimum_age": -1}, "service.minimum_age", "no_number"),
    ({"maximum_age": 1e300}, "service.maximum_age", "no_number"),
    ({"organization_id": ident("nobody")}, "organization_id", "dangling"),
    ({"organization_id": "nobody"}, "service.organization_id", "no_uuid"),
]


@pytest.mark.parametrize(("change", "field", "what"), BAD_ROWS)
def test_a_mistyped_service_is_refused_by_row(change: dict[str, Any], field: str, what: str, tmp_path: Path) -> None:
    bad = {**service("равон", "Умед", "MHPSS-01"), **change}
    files = good()
    files["services"].append(bad)
    report = take(write(tmp_path / "a", **files))
    assert (field, what) in whats(report)
    with god():
        assert list(Service.objects.values_list("service_code", flat=True)) == ["LEGAL-01"]


BAD_PARTS: list[tuple[dict[str, Any], str, str]] = [
    ({"phones": [{"id": ident("p"), "number": "call me"}]}, "phone.number", "no_telephone"),
    ({"phones": [{"id": ident("p"), "number": 992}]}, "phone.number", "no_text"),
    ({"phones": [{"number": "123456"}]}, "phone.id", "missing"),
    ({"phones": ["123456"]}, "phones", "no_object"),
    ({"phones": "123456"}, "service.phones", "no_list"),
    ({"languages": [{"id": ident("l"), "name": "Klingonese"}]}, "service.languages", "no_language"),
    ({"service_areas": [{"id": ident("s"), "name": "Everywhere"}]}, "service_area.name", "no_area"),
    (
        {"schedules": [{"id": ident("s"), "freq": "WEEKLY", "byday": "MO", "opens_at": "8", "closes_at": "17:00"}]},
        "schedule.opens_at",
        "no_week",
    ),
    (
        {"schedules": [{"id": ident("s"), "byday": "XX", "opens_at": "08:00", "closes_at": "17:00"}]},
        "schedule.byday",
        "no_week",
    ),
    (
        {"schedules": [{"id": ident("s"), "byday": "MO", "opens_at": "25:00", "closes_at": "17:00"}]},
        "schedule.opens_at",
        "no_week",
    ),
    (
        {"schedules": [{"id": ident("s"), "byday": "MO", "interval": 2, "opens_at": "08:00", "closes_at": "17:00"}]},
        "schedule.interval",
        "no_week",
    ),
]


@pytest.mark.parametrize(("change", "field", "what"), BAD_PARTS)
def test_a_bad_part_is_left_out_and_its_service_comes_in(
    change: dict[str, Any], field: str, what: str, tmp_path: Path
) -> None:
    files = good()
    files["services"][0].update(change)
    report = take(write(tmp_path / "a", **files))
    assert whats(report) == [(field, what)]
    assert report.counts["services_new"] == 1
    with god():
        made = Service.objects.get()
        assert not hasattr(made, "contact")
        assert not made.hours.exists()
        assert not made.areas.exists()


def test_an_id_that_comes_twice_with_other_content(tmp_path: Path) -> None:
    files = good()
    files["services"].append({**service("ҳуқуқ", "Умед", "LEGAL-01"), "name": "another"})
    report = take(write(tmp_path / "a", **files))
    assert whats(report) == [("service", "doubled")]
    with god():
        assert Service.objects.get().name_tg == "ҳуқуқ"


def test_an_id_that_comes_twice_with_the_same_content_is_one_row(tmp_path: Path) -> None:
    files = good(service_copy=[service("ҳуқуқ", "Умед", "LEGAL-01")])
    assert whats(take(write(tmp_path / "a", **files))) == []


def test_rows_that_point_to_nothing_or_in_a_circle(tmp_path: Path) -> None:
    files = good(
        phones=[{**phone("a", "2 22 22 22"), "service_id": ident("nothing")}],
        service_at_locations=[{"id": ident("at"), "service_id": ident("ҳуқуқ"), "location_id": ident("nothing")}],
    )
    circle = {"id": ident("ring"), "name": "ring"}
    circle["services"] = [{"id": ident("in"), "name": "in", "status": "active", "organization": {**circle}}]
    files["organization_ring"] = circle
    report = take(write(tmp_path / "a", **files))
    assert sorted(whats(report)) == sorted(
        [
            ("location_id", "dangling"),
            ("organization", "no_body_type"),
            ("service.organization_id", "dangling"),
            ("service_id", "dangling"),
        ]
    )


def test_html_becomes_words_and_no_script_comes_in(tmp_path: Path) -> None:
    files = good()
    files["services"][0]["description"] = (
        "<p onclick=alert(1)>Машварат &amp; <b>кумак</b></p><script>alert(2)</script><style>*{}</style>&#x202e;"
    )
    take(write(tmp_path / "a", **files))
    with god():
        assert Service.objects.get().text_tg == "Машварат & кумак"


def test_a_query_in_a_name_is_a_name(tmp_path: Path) -> None:
    files = good()
    files["services"][0]["name"] = "'); drop table service; -- %s %(x)s {0}"
    take(write(tmp_path / "a", **files))
    with god():
        assert Service.objects.get().name_tg == "'); drop table service; -- %s %(x)s {0}"


def test_the_table_of_problems_repeats_no_value_and_moves_no_cursor(tmp_path: Path) -> None:
    files = good()
    files["services"].append({**service("равон", "Умед", "MHPSS-01"), "name": "\x1b[31mкӯчаи Пинҳон 3\x1b[0m"})
    folder = write(tmp_path / "a", **files)
    (folder / "phones\x1b[2J\u202e.json").write_text("{")
    lines = "\n".join(take(folder).lines(100))
    assert "Пинҳон" not in lines
    assert "\x1b" not in lines
    assert "\u202e" not in lines
    assert SENTENCES["invisible"] in lines


def test_a_flood_of_problems_is_counted_not_kept(tmp_path: Path) -> None:
    report = take(write(tmp_path / "a", phones=[{"id": "x"}] * 5000, **good()))
    assert report.problems.count == 5000
    assert len(report.problems.kept) == limits.PROBLEMS_KEPT
    assert "... and 4990 more" in list(report.lines(10))


def test_a_list_with_too_many_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHILDREN", 2)
    files = good()
    files["services"][0]["phones"] = [phone(str(n), "2 22 22 22") for n in range(3)]
    assert whats(take(write(tmp_path / "a", **files))) == [("service.phones", "too_many")]


def test_an_error_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hamkori.directory.importing import save

    def broken(self: object, pairs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(save.Saving, "_add_parts", broken)
    with pytest.raises(RuntimeError):
        take(write(tmp_path / "a", **good()))
    assert nothing_written()


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    files = good()
    files["services"] = b"\xef\xbb\xbf" + json.dumps(files["services"]).encode()
    assert whats(take(write(tmp_path / "a", **files))) == []


def test_terms_nested_in_terms_are_read_once(tmp_path: Path) -> None:
    row = service("равон", "Умед")
    row["attributes"] = attributes("равон", "MHPSS-01") * 1500
    files = good()
    files["services"].append(row)
    assert take(write(tmp_path / "a", **files)).counts["services_new"] == 2
