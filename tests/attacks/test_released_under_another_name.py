"""Whom a lead takes off the team she chose by a name that no tag covers: another one was taken off in her place.

Names of colleagues lie under the tags of their posts, and where somebody is let in it was asked. The page "Who can see
this", and the one that asks before somebody is released, took the name that `case_people` answers; the receiver's page
`referral_team`. The owner's functions say two names the other way round, and nobody alarmed: the first two were red on
commit 7d936af. Now the name is that of her post, as it was vouched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection, transaction

from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.team import holders
from hamkori.casework.referral.actions import disclosure, receive
from hamkori.casework.referral.models import Referral
from hamkori.people import queries
from hamkori.people.actions import posts
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import server
from tests.attacks.counted import tried
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_ids_that_are_bytes import answered_as_bytes
from tests.attacks.test_planted_casework import PSYCHOLOGIST, SOCIAL
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, LEAD, WORKER, House
from tests.web.forms_of import fields
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms
NOBODY = "Somebody whose name is not confirmed"


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same post each test alarms anew."""
    monkeypatch.setattr(server.alarms(), "_lately", {})


def name_of(house: House, who: str) -> str:
    return str(owner("select name from app_user where id = %s", house.world.people[who].user_id)[0]["name"])


@contextmanager
def names_swapped(function: str, one: str, other: str) -> Iterator[None]:
    """What that function answers, with these two names the other way round."""
    made = owner(f"select pg_get_functiondef('{function}(uuid)'::regprocedure) as made")[0]["made"]
    said = f"case u.name::text when '{one}' then '{other}' when '{other}' then '{one}' else u.name::text end"
    lied = made.replace("u.name::text", said)
    assert lied != made
    owner(lied)
    connection.close()
    try:
        yield
    finally:
        owner(made)


@contextmanager
def called(house: House, who: str, name: str) -> Iterator[None]:
    """The owner has written another name over hers: nobody vouched for a post under it."""
    was, user = name_of(house, who), house.world.people[who].user_id
    owner("update app_user set name = %s where id = %s", name, user)
    try:
        yield
    finally:
        owner("update app_user set name = %s where id = %s", was, user)


@contextmanager
def crossed(function: str, column: str, one: Any, other: Any) -> Iterator[None]:
    """What that function answers, with these two members in each other's place."""
    made = owner(f"select pg_get_functiondef('{function}(uuid)'::regprocedure) as made")[0]["made"]
    said = f"case {column} when '{one}' then '{other}'::uuid when '{other}' then '{one}'::uuid else {column} end"
    lied = made.replace(f"{column}, ", f"{said}, ", 1)
    assert lied != made
    owner(lied)
    connection.close()
    try:
        yield
    finally:
        owner(made)


def rows_of(page: Any) -> dict[str, str]:
    """Whom each button of "Who can see this" takes off, and the name that stands on it."""
    text = page.content.decode()
    return dict(re.findall(r'whom=([0-9a-f-]{36})">[^<]*<span class="quiet-label"> ([^<]*)</span>', text))


def opens(house: House, case: Case, who: str) -> bool:
    with suppress(NotVisible, NotNow):
        return bool(house.as_(who, lambda actor: section.open_section(actor, case, section="contact")).fields)
    return False


def test_whose_name_stood_on_the_page_is_off_the_team(house: House) -> None:
    case = house.case(COLLEAGUE, PSYCHOLOGIST)
    with transaction.atomic():
        browser = Senders(house.world).browser(LEAD)
    before, name = alarms(), name_of(house, COLLEAGUE)
    with names_swapped("case_people", name, name_of(house, PSYCHOLOGIST)):
        pages = {
            who: f"/cases/{case.code}/release/?whom={house.world.membership(who)}" for who in (COLLEAGUE, PSYCHOLOGIST)
        }
        shown = {who: browser.get(address) for who, address in pages.items()}
        meant = next((who for who, page in shown.items() if f"{name}" in page.content.decode()), None)
        if meant is not None:
            browser.post(pages[meant], fields(shown[meant]))
    told = alarms() != before
    tried()
    assert meant is None or not opens(house, case, COLLEAGUE), (
        f"the page asked whether {name!r} is to be taken off, and she reads on; alarm: {told}"
    )


def test_whose_name_was_ticked_helps_no_more_at_the_receiver(house: House) -> None:
    _case, referral = house.accepted()
    hers = [house.world.membership(SOCIAL)]

    def joins(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.staff(actor, found, version=found.version, joins=hers)

    house.as_(WORKER, joins)
    with transaction.atomic():
        browser = Senders(house.world).browser(WORKER)
    before, other = alarms(), name_of(house, SOCIAL)
    with names_swapped("referral_team", name_of(house, WORKER), other):
        page = browser.get(f"/referrals/{referral.code}/staff/")
        text = page.content.decode()
        place = text.index(other, text.index('name="leaves"'))
        chosen = text.rindex('value="', 0, place) + len('value="')
        member = text[chosen : text.index('"', chosen)]
        answer = browser.post(f"/referrals/{referral.code}/staff/", {**fields(page), "leaves": [member]})
    told, read = alarms() != before, {}
    with suppress(NotNow, NotVisible, Referral.DoesNotExist):
        read = house.as_(SOCIAL, lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=referral.pk)))
    tried()
    assert answer.status_code != 303 or not read, f"{other!r} was ticked, and she reads on; alarm: {told}"


def browser_of(house: House, who: str) -> Any:
    with transaction.atomic():
        return Senders(house.world).browser(who)


