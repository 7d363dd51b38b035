"""The Django application of the door for people."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds templates, tags and built files; it has no tables."""

    name = "hamkori.web"
    label = "web"
    stands_on = ("casework",)
