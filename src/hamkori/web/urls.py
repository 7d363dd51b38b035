"""All addresses of the pages; each area has its own list."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from hamkori.web import appearance, styleguide
from hamkori.web.account import own
from hamkori.web.account.front import doors_or

urlpatterns = [
    path("", doors_or(own.page), name="today"),
    path("", include("hamkori.web.account.urls")),
    path("directory/", include("hamkori.web.directory.urls")),
    path("cases/<str:code>/", include("hamkori.web.screening.urls")),
    path("", include("hamkori.web.referrals.urls")),
    path("theme/", login_not_required(appearance.theme), name="theme"),
    path("keys/", login_not_required(appearance.keys), name="keys"),
    path("styleguide/", login_not_required(styleguide.sheet), name="styleguide"),
]