def named(house: House) -> tuple[Referral, str]:
    """A second worker at the receiver, and her membership as a form says it."""
    _case, referral = house.accepted()
    member = house.world.membership(SOCIAL)

    def joins(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.staff(actor, found, version=found.version, joins=[member])

    house.as_(WORKER, joins)
    return referral, str(member)


@pytest.mark.parametrize("how", ["names", "members"])
def test_beside_each_button_stands_the_name_of_whom_it_takes_off(house: House, how: str) -> None:
    case, names = house.case(COLLEAGUE, PSYCHOLOGIST), [name_of(house, who) for who in (COLLEAGUE, PSYCHOLOGIST)]
    members = [house.world.membership(who) for who in (COLLEAGUE, PSYCHOLOGIST)]
    client = browser_of(house, LEAD)
    lying = names_swapped("case_people", *names)
    if how == "members":
        lying = crossed("case_people", "a.membership_id", *members)
    with lying:
        shown = rows_of(client.get(f"/cases/{case.code}/who/"))
    tried()
    assert shown == {str(member): name for member, name in zip(members, names, strict=True)}


def test_who_could_send_a_part_is_named_by_her_post(house: House) -> None:
    case, names = house.case(COLLEAGUE, PSYCHOLOGIST), [name_of(house, who) for who in (COLLEAGUE, PSYCHOLOGIST)]
    before = house.as_(LEAD, lambda _actor: holders(case.pk))
    assert set(names) & {one for found in before.values() for one in found}
    with names_swapped("case_people", *names):
        after = house.as_(LEAD, lambda _actor: holders(case.pk))
    tried()
    assert after == before


def test_who_is_not_confirmed_has_no_name_and_is_taken_off_all_the_same(house: House) -> None:
    case, member = house.case(COLLEAGUE), str(house.world.membership(COLLEAGUE))
    client = browser_of(house, LEAD)
    with called(house, COLLEAGUE, "Canary Planted"):
        with alarmed("post"):
            who = client.get(f"/cases/{case.code}/who/")
        asked = client.get(f"/cases/{case.code}/release/?whom={member}")
        admits = client.get(f"/cases/{case.code}/admit/")
        answer = client.post(f"/cases/{case.code}/release/?whom={member}", fields(asked))
    tried()
    assert rows_of(who) == {member: NOBODY}
    assert NOBODY in asked.content.decode()
    assert not [page for page in (who, asked, admits) if "Canary Planted" in page.content.decode()]
    assert answer.status_code == 303
    assert not opens(house, case, COLLEAGUE)


def test_nor_has_she_one_at_the_receiver(house: House) -> None:
    referral, member = named(house)
    client, address = browser_of(house, WORKER), f"/referrals/{referral.code}/staff/"
    with called(house, SOCIAL, "Canary Planted"):
        with alarmed("post"):
            page = client.get(address)
        answer = client.post(address, {**fields(page), "leaves": [member]})
        joins = client.post(address, {**fields(client.get(address)), "joins": [member]})
    tried()
    assert NOBODY in page.content.decode()
    assert "Canary Planted" not in page.content.decode()
    assert answer.status_code == 303
    assert joins.status_code != 303, "nobody lets her in again while her post is not believed"
    assert not owner("select from referral_access where membership_id = %s and ended_at is null", member)


def test_a_member_that_is_no_id_has_no_name_and_the_page_comes(house: House) -> None:
    """Where it answers her membership in another type, nobody is found by it."""
    case, client = house.case(COLLEAGUE), browser_of(house, LEAD)
    with answered_as_bytes("case_people", "uuid", "membership_id"), alarmed("post"):
        connection.close()
        page = client.get(f"/cases/{case.code}/who/")
    tried()
    assert page.status_code == 200
    assert name_of(house, COLLEAGUE) not in page.content.decode()
    assert NOBODY in page.content.decode()


def test_who_is_put_beside_another_post_has_no_name(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator of the owner's would join them, found before the one of `pg_catalog`."""
    case, client = house.case(COLLEAGUE), browser_of(house, LEAD)
    lied = queries._ITS_POST.replace(" = ", " <> ")
    assert lied != queries._ITS_POST
    monkeypatch.setattr(queries, "_ITS_POST", lied)
    with alarmed("post"):
        shown = rows_of(client.get(f"/cases/{case.code}/who/"))
    tried()
    assert set(shown.values()) == {NOBODY}


def test_a_post_without_its_tag_is_an_alarm(house: House) -> None:
    case, member, client = house.case(COLLEAGUE), house.world.membership(COLLEAGUE), browser_of(house, LEAD)
    was = owner("select tag from membership where id = %s", member)[0]["tag"]
    owner("update membership set tag = '' where id = %s", member)
    try:
        with alarmed("post"):
            shown = rows_of(client.get(f"/cases/{case.code}/who/"))
    finally:
        owner("update membership set tag = %s where id = %s", was, member)
    tried()
    assert shown == {str(member): NOBODY}


def test_a_post_that_rests_has_no_name_and_is_no_alarm(house: House) -> None:
    """By our own act she carries no tag: nobody vouches for what stands there."""
    case, member = house.case(COLLEAGUE), house.world.membership(COLLEAGUE)
    client, before = browser_of(house, LEAD), alarms()
    works = house.as_(LEAD, lambda _actor: posts.works_as(member))
    house.as_(LEAD, lambda _actor: posts.suspend(server.keyring(), member))
    shown = rows_of(client.get(f"/cases/{case.code}/who/"))
    house.as_(LEAD, lambda _actor: posts.resume(server.keyring(), member, works))
    tried()
    assert shown == {str(member): NOBODY}
    assert alarms() == before
