"""Casework: case, screening, consent, referral, and what was done."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "hamkori.casework"
    label = "casework"

    def ready(self) -> None:
        from hamkori.casework.case.machinery import above
        from hamkori.casework.case.models import scopes as of_cases
        from hamkori.casework.consent.machinery import on_case, resting
        from hamkori.casework.referral.machinery import resting as requests
        from hamkori.casework.referral.models import scopes as of_referrals

        of_cases.register()
        of_referrals.register()
        above.rooms[:] = [on_case.HerWord(), requests.OnCase()]
        resting.rooms[:] = [requests.OnHerWord()]
