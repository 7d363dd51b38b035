"""A play for journeys: the same world again and again, its time moved on, its clock run, its rows read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings

from hamkori.site.screens import stage
from hamkori.site.screens.stage import BESIDE, NoStage, Stage, Template
from tests.hour import until


class Play(stage.Play):
    """One web server for many journeys."""

    def __init__(self, stage: Stage, template: Template) -> None:
        super().__init__(stage, template)
        self._read: dict[str, bytes] = {}

    def anew(self, folders: Iterable[str] = BESIDE) -> None:
        """The world as it was. The server goes on, unless it has read marks that are to go."""
        if self._web is None or self._marks() != self._read:
            self.stop()
            super().anew(folders)
            if self.port:
                self.serve()
        else:
            (self.data / "marks" / "alarms").unlink(missing_ok=True)
            super().anew(folder for folder in folders if folder != "marks")

    def serve(self) -> None:
        """Start the web server; it reads the marks as they are now."""
        super().serve()
        self._read = self._marks()

    def environment(self, process: str) -> dict[str, str]:
        """As behind a proxy: the pages count a browser's tries for the address that its requests name, if they do."""
        return super().environment(process) | {"HAMKORI_BEHIND_PROXY": "1"}

    def _marks(self) -> dict[str, bytes]:
        """What the pages remember of this world's marks, and of the sessions that were ended."""
        files = (self.data / "marks").iterdir()
        return {one.name: one.read_bytes() for one in files if one.name != "alarms"}

    def one(self, question: str, values: list[Any] | None = None) -> Any:
        """The first value of the first row, asked behind the walls."""
        with self.owner() as connection:
            row = connection.execute(question, values or []).fetchone()
        return row[0] if row else None

    def pass_time(self, **by: float) -> None:
        """Move the world's clock on: hours=3."""
        with self.owner() as connection:
            connection.execute('update world set "offset" = coalesce("offset", interval \'0\') + %s', [timedelta(**by)])

    def pass_time_until(self, weekday: int, hour: int) -> None:
        """Move the world's clock on to the next such hour by its own wall, as `tests.cast` does (Monday: 0)."""
        with self.owner() as connection:
            here = connection.execute("select timezone(%s, hk_now())", [settings.TIME_ZONE]).fetchone()
        assert here is not None
        self.pass_time(seconds=until(here[0], weekday, hour).total_seconds())

    def tick(self) -> dict[str, int]:
        """One run of the clock's process, as hk_clock; what it did."""
        done = subprocess.run(
            [sys.executable, "-m", "django", "demo_ticking"],
            env=self.environment("worker"),
            input="tick\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoStage(done.stderr[-3000:])
        counts: dict[str, int] = json.loads(done.stdout)
        return counts
