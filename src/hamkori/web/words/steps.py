"""What the steps of a case and of a referral are called once they were taken, and why they were, for each audience."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hamkori.casework.case.rules.lifecycle import CASE_REASON_LISTS, GOES_ELSEWHERE, NOT_NEEDED
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS as REFERRAL_REASON_LISTS
from hamkori.casework.referral.rules.lifecycle import STANDS
from hamkori.casework.referral.rules.stopped import WHETHER_ON
from hamkori.refusal import ENDED
from hamkori.vocabulary import codelist
from hamkori.web.words import Audience, arrival
from hamkori.web.words.lists import inside, label, several

OF_CASE: Final = {
    "begin": _("Registration begun"),
    "serve": _("Help began: own case opened"),
    "register": _("Registered"),
    "decide": _("Decided"),
    "settle_age": _("Age confirmed or corrected"),
    "tell_child_protection": _("Child protection told"),
    "child_not_told": _("Put back: child protection was not told"),
    "child_not_reached": _("Child protection is not told yet"),
    "danger_said": _("Somebody is in danger"),
    "danger_told": _("Told of the danger by telephone"),
    "needs_said": _("It was said what is needed now"),
    "danger_over": _("The mark “danger” was removed"),
    "ask_alone": _("Somebody rang in the person's name: nothing ended, the person is to be asked"),
    "region_changed": _("Region changed"),
    "facts_changed": _("Changed, also in what was sent"),
    "is_child": _("The person is a child: child protection is to be told"),
    "place_found": _("A place for tonight was found"),
    "place_needed": _("A place for tonight is needed"),
    "place_reached": _("The person is at the place for tonight"),
    "doctor_seen": _("It was said that a doctor came"),
    "doctor_unseen": _("Put back: no doctor came"),
    "help_goes_on": _("It was said that help goes on"),
    "help_over": _("It was said that help has ended"),
    "call_off": _("The organisation with the place was called"),
    "looked_for": _("Search for the person"),
    "consent_give": _("Asked for consent"),
    "consent_refuse": _("The person said no"),
    "consent_withdraw": _("The person withdrew something"),
    "consent_ask_again": _("The earlier consent is asked again"),
    "tell_lead": _("The team was asked to look at this case"),
    "admit": _("A colleague was added"),
    "release": _("A colleague was removed"),
    "leave": _("A colleague left"),
    "close": _("Closed"),
    "reopen": _("Opened again"),
}
STANDS_BY: Final = (
    _("They keep their result"),
    _("They keep their result"),
    _("Your organisation keeps the result"),
)
"""Of a disputed result that was given once more: nothing was corrected."""
READERS: Final = (Audience.FILE, Audience.SENDER, Audience.RECEIVER)
OF_REFERRAL: Final = {
    "write": (_("Referral written"), _("Written"), ""),
    "edit": ("", _("Changed"), ""),
    "discard": ("", _("Thrown away"), ""),
    "send": (_("Sent"), _("Sent"), ""),
    "stop": (_("Stopped before anybody saw it"), _("Stopped before the referral desk saw it"), ""),
    "ask": (_("The referral desk asked a question"), _("The referral desk asked a question"), ""),
    "answer": (_("The question was answered"), _("The question was answered"), ""),
    "accept": (_("Accepted"), _("Accepted"), _("Accepted")),
    "decline": (_("Declined"), _("Declined"), _("Declined")),
    "lapse": (_("Expired"), _("Expired"), _("Expired")),
    "recall": (_("Cancelled"), _("Cancelled"), ""),
    "withdraw": (_("Stopped at the person's request"), _("Stopped at the person's request"), ""),
    "unaccept": (_("Returned"), _("Returned"), _("Returned")),
    "expect": (_("Another day for coming"), _("Another time was agreed"), _("Another time agreed")),
    "meet": (_("How to meet: added"), _("How to meet: it was added"), _("How to meet: added")),
    "arrange": (_("How to meet: written by the sender"),) * 3,
    "add": (_("More was sent"), _("Further parts were sent"), _("The sender added something to read")),
    "ask_part": (_("They asked for a part"), _("They asked for a part"), _("The sender was asked for a part")),
    "keep_part": (_("A part was not shared"), _("Answered: it is not shared"), _("The sender answered: not shared")),
    "staff": (_("Their team changed"), _("Their team changed"), _("The team was changed")),
    "finish": (_("Finished"), _("A result was given"), _("Finished with a result")),
    "confirm": (_("Confirmed"), _("Confirmed"), _("Confirmed by the sender")),
    "dispute": (_("Result disputed"), _("The result was disputed"), _("Result disputed by the sender")),
    "amend": (_("Result corrected"), _("The result was corrected"), _("Result corrected")),
    "call": (_("A call was made"), _("A call was made"), ""),
    "undo_call": (_("Put back: that call counts no more"), _("Put back: that call counts no more"), ""),
    "tell_person": (_("Telling the person when and where"), _("Telling the person when and where"), ""),
    "warn_person": (_("Whether the person knows"), _("Whether the person knows that nobody waits"), ""),
    "call_sender": (_("They called your team"), _("Their call to your team"), _("Call to the sender")),
    "settle": (_("Nothing more to do"), _("Said: nothing more to do"), ""),
    "put_back": (_("Put back: it waits again"), _("Put back: it waits again"), ""),
    "ended": ("", "", pgettext_lazy("state of a referral", "Ended")),
}
"""Step -> its word for each of READERS; '' where none of them reads it."""
OF_ARRIVAL: Final = {
    "miss": ("step_missed", "step_missed", "step_missed_told"),
    "hear": ("step_heard", "step_heard", "step_heard_sender"),
    "serve": ("step_came", "step_began", "step_began"),
}
"""The same, by the kind of help, in the table of `arrival`."""
YOUR_TEAM_SAID: Final = _("Your team said: %(said)s")
THE_SENDER_SAID: Final = _("The sender said: %(said)s")
REASON_LISTS: Final = {
    **REFERRAL_REASON_LISTS,
    **CASE_REASON_LISTS,
    "close": "closing_outcome",
    "withdraw": "how_said",
    "consent_give": "language",
    "consent_refuse": "how_said",
    "consent_withdraw": "how_said",
}


BROUGHT: Final = {
    "through_other": _("Stopped by a no that somebody else brought"),
    "by_message": _("Stopped by a no in a message"),
    "by_phone_no_word": _("Stopped by a no on the telephone, without the code word"),
}
"""A withdrawal that was not heard of the person."""
NO_BROUGHT: Final = _("A no was brought: it may not be the person's own")
"""The same of the answers; how, stands beside it."""
ABOUT_WHO_LEFT: Final = tuple(("call_sender", code) for code in ("is_back", "not_back", "read_safe"))
"""Said in Hamkori, and in no call."""
SAY_THE_STEP: Final = ("tell_person", "warn_person")
"""Steps whose reason is a whole sentence: beside it the word of the step says the same."""
NONE_NEEDED: Final = (("place_found", NOT_NEEDED), ("place_needed", GOES_ELSEWHERE))
"""Of these the reason alone is said: nothing was found, and nothing is needed."""


def of_case(step: str, code: str = "") -> str:
    """A step of a case."""
    if (step, code) in NONE_NEEDED:
        return label(REASON_LISTS[step], code)
    if step in ("consent_withdraw", "consent_refuse") and code in BROUGHT:
        return str(NO_BROUGHT)
    return str(OF_CASE.get(step, step))


def of_referral(step: str, to: Audience, service: str = "") -> str:
    """A step of a referral; the step's own name where it has no word, '' for a receiver."""
    if step in OF_ARRIVAL:
        return arrival.say(OF_ARRIVAL[step][READERS.index(to)], service)
    word = str(OF_REFERRAL[step][READERS.index(to)]) if step in OF_REFERRAL else ""
    return word or ("" if to is Audience.RECEIVER else step)


