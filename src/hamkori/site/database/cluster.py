"""An own PostgreSQL server in a data folder: for the demo, the tests and developers. Production brings its own.

Every oddity here answers a trap that was met (docs/design/engine.md#starts): root, homes that only their owner may
enter, blanks in paths, the locale, processes that nobody reaps, several starters at once, the length of socket paths.
"""

import fcntl
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from hamkori.site.database import binaries
from hamkori.site.database.binaries import NoDatabase, ServerUser, run

SUPERUSER = "postgres"
SOCKET_FOLDER = "hk-"
PORT = 5432  # only part of the socket's name; no TCP port is opened
SOCKET_PATH_LIMIT = 100  # the system's is 107 bytes
START_SECONDS = 60
GONE_SECONDS = 10
LOGINS = (SUPERUSER, "hk_app", "hk_clock", "hk_backup", "hk_migrate", "hk_test")

A_REASON = re.compile(rb"FATAL|PANIC|error:|could not|No space left")
MEMORY_IS_HELD = re.compile(rb"(?i)shared memory block|already in use|is another postmaster")
# Before what the server says stand the time and the number of the process that says it.
SAID_BY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] ")
ROOM_TO_START = 20 * 2**20  # bytes; PostgreSQL begins by writing a log segment of 16 MB
# initdb calls its sisters through a shell, inside double quotes.
NOT_FOR_A_SHELL = frozenset('"$`\\\n')

SETTINGS = {
    "listen_addresses": "''",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "'64MB'",
    "max_parallel_workers_per_gather": "0",  # they fill shared memory, of which a container may have 64 MB
    "max_locks_per_transaction": "512",  # 72 connections that read all of some 900 relations do not fill the table
    "temp_file_limit": "'1GB'",  # what a statement sorts on the disk; only the superuser may ask for more
    "max_notify_queue_pages": "1024",  # 8 MB of words that nobody takes; the server's own value is 8 GB
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    # The server's log must not repeat what people told us: no statements, no details of errors.
    "log_min_error_statement": "'panic'",
    "log_error_verbosity": "'terse'",
    "log_parameter_max_length_on_error": "0",
    "log_parameter_max_length": "0",
    # A week of it, each day's file in the place of the one a week before. What is said at a start stands in `log`.
    "logging_collector": "on",
    "log_filename": "'%a.log'",
    "log_rotation_age": "'1d'",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
}
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "scram_iterations": "1",  # 4,096 for each of thousands of connections, on both sides
    "max_connections": "240",  # several processes of tests share it (roles.ensure_roles)
}


