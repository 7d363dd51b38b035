"""What arrived on Today is marked as seen where it was seen, and nowhere else."""

import re

import pytest

from hamkori.notices.queries import unread_of
from tests import doors
from tests.cast import pass_time

pytestmark = pytest.mark.django_db


def test_what_came_after_the_page_was_read_is_not_marked_by_it(world) -> None:
    """Red before: a page of this morning, pressed in the evening, marked news that nobody had read."""
    client = doors.client_for(world.zarina)
    world.accepted(world.sent(world.case()), days=4)
    page = client.get("/").content.decode()
    (read_at,) = set(re.findall(r'name="read_at" value="([^"]+)"', page.partition('id="news"')[2]))
    pass_time(minutes=5)
    world.accepted(world.sent(world.case()), days=4)
    pressed = {"key": ["accepted"], "read_at": read_at}
    client.post("/today/seen/", pressed)
    with doors.acting(world.zarina) as actor:
        assert unread_of(actor).count() == 1, "of the second nobody has read"
    again = client.get("/").content.decode()
    assert "Accepted: NGO shelter" in again.partition('id="news"')[2]
