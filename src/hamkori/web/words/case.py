"""What a case's codes, sections and steps are called on a page. Labels of codes come from the lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hamkori.vocabulary import codelist

YES_STATES: Final = ("given", "without_name")
NO_STATES: Final = ("refused", "withdrawn")


def language() -> str:
    """The page's language as our lists name it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def label(list_name: str, code: str) -> str:
    """A code's label; '' for no code, the code itself for one that the list does not have."""
    if not code:
        return ""
    listed = codelist(list_name)
    return listed.label(code, language()) if code in listed else code


def labels(list_name: str, codes: Iterable[str]) -> str:
    """Labels with semicolons between: some have commas inside."""
    return "; ".join(label(list_name, code) for code in codes)


def choices(list_name: str) -> tuple[tuple[str, str], ...]:
    """Codes and labels for a form."""
    return codelist(list_name).choices(language())


# ---------------------------------------------------------------- sections

SECTION_NAMES: Final = {
    "identity": gettext_lazy("Identity"),
    "contact": gettext_lazy("Contact"),
    "place": gettext_lazy("Place"),
    "screening": gettext_lazy("Signs"),
    "needs": gettext_lazy("Needs"),
    "health": gettext_lazy("Health"),
    "psychosocial": gettext_lazy("Psychosocial"),
    "legal": gettext_lazy("Legal"),
    "criminal": gettext_lazy("Criminal case"),
}
SECTION_HOLDS: Final = {
    "identity": gettext_lazy("Legal names, date of birth, papers."),
    "contact": gettext_lazy("What to call her, whether it is safe to talk, telephone, hours, code word."),
    "place": gettext_lazy("District, address, where she stays, works or learns."),
    "screening": gettext_lazy("Answers to the signs of trafficking."),
    "needs": gettext_lazy("Needs, wishes, why the risk is what it is."),
    "health": gettext_lazy("What a health service needs to know."),
    "psychosocial": gettext_lazy("What helps, what hurts, what not to ask again."),
    "legal": gettext_lazy("Papers, steps taken, counsel."),
    "criminal": gettext_lazy("The police's own file. It goes to nobody."),
}
FIELD_LABELS: Final = {
    "legal_names": gettext_lazy("Names in the papers"),
    "birth_date": gettext_lazy("Date of birth"),
    "exact_age": gettext_lazy("Exact age"),
    "papers_held": gettext_lazy("Papers she has with her"),
    "call_name": gettext_lazy("What to call her"),
    "by_code": gettext_lazy("Use the code instead of a name"),
    "safe_to_talk": gettext_lazy("Is it safe to talk?"),
    "safe_phone": gettext_lazy("A safe telephone"),
    "hours": gettext_lazy("Safe hours"),
    "code_word": gettext_lazy("Code word"),
    "interpreter": gettext_lazy("Interpreter"),
    "child_contact": gettext_lazy("Guardianship or child protection contact"),
    "district": gettext_lazy("District"),
    "address": gettext_lazy("Address"),
    "stay": gettext_lazy("Where she stays now"),
    "work": gettext_lazy("Work"),
    "school": gettext_lazy("School"),
    "needs": gettext_lazy("What she needs"),
    "wishes": gettext_lazy("What she wishes, in her words"),
    "risk_reasons": gettext_lazy("Why the risk is what it is"),
    "for_this_service": gettext_lazy("What a doctor must know"),
    "medicines": gettext_lazy("Medicines"),
    "allergy": gettext_lazy("Allergies"),
    "distress": gettext_lazy("What distresses"),
    "what_helps": gettext_lazy("What helps"),
    "not_to_be_asked_again": gettext_lazy("What must not be asked again"),
    "own_notes": gettext_lazy("Own notes; they go to nobody"),
    "papers": gettext_lazy("Papers"),
    "steps_taken": gettext_lazy("Steps taken"),
    "counsel": gettext_lazy("Counsel"),
    "notes": gettext_lazy("Notes"),
}
SHORT_FIELDS: Final = frozenset(
    {"birth_date", "exact_age", "call_name", "safe_phone", "hours", "code_word", "interpreter"}
)


def section(code: str) -> str:
    """The short name of a section."""
    return str(SECTION_NAMES[code])


def sections(codes: Iterable[str]) -> str:
    """Sections in words, with semicolons between."""
    return "; ".join(section(code) for code in codes if code in SECTION_NAMES)


