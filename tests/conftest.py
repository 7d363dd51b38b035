"""What every test stands on: the settings of the mode `test`, and a database of its own (tests/database.py)."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import TimeoutError as LateBrowser
from pytest_django import DjangoDbBlocker

from tests import compiled, thin
from tests.browsers import FLAGS
from tests.site import made

if TYPE_CHECKING:
    from tests.cast import World
    from tests.web.scene import Scene

T = TypeVar("T")
TESTS = Path(__file__).parent

gc.disable()  # until all is collected: what is read now stays

pytest_plugins = ["tests.policy.counts", "tests.attacks.counted", "tests.rooms"]

# Hypothesis keeps no folder and is not timed: a slow machine is no failure.
hypothesis.settings.register_profile("untimed", database=None, deadline=None, max_examples=60)
hypothesis.settings.load_profile("untimed")

# A run in the background of a shell ignores INT, and so would every server that a test starts and stops by it.
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in [name for name in os.environ if name.startswith("HAMKORI_") and name.endswith(("_URL", "_ROLE"))]:
    del os.environ[name]  # a test never touches a database that somebody has named for another purpose
os.environ["DJANGO_SETTINGS_MODULE"] = "hamkori.site.settings"
os.environ["HAMKORI_MODE"] = "test"
os.environ["HAMKORI_PROCESS"] = "web"
os.environ["HAMKORI_SECRET_KEY"] = "for tests only, and they keep nothing"
os.environ["HAMKORI_DATA"] = tempfile.mkdtemp(prefix="hk-test-")
Path(os.environ["HAMKORI_DATA"], "static").mkdir()  # WhiteNoise warns of a missing folder
OF_ALL_PROCESSES = made.begin()

from hamkori.site.launch import places  # noqa: E402 - it reads the lines above

os.environ["HAMKORI_KEYRING"] = str(places.data_folder("test") / "keyring")
os.environ["HAMKORI_WORKER_SECRET"] = str(places.data_folder("test") / "sign" / "worker-secret")

from django.conf import settings  # noqa: E402 - they read the lines above

assert settings.TEST, "the settings were read before the tests could say that they are tests"
assert Path(os.environ["HAMKORI_DATA"]) == settings.HAMKORI_DATA, "this process has another one's folder and marks"


turns = thin.Turns()
DAYS = [f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT}" for days in (-1, 0, 1)]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A name that every process finds again; and what `--fast` leaves out of what there is much of (tests/thin.py)."""
    if any(day in item.nodeid for day in DAYS):
        raise pytest.UsageError(f"{item.nodeid}: a second later another process would know it by another name")
    marked = item.get_closest_marker("thin")
    if marked is not None and not thin.stays(max(item.callspec.indices.values()), *marked.args):  # type: ignore[attr-defined]
        item.add_marker(pytest.mark.bulk)
    if item.get_closest_marker("bulk") or item.get_closest_marker("browser"):
        return
    if not turns.stays(item.path.relative_to(TESTS).parts[0]):
        item.add_marker(pytest.mark.rest)


FIRST = ("long", "browser", "bulk")
"""What begins before the others, each kind in its random order: a run must not end with one process and a long test."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that waited in vain gets a second time, and no other: what a browser shows late is no finding yet.

    Whatever a journey *finds*, and every other test, fails at once. The run's last lines name who needed it.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[LateBrowser]))
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """What was read before the first test stays to the end: nobody looks through it for garbage after each page.

    And through the rest not after each 700 objects: a page makes some hundred thousand, and leaves few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, mark in enumerate(FIRST) if item.get_closest_marker(mark)), len(FIRST))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database for this process, in place of those that Django would make."""
    from django.test import TransactionTestCase

    from tests import database

    def begin_anew(self: TransactionTestCase) -> None:
        database.begin_anew()

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # Emptying tables needs a right that hk_app has not.
        patch.setattr(TransactionTestCase, "_fixture_teardown", begin_anew)
        database.begin()
        try:
            yield
        finally:
            database.end()


@pytest.fixture(scope="session", autouse=True)
def pages_without_witnesses(django_test_environment: None) -> None:
    """A page is drawn as it is for people: Django would copy what each of its templates knew, for a test that asks."""
    from django.template.base import Template
    from django.test.utils import _TestState  # where it keeps what it took the place of

    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nothing_counted_before() -> Iterator[None]:
    """Every test begins with no try counted."""
    yield
    from tests import database

    database.forget_counts()


@pytest.fixture(scope="class")
def small_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The small world of tests/cast.py, ready. Ask for it in place of building it."""
    from tests import cast

    yield from _ready(cast.build, django_db_blocker)


@pytest.fixture(scope="class")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The two bodies of tests/web/scene.py, ready."""
    from tests.web.scene import build

    yield from _ready(build, django_db_blocker)


def _ready(build: Callable[[], T], blocker: DjangoDbBlocker) -> Iterator[T]:
    """A world for one test. Of scope "class", which without a class is one test and begins before its transaction."""
    from tests import worlds

    with ExitStack() as stack:
        with blocker.unblock():
            made = stack.enter_context(worlds.within(build))
        yield made


@pytest.fixture(autouse=True)
def _no_alarm(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test in which nothing was planted must raise no alarm: a false one teaches people not to look."""
    before = _alarms()
    yield
    after = [line for line in _alarms() if line not in before]
    if after and request.node.get_closest_marker("alarms") is None:
        pytest.fail(f"an alarm was raised though nothing was planted: {after}")


def _alarms() -> set[str]:
    files = Path(os.environ["HAMKORI_DATA"]).glob("marks*/alarms")
    return {f"{file.parent.name} {line}" for file in files for line in file.read_text().splitlines()}


def pytest_runtest_teardown() -> None:
    """A page speaks its reader's language, and goes on speaking it: the next test begins with the product's first."""
    from django.utils import translation

    from hamkori.site.database import writing

    translation.deactivate()
    writing.tries.forget()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process of a parallel run reads the settings after the lines above, and has a folder and marks of its own.

    With the name of the settings in what it inherits it would read them before, with the folder of this process.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together, in one process of a parallel run, what shares something dear."""
    from tests.together import Together

    return Together(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    """What all processes of this run need, once before they begin: languages, the files of pages, compiled tests."""
    if not hasattr(session.config, "workerinput"):
        from hamkori.site.serving.assemble import assemble

        assemble()
        if session.config.getoption("tx", None):
            compiled.compile_tests()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium for browser journeys; `./hamkori test` finds or installs it."""
    from hamkori.site import environment
    from hamkori.site.launch.testing import SHELL, find_browser

    found = find_browser(SHELL)
    if found is None and environment.flag("CI"):
        pytest.fail("There is no Chromium here, and CI needs the browser journeys.")
    if found is None:
        pytest.skip("There is no Chromium here: the browser journeys do not run.")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for the journeys of one module.

    Not of the whole run: while Playwright is there, an event loop counts as running in this thread. Django then takes
    every question to the database for a mistake, and a second Playwright refuses to start.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


def pytest_unconfigure() -> None:
    """Leave no folder behind."""
    import shutil

    shutil.rmtree(os.environ["HAMKORI_DATA"], ignore_errors=True)
    if OF_ALL_PROCESSES:
        made.end()
