"""Tags, marks and alarms: a changed row and an old row put back are nobody's word, and somebody hears of it."""

from __future__ import annotations

import resource
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID, uuid4

import pytest

from hamkori.vault import tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Alarms, Marks, MarksLost, Nameless, create, uuid_of
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust

USER, ORG, BOSS, CASE, ROW = (uuid4() for _ in range(5))
LATER = datetime(2026, 11, 29, tzinfo=UTC)
NAMES = ("Umed", "Умед", "Умед", "Oumed")

ASKED = (ROW, "give", "t1", "tg", "spoken", "", "", False, True, "", "", LATER, BOSS)
ANSWERED = ("police", "help", "yes", frozenset({"contact"}), LATER, False, "", False, "")

FACTS = {
    "post": (tags.post, (ROW, 1, USER, ORG, "Zarina", "social_worker", {"case_worker", "desk_officer"}, BOSS)),
    "org": (tags.organisation, (ORG, 1, "umed", NAMES, "cso", "service", True)),
    "invite": (tags.invitation, (b"h" * 32, ORG, "z@example.org", "Zarina", "lawyer", {"case_worker"}, None, LATER)),
    "key": (tags.person_key, (USER, 1, b"p" * 32)),
    "bodykey": (tags.body_key, (ORG, "desk", 1, b"p" * 32)),
    "epoch": (tags.epoch, (CASE, "contact", 1, b"c" * 32)),
    "team": (tags.team, (ROW, CASE, uuid4(), USER, "member", {"contact", "needs"}, {"contact"})),
    "part": (tags.part, (ROW, uuid4(), uuid4(), USER, {"contact"})),
    "consent": (tags.consent, (CASE, 1, ASKED, {ANSWERED}, {ORG})),
}


def other(value: object) -> object:
    """Something else of the same sort."""
    changed: dict[type, Callable[[Any], object]] = {
        UUID: lambda _id: uuid4(),
        bool: lambda one: not one,
        int: lambda one: one + 1,
        bytes: lambda one: one[:-1] + b"x",
        str: lambda one: one + "x",
        tuple: lambda one: (*one[:-1], other(one[-1])),
        datetime: lambda one: one.replace(minute=1),
        set: lambda one: {*one, other(next(iter(one)))},
        type(None): lambda _nobody: uuid4(),
    }
    return changed[type(value)](value)


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    create(tmp_path / "marks")
    return Trust(Keyring.fresh("test"), Marks(tmp_path / "marks"), Alarms(tmp_path / "alarms"))


@pytest.mark.parametrize("kind", FACTS)
def test_a_tag_holds_for_the_whole_fact_and_for_no_other(kind: str, trust: Trust) -> None:
    build, parts = FACTS[kind]
    fact = build(*parts)
    tag = trust.tag(fact)

    assert fact.kind == kind
    assert trust.holds(build(*parts), tag)
    for at, value in enumerate(parts):
        changed = build(*parts[:at], other(value), *parts[at + 1 :])
        assert not trust.holds(changed, tag), f"part {at} of {kind} is not covered"
    for bad in (None, b"", tag[:-1], tag[2:], b"\0\0" + tag[2:], b"\0\x09" + tag[2:]):
        assert not trust.holds(fact, bad)


def test_nobody_vouches_for_a_fact_of_nobodys(trust: Trust) -> None:
    """The database has answered something in a type that is none: a mismatch and no fault of ours."""
    with pytest.raises(Untrusted):
        trust.tag(tags.nobodys("consent"))


def test_no_two_kinds_share_a_tag(trust: Trust) -> None:
    made = [build(*parts) for build, parts in FACTS.values()]
    for one in made:
        assert [other.kind for other in made if trust.holds(other, trust.tag(one))] == [one.kind]


