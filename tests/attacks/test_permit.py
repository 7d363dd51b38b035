"""The owner of the database changes what a request is and whose; nothing leaves and nothing is read.

The holes: the address of a draft could be changed after it was written, a request that waits hung on another case, an
agreement lengthened for the receiver or put back after it was taken back, and a worker's own session, through
injection, could send to the police on what had been said of a shelter. Most were red on commit ff6e3b1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.hers import accept, erase_newest, not_sent, says, sends, version_of
from tests.attacks.owned import alarmed, copy_back, owner, packet_read, refused
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House
from tests.cast import tomorrow
from tests.hour import CLOCK, ahead

pytestmark = pytest.mark.alarms

SENDING = (
    "select take('referral', %s, 'send', null, 1,"
    ' \'{"visible_at": "2026-01-01", "answer_due_at": "2027-01-01"}\'::jsonb,'
    " '[]'::jsonb)"
)


# --- what a request is, and whose -------------------------------------------------------------------------------------

DRAFT = {
    "to": ("referral", "to_organisation_id", lambda house: house.world.bodies["cso-pamir"]),
    "service": ("referral", "service_id", lambda house: house.world.services["SAFE-02"]),
    "kind": ("referral", "recipient_kind_code", lambda house: "legal"),
    "purpose": ("referral", "purpose_code", lambda house: "justice"),
    "version": ("referral", "version", lambda house: 9),
    "sections": ("referral_sender", "sections", lambda house: ["contact", "needs"]),
    "rows": ("referral_sender", "consent_rows", lambda house: ["legal:help"]),
    "permit": ("referral_sender", "permit", lambda house: b""),
}


@pytest.mark.parametrize("part", DRAFT)
@pytest.mark.thin(4)
def test_a_draft_is_sent_as_it_was_written_or_not_at_all(house: House, part: str) -> None:
    case = house.case()
    agreeing = frozenset({"contact", "needs"})
    says(house, case, sections=agreeing)
    says(house, case, kind="legal", sections=frozenset({"contact"}))
    draft = house.draft(case)
    table, column, there = DRAFT[part]
    name = "id" if table == "referral" else "referral_id"
    owner(f"update {table} set {column} = %s where {name} = %s", there(house), draft.pk)
    with refused("permit"):
        sends(house, draft)
    not_sent(house, draft)


def test_a_draft_addressed_to_another_with_all_its_columns_is_not_sent(house: House) -> None:
    """Whole and fitting: another shelter's desk, of the same kind, for the same purpose."""
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    there = owner("select id, service_code from service where organisation_id = %s", house.world.bodies["cso-pamir"])[0]
    owner(
        "update referral set to_organisation_id = %s, service_id = %s, service_code = %s where id = %s",
        house.world.bodies["cso-pamir"], there["id"], there["service_code"], draft.pk,
    )  # fmt: skip
    with refused("permit"):
        sends(house, draft)
    not_sent(house, draft)


def test_a_request_hung_on_another_case_tells_its_people_nothing(house: House) -> None:
    """The colleague works on the other case only: hour and place of the meeting would be hers."""
    other = house.case(COLLEAGUE)
    says(house, other)
    _case, referral = house.sent()
    owner("update referral_origin set case_id = %s where referral_id = %s", other.pk, referral.pk)
    with alarmed("team"):
        accept(house, referral)
    told = {who for who, what in packet_read(house.world, referral.pk, keyring()) if "meeting" in what}
    assert told == {"shelter-worker"}, "who meets the person, and nobody of the other case"

    def add(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.add(actor, found, version=found.version, sections=["contact"])

    with refused("permit"):
        house.as_(LEAD, add)
    tried(2)


@pytest.mark.parametrize("column", ["to_organisation_id", "service_id", "recipient_kind_code", "purpose_code"])
def test_a_request_that_waits_is_accepted_as_it_was_sent_or_not_at_all(house: House, column: str) -> None:
    _case, referral = house.sent()
    there = {
        "to_organisation_id": house.world.bodies["legal-aid"],
        "service_id": house.world.services["LEGAL-01"],
        "recipient_kind_code": "legal",
        "purpose_code": "justice",
    }[column]
    owner(f"update referral set {column} = %s where id = %s", there, referral.pk)
    before = packet_read(house.world, referral.pk, keyring())
    with refused("permit"):
        accept(house, referral, "lawyer" if column == "to_organisation_id" else DESK)
    assert packet_read(house.world, referral.pk, keyring()) == before
    tried()


def test_a_later_end_is_not_believed(house: House) -> None:
    case, referral = house.accepted()
    owner("update consent_row set until = until + interval '100 days' where consent_id = %s", version_of(case)["id"])
    with refused("permit"):
        house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    tried()


def test_nor_are_more_sections(house: House) -> None:
    case, referral = house.sent()
    owner("update consent_row set sections = '{contact,needs}' where consent_id = %s", version_of(case)["id"])
    owner("update referral_sender set sections = '{contact,needs}' where referral_id = %s", referral.pk)
    with refused("permit"):
        accept(house, referral)
    tried()


STEPS = {
    "open": disclosure.open_packet,
    "serve": lambda actor, found: receive.serve(actor, found, version=found.version),
    "expect": lambda actor, found: receive.expect(
        actor, found, version=found.version, arrival_on=tomorrow() + timedelta(days=1), arrival_part="morning"
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_she_took_back_is_not_put_back(house: House, step: str) -> None:
    """Every row as it was before she took it back: state, access, packet, agreement."""
    case, referral = house.accepted()
    tables = {
        "referral": "id",
        "packet_body": "referral_id",
        "packet_seal": "referral_id",
        "referral_sender": "referral_id",
    }
    kept = {table: owner(f"select * from {table} where {name} = %s", referral.pk) for table, name in tables.items()}
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    erase_newest(case)
    owner("update referral set state_code = 'accepted', ended_at = null where id = %s", referral.pk)
    owner("update referral_sender set permit = %s, sections = %s where referral_id = %s",
          kept["referral_sender"][0]["permit"], kept["referral_sender"][0]["sections"], referral.pk)  # fmt: skip
    for table in ("packet_body", "packet_seal"):
        for row in kept[table]:
            copy_back(table, row)
    with refused("permit"):
        house.as_(WORKER, lambda actor: STEPS[step](actor, Referral.objects.get(pk=referral.pk)))
    tried()


def test_an_older_permit_of_the_same_request_is_not_believed(house: House) -> None:
    """She took one section back: what said that it may go is older than her word."""
    case = house.case()
    says(house, case, sections=frozenset({"contact", "needs"}))
    case, referral = house.sent(case)
    accept(house, referral)
    older = owner("select permit from referral_sender where referral_id = %s", referral.pk)[0]["permit"]
    says(house, case)
    owner("update referral_sender set permit = %s where referral_id = %s", older, referral.pk)
    with refused("permit"):
        house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    tried()


def test_a_permit_is_of_one_request_and_no_other(house: House) -> None:
    _case, first = house.accepted()
    _case, second = house.accepted()
    permit = owner("select permit from referral_sender where referral_id = %s", first.pk)[0]["permit"]
    owner("update referral_sender set permit = %s where referral_id = %s", permit, second.pk)
    with refused("permit"):
        house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=second.pk)))
    tried()