class Cluster:
    """One server with its data, passwords and socket under `root`."""

    def __init__(self, root: Path, *, hasty: bool = False) -> None:
        """`hasty`: data may be lost at a crash of the machine; for tests."""
        self.root = root.absolute()
        self.hasty = hasty
        self.user = server_user() if os.geteuid() == 0 else None
        self._home = self.root / "server"
        self._data = self._home / "data"

    # --- what others need to know -----------------------------------------------------------------------------
    def url(self, login: str, database: str) -> str:
        """The address for one of LOGINS; holds the password, so never print it where others read."""
        password = self.passwords()[login]
        return f"postgresql://{login}:{password}@/{database}?host={quote(str(self._socket()), safe='')}&port={PORT}"

    def superuser_url(self, database: str = "postgres") -> str:
        """The address of the server's superuser, for making roles and databases."""
        return self.url(SUPERUSER, database)

    def running(self) -> int | None:
        """The server's process id, or None. A dead server that nobody has reaped does not count."""
        pid = self._written_pid()
        return pid if pid is not None and _is_server(pid, self._data) else None

    @contextmanager
    def lock(self, name: str = "lock") -> Iterator[None]:
        """One starter at a time."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / name).open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    # --- life --------------------------------------------------------------------------------------------------
    def start(self) -> bool:
        """Make the server run; True if this call started it, False if it ran already. NoDatabase says why not."""
        with self.lock():
            if self.running() is not None and self._answers():
                return False
            programs = self._prepare()
            self._forget_dead_server()
            self._configure()
            self._launch(programs)
            return True

    def stop(self) -> None:
        """End the server and wait until it has gone."""
        with self.lock():
            pid = self.running()
            if pid is None:
                return
            programs = binaries.find(self.root, self.user)
            for mode in ("fast", "immediate"):
                run([programs.folder / "pg_ctl", "-D", self._data, "-m", mode, "-w", "-t", "20", "stop"], self.user)
                if self.running() is None:
                    break
            _wait_until_gone(pid)
            shutil.rmtree(self._socket(), ignore_errors=True)

    # --- steps -------------------------------------------------------------------------------------------------
    def _prepare(self) -> binaries.Binaries:
        self.root.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            self.root.chmod(0o711)
            _must_be_reachable(self.root, self.user)
        programs = binaries.find(self.root, self.user)
        if set(str(programs.folder)) & NOT_FOR_A_SHELL:
            raise NoDatabase(
                f"PostgreSQL's programs can not work in {programs.folder}: its name holds a sign that a shell reads. "
                "Move Hamkori to a folder without such a sign."
            )
        if not self._home.is_dir():
            self._home.resolve().mkdir(mode=0o700)  # or where a link says that it lies
            self._hand_over(self._home)
        version_file = self._data / "PG_VERSION"
        if not version_file.exists():
            self._initialise(programs)
        elif int(version_file.read_text().strip()) != programs.major:
            made_by = version_file.read_text().strip()
            raise NoDatabase(
                f"The data in {self.root} was made by PostgreSQL {made_by}, but {programs.version} is here now. "
                "Use that version again, or begin anew with --reset."
            )
        return programs

    def _initialise(self, programs: binaries.Binaries) -> None:
        # Made beside its place and then moved there: a making that was interrupted leaves nothing that looks whole.
        draft = self._home / "data.draft"
        for former in (draft, self._data):
            shutil.rmtree(former, ignore_errors=True)
        password_file = self._home / "first-password"
        _write_whole(password_file, self.passwords()[SUPERUSER] + "\n")
        self._hand_over(password_file)
        # Never the plain C locale: pg_trgm would then see no Cyrillic letter.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        access = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        done = run([programs.folder / "initdb", "-D", draft, "-E", "UTF8", "--no-sync", *locale, *access], self.user)
        password_file.unlink()
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise NoDatabase(f"PostgreSQL could not make its data folder: {_reason(done.stdout, self._home)}")
        draft.rename(self._data)

    def _configure(self) -> None:
        socket = self._socket(make=True)
        chosen = SETTINGS | (HASTY if self.hasty else {}) | {"unix_socket_directories": f"'\"{socket}\"'"}
        target = self._data / "postgresql.auto.conf"
        _write_whole(target, "".join(f"{key} = {value}\n" for key, value in chosen.items()))
        self._hand_over(target)

    def _launch(self, programs: binaries.Binaries) -> None:
        log = self._home / "log"
        # Not pg_ctl: it hands the path to a shell inside quotes of its own, and a path may hold quotes.
        detached = '"$@" >>"$0" 2>&1 </dev/null & echo $!'
        command: list[str | Path] = ["/bin/sh", "-c", detached, log, programs.folder / "postgres", "-D", self._data]
        said = b""
        # After a kill the old server's children may hold its memory for some seconds more.
        for _ in range(10):
            before = self._logs()
            done = run(command, self.user, timeout=START_SECONDS)
            if done.stdout.strip().isdigit() and self._answers(started=int(done.stdout)):
                return
            # What it says now: an older start's reason is not this one's.
            said = b"".join(path.read_bytes()[before.get(path, 0) :] for path in self._logs()) or done.stdout
            if not MEMORY_IS_HELD.search(said):
                break
            time.sleep(1)
        raise NoDatabase(f"PostgreSQL did not start: {_reason(said, self._home)} (see {log})")

    def _logs(self) -> dict[Path, int]:
        """What the server has written so far: at its start into `log`, then into the file of the day."""
        found = [self._home / "log", *sorted((self._data / "log").glob("*.log"))]
        return {path: path.stat().st_size for path in found if path.exists()}

    def _forget_dead_server(self) -> None:
        """Take away what a killed server left: an unreaped process makes PostgreSQL believe that it still runs."""
        if self.running() is not None:
            return
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for suffix in ("", ".lock"):
            (self._socket() / f".s.PGSQL.{PORT}{suffix}").unlink(missing_ok=True)

    def _answers(self, started: int | None = None) -> bool:
        """Whether the socket takes connections; waits out a recovery, not a death. `started`: the new process."""
        for _ in range(START_SECONDS * 20):
            if self.running() is not None and self._socket().is_dir():
                try:
                    psycopg.connect(self.superuser_url(), connect_timeout=5).close()
                except psycopg.OperationalError as error:
                    self._give_up_if_hopeless(str(error))
                else:
                    return True
            elif started is None or not _lives(started):
                return False
            time.sleep(0.05)
        return False

    def _give_up_if_hopeless(self, said: str) -> None:
        """A server that is starting up is waited for; one that knows nobody of ours never lets us in."""
        if "password authentication failed" in said:
            raise NoDatabase(f"The passwords in {self.root / 'passwords'} are not those of its database server.")
        if "does not exist" in said and "FATAL" in said:
            raise NoDatabase(f"The data in {self._data} is only half made; begin anew with --reset.")

    # --- files -------------------------------------------------------------------------------------------------
    def passwords(self) -> dict[str, str]:
        """The password of each of LOGINS; made once, kept where only we may read."""
        target = self.root / "passwords"
        if not target.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            _write_whole(target, json.dumps({login: secrets.token_urlsafe(24) for login in LOGINS}))
        with suppress(ValueError, AttributeError):
            known: dict[str, str] = json.loads(target.read_text())
            if known.keys() >= set(LOGINS):
                return known
        raise NoDatabase(f"The file {target} does not hold the passwords of the database server.")

    def _socket(self, *, make: bool = False) -> Path:
        """A short folder that only the server's user may enter, remembered in the data folder."""
        note = self.root / "socket"
        folder = Path(note.read_text()) if note.exists() else Path("/nonexistent")
        if not folder.is_absolute() or not folder.name.startswith(SOCKET_FOLDER):
            folder = Path("/nonexistent")  # a note that a full disk cut off names no folder, and "" is where we stand
        if make and not folder.is_dir():
            # Root's own temporary folder may be closed to the server's user.
            parent = "/tmp" if self.user else tempfile.gettempdir()  # nosec B108
            if len(parent.encode()) > SOCKET_PATH_LIMIT - 40 or '"' in parent or "'" in parent:
                parent = "/tmp"  # nosec B108 - mkdtemp makes a folder that is ours alone
            folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER, dir=parent))
            self._hand_over(folder)
            _write_whole(note, str(folder))
        return folder

    def _written_pid(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _hand_over(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)


def server_user() -> ServerUser:
    """Whom root lets run the server: postgres, else a system user of our own, else nobody."""
    for name in ("postgres", "hamkori-db"):
        found = _passwd(name)
        if found:
            return found
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program:
        command = [program, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "hamkori-db"]
        subprocess.run(command, check=False, capture_output=True)
    found = _passwd("hamkori-db") or _passwd("nobody")
    if found is None:
        raise NoDatabase("PostgreSQL refuses to run as root and there is no other user: add one named postgres.")
    return found


def _passwd(name: str) -> ServerUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServerUser(name, entry.pw_uid, entry.pw_gid)


def _must_be_reachable(folder: Path, user: ServerUser) -> None:
    if run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], user, timeout=20).returncode:
        raise NoDatabase(
            f"User {user.name}, who runs PostgreSQL for root, may not enter {folder}. "
            "Leave HAMKORI_DATA unset, or name a folder under /var/lib."
        )


