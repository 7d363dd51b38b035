"""Addresses of the demonstration; they stand before the pages' own and exist in no other mode."""

from django.urls import path

from hamkori.site.demo import enter, front

urlpatterns = [
    path("", front.front, name="front"),
    path("demo/enter", enter.enter, name="demo-enter"),
    path("demo/mail/", front.mail, name="demo-mail"),
]