def test_an_old_row_put_back_does_not_count(trust: Trust) -> None:
    build, parts = FACTS["post"]
    old = build(*parts)
    trust.marks.raise_to("post", ROW, 2)

    assert not trust.holds(old, trust.tag(old))
    new = build(ROW, trust.next_number("post", ROW, 1), *parts[2:])
    assert (new.number, trust.holds(new, trust.tag(new))) == (3, True)
    with pytest.raises(Untrusted) as refused:
        trust.require(old, trust.tag(old))
    assert (refused.value.what, refused.value.row) == ("post", ROW.hex)


@pytest.mark.parametrize("kind", ["team", "part"])
def test_who_was_released_is_gone_whatever_her_row_is_called(kind: str, trust: Trust) -> None:
    build, parts = FACTS[kind]
    where, member = parts[1:3]
    rows = [ROW, *(tags.dated(moment) for moment in (999, 1000, 2**48 - 1))]
    facts = [build(row, *parts[1:]) for row in rows]
    elsewhere, somebody = (build(ROW, uuid4(), *parts[2:]), build(ROW, where, uuid4(), *parts[3:]))

    assert [tags.dated_at(row) for row in rows] == [0, 999, 1000, 2**48 - 1]
    assert all(trust.holds(fact, trust.tag(fact)) for fact in facts)
    trust.marks.raise_to(tags.GONE, tags.place(where, member), 1000)
    assert [trust.holds(fact, trust.tag(fact)) for fact in facts] == [False, False, True, True]
    assert trust.holds(elsewhere, trust.tag(elsewhere))
    assert trust.holds(somebody, trust.tag(somebody))


def test_an_id_that_says_its_time_is_like_no_other_of_that_time() -> None:
    made = {tags.dated(1000) for _ in range(100)}
    assert len(made) == 100
    assert {(one.version, one.variant) for one in made} == {(tags.DATED, RFC_4122)}


def test_a_list_leaves_it_out_and_raises_the_alarm(trust: Trust) -> None:
    build, parts = FACTS["team"]
    fact = build(*parts)
    assert trust.believes(fact, trust.tag(fact))
    assert trust.alarms.since(datetime.min.replace(tzinfo=UTC)) == []
    assert not trust.believes(fact, b"")
    assert [one[1:] for one in trust.alarms.since(datetime.min.replace(tzinfo=UTC))] == [("team", ROW.hex)]


def test_a_mark_that_was_made_between_reading_and_asking_is_no_alarm(trust: Trust) -> None:
    build, parts = FACTS["post"]

    def row(number: int) -> tuple[Fact, bytes]:
        fact = build(ROW, number, *parts[2:])
        return fact, trust.tag(fact)

    reads = iter([row(1), row(2)])
    trust.marks.raise_to("post", ROW, 2)
    assert trust.sure(lambda: next(reads)).number == 2
    with pytest.raises(Untrusted):
        trust.sure(lambda: row(1))
    with pytest.raises(Untrusted):
        trust.sure(lambda: (row(2)[0], b""))


# Marks --------------------------------------------------------------------------------------------------------------


def test_marks_only_rise_and_every_process_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "marks"
    create(path)
    one, two = Marks(path), Marks(path)
    one.raise_to("post", ROW, 4)
    two.raise_to("consent", CASE, 1)
    one.raise_to("post", ROW, 3)

    assert (two.least("post", ROW), one.least("consent", CASE), one.least("post", CASE)) == (4, 1, 0)
    assert one.all() == {("post", ROW.hex): 4, ("consent", CASE.hex): 1}
    assert path.read_text() == f"post {ROW.hex} 4\nconsent {CASE.hex} 1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_another_process_is_writing_waits(tmp_path: Path) -> None:
    path = tmp_path / "marks"
    path.write_text(f"post {ROW.hex} 4\npost {ROW.hex} 1")
    marks = Marks(path)
    assert marks.least("post", ROW) == 4
    with path.open("a") as file:
        file.write("2\n")
    assert marks.least("post", ROW) == 12


