"""The demo's database server: one that somebody has named by its addresses, else an own one in the data folder."""

import os
from pathlib import Path

import psycopg

from hamkori.site import environment
from hamkori.site.database import logins, outages, roles, startcheck
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch.surroundings import LOGIN_OF, VARIABLE_OF

DATABASE = "hamkori"


class Own:
    """The embedded server."""

    def __init__(self, data: Path) -> None:
        self.cluster = Cluster(data)

    def begin(self, *, anew: bool = False) -> str:
        """Start it, with roles and a closed database, `anew` without what is in it; a word on how. Or NoDatabase."""
        started = self.cluster.start()
        superuser = self.cluster.superuser_url
        roles.ensure_roles(superuser(), self.cluster.passwords())
        if anew:
            with logins.superuser(superuser()) as connection:
                roles.drop_database(connection, DATABASE)
        made = roles.ensure_database(superuser(), DATABASE)
        roles.harden(superuser(DATABASE))
        return "made" if made else "started" if started else "found running"

    def url(self, login: str, database: str) -> str:
        """The address with the password that we made."""
        return self.cluster.url(login, database)

    def revive(self) -> bool:
        """Start it again if it died."""
        return self.cluster.running() is None and self.cluster.start()

    def stop(self) -> None:
        """End it."""
        self.cluster.stop()


class Given:
    """A server that somebody else runs; its roles are made from `./hamkori migrate --roles`."""

    def __init__(self) -> None:
        self._addresses = {LOGIN_OF[name]: environment.text(variable) for name, variable in VARIABLE_OF.items()}

    def begin(self, *, anew: bool = False) -> str:
        """Ask each address for an answer, and whether its login fits its work."""
        for name, variable in VARIABLE_OF.items():
            address = self._addresses[LOGIN_OF[name]]
            if not address:
                raise NoDatabase(f"HAMKORI_DATABASE_URL is set, so {variable} must be set too.")
            reach(name, address)
        return "given"

    def url(self, login: str, database: str) -> str:
        """The address as it was given; it names its own database."""
        return self._addresses[login]

    def revive(self) -> bool:
        """Not ours to start."""
        return False

    def stop(self) -> None:
        """Not ours to end."""


Server = Own | Given


def reach(process: str, address: str) -> None:
    """Ask the server at this address whether `process` may work there. NoDatabase says in one line why not."""
    variable = VARIABLE_OF[process]
    try:
        with logins.connect(address, connect_timeout=10) as connection:
            (startcheck.check_owner if process == "owner" else startcheck.check_login)(connection)
    except environment.BadEnvironment:
        raise NoDatabase(f"{variable} {environment.NOT_AN_ADDRESS}.") from None
    except psycopg.Error as error:
        if (found := outages.of(error)) is None:
            raise
        raise NoDatabase(f"{variable}: {found.words}") from None
    except startcheck.MayNotServe as error:
        raise NoDatabase(f"{variable}: {error}") from None


def choose(data: Path) -> Server:
    """HAMKORI_DATABASE_URL if set, else an own server."""
    return Given() if os.environ.get("HAMKORI_DATABASE_URL") else Own(data)
