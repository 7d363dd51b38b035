"""Which codes a column takes through the pages' login, and the triggers that refuse others, made at each migrate.

A page reads codes from our lists: one that is in none would stop it for everybody who may see the row. What is asked is
asked of what changes, so that a row from before can still be ended. Who came is known by the session, also inside a
function that the login called. A house test holds this to the grants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hamkori.casework.case.rules.lifecycle import CASE_REASON_LISTS
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules.consent import ANSWERS, ROWS
from hamkori.casework.referral.rules.card import CHILDREN, TOLD, WHO_NEEDS
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS
from hamkori.casework.screening.rules.lifecycle import SCREENING
from hamkori.people.rules.two_person import REASONS
from hamkori.vocabulary import codelist, screening_sets
from hamkori.vocabulary.country import COUNTRY, LANGUAGES

NONE = ("",)
"""For a column that may stay empty."""
PAGES = "(session_user = 'hk_app' or current_setting('role') = 'hk_app')"


def _of(*lists: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for name in lists for code in codelist(name).codes))


_SHEETS = ("identity", "contact", "place", "screening", "need", "health", "psychosocial", "legal", "criminal")
_PACKET = (*_of("packet_section"), "text", "meeting", "result")
_AREAS = (COUNTRY, *_of("region", "area"))
_CARD: Mapping[str, tuple[str, ...]] = {
    "sex_code": _of("sex"),
    "age_band_code": _of("age_band"),
    "region_code": _of("region") + NONE,
    "language_code": _of("language"),
    "risk_code": _of("risk_level"),
    "doctor_code": WHO_NEEDS,
    "stairs_code": TOLD,
    "children_code": CHILDREN,
}
_CHILD: Mapping[str, tuple[str, ...]] = {
    "speaker_code": _of("speaker") + NONE,
    "child_answer_code": _of("child_answer") + NONE,
}

KNOWN: Mapping[str, tuple[str, ...]] = {
    "app_user.language_code": LANGUAGES,
    **{f"case.{name}": codes for name, codes in _CARD.items()},
    "case.district_code": _of("area") + NONE,
    "case.need_tonight_codes": _of("need_tonight"),
    "case.next_step_code": _of("next_step") + NONE,
    "case.decision_code": _of("decision"),
    "case.decision_reason_code": _of("decide_reason") + NONE,
    "case.outcome_code": _of("closing_outcome") + NONE,
    "case_access.sections": SECTIONS,
    "case_access.writes": SECTIONS,
    "case_step.reason_code": _of(*CASE_REASON_LISTS.values(), "closing_outcome", "decision") + NONE,
    "set_aside.section_code": SECTIONS,
    "consent.step_code": ("give", "refuse", "withdraw", "ask_again"),
    "consent.language_code": _of("language") + NONE,
    "consent.how_given_code": _of("how_given") + NONE,
    "consent.how_said_code": _of("how_said") + NONE,
    "consent.child_reason_code": _of("child_not_asked_reason") + NONE,
    **{f"consent.{name}": codes for name, codes in _CHILD.items()},
    "consent_row.kind_code": _of("recipient_kind"),
    "consent_row.purpose_code": _of("purpose"),
    "consent_row.answer_code": ANSWERS,
    "consent_row.sections": _of("packet_section"),
    **{f"consent_row.{name}": codes for name, codes in _CHILD.items()},
    "gap.area_code": _AREAS,
    "gap.service_code": _of("service"),
    "mfa_authenticator.type": ("totp", "recovery_codes"),
    "packet_body.section_code": _PACKET,
    "packet_seal.section_code": _PACKET,
    "referral.service_code": _of("service"),
    "referral.recipient_kind_code": _of("recipient_kind"),
    "referral.purpose_code": _of("purpose"),
    "referral.urgency_code": _of("urgency"),
    "referral.arrival_part_code": _of("part_of_day") + NONE,
    "referral.result_code": _of("referral_result") + NONE,
    "referral.reason_code": _of(*REASON_LISTS.values()) + NONE,
    "referral.suggested_service_code": _of("service") + NONE,
    "referral_access.sections": SECTIONS,
    **{f"referral_card.{name}": codes for name, codes in _CARD.items()},
    "referral_card.former_age_code": _of("age_band") + NONE,
    "referral_narrowed.section_code": _of("packet_section"),
    "referral_question.question_code": _of("question_code"),
    "referral_question.answer_code": _of("answer_code") + NONE,
    "referral_sender.consent_rows": tuple(f"{kind}:{purpose}" for kind, purpose in ROWS),
    "referral_sender.sections": _of("packet_section"),
    "referral_sender.ending_code": ("recalled", "withdrawn", ""),
    "referral_sender.reason_code": _of("recall_reason") + NONE,
    "referral_sender.how_said_code": _of("how_said") + NONE,
    "referral_sender.her_view_code": _of("her_view") + NONE,
    "referral_word.how_said_code": _of("how_said"),
    "referral_step.reason_code": _of(*REASON_LISTS.values(), "how_said") + NONE,
    "two_person.reason_code": _of(REASONS["ask"]),
    "two_person.answer_code": _of(REASONS["refuse"]) + NONE,
    **{f"{table}.kind_code": ("sheet", "note", "agreed_text", "screening") for table in _SHEETS},
    "screening.state_code": SCREENING.states,
    "screening.set_codes": tuple(screening_sets()),
    "section_key.section_code": SECTIONS,
    "service.service_code": _of("service"),
    "service.region_code": _of("region"),
    "service.admission_codes": _of("admission_group"),
    "service.language_codes": _of("language"),
    "service.source_code": NONE,
    "service_area.area_code": _AREAS,
}
"""Column -> its codes; of a list, those of each element."""

WHOLE: Mapping[str, str] = {
    "referral": "new.state_code is distinct from old.state_code and ("
    "new.state_code = 'sent' and (new.answer_due_at is null or new.visible_at is null)"
    " or new.state_code = 'accepted' and (new.arrival_on is null or new.arrival_part_code = ''))",
}
"""Table -> what a row may not come to: a state without what its pages show."""


def triggers(lists: Iterable[str]) -> Iterator[str]:
    """For each table the statements that make its triggers. `lists`: the columns that hold many."""
    many = frozenset(lists)
    tables = dict.fromkeys(column.partition(".")[0] for column in KNOWN)
    for table in tables:
        wrong = {
            column.partition(".")[2]: _wrong(column.partition(".")[2], codes, column in many)
            for column, codes in KNOWN.items()
            if column.partition(".")[0] == table
        }
        turned = [f"new.{name} is distinct from old.{name} and ({said})" for name, said in wrong.items()]
        turned += [WHOLE[table]] if table in WHOLE else []
        for name, event, said in (
            ("code_is_none", "insert", list(wrong.values())),
            ("code_turns_none", "update", turned),
        ):
            yield (
                f'create or replace trigger {name} before {event} on "{table}" for each row'
                f" when ({PAGES} and ({' or '.join(said)})) execute function code_is_none()"
            )


def _wrong(name: str, codes: Iterable[str], is_list: bool) -> str:
    said = ",".join(f'"{code}"' for code in codes)
    assert not {"'", "\\"} & set(said)
    known = f"'{{{said}}}'::text[]"
    if is_list:
        return f"not new.{name}::text[] <@ {known} or array_ndims(new.{name}) > 1"
    return f"new.{name}::text <> all ({known})"