def in_file(step: str, code: str, service: str = "") -> tuple[str, str]:
    """A step of a referral on the page of a case, and why; only the reason where that says the step too."""
    why = reason(step, code, service)
    if step == "withdraw" and code in BROUGHT:
        return str(BROUGHT[code]), ""
    if why and (step in SAY_THE_STEP or (step, code) in ABOUT_WHO_LEFT or (step == "settle" and code in WHETHER_ON)):
        return why, ""
    return of_referral(step, Audience.FILE, service), why


def happened(step: str, code: str, to: Audience, service: str) -> dict[str, str]:
    """A step of a referral for the page of either side, with its coded reason; of an arrival what was said of it."""
    if step == "hear" and (heard := arrival.heard(code, service)):
        said = str(THE_SENDER_SAID if to is Audience.RECEIVER else YOUR_TEAM_SAID)
        return {"what": said % {"said": inside(heard)}, "note": ""}
    if step == "amend" and code == STANDS:
        return {"what": str(STANDS_BY[READERS.index(to)]), "note": ""}
    if (step == "settle" and code in WHETHER_ON) or (step == "withdraw" and code in BROUGHT):
        return {"what": reason(step, code) if step == "settle" else str(BROUGHT[code]), "note": ""}
    if (step, code) in ABOUT_WHO_LEFT:
        return {"what": reason(step, code), "note": ""}
    if step == "tell_person" and (told := reason(step, code)):
        return {"what": str(YOUR_TEAM_SAID) % {"said": inside(told)}, "note": ""}
    return {"what": of_referral(step, to, service), "note": reason(step, code, service)}


def is_told(step: str, code: str, to: str) -> bool:
    """Whether such a call was to somebody who had said yes, after it was ended: they were told."""
    return step in ("call", "undo_call") and code == "reached" and to == ENDED


def added(parts: Iterable[tuple[str, bool]], to: Audience, service: str) -> str:
    """Which parts were sent after the referral, in place of the step's word; each with whether it was sent before."""
    new, again = ADDED[to]
    return several(str(again if before else new) % {"part": arrival.part(part, service)} for part, before in parts)


ADDED: Final = {
    Audience.SENDER: (_("%(part)s: sent"), _("%(part)s: sent again")),
    Audience.RECEIVER: (_("%(part)s: the sender sent this"), _("%(part)s: the sender sent this again")),
}
"""What is said of a part to each side: of one that had not been sent, and of one that had."""


def reason(step: str, code: str, service: str = "") -> str:
    """The coded reason of a step, or how she said it; '' for none. Of an arrival as its `service` says it."""
    if step == "hear":
        return arrival.heard(code, service)
    if step in ("ask_part", "keep_part"):
        return arrival.part(code, service)
    listed = REASON_LISTS.get(step, "") if (step, code) not in NONE_NEEDED else ""
    return label(listed, code) if listed and code in codelist(listed) else ""
