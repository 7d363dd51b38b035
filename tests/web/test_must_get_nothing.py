"""An organisation that must get nothing: what is recorded, where it is named, and whom nobody is asked to call."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent, ConsentExcluded
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text, state
from tests.web.test_looked_for import FIND_OUT, missed
from tests.web.test_not_here import under

pytestmark = pytest.mark.django_db

NAMED = "The person named an organisation that must get nothing"
SAID_NO = "The person said no"


def body_of(referral: Referral) -> tuple[str, str]:
    """The organisation of a referral: its id, and its name."""
    with god():
        body = Referral.objects.select_related("to_organisation").get(pk=referral.pk).to_organisation
        return str(body.pk), body.name_en


def excludes(house: Senders, case: Case, *bodies: str) -> str:
    """Only organisations are ticked on the page of the consent, and it was said by telephone."""
    client, at = house.browser(), page(case)
    form = form_of(client.get(at)) | {"excluded": [*bodies], "how_said": "by_phone"}
    answer = client.post(at, form, follow=True)
    if "What this answer ends" in page_text(answer):
        answer = client.post(at, form_of(answer), follow=True)
    assert answer.status_code == 200
    pass_time(minutes=1)
    return page_text(answer)


def events(house: Senders, case: Case) -> str:
    return page_text(house.browser().get(f"/cases/{case.code}/?events=all")).partition("What happened")[2]


def paper(house: Senders, case: Case) -> str:
    return page_text(house.browser().get(f"/cases/{case.code}/print/"))


def test_who_names_only_an_organisation_said_no_to_nobody_else(house: Senders) -> None:
    """Red before: "The person said no to the police · by telephone", since an earlier no to the police stood there."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    pass_time(minutes=1)
    house.agreed(case, kind="police", purpose="justice", answer="no")
    house.agreed(case, kind="police", purpose="protection", answer="no")
    pass_time(minutes=1)
    assert events(house, case).count("The person said no to the police") == 2, "each of the two, when it was said"
    body, name = body_of(referral)
    saved = excludes(house, case, body)
    assert f"Nothing can be sent to them any more: {name}." in saved, "red before: it was named nowhere"
    said = events(house, case)
    assert said.count("The person said no to the police") == 2
    assert said.index(NAMED) < said.index(SAID_NO), "the newest first"
    assert f"must get nothing: {name}" in said
    head = page_text(house.browser().get(f"/cases/{case.code}/")).partition("What happened")[0]
    assert f"Must get nothing: {name}" in head
    printed = paper(house, case)
    assert (NAMED in printed, name in printed.partition(NAMED)[2].splitlines()[0]) == (True, False)
    assert f"must get nothing: {name}".casefold() not in printed.casefold(), "no organisation is named so on paper"


def test_one_that_may_get_something_again_is_said_to_be_that(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    body, name = body_of(house.sent(case))
    excludes(house, case, body)
    assert f"Something can be sent to them again: {name}." in excludes(house, case)
    said = events(house, case)
    assert f"may get something again: {name}" in said
    assert "The person lets an organisation get something again" in said
    assert "Must get nothing:" not in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_a_first_no_and_what_is_withdrawn_are_told_as_before(house: Senders) -> None:
    case = house.case()
    house.agreed(case, kind="police", purpose="justice", answer="no")
    assert "The person said no to the police" in events(house, case)
    pass_time(minutes=1)
    house.agreed(case)
    house.agreed(case, kind="legal", answer="no")
    pass_time(minutes=1)
    said = events(house, case)
    assert said.count("The person said no to the police") == 1, "the later no is not to the police"
    assert said.count(SAID_NO) == 2
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), sections=["contact"], how_said="by_phone")
    said = events(house, case)
    assert "The person withdrew something" in said
    assert NAMED not in said


def ends_one(house: Senders, referral: Referral, **ticked: str) -> str:
    client, at = house.browser(), f"/referrals/{referral.code}/withdraw/"
    form = form_of(client.get(at)) | {"how_said": "in_person"} | ticked
    form.pop("everything", None)
    return page_text(client.post(at, form, follow=True))


def without(case: Case) -> set[str]:
    with god():
        newest = Consent.objects.filter(case=case).latest("number")
        return {str(row.organisation_id) for row in ConsentExcluded.objects.filter(consent=newest)}


ONLY_THIS, NOTHING_MORE = "End this referral only", "End it: they get nothing more"


