"""The database names more requests that her word ends than the machine has open files: her "no" is not even marked.

Each request that her word locks took a file of its own (`vault/alone.py`), held until her press was over. Which ones
those are says `consent_hits`, a function of the owner's: he names as many others as he likes, ended ones will do. So
the press failed because no file could be opened any more; and what is to hold her "no" then, the mark, could not be
written for the very same reason. What was sent was read on. Nothing stood in the file of alarms. Red on d57058f.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.web.consenting import form_of, page
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms

MANY = 150
LEFT = 60
"""How many more files may be opened: so many stand here for the 1024 that a process mostly has."""


@contextmanager
def many_named(referral: Referral) -> Iterator[None]:
    """So many requests that ended long ago, which `consent_hits` names instead of the one that runs."""
    kept = owner("select pg_get_functiondef('consent_hits'::regproc) as made")[0]["made"]
    owner("alter table referral disable trigger user")
    owner(
        "insert into referral select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),"
        " 'code', (coalesce("
        "(select max(code::int) from referral where code like '900%%'), 90000000) + n)::text,"
        " 'state_code', 'withdrawn', 'ended_at', now()))).*"
        " from referral r, generate_series(1, %s) n where r.id = %s",
        MANY, referral.pk,
    )  # fmt: skip
    owner("alter table referral enable trigger user")
    owner(
        "insert into referral_origin select (jsonb_populate_record(o, jsonb_build_object('referral_id', r.id))).*"
        " from referral r, referral_origin o where r.code like '900%%' and o.referral_id = %s"
        " on conflict do nothing",
        referral.pk,
    )
    owner(
        "create or replace function consent_hits(p_case uuid)"
        " returns table (referral_id uuid, refused boolean, dropped text[])"
        " language sql volatile security definer set search_path = '' as"
        " $$ select r.id, true, '{}'::text[] from public.referral r join public.referral_origin o"
        " on o.referral_id = r.id where o.case_id = p_case and starts_with(r.code, '900') $$"
    )
    try:
        yield
    finally:
        owner(kept)


@contextmanager
def few_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + LEFT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_what_was_sent_is_read_no_more(house: House) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    before = alarms()
    with many_named(referral), few_files():
        answer = client.post(page(case, "withdraw/"), form)
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took everything back ({answer.status_code}), and it is read; alarm: {told}"


def test_her_no_to_one_row(house: House) -> None:
    case, referral = house.accepted()
    with transaction.atomic():
        client = Senders(house.world).browser(LEAD)
    client.raise_request_exception = False
    form = form_of(client.get(page(case))) | {"a_shelter_social_help": "no", "how_said": "in_person", "seen": "1"}
    with many_named(referral), few_files():
        answer = client.post(page(case), form)
    read = dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she said no ({answer.status_code}), and it is read"
