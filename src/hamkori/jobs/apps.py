"""The jobs as a Django app: procrastinate finds `tasks` in it."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "hamkori.jobs"
    label = "jobs"
    stands_on = ("casework",)
