"""What shapes a database: migrations, walls (SQL that can be repeated), and what the rooms seed after them.

Walls are `src/hamkori/<room>/walls/*.sql`: grants, policies, triggers, functions. No grant exists but those in walls.
"""

from pathlib import Path

from hamkori.site.rooms import HOUSE, hash_of, made_of, rooms, rule_files

# Of this room: what makes roles, logins and tables that a restore has left missing.
OURS = ("database/left_out.py", "database/logins.py", "database/roles.py", "database/migrate.py", "settings.py")


def walls(house: Path = HOUSE) -> list[Path]:
    """In the order of their running, by room, then by name: a wall may use what a lower room has made."""
    return [path for room in rooms(house) for path in sorted((house / room / "walls").glob("*.sql"))]


def fingerprint(house: Path = HOUSE) -> str:
    """A short hash over everything that shapes the database; changes when a migration, wall, rule or seed does."""
    seeds = made_of(*house.glob("*/seed.py"), *rule_files(house), house=house)
    ours = [house / "site" / name for name in OURS]
    lists = sorted(house.glob("*/lists/*.yaml"))
    named = sorted(house.glob("*/apps.py"))  # which machines a room has
    return hash_of(house, [*sorted(house.glob("*/migrations/*.py")), *walls(house), *seeds, *named, *lists, *ours])