def test_a_line_that_did_not_fit_on_the_disk_leaves_no_half(tmp_path: Path) -> None:
    """Red on 4f17315: the next mark was glued to the half, and from then on nothing was believed."""
    path = tmp_path / "marks"
    create(path)
    marks = Marks(path)
    marks.raise_to("epoch", "first", 2)
    whole, most = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 9, most[1]))
    try:
        with pytest.raises(OSError, match="No space left on device"):
            marks.raise_to("epoch", "second", 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert path.read_bytes() == whole
    marks.raise_to("epoch", "second", 3)
    assert Marks(path).all() == {("epoch", "first"): 2, ("epoch", "second"): 3}


@pytest.mark.parametrize("half", [b"epoch seco", b"e", b"epoch second 3"])
def test_half_a_line_of_who_died_is_taken_away_by_the_next(tmp_path: Path, half: bytes) -> None:
    path = tmp_path / "marks"
    create(path)
    Marks(path).raise_to("epoch", "first", 2)
    with path.open("ab") as file:
        file.write(half)
    Marks(path).raise_to("epoch", "third", 4)
    assert Marks(path).all() == {("epoch", "first"): 2, ("epoch", "third"): 4}


POST, TEAM = f"post {ROW.hex} 4\n", f"team {CASE.hex} 2\n"


@pytest.mark.parametrize(
    "whole", [POST + TEAM, TEAM + POST, POST + TEAM + f"post {ROW.hex} 9\n"], ids=["same", "order", "more"]
)
def test_a_file_that_was_brought_back_with_all_that_was_known_is_read_from_its_beginning(
    tmp_path: Path, whole: str
) -> None:
    path = tmp_path / "marks"
    path.write_text(POST + TEAM)
    marks = Marks(path)
    assert marks.least("team", CASE) == 2
    for beside in (False, True):
        if beside:
            path.rename(tmp_path / "before")
        path.write_text(whole)
        assert (marks.least("post", ROW), marks.least("team", CASE)) == (9 if "9\n" in whole else 4, 2)


@pytest.mark.parametrize(
    "less",
    [
        "",
        POST,
        TEAM,
        POST + TEAM[:-1],
        POST + TEAM.replace(" 2", " 1"),
        POST + TEAM.replace("team", "part"),
        f"consent {ORG.hex} 7\n" * 9 + POST,
        f"post {ROW.hex} 9\n",
        POST.replace(" 4", " 1") + TEAM + f"epoch {ORG.hex} 1\n",
    ],
    ids=["empty", "last", "first", "half", "lower", "other", "longer", "higher", "lower and longer"],
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_file_that_is_less_than_what_was_read_is_lost(tmp_path: Path, less: str, beside: bool) -> None:
    """Red on d7c4e56: it was read as it stood. In the same place on the disk, or as another file.

    The last one was red on 2d21747, in the same place: only the last line that was read was looked at again.
    """
    path = tmp_path / "marks"
    path.write_text(POST + TEAM)
    marks = Marks(path)
    assert marks.least("team", CASE) == 2
    if beside:
        path.rename(tmp_path / "before")
    path.write_text(less)
    for _ in range(2):
        with pytest.raises(MarksLost):
            marks.least("post", ROW)
    with pytest.raises(MarksLost):
        marks.raise_to("post", ROW, 12)
    assert path.read_text() == less
    path.write_text(POST + TEAM)
    assert (marks.least("post", ROW), marks.least("team", CASE)) == (4, 2), "it was put back"


def test_without_the_file_nothing_is_believed(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "marks")
    for ask in (lambda: marks.least("post", ROW), lambda: marks.raise_to("post", ROW, 1), marks.all):
        with pytest.raises(MarksLost):
            ask()
    (tmp_path / "marks").write_text("post ../../etc 1\n")
    with pytest.raises(MarksLost):
        marks.least("post", ROW)


def test_a_file_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    create(tmp_path / "real")
    (tmp_path / "marks").symlink_to(tmp_path / "real")
    with pytest.raises(MarksLost):
        Marks(tmp_path / "marks").raise_to("post", ROW, 1)
    assert (tmp_path / "real").read_bytes() == b""


@pytest.mark.parametrize("thing", ["two words", "a\nteam b 9", "Capital", ""])
def test_what_is_no_mark_is_not_written(thing: str, tmp_path: Path) -> None:
    create(tmp_path / "marks")
    with pytest.raises(Nameless):
        Marks(tmp_path / "marks").raise_to("post", thing, 1)
    assert (tmp_path / "marks").read_bytes() == b""


# Alarms -------------------------------------------------------------------------------------------------------------


def test_the_same_row_alarms_once_a_minute(tmp_path: Path) -> None:
    now = [0.0]
    alarms = Alarms(tmp_path / "alarms", lambda: now[0])
    raised = [alarms.raise_for("post", ROW, LATER), alarms.raise_for("post", ROW, LATER)]
    raised.append(alarms.raise_for("team", ROW, LATER))
    now[0] = 61.0
    raised.append(alarms.raise_for("post", ROW, LATER))

    assert raised == [True, False, True, True]
    assert alarms.since(LATER) == [(LATER, kind, ROW.hex) for kind in ("post", "team", "post")]
    assert alarms.since(LATER.replace(hour=1)) == []


@pytest.mark.parametrize("line", ["xxx post abc", "2026-11-26T14:00:00 post abc", "no alarm at all", "\0\xff"])
def test_a_line_that_is_no_alarm_hides_none(tmp_path: Path, line: str) -> None:
    """Found red on commit a94f599: whoever looked met a traceback."""
    alarms = Alarms(tmp_path / "alarms")
    alarms.raise_for("post", ROW, LATER)
    with alarms.path.open("a", encoding="latin-1") as file:
        file.write(line + "\n")
    alarms.raise_for("team", ROW, LATER)
    assert [kind for _at, kind, _thing in alarms.since(LATER)] == ["post", "team"]


def test_a_full_disk_stops_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hamkori.vault.marks._append", full)
    assert Alarms(tmp_path / "alarms").raise_for("post", ROW) is True


def test_who_looks_for_alarms_finds_none_where_there_were_none(tmp_path: Path) -> None:
    assert Alarms(tmp_path / "alarms").since(LATER) == []
    (tmp_path / "alarms").write_text("not ours\n")
    assert Alarms(tmp_path / "alarms").since(LATER) == []


def test_each_line_has_a_number_of_its_own_by_which_it_is_read_on(tmp_path: Path) -> None:
    alarms = Alarms(tmp_path / "alarms")
    assert alarms.line_of("post", ROW) is None
    alarms.raise_for("post", ROW, LATER)
    first, end = alarms.read()
    assert [one.line for one in first] == [alarms.line_of("post", ROW)]
    assert alarms.read(end) == ([], end)
    alarms.raise_for("post", ROW, LATER)  # within the minute: the same line
    assert alarms.line_of("post", ROW) == first[0].line
    alarms.raise_for("team", ROW, LATER)
    with alarms.path.open("a") as file:
        file.write(f"{LATER.isoformat()} key {ROW.hex}\n{LATER.isoformat()} key ha")
    found, more = alarms.read(end)
    assert [(one.kind, one.line is None) for one in found] == [("team", False), ("key", True)], "of before: no number"
    assert more == alarms.path.stat().st_size - len(f"{LATER.isoformat()} key ha"), (
        "half a line is read when it is whole"
    )
    alarms.path.write_text("")
    assert alarms.read(more) == ([], 0), "another file: from its beginning"
    alarms.path.unlink()
    assert alarms.read(more) == ([], 0)


@pytest.mark.parametrize(
    ("thing", "known"),
    [(ROW, ROW), (None, None), (ROW.hex, ROW), (f"{ROW.hex}.contact", ROW), ("session_proof", None), ("-", None)],
    ids=["an id", "nothing", "as hex", "with a section", "a row without id", "no row"],
)
def test_what_a_line_names_is_an_id_or_none(thing: UUID | str | None, known: UUID | None) -> None:
    assert uuid_of(thing) == known
