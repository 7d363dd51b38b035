"""The ledger: who did what, when, as whom; never content."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "hamkori.audit"
    label = "audit"
    stands_on = ("access",)
