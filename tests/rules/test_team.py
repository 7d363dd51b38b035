"""Nobody is left without a lead, nobody approves herself, and a case ends with an outcome that somebody answers for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hamkori.casework.case.rules import closing, team
from hamkori.casework.case.rules.team import Candidate, TeamRow
from hamkori.casework.referral.rules import lifecycle
from hamkori.vocabulary import codelist

LEAD, COLLEAGUE = TeamRow("zarina", "lead"), TeamRow("daler", "member")
SUPERVISOR, SUSPENDED = TeamRow("manija", "supervisor"), TeamRow("olim", "member", suspended=True)
TEAM = (LEAD, COLLEAGUE, SUPERVISOR, SUSPENDED)
NEWCOMER = Candidate("parvina", "cso", frozenset({"case_worker"}), frozenset({"case_worker"}), True)


def test_a_colleague_of_the_body_with_a_key_may_join() -> None:
    assert team.may_join(NEWCOMER, "cso", TEAM)
    assert team.may_join(replace(NEWCOMER, membership="daler"), "cso", (LEAD, SUPERVISOR)), "who left may come back"
    assert team.may_join(replace(NEWCOMER, membership="manija"), "cso", TEAM), "visibly, as a member"
    assert team.may_join(replace(NEWCOMER, roles=frozenset({"hotline_operator"})), "cso", TEAM)
    assert team.may_help(NEWCOMER, "cso", ["daler"])


@pytest.mark.parametrize(
    "change",
    [
        {"body": "other"},
        {"roles": frozenset({"desk_officer"})},
        {"roles": frozenset({"case_worker", "custodian"})},
        {"roles_anywhere": frozenset({"case_worker", "custodian"})},
        {"has_key": False},
        {"membership": "daler"},
    ],
)
def test_who_may_not_join(change: dict[str, object]) -> None:
    newcomer = replace(NEWCOMER, **change)  # type: ignore[arg-type]
    assert not team.may_join(newcomer, "cso", TEAM)
    assert not team.may_help(newcomer, "cso", ["daler"])


def test_nobody_is_admitted_past_her_suspension() -> None:
    assert not team.may_join(replace(NEWCOMER, membership="olim"), "cso", TEAM)


def test_an_operator_of_the_hotline_is_not_named_by_a_receiver() -> None:
    assert not team.may_help(replace(NEWCOMER, roles=frozenset({"hotline_operator"})), "cso", ())


def test_the_only_lead_names_another_first() -> None:
    assert not team.may_go("zarina", TEAM)
    assert team.may_go("daler", TEAM)
    assert team.may_go("zarina", (*TEAM, TeamRow("parvina", "lead")))
    assert not team.may_go("zarina", (*TEAM, TeamRow("parvina", "lead", suspended=True)))
    assert not team.may_go("zarina", (LEAD, SUSPENDED, SUPERVISOR))


def test_nobody_else_is_held_on_a_team_also_where_nobody_leads() -> None:
    assert team.may_go("daler", (COLLEAGUE, SUPERVISOR))
    assert team.may_go("olim", TEAM)


def test_somebody_stays_at_the_receiver() -> None:
    assert not team.somebody_stays(["gulnora"], ["gulnora"])
    assert team.somebody_stays(["gulnora", "saida"], ["gulnora"])
    assert not team.somebody_stays(["gulnora", "saida"], ["gulnora", "saida"])


def test_four_outcomes_need_another_person() -> None:
    assert set(closing.SUPERVISOR_OUTCOMES) == {"lost_contact", "not_a_victim", "deceased", "duplicate"}
    assert set(closing.LEAD_OUTCOMES) == {"goals_met", "person_withdrew"}
    assert {*closing.OUTCOMES, closing.HANDED_OVER} == set(codelist("closing_outcome").codes)
    assert closing.outcome_given("goals_met", "L")
    assert not closing.outcome_given("goals_met", "SV")
    assert closing.outcome_given("lost_contact", "SV")
    assert not closing.outcome_given("lost_contact", "L")
    assert not closing.outcome_given(None, "L")
    assert not closing.outcome_given("moved_to_other_body", "L"), "hand_over sets it"
    assert not closing.outcome_given("moved_to_other_body", "SV")


def test_who_is_offered_an_outcome_closes_with_it_and_nobody_else() -> None:
    for sides in (("L", "S"), ("SV",), ("S", "SV"), ("S",), ()):
        for outcome in codelist("closing_outcome").codes:
            side = closing.side_of(outcome, sides)
            closes = side in sides and closing.outcome_given(outcome, side)
            assert closes == (outcome in closing.offered(sides)), (sides, outcome)


def test_who_leads_a_case_is_nobody_elses_supervisor_in_it() -> None:
    assert closing.another_person(("SV",))
    assert closing.another_person(("S", "SV")), "she acts for a supervisor who is missing"
    assert not closing.another_person(("L", "S"))
    assert not closing.another_person(("L", "S", "SV"))
    assert closing.side_of("deceased", ("L", "S")) == "SV", "the lead is told that another person must agree"


def test_waiting_and_questioned_requests_block_and_help_that_goes_on_does_not() -> None:
    states = ["sent", "accepted", "disputed", "serving", "finished", "draft", "declined", "confirmed"]
    assert lifecycle.blocking(states) == 3
    assert lifecycle.blocking(["serving", "finished"]) == 0


def test_the_newer_of_two_closes_and_points_to_the_older() -> None:
    newer, older = datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC) - timedelta(days=40)
    assert closing.duplicate_ok("cso", newer, "cso", older)
    assert not closing.duplicate_ok("cso", older, "cso", newer)
    assert not closing.duplicate_ok("cso", newer, "cso", newer)
    assert not closing.duplicate_ok("cso", newer, "other", older)


def test_a_lead_worker_who_was_told_is_told_again_after_twelve_hours() -> None:
    at = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    assert not team.told_lately(None, at), "never told"
    assert team.told_lately(at - team.TELL_AGAIN + timedelta(minutes=1), at)
    assert not team.told_lately(at - team.TELL_AGAIN, at)
