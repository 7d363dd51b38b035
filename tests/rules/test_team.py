"""Nobody is left without a lead, nobody approves herself, and a case ends with an outcome that somebody answers for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hamkori.casework.rules import closing, team
from hamkori.casework.rules.team import Candidate, TeamRow
from hamkori.vocabulary import codelist

LEAD, COLLEAGUE = TeamRow("zarina", "lead"), TeamRow("daler", "member")
SUPERVISOR, FORMER = TeamRow("manija", "supervisor"), TeamRow("olim", "member", live=False)
TEAM = (LEAD, COLLEAGUE, SUPERVISOR, FORMER)
NEWCOMER = Candidate("parvina", "cso", frozenset({"case_worker"}), frozenset({"case_worker"}), True, False)


def test_a_colleague_of_the_body_with_a_key_may_join() -> None:
    assert team.may_join(NEWCOMER, "cso", TEAM)
    assert team.may_join(replace(NEWCOMER, membership="olim"), "cso", TEAM), "who left may come back"
    assert team.may_join(replace(NEWCOMER, membership="manija"), "cso", TEAM), "visibly, as a member"
    assert team.may_join(replace(NEWCOMER, roles=frozenset({"hotline_operator"})), "cso", TEAM)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "other"},
        {"roles": frozenset({"desk_officer"})},
        {"roles_anywhere": frozenset({"case_worker", "custodian"})},
        {"has_key": False},
        {"blocked": True},
        {"membership": "daler"},
    ],
)
def test_who_may_not_join(change: dict[str, object]) -> None:
    assert not team.may_join(replace(NEWCOMER, **change), "cso", TEAM)  # type: ignore[arg-type]


def test_the_only_lead_names_another_first() -> None:
    assert not team.may_go("zarina", TEAM)
    assert team.may_go("daler", TEAM)
    assert team.may_go("zarina", (*TEAM, TeamRow("parvina", "lead")))
    assert not team.may_go("zarina", (LEAD, FORMER, SUPERVISOR))
    assert team.lead_missing((COLLEAGUE, SUPERVISOR, replace(LEAD, live=False)))
    assert not team.lead_missing(TEAM)


def test_somebody_stays_at_the_receiver_and_at_the_desk() -> None:
    assert not team.worker_may_go("gulnora", ["gulnora"])
    assert team.worker_may_go("gulnora", ["gulnora", "saida"])
    assert not team.last_desk_ok("rustam", ["rustam"])
    assert team.last_desk_ok("rustam", ["rustam", "nigina"])


def test_a_supervisor_never_makes_herself_the_lead() -> None:
    assert not team.may_lead("manija", acting="manija")
    assert team.may_lead("daler", acting="manija")


def test_without_a_supervisor_a_second_member_acts_and_alone_the_act_waits() -> None:
    assert team.acts_as_supervisor("manija", TEAM)
    assert not team.acts_as_supervisor("daler", TEAM)
    small = (LEAD, COLLEAGUE, replace(SUPERVISOR, live=False))
    assert team.acts_as_supervisor("daler", small)
    assert not team.acts_as_supervisor("zarina", small)
    assert not team.acts_as_supervisor("olim", (*small, FORMER))
    assert not team.acts_as_supervisor("zarina", (LEAD,))
    assert team.another_person("daler", small)
    assert not team.another_person("zarina", small)


def test_four_outcomes_need_another_person() -> None:
    assert set(closing.SUPERVISOR_OUTCOMES) == {"lost_contact", "not_a_victim", "deceased", "duplicate"}
    assert set(closing.LEAD_OUTCOMES) == {"goals_met", "person_withdrew"}
    assert {*closing.OUTCOMES, closing.HANDED_OVER} == set(codelist("closing_outcome").codes)
    assert closing.closes("goals_met") == "L"
    assert closing.closes("deceased") == "SV"
    assert closing.outcome_given("goals_met", "L")
    assert not closing.outcome_given("goals_met", "SV")
    assert closing.outcome_given("lost_contact", "SV")
    assert not closing.outcome_given("lost_contact", "L")
    assert not closing.outcome_given(None, "L")
    assert not closing.outcome_given("moved_to_other_body", "L"), "hand_over sets it"
    with pytest.raises(KeyError):
        closing.closes("moved_to_other_body")


def test_waiting_and_questioned_requests_block_and_help_that_goes_on_does_not() -> None:
    states = ["sent", "accepted", "disputed", "serving", "finished", "draft", "declined", "confirmed"]
    assert closing.blocking(states) == 3
    assert closing.blocking(["serving", "finished"]) == 0


def test_the_newer_of_two_closes_and_points_to_the_older() -> None:
    newer, older = datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC) - timedelta(days=40)
    assert closing.duplicate_ok("cso", newer, "cso", older, other_reachable=True)
    assert not closing.duplicate_ok("cso", older, "cso", newer, other_reachable=True)
    assert not closing.duplicate_ok("cso", newer, "other", older, other_reachable=True)
    assert not closing.duplicate_ok("cso", newer, "cso", older, other_reachable=False)