def safe_answers() -> tuple[tuple[str, str], ...]:
    """Answers to "Is it safe to talk now?"."""
    return (
        ("yes", _("Yes")),
        ("no", _("No: somebody is near or listens")),
        ("danger", _("No: somebody is in danger now")),
        ("not_asked", _("Not asked")),
    )


def field_value(name: str, value: object) -> str:
    """A sealed value as people read it; '' if there is none."""
    if name == "district":
        return label("area", str(value or ""))
    if name == "by_code":
        return _("Yes") if value else ""
    if name == "safe_to_talk":
        return dict(safe_answers()).get(str(value), "")
    return str(value or "")


# ---------------------------------------------------------------- the case at a glance


def person(case: Any) -> str:
    """Woman or girl, 18-29: what may stand in the open."""
    return person_of(case.sex_code, case.age_band_code)


def person_of(sex: str, age_band: str) -> str:
    """The same from the two codes; '' if nothing is known."""
    parts = [label("sex", sex) if sex != "other_or_not_said" else ""]
    parts.append(label("age_band", age_band).lower() if age_band != "unknown" else "")
    return ", ".join(part for part in parts if part)


def role(kind: str) -> str:
    """The reader's role in a case."""
    return {"lead": _("I lead"), "member": _("On the team"), "supervisor": _("I supervise")}.get(kind, "")


def stage(case_state: str, decision: str) -> tuple[str, str]:
    """What the stage is called and its tone: the state of the file, or once open the worker's decision."""
    if case_state != "open" or decision == "not_yet":
        return label("case_state", case_state), ""
    return label("decision", decision), "info" if decision == "presumed" else ""


CASE_STEPS: Final = {
    "begin": gettext_lazy("Registration begun"),
    "serve": gettext_lazy("She came: own case opened"),
    "register": gettext_lazy("Registered"),
    "decide": gettext_lazy("Decided"),
    "settle_age": gettext_lazy("Age settled"),
    "tell_child_protection": gettext_lazy("Child protection told"),
    "consent_give": gettext_lazy("Asked for her agreement"),
    "consent_refuse": gettext_lazy("She said no"),
    "consent_withdraw": gettext_lazy("She took something back"),
    "consent_ask_again": gettext_lazy("Her former yes is asked again"),
    "admit": gettext_lazy("A colleague was added"),
    "release": gettext_lazy("A colleague was taken off"),
    "leave": gettext_lazy("A colleague left"),
    "close": gettext_lazy("Closed"),
    "reopen": gettext_lazy("Opened again"),
}
REFERRAL_STEPS: Final = {
    "write": gettext_lazy("Request written"),
    "send": gettext_lazy("Sent"),
    "stop": gettext_lazy("Stopped before anybody saw it"),
    "ask": gettext_lazy("The desk asked a question"),
    "answer": gettext_lazy("The question was answered"),
    "accept": gettext_lazy("Accepted"),
    "decline": gettext_lazy("Declined"),
    "lapse": gettext_lazy("Ended unanswered"),
    "recall": gettext_lazy("Recalled"),
    "withdraw": gettext_lazy("Ended by her word"),
    "unaccept": gettext_lazy("Given back"),
    "expect": gettext_lazy("Another day for her coming"),
    "miss": gettext_lazy("She did not come"),
    "serve": gettext_lazy("She came"),
    "add": gettext_lazy("More was sent"),
    "staff": gettext_lazy("Their team changed"),
    "finish": gettext_lazy("Finished"),
    "confirm": gettext_lazy("Confirmed"),
    "dispute": gettext_lazy("Result questioned"),
    "amend": gettext_lazy("Result mended"),
}
REASON_LISTS: Final = {
    "decide": "decide_reason",
    "settle_age": "age_reason",
    "reopen": "reopen_reason",
    "close": "closing_outcome",
    "decline": "decline_reason",
    "recall": "recall_reason",
    "unaccept": "unaccept_reason",
    "lapse": "lapse_reason",
    "dispute": "dispute_reason",
    "amend": "amend_reason",
    "finish": "unaccept_reason",
    "withdraw": "how_said",
    "consent_give": "language",
    "consent_refuse": "how_said",
    "consent_withdraw": "how_said",
}


def reason(step: str, code: str) -> str:
    """The coded reason of a step in words; '' for none."""
    name = REASON_LISTS.get(step)
    return label(name, code) if name and code in codelist(name) else ""
