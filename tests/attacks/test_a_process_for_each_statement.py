"""A login gives itself a setting by which each statement of the pages begins a process of its own.

Red on 3f58cb0: `debug_parallel_query` and `max_parallel_workers_per_gather` are any user's to set, and our connections
ask for neither. 150 short statements took 4.0 s where they took 0.12 s; each takes shared memory, of which a container
may have 64 MB (site/database/cluster.py), and eight of them are all that the server begins at once.
"""

from __future__ import annotations

import pytest

from hamkori.site.database import logins
from tests.attacks.counted import tried
from tests.attacks.test_settings_of_a_login import _healed, give
from tests.database import address

__all__ = ["_healed"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("login", ["hk_app", "hk_clock"])
def test_no_statement_of_ours_begins_a_process(login: str) -> None:
    give(login, debug_parallel_query="on", max_parallel_workers_per_gather="8")
    with logins.connect(address(login)) as opened:
        plan = "\n".join(line for (line,) in opened.execute("explain (costs off) select public.hk_now()"))
    tried()
    assert "Gather" not in plan, plan
