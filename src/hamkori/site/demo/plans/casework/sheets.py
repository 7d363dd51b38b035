"""What the invented people told: a few sheets, by turns, so that packets of every function can be seen.

All of it is invented. It is sealed like everything else, and nobody but the people of a case reads it.
"""

from __future__ import annotations

from hamkori.casework.case.rules.sections import rights

NEEDS = (
    {"needs": "Ҷойи бехатар, хӯрок, хоб", "wishes": "Ором шудан", "risk_reasons": "Ӯро меҷӯянд"},
    {"needs": "Табиб, либос", "wishes": "Ба хонаи хоҳараш рафтан", "risk_reasons": "Рақами телефонаш маълум аст"},
    {"needs": "Ҳуҷҷатҳо, музди нодода", "wishes": "Музди худро гирифтан", "risk_reasons": "Таҳдид шуд"},
    {"needs": "Равоншинос", "wishes": "Кор ёфтан", "risk_reasons": ""},
)
NAMES = ("Сафарова Гулӣ", "Назаров Анвар", "Қодирова Меҳрӣ", "Ҳакимова Ойша", "Раҷабов Далер")
HEALTH = (
    {"for_this_service": "Дарди камар", "medicines": "Нест", "allergy": "Пенитсиллин"},
    {"for_this_service": "Хобаш намебарад", "medicines": "Доруи хоб", "allergy": "Намедонад"},
)
PSYCHOSOCIAL = {"distress": "Аз овози баланд метарсад", "what_helps": "Хомӯшӣ, чой", "not_to_be_asked_again": "Роҳ"}
LEGAL = {"papers": "Шиноснома дар дасти корфармо", "steps_taken": "Ҳоло ҳеҷ", "counsel": "Ҳоло нест"}

ADULT_FORMS = ("farm_work", "construction", "domestic_servitude", "market_trade", "debt_bondage", "sexual_exploitation")
CHILD_FORMS = ("begging", "workshop", "hazardous_child_work")
SIGNS = (
    {"DR02": "present", "EX01": "present", "EX02": "present", "CD01": "unknown"},
    {"DR03": "present", "CR01": "absent", "EX01": "present", "EX04": "present", "CD02": "present", "CD03": "present"},
    {"RV01": "present", "RV02": "unknown", "EX03": "present", "VD01": "present"},
    {"DR01": "present", "DR02": "present", "EX02": "present", "EX05": "present", "CD01": "present", "CD05": "present"},
)


def of(number: int, function: str) -> dict[str, dict[str, str]]:
    """The sheets that somebody of this function who leads the case can write."""
    sheets = {
        "needs": NEEDS[number % len(NEEDS)],
        "identity": {"legal_names": NAMES[number % len(NAMES)], "papers_held": "Шиноснома"},
        "health": HEALTH[number % len(HEALTH)],
        "psychosocial": PSYCHOSOCIAL,
        "legal": LEGAL,
    }
    writes = rights((function,), began_or_served=True).writes
    return {section: fields for section, fields in sheets.items() if section in writes}


def form(number: int, *, child: bool) -> dict[str, str]:
    """Which exploitation, and whether it is over."""
    forms = CHILD_FORMS if child else ADULT_FORMS
    return {forms[number % len(forms)]: "happening" if number % 5 == 0 else "happened"}


def signs(number: int) -> dict[str, str]:
    """Answers to some of the signs; the others stay not asked."""
    return SIGNS[number % len(SIGNS)]


def decision(number: int) -> tuple[str, str]:
    """Mostly presumed; some are not decided yet, one is not."""
    if number == 29:
        return "not", "otherwise_explained"
    return ("not_yet", "more_time") if number % 7 == 3 else ("presumed", "signs_together")
