"""Addresses of the directory."""

from django.urls import path

from hamkori.web.directory import editing, views

urlpatterns = [
    path("", views.listing, name="directory"),
    path("add/", editing.add, name="service_add"),
    path("<uuid:service_id>/", views.page, name="service"),
    path("<uuid:service_id>/edit/", editing.edit, name="service_edit"),
    path("<uuid:service_id>/mark/", editing.mark, name="service_mark"),
]
