"""What `./hamkori worker` does once it is known that it may: jobs and the clock, until TERM."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hamkori.audit.witness import Witness
from hamkori.jobs import worker


class Command(BaseCommand):
    """Its files are in use meanwhile."""

    help = "run the jobs and the time limits on the database of HAMKORI_CLOCK_URL"

    def handle(self, **_options: Any) -> None:
        """Work."""
        with Witness(settings.HAMKORI_SIGNING_KEY).in_use():
            worker.run()
