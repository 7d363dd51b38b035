"""Build what is derived from the source and never kept in it: compiled languages, the files that pages ask for.

Nothing happens when nothing changed. Run as `python -m hamkori.site.serving.assemble [--collect]`.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from hamkori.site import reading
from hamkori.site.catalogues import compile_all
from hamkori.site.rooms import HOUSE, hash_of
from hamkori.web.kit import assets

PACKAGES_WITH_FILES = ("Django", "django-allauth", "django-htmx", "whitenoise")


def assemble() -> None:
    """Languages and assets, in the source tree."""
    compile_all()
    assets.build()


def collect() -> None:
    """Static files under their hashed names, compressed, in the data folder; only when one of them changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    with reading.all_of_it():
        django.setup()
    stamp = Path(settings.STATIC_ROOT) / "collected"
    wanted = _state_of_static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=Path(settings.STATIC_ROOT).exists())
    stamp.write_text(wanted)


def _state_of_static_files() -> str:
    files = sorted(path for path in HOUSE.glob("*/static/**/*") if path.is_file())
    return hash_of(HOUSE, files, *(version(name) for name in PACKAGES_WITH_FILES))


if __name__ == "__main__":
    assemble()
    if "--collect" in sys.argv:
        collect()
