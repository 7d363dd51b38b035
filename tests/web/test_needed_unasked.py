"""What a worker ticked as needed, and nobody was asked for, stands on Today in peace until something became of it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_a_child_took_it_back import CHILD, SPOKEN
from tests.web.test_an_age_put_right_twice import put_right
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

BOTH = {"need_tonight_codes": ["lawyer", "documents"]}
ENDED = "the person ended such help: ask whether they still want it"
SAID = "Needed; your team has no referral to an organisation yet: "


def soon(house: Senders, who: str = "caseworker-cso") -> str:
    """What Today lists from its calm part on."""
    return page_text(house.browser(who).get("/")).partition("Today and soon")[2]


def test_what_is_needed_and_nobody_was_asked_for_stands_among_what_is_soon(house: Senders) -> None:
    """Red before: of a lawyer and documents that a worker had ticked nothing stood on Today; she asked about signs."""
    case = house.case(BOTH)
    assert f"{SAID}a lawyer, help with documents" in soon(house)
    page = house.browser().get("/").content.decode()
    row = page.partition(SAID)[2]
    ask = re.search(r'<a class="btn[^"]*" href="([^"]+)"[^>]*>\s*Ask an organisation', row)
    assert ask is not None
    assert ask[1] == f"/cases/{case.code}/refer/"
    assert f'href="/cases/{case.code}/edit/?all=1#id_need_tonight_codes_0">Found or not needed' in row
    assert house.browser().get(ask[1]).status_code == 200
    assert SAID not in page_text(house.browser("supervisor-cso").get("/")), "who leads the case plans it"


@pytest.mark.parametrize("said", ["", "yes"])
def test_where_a_doctor_alone_is_missing_the_row_leads_to_doctors_or_to_the_person(house: Senders, said: str) -> None:
    """Red before: to the choice of a place for tonight, where no doctor stood."""
    case = house.case({"need_tonight_codes": ["safe_place", "keep_away"], "doctor_code": "yes"})
    if said:
        house.agreed(case, kind="health")
    button, way = ("Ask an organisation", "refer/?need=HEALTH") if said else ("Ask the person", "consent/?then=doctor")
    row = house.browser().get("/").content.decode().partition(SAID)[2].partition("</li>")[0]
    ask = re.search(r'<a class="btn[^"]*" href="([^"]+)"[^>]*>\s*([^<]+)', row)
    assert ask is not None
    assert ask[1].startswith(f"/cases/{case.code}/{way}")
    assert ask[2].startswith(button)


def test_a_row_whose_needs_lie_in_one_group_opens_with_it(house: Senders) -> None:
    """Red before: with a place for tonight."""
    case = house.case({"need_tonight_codes": ["safe_place", "documents"]})
    for at in ("/", f"/cases/{case.code}/"):
        row = house.browser().get(at).content.decode().partition(SAID)[2]
        assert f'href="/cases/{case.code}/refer/?need=DOC"' in row, at


def test_it_goes_with_each_that_was_asked_refused_or_is_needed_no_more(house: Senders) -> None:
    case = house.case(BOTH)
    house.agreed(case, kind="legal")
    assert f"{SAID}a lawyer, help with documents" in soon(house), "a yes alone has asked nobody"
    house.sent(case, "normal", service="LEGAL-01")
    assert f"{SAID}help with documents" in soon(house)
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"need_tonight_codes": ["lawyer"]})
    assert SAID not in soon(house)


@pytest.mark.parametrize(
    ("need", "other", "answer", "said"),
    [
        ("language", "COORD-01", "COORD-02", "somebody who speaks the language"),
        ("someone_to_talk", "MHPSS-05", "MHPSS-03", "a psychologist"),
    ],
)
def test_other_help_of_the_same_group_hides_no_need(
    house: Senders, need: str, other: str, answer: str, said: str
) -> None:
    """Red before: a case manager was asked, and nobody spoke the language; a mediator, and no psychologist."""
    case = house.case({"need_tonight_codes": [need]})
    house.agreed(case)
    house.agreed(case, kind="psychological")
    for service in (other, answer):
        house.world.services[service] = another(house, service_code=service).pk
    house.sent(case, "normal", service=other)
    for at in ("/", f"/cases/{case.code}/"):
        assert f"{SAID}{said}" in page_text(house.browser().get(at)), at
    house.sent(case, "normal", service=answer)
    for at in ("/", f"/cases/{case.code}/"):
        assert SAID not in page_text(house.browser().get(at)), at


def test_what_the_person_said_no_to_is_not_looked_for_of_itself(house: Senders) -> None:
    """Red before: after a lawyer was withdrawn "Refer" looked for one, and put the office first that was refused."""
    case = house.case({"need_tonight_codes": ["lawyer", "documents"]})
    house.agreed(case, kind="legal")
    house.agreed(case)
    lawyer = house.world.services["LEGAL-01"]
    at = f"/cases/{case.code}/refer/"
    assert str(lawyer) in house.browser().get(at).content.decode()
    house.agreed(case, kind="legal", answer="no")
    page = house.browser().get(at).content.decode()
    assert str(lawyer) not in page
    assert "Help with documents" in page.partition('id="id_need"')[2].partition("</option>")[2]
    assert "A lawyer;" not in page
    chosen = page_text(house.browser().get(f"{at}?need=LEGAL"))
    assert "The person said no to this help" in chosen, "whoever looks for it reads so"
    assert "Suitable services" not in chosen


def test_after_a_no_to_such_an_organisation_nobody_is_to_ask(house: Senders) -> None:
    case = house.case(BOTH)
    house.agreed(case, kind="legal", answer="no")
    house.agreed(case, kind="health")
    assert f"{SAID}help with documents" in soon(house)
    house.agreed(case, kind="shelter_social", answer="no")
    assert SAID not in soon(house)
    house.agreed(case, kind="legal")
    assert f"{SAID}a lawyer" in soon(house), "the person raised it again"


@pytest.mark.parametrize("how", ["through_other", "by_phone_no_word"])
def test_a_no_that_somebody_else_brought_hides_no_need(house: Senders, how: str) -> None:
    """Red before: it counted as the person's own, and the lawyer stood nowhere."""
    case = house.case(BOTH)
    house.agreed(case, kind="legal")
    house.agreed(case, kind="shelter_social")
    pass_time(minutes=1)
    form = {"operation": str(uuid4()), "took": ["legal:help"], "how_said": how}
    assert house.browser().post(f"/cases/{case.code}/consent/withdraw/", form).status_code == 303
    pass_time(minutes=1)
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert f"{SAID}a lawyer, help with documents" in page
    assert f"{SAID}a lawyer, help with documents" in page_text(house.browser().get("/"))
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"need_tonight_codes": ["lawyer"]})
    home, page = (house.browser().get(at).content.decode() for at in ("/", f"/cases/{case.code}/"))
    assert "Ask an organisation" not in home.partition(f"{SAID}a lawyer")[2], "the row above it asks the person"
    ask = re.search(r'<a class="btn[^"]*" href="([^"]+)"[^>]*>\s*Ask the person', page.partition(f"{SAID}a lawyer")[2])
    assert ask is not None
    assert ask[1] == f"/cases/{case.code}/consent/"
    house.agreed(case, kind="legal", answer="no")
    pass_time(minutes=1)
    assert SAID not in page_text(house.browser().get(f"/cases/{case.code}/")), "the person says so too"


