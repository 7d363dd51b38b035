"""An addition is sealed to a worker of the receiver by the function that the database says she has at that moment.

Her row at the request says under its tag which sections she may hold, as her organisation named her. `send.add` asked
instead what `referral_keys` says of her post, which no tag covers here. The owner of the database changed her function
for the moment in which an honest colleague of the sender added, and put it back: she got the keys of what her function
never reads, and her pages showed it to her once he had widened her row as well, which nobody compared with its tag when
she read. No alarm. The receiving side sealed on what the database handed out, whatever her permit said. Red on 3a4afea.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.machinery import packets
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening
from hamkori.vault.server import keyring
from hamkori.vocabulary import codelist
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says, sends, version_of
from tests.attacks.owned import copy_back, owner, packet_read, refused
from tests.attacks.test_former_permits import Kept
from tests.attacks.test_permit import three_days_ago
from tests.attacks.test_planted_casework import SOCIAL
from tests.casework.racing import DESK, LEAD, WORKER, House
from tests.cast import tomorrow

__all__ = ["three_days_ago"]
pytestmark = pytest.mark.alarms

BOTH = frozenset({"contact", "screening"})


def screened(house: House, case: Case) -> None:
    def do(actor: Any) -> None:
        row = screening.start(actor, case, signs=["DR01"])
        danger = dict.fromkeys(codelist("danger_question").codes, "not_asked")
        row = screening.save(actor, case, seal_no=row.seal_no, part="danger", answers=danger)
        acts = dict.fromkeys(codelist("act_question").codes, "present")
        row = screening.save(actor, case, seal_no=row.seal_no, part="acts", answers=acts)
        screening.complete(actor, case, seal_no=row.seal_no)

    house.as_(LEAD, do)


def asked(house: House, sections: Iterable[str] = ("contact",)) -> tuple[Case, Referral]:
    """A draft that she agreed to, contact and signs; so much of it is ticked."""
    case = house.case()
    screened(house, case)
    says(house, case, sections=BOTH)

    def write(actor: Any) -> Referral:
        return send.write(
            actor, case, service=house.world.services["HOME-02"], purpose="help", urgency="urgent", sections=sections,
            agreed_text="Canary-Text", told_body=True,
        )  # fmt: skip

    return case, house.as_(LEAD, write)


def adds(house: House, referral: Referral) -> None:
    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        send.add(actor, found, version=found.version, sections=["screening"])

    house.as_(LEAD, do)


def staffs(house: House, referral: Referral, joins: Iterable[str] = (), leaves: Iterable[str] = ()) -> None:
    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        named = {"joins": map(house.world.membership, joins), "leaves": map(house.world.membership, leaves)}
        receive.staff(actor, found, version=found.version, **{name: list(who) for name, who in named.items()})

    house.as_(WORKER, do)


def opened(house: House, referral: Referral, who: str = WORKER) -> dict[str, Any]:
    found: dict[str, Any] = house.as_(
        who, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk))
    )
    return found


def test_who_may_hold_a_section_is_what_her_row_says_and_not_her_function_of_the_moment(house: House) -> None:
    _case, referral = asked(house)
    sends(house, referral)
    accept(house, referral)
    hers = house.world.membership(WORKER)
    row = owner("select sections from referral_access where membership_id = %s and referral_id = %s", hers, referral.pk)
    assert "screening" not in row[0]["sections"]
    owner("update membership set function_code = 'social_worker' where id = %s", hers)
    adds(house, referral)
    owner("update membership set function_code = 'shelter_worker' where id = %s", hers)
    owner(
        "update referral_access set sections = array_append(sections, 'screening') where membership_id = %s"
        " and referral_id = %s",
        hers, referral.pk,
    )  # fmt: skip
    assert (WORKER, "2.screening") not in packet_read(house.world, referral.pk, keyring())
    with refused("part"):
        opened(house, referral)
    owner("update referral_access set sections = %s where membership_id = %s and referral_id = %s",
          row[0]["sections"], hers, referral.pk)  # fmt: skip
    assert set(opened(house, referral)) == {"text", "contact"}
    tried(2)


def test_what_is_added_is_read_by_whom_her_organisation_named_for_it(house: House) -> None:
    """A social worker reads of such a request what the signs say; a shelter worker beside her does not."""
    _case, referral = asked(house)
    sends(house, referral)
    accept(house, referral)
    staffs(house, referral, joins=[SOCIAL])
    adds(house, referral)
    assert set(opened(house, referral, SOCIAL)) == {"text", "contact", "screening"}
    assert set(opened(house, referral)) == {"text", "contact"}


def test_what_she_took_back_is_sealed_on_to_nobody(house: House) -> None:
    """A part that she took back while it waited; its rows are put back, and her words about it are made wider."""
    case, referral = asked(house, sections=["contact", "screening"])
    sends(house, referral)
    kept = {table: owner(f"select * from {table} where referral_id = %s and section_code = 'screening'", referral.pk)
            for table in ("packet_body", "packet_seal")}  # fmt: skip
    says(house, case)
    assert len(kept["packet_seal"]) == 1

    for table, rows in kept.items():
        for row in rows:
            copy_back(table, row)
    owner("update consent_row set sections = '{contact,screening}' where consent_id = %s", version_of(case)["id"])

    def accepts(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.accept(
            actor, found, version=found.version, team=[house.world.membership(SOCIAL)], arrival_on=tomorrow(),
            arrival_part="morning",
        )  # fmt: skip

    house.as_(DESK, accepts)
    left = owner("select distinct section_code from packet_seal where referral_id = %s", referral.pk)
    assert {row["section_code"] for row in left} == {"text", "contact"}
    tried()


@pytest.mark.parametrize("how", ["withdraw", "recall"])
def test_nothing_is_handed_on_once_it_has_ended(house: House, how: str) -> None:
    """All rows are put back after her word, or a recall; an honest worker of the receiver names a colleague."""
    _case, referral = house.accepted()
    kept = Kept(referral)

    def ends(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        if how == "withdraw":
            send.withdraw(actor, found, how_said="in_person")
        else:
            send.recall(actor, found, version=found.version, reason="mistake")

    house.as_(LEAD, ends)
    owner("alter table referral disable trigger user")
    kept.put_back()
    owner("alter table referral enable trigger user")
    with refused("permit"):
        staffs(house, referral, joins=[SOCIAL])
    assert SOCIAL not in {who for who, _what in packet_read(house.world, referral.pk, keyring())}
    tried()


def test_a_colleague_is_named_without_keys_once_her_agreement_has_run_out(
    house: House, three_days_ago: None, settings: Any
) -> None:
    """By the machine's clock: the owner's stands three days ago, and hands the seals out."""
    case = house.case()
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow() - timedelta(days=3))
    answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))
    referral = house.draft(case)
    sends(house, referral)
    accept(house, referral)
    settings.PRODUCTION = True
    staffs(house, referral, joins=[SOCIAL])
    settings.PRODUCTION = False
    named = owner("select membership_id from referral_access where referral_id = %s", referral.pk)
    assert house.world.membership(SOCIAL) in {row["membership_id"] for row in named}
    assert {who for who, what in packet_read(house.world, referral.pk, keyring()) if what == "1.contact"} == {WORKER}
    tried()


def test_who_was_released_reads_nothing_of_before_when_her_rows_are_put_back(house: House) -> None:
    """Her row under its own id and tag, and the seals that were hers."""
    _case, referral = house.accepted()
    staffs(house, referral, joins=[SOCIAL])
    assert opened(house, referral, SOCIAL)["contact"]
    hers = house.world.membership(SOCIAL)
    row = owner("select * from referral_access where referral_id = %s and membership_id = %s", referral.pk, hers)[0]
    seals = owner("select * from packet_seal where referral_id = %s", referral.pk)
    staffs(house, referral, leaves=[SOCIAL])
    with pytest.raises(Referral.DoesNotExist):
        opened(house, referral, SOCIAL)
    owner("update referral_access set ended_at = null, tag = %s where id = %s", row["tag"], row["id"])
    for seal in seals:
        if not owner("select 1 from packet_seal where id = %s", seal["id"]):
            copy_back("packet_seal", seal)
    assert (SOCIAL, "1.contact") in packet_read(house.world, referral.pk, keyring()), "they are hers"
    with refused("part"):
        opened(house, referral, SOCIAL)
    tried()


def test_nothing_is_added_on_what_she_said_of_another_kind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of lawyers; the request to the shelter names that row until the guards of an honest addition were asked."""
    case, referral = asked(house)
    says(house, case)
    says(house, case, kind="legal", sections=BOTH)
    sends(house, referral)
    accept(house, referral)
    staffs(house, referral, joins=[SOCIAL])
    contents, names = packets.contents, "update referral_sender set consent_rows = %s where referral_id = %s"

    def meanwhile(*given: Any) -> Any:
        owner(names, ["shelter_social:help"], referral.pk)
        return contents(*given)

    monkeypatch.setattr(packets, "contents", meanwhile)
    owner(names, ["legal:help"], referral.pk)
    with refused("permit"):
        adds(house, referral)
    assert "2.screening" not in {what for _who, what in packet_read(house.world, referral.pk, keyring())}
    tried()
