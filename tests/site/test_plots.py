"""The invented world as planned: every state and every ending (docs/design/demonstration.md#cases-and-referrals)."""

from __future__ import annotations

from collections import Counter

from hamkori.casework.consent.rules.consent import kind_of, purposes
from hamkori.casework.referral.rules.card import FLAGS
from hamkori.casework.referral.rules.lifecycle import STATES
from hamkori.site.demo.cast import PERSONAS
from hamkori.site.demo.plans.casework.plots import CASES, REFERRALS, come_along
from hamkori.site.demo.plans.people.bodies import ADMINISTRATORS, BODIES, CUSTODIANS, PEOPLE, custodians_of
from hamkori.vocabulary import codelist

ENDS = {
    "draft": 3, "sent": 9, "accepted": 7, "serving": 9, "finished": 4, "disputed": 1, "confirmed": 9, "declined": 7,
    "lapsed": 3, "recalled": 2, "withdrawn": 3, "unaccepted": 2, "discarded": 1,
}  # fmt: skip


def details(end: str) -> set[str]:
    return {plot.detail for plot in REFERRALS if plot.end == end}


def test_sixty_referrals_stand_in_every_state() -> None:
    assert Counter(plot.end for plot in REFERRALS) == ENDS
    assert set(ENDS) == set(STATES)
    assert sum(ENDS.values()) == 60


def test_every_reason_and_every_result_happens() -> None:
    assert details("declined") == set(codelist("decline_reason").codes)
    assert details("confirmed") == set(codelist("referral_result").codes)
    assert details("withdrawn") == {"sent", "accepted", "serving"}
    assert details("lapsed") == {"no_answer", "consent_ended"}


def test_thirty_cases_with_children_refusals_and_endings() -> None:
    special = Counter(plot.special.split(" ")[0] for plot in CASES)
    assert len(CASES) == 30
    assert (special["draft"], special["closed"], special["child"], special["police_refused"]) == (2, 5, 4, 3)
    assert special["reopened"] == 1
    assert sum("suspected" in plot.special for plot in CASES) == 1


def test_every_request_can_be_asked_of_its_body() -> None:
    lead = {plot.key: PEOPLE[plot.lead].body for plot in CASES}
    for plot in REFERRALS:
        body = BODIES[plot.body]
        assert plot.service in body.services
        assert plot.purpose in purposes(body.compartment, plot.service)
        assert lead[plot.case] != plot.body, "nobody refers to her own body"
        if kind_of(body.compartment, plot.service) == "police":
            assert next(case for case in CASES if case.key == plot.case).special == "police_agreed"


def test_nobody_who_needs_a_doctor_is_said_to_need_none() -> None:
    ill = {plot.case for plot in REFERRALS if plot.service.startswith("HEALTH-")}
    said = {plot.key: come_along(plot, number)[0] for number, plot in enumerate(CASES)}
    assert FLAGS[0] == "doctor_code"
    assert {said[plot.key] for plot in CASES if plot.key in ill or "doctor" in plot.needs} == {"yes"}
    assert {"no", "not_asked"} < set(said.values()), "all three are shown"


def test_the_cast_is_the_designs() -> None:
    assert set(PERSONAS) == {
        "caseworker-cso", "supervisor-cso", "desk-shelter", "shelter-worker", "lawyer", "investigator",
        "social-service", "coordinator", "stranger",
    }  # fmt: skip
    assert len(BODIES) == 16
    assert len({*PEOPLE, *CUSTODIANS, *ADMINISTRATORS}) == 29
    desks = [person.body for person in PEOPLE.values() if "desk_officer" in person.roles]
    assert len(desks) == len(set(desks)) == 14
    assert all(len(set(custodians_of(slug))) == 2 for slug in BODIES)
    assert sum(person.body == "cso-pamir" for person in PEOPLE.values()) == 3


MARKS = {"tg": "(намоишӣ)", "ru": "(демо)", "en": "(demo)", "fr": "(démo)"}


def test_no_organisation_is_called_like_a_real_one() -> None:
    """Each says in each language that it is of the demonstration; none has the name of a body of the country."""
    real = {text for entry in codelist("actor_type") for text in entry.labels.values()}
    for body in BODIES.values():
        assert set(body.names) == set(MARKS)
        for language, name in body.names.items():
            assert name.endswith(MARKS[language]), name
            bare = name.removesuffix(MARKS[language]).strip()
            assert bare not in real or body.slug == "prosecutor", name  # "a prosecutor's office", of no place
    for language in MARKS:
        assert len({body.names[language] for body in BODIES.values()}) == len(BODIES)
