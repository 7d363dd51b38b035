"""A referral on a night on which no referral desk answers in time: what is said, and whom to call."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.closed_there import expiry
from hamkori.directory.models import Service, ServiceHours
from tests.cast import FACTS, SEALED, pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_said_on_the_telephone import press as called

pytestmark = pytest.mark.django_db
NO_NUMBER = "No number of this referral desk is recorded. The coordinator can look for one."


def address(case) -> str:
    return f"/cases/{case.code}/refer/"


def test_where_nobody_answers_in_time_it_is_said_above_the_list_whom_to_call(house: Senders, settings) -> None:
    settings.HAMKORI_COORDINATOR = "+992 00 000-Canary"
    case = house.case()
    house.agreed(case)
    zarina, said = house.browser(), "All these referral desks are closed: nobody reads this before"
    first = f"/cases/{case.code}/first/?step=service&urgency=urgent"
    records(house)
    assert not any(said in page_text(zarina.get(one)) for one in (address(case), first)), "somebody is there"
    closes(house)
    for one in (address(case), first):
        page = page_text(zarina.get(one))
        box = page[page.index(said) :]
        for word in (
            "Name nobody on the telephone.",
            "National coordinator: +992 00 000-Canary.",
            "In danger: 112*, police 102*, ambulance 103*. * not confirmed yet; call all the same",
            "Call: 00\u201111.",
        ):
            assert word in box, word


def test_where_all_that_fit_are_closed_one_that_is_open_is_not_folded_away(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    with god():
        Service.objects.create(
            organisation_id=house.world.bodies["legal-aid"],
            service_code="HOME-02",
            region_code="TJ-KT",
            changed_at=timezone.now(),
            language_codes=["fr"],
        )
    unfolded = '<details class="fold" open>'
    zarina = house.browser()
    assert unfolded not in zarina.get(address(case)).content.decode()
    closes(house)
    assert unfolded in zarina.get(address(case)).content.decode()


def test_in_the_directory_a_closed_desk_has_no_room_now(house: Senders) -> None:
    zarina = house.browser()

    def row() -> str:
        page = page_text(zarina.get("/directory/"))
        return page[page.index("Shelter Kulob") - 200 : page.index("Shelter Kulob") + 200]

    assert "closed now" not in row()
    closes(house)
    assert "closed now" in row()


def test_a_closed_desk_stays_said_after_sending(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    zarina = house.browser()
    pages = (f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}")
    said = ": only a call helps"
    assert not any(said in page_text(zarina.get(one)) for one in pages), "its hours are not known"
    closes(house)
    for one in pages:
        page = page_text(zarina.get(one))
        box = page[page.index("Due ") :]
        assert re.match(
            r"Due [\w ]+ \d\d:\d\d, but the organisation is closed until [\w ]+ \d\d:\d\d: only a call helps\.", box
        )
        assert 'class="clock"' not in zarina.get(one).content.decode(), "no bar of a time that nobody can keep"
        assert "Name nobody on the telephone." in box
        assert "police 102*" in box
        # Red before: only that a call helps, and "if nobody answers" of a time at which nobody has read it.
        ends = r"It expires [\w ]+ \d\d:\d\d, before they open \([\w ]+ \d\d:\d\d\), and what you sent is deleted\."
        assert re.search(ends, box)
        assert "Unless somebody reaches them by telephone, nobody reads it: ask again when they open." in box
        assert "the referral is late" not in box
        assert f"{NO_NUMBER} National coordinator: not recorded." in box
    assert page.index(said) < page.index("Sent to Shelter Kulob."), "whom to call stands first"
    for slug in ("caseworker-cso", "supervisor-cso"):
        today = page_text(house.browser(slug).get("/"))
        row = today[today.index("Call now") :]
        assert re.search(
            r"Call the coordinator .* due [\w ]+ \d\d:\d\d, but the organisation is closed until [\w ]+ \d\d:\d\d", row
        )
        assert 'class="clock"' not in house.browser(slug).get("/").content.decode()
        assert "Coordinator: no number recorded" in row, "the lead worker's and the supervisor's Today"
        assert NO_NUMBER not in row, "no whole sentence between the dots of a row"
    assert said in page_text(zarina.get("/referrals/")), "the list says it, too"
    house.agreed(case, "police", "justice", answer="no")
    assert not any("102*" in page_text(zarina.get(one)) for one in (*pages, address(case))), "after a no, not here"
    pass_time(days=1)
    late = page_text(zarina.get(pages[0]))
    assert said not in late, "the time limit is over: that it is late is said instead"
    assert "No answer yet. The coordinator has been told." in late


def test_a_yes_by_telephone_of_a_desk_that_opens_too_late_is_asked_for_again_then(house: Senders) -> None:
    """Red before: "ask them to accept, at the latest when they open", of what expires before."""
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    closes(house)
    zarina = house.browser()
    called(zarina, f"/referrals/{sent.code}/call/", "said_yes")
    said = page_text(zarina.get(f"/referrals/{sent.code}/"))
    ends = r"The referral itself expires [\w ]+ \d\d:\d\d, before they open: then what you sent is deleted"
    assert re.search(ends + r".* Send it again when they open \([\w ]+ \d\d:\d\d\),", said)
    assert "at the latest when they open" not in said


def opens_after(house: Senders, minutes: float) -> None:
    """Its desk opens for one hour, so many minutes from now."""
    opens = timezone.localtime(now() + timedelta(minutes=minutes))
    at = opens.hour * 60 + opens.minute
    with god():
        ServiceHours.objects.create(
            service_id=house.world.services["HOME-02"], day=opens.isoweekday(), opens=at, closes=min(at + 60, 1440)
        )


def test_a_desk_that_opens_between_late_and_expired_may_read_it_still(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    with house.as_():
        ends = expiry([sent.pk])[sent.pk]
    with god():
        due = Referral.objects.get(pk=sent.pk).answer_due_at
        assert due is not None
        opens_after(house, ((due - now()) + (ends - due) / 2).total_seconds() / 60)
    for page in (f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}"):
        box = page_text(house.browser().get(page)).partition("but the organisation is closed until")[2]
        late = r"If nobody answers by [\w ]+ \d\d:\d\d, the referral is late: it stays on your Today and on the coord"
        assert re.search(late, box)
        assert re.search(
            r"The referral waits for their answer until [\w ]+ \d\d:\d\d\. Then it expires, and what you sent is", box
        )
        assert "before they open" not in box


def test_a_desk_that_opens_in_time_and_is_closed_now_is_said_beside_the_time_and_what_can_be_stopped(house) -> None:
    """Red before: "answer by tomorrow" alone, and on the page after the first contact no word of stopping it."""
    case = house.case()
    house.agreed(case)
    opens_after(house, 5 * 60)
    sent = house.sent(case, urgency="normal")
    zarina = house.browser()
    pages = (f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}")
    closed = re.compile(r"They are closed until [\w ]+ \d\d:\d\d: nobody there reads it before\.")
    for one in pages:
        page = zarina.get(one)
        assert closed.search(page_text(page)), one
        assert "the coordinator is told, and can call them." in page_text(page), one
        assert re.search(r"You can stop it for \d+ seconds?: the referral desk has not seen it\.", page_text(page)), one
        assert f'action="/referrals/{sent.code}/stop/"' in page.content.decode(), one
    pass_time(minutes=2)
    assert "You can stop it" not in page_text(zarina.get(pages[1])), "they can see it by now"


FROM_TODAY = (("coordinator", "reached"), ("coordinator", "reached"))
"""Which of these calls the row of the team, and of the supervisor, takes."""


def test_after_a_call_that_reached_somebody_an_answer_is_awaited_and_nobody_is_told_to_call(house: Senders) -> None:
    """Red before: the box still said "Call." after somebody was reached, and Today had it under "Call now"."""
    closes(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina, only = house.browser(), ": only a call helps"
    page, after = f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}"
    assert f'action="{page}call/"' in zarina.get(after).content.decode(), "pressed where one reads that one calls"
    labels = re.compile(r'<button[^>]*name="answer" value="(\w+)"')
    answers = ["coordinator", "no_coordinator", "said_yes", "said_no", "calls_back"]
    assert labels.findall(zarina.get(page).content.decode()) == answers, "no number"
    for answer in ("coordinator", "no_coordinator", "reached"):
        form: dict[str, object] = {"answer": answer, "operation": str(uuid4())}
        today, above = (house.browser(slug).get("/") for slug in ("caseworker-cso", "supervisor-cso"))
        first, again = [answers if answer in here else [] for here in FROM_TODAY]
        shown = [[at for at in labels.findall(one.content.decode()) if at != "put_back"] for one in (today, above)]
        assert shown == [first, again], "said in the row itself; whoever can ask no other calls again"
        form |= {**fields(today, f"{page}call/"), "answer": answer} if first else {}
        assert zarina.post(f"{page}call/", form)["Location"] == (f"/#r{sent.code}" if first else page)
        calls, texts = answer != "reached", [page_text(zarina.get(one)) for one in (page, after, "/referrals/")]
        said = [calls and answer != "coordinator"] * 3  # the pages say until when the coordinator's answer is awaited
        assert [only in text for text in texts] == said, answer
        assert all(("Their answer is awaited by " in text) != calls for text in texts[:2]), answer
        for slug in ("caseworker-cso", "supervisor-cso"):  # red before: it stayed there with nothing to do, and no hour
            text = page_text(house.browser(slug).get("/"))
            tried = answer == "no_coordinator"  # red before: a call in vain made the row quieter (ADR 202)
            assert ("1 to call now" in text) == tried, (slug, answer, "who was reached calms it, in the rail too")
            assert (len(re.findall(r"call again at \d\d:\d\d", text)) == 1) == calls, (slug, answer, "but from when")
            assert ("Called again" in text) == tried, "and that one is folded until then"
            assert not tried or ("Tell the team" in text) == (slug == "supervisor-cso"), "they can ask another one"
            assert ("Call now" in page_text(house.browser(slug).get("/cases/"))) == tried
        pass_time(minutes=61 if answer == "no_coordinator" else 1)  # an hour later the row asks for the call once more
    of_page = labels.findall(zarina.get(page).content.decode())
    assert of_page == ["put_back", "said_yes", "said_no", "calls_back", "not_reached"], "that desk was reached"
    assert "Caseworker Cso called" in page_text(zarina.get("/"))
    pass_time(hours=3)
    for one in (page, after):
        assert "No answer yet. The coordinator has been told." in page_text(zarina.get(one)), "it comes back"
    assert "Sent to" not in page_text(zarina.get(after))
    assert "Urgent and late" in page_text(house.browser("supervisor-cso").get("/"))


def test_what_the_coordinator_was_called_about_stands_below_what_nobody_has_called_about(house: Senders) -> None:
    """Red before: it stayed first, for its hour runs out first."""
    closes(house)
    told, silent = house.case(), house.case()
    for case in (told, silent):
        house.agreed(case)
        sent = house.sent(case)
        pass_time(minutes=1)
        if case is told:
            page = f"/referrals/{sent.code}/call/"

    def told_first(slug: str) -> bool:
        today = house.browser(slug).get("/").content.decode()
        return today.index(f"/cases/{told.code}/") < today.index(f"/cases/{silent.code}/")

    assert told_first("caseworker-cso")
    house.browser().post(page, {"operation": str(uuid4()), "answer": "coordinator"})
    assert not any(told_first(slug) for slug in ("caseworker-cso", "supervisor-cso"))


def test_where_somebody_is_in_danger_the_police_are_named_on_no_page_after_a_no(house: Senders) -> None:
    with house.as_() as zarina:
        codes = {**FACTS, "has_danger": True, "risk_code": "high"}
        draft = cases.begin(zarina, codes=codes, sealed=SEALED)
    pages = [f"/cases/{draft.code}/{page}" for page in ("", "register/", "first/?step=danger")]

    def named(page: str) -> bool:
        text = page_text(house.browser().get(page, follow=True))
        assert ("112*, police 102*, ambulance 103*" in text) != ("112*, ambulance 103*" in text)
        return "102*" in text

    assert all(named(page) for page in pages)
    house.agreed(draft, "police", "justice", answer="no")
    assert not any(named(page) for page in pages)
    house.agreed(draft, "police", "protection", sections={"contact"})
    assert all(named(page) for page in pages), "protection was wanted"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "National coordinator: not recorded."),
        ("+992 00 000-Canary", "National coordinator: +992 00 000-Canary."),
        ("(demo) 00-00", "National coordinator: 00-00 (invented, cannot be called)."),
    ],
)
def test_the_way_to_the_coordinator_is_what_the_installation_says(house: Senders, settings, line, said) -> None:
    settings.HAMKORI_COORDINATOR = line
    case = house.case()
    house.agreed(case)
    records(house)
    sent = house.sent(case)
    pass_time(days=1)
    zarina = house.browser()
    for page in (f"/referrals/{sent.code}/", f"/cases/{case.code}/"):
        assert said in page_text(zarina.get(page)), page
