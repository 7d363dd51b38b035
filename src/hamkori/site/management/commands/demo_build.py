"""Makes the invented world once, by calling actions as its people. Shows progress; a second run finds it there.

Needs HAMKORI_DATABASE_URL (the app: it does everything that people do), HAMKORI_OWNER_URL (bodies, and the world's
clock) and HAMKORI_CLOCK_URL (the clock's own runs).
"""

from __future__ import annotations

import argparse
import os
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
from django.conf import settings

from hamkori.command import Coded
from hamkori.site.demo import plans, walk
from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands, Ticker, WorldClock
from hamkori.site.launch.supervise import say
from hamkori.vault.server import keyring


def main(arguments: argparse.Namespace) -> int:
    """Builds, unless the world is there."""
    began = time.monotonic()
    with psycopg.connect(os.environ["HAMKORI_OWNER_URL"], autocommit=True) as owner:
        owner.execute("set role hk_owner")
        found = owner.execute("select count(*) from case_access").fetchone()
        if found and found[0]:
            return 0
        hands = Hands(keyring(), owner)
        clock_environment = {
            **{name: value for name, value in os.environ.items() if name != "HAMKORI_DATABASE_URL"},
            "HAMKORI_PROCESS": "worker",
        }
        with closing(Ticker(clock_environment)) as ticker:
            director = Director(WorldClock(owner), ticker)
            for room in plans.of_rooms():
                room.plan(director, hands)
            for day in range(60, 0, -1):
                director.tick_at(director.end - timedelta(days=day))
            director.found(lambda what: say(f"  {what}"))
            scenes = director.play()
        hands.leave()
        walk.choose(owner, Path(settings.HAMKORI_DATA))
        made = ", ".join(f"{number} {kind}" for kind, number in hands.counts().items())
        say(f"  {scenes} scenes: {made} ({time.monotonic() - began:.0f} s)")
    return 0


class Command(Coded):
    main = staticmethod(main)
