"""What nobody has confirmed says so where it is read: numbers to call, lists, entries."""

import dataclasses
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from hamkori.refusal import NotNow
from hamkori.vocabulary import Entry, codelist
from hamkori.web.kit.refusals import sentence
from hamkori.web.templatetags import marks
from hamkori.web.words import lists
from tests.web.senders import Senders, at, page_text


def drawn(text: str) -> str:
    return Template("{% load kit %}" + text).render(Context())


def test_a_number_to_call_is_marked_until_an_operator_has_confirmed_it(settings: Any) -> None:
    assert drawn('{{ "life"|telephone }}') == "112 (not confirmed)"
    assert sentence(NotNow("police_not_refused")).endswith(" 112 (not confirmed).")
    with translation.override("tg"):
        assert drawn('{{ "police"|telephone }}') == "102 (тасдиқ нашудааст)"
    settings.HAMKORI_EMERGENCY_CONFIRMED = True
    settings.HAMKORI_EMERGENCY = settings.HAMKORI_EMERGENCY | {"ambulance": "1030"}
    assert drawn('{{ "life"|telephone }} {{ "ambulance"|telephone }}') == "112 1030"
    assert sentence(NotNow("police_not_refused")).endswith(" 112.")


def test_a_page_says_which_of_its_lists_nobody_confirmed() -> None:
    assert "provisional" in drawn('{% lists_marked "service" %}')
    assert "Unverified" in drawn('{% lists_marked "service" %}')
    assert "Unverified" not in drawn('{% lists_marked "urgency" %}')
    assert not drawn('{% lists_marked "region" %}')


def test_a_page_of_work_says_it_once_after_what_else_stands_at_its_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Words for help, steps and reasons are provisional."
    assert drawn('{% words_marked "service" %}').count(said) == 1
    assert f"Not law. {said}" in drawn('{% words_marked "service" before="Not law." %}')
    assert not drawn('{% words_marked "region" %}'), "a list that is not ours"
    confirmed = [dataclasses.replace(one, provisional=False) for one in codelist("urgency")]
    monkeypatch.setattr(marks, "codelist", lambda _name: confirmed)
    assert not drawn('{% words_marked "urgency" %}'), "it is said of the list as it is, and goes with its mark"


def test_a_list_that_is_ticked_as_a_whole_says_once_below_it_that_it_is_unverified() -> None:
    assert drawn('{% unverified_below "local_prompt" %}').count("unverified") == 1
    assert "Some of these" in drawn('{% unverified_below "service" %}')
    assert not drawn('{% unverified_below "region" %}')
    assert not [text for _code, text in lists.choices("local_prompt") if "unverified" in text]


def test_an_unverified_service_says_so_wherever_its_name_is_read() -> None:
    plain = codelist("service").label("SAFE-05", "en")
    assert lists.label("service", "SAFE-05") == f"{plain} (unverified)"
    assert lists.labels("service", ["SAFE-05"]) == f"{plain} (unverified)"
    assert dict(lists.choices("service"))["SAFE-05"] == f"{plain} (unverified)"
    assert lists.label("service", "SAFE-01") == codelist("service").label("SAFE-01", "en")


# --- every page that reads such entries ----------------------------------------------------------------------------
OF_A_CASE = (
    "/cases/first/",
    "/cases/new/",
    "/cases/{case}/",
    "/cases/{case}/edit/",
    "/cases/{case}/history/",
    "/cases/{case}/consent/",
    "/cases/{case}/refer/",
    "/cases/{case}/first/?step=need",
    "/cases/{case}/first/?step=who",
    "/cases/{case}/first/?step=service",
    "/cases/{case}/first/?step=sent&of={referral}",
)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The lists of which a provisional entry was read."""
    found: set[str] = set()
    said = lists._said

    def reads(name: str, entry: Entry) -> str:
        found.update([name] if entry.provisional else [])
        return said(name, entry)

    monkeypatch.setattr(lists, "_said", reads)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("address", OF_A_CASE)
def test_a_page_that_reads_provisional_words_says_so(house: Senders, read: set[str], address: str) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    read.clear()
    answer = house.browser().get(address.format(case=case.code, referral=referral.code), follow=True)
    assert answer.status_code == 200
    assert "provisional" in page_text(answer), read
    assert read or address == "/cases/first/", "it reads entries of a list"


@pytest.mark.django_db
def test_a_receiver_reads_it_where_help_is_given_and_answered(house: Senders, read: set[str]) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    waiting = page_text(house.browser("desk-shelter").get(at(referral)))
    house.accepted(referral)
    given = page_text(house.browser("shelter-worker").get(at(referral)))
    assert "are provisional" in waiting
    assert "are provisional" in given
    assert "referral_result" in read


@pytest.mark.django_db
def test_the_text_that_is_read_aloud_is_marked_above_what_folds(house: Senders) -> None:
    page = house.browser().get(f"/cases/{house.case().code}/consent/").content.decode()
    assert page.index("provisional") < page.index('class="reading')
