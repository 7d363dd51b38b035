"""Journeys: the real server on a copy of the invented world, and the people of that world in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from hamkori.site.screens.stage import Stage
from tests.journeys.people import Somebody
from tests.journeys.play import Play

Enter = Callable[..., Somebody]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The server of the stages; the world is built when its source has changed."""
    stage = Stage()
    yield stage
    stage.end()


@pytest.fixture(scope="session")
def served(stage: Stage, chromium: str) -> Iterator[Play]:
    """One web server for this process. The chromium fixture first: without a browser nothing is built."""
    play = Play(stage, stage.begin())
    try:
        play.begin()
        yield play
    finally:
        play.end()


@pytest.fixture
def world(served: Play) -> Play:
    """The world as it was built, for this journey alone."""
    served.anew()
    return served


@pytest.fixture
def enter(world: Play, browser: Browser) -> Iterator[Enter]:
    """Somebody of the cast at her screen, signed in and with an open vault. At the end nothing may have complained."""
    people: list[Somebody] = []

    def one(who: str, **how: object) -> Somebody:
        somebody = Somebody(world, browser, who, **how)
        people.append(somebody)
        return somebody

    yield one
    complaints = {somebody.who: somebody.complaints for somebody in people if somebody.complaints}
    for somebody in people:
        somebody.leave()
    assert complaints == {}
