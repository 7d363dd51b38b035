"""Build what is derived from the source and never kept in it: compiled languages, the files that pages ask for.

Nothing happens when nothing changed. Run as `python -m hamkori.site.serving.assemble [--collect]`.
"""

import hashlib
import os
import sys
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from hamkori.site.catalogues import compile_all
from hamkori.web.kit import assets

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES_WITH_FILES = ("Django", "django-allauth", "django-htmx", "whitenoise")


def assemble() -> None:
    """Languages and assets, in the source tree."""
    compile_all()
    assets.build()


def collect() -> None:
    """Static files under their hashed names, compressed, in the data folder; only when one of them changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hamkori.site.settings")
    django.setup()
    stamp = Path(settings.STATIC_ROOT) / "collected"
    wanted = _state_of_static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=Path(settings.STATIC_ROOT).exists())
    stamp.write_text(wanted)


def _state_of_static_files() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in PACKAGES_WITH_FILES:
        digest.update(f"{name}=={version(name)}\0".encode())
    for path in sorted(HOUSE.glob("*/static/**/*")):
        if path.is_file():
            digest.update(f"{path.relative_to(HOUSE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    assemble()
    if "--collect" in sys.argv:
        collect()
