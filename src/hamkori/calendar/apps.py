"""Working days, as a managed table."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "hamkori.calendar"
    label = "calendar"
    stands_on = ()
