"""What her answers are worth now: derived at each read, never remembered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules import consent
from hamkori.casework.consent.rules.consent import (
    ANSWERS,
    ROWS,
    Age,
    Row,
    allowed_sections,
    consent_guards,
    narrowed,
    row_state,
)
from hamkori.casework.consent.rules.packet import NEVER, RULE
from hamkori.vocabulary import codelist

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ADULT, CHILD = Age(child=False), Age(child=True)
SHELTER = Row(
    kind="shelter_social",
    purpose="help",
    answer="yes",
    sections=frozenset({"identity", "contact", "needs"}),
    ends_at=LATER,
)
FOR_A_CHILD = replace(SHELTER, asked_as_child=True, speaker="relative", child_answer="agrees")

rows = st.builds(
    Row,
    kind=st.sampled_from([kind for kind, _ in ROWS]),
    purpose=st.sampled_from(["help", "protection", "justice"]),
    answer=st.sampled_from(ANSWERS),
    sections=st.frozensets(st.sampled_from(SECTIONS)),
    ends_at=st.none() | st.datetimes().map(lambda naive: naive.replace(tzinfo=UTC)),
    superseded=st.booleans(),
    asked_as_child=st.booleans(),
    speaker=st.none() | st.sampled_from(codelist("speaker").codes),
    guardian_clear=st.booleans(),
    child_answer=st.none() | st.sampled_from(codelist("child_answer").codes),
).filter(lambda row: row.key in ROWS)
ages = st.builds(Age, st.booleans(), st.none() | st.datetimes().map(lambda naive: naive.replace(tzinfo=UTC)))


@pytest.mark.parametrize(
    ("row", "age", "state"),
    [
        (SHELTER, ADULT, "given"),
        (replace(SHELTER, answer="without_name"), ADULT, "without_name"),
        (replace(SHELTER, answer="not_asked", ends_at=None), ADULT, "not_asked"),
        (replace(SHELTER, answer="no", ends_at=None), ADULT, "refused"),
        (replace(SHELTER, answer="withdrawn"), ADULT, "withdrawn"),
        (replace(SHELTER, superseded=True), ADULT, "superseded"),
        (replace(SHELTER, answer="withdrawn", superseded=True), ADULT, "superseded"),
        (replace(SHELTER, answer="withdrawn", ends_at=NOW), ADULT, "withdrawn"),
        (replace(SHELTER, answer="no", ends_at=NOW), ADULT, "refused"),
        (replace(SHELTER, ends_at=NOW), ADULT, "expired"),
        (replace(SHELTER, ends_at=None), ADULT, "expired"),
        (replace(SHELTER, ends_at=NOW + timedelta(seconds=1)), ADULT, "given"),
        (FOR_A_CHILD, CHILD, "given"),
        (replace(FOR_A_CHILD, answer="without_name"), CHILD, "without_name"),
        (replace(FOR_A_CHILD, child_answer="too_young"), CHILD, "given"),
        (replace(FOR_A_CHILD, child_answer="not_asked"), CHILD, "given"),
        (replace(FOR_A_CHILD, child_answer="says_no"), CHILD, "not_live"),
        (replace(FOR_A_CHILD, child_answer=None), CHILD, "not_live"),
        (replace(FOR_A_CHILD, speaker=None), CHILD, "not_live"),
        (replace(FOR_A_CHILD, guardian_clear=False), CHILD, "not_live"),
        (replace(FOR_A_CHILD, speaker=None, ends_at=NOW), CHILD, "expired"),
    ],
)
def test_the_first_match_in_the_given_order(row: Row, age: Age, state: str) -> None:
    assert row_state(row, NOW, age) == state
    assert consent.live(row, NOW, age) == (state in ("given", "without_name"))


@given(rows, st.datetimes().map(lambda naive: naive.replace(tzinfo=UTC)), ages)
def test_only_a_live_row_lets_anything_go_and_never_more_than_it_says(row: Row, now: datetime, age: Age) -> None:
    state = row_state(row, now, age)
    assert state in codelist("consent_state")
    sections = allowed_sections(row, now, age)
    assert sections <= row.sections
    assert all(RULE[row.key][section] != NEVER for section in sections)
    if sections:
        assert state in ("given", "without_name")
        assert row.answer in ("yes", "without_name")
        assert not row.superseded
        assert row.ends_at is not None
        assert now < row.ends_at
    if row.answer == "without_name":
        assert "identity" not in sections


@given(rows, st.datetimes().map(lambda naive: naive.replace(tzinfo=UTC)), ages, st.timedeltas(timedelta(0)))
def test_what_has_ended_does_not_come_back_by_waiting(row: Row, now: datetime, age: Age, wait: timedelta) -> None:
    if not consent.live(row, now, age) and now.year < 9000 and wait < timedelta(days=300000):
        assert not consent.live(row, now + wait, age)


@given(rows, ages)
def test_taking_back_bites_at_once(row: Row, age: Age) -> None:
    assert allowed_sections(replace(row, answer="withdrawn"), NOW, age) == frozenset()


def test_without_name_takes_the_name_out_and_leaves_the_rest() -> None:
    assert allowed_sections(SHELTER, NOW, ADULT) == {"identity", "contact", "needs"}
    assert allowed_sections(replace(SHELTER, answer="without_name"), NOW, ADULT) == {"contact", "needs"}


def test_without_name_a_request_carries_none_and_nor_does_one_whose_row_is_not_there() -> None:
    needed = [("shelter_social", "help"), ("police", "justice")]
    police = replace(SHELTER, kind="police", purpose="justice", answer="without_name")
    assert consent.named({SHELTER.key: SHELTER, police.key: police}, needed), "the first decides"
    assert not consent.named({SHELTER.key: replace(SHELTER, answer="without_name"), police.key: police}, needed)
    assert not consent.named({}, needed)


def test_an_agreement_to_a_section_that_this_row_never_carries_is_worth_nothing() -> None:
    police = Row(kind="police", purpose="protection", answer="yes", sections=frozenset(SECTIONS), ends_at=LATER)
    assert allowed_sections(police, NOW, ADULT) == {"identity", "contact"}


def test_a_person_who_turns_out_to_be_a_child_keeps_help_for_14_days_and_police_ends_at_once() -> None:
    settled = Age(child=True, settled_at=NOW)
    police = replace(SHELTER, kind="police", purpose="justice")
    assert row_state(SHELTER, NOW, settled) == "given"
    assert row_state(SHELTER, NOW + timedelta(days=13, hours=23), settled) == "given"
    assert row_state(SHELTER, NOW + timedelta(days=14), settled) == "expired"
    assert row_state(police, NOW, settled) == "expired"
    assert row_state(police, NOW - timedelta(seconds=1), settled) == "given"
    short = replace(SHELTER, ends_at=NOW + timedelta(days=2))
    assert row_state(short, NOW + timedelta(days=2), settled) == "expired"


def test_a_child_who_turns_out_to_be_an_adult_is_asked_herself() -> None:
    settled = Age(child=False, settled_at=NOW)
    assert row_state(FOR_A_CHILD, NOW, settled) == "given"
    assert row_state(FOR_A_CHILD, NOW + timedelta(days=14), settled) == "expired"
    assert row_state(FOR_A_CHILD, NOW, Age(child=False)) == "expired", "nobody knows when it was settled"


@pytest.mark.parametrize(
    ("compartment", "service", "kind"),
    [
        ("service", "HOME-02", "shelter_social"),
        ("service", "DOC-03", "shelter_social"),
        ("service", "HEALTH-01", "health"),
        ("service", "MHPSS-01", "psychological"),
        ("service", "LEGAL-01", "legal"),
        ("law_enforcement", "SAFE-01", "police"),
        ("law_enforcement", "DOC-01", "police"),
        ("law_enforcement", "HEALTH-01", "police"),
        ("oversight", "HOME-02", None),
    ],
)
def test_the_kind_follows_the_body_first_then_the_service(compartment: str, service: str, kind: str | None) -> None:
    assert consent.kind_of(compartment, service) == kind


def test_the_police_are_asked_apart_for_each_purpose() -> None:
    assert consent.purposes("law_enforcement", "SAFE-01") == ("protection",)
    assert consent.purposes("law_enforcement", "JUST-01") == ("justice",)
    assert consent.purposes("law_enforcement", "DOC-01") == ("protection", "justice")
    assert consent.purposes("service", "SAFE-01") == (), "protection by the police is asked of the police"
    assert consent.purposes("service", "HOME-02") == ("help",)
    assert consent.rows_needed("law_enforcement", "SAFE-01", "protection") == (("police", "protection"),)
    with pytest.raises(KeyError):
        consent.rows_needed("law_enforcement", "SAFE-01", "help")
    with pytest.raises(KeyError):
        consent.rows_needed("oversight", "HOME-02", "help")


def test_a_forensic_examination_needs_the_police_row_too() -> None:
    needed = consent.rows_needed("service", "HEALTH-05", "justice")
    assert consent.keys_of(":".join(row) for row in needed) == needed
    assert needed == (("health", "justice"), ("police", "justice"))
    guards = consent_guards(needed, {("health", "justice"): "given"})
    assert guards == {
        "consent_asked": False,
        "police_not_refused": True,
        "consent_not_refused": True,
        "consent_live": False,
    }
    assert not consent_guards(needed, {("health", "justice"): "given", ("police", "justice"): "refused"})[
        "police_not_refused"
    ]
    assert consent.rows_needed("law_enforcement", "HEALTH-05", "justice") == (("police", "justice"),)


def test_refusing_the_police_never_blocks_help() -> None:
    states = {
        ("police", "protection"): "refused",
        ("police", "justice"): "refused",
        ("shelter_social", "help"): "given",
    }
    for service in ("HOME-02", "SOC-01", "DOC-03"):
        assert all(consent_guards(consent.rows_needed("service", service, "help"), states).values())


def _unmet(guards: dict[str, bool]) -> list[str]:
    return [guard for guard, holds in guards.items() if not holds]


def test_after_a_no_nothing_says_ask_her_again() -> None:
    needed = (("police", "justice"),)
    for state in ("refused", "withdrawn"):
        assert _unmet(consent.guards_of_sending(needed, {needed[0]: state}, {})) == ["police_not_refused"]
    assert _unmet(consent.guards_of_sending(needed, {}, {})) == ["consent_asked"]
    assert _unmet(consent.guards_of_sending(needed, {needed[0]: "expired"}, {})) == ["consent_live"]
    assert _unmet(consent.guards_of_sending(needed, {needed[0]: "given"}, {})) == []


@pytest.mark.parametrize("guard", ["child_speaker", "child_guardian_clear", "child_agrees"])
def test_a_childs_row_that_waits_has_not_ended(guard: str) -> None:
    needed = (("shelter_social", "help"),)
    child = {"child_speaker": True, "child_guardian_clear": True, "child_agrees": True, guard: False}
    assert _unmet(consent.guards_of_sending(needed, {needed[0]: "not_live"}, child)) == [guard]
    assert _unmet(consent.guards_of_sending(needed, {needed[0]: "expired"}, child)) == ["consent_live"]
    assert _unmet(consent.guards_of_sending(needed, {needed[0]: "refused"}, child)) == ["consent_not_refused"]


@given(
    st.dictionaries(st.sampled_from(ROWS), st.sampled_from(codelist("consent_state").codes)),
    st.fixed_dictionaries({guard: st.booleans() for guard in consent.CHILD_AT_SENDING}),
)
def test_what_is_sent_for_a_child_lives_and_nobody_said_no(
    states: dict[tuple[str, str], str], child: dict[str, bool]
) -> None:
    for needed in ((("legal", "help"),), (("health", "justice"), ("police", "justice"))):
        unmet = _unmet(consent.guards_of_sending(needed, states, child))
        lives = all(states.get(key) in ("given", "without_name") for key in needed)
        assert (unmet == []) == (lives and all(child.values()))


@given(st.dictionaries(st.sampled_from(ROWS), st.sampled_from(codelist("consent_state").codes)))
def test_every_guard_true_means_every_needed_row_lives(states: dict[tuple[str, str], str]) -> None:
    for needed in ((("legal", "help"),), (("health", "justice"), ("police", "justice"))):
        guards = consent_guards(needed, states)
        assert guards["consent_live"] == all(states.get(key) in ("given", "without_name") for key in needed)
        if guards["consent_live"]:
            assert all(guards.values())


def test_what_was_taken_back_reads_as_a_no() -> None:
    guards = consent_guards((("legal", "help"),), {("legal", "help"): "withdrawn"})
    assert guards["consent_asked"]
    assert not guards["consent_not_refused"]


def test_paused_is_derived_from_an_agreement_that_ran_out() -> None:
    needed = (("shelter_social", "help"),)
    for state, pauses in (("sent", False), ("accepted", True), ("serving", True), ("finished", False)):
        for answer, lives in (("expired", False), ("given", True)):
            holds = consent_guards(needed, {needed[0]: answer})["consent_live"]
            assert holds is lives
            assert consent.paused(state, consent_live=holds) == (pauses and not lives)


def test_an_agreement_lasts_90_days_unless_said_and_180_at_most() -> None:
    today = date(2026, 11, 25)
    offered = today + consent.UNTIL_DEFAULT
    assert (offered, consent.until_ok(offered, today)) == (date(2027, 2, 23), True)
    assert consent.until_ok(today, today)
    assert consent.until_ok(date(2027, 5, 24), today)
    assert not consent.until_ok(date(2027, 5, 25), today)
    assert not consent.until_ok(date(2026, 11, 24), today)


def test_rows_kinds_and_states_are_words_of_the_vocabulary() -> None:
    assert {kind for kind, _ in ROWS} == set(codelist("recipient_kind").codes) == set(consent.KINDS)
    assert {purpose for _, purpose in ROWS} == set(codelist("purpose").codes)
    assert len(ROWS) == 8
    for service in codelist("service"):
        offered = {consent.purposes(compartment, service.code) for compartment in ("service", "law_enforcement")}
        assert offered != {()}, service.code


# ---------------------------------------------------------------- what a permit may say


def test_sections_and_the_earliest_end_of_all_rows_that_are_needed() -> None:
    police = Row(
        kind="police",
        purpose="justice",
        answer="yes",
        sections=frozenset({"contact"}),
        ends_at=LATER - timedelta(days=1),
    )
    rows = {SHELTER.key: SHELTER, police.key: police}
    needed = [SHELTER.key, police.key]
    assert consent.carried(rows, needed, NOW, ADULT) == (SHELTER.sections, LATER - timedelta(days=1))
    assert consent.carried(rows, needed[:1], NOW, ADULT) == (SHELTER.sections, LATER)


@pytest.mark.parametrize("needed", [[], [("legal", "help")], [SHELTER.key, ("legal", "help")]])
def test_nothing_is_carried_unless_every_row_is_live(needed: list[tuple[str, str]]) -> None:
    assert consent.carried({SHELTER.key: SHELTER}, needed, NOW, ADULT) == (frozenset(), None)
    refused = replace(SHELTER, answer="no")
    assert consent.carried({SHELTER.key: refused}, [SHELTER.key], NOW, ADULT) == (frozenset(), None)


@given(
    rows,
    st.sampled_from(["yes", "without_name"]),
    st.sets(st.sampled_from(SECTIONS)) | st.sets(st.sampled_from(SECTIONS)).map(lambda some: {*some, "identity"}),
)
def test_what_she_takes_back_only_narrows_and_leaves_no_name(row: Row, agreed: str, taken: set[str]) -> None:
    answer, kept = narrowed(agreed, row.sections, taken)
    if not taken:
        assert answer == "withdrawn"
        return
    assert set(kept) == row.sections - taken
    after = {row.key: replace(row, answer=answer, sections=frozenset(kept))}
    nameless = agreed == "without_name" or "identity" in taken
    assert consent.named(after, [row.key]) == (not nameless), "a name of hers stands in other parts too"


def test_who_takes_her_name_back_agrees_without_it() -> None:
    assert narrowed("yes", {"identity", "contact"}, {"identity"}) == ("without_name", ["contact"])
    assert narrowed("yes", {"identity", "contact"}, {"contact"}) == ("yes", ["identity"])
    assert narrowed("yes", {"contact"}, {"identity"}) == ("without_name", ["contact"]), "what to call her stands there"
    assert narrowed("without_name", {"contact", "needs"}, {"needs"}) == ("without_name", ["contact"])
    assert narrowed("yes", {"identity", "contact"}, {consent.PAPERS}) == ("yes", ["contact"]), "her papers alone"
    assert narrowed("yes", {"contact", "needs"}, set()) == ("withdrawn", ["contact", "needs"])


@pytest.mark.parametrize(
    ("answer", "sections", "stands"),
    [
        ("yes", frozenset(), True),
        ("without_name", frozenset({"contact"}), True),
        ("not_asked", frozenset(), True),
        ("not_asked", frozenset({"contact"}), False),
        ("no", frozenset(), False),
        ("withdrawn", frozenset(), False),
    ],
)
def test_what_waits_after_an_opening_is_taken_back_as_a_whole(
    answer: str, sections: frozenset[str], stands: bool
) -> None:
    assert consent.can_be_taken_back(answer, sections) is stands


def test_the_first_end_counts_whether_it_is_past_or_not() -> None:
    help_, health = replace(SHELTER, ends_at=NOW), replace(SHELTER, kind="health", ends_at=LATER)
    rows_of_her = {row.key: row for row in (help_, health)}
    assert consent.run_out(rows_of_her, rows_of_her, ADULT) == NOW
    assert consent.run_out(rows_of_her, [("health", "help")], ADULT) == LATER
    assert consent.run_out(rows_of_her, [("legal", "help")], ADULT) is None


@pytest.mark.parametrize(
    ("answer", "said", "speaker", "own", "held"),
    [
        ("no", "says_no", "parent", True, True),
        ("no", "agrees", None, True, True),  # no adult was asked: nobody else can have said it
        ("no", "agrees", "parent", False, True),  # one of the two
        ("no", None, None, False, True),
        ("no", "too_young", None, False, False),
        ("no", "not_asked", "parent", False, False),
        ("yes", "says_no", "parent", False, True),
        ("yes", "agrees", "parent", False, False),
        ("withdrawn", "agrees", "parent", False, False),
    ],
)
def test_a_no_that_only_the_child_changes(
    answer: str, said: str | None, speaker: str | None, own: bool, held: bool
) -> None:
    row = replace(FOR_A_CHILD, answer=answer, child_answer=said, speaker=speaker)
    assert (consent.is_childs_own(row), consent.only_child_changes(row)) == (own, held)
    adults = replace(row, asked_as_child=False)
    assert consent.only_child_changes(adults) == (said == "says_no"), "an adult's own no is theirs to change"
