"""Notices: "you have one new request", never who."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "hamkori.notices"
    label = "notices"
    stands_on = ("access",)
