"""The access floor as a Django app: who is acting, what the policy allows, which rows the database shows."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "hamkori.access"
    label = "access"
    stands_on = ()
