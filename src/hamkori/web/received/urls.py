"""The receiver's steps on a referral. The page itself, and `withdraw`, are for both sides (web/both_sides.py)."""

from django.urls import path

from hamkori.web.received import answering, asking, helping, on_the_way
from hamkori.web.received.steps import RECEIVING

urlpatterns = [
    path("referrals/<str:code>/accept/", answering.accept, name="referral_accept"),
    path("referrals/<str:code>/ask_part/", asking.ask_part, name="referral_ask_part"),
    path("referrals/<str:code>/call_sender/", on_the_way.call_sender, name="referral_call_sender"),
    *RECEIVING.urls(*answering.STEPS, *helping.STEPS),
]
