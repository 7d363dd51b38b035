"""Casework: case, screening, consent, referral, and what was done."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "hamkori.casework"
    label = "casework"
