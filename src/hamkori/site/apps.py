"""The house as a whole, as a Django app: its commands are what `./hamkori` calls once Django is there."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "hamkori.site"
    label = "site"
    stands_on = ("jobs", "web")