def test_a_no_to_a_doctor_of_this_week_is_read_in_the_case_and_after_sending(house: Senders) -> None:
    """Red before: the doctor stood nowhere, neither in the case nor on the page of what was sent."""
    case = house.case({"doctor_code": "yes", "need_tonight_codes": ["safe_place"]})
    house.agreed(case, kind="health", answer="no")
    house.agreed(case)
    pass_time(minutes=1)
    sent = house.sent(case)
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    said = page.partition("Needed: a doctor")[2].partition("What happened")[0]
    assert re.match(r"\s*The person said no (today|yesterday)\. Ask again only if the person raises it\.", said)
    after = page_text(house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}"))
    assert "Needed: a doctor" in after
    assert "the person said no" in after.partition("Needed: a doctor")[2]
    home = page_text(house.browser().get("/"))
    assert "Needed: a doctor" not in home, "nobody is to do anything"
    house.agreed(case, kind="health")
    assert "Needed: a doctor" not in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_a_place_and_a_doctor_have_their_own_rows(house: Senders) -> None:
    house.case({"need_tonight_codes": ["safe_place", "doctor", "keep_away"]})
    assert SAID not in page_text(house.browser().get("/"))


def test_what_a_child_needs_stands_there_until_somebody_is_asked(house: Senders) -> None:
    """Red before: of a girl who needed a psychologist nothing stood there once a case manager had been asked."""
    girl = {"need_tonight_codes": ["someone_to_talk", "child_things"], "age_band_code": "a9_17"}
    case = house.case(girl, contact=CHILD)
    at = f"/cases/{case.code}/"
    asks = [page_text(house.browser().get(one)).partition(SAID)[2] for one in ("/", at)]
    assert all("An adult answers now" in one for one in asks), "before that nobody can be chosen"
    house.agreed(case, **SPOKEN)
    house.agreed(case, kind="psychological", **SPOKEN)
    for service in ("COORD-01", "MHPSS-01"):
        house.world.services[service] = another(house, service_code=service).pk
    way = house.browser().get(at).content.decode().partition(SAID)[2]
    assert f'href="/cases/{case.code}/refer/"' in way, "of what a child needs: whoever looks after the child too"
    house.sent(case, "normal", service="COORD-01")
    for one in ("/", at):
        shown = house.browser().get(one).content.decode()
        assert f"{SAID}a psychologist" in page_text(house.browser().get(one)), one
        assert "something for a child" not in shown.partition(SAID)[2].partition("</li>")[0], "who was asked does that"
        assert f'href="/cases/{case.code}/refer/?need=MHPSS"' in shown.partition(SAID)[2], one
    house.sent(case, "normal", service="MHPSS-01")
    assert SAID not in page_text(house.browser().get("/"))
    assert SAID not in page_text(house.browser().get(at))


