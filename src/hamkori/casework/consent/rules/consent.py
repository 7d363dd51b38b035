"""Whether she agreed, to what, and whether that still holds: derived at each read (docs/design/consent.md).

Every asking writes a new version of all rows, one row per kind of recipient and purpose. Nothing here is stored: a
withdrawal, a date that passed, a child whose speaker is missing all bite at the next question.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hamkori.casework.consent.rules.packet import RULE, TRANSFER, askable
from hamkori.vocabulary import codelist

RowKey = tuple[str, str]
"""(kind of recipient, purpose)."""

KINDS = ("shelter_social", "health", "psychological", "legal", "police")
ROWS: tuple[RowKey, ...] = tuple(key for key in RULE if key[0] != TRANSFER)
"""All rows, in the order of the screen; at first each is "not asked"."""

ANSWERS = ("yes", "no", "without_name", "not_asked", "withdrawn")
LIVE_STATES = ("given", "without_name")
SAID_NO = ("refused", "withdrawn")
PAPERS = "papers"
"""Beside the sections, where she takes something back: of `identity` what stands in it, and not her name."""


UNTIL_DEFAULT = timedelta(days=90)
UNTIL_AT_MOST = timedelta(days=180)
AGE_GRACE = timedelta(days=14)
"""How long former consents live after her age was settled otherwise; to the police they end at once."""

CHILD_NOT_HEARD = ("too_young", "not_asked")
"""The child's own answer where the child was not asked: then a no is not the child's."""
CHILD_AT_SENDING = ("child_speaker", "child_guardian_clear", "child_agrees")

_KIND_BY_GROUP = {"HEALTH": "health", "MHPSS": "psychological", "LEGAL": "legal"}
_POLICE_PURPOSES = ("protection", "justice")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One answer of one version. `ends_at`: when it ends by its date. The last four speak only of a child."""

    kind: str
    purpose: str
    answer: str
    sections: frozenset[str] = field(default_factory=frozenset)
    ends_at: datetime | None = None
    superseded: bool = False
    asked_as_child: bool = False
    speaker: str | None = None
    guardian_clear: bool = True
    child_answer: str | None = None

    @property
    def key(self) -> RowKey:
        """Kind and purpose."""
        return (self.kind, self.purpose)


@dataclass(frozen=True)
class Age:
    """What is held about her age now: treated as a child or not, and when that was last settled."""

    child: bool
    settled_at: datetime | None = None


BY_OTHERS = ("by_phone_no_word", "by_message", "through_other")
"""How a no was said, where nobody knows that it is the person's: a call is, with the code word (ADR 195)."""
NOES = ("no", "withdrawn")
REFUSES = ("refuse", "withdraw")
"""Steps by which nothing is given."""


def unheard_rows(versions: Iterable[tuple[str, str, Mapping[RowKey, str]]]) -> frozenset[RowKey]:
    """The answers that are a no which somebody else brought, and of which the person was not asked since (ADR 0190),
    to one help alone as to everything (ADR 0190). `versions`: of each, the oldest first, the step, how it was said, and
    the answers. `case_unheard` in walls/34_unheard.sql says the same.
    """
    found, before = frozenset[RowKey](), dict[RowKey, str]()
    for step, how, answers in versions:
        new = frozenset(key for key, answer in answers.items() if before.get(key) != answer)
        if step in REFUSES and how in BY_OTHERS:
            found = (found & {*answers} - new) | {key for key in new if answers[key] in NOES}
        elif step == "ask_again" or is_unheard(step, BY_OTHERS[0], answers.values()):  # or their own no to everything
            found = frozenset()
        else:
            found = found & {*answers} - new
        before = dict(answers)
    return found


def is_unheard(step: str, how_said: str, answers: Iterable[str]) -> bool:
    """Whether a version is a no to everything that somebody else brought, or that was written: it counts at once, and
    the person is asked, alone, whether it is so.
    """
    said = {*answers}
    return step in REFUSES and how_said in BY_OTHERS and bool(said) and said <= {*NOES}


def bits_of(asked: Iterable[RowKey]) -> int:
    """Which rows were asked, as the ledger keeps it of each asking: a bit each, in their order. The same answer, asked
    again, changes no row; `consent_asked` in walls/34_unheard.sql reads these.
    """
    return sum(1 << ROWS.index(key) for key in {*asked})


