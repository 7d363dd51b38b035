"""The way from "no" to the next organisation, and what is true of a desk that is closed."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralSender, ReferralStep
from hamkori.directory.models import Service, ServiceArea
from hamkori.web.kit import moments
from hamkori.web.kit.forms import DateField, KitForm
from tests.cast import pass_time, wall_clock
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, records, referrals, state

pytestmark = pytest.mark.django_db
CALL = "Call: 00\u201111."
NO_NUMBER = "No number of this referral desk is recorded. The coordinator can look for one."


def address(case) -> str:
    return f"/cases/{case.code}/refer/"


def another(house: Senders, slug: str = "legal-aid", **more) -> Service:
    """The same kind of help at another organisation that has a desk."""
    with god():
        return Service.objects.create(
            organisation_id=house.world.bodies[slug],
            **{"service_code": "HOME-02", "region_code": "TJ-KT", "changed_at": timezone.now(), **more},
        )


def row_of(page: str, service) -> str:
    """A row of the list of services, as text."""
    return page[: page.index("</li>", page.index(f'value="{service}"'))].rpartition("<li>")[2]


# --- a desk that is closed ------------------------------------------------------------------------------------


def test_of_a_closed_desk_one_true_thing_is_said(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    zarina, shelter = house.browser(), house.world.services["HOME-02"]
    assert "time to an answer" not in row_of(zarina.get(address(case)).content.decode(), shelter), "nothing is known"
    with god():
        Service.objects.filter(pk=shelter).update(usual_answer_minutes=40)
    before = row_of(zarina.get(address(case)).content.decode(), shelter)
    assert "has room" in before
    assert "time to an answer" in before
    closes(house)
    row = row_of(zarina.get(address(case)).content.decode(), shelter)
    assert "All these referral desks are closed: nobody reads this before" in page_text(zarina.get(address(case)))
    assert not re.search("Nobody reads|Opens|closed now", row), "once, above the list"
    assert "Answer due" not in row, "a time that nobody can keep"
    assert "has room" not in row
    assert "time to an answer" not in row
    assert "No number is recorded." in row, "the coordinator's stands above"
    records(house)
    assert CALL in row_of(zarina.get(address(case)).content.decode(), shelter).replace("\u00a0", " ")


def test_what_can_wait_asks_nobody_to_call_the_coordinator(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    closes(house)
    looked = house.browser().post(address(case), house.screen(case, do="", urgency="within_a_day"))
    assert ", but the organisation is closed until " in page_text(looked)
    assert "only a call helps" not in page_text(looked)
    assert "call after sending" not in page_text(looked)
    assert NO_NUMBER not in page_text(looked)


def test_the_chosen_desk_is_called_and_nobody_is_named_there(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    closes(house)
    zarina = house.browser()
    look = house.screen(case, do="", urgency="urgent")
    said = page_text(zarina.post(address(case), look))
    assert "only a call helps. Name nobody on the telephone." in said
    assert "They see it when they open: call after sending." in said
    assert "they see it at once" not in said, "the box above says that nobody does"
    assert f"{NO_NUMBER} National coordinator: not recorded." in said
    records(house)
    said = page_text(zarina.post(address(case), look))
    assert "Referral desk: 00\u201111, invented, cannot be called" in said


def test_who_can_answer_in_time_stands_before_a_closed_desk_that_is_nearer(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    near, far = house.world.services["HOME-02"], another(house).pk
    with god():
        ServiceArea.objects.create(service_id=near, area_code="TJ-KT-01")
    zarina = house.browser()

    def order() -> list[bool]:
        page = zarina.get(address(case)).content.decode()
        return [page.index(f'value="{near}"') < page.index(f'value="{far}"')]

    assert order() == [True], "the nearest first while both are open"
    closes(house)
    assert order() == [False]


# --- who is asked next ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fits", [True, False])
def test_who_declined_stands_last_of_those_that_could_help(house: Senders, fits: bool) -> None:
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    other = another(house, **({} if fits else {"language_codes": ["fr"]})).pk
    if not fits:
        with god():
            Service.objects.filter(pk=house.world.services["HOME-02"]).update(language_codes=["fr"])
            ServiceArea.objects.create(service_id=house.world.services["HOME-02"], area_code="TJ-KT-01")
    declines(house, gone)
    page = house.browser().get(f"/referrals/{gone.code}/again/").content.decode()
    assert page.index(f'value="{other}"') < page.index(f'value="{house.world.services["HOME-02"]}"')
    declined = row_of(page, house.world.services["HOME-02"])
    assert "checked" not in declined, "and is not chosen"
    assert "they said no" in declined
    line = page.index("Asked already: Shelter Kulob, declined today ")
    assert page.index(f'value="{other}"') < line < page.index(f'value="{house.world.services["HOME-02"]}"')
    assert ", no place now" in page[line : line + 80], "named once, below the others, with why"


def declines(house: Senders, referral: Referral, suggested: str = "") -> None:
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=referral.pk)
        receive.decline(desk, card, version=card.version, reason="full", suggested_service=suggested)


def test_looking_for_another_writes_nothing_and_sending_settles_the_first(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    declines(house, gone)
    other = another(house)
    house.belongs[other.pk] = other.organisation_id
    house.world.services["legal-aid:HOME-02"] = other.pk
    zarina = house.browser()
    with god():
        before = (ReferralStep.objects.count(), ReferralSender.objects.get(referral=gone).settled_at)
    assert f"/referrals/{gone.code}/again/" in zarina.get("/").content.decode()
    assert zarina.get(f"/referrals/{gone.code}/again/").status_code == 200
    with god():
        assert (ReferralStep.objects.count(), ReferralSender.objects.get(referral=gone).settled_at) == before
    assert len(referrals()) == 1
    assert f"/referrals/{gone.code}/again/" in zarina.get("/").content.decode(), "looking decides nothing"
    pass_time(minutes=1)
    assert zarina.post(address(case), house.screen(case, "legal-aid:HOME-02")).status_code == 303
    assert [state(one) for one in referrals()] == ["declined", "sent"]
    assert f"/referrals/{gone.code}/again/" not in zarina.get("/").content.decode()


def test_once_one_has_accepted_the_other_that_was_asked_is_named(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    first = house.sent(case)
    other = another(house)
    house.belongs[other.pk] = other.organisation_id
    house.world.services["legal-aid:HOME-01"] = other.pk
    with god():
        Service.objects.filter(pk=other.pk).update(service_code="HOME-01")
    zarina, said = house.browser(), "Legal Aid is still asked for the same help"
    assert zarina.post(address(case), house.screen(case, "legal-aid:HOME-01")).status_code == 303
    (second,) = [one for one in referrals() if one.pk != first.pk]
    assert said not in page_text(zarina.get(f"/referrals/{first.code}/")), "both wait"
    after = zarina.get(f"/referrals/{second.code}/")
    waits = "Shelter Kulob is asked for the same help, and has not answered."
    assert waits in page_text(after), "the later one names the earlier"
    assert f'href="/referrals/{first.code}/recall/"' not in after.content.decode(), "both are for tonight"
    house.accepted(first, part="now")
    page = zarina.get(f"/referrals/{first.code}/")
    assert said in page_text(page)
    assert f'href="/referrals/{second.code}/recall/"' in page.content.decode()
    assert "still asked" not in page_text(house.browser("supervisor-cso").get(f"/referrals/{first.code}/"))


def test_where_other_help_was_suggested_what_was_asked_for_stays_listed(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    declines(house, gone, "LEGAL-01")
    page = house.browser().get(f"/referrals/{gone.code}/again/")
    none = {**house.screen(case, do="", need="HOME", earlier=gone.code), "service": ""}
    for shown in (page, house.browser().post(address(case), none)):
        text = page_text(shown)
        asked = text.index("Still needed: NGO shelter or crisis room")
        named = text.index("They suggested: Information on rights and procedure")
        assert named < text.index("Legal Aid") < asked < text.rindex("Shelter Kulob"), (
            "what was asked for stays listed, below what they suggest (ADR 238)"
        )
    assert "Canary-Words" in page.content.decode()
    assert f'name="earlier" value="{gone.code}"' in page.content.decode()
    assert len(referrals()) == 1, "nothing is written by looking"
    house.agreed(case, "legal", sections={"contact"})
    pass_time(minutes=1)
    house.sent(case, service="LEGAL-01")
    said = page_text(house.browser().get(f"/referrals/{gone.code}/"))
    assert re.search(r"Information on rights and procedure was asked for \(today \d\d:\d\d\); nobody", said), (
        'red before: "was asked for 6 November 10:18"'
    )
    assert "nobody gives NGO shelter or crisis room yet" in said, "why it still stands on Today"


def test_how_soon_and_which_parts_are_as_in_the_earlier_referral(house: Senders) -> None:
    """Red before: "Urgent" was preselected for a shelter whatever had been asked before. A bed for tonight alone is."""
    case = house.case({"need_tonight_codes": ["nothing_now"]}, needs={"needs": "Canary-Needs"})
    house.agreed(case)
    gone = house.sent(case, urgency="normal", sections=["contact"])
    pass_time(minutes=1)
    declines(house, gone)
    asked = house.screen(case, need="HOME", do="", shown_for="", urgency="", earlier=gone.code)
    looked = house.browser().post(address(case), asked)
    kept = fields(looked, address(case))
    assert (kept["urgency"], kept["sections"]) == (["normal"], ["contact"])


def second(house: Senders):
    case = house.case()
    house.agreed(case)
    return case


def test_a_day_that_is_over_is_not_asked_for_again(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    gone = house.sent(case, needed_from=wall_clock().date())
    declines(house, gone)
    zarina = house.browser()
    over = "which is over. “Needed from” is now: "
    assert over not in page_text(zarina.get(f"/referrals/{gone.code}/again/")), "today is not over"
    pass_time(days=2)
    page = zarina.get(f"/referrals/{gone.code}/again/")
    assert f"{over}today." in page_text(page)
    with house.as_():
        today = timezone.localdate(now())
    assert fields(page, address(case))["needed_from"] == [f"{today:%d.%m.%Y}"]
    draft = house.draft(case, needed_from=today)
    pass_time(days=1)
    opened = zarina.get(f"/referrals/{draft.code}/edit/")
    assert over in page_text(opened), "of a draft that waited too"
    assert fields(opened, f"/referrals/{draft.code}/edit/")["needed_from"] != [f"{today:%d.%m.%Y}"]


def test_no_day_is_printed_in_the_order_of_machines(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    zarina = house.browser()
    first = zarina.get(address(case))
    today = wall_clock().date()
    assert fields(first, address(case))["needed_from"] == [f"{today:%d.%m.%Y}"], "also where it is hidden"
    looked = zarina.post(address(case), house.screen(case, do=""))
    assert f'value="{today:%d.%m.%Y}"' in looked.content.decode()
    assert today.isoformat() not in looked.content.decode().split("<form")[-1]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (date(2026, 11, 5), "05.11.2026"),
        ("2026-11-05", "05.11.2026"),
        ("2026-13-05", "2026-13-05"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_a_date_stands_in_the_order_of_the_country(given: object, shown: object) -> None:
    class Form(KitForm):
        on = DateField(label="On")

    assert Form(initial={"on": given})["on"].value() == shown


# --- after sending --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [False, True])
def test_the_page_after_sending_says_who_answers_by_when_and_where_to_call(house: Senders, recorded: bool) -> None:
    case = house.case()
    house.agreed(case)
    if recorded:
        records(house)
    zarina = house.browser()
    sent = house.sent(case)
    with house.as_():
        assert sent.answer_due_at is not None
        due = moments.moment(sent.answer_due_at, now())
    said = f"Sent to Shelter Kulob. If nobody answers by {due}, the coordinator is told, and can call them."
    page = page_text(zarina.get(f"/cases/{case.code}/first/?step=sent&of={sent.code}"))
    assert said in page
    number = "Referral desk: 00\u201111, invented, cannot be called"
    assert (number if recorded else NO_NUMBER) in page


def test_the_line_after_sending_says_the_same(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    zarina = house.browser()
    after = zarina.post(address(case), house.screen(case, urgency="normal"))["Location"]
    shown = zarina.get(after)
    page = page_text(shown)
    bars = shown.content.decode().partition('<main id="main"')[2].partition("<h1>")[0]
    assert (bars.count('class="note'), "Stop it" in bars, "Stop it" in page_text(zarina.get(after))) == (1, True, True)
    assert page.count("the coordinator is told, and can call them.") == 1, "red before: beside the state too"
    assert "Sent to Shelter Kulob. If nobody answers by " in page


def test_who_did_not_come_stays_said_when_nothing_more_is_to_do(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    pass_time(days=2)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.miss(parvina, mine, version=mine.version)
    zarina = house.browser()
    asks = zarina.get(f"/referrals/{referral.code}/again/").content.decode()
    assert asks.count("First try to reach the person") == 1
    assert f'<a href="/cases/{case.code}/?from={referral.code}#contact">' in asks, "and the part stays locked"
    assert 'id="contact"' in zarina.get(f"/cases/{case.code}/").content.decode()
    pages = [zarina.get(f"/referrals/{referral.code}/")]
    zarina.post(f"/referrals/{referral.code}/settle/", {"operation": str(uuid4()), "reason": "not_wanted"})
    pages.append(zarina.get(f"/referrals/{referral.code}/"))
    stays = "then agree another time with the organisation, or end it."
    assert [stays in page_text(one) for one in pages] == [False, True], (
        "it is accepted still, and the person is not there"
    )


# --- who does not take such a person --------------------------------------------------------------------------


def test_who_does_not_take_the_person_is_not_among_those_that_may_decline(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    girls = another(house, admission_codes=["girls"]).pk
    away = another(house, "mia-centre", language_codes=["fr"]).pk
    page = house.browser().get(address(case)).content.decode()
    fold = page.index("Services that do not take this person")
    assert page.index(f'value="{away}"') < fold < page.index(f'value="{girls}"')
    assert "It does not take this person. It takes: girls under 18." in row_of(page, girls)
    assert "may decline" not in row_of(page, girls)
    assert "It may decline" in row_of(page, away)
    assert all(f'value="{one}"' in page for one in (girls, away)), "nothing of the own sex is hidden"


# --- the district ---------------------------------------------------------------------------------------------


def test_the_district_is_the_own_organisations_and_never_another_cases(house: Senders) -> None:
    zarina = house.browser()
    house.case()  # somebody else, in Bokhtar

    def district() -> object:
        danger = zarina.get("/cases/first/")["Location"]
        begun = zarina.post(danger, {**fields(zarina.get(danger)), "danger": "talk"})
        page = zarina.get(begun["Location"])
        assert "as in your last case" not in page_text(page)
        return fields(page)["district"]

    assert district() == [""]
    with god():
        ServiceArea.objects.create(service_id=house.world.services["SAFE-02"], area_code="TJ-KT-02")
    assert district() == ["TJ-KT-02"]
