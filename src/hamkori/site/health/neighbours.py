"""A part of the pulse: whether a login of ours may enter another database of the cluster, where nothing is hidden."""

from collections.abc import Iterator

from hamkori.site.database import roles, startcheck
from hamkori.site.health import pulse
from hamkori.site.health.pulse import Sign

OF = "Other databases"
WAY_OUT = "as superuser: revoke connect on database ... from public, or see docs/operating.md"


def neighbours(here: pulse.Here) -> Iterator[Sign]:
    """One line. What pg_hba.conf refuses to this login is not called well: it may let in the others."""
    found = startcheck.other_databases(here.connection, roles.CONNECTS)
    login = here.connection.info.user
    refused = {
        name for name, those in found.items() if login in those and not startcheck.gets_into(here.connection, name)
    }
    entered = [f"{name} ({', '.join(those)})" for name, those in found.items() if name not in refused]
    others = sorted({one for name in refused for one in found[name]} - {login})
    if entered:
        lets = "lets" if len(entered) == 1 else "let"
        yield Sign(OF, f"{', '.join(entered)} {lets} logins of ours in; {WAY_OUT}", well=False)
    elif refused:
        names, refuse = ", ".join(sorted(refused)), "refuses" if len(refused) == 1 else "refuse"
        text = f"{names} {refuse} {login} by pg_hba.conf; {pulse.NOT_SEEN}: {', '.join(others)}"
        yield Sign(OF, text if others else f"{names} {refuse} {login} by pg_hba.conf", well=None if others else True)
    else:
        yield Sign(OF, "closed to every login of ours", well=True)
