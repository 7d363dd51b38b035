"""`./hamkori tags`: what is adopted, vouched for, counted and made anew, and what a start without marks says."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from hamkori.audit.models import Ledger
from hamkori.people import queries
from hamkori.people.actions import account, posts
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.founding import rename
from hamkori.people.raising import raise_marks
from hamkori.people.totp import new_secret, thing
from hamkori.site.database import startcheck
from hamkori.site.health import pulse
from hamkori.site.launch import tags as launched
from hamkori.site.management.commands import tags as command
from hamkori.site.tags import raising, tagged, tagging
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.vault.marks import Behind
from tests import doors
from tests.attacks import planting
from tests.attacks.planting import as_one_that_has_just_begun, change, committed, sql_as_owner, watched
from tests.database import god
from tests.site.shown import line_of, word_of
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks
# Tables with a tag that these acts leave alone, and why.
LEFT = {
    "consent": "her word is heard, not adopted: she is asked again",
    "two_person": "a question to a second person is asked again, and is over after three days",
}


@pytest.fixture
def said() -> list[str]:
    """What is printed."""
    return []


def names(who: doors.Person) -> list[str]:
    with doors.acting(who) as actor:
        return [one.name for one in queries.colleagues(actor)]


def ledger(action: str) -> list[tuple[str, object]]:
    with god():
        found = Ledger.objects.filter(action_code=action).order_by("id")
        return list(found.values_list("object_kind_code", "object_id"))


def test_every_table_with_a_tag_is_a_kind_here() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "tag" for field in model._meta.local_fields)
    }
    assert tables - LEFT.keys() == {kind.table for kind in tagged.KINDS}


def test_all_that_production_code_made_holds(scene: Scene, said: list[str]) -> None:
    scene.accepted(scene.sent(scene.case()))
    with god():
        assert tagging.look(said.append) == 0
    counts = {line.partition(":")[0]: int(line.split()[1]) for line in said if " hold, 0 do not" in line}
    assert counts.keys() == tagging.BY_NAME.keys()
    assert all(counts[kind] for kind in counts if kind != "invite")


def test_rows_from_before_are_adopted_once_and_printed(scene: Scene, said: list[str]) -> None:
    """Broken off, it goes on; what has ended, and what was changed, is not adopted."""
    tables = [kind.table for kind in tagged.KINDS]
    scene.sent(scene.case())
    for table in tables:
        sql_as_owner(f"update {table} set tag = ''")
    with god(), committed():
        posts.end(doors.house(), scene.manzura.membership_id)
    sql_as_owner("update membership set ended_at = null, suspended_at = null")
    sql_as_owner("update organisation set tag = '\\x01' where slug = 'shelter-kulob'")
    with god():
        assert tagging.adopt(said.append) > 10
        assert tagging.adopt(said.append) == 0
    assert any("Zarina <" in line and "case_worker" in line for line in said)
    assert any(line.startswith("org umed: Umed") for line in said)
    assert not any("Manzura" in line for line in said)
    assert {kind for kind, _id in ledger("tag.adopt")} >= {"org", "post", "key", "bodykey", "team"}
    assert "Farida" in names(scene.zarina)
    assert "Manzura" not in names(scene.zarina)
    with doors.acting(scene.zarina), pytest.raises(Untrusted):
        queries.organisation(scene.shelter)


def run(words: list[str]) -> int:
    """As the launcher calls it."""
    parser = argparse.ArgumentParser()
    launched.configure(parser)
    return command.act(parser.parse_args(words))


def test_two_people_vouch_for_a_row_and_nobody_alone(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """After an honest repair: her name was mended by hand."""
    with god(), committed():
        posts.rename(doors.house(), scene.farida.user_id, "Farida S.")
    change("app_user", scene.farida.user_id, name="Firuza")
    assert "Firuza" not in names(scene.zarina)
    member, two = scene.farida.membership_id, (scene.zarina.email, scene.saida.email)
    word = word_of(member)
    with god():
        for by in ((two[0], two[0]), (two[0], "nobody@example.org"), ("", "")):
            with pytest.raises(tagging.NotVouched, match="Two different people"):
                tagging.vouch("post", member, word, by)
        with pytest.raises(tagging.NotVouched, match="There is no post"):
            tagging.vouch("post", uuid4(), word, two)
        with committed():
            assert tagging.vouch("post", member, word, two).startswith('"Firuza" <')
        with pytest.raises(tagging.AlreadyVouched):
            tagging.vouch("post", member, word, two)
        words = ["vouch", "post", str(member), word, "--by", *two]
        assert run(words) == 0, "red before: 1, which means that there is something to look into"
    assert capsys.readouterr().out == f"Already vouched for: post {member} is believed as it is.\n"
    assert "Firuza" in names(scene.zarina)
    assert server.marks().least("post", member) == 3
    assert ledger("tag.vouch") == [("post", member), *sorted_users(scene)]


def sorted_users(scene: Scene) -> list[tuple[str, object]]:
    """The two rows that say who vouched."""
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "select object_id from ledger where action_code = 'tag.vouch' and object_kind_code = 'user' order by id"
        )
        found = [row[0] for row in cursor.fetchall()]
    assert set(found) == {scene.zarina.user_id, scene.saida.user_id}
    return [("user", one) for one in found]


def test_what_has_ended_is_not_vouched_for(scene: Scene) -> None:
    scene.case()
    (row,) = sql_as_owner("select id from case_access where kind_code = 'lead' limit 1")[0]
    server.marks().raise_to("team", row, 2)
    with god(), pytest.raises(tagging.NotVouched, match="has ended"):
        tagging.vouch("team", row, "0000-0000-0000", (scene.zarina.email, scene.saida.email))
    assert "check word" not in line_of(row)


def test_a_row_whose_number_nobody_gave_is_not_vouched_for_and_can_end(scene: Scene) -> None:
    """Red before: it was vouched for under a number that a press that failed could give once more; and never ended."""
    member, two = scene.farida.membership_id, (scene.zarina.email, scene.saida.email)
    change("membership", member, serial=900)
    with god(), pytest.raises(tagging.NotVouched, match="write the last one back"):
        tagging.vouch("post", member, word_of(member), two)
    with god(), committed():
        posts.suspend(doors.house(), member)
    assert server.marks().least("post", member) == 901
    assert "Farida" not in names(scene.zarina)


def test_a_key_of_the_desk_whose_number_nobody_gave_keeps_nobody_out(scene: Scene) -> None:
    """Red before: none of the desk's officers could sign in."""
    sql_as_owner(
        "update body_key set key_no = 900, ended_at = now() where organisation_id = %s and kind_code = 'desk'",
        scene.shelter,
    )
    with watched() as seen, doors.acting(scene.gulnora) as actor:
        assert ensure_desk_key(actor) is False
    assert any(kind == "bodykey" for kind, _thing in seen.found)


