"""PostgreSQL is stopped while she sends: a plain page in her language that keeps her text, and in the end one effect.

The page keeps it, not the Back button: what signed-in people see is stored in no browser, so Back fetches it anew.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from hamkori.site.database import binaries, roles, world
from hamkori.site.launch import places
from hamkori.site.screens.stage import BESIDE, Stage
from tests.journeys.people import Somebody
from tests.journeys.play import Play

pytestmark = pytest.mark.browser

NOT_NOW = "Hamkori ҳоло ҷавоб намедиҳад"


class OwnServer(Play):
    """A play on a server that may be stopped: nobody else plays there."""

    def __init__(self, stage: Stage, model: Play) -> None:
        super().__init__(stage, model.template)
        self.model = model

    def anew(self) -> None:
        """The same world, carried over."""
        for file in self.template.folder.iterdir():
            if file.is_file():
                shutil.copy2(file, self.data / file.name)
        for folder in BESIDE:
            shutil.copytree(self.template.folder / folder, self.data / folder, dirs_exist_ok=True)
        programs = binaries.find(self.stage.folder, self.stage.cluster.user).folder
        made = subprocess.run(
            [programs / "pg_dump", "--dbname", self.model.stage.cluster.superuser_url(self.model.database)],
            capture_output=True,
            check=True,
        )
        roles.ensure_database(self.stage.cluster.superuser_url(), self.database)
        here = self.stage.cluster.superuser_url(self.database)
        subprocess.run(
            [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "--dbname", here],
            input=made.stdout,
            capture_output=True,
            check=True,
        )
        roles.harden(here)
        with self.stage.superuser(self.database) as connected:
            world.stand(connected, self.template.at)

    def stop_database(self) -> None:
        """As its service manager stops it: the socket's folder stays, as it does on a real machine."""
        process = self.stage.cluster.running()
        assert process is not None
        os.kill(process, signal.SIGINT)
        while self.stage.cluster.running() is not None:
            time.sleep(0.02)


@pytest.fixture
def own(served: Play) -> Iterator[OwnServer]:
    served.anew()
    folder = places.data_folder("stage").parent / f"stage-{os.getpid()}"
    folder.mkdir(mode=0o711)
    stage = Stage(folder)
    play = OwnServer(stage, served)
    try:
        stage.cluster.start()
        roles.ensure_roles(stage.cluster.superuser_url(), stage.cluster.passwords())
        (folder / "static").symlink_to(served.data / "static")
        play.begin()
        yield play
    finally:
        play.end()
        stage.end()
        shutil.rmtree(folder, ignore_errors=True)


def test_what_she_typed_is_kept_and_done_once(own: OwnServer, browser: Browser) -> None:
    zarina = Somebody(own, browser, "caseworker-cso", language="tg")
    zarina.go("/cases/new/")
    zarina.page.locator("[name=need_tonight_codes][value=safe_place]").check(force=True)
    zarina.page.locator("[name=call_name]").fill("Canary-Kept")
    operation = zarina.page.locator("[name=operation]").input_value()
    form = zarina.page.evaluate("Object.fromEntries(new FormData(document.querySelector('main form.stack')))")

    own.stop_database()
    with zarina.page.expect_response(lambda got: "/cases/new/?" in got.url and got.request.method == "POST") as answer:
        zarina.page.locator("main form.stack button[type=submit]").click()
    assert answer.value.status == 503
    zarina.page.get_by_role("heading", level=1, name=NOT_NOW).wait_for()
    assert zarina.page.locator("html").get_attribute("lang") == "tg"
    assert zarina.page.get_by_text("112").count() == 1
    assert "Canary" not in zarina.text, "what she typed is kept, not shown"

    zarina.page.locator("main button[type=submit]").click()
    zarina.page.get_by_role("heading", level=1, name=NOT_NOW).wait_for()
    assert zarina.page.locator("[name=operation]").input_value() == operation, "sent too early: still kept"
    own.stage.cluster.start()
    own.wait_until_ready()
    zarina.page.locator("main button[type=submit]").click()
    zarina.page.wait_for_url("**/register/?page=2")
    code = zarina.code
    # The same press once more, as an impatient telephone sends it.
    twice = zarina.page.request.post(answer.value.url, form=form, max_redirects=0)
    assert (twice.status, twice.headers["location"]) in (
        (302, f"/cases/{code}/register/?page=2"),
        (303, f"/cases/{code}/register/?page=2"),
    )
    assert own.one("select count(*) from operation where operation_id = %s", [operation]) == 1
    assert own.one('select count(*) from "case" where begun_at > %s', [own.template.at]) == 1
    assert zarina.complaints == []
