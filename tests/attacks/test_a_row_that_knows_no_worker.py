"""One row answers the clock that the worker is not known: the clock stands for the whole country, and blames a secret.

An act of the clock that fails holds up no other, whatever its row is (tests/jobs/test_clock_failures.py). But one code
of the database's, by which it says that a worker does not show the secret that it knows, ends the run: it is believed
of any act, and a trigger of the owner's raises it for one request alone. Every other request waits unseen from then on,
nothing names the row, and the worker tells whoever looks to mend its secret, which is right. Red on 248b16c; its parent
names the row and goes on.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError

from tests.attacks.counted import tried
from tests.cast import World, pass_time
from tests.jobs.test_clock import urgent_request
from tests.jobs.test_clock_failures import as_owner, kept, reminded, run

pytestmark = pytest.mark.django_db


def test_the_other_act_is_done_and_the_row_is_named(small_world: World) -> None:
    spoilt, sound = urgent_request(small_world), urgent_request(small_world)
    pass_time(hours=1, minutes=1)
    as_owner(
        "create function unknown() returns trigger language plpgsql as $do$ begin"
        f" if new.about_id = '{spoilt.pk}' then raise exception 'worker refused' using errcode = 'HK413'; end if;"
        " return new; end $do$;"
        "create trigger unknown before insert on notice for each row execute function unknown()"
    )
    for _turn in range(3):
        with suppress(DatabaseError):
            run()
    tried()
    told = [(act, code) for act, code, _times in kept()]
    assert (reminded(sound), told) == (True, [("remind", "HK413")])