def test_what_no_column_holds_is_one_line_and_the_other_kinds_are_counted(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Red before: a traceback, and nothing of what else does not hold."""
    change("membership", scene.farida.membership_id, function_code="lawyer")
    for table in ("organisation", "body_key"):
        sql_as_owner(f"drop trigger tag_is_of_today on {table}")
        sql_as_owner(f"alter table {table} alter column tag type text using encode(tag, 'hex')")
    parser = argparse.ArgumentParser()
    launched.configure(parser)
    with god():
        assert command.main(parser.parse_args(["status"])) == 1
        told = capsys.readouterr().out.splitlines()
        two = [scene.zarina.email, scene.saida.email]
        with committed():
            vouch = ["vouch", "bodykey", str(scene.shelter), "0000-0000-0000", "--by", *two]
            assert command.main(parser.parse_args(vouch)) == 1
    assert "bodykey: not read to its end, for a row holds what its columns cannot" in told
    assert f"org {scene.shelter}: its tag does not hold" in "\n".join(told)
    assert f"post {scene.farida.membership_id}: its tag does not hold" in "\n".join(told)
    assert capsys.readouterr().err.splitlines()[-1].startswith("hamkori: tags was broken off: the bodykey - is")


def test_what_no_column_holds_is_not_adopted_and_its_kind_is_named_in_one_line(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Red before: a traceback; then a line that named no kind."""
    sql_as_owner("drop trigger tag_is_of_today on body_key")
    sql_as_owner("update body_key set tag = ''")
    sql_as_owner("alter table body_key alter column public type text using encode(public, 'hex')")
    parser = argparse.ArgumentParser()
    launched.configure(parser)
    with god():
        assert command.main(parser.parse_args(["adopt"])) == 1
    (line,) = (one for one in capsys.readouterr().err.splitlines() if one.startswith("hamkori:"))
    assert line.startswith("hamkori: tags was broken off: the bodykey - is not what this server knows of it.")
    with god(), connection.cursor() as cursor:
        cursor.execute("select count(*) from body_key where tag <> ''")
        assert cursor.fetchone() == (0,)


def test_a_crash_between_commit_and_mark_is_made_good_at_the_start(scene: Scene) -> None:
    """Everything of people that has a later number than its first; nothing is lowered, and no alarm is raised."""
    ring, secret = doors.house(), new_secret()
    with god():
        posts.change(ring, scene.farida.membership_id, posts.Works("lawyer", frozenset({"case_worker"}), None))
        assert rename(scene.shelter, "en", "Home")
    with doors.acting(scene.zarina) as actor:
        account.new_authenticator(ring, actor, secret)
    marks = server.marks()
    assert marks.all() == {}, "nothing was committed"
    assert raise_marks(ring) >= 3
    now = marks.all()
    # Used links and answered questions of the world, which was built with other marks.
    assert {kind for kind, _thing in now} == {"post", "org", "factor", "invite", "request"}
    assert {key: number for key, number in now.items() if key[0] not in ("invite", "request")} == {
        ("post", scene.farida.membership_id.hex): 2,
        ("org", scene.shelter.hex): 2,
        ("factor", thing(scene.zarina.user_id, "totp")): 2,
    }
    assert raise_marks(ring) == 0
    marks.raise_to("post", scene.farida.membership_id, 5)
    sql_as_owner("update organisation set version = 9 where id = %s", scene.shelter)
    assert raise_marks(ring) == 0
    assert marks.least("org", scene.shelter) == 2, "a number that nobody vouched for"
    assert marks.least("post", scene.farida.membership_id) == 5


def test_without_a_proof_nobody_reads_what_the_start_reads(scene: Scene) -> None:
    from django.db import DatabaseError, transaction

    with doors.acting(scene.zarina), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("select * from numbered_rows(1, '\\x00')")


def test_a_start_fills_no_empty_file_where_marks_are_missing(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Red on d7c4e56: what the database said at that moment became the marks. These are empty; the scene's are not."""
    ring = doors.house()
    with pytest.raises(startcheck.MayNotServe, match=r"are empty, and this database has \d+ rows .* tags rebuild"):
        raising.raise_marks(ring)
    assert server.marks().all() == {}
    server.marks().raise_to("post", scene.farida.membership_id, 1)
    with caplog.at_level("WARNING", "hamkori.vault"):
        raising.raise_marks(ring)
        raising.raise_marks(ring)
    (told,) = caplog.messages
    assert told.startswith("marks raised to ")
    assert len(server.marks().all()) > 10, "of those that a crash may have left behind"


def test_a_start_warns_of_no_mark_that_the_clock_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Red before: whatever ran out since the last start was told as after a crash, at the first start of a demo too."""
    ended = [Behind("permit", "a", 2, by_clock=True), Behind("epoch", "b", 1)]
    monkeypatch.setattr(raising.people, "behind", lambda _ring: [])
    monkeypatch.setattr(raising.casework, "behind", lambda _ring: list(ended))
    server.marks().raise_to("org", "c", 2)
    with caplog.at_level("INFO", "hamkori.vault"):
        raising.raise_marks(doors.house())
        assert [one.levelname for one in caplog.records] == ["INFO"]
        assert caplog.messages == ["marks written for 1 rows that a time limit has ended since the last start"]
        ended.append(Behind("team", "d", 2))
        caplog.clear()
        raising.raise_marks(doors.house())
    assert [one.levelname for one in caplog.records] == ["INFO", "WARNING"]
    assert caplog.messages[1].startswith("marks raised to 1 rows ")
    assert server.marks().least("permit", "a") == server.marks().least("team", "d") == 2


def test_lost_marks_are_made_anew_and_the_ledger_tells(scene: Scene, said: list[str]) -> None:
    with god(), committed():
        posts.end(doors.house(), scene.manzura.membership_id)
        posts.rename(doors.house(), scene.farida.user_id, "Firuza")
    before, path = server.marks().all(), server.marks().path
    path.unlink()
    with pytest.raises(startcheck.MayNotServe, match="tags rebuild"):
        startcheck.check_marks(path.parent)
    as_one_that_has_just_begun()
    with god():
        tagging.rebuild(said.append)
    startcheck.check_marks(path.parent)
    assert before.items() <= server.marks().all().items()
    assert len(ledger("tag.rebuild")) == 1
    assert "believed" in said[0]


def test_status_names_what_does_not_hold_and_the_alarms_of_a_day(scene: Scene, said: list[str], tmp_path: Path) -> None:
    here = pulse.Here(connection=connection.connection, marks=server.marks().path.parent)
    assert [sign.well for sign in (*pulse.marks(here), *pulse.alarms(here))] == [True, True]
    change("membership", scene.farida.membership_id, function_code="lawyer")
    server.marks().raise_to("org", scene.shelter, 4)
    names(scene.zarina)
    with god():
        assert tagging.look(said.append) == 3
    assert any(f"post {scene.farida.membership_id}: its tag does not hold" in line for line in said)
    assert any(f"org {scene.shelter}: behind its mark" in line for line in said)
    assert said[-1] == "Alarms of 24 hours: 1"
    (sign,) = pulse.alarms(here)
    assert sign.well is False
    assert sign.text.startswith("1 in 24 hours")
    server.alarms().raise_for("marks", None, datetime.now(UTC) - timedelta(minutes=4))
    assert [sign.well for sign in pulse.marks(here)] == [True], "it was put back since"
    server.alarms().raise_for("marks", None)
    assert list(pulse.marks(here)) == [("Marks", pulse.FEWER, False)], "as the pages have found it a moment ago"
    server.marks().path.unlink()
    assert [sign.well for sign in pulse.marks(here)] == [False]
    assert [sign.well for sign in pulse.marks(pulse.Here(connection=connection.connection))] == [None]
    assert [sign.well for sign in pulse.alarms(pulse.Here(connection=connection.connection))] == [None]


@pytest.mark.parametrize("words", [["status"], ["adopt"], ["rebuild"], ["vouch", "post", str(uuid4())], ["vouch", "x"]])
def test_the_command_says_what_it_does(scene: Scene, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if words[0] == "vouch":
        row = [str(uuid4())] if len(words) == 2 else []
        words = [*words, *row, "0000-0000-0000", "--by", "a@example.org", "b@example.org"]
    with god():
        answer = run(words)
    text = capsys.readouterr().out
    assert answer == (1 if words[0] == "vouch" else 0)
    assert {
        "status": "Alarms of 24 hours: 0",
        "adopt": "Nothing to adopt.",
        "rebuild": "marks made from what the database says today",
        "vouch": "There is no kind x" if "x" in words else "Two different people",
    }[words[0]] in text