def row_state(row: Row, now: datetime, age: Age) -> str:
    """The state of a row, first match in the order of the table (docs/design/consent.md#what-a-row-is-worth-now)."""
    agreed = row.answer in ("yes", "without_name")
    ends_at = ends(row, age)
    table = (
        ("superseded", row.superseded),
        ("withdrawn", row.answer == "withdrawn"),
        ("refused", row.answer == "no"),
        ("expired", agreed and (ends_at is None or now >= ends_at)),
        ("not_live", agreed and row.asked_as_child and not child_live(row)),
        ("given", row.answer == "yes"),
        ("without_name", row.answer == "without_name"),
        ("not_asked", True),
    )
    return next(state for state, holds in table if holds)


def live(row: Row, now: datetime, age: Age) -> bool:
    """Whether something may be read or done on this row now."""
    return row_state(row, now, age) in LIVE_STATES


def ends(row: Row, age: Age) -> datetime | None:
    """When the row ends: its date, or earlier because her age was settled otherwise. None: it has no date, no life."""
    if row.ends_at is None or row.asked_as_child == age.child:
        return row.ends_at
    if age.settled_at is None:
        return None
    grace = timedelta(0) if row.kind == "police" else AGE_GRACE
    return min(row.ends_at, age.settled_at + grace)


def child_live(row: Row) -> bool:
    """A child's row holds if an adult who may speak said yes, and the child was asked (or not, for a reason)."""
    return all(child_guards(row).values())


def is_childs_own(row: Row) -> bool:
    """Whether this is the child's own no: so it was said, or the child was asked and nobody else spoke (ADR 76)."""
    alone = row.asked_as_child and row.speaker is None and row.child_answer == "agrees"
    return row.answer == "no" and (row.child_answer == "says_no" or alone)


def only_child_changes(row: Row) -> bool:
    """Whether the child said no here, or may have: no adult's yes takes its place, only the child's, asked again."""
    heard = row.asked_as_child and row.child_answer not in CHILD_NOT_HEARD
    return row.child_answer == "says_no" or (row.answer == "no" and heard)


def child_guards(row: Row) -> dict[str, bool]:
    """Answers to the guards about a child. A suspected guardian never speaks; a child's "no" stands."""
    return {
        "child_answer": row.child_answer is not None,
        "child_speaker": row.speaker is not None,
        "child_guardian_clear": row.guardian_clear,
        "child_agrees": row.child_answer != "says_no",
    }


def allowed_sections(row: Row, now: datetime, age: Age) -> frozenset[str]:
    """Sections that may go on this row now: nothing if it is not live, no identity if "without name"."""
    state = row_state(row, now, age)
    if state not in LIVE_STATES:
        return frozenset()
    sections = row.sections & frozenset(askable(row.kind, row.purpose))
    return sections - {"identity"} if state == "without_name" else sections


def can_be_taken_back(answer: str, sections: AbstractSet[str]) -> bool:
    """Whether something stands in a row that she takes back; these sections of it, or all of it where none is named.

    What is asked again because the case was opened again still carries the help that went on: she may end that.
    """
    return answer in ("yes", "without_name") or (answer == "not_asked" and not sections)


def narrowed(answer: str, sections: Iterable[str], taken: AbstractSet[str]) -> tuple[str, list[str]]:
    """Answer and sections of a row that she agreed to, after she took these sections back; none named: all of it.

    Who takes back her name and papers agrees without her name from then on, also where no papers were to go: what
    to call her stands in another section.
    """
    if not taken:
        return "withdrawn", sorted(sections)
    nameless = answer == "without_name" or "identity" in taken
    return "without_name" if nameless else answer, sorted(set(sections) - gone(taken))


def gone(taken: AbstractSet[str]) -> frozenset[str]:
    """The sections that go no more, after she took these back: her papers without her name are all of `identity`."""
    return frozenset(taken | {"identity"} if PAPERS in taken else taken)


def named(rows: Mapping[RowKey, Row], needed: Iterable[RowKey]) -> bool:
    """Whether a request that needs these rows may carry a name: the first decides, as it does for the sections."""
    first = next((rows[key] for key in needed if key in rows), None)
    return first is not None and first.answer != "without_name"


