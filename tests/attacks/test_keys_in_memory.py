"""Who reads the memory of the web process: what he finds of private keys between two requests, and after a sign-out.

On commit 4787818 this was red: a key that had been opened once lay in memory that Python had freed and not wiped.
"""

from __future__ import annotations

import pytest

from hamkori.vault.memory import wiped_after
from tests import doors
from tests.attacks.counted import tried
from tests.vault import test_memory
from tests.vault.test_memory import Needle
from tests.web.test_sign_in import ACCOUNT, UNLOCK, sign_in

pytestmark = [pytest.mark.django_db, test_memory.pytestmark]


def test_no_private_key_lies_between_two_requests_nor_after_the_sign_out() -> None:
    doors.house()
    who = doors.person(doors.body("umed"), "Zarina", function="social_worker")
    needle = Needle(who.key.private)
    object.__setattr__(who, "key", None)
    assert needle.found() == 0, "not after the invitation"
    client = doors.stranger()
    with wiped_after():
        sign_in(client, who)
    assert needle.found() == 0, "not after the sign-in, though the vault is open"
    pages = []
    for _ in range(3):
        with wiped_after():
            pages.append(client.get(ACCOUNT))
            assert needle.found() >= 1, "within a request it is there"
        assert needle.found() == 0
    assert all(page.wsgi_request.actor.keys is not None for page in pages), "wiped, though somebody still holds it"
    for path, form in (("/account/seal/", {}), (UNLOCK, {"passphrase": who.passphrase}), ("/account/sign-out/", {})):
        with wiped_after():
            assert client.post(path, form).status_code == 302
        assert needle.found() == 0, path
    tried(7)
