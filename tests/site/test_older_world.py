"""A world of the demonstration that lacks somebody of the first page is not served: their door would refuse."""

import pytest
from django.db import connection

from hamkori.site.demo.cast import PERSONAS
from hamkori.site.launch.demo_world import CanNotGoOn, look_for_cast
from tests import doors
from tests.database import god
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


def test_who_of_the_first_page_is_missing_ends_the_start_with_one_line(scene: Scene) -> None:
    *others, last = PERSONAS.values()
    for persona in others:
        doors.person(scene.umed, persona.name, email=persona.email)
    with god(), pytest.raises(CanNotGoOn, match=r"--reset\.$") as said:
        look_for_cast(connection.connection)
    assert "\n" not in str(said.value)
    doors.person(scene.umed, last.name, email=last.email)
    with god():
        look_for_cast(connection.connection)
