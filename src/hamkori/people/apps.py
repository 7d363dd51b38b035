"""Bodies, the people who work in them, the roles they hold and their keys."""

from django.apps import AppConfig

from hamkori.lifecycle import Machine, Step
from hamkori.people.rules.two_person import TWO_PERSON


class PeopleConfig(AppConfig):
    name = "hamkori.people"
    label = "people"
    stands_on = ("audit", "notices", "vault")

    def machines(self) -> tuple[Machine[Step], ...]:
        return (TWO_PERSON,)

    def ready(self) -> None:
        from hamkori import refusal
        from hamkori.access import context
        from hamkori.notices.texts import register
        from hamkori.people import notice_texts, scopes
        from hamkori.people.rules import guards
        from hamkori.vault import server

        scopes.register()
        refusal.register(guards.SENTENCES)
        register(20, notice_texts.SENTENCES)
        context.show(lambda: server.keyring().shown())
