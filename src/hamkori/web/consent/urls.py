"""Addresses of consent, under a case."""

from django.urls import path

from hamkori.web.consent import paper, views, withdrawing

urlpatterns = [
    path("consent/", views.consent, name="consent"),
    path("consent/withdraw/", withdrawing.withdraw, name="consent_withdraw"),
    path("consent/print/", paper.printed, name="consent_print"),
]
