"""The first contact as it is read with the person there: each thing once, above what it is about, and beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hamkori.access.context import now
from hamkori.directory.models import Service
from hamkori.web.kit import moments
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web import test_short_way_of_a_child as of_child
from tests.web.forms_of import fields
from tests.web.in_a_browser import Shown
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_offered_first import asks, doctor_far_away
from tests.web.test_still_needed import offered

Show = Callable[..., Shown]
pytestmark = pytest.mark.django_db
CHILD = {"age_band_code": "a9_17", "adult": "yes"}
NOTHING_DEPENDS = "Help does not depend on these answers. The person may say nothing."
LATER = "Signs, for later"
LINK = re.compile(r'<span class="link">\s*(\w+)')
DETAILS = '<details class="fold">'


def signs(zarina: doors.DoorClient, danger: str = "talk", **who: str) -> str:
    return way.goes(way.press(zarina, way.begun(zarina, danger), **{**way.WHO, **who}, do="go"))


def test_that_nobody_has_to_answer_is_read_before_the_signs_are_asked(zarina) -> None:
    """Red before: the questions stood above the text that says so."""
    said = page_text(zarina.get(signs(zarina)))
    assert said.index(NOTHING_DEPENDS) < said.index("Is pay withheld?") < said.index("Read this aloud")
    assert LATER not in said


def test_for_a_child_without_a_bed_tonight_the_reading_comes_first(house: Senders, zarina) -> None:
    """Red before: pay and documents were asked of a child that had nowhere to sleep."""
    at = signs(zarina, "tonight", **CHILD)
    page = zarina.get(at).content.decode()
    before, title, after = page.partition(LATER)
    assert title
    assert before.rindex("<details") == before.rindex(DETAILS), "closed"
    assert after.index("Is pay withheld?") < after.index("Read this aloud")
    assert LATER not in page_text(zarina.get(signs(zarina, "tonight"))), "an adult is asked as before"
    assert LATER not in page_text(zarina.get(signs(zarina, **CHILD))), "a child that has a bed too"
    way.goes(way.press(zarina, at, pay="present", read="tg"))
    assert way.signs_of(house, way.case_of(at)).answers["signs"]["CD14"] == "present"
    before = zarina.get(at).content.decode().partition(LATER)[0]
    assert before.rindex("<details") > before.rfind(DETAILS), "what was answered is seen"


def test_to_what_a_yes_is_said_stands_above_the_answers_of_the_shelter_too(zarina) -> None:
    """Red before: below them for the shelter, and above for everybody else."""
    page = zarina.get(way.to_answers(zarina)).content.decode()
    for name in ("a_shelter_social_help", "a_health_help", "a_legal_help"):
        before = page[: page.index(f'name="{name}"')]
        assert before.rindex("Shared after they accept") > before.rindex("<fieldset"), name


def test_each_need_has_its_heading_above_those_who_can_help_with_it(house: Senders, zarina) -> None:
    """Red before: one list, in which nobody saw where the lawyers began."""
    offered(house, "LEGAL-01", "LEGAL-02", "DOC-01")
    doctor_far_away(house, "HEALTH-01")
    said = zarina.get(asks(zarina)).content.decode()
    assert re.findall(r"<h2>([^<]+)</h2>", said) == ["A doctor", "A lawyer", "Help with documents"]
    first = said.partition("<h2>A lawyer</h2>")[0]
    assert ("HEALTH-01" in first, "LEGAL" in first) == (True, False)
    free = said.partition("<h2>A lawyer</h2>")[2].partition("<h2>Help with documents</h2>")[0]
    assert ("LEGAL-0" in free, "DOC-0" in free) == (True, False)


def test_every_row_of_an_organisation_says_its_own_details(house: Senders, zarina) -> None:
    """Red before: the first row said them, and those below it stood bare."""
    offered(house, "LEGAL-01", "LEGAL-02")
    with god():
        Service.objects.exclude(service_code__startswith="X").update(language_codes=["fr"])
    said = zarina.get(asks(zarina, doctor="no")).content.decode()
    rows = [one for one in said.split('<b class="what">')[1:] if '<p class="of">Legal Aid</p>' in one]
    assert len(rows) > 1
    assert all("speaks:" in one for one in rows), rows


def test_on_the_check_page_each_part_has_its_change_beside_it(zarina) -> None:
    """Red before: four links by themselves below the summary."""
    at = way.to_check(zarina)
    page = zarina.get(at).content.decode()
    changes = re.findall(r'href="([^"]+)">\s*Change<span class="quiet-label"> ([^<]+)</span>', page)
    assert [name for _url, name in changes] == ["service", "need", "who", "Locked until they accept"]
    assert [re.findall(r"step=\w+", url)[0] for url, _name in changes[:3]] == ["step=service", "step=need", "step=who"]
    assert changes[3][0].endswith("/edit/")
    slip = page.partition('<section class="slip">')[2].partition("</section>")[0]
    assert slip.count("Change<span") == 4
    order = [slip.index(word) for word in ("Kind of help", "Answer wanted", "Woman", "Locked until they accept")]
    assert order == sorted(order)


def test_what_is_not_said_yet_is_said_and_what_is_said_is_changed(zarina) -> None:
    """Red before: "Change", of what nobody had said; and "not known" beside "not asked"."""
    page = zarina.get(at := way.begun(zarina)).content.decode()
    rows = page.partition("More about the person")[2].partition("</section>")[0]
    assert LINK.findall(rows) == ["Add"] * 4
    assert "not known" not in rows
    way.goes(way.press(zarina, at, **way.WHO, call_name="Canary-Name", do="go"))
    assert LINK.findall(zarina.get(at).content.decode()) == ["Change", "Change", "Add", "Add"], "name and district"


def test_after_sending_each_thing_stands_there_once(house: Senders) -> None:
    """Red before: one box said that it was sent, and another that it can be stopped."""
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case)
    sent = house.sent(case, urgency="normal")
    page = house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}")
    main = page.content.decode().partition('<main id="main"')[2]
    assert main.count('class="note') == main.count('class="note done"') == 1
    said = page_text(page)
    for one in ("Sent to", "If nobody answers", "You can stop it for", "National coordinator", "Needs a doctor"):
        assert said.count(one) == 1, one
    pass_time(minutes=2)
    later = page_text(house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}"))
    assert ("Sent to" in later, "You can stop it for" in later) == (True, False)


@pytest.mark.parametrize("urgency", ["urgent", "within_a_day"])
def test_of_a_closed_desk_the_deadline_and_what_follows_are_said_once(house: Senders, urgency: str) -> None:
    """Red before: "If nobody answers by …" in two boxes, one above the other."""
    case = house.case()
    house.agreed(case)
    records(house)
    closes(house)
    sent = house.sent(case, urgency=urgency)
    said = page_text(house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}"))
    assert "but the organisation is closed until" in said
    with house.as_():
        assert sent.answer_due_at is not None
        due = moments.moment(sent.answer_due_at, now())
    assert said.lower().count(f"due {due}".lower()) == 1
    follows = re.compile(r"the referral is late: it stays on|the coordinator (?:is|has been) told", re.IGNORECASE)
    assert len(follows.findall(said)) == 1, follows.findall(said)
    assert said.count("National coordinator") <= 1


def test_for_a_child_it_is_said_there_whom_one_reached(house: Senders, zarina) -> None:
    """Red before: "Tell child protection within 24 hours", and the way to it on another page."""
    at = of_child.read_to_a_child(zarina)
    need = way.goes(way.press(zarina, at, **way.AGREES, **of_child.CHILD, how="child_speaker"))
    at = way.goes(way.press(zarina, need, **way.NEEDS, child_contact="Canary-Guardianship", do="go"))
    check = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    page = zarina.get(way.goes(way.press(zarina, check, do="send"))).content.decode()
    row = page.partition("Tell child protection within 24 hours.")[2].partition("</li>")[0]
    (url,) = re.findall(r'href="(/cases/[^"]+)"', row)
    assert "Say whom you reached" in row
    assert zarina.get(url).status_code == 200


@pytest.mark.browser
def test_what_happens_without_a_choice_goes_once_one_is_made_and_a_row_says_its_name_once(
    house: Senders, show: Show
) -> None:
    """Red before: "If you choose nothing" beside what was chosen, and then an empty band in its place above the
    answers; "Language" twice in the row that was open.
    """
    page = show(way.begun(house.browser())).page
    said, sex = page.locator(".unchosen"), page.locator('.field:has([name="sex_code"])')
    age = page.locator('.field:has([name="age_band_code"])')
    stood = age.bounding_box()
    assert said.is_visible()
    for question in (sex, age):
        assert question.locator(".hint").count() == 0, "nothing that goes stands above the answers"
    page.locator('[name="sex_code"][value="female"]').check(force=True)
    assert said.is_visible()
    page.locator('[name="age_band_code"][value="a18_29"]').check(force=True)
    assert not said.is_visible()
    assert age.bounding_box() == stood, "and nothing moves where somebody presses"
    row = page.locator("details", has=page.locator("#id_language_code"))
    row.locator("summary").click()
    label = row.locator('label[for="id_language_code"]')
    box = label.bounding_box()
    assert box is not None
    assert box["width"] <= 1, "for who hears the page"
    assert row.locator("summary small").inner_text() == label.text_content()


TELL = "Write down what the person told you"


def test_after_sending_one_line_leads_to_where_the_words_of_the_person_are_written(house: Senders, zarina) -> None:
    """Red before: in none of the six steps, nor after them, was it asked what had happened."""
    check = way.to_check(zarina)
    after = way.goes(way.press(zarina, check, do="send"))
    page = zarina.get(after)
    assert page_text(page).count(TELL) == 1, "what step 4 wrote in that part are not the words of the person"
    (url,) = re.findall(rf'href="([^"]+)">{TELL}', page.content.decode())
    part = url.replace("&amp;", "&")
    assert part == f"/cases/{way.case_of(after).code}/section/?of=needs"
    assert zarina.post(part, {**fields(zarina.get(part)), "wishes": "Canary-Told"}).status_code == 303
    assert TELL not in page_text(zarina.get(after)), "only while nothing is written there"
