"""The coordinator's page."""

from django.urls import path

from hamkori.web.coordination import phone, views

urlpatterns = [
    path("late/", views.late, name="coordination_late"),
    path("child/<uuid:told>/settled/", views.settled, name="coordination_child"),
    path("<slug:body>/phone/", phone.record, name="coordination_phone"),
    path("<str:code>/call/", views.call, name="coordination_call"),
]
