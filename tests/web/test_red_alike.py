"""What is red on Today is red on the case and in the list of cases, in the same words; and the rail counts it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.today import Today, today
from hamkori.directory.models import Service
from hamkori.web.today.rows import rows
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text, records, version

pytestmark = pytest.mark.django_db

PLACE, NOTHING = ({"need_tonight_codes": [need]} for need in ("safe_place", "nothing_now"))


def red(found: Today) -> set[int]:
    return {id(row) for row in (*found.danger, *found.unread, *found.late)}


def counted(house: Senders, slug: str) -> Today:
    """Today of this persona; the rail counts its red rows, each once."""
    with house.as_(slug) as actor:
        found, said = today(actor, "en"), counts(actor)
    lists_of = order.cards(found)
    lists = {card: len(whole) for card, whole in lists_of.items()}
    assert said.without_place + said.to_call == lists["unread"], (slug, said, "one number, wherever it is said")
    assert said.late == lists["overdue"] + lists["late"] + lists["papers"] + lists["steps"], (slug, said, lists)
    every = said.in_danger + said.without_place + said.to_call + said.late
    assert every == len(red(found)), (slug, said, [row.what for row in found.rows])
    calm = (*lists_of["soon"], *lists_of["later"])
    over = [one.what for one in calm if one.at is not None and one.at < found.now]
    assert not over, (slug, over, "of which the time is over is late")
    page = page_text(house.browser(slug).get("/"))
    # Of several that are late in one case Today has one row: the rail has the number of rows that stand on the page.
    rail = re.search(r"Today (\d+) \d", page)
    # What is late of somebody who heads a list that is not red is a line of that row, and no row of its own.
    expected = {row.case for card in set(lists_of) - set(order.RED) for row in lists_of[card]}
    beneath = sum(row.case in expected for row in found.late if row.case)
    assert every == beneath or rail is not None, (slug, "the rail of the page")
    # Above the lists stands whoever has to hear that nobody comes, or may be on the way: each is a call.
    box = len((*found.to_warn, *found.call_sender, *found.places_off, *found.call_off))
    # Who waits for a place that is confirmed, or needs a doctor, is counted as well, and is no red row.
    waits = sum(one.awaits_place or one.no_place or one.ill for one in lists_of["urgent"])
    assert rail is None or int(rail[1]) <= every + box + waits, (slug, every, box, waits)
    return found


def said_alike(house: Senders, slug: str, found: Today) -> None:
    """The page of each case says what its red rows say, with their buttons; the list of cases has its tag."""
    client = house.browser(slug)
    listed = client.get("/cases/").content.decode()
    for one in (*found.danger, *found.unread):
        if not one.case:
            continue
        row = rows([one], found.now)[0]
        page = page_text(client.get(f"/cases/{one.case}/"))
        line = listed.partition(f"/cases/{one.case}/")[2].partition("</tr>")[0]
        # A row of Today begins with whom to call; the case says why, and names them too.
        said = "No place for tonight" if one.no_place else str(row["what"]).removeprefix("Call: ")
        assert said in page, (slug, one.what)
        waits = one.what == "sent.waiting" and said != str(row["what"])
        assert not waits or "but the organisation is closed until" in page, (slug, one.what)
        assert row["button"] in page, (slug, one.what, row["button"])
        tag = "Somebody is in danger" if one.danger else "No place" if one.no_place else "Call now"
        assert tag in line, (slug, one.what)
        assert not one.awaits_place or "No place for tonight yet" in page


def test_today_the_case_the_list_and_the_rail_say_one_thing(house: Senders) -> None:
    """Red before: of whom nobody reads in time the case and the list said nothing, and the rail counted nobody."""
    closes(house)
    danger, alone = house.case(), house.case(PLACE)
    with god():
        Case.objects.filter(pk=danger.pk).update(has_danger=True)
    unread, asked, calm, declined, aged = (house.case(facts) for facts in (NOTHING, PLACE, PLACE, PLACE, NOTHING))
    for case in (alone, unread, asked, calm, declined, aged):
        house.agreed(case)
    sent, wanted, _ordinary = house.sent(unread), house.sent(asked), house.sent(calm, "normal")
    no, adult = house.sent(declined), house.sent(aged, "normal")
    with god():
        Service.objects.filter(pk=sent.service_id).update(admission_codes=["women"])
    pass_time(minutes=1)  # their desks see it: what they do not see yet is stopped when an age is put right
    for case in (unread, aged):
        with house.as_() as lead:
            found = Case.objects.get(pk=case.pk)
            cases.settle_age(lead, found, version=found.version, age_band="a9_17", reason="papers")
    pass_time(minutes=1)
    records(house)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=no.pk), version=version(no), reason="full")
    for slug in sorted(house.world.people):
        found = counted(house, slug)
        if slug not in ("caseworker-cso", "supervisor-cso"):
            continue
        assert {row.what for row in found.danger} == {"danger.open"}
        assert sorted((row.case, row.what) for row in found.unread) == sorted(
            [
                (alone.code, "place.open"),
                (unread.code, "sent.waiting"),
                (asked.code, "sent.waiting"),
                (aged.code, "sent.doubt"),
                (calm.code, "place.open"),
                (declined.code, "stopped.declined"),
            ]
        ), slug
        said_alike(house, slug, found)
        head = page_text(house.browser(slug).get("/")).partition("Call now")[0]
        assert "1 in danger · 6 to call now" in head.replace("\N{NO-BREAK SPACE}", " ")
        assert "late" not in head, "who declined a place for tonight is called about"
        assert re.search(r"Call now 6 ", page_text(house.browser(slug).get("/")))
    zarina = house.browser()
    assert "Child: they do not say that they take children" in page_text(zarina.get("/")), "of whom nobody reads it"
    for one in (sent, adult):
        zarina.post(f"/referrals/{one.code}/call/", {"operation": str(uuid4()), "answer": "reached"})
    found = counted(house, "caseworker-cso")
    assert not {unread.code, aged.code} & {row.case for row in found.unread}, "somebody was reached"
    for case in (unread, aged):
        assert {"sent.doubt", "consent"} <= {row.what for row in found.soon if row.case == case.code}
    house.accepted(wanted, part="now")
    assert asked.code not in {row.case for row in counted(house, "caseworker-cso").unread}
    assert "No place for tonight yet" not in page_text(zarina.get("/"))
    pass_time(days=3)
    for slug in sorted(house.world.people):
        counted(house, slug)


def test_no_list_names_a_step_that_is_barred_until_the_person_is_asked_again(house: Senders) -> None:
    """Red before: the list of cases said "Ask another organisation" where nothing can be sent."""
    case = house.case(PLACE)
    house.agreed(case)
    referral = house.sent(case)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=referral.pk), version=version(referral), reason="full")
    for days, barred in ((0, False), (62, True)):
        pass_time(days=days, minutes=1)
        with god():
            Case.objects.filter(pk=case.pk).update(need_tonight_codes=[], next_step_on="2030-01-02")
        for slug in ("caseworker-cso", "supervisor-cso"):
            client = house.browser(slug)
            line = client.get("/cases/").content.decode().partition(f"/cases/{case.code}/")[2].partition("</tr>")[0]
            named = re.search(r"Ask another organisation|Call the coordinator", line) is not None
            assert (named, "Ask the person again" in line) == (not barred, barred), (slug, line)
            for at in ("/", f"/cases/{case.code}/"):
                text = page_text(client.get(at))
                assert not (barred and "Ask another organisation" in text), (slug, at)
        assert ("Ask the person again" in page_text(house.browser().get("/"))) == barred


def test_a_planned_referral_is_not_next_where_nothing_can_be_sent(house: Senders) -> None:
    """Red before: "Refer to a service: late" in the list, and the page said that nothing can be sent."""
    case = house.case()
    house.agreed(case)
    pass_time(days=62)
    with god():
        on = timezone.localdate(now()) - timedelta(days=2)
        Case.objects.filter(pk=case.pk).update(next_step_code="refer", next_step_on=on)
    line = house.browser().get("/cases/").content.decode().partition(f"/cases/{case.code}/")[2].partition("</tr>")[0]
    assert "Ask about consent again" in line
    assert "Refer to a service" not in line
