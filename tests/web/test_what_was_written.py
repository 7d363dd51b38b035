"""A refusal takes nothing away: sealed meanwhile, closed meanwhile, signed out meanwhile, the words come back."""

import re
from contextlib import nullcontext
from urllib.parse import quote

import pytest
from django.conf import settings

from hamkori.casework.case.models import SECTION_MODELS
from tests import doors
from tests.database import god
from tests.web.forms_of import fields, press, text

pytestmark = pytest.mark.django_db


def test_what_was_written_while_the_vault_was_sealed_is_sent_again(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    typed = {**fields(client.get(address)), "wishes": "Canary-Wish, long and dear"}
    client.post("/account/seal/")
    refused = client.post(address, typed)
    assert refused.status_code == 409
    page = text(refused)
    assert 'target="_blank"' in page, "the passphrase is asked beside it"
    assert f'action="{address}"' in page
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert kept["wishes"] == typed["wishes"]
    client.post("/account/unlock/", {"passphrase": world.zarina.passphrase})
    assert client.post(address, kept).status_code == 303
    assert "Canary-Wish, long and dear" in text(client.get(f"/cases/{case.code}/?open=needs"))


def test_what_was_written_for_a_case_that_is_closed_meanwhile_can_be_copied(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    typed = {**fields(client.get(address)), "wishes": "Canary-Wish, long and dear"}
    press(doors.client_for(world.zarina), f"/cases/{case.code}/close/", outcome="goals_met", sure="on")
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert "Canary-Wish, long and dear</textarea>" in text(refused)
    assert str(typed["operation"]) not in text(refused), "codes and ids are nothing that was written"


def test_whoever_was_signed_out_gets_her_words_back(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    typed = {**fields(client.get(address)), "wishes": "Canary-Wish, long and dear"}
    with doors.idle(world.zarina, 16):
        ended = client.post(address, typed)
    assert ended.status_code == 403
    assert "You are signed out" in text(ended)
    assert "Canary-Wish, long and dear</textarea>" in text(ended)
    assert ended["Cache-Control"] == "no-store"
    with god():
        assert not SECTION_MODELS["needs"]._default_manager.filter(case=case).exists()


@pytest.mark.parametrize("how", ["idle", "elsewhere"])
def test_why_she_is_signed_out_is_true_however_it_was(world, how: str) -> None:
    """Red before: fifteen minutes without work were named also when another device had ended it a moment ago."""
    client = doors.client_for(world.zarina)
    typed = fields(client.get("/account/passphrase/"))
    if how == "elsewhere":
        doors.client_for(world.zarina).post("/account/end-others/")
    with doors.idle(world.zarina, 16) if how == "idle" else nullcontext():
        said = text(client.post("/account/passphrase/", typed))
    assert "You are signed out" in said
    assert "after 15 minutes without work, 8 hours after you signed in, or when it is ended in another window" in said
    assert "What you sent last was not done." in said
    assert "Hamkori signs you out" not in said


@pytest.mark.parametrize("address", ["/account/", "/", "/cases/?page=2"])
def test_a_link_too_says_why_she_is_signed_out_and_leads_back(world, address: str) -> None:
    """Red before: only a form that was sent was told; a link stood at the sign-in without a word."""
    client = doors.client_for(world.zarina)
    with doors.idle(world.zarina, 16):
        ended = client.get(address)
    leads = f"/account/sign-in/?why=ended&next={quote(address, safe='')}"
    assert (ended.status_code, ended["Location"]) == (302, leads)
    door = text(client.get(leads))
    assert "A session ends after 15 minutes without work" in door
    assert f'name="next" value="{address}"' in door
    assert {client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE)} == {""}
    again = client.get("/account/")
    assert (again.status_code, again["Location"]) == (302, "/account/sign-in/?next=%2Faccount%2F"), "said once"


def test_a_stranger_is_told_nothing_of_sessions(world) -> None:
    for client in (doors.stranger(), doors.stranger()):
        client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        sent = client.get("/account/")
        assert (sent.status_code, sent["Location"]) == (302, "/account/sign-in/?next=%2Faccount%2F")
        assert "signed out" not in text(client.get(sent["Location"]))
    assert "signed out" not in text(doors.stranger().get("/"))


def test_a_part_too_says_why(world) -> None:
    client = doors.client_for(world.zarina)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/"}
    with doors.idle(world.zarina, 16):
        sent = client.get("/account/", headers=headers)
    assert (sent.status_code, sent["HX-Redirect"]) == (204, "/account/sign-in/?why=ended&next=%2Fcases%2F")
