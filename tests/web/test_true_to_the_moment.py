"""Pages say what is so at this moment, and both sides of a request read the same of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case, Gap
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.card import CHILDREN
from hamkori.people.models import User
from hamkori.web.words import directory
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press
from tests.web.senders import Senders, page_text, records, version

pytestmark = pytest.mark.django_db
DESK, TEAM = "desk-shelter", "shelter-worker"


@pytest.fixture
def case(house: Senders):
    made = house.case()
    house.agreed(made)
    return made


def look(house: Senders, referral: Referral, who: str = "caseworker-cso") -> str:
    return page_text(house.browser(who).get(f"/referrals/{referral.code}/"))


def facts(html: str) -> dict[str, str]:
    """What stands on a card: label and value."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, flags=re.S)
    return {label: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", value)).strip() for label, value in pairs}


# --- before it goes ------------------------------------------------------------------------------------------


def test_the_preview_is_the_card_that_the_desk_reads(house: Senders) -> None:
    case = house.case({"stairs_code": "yes", "children_code": "3+", "language_code": "ru"})
    house.agreed(case, sections={"contact", "needs", "health"})
    screen = house.screen(case, do="")
    page = house.browser().post(f"/cases/{case.code}/refer/", screen).content.decode()
    preview = facts(page)
    assert -1 < page.find('<p lang="ru">') < page.find('<p lang="en" class="own">'), (
        "what is said, in her language first"
    )
    empty = page.partition("Health: empty. Once written, it is sent only if you tick it.")[2].partition("</p>")[0]
    assert f"/cases/{case.code}/section/?of=health" in empty
    assert "Health" not in page.partition('class="later')[2].partition("</section>")[0], "it never stands as if it went"
    referral = house.sent(case)
    card = facts(house.browser(DESK).get(f"/referrals/{referral.code}/").content.decode())
    sent = facts(house.browser().get(f"/referrals/{referral.code}/").content.decode())
    person = ("Person", "Region", "Languages", "Children who come along", "Needs a place without stairs")
    assert preview["Needed from"] == card["Needed from"] == "today"
    for label in ("Answer wanted", *person, "Not asked"):
        assert preview[label] == card[label] == sent[label], label
    assert card["Children who come along"] == "3 or more"
    assert card["Needs a place without stairs"] == "yes"


def test_what_nobody_asked_is_read_as_not_asked_by_both_sides(house: Senders, case) -> None:
    referral = house.sent(case)
    for who in (DESK, "caseworker-cso"):
        card = facts(house.browser(who).get(f"/referrals/{referral.code}/").content.decode())
        asked = "risk, children who come along, needs a doctor, needs a place without stairs"
        assert card["Not asked"].lower() == asked, who


@pytest.mark.parametrize("number", CHILDREN)
def test_how_many_children_come_along_is_written_as_it_was_chosen_and_stays(house: Senders, number: str) -> None:
    case, step = (
        house.case(),
        {"next_step_code": "meet", "next_step_on": f"{timezone.localdate() + timedelta(days=60)}"},
    )
    for answers in ({**step, "children_code": number}, {"risk_code": "high"}):
        assert press(house.browser(), f"/cases/{case.code}/edit/", **answers).status_code == 303
        with god():
            assert Case.objects.get(pk=case.pk).children_code == number


def test_what_she_refused_is_not_laid_out_as_if_it_went(house: Senders, case) -> None:
    house.agreed(case, "police", "protection", answer="no")
    form = house.screen(case, "SAFE-01", purpose="protection", need="SAFE", do="", agreed_text="Canary-Words")
    answer = house.browser().post(f"/cases/{case.code}/refer/", form)
    text = page_text(answer)
    assert "The person said no to the police." in text
    assert "Nothing can be sent there." in text
    for words in (
        "they see",
        "Locked until they accept",
        "Answer wanted",
        "Keep as a draft",
        "I have told the person",
    ):
        assert words not in text, words
    assert 'type="hidden" name="agreed_text" value="Canary-Words"' in answer.content.decode(), "typed words stay"


def test_one_that_waits_is_said_with_its_day_in_words(house: Senders, case) -> None:
    house.sent(case, urgency="within_a_day")
    text = page_text(house.browser().post(f"/cases/{case.code}/refer/", house.screen(case, do="")))
    assert re.search(r"One waits already, until (tomorrow|\w+day) \d\d:\d\d\. Cancel it, or wait\.", text)


def test_until_the_desk_can_see_it_nobody_was_told_anything(house: Senders, case) -> None:
    referral = house.sent(case, urgency="normal")
    held = look(house, referral)
    assert "They will see" in held
    assert "What they were told" not in held
    pass_time(minutes=1)
    assert "What they were told" in look(house, referral)


# --- after acceptance ----------------------------------------------------------------------------------------


def test_when_the_agreed_part_of_the_day_is_over_both_lists_ask_whether_she_came(house: Senders, case) -> None:
    referral = house.sent(case)
    house.accepted(referral)
    for who, path in (("caseworker-cso", "/referrals/"), (DESK, "/desk/")):
        text = page_text(house.browser(who).get(path)).lower()
        assert "she come?" not in text
        assert "person come?" not in text
    pass_time(days=2)
    assert "did the person come? Ask them" in page_text(house.browser().get("/referrals/"))
    chosen = page_text(house.browser().get("/referrals/?show=needs_me"))
    assert f"{referral.code[:4]} {referral.code[4:]}" in chosen
    assert "since " in chosen
    assert "did the person come?" in page_text(house.browser(DESK).get("/desk/"))
    with house.as_(TEAM) as parvina:
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    assert "did the person come?" not in page_text(house.browser(DESK).get("/desk/"))


def test_answers_are_part_of_the_card_for_those_who_help(house: Senders, case) -> None:
    referral = house.sent(case)
    with house.as_(DESK) as desk:
        card = Referral.objects.get(pk=referral.pk)
        receive.ask(desk, card, version=card.version, question_code="length_of_stay")
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        send.answer(zarina, mine, version=mine.version, answer_code="one_night")
    house.accepted(referral)
    assert "For how long is a place needed? One night" in look(house, referral, TEAM)
    assert "One night" in look(house, referral, DESK), "the desk has the summary until help begins"
    with house.as_(TEAM) as worker:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(worker, mine, version=mine.version)
    assert "For how long" not in look(house, referral, DESK), "then it keeps number, state and agreed time"


def test_a_meeting_line_reads_hour_place_and_whom_in_this_order(house: Senders, case) -> None:
    referral = house.sent(case)
    house.accepted(referral, {"ask_for": "Canary-Whom", "place": "Canary-Place", "hour": "Canary-Hour"})
    html = house.browser().get(f"/referrals/{referral.code}/?open=meeting").content.decode()
    assert html.index("Canary-Hour") < html.index("Canary-Place") < html.index("Canary-Whom")


def test_while_it_is_paused_nothing_further_is_offered(house: Senders, case) -> None:
    referral = house.sent(case)
    house.accepted(referral)
    assert "Send further parts" in look(house, referral)
    pass_time(days=61)
    assert "Send further parts" not in look(house, referral)


def test_whoever_may_mend_a_result_reads_what_is_questioned(house: Senders, case) -> None:
    referral = house.sent(case)
    house.accepted(referral)
    house.finished(referral)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.dispute(zarina, mine, version=mine.version, reason="not_received")
    assert "What is not right: The help was not received" in look(house, referral, TEAM)
    assert "The help was not received" not in look(house, referral, DESK)
    assert "Disputed by Caseworker Cso: The help was not received" in look(house, referral)
    assert "waits for their answer to the dispute" in page_text(house.browser().get("/referrals/"))
    assert "They have not answered the dispute" not in page_text(house.browser().get("/"))
    pass_time(days=14)
    assert "no answer to the dispute yet" in page_text(house.browser().get("/referrals/"))
    records(house)
    for who in ("caseworker-cso", "supervisor-cso"):
        today, page = page_text(house.browser(who).get("/")), look(house, referral, who)
        assert "They have not answered the dispute: " in today, who
        assert "00\u201111" in today.partition("They have not answered the dispute: ")[2], "whom to call"
        assert "00\u201111" in page
        assert ("Tell the team Confirm the result anyway" in page) == (who == "supervisor-cso")
        assert "Confirm the result anyway" in page, "what it would do"
        file = house.browser(who).get(f"/cases/{case.code}/").content.decode()
        row = file.partition('id="what-next"')[2].partition("They have not answered the dispute: ")[2]
        assert f'href="/referrals/{referral.code}/">Open the referral' in row.partition("</li>")[0], (
            f"red before: {who}"
        )
    supervisor, told = house.browser("supervisor-cso"), f"/cases/{case.code}/tell_lead/"
    assert f'action="{told}"' in supervisor.get("/").content.decode(), "in one press"
    assert supervisor.post(told, {"operation": str(uuid4())}).status_code == 303
    assert "Supervisor Cso told the lead worker" in look(house, referral, "supervisor-cso")
    form = {"operation": str(uuid4()), "version": version(referral), "result": "refused", "reason": "mistake"}
    assert house.browser(TEAM).post(f"/referrals/{referral.code}/amend/", form).status_code == 303
    assert "They corrected it: It was a mistake" in look(house, referral)


def test_of_a_questioned_result_today_too_tells_the_coordinator_the_body_alone(house: Senders, case) -> None:
    referral = house.sent(case)
    house.accepted(referral)
    house.finished(referral)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.dispute(zarina, mine, version=mine.version, reason="not_received")
    pass_time(days=15)
    text = page_text(house.browser("coordinator").get("/"))
    assert "Call: Shelter Kulob" in text
    for hidden in (referral.code, f"{referral.code[:4]} {referral.code[4:]}", "NGO shelter"):
        assert hidden not in text, hidden


# --- at the door ---------------------------------------------------------------------------------------------


def test_an_empty_sign_in_names_the_fields_as_the_page_does(client) -> None:
    answer = client.post("/account/sign-in/", {"login": "", "password": ""}, headers={"accept-language": "tg"})
    text = page_text(answer)
    assert "Ҳанӯз лозим аст: Суроғаи электронӣ" in text
    assert "Ҳанӯз лозим аст: Ибораи махфӣ" in text
    assert "почтаи" not in text


def test_other_kinds_of_help_stand_below_what_answers_the_same_need(house: Senders, case) -> None:
    referral = house.sent(case)
    html = house.browser(DESK).get(f"/referrals/{referral.code}/").content.decode()
    groups = re.findall(r'<optgroup label="([^"]+)">', html)
    assert groups[-1] == "Other help", "in this house nobody else gives a place"


def test_how_often_help_was_missing_is_no_time_of_day_in_any_language(house: Senders) -> None:
    with god():
        Gap.objects.create(
            organisation_id=house.world.bodies["cso-kulob"],
            area_code="TJ-KT-01",
            service_code="MHPSS-04",
            month_on=timezone.localdate().replace(day=1),
        )
    for language, words in (("en", "How often"), ("tg", "Чанд бор"), ("ru", "Сколько раз"), ("fr", "Combien de fois")):
        with god():
            User.objects.update(language_code=language)
        text = page_text(house.browser("coordinator").get("/coordination/late/"))
        assert words in text, language


def test_an_answer_within_a_minute_took_about_one() -> None:
    assert directory.usual_answer(0) == "about 1 minute"
