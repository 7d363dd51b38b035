"""What the signs together suggest: the two-stage rule of `operational_indicators.yaml`, item by item.

A result is a word for the worker, never a verdict: people decide, with reasons. Unknown is never counted as absent.
Sets whose strengths are unverified (AS, CS) list their signs and compute nothing.
See docs/design/screening.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hamkori.vocabulary import Entry, codelist, indicators, screening_sets, stage_1_rule

DIMENSIONS = ("DR", "CR", "RV", "EX", "CD", "VD")
RECRUITMENT = ("DR", "CR", "RV")

PRESENT, ABSENT = "present", "absent"
OPEN_ANSWERS = ("unknown", "not_asked")
REAL = ("happening", "happened")

RANK = (
    "presumed_victim_strong",
    "presumed_victim_forced_labour",
    "possible_victim_review",
    "at_risk_prevented",
    "labour_rights_referral",
    "child_protection_review",
    "insufficient_indicators",
)
"""From strong to weak: of several sets the higher result is kept."""

_NEEDS_AN_ACT = ("presumed_victim_strong", "at_risk_prevented")

Answers = Mapping[str, str]
"""Code -> answer. A code that is missing was not asked."""


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One dimension in one set: the signs found, by strength, and those still open. `positive` None: not computed."""

    code: str
    strong: tuple[str, ...]
    medium: tuple[str, ...]
    weak: tuple[str, ...]
    open: tuple[str, ...]
    positive: bool | None

    @property
    def present(self) -> tuple[str, ...]:
        """All signs found, the strong ones first."""
        return self.strong + self.medium + self.weak