def _lives(pid: int) -> bool:
    """Whether the process is there and not dead already: one that nobody reaps stays in the table."""
    if not Path("/proc/self").exists():  # a system without /proc: believe the process table
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    with suppress(OSError, IndexError):
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _wait_until_gone(pid: int) -> None:
    """Waits for a server that has given up its note: it writes off the note before its process ends."""
    deadline = time.monotonic() + GONE_SECONDS
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_server(pid: int, data: Path) -> bool:
    """Whether this process lives and is the server of that data folder."""
    if not Path("/proc/self").exists():
        return _lives(pid)
    with suppress(OSError):
        return _lives(pid) and Path("/proc", str(pid), "cwd").resolve(strict=True) == data.resolve()
    return False


def _write_whole(path: Path, content: str) -> None:
    """The whole file or the former one, also on a full disk; for nobody else to read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(content)
    draft.rename(path)


def _reason(said: bytes, folder: Path) -> str:
    """The last thing in these words that sounds like a reason; on a full disk they may not have been written."""
    reasons = [line for line in said.splitlines() if A_REASON.search(line)]
    if not reasons and _is_full(folder):
        return "no space is left on the disk"
    return _last_line(reasons[-1] if reasons else said)


def _is_full(folder: Path) -> bool:
    with suppress(OSError):
        found = os.statvfs(folder)
        return found.f_bavail * found.f_frsize < ROOM_TO_START
    return False


def _last_line(output: bytes) -> str:
    """Without the time and the number of who said it: the same reason is the same words."""
    lines = [SAID_BY.sub("", line.strip()) for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
