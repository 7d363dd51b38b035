"""Addresses of sign-in and of a person's own page. Only what is needed of allauth is routed: no sign-up, no reset."""

from django.urls import path

from hamkori.web.account import devices, joining, own, signing_in, slow, unlocking
from hamkori.web.kit.ahead import beforehand

urlpatterns = [
    path("account/", own.page, name="account"),
    path("account/sign-in/", beforehand(slow.sign_in)(signing_in.SignInView.as_view()), name="account_login"),
    path("account/second-step/", signing_in.SecondStepView.as_view(), name="mfa_authenticate"),
    path("account/start-again/", signing_in.again, name="account_again"),
    path("account/sign-out/", signing_in.sign_out, name="account_logout"),
    path("account/unlock/", beforehand(slow.unlock)(unlocking.unlock), name="account_unlock"),
    path("account/seal/", unlocking.seal, name="account_seal"),
    path("account/passphrase/", beforehand(slow.change)(own.passphrase), name="account_passphrase"),
    path("account/codes/", own.codes, name="account_codes"),
    path("account/authenticator/", own.authenticator, name="account_authenticator"),
    path("account/devices/", devices.page, name="account_devices"),
    path("account/devices/end/", devices.end, name="account_devices_end"),
    path("account/end-others/", own.end_others, name="account_end_others"),
    path("account/body/", own.body, name="account_body"),
    path("invitation/<str:token>/", beforehand(slow.join)(joining.invitation), name="invitation"),
    path("language/", own.language, name="language"),
]
