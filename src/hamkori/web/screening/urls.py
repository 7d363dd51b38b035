"""Addresses of the signs and of the decision, under a case."""

from django.urls import path

from hamkori.web.screening import decide, views

urlpatterns = [
    path("screening/", views.screening, name="screening"),
    path("screening/discard/", views.discard, name="screening_discard"),
    path("decide/", decide.decide, name="decide"),
]
