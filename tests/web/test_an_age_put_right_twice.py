"""An age that is put right, and put back: whoever accepted, or said yes or no, did so for the age of that moment
(ADR 0132).
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.forms_of import press as send
from tests.web.senders import Senders, page_text, records
from tests.web.test_a_yes_for_another_age import PLACE, put_right
from tests.web.test_age_confirmed import NOTHING_NEW
from tests.web.test_red_alike import counted, said_alike
from tests.web.test_said_on_the_telephone import press
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
WOMAN, GIRL = "18\u201129", "9\u201117"
CHILD = {"call_name": "canary", "child_contact": "canary-guardianship"}
SPOKEN = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
NO = r"They said no by telephone (?:to [^,]+, )?(today|yesterday) \d\d:\d\d: Shelter Kulob"


def admits(sent: Referral, *groups: str) -> None:
    with god():
        Service.objects.filter(pk=sent.service_id).update(admission_codes=list(groups))


def accepted(house: Senders, band: str, part: str = "now") -> tuple[Case, Referral]:
    """Somebody of this age for whom a shelter for women has accepted, for now."""
    records(house)
    another(house)
    is_child = band == "a9_17"
    facts = {**PLACE, "sex_code": "female", "age_band_code": band}
    case = house.case(facts, contact=CHILD) if is_child else house.case(facts)
    spoken: dict[str, Any] = SPOKEN if is_child else {}
    house.agreed(case, **spoken)
    sent = house.sent(case)
    house.accepted(sent, part=part)
    admits(sent, "women")
    pass_time(minutes=1)
    return case, sent


def alike(house: Senders) -> None:
    """Today, the rail, the list of cases and each case say the same, to both who read it."""
    for slug in ("caseworker-cso", "supervisor-cso"):
        found = counted(house, slug)
        if slug == "caseworker-cso":
            said_alike(house, slug, found)


def pages(house: Senders, case: Case, sent: Referral) -> dict[str, str]:
    reader = house.browser()
    return {at: page_text(reader.get(at)) for at in ("/", f"/cases/{case.code}/", f"/referrals/{sent.code}/")}


def test_who_accepted_a_girl_reads_nothing_of_a_woman_once_it_was_put_back(house: Senders) -> None:
    """Red before: "You accepted: Woman", who was never on the summary when they accepted."""
    case, sent = accepted(house, "a9_17", part="morning")
    at, worker = f"/referrals/{sent.code}/", house.browser("shelter-worker")
    put_right(house, case, "a18_29")
    put_right(house, case, "a9_17")
    text = page_text(worker.get(at))
    assert "You accepted:" not in text
    assert "A child. Your service does not say that it takes children." in text
    assert "They accepted before the age was corrected" not in page_text(house.browser().get(at))
    assert re.search(r"changed, and put back (today|yesterday) \d\d:\d\d", text)
    put_right(house, case, "a0_8")
    assert f"You accepted: Girl, {GIRL}." in page_text(worker.get(at)), "what it said when they accepted"
    put_right(house, case, "a18_29")
    put_right(house, case, "a0_8")
    assert f"You accepted: Girl, {GIRL}." in page_text(worker.get(at)), "however often it was corrected since"
    happened = page_text(house.browser().get(f"/cases/{case.code}/?events=all")).partition("What happened")[2]
    for now, before in (("18\u201129", GIRL), (GIRL, "18\u201129"), ("0\u20118", GIRL), ("0\u20118", "18\u201129")):
        assert f"Age corrected: {now} (before: {before})" in happened, (now, before)


def test_a_no_for_the_child_is_said_first_and_no_page_gives_contrary_orders(house: Senders) -> None:
    """Red before: "Ask another organisation" beside "Nothing new can be sent", and "agreed for now. Call them"."""
    case, sent = accepted(house, "a18_29")
    put_right(house, case, "a9_17")
    said = press(house.browser(), f"/referrals/{sent.code}/call/", "said_no")
    assert "said no by telephone. It is still open." in said
    for at, text in pages(house, case, sent).items():
        assert re.search(NO, text), at
        assert "No place for tonight" in text, at
        assert "Ask another organisation" not in text, at
        assert "Tell the person the time" not in text, at
    on_both = [text for at, text in pages(house, case, sent).items() if at != "/"]
    for text in on_both:
        assert NOTHING_NEW in text
        assert "Call now, and name nobody:" in text
        assert "National coordinator" in text
    alike(house)


def test_a_no_for_the_child_is_asked_about_once_the_person_is_an_adult_again(house: Senders) -> None:
    """Red before: "Tell the person the time", and the no of a moment ago stood in the history alone."""
    case, sent = accepted(house, "a18_29")
    call = f"/referrals/{sent.code}/call/"
    put_right(house, case, "a9_17")
    press(house.browser(), call, "said_no")
    put_right(house, case, "a18_29")
    shown = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    assert re.search(r'<details(?: class="fold")?\s+open>', shown), "they are called first: it is pressed there"
    for _call in range(2):
        for at, text in pages(house, case, sent).items():
            assert re.search(NO, text), at
            assert f"The no was for: girl, {GIRL}" in text, at
            assert "Call them: do they expect the person?" in text, at
            assert not re.search("Tell the person the time|no hour and no place written", text), at
            assert "No place for tonight" in text, at
        alike(house)
        press(house.browser(), call, "not_reached")
    said = press(house.browser(), call, "said_yes")
    assert "said by telephone that they expect the person" in said
    for at, text in pages(house, case, sent).items():
        assert not re.search(NO, text), at
        assert "do they expect" not in text, at
        assert "No place for tonight" not in text, at
    assert "no hour and no place written: call them" in page_text(house.browser().get("/"))
    alike(house)


def test_of_a_child_who_is_asked_for_and_refused_by_telephone_the_no_stands_and_whom_to_call(house: Senders) -> None:
    """Red before: the red card said "asked, no answer yet. Call them." a minute after the no."""
    records(house)
    another(house)
    case = house.case({**PLACE, "sex_code": "male", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    admits(sent, "men")
    pass_time(minutes=1)
    put_right(house, case, "a9_17")
    assert "asked, no answer yet. Call them." in page_text(house.browser().get(f"/cases/{case.code}/"))
    said = press(house.browser(), f"/referrals/{sent.code}/call/", "said_no")
    assert "Ask another organisation" not in said
    text = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert re.search(NO, text)
    assert "asked, no answer yet" not in text
    assert "Call now, and name nobody:" in text
    alike(house)
    put_right(house, case, "a18_29")
    for at, shown in pages(house, case, sent).items():
        assert f"The no was for: boy, {GIRL}" in shown, at
        assert "Call them: can the person come?" in shown, at


def saved(house: Senders, case: Case, band: str) -> Any:
    """The page after the age was corrected there."""
    client, at = house.browser(), f"/cases/{case.code}/settle_age/"
    answer = send(client, at, age_band=band, reason="papers")
    assert answer.status_code == 303
    pass_time(minutes=1)
    return client.get(answer["Location"])


def green(answer: Any) -> str:
    return page_text(answer).partition("Saved: ")[2].partition("Put the age back")[0]


def test_each_green_line_is_true_for_what_the_page_shows(
    house: Senders, django_capture_on_commit_callbacks: Any
) -> None:
    """Red before: "Ask for consent again" with nothing to ask, and "See below what to do now" above nothing."""
    case = house.case({"sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)

    def after(band: str) -> tuple[str, str]:
        with django_capture_on_commit_callbacks(execute=True):
            answer = saved(house, case, band)
        return green(answer), page_text(answer)

    line, page = after("a9_17")
    assert "See below what to do now." in line
    assert "Ask for consent again: the person is a child" in page
    line, page = after("a18_29")
    assert "Child protection no longer waits to be told." in line
    assert ("Ask for consent again" in line) is ("Ask for consent again: the person is an adult" in page) is False
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(lead, found, version=found.version, age_band="a9_17", reason="papers")
        cases.tell_child_protection(lead, found, version=found.version)
    line, page = after("a18_29")
    assert "no longer waits" not in line
    assert re.search(r"Child protection was told of a child (today|yesterday) \d\d:\d\d\.", line)
    assert "You may tell them that the age was corrected." in line
    with django_capture_on_commit_callbacks(execute=True):
        house.agreed(case, answer="no")
    line, page = after("a9_17")
    assert "See below" not in line, "nothing was agreed, and who is told was told"


def test_an_age_is_put_back_from_where_it_was_saved(house: Senders) -> None:
    case = house.case({"sex_code": "female", "age_band_code": "a9_17"}, contact=CHILD)
    answer = saved(house, case, "a18_29")
    found = re.search(r'href="(/cases/\d+/settle_age/\?age=a9_17)">Put the age back<', answer.content.decode())
    assert found
    at = f"/cases/{case.code}/settle_age/"
    client: Any = house.browser()
    assert fields(client.get(found[1]), at)["age_band"] == ["a9_17"]
    assert not fields(client.get(f"{at}?age=zz"), at).get("age_band")


def test_who_accepts_after_the_age_was_put_right_reads_what_it_was_before_and_of_nothing_put_back(
    house: Senders,
) -> None:
    """Red before: sent as a woman, accepted as a girl, and both sides read "changed, and put back"."""
    records(house)
    another(house)
    case = house.case({**PLACE, "sex_code": "female", "age_band_code": "a18_29"})
    house.agreed(case)
    sent = house.sent(case)
    for band in ("a9_17", "a18_29", "a9_17"):
        pass_time(minutes=1)
        put_right(house, case, band)
    admits(sent, "women", "children")
    pass_time(minutes=1)
    house.accepted(sent, part="now")
    for who in ("caseworker-cso", "shelter-worker"):
        text = page_text(house.browser(who).get(f"/referrals/{sent.code}/"))
        assert "and put back" not in text, who
        assert re.search(rf"hanged (today|yesterday) \d\d:\d\d; before: Woman, {WOMAN}", text), who


def test_a_child_whom_a_shelter_accepted_is_asked_for_there_first(house: Senders) -> None:
    """Red before: "No place for tonight yet", and the shelter that expected her was not among those to call."""
    case, sent = accepted(house, "a18_29")
    put_right(house, case, "a9_17")
    text = page_text(house.browser().get(f"/cases/{case.code}/first/?step=alone"))
    assert "No place for tonight yet" not in text
    assert "Shelter Kulob has accepted the person: ask them first whether the child can come" in text
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=sent.pk)
        receive.unaccept(gulnora, one, version=one.version, reason="no_place_now")
    text = page_text(house.browser().get(f"/cases/{case.code}/first/?step=alone"))
    assert "No place for tonight yet" in text
    assert "has accepted the person" not in text
