"""What bodies offer, where, when, in which languages and to whom; and how a foreign directory is taken in."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "hamkori.directory"
    label = "directory"
    stands_on = ("people",)

    def ready(self) -> None:
        from hamkori.directory import scopes

        scopes.register()