def test_of_who_agreed_as_an_adult_the_child_is_asked_first(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["lawyer"]})
    house.agreed(case, kind="legal")
    put_right(house, case, "a9_17")
    for one in ("/", f"/cases/{case.code}/"):
        row = house.browser().get(one).content.decode().partition(SAID)[2].partition("</li>")[0]
        assert f'href="/cases/{case.code}/consent/' in row, one
        assert "/refer/" not in row, "nothing new can be sent"


def test_a_doctor_of_this_week_is_waited_for_also_of_a_child(house: Senders) -> None:
    """Red before: once the person was a child the row went from Today and from the case, and no doctor was asked."""
    case = house.case({"doctor_code": "yes", "need_tonight_codes": ["lawyer"], "age_band_code": "a9_17"})
    assert f"{SAID}a doctor" in soon(house)
    assert f"{SAID}a doctor" in page_text(house.browser().get(f"/cases/{case.code}/"))
    for at in ("/", f"/cases/{case.code}/"):
        row = house.browser().get(at).content.decode().partition(f"{SAID}a doctor")[2]
        assert f"/cases/{case.code}/first/?step=adult" in row, "red before: the person was to be asked, at consent"
        assert "An adult answers now" in row, at


def test_after_sending_the_way_on_names_what_was_ticked(house: Senders) -> None:
    """Red before: "Shelter and social help: yes, nobody asked yet. Ask", and not that it is about documents."""
    case = house.case({"need_tonight_codes": ["documents", "doctor"]})
    house.agreed(case)
    house.agreed(case, "legal", "help")
    sent = house.sent(case, service="LEGAL-01")
    shown = house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}")
    assert (
        "Shelter and social help: yes, nobody asked yet. Needed: help with documents. Ask an organisation"
        in page_text(shown)
    )
    assert chosen(house, case, shown.content.decode()) == "DOC", "red before: nothing was chosen there"


def chosen(house: Senders, case: Case, page: str) -> str:
    """The need that stands chosen where the way on of the page of a sent referral leads."""
    button = r">\s*Ask an organisation<span[^>]*>\s*Shelter and social help"
    way = re.search(rf'href="(/cases/{case.code}/refer/\?need=[^"]*)"[^>]*{button}', page)
    assert way is not None
    opened = house.browser().get(way[1]).content.decode().partition('id="id_need"')[2].partition("</select>")[0]
    option = re.search(r'value="([^"]*)" selected', opened)
    return option[1] if option is not None else ""


def test_of_needs_of_several_groups_the_way_on_opens_with_all_that_is_needed(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["documents", "food_clothes_fare", "doctor"]})
    house.agreed(case)
    house.agreed(case, "legal", "help")
    sent = house.sent(case, service="LEGAL-01")
    page = house.browser().get(f"/cases/{case.code}/first/?step=sent&of={sent.code}").content.decode()
    assert chosen(house, case, page) == "tonight"


def test_a_doctor_for_this_week_waits_here_and_one_for_today_in_a_row_of_its_own(house: Senders) -> None:
    """Red before: a doctor who was needed soon stood in no list; two readers asked the shelter and forgot them."""
    case = house.case({"doctor_code": "yes"})
    assert f"{SAID}a doctor" in page_text(house.browser().get("/"))
    page = house.browser().get("/").content.decode().partition(SAID)[2]
    assert f'href="/cases/{case.code}/#doctor">Found or not needed' in page
    box = house.browser().get(f"/cases/{case.code}/").content.decode().partition('id="doctor"')[2].partition("</li>")[0]
    assert "A doctor saw the person" in box, "one press says it there"
    assert f'href="/cases/{case.code}/edit/?all=1#id_doctor_code">No doctor is needed' in box
    edit = house.browser().get(f"/cases/{case.code}/edit/?all=1").content.decode()
    assert 'id="id_doctor_code"' in edit
    assert f"{SAID}a doctor" in page_text(house.browser().get(f"/cases/{case.code}/"))
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"need_tonight_codes": ["doctor"]})
    assert SAID not in soon(house), "for today it is more than that"
    assert "Needs a doctor: nobody is asked now" in page_text(house.browser().get("/"))
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"need_tonight_codes": [], "doctor_code": "no"})
    assert SAID not in soon(house)


def test_after_the_person_ended_help_of_that_kind_they_are_asked_whether_it_is_still_wanted(house: Senders) -> None:
    """Red before: it was said to be needed, with "Ask an organisation" beside it."""
    case = house.case({"need_tonight_codes": ["lawyer"]})
    house.agreed(case, kind="legal")
    sent = house.sent(case, "normal", service="LEGAL-01")
    assert SAID not in soon(house)
    assert ENDED not in soon(house)
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    said = soon(house)
    assert f"{SAID}a lawyer" in said
    assert ENDED in said
    row = house.browser().get("/").content.decode().partition(SAID)[2].partition("</li>")[0]
    assert re.search(rf'<a class="btn[^"]*" href="/cases/{case.code}/consent/"[^>]*>\s*Ask the person', row)
    assert "Ask an organisation" not in row
    house.sent(case, "normal", service="LEGAL-01")
    assert SAID not in soon(house), "asked anew"
