"""What the tests of pages share. They ask for models, which are there once Django is: so inside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Browser, BrowserContext

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral
    from hamkori.directory.models import Service
    from tests import doors
    from tests.cast import World
    from tests.web.in_a_browser import Shown
    from tests.web.scene import Scene
    from tests.web.senders import Senders

Opened = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def on_stage() -> Iterator[Callable[[str], Any]]:
    """What a program of ours says, as JSON, that looks at a copy of the invented world; one copy for all who look."""
    from hamkori.site.launch import places
    from hamkori.site.screens.stage import Play, Stage

    stage = Stage()
    play = Play(stage, stage.begin())

    def said(module: str) -> Any:
        environment = {**play.environment("web"), "HAMKORI_OWNER_URL": play.environment("owner")["HAMKORI_OWNER_URL"]}
        done = subprocess.run(
            [sys.executable, "-m", module, str(play.template.folder / "doors.json")],
            cwd=places.TREE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    try:
        play.make()
        yield said
    finally:
        play.end()
        stage.end()


@pytest.fixture
def in_english() -> Iterator[None]:
    """The reader's language and place: English, in Dushanbe."""
    with translation.override("en"), timezone.override("Asia/Dushanbe"):
        yield


@pytest.fixture
def world(scene: Scene) -> Scene:
    """The two bodies of tests/web/scene.py, as most tests of cases call them."""
    return scene


@pytest.fixture
def house(small_world: World) -> Senders:
    """The small world, with browsers."""
    from tests.web.senders import Senders

    return Senders(small_world)


@pytest.fixture
def zarina(house: Senders) -> doors.DoorClient:
    """The browser of the worker whose cases these are."""
    return house.browser()


@pytest.fixture
def sent(house: Senders) -> Referral:
    """A referral of hers that waits for its answer."""
    case = house.case()
    house.agreed(case)
    return house.sent(case)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Browsers with nothing in common."""
    from tests.web.in_a_browser import close

    contexts: list[BrowserContext] = []

    def one(width: int, scheme: Any = "light", **how: Any) -> BrowserContext:
        contexts.append(browser.new_context(viewport={"width": width, "height": 780}, color_scheme=scheme, **how))
        return contexts[-1]

    yield one
    close(contexts)


@pytest.fixture
def show(house: Senders, opened: Opened) -> Callable[..., Shown]:
    """Opens a page of the product as one of the small world's people, in a browser of her own."""
    from tests.web.in_a_browser import Shown

    def one(path: str, slug: str = "caseworker-cso", *, width: int = 1366, scheme: str = "light", **how: Any) -> Shown:
        context = opened(width, scheme, **how)
        shown = Shown(context.new_page(), house.browser(slug))
        context.route("**/*", shown.answer())
        shown.go(path)
        return shown

    return one


@pytest.fixture
def second_shelter(house: Senders) -> Service:
    """A second organisation that gives a place to sleep, whose desk can be called."""
    from hamkori.directory.models import Service
    from hamkori.people.models import OrganisationPhone
    from tests.database import god

    with god():
        made = Service.objects.create(
            organisation_id=house.world.bodies["legal-aid"],
            service_code="HOME-02",
            region_code="TJ-KT",
            changed_at=timezone.now(),
        )
        OrganisationPhone.objects.create(organisation_id=made.organisation_id, phone="+992 00 000 00 31")
    return made
