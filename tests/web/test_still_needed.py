"""After a referral went out: what is still needed is the next button; and what is said to be seen is what is seen."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules import summary
from hamkori.directory.models import Service
from hamkori.web.kit.forms import DateField
from hamkori.web.words import referral as words
from hamkori.web.words.seen import phrases
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import fields
from tests.web.senders import page_text
from tests.web.test_the_way_on import another, declines

pytestmark = pytest.mark.django_db


def offered(house, *codes: str, **more: object) -> None:
    """An organisation offers these too."""
    with god():
        for code in codes:
            Service.objects.create(
                organisation_id=house.world.bodies["legal-aid"],
                service_code=code,
                region_code="TJ-KT",
                changed_at=timezone.now(),
                **more,
            )


def test_a_doctor_this_week_is_the_next_button_and_no_emergency(house, zarina) -> None:
    """Red before: a small link below "Open the case", emergency care first, and "Needed from" today."""
    offered(house, "HEALTH-01", "HEALTH-02")
    need = way.to_need(zarina, **way.AGREES, a_health_help="yes", language_code="unknown")
    at = way.goes(way.press(zarina, need, **way.NEEDS, doctor="soon", do="go"))
    at = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    checked = page_text(zarina.get(at))
    assert "your region, that you need a doctor. They do not see your name." in checked, "none is written yet"
    assert "risk is" not in checked, "what nobody asked is not said to be seen"
    after = zarina.get(way.goes(way.press(zarina, at, do="send"))).content.decode()
    found = re.search(r'<a class="btn" href="([^"]+)"[^>]*>\s*([^<]+)', after)
    assert found
    assert found[2].strip() == "Ask a doctor"
    assert "Doctors: yes, nobody asked yet" not in after, "said once"
    page = zarina.get(found[1])
    shown = page_text(page)
    assert shown.index("General health check") < shown.index("Emergency medical care")
    here = f"/cases/{way.case_of(at).code}/refer/"
    drawn, today = fields(page, here), timezone.localdate()
    in_figures = DateField().prepare_value
    assert drawn["needed_from"] == [in_figures(next(calendar().days_after(today)))]
    bed = zarina.post(here, {**drawn, "need": "HOME", "do": ""})
    assert fields(bed, here)["needed_from"] == [in_figures(today)], "a bed is not for that day"


def test_a_doctor_today_of_whom_nobody_was_asked_is_said_until_one_is_or_the_need_is_over(house, zarina) -> None:
    """Red before: where consent for doctors was not asked, no page said anything of it after sending; later the way to
    a doctor led to "first ask the person", and on Today it stood below what was late since weeks.
    """
    at = way.goes(way.press(zarina, way.to_need(zarina), **way.NEEDS, doctor="today", do="go"))
    at = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    after = way.goes(way.press(zarina, at, do="send"))
    said, case = "Needs a doctor: nobody is asked now", way.case_of(at)
    here = f"/cases/{case.code}/"
    doctors = f"{here}refer/?need=HEALTH"
    question = f"{here}consent/?then=doctor"
    for button, leads_to in (("Ask the person", f"{question}#id_a_health_help_0"), ("Ask a doctor", doctors)):
        for address in (after, here, "/"):
            page = zarina.get(address).content.decode()
            # A line of a row of Today has it once more, in the name of its button.
            assert page.count(said) == (2 if address == "/" else 1), address
            after_it = page.partition(said)[2]
            assert button in after_it, address
            assert leads_to in after_it, address
        if button == "Ask the person":
            for answer, onward in (("no", here), ("yes", doctors)):
                asked = fields(zarina.get(question), f"{here}consent/")
                asked |= {"a_health_help": [answer], "how_said": ["in_person"], "how_given": ["spoken"]}
                asked |= {"language": ["tg"], "read": ["on"]}
                saved = zarina.post(f"{here}consent/", asked)
                assert way.goes(saved) == onward, "after a no nobody is asked"
    house.case({"need_tonight_codes": ["doctor"]})
    listed = page_text(zarina.get("/cases/"))
    assert 0 < listed.count(said) < listed.count("Needs a doctor"), "where something else comes first a tag says it"
    urgent, _title, _late = page_text(zarina.get("/")).partition("Urgent ")[2].partition("Today and soon")
    assert said in urgent, "above what is late and what is soon"
    above = house.browser("supervisor-cso")
    shown = page_text(above.get("/")).partition(said)[2]
    assert "Tell the team" in shown.partition("Late")[0], "her supervisor reads it too, and tells the lead worker"
    assert said in page_text(above.get(here)), "where her row leads"
    offered(house, "HEALTH-02", "HEALTH-03", "HEALTH-04")
    shown = page_text(zarina.get(doctors))
    for waits in ("General health check", "hepatitis testing"):
        assert shown.index("clinical care after rape") < shown.index(waits), "of hours stands first"
    edit = f"{here}edit/"
    assert f"{edit}?all=1#id_need_tonight_codes" in zarina.get(here).content.decode()
    way.goes(way.press(zarina, edit, need_tonight_codes=["safe_place"]))
    assert not any(said in zarina.get(address).content.decode() for address in (after, here))


def test_who_has_no_place_before_tomorrow_is_not_pressed_first_and_a_doctor_is_not_folded_away(house, zarina) -> None:
    """Red before: its button was the only filled one, and care after rape lay in the fold of those who may decline."""
    case = house.case()
    house.agreed(case)
    house.accepted(house.sent(case))
    offered(house, "HEALTH-02", "HEALTH-03", language_codes=["fr"])
    offered(house, "HEALTH-05")
    need = way.to_need(zarina, **way.AGREES, a_health_help="yes", a_health_justice="yes")
    at = way.goes(way.press(zarina, need, **way.NEEDS, doctor="today", do="go"))
    shown, listed = page_text(zarina.get(at)), re.compile(r'<button class="btn( quiet)?" type="submit" name="service"')
    later = "a place only from"
    last = "If none of them can help, ask the coordinator. National coordinator"
    assert shown.index(later) < shown.index("clinical care after rape") < shown.index(last)
    assert "that may decline" not in shown, "nothing is left for the fold"
    assert listed.findall(zarina.get(at).content.decode()) == [" quiet"] * 2, "none of them has a place tonight"
    another(house)
    shown = page_text(zarina.get(at))
    assert (shown.index("Choose") < shown.index(later), "National coordinator" in shown) == (True, False)
    assert listed.findall(zarina.get(at).content.decode()) == ["", " quiet", " quiet"]
    exam = page_text(zarina.get(f"/cases/{way.case_of(at).code}/refer/?need=HEALTH"))
    said = "It also needs a yes to “Police: for a criminal case”."
    assert exam.index("General health check") < exam.index("Forensic") < exam.index(said), "its own question has a yes"
    assert "cannot be asked" in exam[: exam.index(said)].rpartition("Choose")[2]
    assert "Suitable services" not in exam, "what was refused stands below what may be had"
    with god():
        Service.objects.filter(service_code="HEALTH-02").update(language_codes=["tg"])
    shown = page_text(zarina.get(at))
    assert ("clinical care after rape" in shown, "that may decline" in shown) == (True, False), "of hours: never folded"


def test_an_emergency_that_was_declined_begins_with_the_ambulance_and_the_day_that_is_asked_for(house, zarina) -> None:
    """Red before: other help that they suggested stood above the ambulance; and the day of the summary was another."""
    case = house.case()
    house.agreed(case)
    gone = house.sent(case, needed_from=timezone.localdate())
    declines(house, gone, "LEGAL-01")
    pass_time(days=2)
    with god():
        Case.objects.filter(pk=case.pk).update(doctor_code="yes")
        Referral.objects.filter(pk=gone.pk).update(service_code="HEALTH-01")
    page = zarina.get(f"/referrals/{gone.code}/again/")
    text, (day,) = page_text(page), fields(page, f"/cases/{case.code}/refer/")["needed_from"]
    assert day == DateField().prepare_value(timezone.localdate(now())), "an emergency is of today"
    assert "“Needed from” is now: today." in text, "the day that stands in the field"
    places = [text.index(word) for word in ("call an ambulance: 103", "They suggested:", "Still needed: Emergency")]
    assert places == sorted(places)
    refer = f"/cases/{case.code}/refer/"
    listed = re.findall(r'name="service" value="([^"]+)"', page.content.decode())
    chosen = zarina.post(refer, {**fields(page, refer), "service": listed[0], "do": ""})
    assert fields(chosen, refer)["needed_from"] == [day], "choosing other help keeps the day"
    sends = page_text(chosen).partition("Locked until they accept")[2]
    # Red before: once other help was chosen nothing said it, nor on the page of what was sent.
    still = "Still needed: Emergency medical care. If it cannot wait, call an ambulance: 103"
    assert still in sends.partition("I have told the person")[0], "beside the button"
    alarm = page_text(zarina.get(f"/cases/{case.code}/")).partition("Already done")[0]
    assert "Still without: Emergency medical care Nobody is asked for emergency care" in alarm, "Red before: a calm row"
    other = house.sent(case, urgency="normal")
    assert still in page_text(zarina.get(f"/referrals/{other.code}/")), "and after sending"
    assert "Nobody is asked for emergency care" in page_text(zarina.get(f"/cases/{case.code}/")), "other help is none"
    for address in ("/", "/cases/"):
        assert "Still without: Emergency medical care" in page_text(zarina.get(address)), (
            "in the same words, until asked"
        )
    today = zarina.get("/")
    said = page_text(today).partition("Still without: Emergency medical care")[2].partition("Nothing more to do")[0]
    for word in ("nobody is asked for emergency care", "Ask another organisation"):
        assert word in page_text(today), word
    for word in ("waiting for an answer", "asked since"):
        assert word not in said, "what waits is other help"
    # Red before: up to eight, the organisation, how it stopped and why each for itself.
    assert said.count("·") <= 4, "number, why, who, and the link behind them"
    assert f'href="/referrals/{gone.code}/again/">Ask another organisation' in today.content.decode()


def test_for_a_court_it_says_what_else_it_needs_and_that_names_stay(zarina) -> None:
    """Red before: "Yes, without name" beside parts of which the first is "Name and documents"."""
    asked = page_text(zarina.get(way.to_answers(zarina)))
    first, _fold, others = asked.partition("Lawyers: a case or a claim, examination for a court: not asked now")
    assert "Without name:" not in others, "said once"
    assert first.count("Without name: no full name, no documents, and not what to call the person.") == 1
    assert "Doctors" in first, "asked before it is said that one is needed"
    assert "Doctors: an examination for a court Needs a yes for a criminal case too. Shared after" in others


def test_each_row_about_the_person_is_said_and_no_other() -> None:
    """Red before: "how high the risk is", where nobody had asked, and no word of the doctor whom they see."""
    told = ("yes", "no", "not_asked")
    asked = (("HOME-02", "DOC-01"), ("high", "not_asked"), told, told, ("0", "not_asked"), (0, 1))
    for service, risk, doctor, stairs, come, police in product(*asked):
        case = Case(
            sex_code="female",
            age_band_code="a18_29",
            region_code="TJ-KT",
            language_code="tg",
            risk_code=risk,
            doctor_code=doctor,
            stairs_code=stairs,
            children_code=come,
        )
        rows = words.person_rows(
            case.sex_code,
            case.age_band_code,
            region=None if police else case.region_code,
            languages=[case.language_code],
            interpreter=False,
            risk=risk,
            flags=summary.flags(case, service, police=bool(police)),
        )
        seen = [label for label, value in words.together(rows) if "not asked" not in {label.lower(), value}]
        said = list(phrases(case, service, police=bool(police)))
        assert len(said) == len(seen), seen
        assert not any("children" in one for one in said), "who comes alone hears of none"


def test_what_alone_was_not_asked_is_a_row_like_the_others() -> None:
    """Red before: "Not asked: Place without stairs" was read as a place that is needed."""
    rows: list[tuple[str, object]] = [("Needs a doctor", "yes"), ("Needs a place without stairs", "not asked")]
    assert words.together(rows) == rows
    several = [*rows, ("Children who come along", "not asked")]
    assert words.together(several)[-1] == ("Not asked", "needs a place without stairs, children who come along")
