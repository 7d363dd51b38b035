"""The receiver's steps on a referral. The page itself, and `withdraw`, are for both sides (web/both_sides.py)."""

from django.urls import path

from hamkori.web.received import answering, helping

urlpatterns = [
    path("referrals/<str:code>/accept/", answering.accept, name="referral_accept"),
    path("referrals/<str:code>/ask/", answering.ask, name="referral_ask"),
    path("referrals/<str:code>/decline/", answering.decline, name="referral_decline"),
    path("referrals/<str:code>/unaccept/", helping.unaccept, name="referral_unaccept"),
    path("referrals/<str:code>/expect/", helping.expect, name="referral_expect"),
    path("referrals/<str:code>/miss/", helping.miss, name="referral_miss"),
    path("referrals/<str:code>/serve/", helping.serve, name="referral_serve"),
    path("referrals/<str:code>/staff/", helping.staff, name="referral_staff"),
    path("referrals/<str:code>/finish/", helping.finish, name="referral_finish"),
    path("referrals/<str:code>/amend/", helping.amend, name="referral_amend"),
]
