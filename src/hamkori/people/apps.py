"""Bodies, the people who work in them, the roles they hold and their keys."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "hamkori.people"
    label = "people"

    def ready(self) -> None:
        from hamkori.access import context
        from hamkori.people import scopes
        from hamkori.vault import server

        scopes.register()
        context.show(lambda: server.keyring().shown())
