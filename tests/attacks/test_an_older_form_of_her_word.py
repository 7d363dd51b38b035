"""A form of her answers that was opened before she said something else: what it did not see, it does not take away.

The holes: the list of bodies that she does not want was saved as the whole list. A body that was not drawn, because it
was inactive for a moment or its row spoilt, and a "not to them" recorded in another window, were struck off; the next
request brought them her name. And a "yes" of that older form stood above her newer "no".
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent, ConsentExcluded, ConsentRow
from hamkori.refusal import NotNow
from tests.cast import World, tomorrow
from tests.database import god
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.alarms]

SAID = {"language": "tg", "read": "on", "how_given": "spoken", "how_said": "in_person"}
ASKS_AGAIN = "Another answer of the person was recorded after this page was opened."


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def stands(case: Case) -> tuple[int, set[UUID], dict[str, str]]:
    """Number, bodies and answers of her newest word."""
    with god():
        newest = Consent.objects.filter(case=case).order_by("-number")[0]
        without = set(ConsentExcluded.objects.filter(consent=newest).values_list("organisation_id", flat=True))
        answers = dict(ConsentRow.objects.filter(consent=newest).values_list("kind_code", "answer_code"))
    return newest.number, without, answers


def opened(house: Senders, case: Case) -> dict[str, Any]:
    return form_of(house.browser().get(page(case))) | SAID


def saved(house: Senders, case: Case, form: dict[str, Any], **more: Any) -> HttpResponse:
    return house.browser().post(page(case), {**form, "operation": str(uuid4()), **more})


def test_whom_she_does_not_want_is_not_forgotten_by_an_older_form(house: Senders) -> None:
    case, police = house.case(), house.world.bodies["mia-centre"]
    house.agreed(case)
    older = opened(house, case)
    house.agreed(case, excluded=[police])
    answer = saved(house, case, older, a_legal_help="yes")
    assert (answer.status_code, stands(case)[:2]) == (409, (2, {police})), "nothing is written"
    text = page_text(answer)
    assert ASKS_AGAIN in text
    assert "Version 2: The person answered" in text
    again = form_of(answer) | {"language": "tg"}
    assert again["a_legal_help"] == ["yes"], "what was marked is kept"
    assert again["excluded"] == [str(police)], "and her word of meanwhile stands on the form"
    assert saved(house, case, again).status_code == 303
    assert stands(case) == (3, {police}, {"shelter_social": "yes", "legal": "yes"})


def test_ticks_of_an_older_form_are_what_she_changed(house: Senders) -> None:
    """One body more and one less, over a word that named another meanwhile."""
    case, bodies = house.case(), house.world.bodies
    house.agreed(case, excluded=[bodies["shelter-kulob"]])
    older = opened(house, case)
    assert older["excluded"] == [str(bodies["shelter-kulob"])]
    house.agreed(case, excluded=[bodies["mia-centre"]])
    answer = saved(house, case, older, excluded=[str(bodies["legal-aid"])])
    assert (answer.status_code, stands(case)[1]) == (409, {bodies["shelter-kulob"], bodies["mia-centre"]})
    again = form_of(answer) | SAID
    assert set(again["excluded"]) == {str(bodies["mia-centre"]), str(bodies["legal-aid"])}
    assert saved(house, case, again).status_code == 303
    assert stands(case)[1] == {bodies["mia-centre"], bodies["legal-aid"]}


def test_an_older_yes_does_not_stand_above_her_newer_no(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    older = opened(house, case)
    house.agreed(case, answer="no")
    answer = saved(house, case, older, anew=["shelter_social:help"], seen="1")
    assert (answer.status_code, stands(case)[2]) == (409, {"shelter_social": "no"})
    assert "Version 2: The person said no" in page_text(answer)


def test_a_no_of_an_older_form_is_never_refused(house: Senders) -> None:
    """Her word wins: it ends what it names, and nothing else."""
    case, police, lawyers = house.case(), house.world.bodies["mia-centre"], house.world.bodies["legal-aid"]
    house.agreed(case)
    older = opened(house, case)
    house.agreed(case, kind="legal", excluded=[police])
    answer = saved(house, case, older, a_shelter_social_help="no", excluded=[str(lawyers)])
    assert answer.status_code == 303
    assert stands(case) == (3, {police, lawyers}, {"shelter_social": "no", "legal": "yes"})


@pytest.mark.parametrize("how", ["is_active = false", "tag = '\\x00'"])
def test_a_body_that_is_not_listed_stays_unwanted(house: Senders, how: str) -> None:
    """Two forms: one that was opened before it was away, and one that never drew it."""
    case, lawyers = house.case(), house.world.bodies["legal-aid"]
    house.agreed(case, excluded=[lawyers])
    before = opened(house, case)
    with god(), connection.cursor() as cursor:
        cursor.execute(f"update organisation set {how} where id = %s", [lawyers])
    while_away = opened(house, case)
    assert "excluded" not in while_away
    assert "is not listed now. It stays so" in page_text(house.browser().get(page(case)))
    assert saved(house, case, before, a_health_help="yes").status_code == 303
    assert lawyers in stands(case)[1]
    assert saved(house, case, while_away, a_health_help="no").status_code == 303
    assert stands(case)[:2] == (3, {lawyers})


@pytest.mark.parametrize("how", ["is_active = false", "tag = '\\x00'"])
def test_a_tick_for_a_body_that_is_listed_no_more_is_not_lost(house: Senders, how: str) -> None:
    """Away between the form and its save: red on 3f58cb0, the whole form was refused and drawn without the tick."""
    case, lawyers = house.case(), house.world.bodies["legal-aid"]
    house.agreed(case)
    form = opened(house, case) | {"excluded": [str(lawyers)], "a_health_help": "yes"}
    with god(), connection.cursor() as cursor:
        cursor.execute(f"update organisation set {how} where id = %s", [lawyers])
    incomplete = saved(house, case, form | {"language": ""})
    assert (incomplete.status_code, stands(case)[0]) == (400, 1)
    assert "An organisation that you ticked is not listed now." in page_text(incomplete), "it is said at its place"
    again = form_of(incomplete) | SAID
    assert again["excluded"] == [str(lawyers)], "and kept"
    assert saved(house, case, again).status_code == 303
    assert stands(case) == (2, {lawyers}, {"shelter_social": "yes", "health": "yes"})
    house.agreed(case, kind="legal")
    older = saved(house, case, form)
    assert older.status_code == 409, "another word of hers came in between"
    assert saved(house, case, form_of(older) | SAID).status_code == 303
    assert stands(case)[:2] == (4, {lawyers})


@pytest.mark.parametrize("what", ["6c1f2f0e-6f0b-4a51-9d5e-2f1f1a7b8c90", "legal-aid"])
def test_a_tick_for_no_body_at_all_is_refused(house: Senders, what: str) -> None:
    case = house.case()
    house.agreed(case)
    assert saved(house, case, opened(house, case) | {"excluded": [what]}).status_code == 400
    assert stands(case)[0] == 1


@pytest.mark.parametrize("body", ["secretariat", "cso-kulob"])
def test_a_body_to_which_nothing_could_be_sent_is_said_and_stays_unwanted(house: Senders, body: str) -> None:
    """One that oversees, and her worker's own: neither was drawn nor said on 3f58cb0, since both are known."""
    case, unwanted = house.case(), house.world.bodies[body]
    house.agreed(case, excluded=[unwanted])
    drawn = house.browser().get(page(case))
    assert str(unwanted) not in drawn.content.decode()
    assert "is not listed now. It stays so" in page_text(drawn)
    assert saved(house, case, form_of(drawn) | SAID, a_health_help="yes").status_code == 303
    assert stands(case)[:2] == (2, {unwanted})


