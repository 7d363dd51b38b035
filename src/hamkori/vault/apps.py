"""The vault: keys, seals and locks. Only its session row is a table."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "hamkori.vault"
    label = "vault"
    stands_on = ("access",)
