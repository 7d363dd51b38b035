"""Addresses of the sender's pages. The receiver's have their own list; what both share: web/both_sides.py."""

from django.urls import path

from hamkori.web.referrals import keeping, on_the_way, refer, sent, settling, steps, told_person

urlpatterns = [
    path("cases/<str:code>/refer/", refer.refer, name="case_refer"),
    path("cases/<str:code>/gap/record/", refer.record_gap, name="gap_record"),
    path("referrals/", sent.listing, name="referrals"),
    path("referrals/<str:code>/edit/", refer.edit, name="referral_edit"),
    path("referrals/<str:code>/send/", refer.send, name="referral_send"),
    path("referrals/<str:code>/again/", refer.again, name="referral_again"),
    path("referrals/<str:code>/settle/", settling.settle, name="referral_settle"),
    path("referrals/<str:code>/put_back/", settling.put_back, name="referral_put_back"),
    path("referrals/<str:code>/keep_part/", keeping.keep_part, name="referral_keep_part"),
    path("referrals/<str:code>/call/", settling.call, name="referral_call"),
    path("referrals/<str:code>/tell_person/", told_person.tell_person, name="referral_tell_person"),
    path("referrals/<str:code>/arrange/", settling.arrange, name="referral_arrange"),
    path("referrals/<str:code>/warn_person/", on_the_way.warn_person, name="referral_warn_person"),
    *steps.SENDING.urls(*steps.STEPS),
]
