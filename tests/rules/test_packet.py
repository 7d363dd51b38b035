"""A packet never carries more than she agreed to, and nobody reads more of it than the function needs."""

import itertools

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.case.rules import sections
from hamkori.casework.case.rules.sections import FUNCTION_SECTION, SECTIONS, SUPERVISOR, in_order, rights
from hamkori.casework.consent.rules import packet
from hamkori.casework.consent.rules.packet import RULE, packet_sections
from hamkori.casework.referral.rules.sealed import FUNCTION_SECTIONS, sealed_to
from hamkori.people.rules import FUNCTIONS
from hamkori.vocabulary import codelist
from hamkori.vocabulary.loading import FOLDER

some = st.frozensets(st.sampled_from(SECTIONS))
keys = st.sampled_from(sorted(RULE))


@given(keys, some, some, some)
def test_a_packet_never_exceeds_consent_choice_rule_or_what_the_sender_can_open(
    key: tuple[str, str], agreed: frozenset[str], ticked: frozenset[str], opens: frozenset[str]
) -> None:
    carried = packet_sections(*key, agreed, ticked, opens)
    assert "text" in carried
    for section in carried - {"text"}:
        assert section in agreed
        assert section in ticked
        assert section in opens
        assert RULE[key][section] in ("in", "out")
    assert packet.not_agreed(*key, agreed, carried) == ()


@given(keys, some, some, some, st.sampled_from(SECTIONS))
def test_ticking_less_sends_less(
    key: tuple[str, str], agreed: frozenset[str], ticked: frozenset[str], opens: frozenset[str], out: str
) -> None:
    assert packet_sections(*key, agreed, ticked - {out}, opens) == packet_sections(*key, agreed, ticked, opens) - {out}


def test_the_table_is_that_of_the_reference() -> None:
    with (FOLDER / "services.yaml").open(encoding="utf-8") as stream:
        reference = yaml.safe_load(stream)
    rows = {(row["recipient_kind"], row["purpose"]): row for row in reference["packet_rule"]}
    assert set(rows) == set(RULE)
    for key, rule in RULE.items():
        assert dict(rule) == {section: rows[key][section] for section in SECTIONS}
    assert {name: held - {"text"} for name, held in FUNCTION_SECTIONS.items()} == {
        name: set(held) for name, held in reference["packet_function"].items()
    }


def test_what_goes_to_nobody() -> None:
    everything = frozenset(SECTIONS)
    for key in RULE:
        carried = packet_sections(*key, everything, everything, everything)
        assert "criminal" not in carried
        assert ("place" in carried) == (key[0] == "transfer")
    assert packet_sections("police", "protection", everything, everything, everything) == {
        "text",
        "identity",
        "contact",
    }
    assert packet_sections("psychological", "help", everything, everything, everything) == {
        "text", "contact", "screening", "needs", "health", "psychosocial",
    }  # fmt: skip


def test_an_empty_or_closed_section_is_not_offered_and_defaults_follow_the_table() -> None:
    everything = frozenset(SECTIONS)
    assert packet.offered("shelter_social", "help", everything, everything, everything) == {
        "identity": False,
        "contact": True,
        "screening": False,
        "needs": True,
        "health": False,
    }
    assert packet.offered("shelter_social", "help", everything, {"contact", "needs"}, {"needs"}) == {"needs": True}
    assert packet.offered("shelter_social", "help", {"contact"}, everything, everything) == {"contact": True}
    assert packet.askable("police", "justice") == ("identity", "contact", "screening")
    asked = {key for key in packet.RULE for section in packet.SECTION_FIELDS if packet.asks_where(*key, section)}
    assert asked == packet.MET == {("police", "protection")}, "where to meet, of whom they go to (ADR 116)"
    assert not any(packet.may_carry(*key, packet.PLACE) for key in packet.MET)


def test_the_guard_names_what_she_did_not_agree_to() -> None:
    assert packet.not_agreed("legal", "help", {"legal", "health"}, {"legal", "identity", "health"}) == (
        "identity",
        "health",
    )