def test_that_it_gets_nothing_more_is_a_button_beside_the_other(house: Senders) -> None:
    """Red before: it was a tick above "End it", and three of three overlooked it who came for that."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    body, name = body_of(referral)
    shown = house.browser().get(f"/referrals/{referral.code}/withdraw/")
    assert name in page_text(shown)
    assert page_text(shown).index(ONLY_THIS) < page_text(shown).index(NOTHING_MORE)
    assert "nothing_more" not in form_of(shown), "nothing is chosen before"
    one = shown.content.decode().partition(ONLY_THIS)[0].rpartition("<button")[2]
    other = shown.content.decode().partition(NOTHING_MORE)[0].rpartition("<button")[2]
    assert one == other.replace(' name="nothing_more" value="on"', ""), "of one weight"
    led = house.browser().get(f"/cases/{case.code}/consent/withdraw/").content.decode()
    at = f"/referrals/{referral.code}/withdraw/?only=1"
    assert f'href="{at}"' in led.partition("Or only one organisation")[2]
    came = page_text(house.browser().get(at))
    assert came.index(NOTHING_MORE) < came.index(ONLY_THIS), "what that way is for, first"
    said = ends_one(house, referral, nothing_more="on")
    assert "Stopped at the person's request." in said
    assert f"Nothing can be sent to them any more: {name}." in said
    assert (state(referral), without(case)) == ("withdrawn", {body})
    assert NAMED in events(house, case)


def test_the_other_button_ends_only_this_one(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    said = ends_one(house, referral)
    assert "Nothing can be sent to them any more" not in said
    assert (state(referral), without(case)) == ("withdrawn", set())


def test_what_is_sent_meanwhile_is_not_said_to_continue(house: Senders) -> None:
    """Red before: "Referrals that are not listed here continue", and one that was sent after it was drawn ended too."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    body, _name = body_of(referral)
    client, at = house.browser(), page(case)
    shown = client.post(at, form_of(client.get(at)) | {"excluded": [body], "how_said": "by_phone"})
    text = page_text(shown)
    assert "that are not listed here continue" not in text
    assert "One that is sent while this page is open can end too" in text
    assert "Keep what was agreed" not in text, "what stood may have ended before"
    assert "Change nothing" in text
    client.post(at, form_of(shown))
    assert state(referral) == "withdrawn"


@pytest.mark.parametrize("who", ["caseworker-cso", "supervisor-cso"])
def test_nobody_is_asked_to_call_them_for_help(house: Senders, who: str) -> None:
    """Red before: "Call the person if that is safe, and those who expected them", with their number beside it."""
    case, referral = missed(house)
    body, _name = body_of(referral)
    at = f"/cases/{case.code}/"
    assert "and those who expected them" in page_text(house.browser(who).get(at))
    excludes(house, case, body)
    for shown in (at, f"/referrals/{referral.code}/"):
        text = page_text(house.browser(who).get(shown))
        if FIND_OUT not in text:
            assert shown != at
            continue
        assert "and those who expected them" not in text, shown
        assert "Tell them only that nobody comes." in text, shown
    row = under(house, who, "Call now")
    assert FIND_OUT in row
    assert "tell them only that nobody comes" in row


@pytest.mark.parametrize("kept", [True, False])
def test_the_tick_goes_with_stop_everything_everywhere(house: Senders, kept: bool) -> None:
    """Red before: it was lost without a word, and after the next yes that very organisation was offered first."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    body, name = body_of(referral)
    client, at = house.browser(), f"/referrals/{referral.code}/withdraw/"
    plain = client.post(at, form_of(client.get(at)) | {"how_said": "by_phone", "everything": "1"}, follow=True)
    assert f"{name} must get nothing any more" not in page_text(plain), "nobody said so"
    at = f"{at}?only=1"
    shown = client.post(at, form_of(client.get(at)) | {"how_said": "by_phone", "everything": "1"}, follow=True)
    assert f"{name} must get nothing any more" in page_text(shown)
    to, form = f"/cases/{case.code}/consent/withdraw/", form_of(shown) | {"how_said": "by_phone"}
    assert form["excluded"] in (body, [body]), "it is ticked there"
    if not kept:
        form.pop("excluded")
    wrong = client.post(to, {**form, "how_said": "canary"})
    assert f"{name} must get nothing any more" in page_text(wrong), "it stays in sight"
    said = page_text(client.post(to, form, follow=True))
    assert "Withdrawn" in said
    assert (f"Nothing can be sent to them any more: {name}." in said) is kept
    assert (state(referral), without(case)) == ("withdrawn", {body} if kept else set())
    pass_time(minutes=1)
    house.agreed(case)
    assert without(case) == ({body} if kept else set()), "a later yes to all such help does not take it back"
    later = page_text(client.get(f"/cases/{case.code}/consent/withdraw/?all=1"))
    assert "must get nothing any more" not in later, "it was said once"
    assert (f"must get nothing: {name}" in events(house, case)) is kept


def test_the_list_of_versions_says_what_was_said(house: Senders) -> None:
    """Red before: "The person said no" above a version with which only an organisation was named."""
    case = house.case()
    house.agreed(case)
    body, _name = body_of(house.sent(case))
    excludes(house, case, body)
    excludes(house, case)
    house.agreed(case, kind="police", purpose="justice", answer="no")
    listed = page_text(house.browser().get(page(case))).partition("Version 4")[2]
    fourth, _3, third = listed.partition("Version 3")
    third, _2, second = third.partition("Version 2")
    assert SAID_NO in fourth
    assert "The person lets an organisation get something again" in third
    assert NAMED in second
    assert SAID_NO not in third + second.partition("Version 1")[0]


def test_where_whoever_offers_it_must_get_nothing_no_service_is_missing(house: Senders) -> None:
    """Red before: a missing service could be recorded, though one is listed."""
    with god():
        Service.objects.exclude(service_code="LEGAL-01").update(is_active=False)
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="legal")
    referral = house.sent(case, service="LEGAL-01")
    body, name = body_of(referral)
    excludes(house, case, body)
    shown = page_text(house.browser().get(f"/referrals/{referral.code}/again/"))
    assert "The person does not want those who are listed to get anything. They are below." in shown
    assert name in shown
    assert "Nobody in the directory offers this" not in shown
    assert "Record a missing service" not in shown
