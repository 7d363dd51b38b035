"""The demo from an empty folder, the deaths of its processes, its end, and its return with the data kept."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import demo
from tests.attacks.demos import put_one_with_people
from tests.site import made, ready
from tests.site.elsewhere import hamkori
from tests.site.waiting import lives, until

pytestmark = [pytest.mark.bulk, pytest.mark.long]


@pytest.fixture
def data() -> Iterator[Path]:
    with made.room("demo") as folder:
        yield folder
        Cluster(folder).stop()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def surrounded(data: Path) -> dict[str, str]:
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("HAMKORI_", "PYTEST_", "DJANGO_"))
    }
    return known | {"PYTHONPATH": f"src{os.pathsep}.", "HAMKORI_DATA": str(data)}


def begin(data: Path, port: int, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hamkori.site.launch", "demo", "--port", str(port), *words]
    return subprocess.Popen(
        command,
        env=surrounded(data),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ours(data: Path) -> list[int]:
    """Processes that have this data folder in their command or their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if state not in "ZX" and os.fsencode(data) in told:
            found.append(int(entry.name))
    return found


def test_it_begins_ends_comes_back_survives_its_deaths_and_is_put_back(data: Path, port: int):
    put_one_with_people(data)  # it has begun in an empty folder, has answered, and has ended in order
    stopped = json.loads((data / "clock.json").read_text())
    keyring = (data / "keyring").read_bytes()
    running = begin(data, port)
    until(lambda: demo.running(data) or running.poll() is not None)
    assert running.poll() is None, running.communicate()[0]
    assert demo.answers(port)

    second = begin(data, port)
    assert f"runs already at http://localhost:{port}" in second.communicate(timeout=60)[0]
    assert second.returncode == 0

    server = Cluster(data).running()
    assert server is not None
    os.kill(server, signal.SIGKILL)
    until(lambda: Cluster(data).running() not in (None, server))
    until(lambda: demo.answers(port))

    web = [pid for pid in ours(data) if b"hamkori.site.serving" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    for pid in web:
        os.kill(pid, signal.SIGKILL)
    # Their socket is the launcher's: whoever comes meanwhile waits and is served.
    until(lambda: not any(lives(pid) for pid in web))
    until(lambda: demo.answers(port))

    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[0]
    assert running.returncode == 0, said
    assert "Database started" in said, said
    assert "The web process died (signal 9)" in said
    assert "The database server had died" in said
    until(lambda: ours(data) == [], seconds=60)
    assert demo.running(data) is None

    assert (data / "keyring").read_bytes() == keyring
    assert json.loads((data / "clock.json").read_text())["world"] >= stopped["world"]
    _put_back_as_it_was_built(data, port)


def _sealed_and_verified(data: Path) -> subprocess.CompletedProcess[str]:
    """The pages answer before the worker has sealed what was put back: as long as rows wait for it, once more."""
    found = [hamkori("audit-verify", HAMKORI_DATA=str(data))]

    def sealed() -> bool:
        if "0 batches." not in found[-1].stdout:
            return True
        found.append(hamkori("audit-verify", HAMKORI_DATA=str(data)))
        return False

    until(sealed, seconds=60)
    return found[-1]


def _put_back_as_it_was_built(data: Path, port: int) -> None:
    """The second building, of the world that was built: it takes a minute, and is built once."""
    assert stat.S_IMODE((data / "kept").stat().st_mode) == 0o700
    (data / "mail" / "of-the-former").mkdir(parents=True)
    anew = begin(data, port, "--reset", "--no-input")
    until(lambda: demo.running(data) or anew.poll() is not None)
    verified = _sealed_and_verified(data)
    anew.send_signal(signal.SIGTERM)
    said = anew.communicate(timeout=60)[0]
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert not (data / "mail" / "of-the-former").exists()
    seconds, instead = re.findall(r"World put back as it was built, in ([\d.]+) s instead of (\d+) s", said)[0]
    assert float(seconds) < float(instead) / 5, said
    assert "Invented people" not in said

    # Not served meanwhile, so that nothing has moved but the world's clock.
    child = ready.run([str(data)], surrounded(data), module="tests.site.put_back")
    assert child.returncode == 0, child.stdout + child.stderr
    found = json.loads(child.stdout.splitlines()[-1])
    assert found["began"]
    assert {name for name, rows in found["rows"].items() if rows != found["built"][name]} <= {"world"}
    assert found["rows"].keys() == found["built"].keys()
    assert found["rows"]["organisation"].startswith("16 ")
    assert int(found["rows"]["case"].split()[0]) > 30, "begun, and of those who receive"
    assert found["called"] == "Анвар", "sealed when it was built, and opened with her passphrase of that time"


def test_a_taken_port_is_said_with_a_way_out_and_nothing_is_started(data: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = begin(data, port)
        said = refused.communicate(timeout=60)[0]
        assert f"Port {port} is taken by another program: ./hamkori demo --port " in said
    assert refused.returncode == 1
    assert not (data / "server").exists()


def test_nobody_resets_by_mistake(data: Path, port: int):
    (data / "keyring").write_text("kept")
    refused = begin(data, port, "--reset")
    assert "add --no-input" in refused.communicate(timeout=60, input=None)[0]
    assert refused.returncode == 1
    assert (data / "keyring").read_text() == "kept"
