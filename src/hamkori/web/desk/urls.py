"""The inbox and the part of it that a waiting page asks for."""

from django.urls import path

from hamkori.web.desk import phone, views

urlpatterns = [
    path("", views.inbox, name="desk"),
    path("waiting/", views.waiting, name="desk_waiting"),
    path("phone/record/", phone.record, name="phone_record"),
]