@dataclass(frozen=True)
class SetResult:
    """What one set says. Not computed: signs only, `result` None, and no dimension is called positive."""

    code: str
    computed: bool
    dimensions: tuple[Dimension, ...]
    result: str | None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The whole: one result per set and the one kept. `result` None: the signs are listed, no word is said.

    `act`: present, absent or unknown. `provisional`: the act is still open, ask again. `by_form`: forms of exploitation
    that alone make the result for a child. `purpose_by_form`: sexual forms that give the purpose for an adult.
    """

    child: bool
    sets: tuple[SetResult, ...]
    act: str
    acts: tuple[str, ...]
    by_form: tuple[str, ...]
    purpose_by_form: tuple[str, ...]
    result: str | None
    provisional: bool

    @property
    def computed(self) -> bool:
        """Whether a result is said at all."""
        return self.result is not None


def sets_for(child: bool, forms: Answers) -> tuple[str, ...]:
    """The sets that fit age and form. `forms`: form of exploitation -> its status.

    Nothing known of the form: both sets of the age. Only forms that no set describes (organs, adoption): none.
    """
    known = [form for form in forms if form not in ("unknown", "other")]
    fits = {str(codelist("form_of_exploitation").entry(form).data["sets"]) for form in known}
    labour, sexual = ("CL", "CS") if child else ("AL", "AS")
    if not known or "both" in fits:
        return (labour, sexual)
    return tuple(code for code, word in ((labour, "labour"), (sexual, "sexual")) if word in fits)


def signs_of(set_code: str, dimension: str | None = None) -> tuple[Entry, ...]:
    """The signs of a set, of one dimension or of all, in the order of the list."""
    return tuple(
        entry
        for entry in indicators()
        if _strength(entry, set_code) is not None and dimension in (None, entry.data["dimension"])
    )


def verified(set_code: str) -> bool:
    """Whether the strengths of a set were confirmed, so that a result may be computed."""
    return not screening_sets()[set_code].get("unverified", False)


def assess(child: bool, forms: Answers, acts: Answers, signs: Answers) -> Assessment:
    """The result for the answers given. `child`: also who may be one (rules.age). KeyError: no form."""
    act = act_answer(acts)
    listed = codelist("form_of_exploitation")
    real = [form for form, status in forms.items() if status in REAL]
    by_form = tuple(form for form in real if child and listed.entry(form).data["child_purpose"])
    purpose = tuple(form for form in real if not child and listed.entry(form).data["sets"] in ("sexual", "both"))
    planned = any(status == "planned" for status in forms.values())
    sets = tuple(_set_result(code, child, act, planned, bool(purpose), signs) for code in sets_for(child, forms))
    return Assessment(
        child=child,
        sets=sets,
        act=act,
        acts=tuple(code for code in codelist("act_question").codes if acts.get(code) == PRESENT),
        by_form=by_form,
        purpose_by_form=purpose,
        result=RANK[0] if by_form else _kept(sets),
        provisional=act == "unknown" and not by_form,
    )


def act_answer(acts: Answers) -> str:
    """Whether there was an act: one is enough; absent only if every question was answered with no."""
    answers = [acts.get(code, "not_asked") for code in codelist("act_question").codes]
    if PRESENT in answers:
        return PRESENT
    return ABSENT if all(answer == ABSENT for answer in answers) else "unknown"


def positive(strong: int, medium: int, weak: int) -> bool:
    """Stage 1: whether a dimension is positive, by the numbers of signs that are present."""
    have = {"strong": strong, "medium": medium, "weak": weak, "medium_or_weak": medium + weak}
    return any(all(have[word] >= least for word, least in row.items()) for row in stage_1_rule())


def stage_2_adult(found: Mapping[str, bool], act: str, purpose_by_form: bool = False) -> str:
    """Stage 2 for an adult, first match. `found`: dimension -> positive.

    The act is required. Where every act was denied (ours): a result that needs one becomes a review, since means of
    recruitment without an act do not fit together. Where it is unknown the result stands, as provisional.
    """
    recruited = any(found[code] for code in RECRUITMENT)
    coerced, abused = found["CD"], found["VD"]
    purpose = found["EX"] or purpose_by_form
    table = (
        ("presumed_victim_strong", purpose and recruited and (coerced or abused)),
        ("presumed_victim_forced_labour", purpose and coerced and not recruited),
        ("possible_victim_review", purpose and recruited),
        ("possible_victim_review", purpose and abused),
        ("at_risk_prevented", recruited),
        ("labour_rights_referral", purpose),
        ("insufficient_indicators", True),
    )
    result = next(word for word, holds in table if holds)
    return "possible_victim_review" if act == ABSENT and result in _NEEDS_AN_ACT else result


def stage_2_child(found: Mapping[str, bool], act: str, intended: bool) -> str:
    """Stage 2 for a child after the form rule, first match: no means needed, and never a no.

    `intended`: exploitation was planned, or there is any sign of recruitment.
    """
    table = (
        ("presumed_victim_strong", act == PRESENT and found["EX"]),
        ("possible_victim_review", act == PRESENT and intended),
        ("possible_victim_review", act == "unknown" and found["EX"]),
        ("child_protection_review", True),
    )
    return next(word for word, holds in table if holds)


def _set_result(
    set_code: str, child: bool, act: str, planned: bool, purpose_by_form: bool, signs: Answers
) -> SetResult:
    computed = verified(set_code)
    dimensions = tuple(_dimension(set_code, code, signs, computed) for code in DIMENSIONS)
    if not computed:
        return SetResult(set_code, False, dimensions, None)
    found = {dimension.code: bool(dimension.positive) for dimension in dimensions}
    if child:
        recruited = any(dimension.present for dimension in dimensions if dimension.code in RECRUITMENT)
        return SetResult(set_code, True, dimensions, stage_2_child(found, act, planned or recruited))
    # A sexual form is the purpose of the sexual set only; the nine signs of EX speak of work.
    sexual = purpose_by_form and screening_sets()[set_code]["exploitation"] == "sexual"
    return SetResult(set_code, True, dimensions, stage_2_adult(found, act, sexual))


def _dimension(set_code: str, code: str, signs: Answers, computed: bool) -> Dimension:
    by_strength: dict[str, list[str]] = {"S": [], "M": [], "W": []}
    still_open = []
    for entry in signs_of(set_code, code):
        answer = signs.get(entry.code, "not_asked")
        if answer == PRESENT:
            by_strength[str(_strength(entry, set_code))].append(entry.code)
        elif answer in OPEN_ANSWERS:
            still_open.append(entry.code)
    strong, medium, weak = (tuple(by_strength[letter]) for letter in "SMW")
    found = positive(len(strong), len(medium), len(weak)) if computed else None
    return Dimension(code=code, strong=strong, medium=medium, weak=weak, open=tuple(still_open), positive=found)


def _kept(sets: Iterable[SetResult]) -> str | None:
    """The higher result. With a set that is not computed beside it, "not enough" is not said: nobody knows that."""
    sets = tuple(sets)
    results = [result.result for result in sets if result.result is not None]
    if not results:
        return None
    best = min(results, key=RANK.index)
    if best == "insufficient_indicators" and not all(result.computed for result in sets):
        return None
    return best


def _strength(entry: Entry, set_code: str) -> str | None:
    strength = entry.data["strength"]
    assert isinstance(strength, Mapping)
    letter: str | None = strength[set_code]
    return letter


def danger_answered(answers: Answers) -> bool:
    """The guard: every danger question has an answer, "not asked" among them."""
    allowed = codelist("danger_answer")
    return all(answers.get(code) in allowed for code in codelist("danger_question").codes)


DOCTOR_TODAY: Final = "hurt_or_ill"
"""The question whose yes is a need of today, and no danger."""


def needs_doctor(answers: Answers) -> bool:
    """Whether a doctor is needed today."""
    return answers.get(DOCTOR_TODAY) == "yes"


def in_danger(answers: Answers) -> bool:
    """Whether an answer offers urgent help now; it decides nothing about trafficking."""
    return any(
        "danger_if" in entry.data and answers.get(entry.code) == entry.data["danger_if"]
        for entry in codelist("danger_question")
    )


def same_of_danger(before: Answers, answers: Answers) -> bool:
    """Whether what was answered about danger stands as it stood: a page that is saved once more says nothing of it."""
    asked = [entry.code for entry in codelist("danger_question") if "danger_if" in entry.data]
    return bool(before) and all(before.get(code) == answers.get(code) for code in asked)


def sets_by_age(used: Iterable[str], child: bool, forms: Answers) -> bool:
    """The guard: the signs that were used are those of this age and form."""
    return set(used) == set(sets_for(child, forms))
