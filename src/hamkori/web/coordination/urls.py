"""The coordinator's page."""

from django.urls import path

from hamkori.web.coordination import phone, pressed, views

urlpatterns = [
    path("late/", views.late, name="coordination_late"),
    path("child/<uuid:told>/called/", pressed.call_about_child, name="coordination_child"),
    path("<slug:body>/phone/", phone.record, name="coordination_phone"),
    path("<slug:body>/called/", pressed.call_organisation, name="coordination_called"),
    path("<str:code>/call/", views.call, name="coordination_call"),
]
