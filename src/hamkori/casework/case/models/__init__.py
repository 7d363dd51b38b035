"""The records of case, one module per noun."""

from hamkori.casework.case.models.case import Case, CaseAccess, CaseClock, CaseStep, Gap, PersonLink
from hamkori.casework.case.models.section import (
    SECTION_MODELS,
    Contact,
    Criminal,
    Health,
    Identity,
    Legal,
    Need,
    Place,
    Psychosocial,
    Screening,
    SectionKey,
    SectionRow,
    SectionWrap,
)

__all__ = [
    "SECTION_MODELS",
    "Case",
    "CaseAccess",
    "CaseClock",
    "CaseStep",
    "Contact",
    "Criminal",
    "Gap",
    "Health",
    "Identity",
    "Legal",
    "Need",
    "PersonLink",
    "Place",
    "Psychosocial",
    "Screening",
    "SectionKey",
    "SectionRow",
    "SectionWrap",
]
