"""Addresses of the key holders' page. The last word is the step of a decision of two."""

from django.urls import path

from hamkori.web.keys import views

urlpatterns = [
    path("", views.page, name="keys"),
    path("create/", views.create, name="keys_create"),
    path("<uuid:question>/agree/", views.agree, name="keys_agree"),
    path("<uuid:question>/refuse/", views.refuse, name="keys_refuse"),
    path("<uuid:question>/take_back/", views.take_back, name="keys_take_back"),
]
