"""Whether a case may be closed as its page says it: help was given, and nothing that was missing is left."""

from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.needed import answers_of
from hamkori.casework.work.queries.unmet import unmet


def is_ready(file: File) -> bool:
    """Whether help was given and confirmed, and nothing that Today would ask for is left: the case may be closed. Not
    where all of that was so before it was opened again.
    """
    lacks = file.case.has_danger or file.no_place or file.no_doctor or file.agreed.unsure or "child" in file.clocks
    given = any(one.state == "confirmed" for one in file.referrals)
    goes_on = bool(file.sleeps_on) or any(one.state == "draft" for one in file.referrals)
    return given and not (lacks or goes_on or _is_as_opened(file)) and file.standing.may("close", file.case.state_code)


def _is_as_opened(file: File) -> bool:
    """Whether the case was opened again, and no referral was sent or has moved since: why it was opened is to do."""
    last = next((one for one in file.steps if one.step == "reopen" or one.referral), None)
    return file.agreed.opened_again or (last is not None and last.step == "reopen")


def missing_of(file: File) -> tuple[Sent | None, bool]:
    """Help that was not right, or only partly; and whether what it was for stands in a row of its own, as needed."""
    one = unmet(file)
    child = file.case.is_child
    answered = {code for need in file.needed for code in answers_of(need, child=child)}
    return one, one is not None and one.service in answered
