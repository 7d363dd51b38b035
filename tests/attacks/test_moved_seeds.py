"""A second factor belongs to one account: another's seed, or her own old one, opens no sign-in.

Seeds were locked for nobody: one that was moved in the table `mfa_authenticator` opened a sign-in. These tests, but for
the last, were red on commit ff6e3b1.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse

from hamkori.people import totp
from hamkori.people.actions import account
from hamkori.web.account.joining import Kept
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import sql_as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


@pytest.fixture
def umed() -> Any:
    doors.house()
    return doors.body("umed")


def signs_in(who: doors.Person, code: str) -> HttpResponse:
    """Both steps, with her passphrase and this code."""
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": who.email, "password": who.passphrase})
    return client.post("/account/second-step/", {"code": code})


def data_of(who: doors.Person, kind: str) -> dict[str, Any]:
    found = sql_as_owner("select data from mfa_authenticator where user_id = %s and type = %s", who.user_id, kind)
    data = found[0][0]
    return dict(json.loads(data) if isinstance(data, str) else data)


def put(who: doors.Person, kind: str, data: dict[str, Any], other_kind: str = "") -> None:
    """A row of hers as its owner wants it: a trigger guards what is changed, so he makes it anew."""
    sql_as_owner("delete from mfa_authenticator where user_id = %s and type = %s", who.user_id, kind)
    sql_as_owner(
        "insert into mfa_authenticator (user_id, type, data, created_at) values (%s, %s, %s::jsonb, now())",
        who.user_id, other_kind or kind, json.dumps(data),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_another_accounts_seed_opens_no_sign_in(umed, kind: str) -> None:
    """He knows her passphrase, owns the table, and gives her his own authenticator or his own recovery codes."""
    zarina, mallory = doors.person(umed, "Zarina"), doors.person(umed, "Mallory")
    put(zarina, kind, data_of(mallory, kind))
    code = totp.code(mallory.totp_secret) if kind == "totp" else mallory.recovery_codes[0]
    answer = signs_in(zarina, code)
    assert answer.status_code == 409
    assert "cannot confirm this record" in answer.content.decode()
    assert sql_as_owner("select count(*) from access_session") == [(0,)]
    assert signs_in(mallory, totp.code(mallory.totp_secret)).status_code == 302
    tried()


def test_her_old_authenticator_put_back_opens_no_sign_in(umed) -> None:
    """Her lost telephone, its row kept by who owns the table."""
    zarina = doors.person(umed, "Zarina")
    for kind in ("totp", "recovery_codes"):
        before, secret = data_of(zarina, kind), totp.new_secret()
        with planting.committed(), doors.acting(zarina) as actor:
            if kind == "totp":
                account.new_authenticator(doors.house(), actor, secret)
            else:
                account.new_recovery_codes(actor, doors.house())
        after = data_of(zarina, kind)
        put(zarina, kind, before)
        code = totp.code(zarina.totp_secret) if kind == "totp" else zarina.recovery_codes[0]
        assert signs_in(zarina, code).status_code == 409
        put(zarina, kind, after)
        if kind == "totp":
            assert signs_in(zarina, totp.code(secret)).status_code == 302
        tried()


def test_a_seed_of_another_kind_or_none_is_no_seed(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    seed = data_of(zarina, "recovery_codes")["seed"]
    for data in ({"secret": seed}, {"secret": "totp.1.zz"}, {"secret": ""}, {}, {"secret": "00"}):
        with planting.undone():
            put(zarina, "totp", data)
            assert signs_in(zarina, totp.code(zarina.totp_secret)).status_code == 409
            tried()
    with planting.undone():
        put(zarina, "totp", data_of(zarina, "totp"), "webauthn")
        assert signs_in(zarina, totp.code(zarina.totp_secret)).status_code == 409
        tried()


def test_the_seed_of_a_page_belongs_to_its_link() -> None:
    """What a joining page carries to know its seed again is of no use at another link or account."""
    doors.house()
    kept = Kept.fresh()
    assert Kept.unlock(kept.lock("a"), "a") == kept
    assert Kept.unlock(kept.lock("a"), "b") is None
    tried()
