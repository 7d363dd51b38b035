"""Of which kind a service is, its row says, and no tag: no to a lawyer, and what she lets a shelter know goes there.

Which rows of her word a request needs (`consent.rows_needed`), and with them the kind that the permit names for good,
is reckoned from `service.service_code` at the moment in which the draft is written (`address.write_address`). The form
named the service and its organisation (`shown_for`), and not the kind. The owner's `case_lock` says another kind for
that moment; the row is as it was when the page is drawn and when it is sent. The first was red on commit 7d936af.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import address
from hamkori.refusal import NotNow
from hamkori.vault import server
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner, refused
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, WORKER, House
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

LAWYER = "lawyer"


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same service each test alarms anew."""
    monkeypatch.setattr(server.alarms(), "_lately", {})


@contextmanager
def called(service: Any, code: str) -> Iterator[None]:
    """From the lock of the case on the service is of that kind; after the press it is what it was."""
    was = owner("select service_code from service where id = %s", service)[0]["service_code"]
    owner(
        "alter function case_lock(uuid) rename to case_lock_as_made;"
        "create function case_lock(p uuid) returns void language plpgsql security definer set search_path = public"
        f" as $do$ begin update service set service_code = '{code}' where id = '{service}';"
        " perform case_lock_as_made(p); end $do$; grant execute on function case_lock(uuid) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        owner("drop function case_lock(uuid); alter function case_lock_as_made(uuid) rename to case_lock")
        owner("update service set service_code = %s where id = %s", was, service)


@contextmanager
def wall_without_the_kind() -> Iterator[None]:
    """The database's own answer (`consent_of`) compares the request with the service: his to leave out."""
    wall = "referral_names_its_rows(referral, text[])"
    made = owner("select pg_get_functiondef(%s::regprocedure) as made", wall)[0]["made"]
    compared = "and s.service_code = r.service_code"
    assert compared in made
    owner(made.replace(compared, ""))
    connection.close()
    try:
        yield
    finally:
        owner(made)


def test_what_a_shelter_may_know_goes_to_no_lawyer_to_whom_she_said_no(house: House) -> None:
    case, service, body = house.case(), house.world.services["LEGAL-01"], house.world.bodies["legal-aid"]

    def writes(actor: Any) -> Referral:
        return send.write(
            actor, case, service=service, purpose="help", urgency="urgent", sections=["contact"],
            agreed_text="Canary-Text", told_body=True, shown=body,
        )  # fmt: skip

    with called(service, "HOME-02"):
        draft = house.as_(LEAD, writes)
    says(house, case)
    says(house, case, "no", kind="legal")
    before, read = alarms(), {}

    def sends(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.send(actor, found, version=found.version, shown=body)

    def accepts(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        receive.accept(
            actor, found, version=found.version, team=[house.world.membership(LAWYER)], arrival_on=tomorrow(),
            arrival_part="morning",
        )  # fmt: skip

    with suppress(NotNow), wall_without_the_kind():
        house.as_(LEAD, sends)
        house.as_(LAWYER, accepts)
        read = house.as_(LAWYER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=draft.pk)))
    told = alarms() != before
    tried()
    assert read == {}, f"she said no to a lawyer, and a lawyer reads her name; alarm: {told}"


def test_a_draft_is_of_the_kind_that_the_page_named(house: House) -> None:
    """Also where he lies until it was sent: what was shown is compared before anything is written."""
    case, service, body = house.case(), house.world.services["LEGAL-01"], house.world.bodies["legal-aid"]
    before = owner("select count(*) as n from referral")

    def writes(actor: Any) -> None:
        send.write(
            actor, case, service=service, purpose="help", urgency="urgent", sections=["contact"],
            agreed_text="Canary-Text", told_body=True, shown=body, shown_code="LEGAL-01",
        )  # fmt: skip

    with called(service, "HOME-02"), refused("service"):
        house.as_(LEAD, writes)
    tried()
    assert owner("select count(*) as n from referral") == before


@pytest.mark.parametrize("caller", ["of the page", "that shows none"])
def test_a_draft_of_one_kind_is_not_sent_as_another(house: House, caller: str) -> None:
    """Nor by a caller who has seen another kind than the draft's permit names."""
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    if caller == "that shows none":
        owner("update referral set service_code = 'HOME-01' where id = %s", draft.pk)
        owner("update service set service_code = 'HOME-01' where id = %s", draft.service_id)
    seen = "LEGAL-01" if caller == "of the page" else ""

    def sends(actor: Any) -> None:
        send.send(actor, Referral.objects.get(pk=draft.pk), version=draft.version, shown_code=seen)

    try:
        with refused("permit"):
            house.as_(LEAD, sends)
    finally:
        owner("update service set service_code = 'HOME-02' where id = %s", draft.service_id)
    tried()


def test_a_request_that_was_called_otherwise_is_read_no_more(house: House) -> None:
    """Of which kind it was sent stands in its permit."""
    _case, referral = house.accepted()
    owner("update referral set service_code = 'HOME-01' where id = %s", referral.pk)
    owner("update service set service_code = 'HOME-01' where id = %s", referral.service_id)
    try:
        with refused("permit"):
            house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    finally:
        owner("update service set service_code = 'HOME-02' where id = %s", referral.service_id)
    tried()


def test_nothing_goes_to_a_service_that_is_of_another_kind_by_now(house: House) -> None:
    """By no act of ours, and so it is an alarm."""
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    owner("update service set service_code = 'HOME-01' where id = %s", draft.service_id)
    try:
        with refused("service"):
            house.as_(LEAD, lambda actor: send.send(actor, draft, version=draft.version))
    finally:
        owner("update service set service_code = 'HOME-02' where id = %s", draft.service_id)
    tried()


@pytest.mark.parametrize(
    ("compartment", "called_so", "named_so", "kind", "purpose", "right"),
    [
        ("services", "HOME-02", ["shelter_social:help"], "shelter_social", "help", True),
        ("services", "LEGAL-01", ["shelter_social:help"], "shelter_social", "help", False),
        ("services", "LEGAL-01", ["shelter_social:help"], "legal", "help", False),
        ("law_enforcement", "HOME-02", ["shelter_social:help"], "shelter_social", "help", False),
        ("oversight", "HOME-02", ["shelter_social:help"], "shelter_social", "help", False),
        ("services", "HEALTH-05", ["health:justice", "police:justice"], "health", "justice", True),
        ("services", "HEALTH-05", ["health:justice"], "health", "justice", False),
        ("services", "HOME-02", ["shelter_social:justice"], "shelter_social", "justice", False),
    ],
)  # fmt: skip
def test_what_the_wall_asks_of_a_request_is_asked_by_us_too(
    compartment: str, called_so: str, named_so: list[str], kind: str, purpose: str, right: bool
) -> None:
    row = Referral(service_code=called_so, recipient_kind_code=kind, purpose_code=purpose)
    assert address.names_its_rows(row, compartment, named_so) is right
