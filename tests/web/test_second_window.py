"""What a second window, or a step that came too late, is told: who said what, and when."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.utils import translation

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralSender
from hamkori.casework.referral.queries.origin import case_of
from hamkori.web.kit.forms import KitForm, Ticks
from tests.cast import pass_time, tomorrow
from tests.database import god
from tests.web.consenting import ask
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, referrals
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


# --- consent that was withdrawn meanwhile -----------------------------------------------------------------------------


def withdraws(house: Senders, case: Case) -> None:
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), rows=[("shelter_social", "help")], how_said="in_person")


def test_a_referral_ready_to_send_says_that_consent_was_withdrawn_meanwhile(house: Senders) -> None:
    """Red before: "Select a valid choice. contact is not one of the available choices." stood above it."""
    case = house.case()
    house.agreed(case)
    ready = house.screen(case)
    withdraws(house, case)
    answer = house.browser().post(f"/cases/{case.code}/refer/", ready)
    page = page_text(answer)
    assert "The person withdrew consent while you were writing. Nothing was sent." in page
    assert "Select a valid choice" not in page
    assert "Canary-Words" in answer.content.decode(), "what was typed is there still"
    assert not referrals()


def test_what_may_be_sent_changed_otherwise_is_said_too(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    ready = house.screen(case, sections=["contact", "needs", "risk"])
    page = page_text(house.browser().post(f"/cases/{case.code}/refer/", ready))
    assert "What may be sent has changed while you were writing. Nothing was sent." in page
    assert not referrals()


SAID = "One of these cannot be chosen any more. Look at them, and choose again."


class Choosing(KitForm):
    """Every field of Django that chooses."""

    one = forms.ChoiceField(choices=[("a", "A")])
    more = forms.MultipleChoiceField(choices=[("a", "A")], widget=Ticks)
    typed = forms.TypedChoiceField(choices=[("a", "A")])

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.fields["late"] = forms.ChoiceField(choices=[("a", "A")])


@pytest.mark.parametrize("language", ["en", "tg", "ru", "fr"])
def test_no_form_says_djangos_sentence_of_a_choice(language: str) -> None:
    with translation.override(language):
        form = Choosing({"one": "x<", "more": ["x<"], "typed": "x<", "late": "x<"})
        assert not form.is_valid()
        said = [text for texts in form.errors.values() for text in texts]
        assert len(said) == 4
        assert len(set(said)) == 1
        assert not any("x<" in text or "Select a valid" in text for text in said)
    assert (said[0] == SAID) == (language == "en"), "it is translated"


def test_every_form_of_ours_speaks_with_the_kits_words() -> None:
    def below(kind: type) -> set[type]:
        return {one for sub in kind.__subclasses__() for one in (sub, *below(sub))}

    ours = {one for one in below(forms.BaseForm) if one.__module__.startswith("hamkori.")}
    assert ours
    assert not {one for one in ours if "add_error" not in {name for base in one.__mro__[:-1] for name in vars(base)}}
    from hamkori.web.kit.forms import Look

    assert {one.__name__ for one in ours if not issubclass(one, Look)} == set()


# --- said in another window -------------------------------------------------------------------------------------------


def test_came_and_did_not_come_in_two_windows_says_what_was_said(house: Senders, sent: Referral) -> None:
    """Red before: 'It is now "Accepted". Nothing was changed.'"""
    house.accepted(sent)
    pass_time(days=3)
    with house.as_() as zarina:
        team.admit(zarina, case_of(sent), membership=house.world.membership("colleague-cso"))
    client, colleague, address = house.browser(), house.browser("colleague-cso"), f"/referrals/{sent.code}/hear/"
    second, theirs = fields(client.get(address)), fields(colleague.get(address))
    first = client.post(address, {**second, "operation": str(uuid4()), "heard": "came"})
    assert first.status_code == 303
    late = page_text(client.post(address, {**second, "operation": str(uuid4()), "heard": "did_not_come"}))
    assert "You have said already (today" in late
    assert "“The person came”. Nothing was changed." in late
    assert "It is now" not in late
    late = page_text(colleague.post(address, {**theirs, "operation": str(uuid4()), "heard": "did_not_come"}))
    assert "Caseworker Cso has said already (today" in late, "a colleague is named"


def test_accepting_from_a_second_window_names_the_day_and_who_accepted(house: Senders, sent: Referral) -> None:
    client = house.browser("desk-shelter")
    page = f"/referrals/{sent.code}/"
    form = fields(client.get(page), f"{page}accept/")
    house.accepted(sent)
    said = {
        "team": [str(house.world.membership("shelter-worker"))],
        "arrival_on": tomorrow().isoformat(),
        "arrival_part": "morning",
    }
    late = page_text(client.post(f"{page}accept/", {**form, **said}))
    assert "You have said already (today" in late
    assert "Accepted: tomorrow, morning" in late


# --- what is said of a referral that is settled, or cancelled ---------------------------------------------------------


def test_nothing_more_to_do_stands_in_what_happened_and_another_can_still_be_asked(
    house: Senders, sent: Referral
) -> None:
    """Red before: no line, and nothing to press."""
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=sent.pk)
        receive.decline(desk, card, version=card.version, reason="full")
    with house.as_() as zarina:
        confirming.settle(zarina, Referral.objects.get(pk=sent.pk), reason="other_help")
    with god():
        assert ReferralSender.objects.get(referral=sent).settled_at is not None
    another(house)
    answer = house.browser().get(f"/referrals/{sent.code}/")
    assert "Said: nothing more to do" in page_text(answer)
    assert f'href="/referrals/{sent.code}/again/"' in answer.content.decode()
    assert "Said: nothing more to do" not in page_text(house.browser("desk-shelter").get(f"/referrals/{sent.code}/"))


def test_the_button_that_cancels_names_what_it_cancels_and_another_leaves_it(house: Senders, sent: Referral) -> None:
    """Red before: the button was "Cancel", which whoever backs out presses."""
    page = house.browser().get(f"/referrals/{sent.code}/recall/").content.decode()
    assert "Cancel the referral" in page
    # Red before: "Cancel the referral" above "The person wants it ended", and nothing said whose wish is which.
    both = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert -1 < both.find("The person wants it ended") < both.find("Cancel for another reason")
    assert ">Cancel<" not in page.replace("\n", "").replace("  ", "")
    assert f'href="/referrals/{sent.code}/"' in page.partition("<main")[2].partition("Leave it as it is")[0][-300:]


# --- a child, and who was one -----------------------------------------------------------------------------------------


def asked_a_child(house: Senders) -> Case:
    case = house.case({"age_band_code": "a9_17"}, contact={"call_name": "Canary", "child_contact": "Canary-Guardian"})
    house.agreed(case, speaker="parent", child_answer="says_no", as_child=True)
    return case


def test_after_a_childs_no_the_referral_says_only_that_nothing_can_be_sent(house: Senders) -> None:
    """Red before: it asked to ask again, and said that the words could be sent all the same."""
    case = asked_a_child(house)
    answer = house.browser().post(f"/cases/{case.code}/refer/", house.screen(case, do="preview", sections=[]))
    page = page_text(answer)
    assert "The child said no." in page
    for other in ("Ask the person", "the person's words below can", "It cannot be sent now"):
        assert other not in page
    assert '<textarea name="agreed_text"' not in answer.content.decode()


def test_a_childs_no_is_saved_as_one(house: Senders) -> None:
    """Red before: "What the person said yes to can be sent now." was said."""
    case = house.case({"age_band_code": "a9_17"}, contact={"call_name": "Canary", "child_contact": "Canary-Guardian"})
    client = house.browser()
    said = {"speaker": "parent", "suspected": "no", "child_answer": "says_no"}
    assert ask(client, case, a_shelter_social_help="yes", **said).status_code == 303
    saved = client.get(f"/cases/{case.code}/")
    assert "Saved: the child said no. Nothing of this can be sent." in page_text(saved)


def test_of_a_woman_who_was_held_for_a_child_nobody_reads_that_the_child_said_no(
    house: Senders, django_capture_on_commit_callbacks: Any
) -> None:
    case = asked_a_child(house)
    client = house.browser()
    assert "The child said no" in page_text(client.get(f"/cases/{case.code}/"))
    with house.as_() as zarina, django_capture_on_commit_callbacks(execute=True):
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(zarina, found, version=found.version, age_band="a18_29", reason="papers")
    page = page_text(client.get(f"/cases/{case.code}/"))
    assert "The child said no" not in page
    assert "Ask for consent again: the person is an adult" in page
    asked = page_text(client.get(f"/cases/{case.code}/consent/"))
    assert "The child said no. Nothing is sent there" not in asked
    assert "The person is an adult now: ask them." in asked


def test_after_a_withdrawal_nobody_was_asked(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    client = house.browser()
    assert "Last asked on" in page_text(client.get(f"/cases/{case.code}/consent/"))
    withdraws(house, case)
    page = page_text(client.get(f"/cases/{case.code}/consent/"))
    assert "Last asked" not in page
    assert "Changed on" in page
    home = page_text(client.get(f"/cases/{case.code}/"))
    assert "Last asked" not in home
    assert "Changed today" in home


# --- begun, and not finished ------------------------------------------------------------------------------------------


def test_whoever_begins_again_is_told_of_what_they_have_not_finished(house: Senders) -> None:
    client = house.browser()
    page = client.get("/cases/first/", follow=True)
    assert "You began a registration" not in page_text(page)
    client.post("/cases/first/", {**fields(page), "danger": "talk"})
    again = page_text(client.get("/cases/first/", follow=True))
    assert "You began a registration today" in again
    assert "Continue it" in again
    assert "You began" not in page_text(house.browser("shelter-worker").get("/cases/first/", follow=True))
    pass_time(days=1, minutes=1)
    assert "You began" not in page_text(house.browser().get("/cases/first/", follow=True))
