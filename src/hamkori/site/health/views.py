"""Whether this process is alive, and whether it can work. No page, no language, no secret."""

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from hamkori.site.database import outages
from hamkori.site.health import pulse
from hamkori.vault import server

PLAIN = "text/plain; charset=utf-8"
PATIENCE = 2.0
"""Seconds after which a database that gives no connection is said to be away. A page waits longer (settings)."""


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("live\n", content_type=PLAIN)


@transaction.non_atomic_requests
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The process answers and all that it needs is well; else a sentence for each thing that is not."""
    try:
        _reach()
        with connection.cursor():
            here = pulse.Here(
                connection=connection.connection,
                data=settings.HAMKORI_DATA,
                keyring=settings.HAMKORI_KEYRING,
                mode=settings.HAMKORI_MODE,
                marks=settings.HAMKORI_MARKS,
                marks_are_there=server.marks_are_there,
            )
            found = pulse.look(pulse.OF_THE_PAGES, here)
            # Somebody has changed the database. That is to be looked into, and no reason to take the pages away.
            alarms = [f"{sign.of}: {sign.text}\n" for sign in pulse.alarms(here) if sign.well is False]
    except (DatabaseError, psycopg.Error) as error:
        outage, full = outages.of(error), pulse.room(settings.HAMKORI_DATA)
        said = outage.short if outage else outages.SILENT
        return _not_ready([said, *([f"{full.of}: {full.text}"] if full.well is False else [])])
    wrong = [f"{sign.of}: {sign.text}" for sign in found if sign.well is False]
    return _not_ready(wrong) if wrong else HttpResponse("".join(["ready\n", *alarms]), content_type=PLAIN)


def _reach() -> None:
    """Return if there is a database. psycopg.OperationalError: there is none, and why, soon.

    The pool of the pages waits ten seconds and does not say why. Where it has no connection to give, one beside it
    tells a database that is away from pages that are busy; for those it is waited as a page waits.
    """
    pool = getattr(connection, "pool", None)
    if pool is None or connection.connection is not None:
        return
    pool.open()
    try:
        pool.putconn(pool.getconn(timeout=PATIENCE))
    except PoolTimeout:
        psycopg.connect(**connection.get_connection_params() | {"connect_timeout": int(PATIENCE)}).close()


def _not_ready(sentences: list[str]) -> HttpResponse:
    answer = HttpResponse("".join(f"{sentence}\n" for sentence in sentences), status=503, content_type=PLAIN)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # who asks is told; the log of a bad hour stays short
    return answer