def test_a_form_that_does_not_say_what_it_saw_gives_nothing(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    form = opened(house, case)
    form.pop("word")
    assert saved(house, case, form, a_health_help="yes").status_code == 409
    assert stands(case)[0] == 1


@pytest.mark.parametrize("body", ["rows", "sections"])
def test_an_older_form_of_taking_back_takes_back_what_it_names(house: Senders, body: str) -> None:
    """Half of what it names was taken back meanwhile, and she said no to a body: nothing of that is lost or refused."""
    case, police = house.case(), house.world.bodies["mia-centre"]
    house.agreed(case)
    house.agreed(case, kind="legal")
    house.agreed(case, kind="health", sections={"health"})
    address = page(case, "withdraw/")
    older = form_of(house.browser().get(address)) | {"how_said": "by_phone", "seen": "1"}
    if body == "rows":
        older |= {"took": ["legal:help", "shelter_social:help"]}
        now = {"legal": "withdrawn", "shelter_social": "no", "health": "yes"}
    else:
        older |= {"took": ["health:help:health", "legal:help:contact", "shelter_social:help:contact"]}
        now = {"legal": "yes", "shelter_social": "no", "health": "no"}
        house.agreed(case, kind="health", answer="no")
    house.agreed(case, answer="no", excluded=[police])
    assert house.browser().post(address, {**older, "operation": str(uuid4())}).status_code == 303
    assert stands(case)[1:] == ({police}, now)
    if body == "sections":
        with god():
            newest = Consent.objects.filter(case=case).order_by("-number")[0]
            assert ConsentRow.objects.get(consent=newest, kind_code="legal").sections == ["needs"]


def test_two_who_save_in_the_same_moment(house: Senders) -> None:
    """The page compares before; what decides is the action, under the lock of the case."""
    case = house.case()
    house.agreed(case)
    house.agreed(case, answer="no")
    yes = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow())
    with house.as_() as zarina, pytest.raises(NotNow, match="version_same"):
        consent.record(zarina, case, answers=yes, asking=asking, seen=1)
    assert stands(case)[0] == 2


def test_rows_that_an_older_form_did_not_touch_are_drawn_anew_as_they_stand(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    older = opened(house, case)
    changed = form_of(house.browser().get(page(case))) | SAID
    saved(house, case, changed, a_shelter_social_help="yes", s_shelter_social_help=["contact"])
    answer = saved(house, case, older, a_legal_help="yes")
    assert answer.status_code == 409
    again = form_of(answer) | {"language": "tg"}
    assert again["s_shelter_social_help"] == ["contact"]
    assert saved(house, case, again).status_code == 303, "nothing was changed there since"
    with god():
        newest = Consent.objects.filter(case=case).order_by("-number")[0]
        (shelter,) = ConsentRow.objects.filter(consent=newest, kind_code="shelter_social")
    assert shelter.sections == ["contact"]
