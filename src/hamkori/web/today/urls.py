"""What Today answers beside its page, which is the front door's."""

from django.urls import path

from hamkori.web.today import views

urlpatterns = [path("seen/", views.seen, name="seen")]
