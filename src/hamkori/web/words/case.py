"""A case at a glance, and the fields of its sections."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.consent.rules.consent import KINDS
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.words import asked, lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.agreed import Agreed

YES_STATES: Final = ("given", "without_name")
NO_STATES: Final = ("refused", "withdrawn")


def no_to_all(agreed: Agreed) -> bool:
    """Whether the person was asked, and the last word to everything is no: nothing is sent before they raise it. What
    was said before a case was opened again is asked again.
    """
    says = bool(agreed.states) and not (agreed.unsure or agreed.opened_again)
    return says and {*agreed.states.values()} <= {*NO_STATES}


def in_peace(case: Case, agreed: Agreed) -> bool:
    """Whether so said an adult in no danger, who is left in peace (casework/work/queries/peace.py)."""
    return no_to_all(agreed) and not (case.has_danger or case.is_child)


def only_raised(case: Case, agreed: Agreed) -> bool:
    """Whether it is the person who raises it before anything is sent: who said no to everything and is in no danger,
    a child too, though a child is not left in peace.
    """
    noes = all(state in NO_STATES or agreed.child_refused(*key) for key, state in agreed.states.items())
    says = bool(agreed.states) and not (agreed.unsure or agreed.opened_again)
    return says and noes and not case.has_danger


def said_no(agreed: Agreed) -> bool:
    """Whether the last word to everything is no, the child's own too: nothing tells anybody to ask again. A few noes
    beside what was not asked are none: a child's yes is not kept while no adult can be asked.
    """
    brought = agreed.unheard_rows  # it counts at once
    noes = all(
        state in NO_STATES or key in brought or agreed.child_refused(*key) for key, state in agreed.states.items()
    )
    withdrew = any(row.answer == "withdrawn" for row in agreed.rows.values())
    whole = withdrew or {kind for kind, _of in agreed.states} >= {*KINDS}
    return noes and whole and not (agreed.unsure or agreed.opened_again)


FIELD_LABELS: Final = {
    "legal_names": gettext_lazy("Names in the documents"),
    "birth_date": gettext_lazy("Date of birth"),
    "exact_age": gettext_lazy("Exact age"),
    "papers_held": gettext_lazy("Documents that the person has with them"),
    "call_name": gettext_lazy("What to call the person"),
    "by_code": gettext_lazy("Use the number instead of a name"),
    "safe_to_talk": gettext_lazy("Is it safe to talk?"),
    "safe_phone": gettext_lazy("A safe telephone"),
    "hours": gettext_lazy("Safe hours"),
    "code_word": gettext_lazy("Code word"),
    "interpreter": gettext_lazy("Interpreter"),
    "child_contact": gettext_lazy("Guardianship or child protection contact"),
    "district": gettext_lazy("District"),
    "address": gettext_lazy("Home address"),
    "stay": gettext_lazy("Where the person stays now"),
    "work": gettext_lazy("Work"),
    "school": gettext_lazy("School"),
    "needs": gettext_lazy("What the person needs"),
    "wishes": gettext_lazy("What the person wishes, in their own words"),
    "risk_reasons": gettext_lazy("Why the risk is what it is"),
    "for_this_service": gettext_lazy("What a doctor must know"),
    "medicines": gettext_lazy("Medicines"),
    "allergy": gettext_lazy("Allergies"),
    "distress": gettext_lazy("What distresses"),
    "what_helps": gettext_lazy("What helps"),
    "not_to_be_asked_again": gettext_lazy("What must not be asked again"),
    "own_notes": gettext_lazy("Own notes; they are sent to nobody"),
    "papers": gettext_lazy("Documents"),
    "steps_taken": gettext_lazy("Steps taken"),
    "counsel": gettext_lazy("Lawyer"),
    "notes": gettext_lazy("Notes"),
}
SHORT_FIELDS: Final = frozenset(
    {"birth_date", "exact_age", "call_name", "safe_phone", "hours", "code_word", "interpreter"}
)


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
        return lists.label("area", str(value or ""))
    if name == "by_code":
        return _("Yes") if value else ""
    if name == "safe_to_talk":
        return dict(safe_answers()).get(str(value), "")
    return str(value or "")


# ---------------------------------------------------------------- the case at a glance


def person_of(sex: str, age_band: str, children: str = "0") -> str:
    """Woman, 18-29, with 1 child, or girl, 9-17: what may stand in the open; '' if nothing is known."""
    if age_band == "unknown":
        said = lists.label("sex", sex) if sex != "other_or_not_said" else ""
    else:
        said = asked.person(sex, age_band)
    return asked.along(said or _("The person"), children) if children in asked.WITH else said


def known_as(sex: str, age_band: str, how: str) -> str:
    """The same with how whoever says that age knows it, where they said so."""
    who = person_of(sex, age_band)
    if how not in codelist("age_reason"):
        return who
    return _("%(who)s (%(how)s)") % {"who": who, "how": lists.inside(lists.label("age_reason", how))}


def role(kind: str) -> str:
    """The reader's role in a case."""
    return {"lead": _("I am lead worker"), "member": _("On the team"), "supervisor": _("I supervise")}.get(kind, "")


def stage(case_state: str, decision: str) -> tuple[str, str]:
    """What the stage is called and its tone: the state of the file, or once open the worker's decision."""
    if case_state != "open" or decision == "not_yet":
        return lists.label("case_state", case_state), ""
    return lists.label("decision", decision), "info" if decision == "presumed" else ""


def asked_as_child() -> str:
    """Of an answer of a child that does not hold, once the person is an adult."""
    return _("It was asked of a child. The person is an adult now: ask them.")


def planned(case: Case, now: datetime) -> str:
    """The next step and its day, until something else is saved; '' where nothing is planned."""
    if not case.next_step_code or case.next_step_on is None:
        return ""
    day = moments.week_day(case.next_step_on, timezone.localdate(now))
    return f"{lists.label('next_step', case.next_step_code)}, {day}"