def carried(
    rows: Mapping[RowKey, Row], needed: Iterable[RowKey], now: datetime, age: Age
) -> tuple[frozenset[str], datetime | None]:
    """Sections that may go on these rows now, and until when; none and None unless all of them are live."""
    wanted = list(needed)
    found = [rows[key] for key in wanted if key in rows and live(rows[key], now, age)]
    until = [end for row in found if (end := ends(row, age)) is not None]
    if not wanted or len(until) != len(wanted):
        return frozenset(), None
    return allowed_sections(found[0], now, age), min(until)


def run_out(rows: Mapping[RowKey, Row], needed: Iterable[RowKey], age: Age) -> datetime | None:
    """When the first of these rows ends, whether it is live or not; None: none of them has a date."""
    return min((end for key in needed if key in rows and (end := ends(rows[key], age)) is not None), default=None)


# ---------------------------------------------------------------- which rows a request needs


def kind_of(compartment: str, service_code: str) -> str | None:
    """The kind of recipient; None for an overseeing body, which receives no people. Unknown service: KeyError."""
    if compartment == "oversight":
        return None
    if compartment == "law_enforcement":
        return "police"
    group = str(codelist("service").entry(service_code).data["group"])
    return _KIND_BY_GROUP.get(group, "shelter_social")


def purposes(compartment: str, service_code: str) -> tuple[str, ...]:
    """The purposes for which this service of such a body can be asked, each apart. Unknown service: KeyError."""
    kind = kind_of(compartment, service_code)
    named = codelist("service").entry(service_code).data["purposes"]
    assert isinstance(named, list)
    if kind == "police":
        # Papers and the like from a law enforcement body: still one of its two purposes, she says which.
        return tuple(purpose for purpose in named if purpose in _POLICE_PURPOSES) or _POLICE_PURPOSES
    return tuple(purpose for purpose in named if (kind, purpose) in ROWS)


def keys_of(rows: Iterable[str]) -> tuple[RowKey, ...]:
    """Rows as a request keeps them, "kind:purpose"."""
    return tuple((kind, purpose) for kind, _colon, purpose in (row.partition(":") for row in rows))


def rows_needed(compartment: str, service_code: str, purpose: str) -> tuple[RowKey, ...]:
    """Rows that must all be live; the first one decides what the packet may carry. No such row: KeyError."""
    kind = kind_of(compartment, service_code)
    if kind is None or (kind, purpose) not in ROWS:
        raise KeyError((kind, purpose))
    also = codelist("service").entry(service_code).data.get("also_requires", [])
    assert isinstance(also, list)
    more = [(str(row["recipient_kind"]), str(row["purpose"])) for row in also]
    return tuple(dict.fromkeys([(kind, purpose), *more]))


def consent_guards(needed: Iterable[RowKey], states: Mapping[RowKey, str]) -> dict[str, bool]:
    """Answers to the four consent guards. `states`: row -> state of its current version; absent = not asked.

    What was taken back counts as a no: she is asked again only if she raises it.
    """
    found = {key: states.get(key, "not_asked") for key in needed}
    refused = {key for key, state in found.items() if state in ("refused", "withdrawn")}
    return {
        "consent_asked": "not_asked" not in found.values(),
        "police_not_refused": not any(kind == "police" for kind, _ in refused),
        "consent_not_refused": not refused,
        "consent_live": all(state in LIVE_STATES for state in found.values()),
    }


def guards_of_sending(
    needed: Iterable[RowKey], states: Mapping[RowKey, str], child: Mapping[str, bool]
) -> dict[str, bool]:
    """The consent guards and the child's, each true but for the one thing that has to be said.

    A row that a child's guard stops has not ended: its own sentence is said. After a no, nothing asks to ask again.
    """
    needed = tuple(needed)
    asked = consent_guards(needed, states)
    stopped = {guard: holds for guard, holds in child.items() if guard in CHILD_AT_SENDING}
    if not all(stopped.values()):
        waits = {key: "given" if state == "not_live" else state for key, state in states.items()}
        asked = consent_guards(needed, waits)
    first = next((guard for guard, holds in asked.items() if not holds), None)
    if first is not None:
        stopped = dict.fromkeys(stopped, True)
    return {**{guard: guard != first for guard in asked}, **stopped}


def paused(referral_state: str, *, consent_live: bool) -> bool:
    """Accepted or serving while her agreement ran out: nothing is read, finishing works, a renewal reads again."""
    return referral_state in ("accepted", "serving") and not consent_live


def until_ok(until_on: date, today: date) -> bool:
    """Whether an agreement may end on this day."""
    return today <= until_on <= today + UNTIL_AT_MOST
