"""Casework: case, screening, consent, referral, and what was done."""

from django.apps import AppConfig

from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import Machine, Step


class CaseworkConfig(AppConfig):
    name = "hamkori.casework"
    label = "casework"
    stands_on = ("calendar", "directory", "notices")

    def machines(self) -> tuple[Machine[Step], ...]:
        return REFERRAL, CASE

    def ready(self) -> None:
        from hamkori import refusal
        from hamkori.calendar import clocks
        from hamkori.casework import notice_texts
        from hamkori.casework.case.machinery import above
        from hamkori.casework.case.models import scopes as of_cases
        from hamkori.casework.case.rules.clock_table import CLOCKS
        from hamkori.casework.consent.machinery import on_case, resting
        from hamkori.casework.referral.machinery import resting as requests
        from hamkori.casework.referral.models import scopes as of_referrals
        from hamkori.casework.referral.rules.lifecycle import fate
        from hamkori.casework.work.rules import guards
        from hamkori.notices.texts import register

        of_cases.register()
        of_referrals.register()
        above.rooms[:] = [on_case.HerWord(), requests.OnCase()]
        register(10, notice_texts.SENTENCES)
        clocks.register(CLOCKS)
        resting.rooms[:] = [requests.OnHerWord()]
        states = dict.fromkeys(("referral_state", "case_state"), fate)
        refusal.register(guards.SENTENCES, plain=guards.PLAIN, counted=guards.COUNTED, states=states)
