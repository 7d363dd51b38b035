"""Does a service suit a person: facts in codes, and the order of a list.

Never asked is only what is for the other sex alone; what else does not suit is said.

The reasons are codes of the list decline_reason: what a desk would answer. See
docs/design/lifecycles.md#choosing-a-service.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from hamkori.vocabulary import areas, codelist
from hamkori.vocabulary.country import COUNTRY

Distance = Literal["same_district", "same_region", "other_region"]
DISTANCES: tuple[Distance, ...] = ("same_district", "same_region", "other_region")
OTHER = {"female": "male", "male": "female"}
REGION_OF = {area.code: str(area.data["parent"]) for area in areas()}


@dataclass(frozen=True)
class Person:
    """What a card says of her, as far as it decides here. None: not asked, and then it decides nothing."""

    region: str | None = None
    district: str | None = None
    sex: str | None = None
    age_band: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Offer:
    """What a service says of itself. Empty sets: it does not say, and nothing follows from that."""

    region: str
    areas: frozenset[str]
    admits: frozenset[str]
    languages: frozenset[str]
    is_full: bool


def distance(offer: Offer, person: Person) -> Distance:
    """How far, in words: a shelter's place is nowhere, so a list can say no more."""
    region = person.region or REGION_OF.get(person.district or "")
    if person.district and person.district in offer.areas:
        return "same_district"
    inside = {REGION_OF.get(area, area) for area in offer.areas} | {offer.region}
    return "same_region" if region in inside else "other_region"


def outside_area(offer: Offer, person: Person) -> bool:
    """Whether the service says where it works, and she is elsewhere."""
    region = person.region or REGION_OF.get(person.district or "")
    if not offer.areas or region is None or COUNTRY in offer.areas or region in offer.areas:
        return False
    if person.district:
        return person.district not in offer.areas
    return region not in {REGION_OF.get(area) for area in offer.areas}


def admitted(offer: Offer, person: Person) -> bool:
    """Whether some admitted group may hold her. What is not known of her rules nothing out."""
    if not offer.admits:
        return True
    return any(_in_group(code, person) for code in offer.admits)


OF_CHILDREN = ("CHILD-", "HOME-04")
"""How the codes of help begin that is for children, whatever its entry says: protection, and placement."""


def for_children(code: str, admits: Collection[str]) -> bool:
    """Whether this is help for children alone: by its kind, or because each group that it takes is one of children."""
    return code.startswith(OF_CHILDREN) or (
        bool(admits) and all(_match(group).get("age") == "child" for group in admits)
    )


Bed = tuple[str, Collection[str]]
"""A place to sleep: its kind, and whom it admits."""
BedFor = Literal["", "fits", "children", "adults"]


def bed_for(beds: Iterable[Bed], person: Person) -> BedFor:
    """Whether some of these beds of one organisation may take this person: not where all are for the other sex alone;
    where they are for children or for adults, and the person is none, that is said. Whom nothing rules out fits.
    """
    offers = [(code, Offer("", frozenset(), frozenset(admits), frozenset(), is_full=False)) for code, admits in beds]
    offers = [(code, offer) for code, offer in offers if not other_sex(offer, person)]
    if not offers:
        return ""
    of_children = [for_children(code, offer.admits) for code, offer in offers]
    if is_adult(person.age_band or ""):
        return "children" if all(of_children) else "fits"
    fits = any(of_children) or any(admitted(offer, person) for _code, offer in offers)
    return "fits" if fits or not _is_child(person.age_band) else "adults"


def _is_child(age_band: str | None) -> bool:
    bands = codelist("age_band")
    return age_band in bands and bool(bands.entry(age_band or "").data["child"])


FOR_THE_ILL = frozenset({"HEALTH-01", "HEALTH-02"})
"""Medical care of whoever is ill, emergency care and a general check; the other kinds are of the person who asks."""


def held_against(person: Person, code: str, *, of_a_child: bool) -> Person:
    """Whom this kind of help is held against. `of_a_child`: a child who comes along needs the doctor, and not the
    person: of that child neither sex nor exact age decides.
    """
    return replace(person, sex=None, age_band="child_age_unknown") if of_a_child and code in FOR_THE_ILL else person


def is_adult(age_band: str) -> bool:
    """Whether this band says for certain that the person is no child: that it is an adult, and which age."""
    bands = codelist("age_band")
    return age_band in bands and bands.entry(age_band).data["child"] is False and not age_band.endswith("_unknown")


STANDS_LAST = frozenset({"MHPSS-05"})
"""Help that stands behind all else of its group, and that nothing puts forward: family mediation or counselling is with
people who may have harmed the person.
"""


def stands_last(code: str) -> bool:
    """Whether this kind of help is one of those."""
    return code in STANDS_LAST


def other_sex(offer: Offer, person: Person) -> bool:
    """Whether it certainly takes people of the other sex alone, of whatever age.

    Nothing is certain where it does not say whom it takes, or where the person is neither of the two.
    """
    taken = [_match(code).get("sex", ()) for code in offer.admits]
    other = OTHER.get(person.sex or "")
    return bool(taken) and other is not None and all(list(sexes) == [other] for sexes in taken)


def _match(code: str) -> dict[str, Any]:
    groups = codelist("admission_group")
    match = groups.entry(code).data.get("match") if code in groups else None
    return match if isinstance(match, dict) else {}


def _in_group(code: str, person: Person) -> bool:
    if code not in codelist("admission_group"):
        return False
    rule = _match(code)
    sexes: Collection[str] = rule.get("sex", ())
    if sexes and person.sex is not None and person.sex not in sexes:
        return False
    bands = codelist("age_band")
    child = bands.entry(person.age_band or "").data["child"] if person.age_band in bands else None
    age = rule.get("age", "any")
    return child is None or age == "any" or (age == "child") == bool(child)


def reasons(offer: Offer, person: Person) -> tuple[str, ...]:
    """Why a desk would decline, in the order of the list decline_reason; empty: it suits."""
    said = {
        "full": offer.is_full,
        "not_admitted": not admitted(offer, person),
        "outside_area": outside_area(offer, person),
        "no_language": person.language not in (None, "unknown", "other")
        and bool(offer.languages)
        and person.language not in offer.languages,
    }
    return tuple(code for code, holds in said.items() if holds)


def answering(need: str) -> frozenset[str]:
    """Service codes that answer this need where somebody was asked for one: those that are looked for, and what else
    the list of needs says does (`also`). Another kind of the same group is asked for something else.
    """
    also = codelist("need_tonight").entry(need).data.get("also", ())
    return frozenset((*kinds([need]), *(also if isinstance(also, (list, tuple)) else ())))


def kinds(needs: Iterable[str]) -> tuple[str, ...]:
    """Service codes that answer these needs (codes of need_tonight), in order, each once. Unknown need: KeyError."""
    found: dict[str, None] = {}
    for need in needs:
        listed = codelist("need_tonight").entry(need).data.get("services", ())
        found.update(dict.fromkeys(listed if isinstance(listed, (list, tuple)) else ()))
    return tuple(found)