def test_honest_requests_go_on(house: House) -> None:
    case, referral = house.accepted()
    says(house, case, kind="legal", sections=frozenset({"contact"}))
    opened = house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    assert opened["contact"]["call_name"]

    def serve(actor: Any) -> Case:
        found = Referral.objects.get(pk=referral.pk)
        return receive.serve(actor, found, version=found.version)

    house.as_(WORKER, serve)
    opened = house.as_(WORKER, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    assert opened["contact"]["call_name"]


# --- wall 2, from a worker's own session ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows", ["{shelter_social:help}", "{shelter_social:help,police:justice}", "{}", "{legal:help}"]
)
def test_nobody_sends_to_the_police_on_what_she_said_of_a_shelter(house: House, rows: str) -> None:
    """Raw SQL in a worker's session, as an injection would run it: her own draft, with other rows named."""
    case = house.case()
    says(house, case)
    says(house, case, "no", kind="police", purpose="justice")

    def inject(actor: Any) -> None:
        draft = send.write(
            actor, case, service=house.world.services["JUST-01"], purpose="justice", urgency="urgent",
            sections=[], agreed_text="", told_body=True,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("update referral_sender set consent_rows = %s where referral_id = %s", [rows, draft.pk])
            cursor.execute("select live from consent_of(%s)", [draft.pk])
            found = cursor.fetchone()
            assert found is not None
            assert found[0] is False
            with pytest.raises(DatabaseError, match="consent_live"), transaction.atomic():
                cursor.execute(SENDING, [draft.pk])

    house.as_(LEAD, inject)
    tried()


def test_the_kind_of_a_request_is_that_of_its_service(house: House) -> None:
    """A lawyer's service named as a shelter, on what she said of shelters."""
    case = house.case()
    says(house, case)

    def inject(actor: Any) -> None:
        draft = house.write(actor, case)
        with connection.cursor() as cursor:
            cursor.execute(
                "update referral set to_organisation_id = %s, service_id = %s where id = %s",
                [house.world.bodies["legal-aid"], house.world.services["LEGAL-01"], draft.pk],
            )
            with pytest.raises(DatabaseError, match="consent_live"), transaction.atomic():
                cursor.execute(SENDING, [draft.pk])

    house.as_(LEAD, inject)
    tried()


# --- the clock that is its owner's ------------------------------------------------------------------------------------


@pytest.fixture
def three_days_ago(house: House) -> Iterator[None]:
    """The database's clock stands where its owner wants it."""
    owner(CLOCK, ahead(-3))
    yield
    owner(CLOCK, ahead())


def test_in_the_real_world_what_has_ended_has_ended_whatever_time_the_database_says(
    house: House, three_days_ago: None, settings: Any
) -> None:
    case = house.case()
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow() - timedelta(days=3))
    answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))
    first, second = house.draft(case), house.draft(case)
    sends(house, first)
    settings.PRODUCTION = True
    with pytest.raises(NotNow, match="consent_live"):
        accept(house, first)
    with pytest.raises(NotNow, match="consent_live"):
        sends(house, second)
    tried(2)
