"""The coordinator's page."""

from django.urls import path

from hamkori.web.coordination import views

urlpatterns = [
    path("late/", views.late, name="coordination_late"),
    path("<str:code>/call/", views.call, name="coordination_call"),
]
