"""Bodies, the people who work in them, the roles they hold and their keys."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "hamkori.people"
    label = "people"

    def ready(self) -> None:
        from hamkori.people import scopes

        scopes.register()
