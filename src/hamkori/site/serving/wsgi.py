"""The door for the web server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from hamkori.site import environment, reading
from hamkori.site.database import outages, startcheck
from hamkori.site.serving import unpickling
from hamkori.site.serving.wiping import wiping
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import KeyringRefused

unpickling.forbid()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
try:
    with reading.all_of_it():
        application = wiping(get_wsgi_application())
except environment.BadEnvironment as error:
    raise SystemExit(f"hamkori: {error}") from None

from hamkori.site.tags import raising  # noqa: E402 - it reads models, which are there from here on

try:
    connection.ensure_connection()
    startcheck.check(connection.connection, settings.HAMKORI_MODE)
    startcheck.check_keyring(connection.connection, settings.HAMKORI_KEYRING, settings.HAMKORI_MODE)
    startcheck.check_marks(settings.HAMKORI_MARKS)
    raising.raise_marks(server.keyring())
except startcheck.MayNotServe as error:
    raise SystemExit(f"hamkori: {error}") from None  # one line for who started it, and no traceback
except (Sealed, Untrusted) as error:
    raise SystemExit(f"hamkori: Nothing is served: {error}. See ./hamkori tags status.") from None
except KeyringRefused as error:
    raise SystemExit(f"hamkori: The keyring cannot be used ({error.reason}).") from None
except Exception as error:
    if (found := outages.of(error)) is None:
        raise
    raise SystemExit(f"hamkori: Nothing is served: HAMKORI_DATABASE_URL: {found.words}") from None
connection.close()
