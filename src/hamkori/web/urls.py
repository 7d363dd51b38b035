"""All addresses of the pages; each area has its own list."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from hamkori.web import both_sides
from hamkori.web.account.signing_in import doors_or
from hamkori.web.kit import appearance, drafts, styleguide
from hamkori.web.today import views as today

urlpatterns = [
    path("", doors_or(today.page), name="today"),
    path("today/", include("hamkori.web.today.urls")),
    path("cases/", include("hamkori.web.first.urls")),
    path("cases/", include("hamkori.web.cases.urls")),
    path("", include("hamkori.web.account.urls")),
    path("directory/", include("hamkori.web.directory.urls")),
    path("cases/<str:code>/", include("hamkori.web.screening.urls")),
    path("cases/<str:code>/", include("hamkori.web.consent.urls")),
    path("referrals/<str:code>/", both_sides.referral, name="referral"),
    path("referrals/<str:code>/withdraw/", both_sides.withdraw, name="referral_withdraw"),
    path("", include("hamkori.web.referrals.urls")),
    path("", include("hamkori.web.received.urls")),
    path("desk/", include("hamkori.web.desk.urls")),
    path("coordination/", include("hamkori.web.coordination.urls")),
    path("theme/", login_not_required(appearance.theme), name="theme"),
    path("keyboard/", login_not_required(appearance.keys), name="keyboard"),
    path("typing/", drafts.keep, name="typing"),
    path("typing/drop/", drafts.drop, name="drop_typing"),
    path("keys/", include("hamkori.web.keys.urls")),
    path("styleguide/", login_not_required(styleguide.sheet), name="styleguide"),
]
