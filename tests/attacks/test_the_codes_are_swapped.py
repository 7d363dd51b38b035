"""The owner gives two cases, or two requests, each other's code while a form is open; nothing is written.

What one woman said was written as the other's, with a good tag: a yes to the police of whom nobody had asked, an end of
the other's request, an hour and a place for the other's team. Each with its form as the page draws it: all were red
on commit 3f5130e.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from hamkori.web.kit.written import by_whom
from tests.attacks.owned import alarmed
from tests.cast import FACTS, SEALED, World, tomorrow
from tests.database import god
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text, referrals, state

pytestmark = [pytest.mark.django_db, pytest.mark.alarms]
SENTENCE = "This page was opened for another case or referral, or before an update."


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def swapped(one: Case | Referral, two: Case | Referral, *, back: bool = False) -> None:
    """Each has the other's code from here on, or its own again."""
    codes = ((one.code, one), (two.code, two)) if back else ((one.code, two), (two.code, one))
    with god(), connection.cursor() as cursor:
        for code, thing in (("00000000", one), ("00000001", two), *codes):
            cursor.execute(f'update "{one._meta.db_table}" set code = %s where id = %s', [code, thing.pk])


def refused(answer: Any) -> None:
    assert answer.status_code == 409
    assert SENTENCE in page_text(answer)


def test_a_yes_of_one_woman_is_no_others(house: Senders) -> None:
    first, second = house.case(), house.case()
    client = house.browser()
    form = form_of(client.get(page(first)))
    swapped(first, second)
    said = {"a_police_justice": "yes", "s_police_justice": ["identity", "contact"], "read": "on", "how_given": "spoken"}
    with alarmed("case"):
        refused(client.post(page(first), {**form, **said, "language": "tg"}))
    with god():
        assert not ConsentRow.objects.exists()


def test_her_word_ends_no_other_womans_request(house: Senders) -> None:
    first, second = house.case(), house.case()
    house.agreed(first), house.agreed(second)
    hers, other = house.sent(first), house.sent(second)
    client = house.browser()
    form = form_of(client.get(page(first, "withdraw/")))
    swapped(first, second)
    with alarmed("case"):
        refused(client.post(page(first, "withdraw/"), {**form, "took": ["all"], "how_said": "in_person", "seen": "1"}))
    assert state(hers) == state(other) == "sent"
    swapped(first, second, back=True)
    client.post(page(first, "withdraw/"), {**form, "took": ["all"], "how_said": "in_person", "seen": "1"})
    assert (state(hers), state(other)) == ("withdrawn", "sent")


def test_a_form_of_taking_back_that_names_nobody_ends_nobodys_request(house: Senders) -> None:
    """A form from before forms named their thing does not say whose word it is: it is asked once more (ADR 0062)."""
    first, second = house.case(), house.case()
    house.agreed(first), house.agreed(second)
    hers, other = house.sent(first), house.sent(second)
    client, address = house.browser(), page(first, "withdraw/")
    said = {"took": ["all"], "how_said": "in_person", "seen": "1"}
    older = form_of(client.get(address)) | {"page_of": ""}  # as if there were no such field
    swapped(first, second)
    refused(client.post(address, {**older, **said}))
    assert state(hers) == state(other) == "sent"
    swapped(first, second, back=True)
    refused(client.post(address, {**older, **said}))
    client.post(address, {**form_of(client.get(address)), **said})
    assert (state(hers), state(other)) == ("withdrawn", "sent")


def test_hour_and_place_go_to_no_other_team(house: Senders) -> None:
    first = house.case()
    house.agreed(first)
    hers, theirs = house.sent(first), _of_a_colleague(house)
    desk = house.browser("desk-shelter")
    form = form_of(desk.get(f"/referrals/{hers.code}/"))
    swapped(hers, theirs)
    said = {
        **form, "team": [str(house.world.membership("shelter-worker"))], "arrival_on": tomorrow().isoformat(),
        "arrival_part": "morning", "hour": "Canary-Hour at nine", "place": "Canary-Place", "whom": "x",
    }  # fmt: skip
    with alarmed("referral"):
        answer = desk.post(f"/referrals/{hers.code}/accept/", said)
    refused(answer)
    assert "Canary-Hour at nine" in page_text(answer), "what was typed stays"
    assert {one.state_code for one in referrals()} == {"sent"}


def test_a_draft_is_written_into_the_case_that_was_shown(house: Senders) -> None:
    first, second = house.case(), house.case()
    house.agreed(first), house.agreed(second)
    client = house.browser()
    looked = client.post(f"/cases/{first.code}/refer/", {**house.screen(first), "do": "look"})
    form = {**house.screen(first), "page_of": form_of(looked).get("page_of", "")}
    swapped(first, second)
    with alarmed("case"):
        answer = client.post(f"/cases/{first.code}/refer/", form)
    refused(answer)
    assert not referrals()


@pytest.mark.parametrize("when", ["before", "inside"])
def test_a_draft_that_was_hung_on_another_case_is_not_written_over(house: Senders, when: str) -> None:
    """To write a draft makes its permit anew: of the case that its page was drawn for, also under the lock."""
    first, second = house.case(), house.case()
    house.agreed(first), house.agreed(second)
    draft, client = house.draft(first), house.browser()
    address = f"/referrals/{draft.code}/edit/"
    drawn = form_of(client.get(address))
    form = {**house.screen(first), **{one: drawn[one] for one in ("page_of", "version") if one in drawn}}
    moved = f"update public.referral_origin set case_id = '{second.pk}' where referral_id = '{draft.pk}'"
    with god(), connection.cursor() as cursor:
        if when == "inside":
            cursor.execute("select pg_get_functiondef('case_lock(uuid)'::regprocedure)")
            moved = cursor.fetchone()[0].replace("begin\n", f"begin {moved};\n", 1)
        cursor.execute(moved)
    answer = client.post(f"/referrals/{draft.code}/send/", form)
    assert answer.status_code == 409
    assert [one.state_code for one in referrals()] == ["draft"]


@pytest.mark.parametrize("carried", ["", "case", "case.0123", "referral.0123"])
def test_without_the_field_nothing_is_written(house: Senders, carried: str) -> None:
    case = house.case()
    said = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person", "page_of": carried}
    said["by_whom"] = by_whom(house.world.people["caseworker-cso"].user_id)
    answer = house.browser().post(page(case, "withdraw/"), said)
    refused(answer)
    assert "What is withdrawn Everything, to everybody" in page_text(answer), "what was chosen stands there in words"


def test_no_id_of_the_database_stands_in_a_page(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    for address in (page(case), f"/referrals/{draft.code}/", f"/referrals/{draft.code}/edit/"):
        text = house.browser().get(address).content.decode()
        assert 'name="page_of"' in text, address
        assert str(case.pk) not in text
        assert case.pk.hex not in text
        assert str(draft.pk) not in text
        assert draft.pk.hex not in text


def _of_a_colleague(house: Senders) -> Referral:
    """A request from another worker's case, of which the first one's knows nothing."""
    with house.as_("colleague-cso") as other, transaction.atomic():
        case = cases.begin(other, codes=FACTS, sealed=SEALED)
        case = cases.register(other, case, version=case.version)
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        until = timezone.localdate() + timedelta(days=60)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=until)
        consent.record(other, case, answers=answers, asking=asking)
        draft = sending.write(
            other, case, service=house.world.services["HOME-02"], purpose="help", urgency="urgent",
            sections=["contact"], agreed_text="x", told_body=True,
        )  # fmt: skip
        return sending.send(other, draft, version=draft.version)
