"""Addresses of the first contact. They stand before those of a case: `first` is no number."""

from django.urls import path

from hamkori.web.first import beginning, place, steps, which

urlpatterns = [
    path("first/", beginning.first, name="first_contact"),
    path("<str:code>/first/", steps.step, name="first_step"),
    path("<str:code>/place-found/", place.found, name="place_found"),
    path("<str:code>/place-which/", which.which, name="place_which"),
    path("<str:code>/call_off/", which.call_off, name="call_off"),
    path("<str:code>/place-reached/", place.reached, name="place_reached"),
    path("<str:code>/place-needed/", place.needed, name="place_needed"),
]
