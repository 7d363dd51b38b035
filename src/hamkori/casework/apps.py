"""Casework: case, screening, consent, referral, and what was done."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "hamkori.casework"
    label = "casework"

    def ready(self) -> None:
        from hamkori.casework.referral.models import scopes

        scopes.register()
