"""The addresses of the whole site: health here, everything people see in `web`."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from hamkori.site.health import views as health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
]
if settings.DEMO:
    # Before the pages' own: the first page is another one.
    urlpatterns.append(path("", include("hamkori.site.demo.urls")))
urlpatterns.append(path("", include("hamkori.web.urls")))
handler500 = "hamkori.web.kit.refusals.broken"