def test_each_worker_gets_what_the_function_needs() -> None:
    carried = packet_sections(
        "shelter_social", "help", SECTIONS, {"identity", "contact", "screening", "needs", "health"}, SECTIONS
    )
    assert sealed_to(carried, ["shelter_worker"]) == {"text", "identity", "contact", "needs", "health"}
    assert sealed_to(carried, ["psychologist"]) == {"text", "contact", "screening", "needs", "health"}
    assert sealed_to(carried, ["shelter_worker", "psychologist"]) == carried
    assert sealed_to(carried, ["hotline_operator"]) == frozenset()
    transfer = packet_sections("transfer", "help", SECTIONS, SECTIONS, SECTIONS)
    assert "place" not in sealed_to(transfer, ["social_worker"])
    assert "place" in sealed_to(transfer, ["social_worker"], leads=True)
    assert "place" not in sealed_to(transfer, ["lawyer"], leads=True)


@given(keys, some, some, some, st.lists(st.sampled_from(FUNCTIONS), max_size=3), st.booleans())
def test_nobody_is_given_what_is_not_in_the_packet(
    key: tuple[str, str],
    agreed: frozenset[str],
    ticked: frozenset[str],
    opens: frozenset[str],
    functions: list[str],
    leads: bool,
) -> None:
    carried = packet_sections(*key, agreed, ticked, opens)
    assert sealed_to(carried, functions, leads=leads) <= carried


def test_to_the_police_the_signs_go_item_by_item_and_elsewhere_in_words() -> None:
    assert packet.fields("police", "justice", "screening") == ("items",)
    assert packet.fields("legal", "help", "screening") == ("decision", "dimensions")
    assert packet.fields("police", "justice", "identity") == ("legal_names", "birth_date", "papers_held")
    carried = {section for key in RULE for section in packet_sections(*key, SECTIONS, SECTIONS, SECTIONS)}
    assert carried == set(packet.SECTION_FIELDS)


def test_own_files_by_function() -> None:
    assert codelist("packet_section").codes == SECTIONS
    assert set(FUNCTION_SECTION) - {SUPERVISOR} == set(FUNCTIONS) == set(codelist("worker_function").codes)
    assert rights(["psychologist"]).writes == {"psychosocial"}
    assert rights(["psychologist"]).sections == {"identity", "contact", "screening", "needs", "health", "psychosocial"}
    assert rights(["shelter_worker"]).writes == {"contact", "place", "needs"}
    assert rights([]).sections == frozenset()
    assert sections.SUPERVISOR_RIGHTS.sections == {"screening", "needs"}
    assert sections.SUPERVISOR_RIGHTS.writes == frozenset()
    with pytest.raises(KeyError):
        rights(["cook"])


def test_who_hears_her_first_can_write_down_what_she_says() -> None:
    lawyer = rights(["lawyer"], began_or_served=True)
    assert lawyer.writes == {"identity", "contact", "place", "screening", "needs", "legal"}
    assert lawyer.sections == lawyer.writes


def test_two_functions_hold_the_union() -> None:
    for one, two in itertools.permutations(FUNCTIONS, 2):
        both = rights([one, two])
        assert both.sections == rights([one]).sections | rights([two]).sections
        assert both.writes == rights([one]).writes | rights([two]).writes


def test_only_the_police_hold_testimony_and_only_the_psychologist_therapy() -> None:
    assert [name for name, held in FUNCTION_SECTION.items() if "criminal" in held] == ["investigator"]
    assert [name for name, held in FUNCTION_SECTION.items() if "psychosocial" in held] == ["psychologist"]


def test_sections_have_one_order() -> None:
    assert in_order({"legal", "identity", "text", "needs"}) == ("text", "identity", "needs", "legal")
    with pytest.raises(ValueError, match="not in tuple"):
        in_order({"story", "needs"})
