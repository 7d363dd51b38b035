"""A child of test_demo.py: the demo's world thrown away and put back, not served; what is in it then."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from hamkori.site.database import logins
from hamkori.site.database.cluster import Cluster
from hamkori.site.demo.kept import rows_of, throw_away
from hamkori.site.launch import surroundings
from hamkori.site.launch.demo_world import World
from hamkori.site.launch.servers import DATABASE

LEAD = "zarina@kulob.example"


def main() -> int:
    """One line of JSON, the last: rows as they were built, rows that are there, what she calls herself."""
    data = Path(sys.argv[1])
    cluster = Cluster(data)
    cluster.stop()
    throw_away(data)
    world = World(data, lambda kind: surroundings.of_process(kind, "demo", world.server, DATABASE, data))
    try:
        began = world.begin()
        note = json.loads(next((data / "kept").glob("*/note.json")).read_text())
        with logins.superuser(cluster.superuser_url(DATABASE)) as connection:
            rows = rows_of(connection)
        os.environ.update(surroundings.of_process("web", "demo", cluster, DATABASE, data))
        sys.stdout.write(json.dumps({"began": began, "built": note["rows"], "rows": rows, "called": _called(world)}))
        return 0
    finally:
        world.end()


def _called(world: World) -> Any:
    """Sealed for the people of her case, opened with the passphrase of one of them."""
    import django

    django.setup()
    from hamkori.casework.case.actions.section import open_section
    from hamkori.casework.case.models import Case
    from hamkori.site.demo.hands import Hands
    from hamkori.vault.server import keyring

    member = "select m.id from membership m join app_user u on u.id = m.user_id where u.email = %s"
    with world.as_owner() as owner:
        hands = Hands(keyring(), owner)
        row = owner.execute(member, [LEAD]).fetchone()
        assert row is not None
        with hands.as_(LEAD, row[0]) as actor:
            return open_section(actor, Case.objects.get(language_code="uz"), section="contact").fields["call_name"]


if __name__ == "__main__":
    raise SystemExit(main())
