"""What the directory offers, held against the person: what may be asked, and what is for the other sex alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamkori.casework.referral.rules.card import SICK_CHILD
from hamkori.directory.queries import suitable
from hamkori.directory.rules.suit import OF_CHILDREN, Person, held_against, is_adult, other_sex, stands_last
from hamkori.web.referrals import apart
from hamkori.web.words import asked, directory, lists

if TYPE_CHECKING:
    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen


def held(screen: Screen) -> list[Suitable]:
    """Every service of what is needed or suggested, those that suit first."""
    codes = screen.codes if screen.suggested in ("", *screen.codes) else (*screen.codes, screen.suggested)
    if not codes:
        return []
    case = screen.known.case
    found = suitable(
        screen.actor,
        codes,
        region=case.region_code or None,
        district=screen.district or None,
        sex=case.sex_code,
        age_band=case.age_band_code,
        her_language=case.language_code,
        sick_child=case.doctor_code in SICK_CHILD,
        window=(screen.known.at, screen.known.answer_by(screen.soon)),
        language=lists.language(),
    )
    return [one for one in found if not _is_for_children(screen, one)]


def _is_for_children(screen: Screen, one: Suitable) -> bool:
    """Whether it is help for children by its kind, and this is an adult with no child along: it is not named at all.
    Where it was asked or suggested before, it stands.
    """
    case, code = screen.known.case, one.listing.service_code
    before = {screen.suggested, screen.earlier.service_code if screen.earlier else ""}
    alone = is_adult(case.age_band_code) and case.children_code not in asked.WITH
    return alone and code.startswith(OF_CHILDREN) and code not in before


def is_for_others(screen: Screen, one: Suitable) -> bool:
    """Whether it certainly takes the other sex alone: nobody is asked there (ADR 115)."""
    case, listing = screen.known.case, one.listing
    whom = held_against(Person(sex=case.sex_code), listing.service_code, of_a_child=case.doctor_code in SICK_CHILD)
    return other_sex(listing.offer(), whom)


def is_no_answer(screen: Screen, fit: list[Suitable]) -> bool:
    """Whether all that fits is help that stands last, and other help of its group may be asked, whatever speaks against
    it: then that is the nearest, and nothing fits. Not where such help was asked for or suggested.
    """
    if stands_last(screen.suggested) or (screen.earlier and stands_last(screen.earlier.service_code)):
        return False
    groups = {directory.group(one.listing.service_code) for one in fit}
    return all(stands_last(one.listing.service_code) for one in fit) and any(
        not stands_last(one.listing.service_code)
        and directory.group(one.listing.service_code) in groups
        and screen.may_be_asked(one)
        and "not_admitted" not in one.reasons
        and not apart.is_apart(screen, one)
        for one in screen.found
    )


def for_others(screen: Screen) -> list[Suitable]:
    """Services of organisations that take the other sex alone: whoever knows one reads why it cannot be asked."""
    bodies = {one.listing.organisation_id for one in screen.found}
    return [one for one in screen.held if is_for_others(screen, one) and one.listing.organisation_id not in bodies]
