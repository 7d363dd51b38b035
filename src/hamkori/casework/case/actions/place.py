"""A place for tonight, as the worker says it: one was found, the person is there, or there is none after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.action import Act, action
from hamkori.casework.case.actions.case import Sealed, lock_open, same_version, say, write
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.place_said import (
    is_looked_for,
    is_promised,
    is_there_after_all,
    is_there_asked,
    may_have_missed,
    recorded,
)
from hamkori.casework.case.rules.lifecycle import (
    CASE_REASON_LISTS,
    DID_NOT_GET_THERE,
    GOES_ELSEWHERE,
    IS_SAFE,
    NOBODY_COMES,
    STAYS,
    THEY_SAID_NO,
    WITH_US,
)
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist


@action("case.edit", on="case")
def place_found(
    act: Act,
    case: Case,
    *,
    version: int,
    reason: str,
    codes: Mapping[str, Any],
    sealed: Sealed | None = None,
    organisation: UUID | None = None,
    was_there: bool = False,
) -> Case:
    """Somebody has a place for tonight: `codes` say what is needed now, `reason` whose place it is. `organisation`: of
    one that said yes on the telephone, which, if it is listed; or the own one, which the ledger says. `was_there`: the
    person's word ended their stay in a shelter lately. NotNow: as `edit`, "reason_given"; "which_place", where that one
    gives no place to sleep; "place_asked", where they are said to stay and were in none.
    """
    lock_open(case)
    same_version(case, version)
    if reason == STAYS and not was_there:
        raise NotNow("place_asked")
    write(act, case, codes, sealed or {})
    act.note(reason=WITH_US if organisation == case.organisation_id else reason)
    say(case, "place_found", {"reason_code": reason})
    if organisation is not None:
        definer.run("case_place_of", case.pk, organisation)
    return case


@action("case.call_off", on="case")
def call_off(act: Act, case: Case, *, organisation: UUID | None, answer: str) -> None:
    """What came of the call to an organisation that has a place ready, where nobody may come any more. None: it is not
    listed. NotNow("place_called_off") where it is not to be called off, "reason_given".
    """
    act.note(reason=answer)
    definer.run("case_call_off", case.pk, organisation, answer)


@action("case.edit", on="case")
def place_needed(
    act: Act, case: Case, *, version: int, codes: Mapping[str, Any], sealed: Sealed | None = None, reason: str = ""
) -> Case:
    """There is no place for tonight after all, or the person leaves the one that they had. `reason`: they did not get
    there, and are looked for; or they are safe, and nobody looks any more; or, of a place that was promised by
    telephone, who called it off; or they go to another one. NotNow: as `edit`; "reason_given", where a reason is of no
    list; "place_asked" where that is not asked.
    """
    lock_open(case)
    same_version(case, version)
    if reason and reason not in codelist(CASE_REASON_LISTS["place_needed"]).codes:
        raise NotNow("reason_given")
    if reason == DID_NOT_GET_THERE and not may_have_missed(case):
        raise NotNow("place_asked")
    if reason == IS_SAFE and not is_looked_for(case):
        raise NotNow("place_asked")
    if reason == GOES_ELSEWHERE and recorded(case) is None:
        raise NotNow("place_asked")
    if reason in (THEY_SAID_NO, NOBODY_COMES) and not is_promised(case):
        raise NotNow("place_asked")
    write(act, case, codes, sealed or {})
    act.note(reason=reason)
    say(case, "place_needed", {"reason_code": reason})
    return case


@action("case.edit", on="case")
def place_reached(
    act: Act,
    case: Case,
    *,
    version: int,
    codes: Mapping[str, Any] | None = None,
    sealed: Sealed | None = None,
) -> Case:
    """The person is at the place that was found, or still sleeps there. `codes`: what is needed now, where it was said
    meanwhile that there is no place. NotNow: as `edit`; "place_asked" where a place is not asked about.
    """
    lock_open(case)
    same_version(case, version)
    if not is_there_asked(case, act.at) and not is_there_after_all(case):
        raise NotNow("place_asked")
    if codes is not None:
        write(act, case, codes, sealed or {})
    say(case, "place_reached")
    return case
