"""The words of the consent pages: kinds and purposes, what each is for, what would go, and what an answer means now."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules import packet
from hamkori.casework.consent.rules.consent import ROWS, RowKey
from hamkori.casework.referral.queries.effects import Effect
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.web.words import Audience, case, lists
from hamkori.web.words.consented import group, less, parts, question, row
from hamkori.web.words.sections import holds

__all__ = ["group", "less", "parts", "question", "row"]
ANSWERS = ("yes", "without_name", "no", "not_asked")
"""In the order of the screen, as in the registration."""
COURT, CRIME = ("health", "justice"), ("police", "justice")
"""An examination for a court is of no use without a yes to the police."""
DOCTORS = ("health", "help")
GROUPS: dict[str, tuple[RowKey, ...]] = {}
for _row in ROWS:
    GROUPS[_row[0]] = (*GROUPS.get(_row[0], ()), _row)
"""Kind of recipient -> its rows, in the order of the screen."""


def sections(sections: Iterable[str]) -> str:
    """Several sections in one line, with semicolons: their names have commas inside."""
    return lists.in_turn("packet_section", sections)


def answer(code: str) -> str:
    """An answer as a button says it."""
    return {
        "not_asked": _("not asked"),
        "yes": _("yes"),
        "without_name": _("yes, without name"),
        "no": _("no"),
        "withdrawn": _("withdrawn"),
    }[code]


def choice(code: str) -> str:
    """An answer beside the others that can be chosen: the two that say yes differ by what the person is called."""
    return _("yes, with name") if code == "yes" else answer(code)


def as_before(code: str, *, child: bool) -> str:
    """An answer from before the age was corrected, with the age it was said for. `child`: the person is one now."""
    said = _("Before, as an adult: %(answer)s.") if child else _("Before, as a child: %(answer)s.")
    return said % {"answer": choice(code)}


def why_row(key: RowKey) -> str:
    """What is asked for, in one line."""
    return {
        ("shelter_social", "help"): _("A safe place, food, documents, help at home."),
        ("health", "help"): _("A doctor, a clinic, medicine."),
        ("health", "justice"): _("Needs a yes for a criminal case too."),
        ("psychological", "help"): _("Somebody to talk to."),
        ("legal", "help"): _("Advice, documents, wages."),
        ("legal", "justice"): _("Speaking for the person in it."),
        ("police", "protection"): _("Name and contact only, and only if the person wants it."),
        ("police", "justice"): _("What the person chooses, item by item."),
    }[key]


def read_there(*, name: bool) -> str:
    """What the person hears of who has read what was taken back: organisation and time are put in. `name`: of the name
    alone; it stands in a part that stays there.
    """
    if name:
        return _("%(organisation)s opened the part that holds your name (%(when)s); we cannot undo that.")
    return _("%(organisation)s read it (%(when)s); we cannot undo that.")


def for_child(key: RowKey, doctor: str) -> str:
    """Beside the question about doctors, where a child who comes along needs one: a yes may be for the child alone."""
    if key != DOCTORS or no_is_for(doctor):
        return ""
    return _("A child needs a doctor: ask for the child too. A yes may be for the child alone; what is sent says who.")


def needs_police() -> str:
    """That a yes to an examination for a court is of no use alone."""
    return _("An examination for a court cannot be asked for without a yes to: %(row)s.") % {"row": row(CRIME)}


def nothing_goes(key: RowKey) -> str:
    """What a no means."""
    if key == ("police", "justice"):
        return _("Nothing is sent to the police. Other help goes on, except an examination for a court.")
    if key[0] == "police":
        return _("Nothing is sent to the police. Other help goes on.")
    return _("Nothing is sent there. Other help goes on.")


def part(key: RowKey, code: str) -> str:
    """A part that may be shared; what the help needs says so."""
    name = lists.label("packet_section", code)
    return _("%(part)s, needed") % {"part": name} if packet.RULE[key][code] == packet.IN else name


def fields(key: RowKey, code: str) -> str:
    """What of a section would be shared, exactly."""
    if code == "screening" and key in packet.BY_ITEM:
        return _("only single signs, chosen one by one before sending")
    return holds(code, Audience.ASKED)


def named(key: RowKey) -> str:
    """What a yes with name lets them know of the name, as the person can be told: the full one goes by no answer."""
    if not packet.may_carry(*key, "identity"):
        return _("With name: what to call the person is sent, never the full name or documents.")
    return _("With name: what to call the person is sent; the full name and documents only if these are ticked.")


def nameless() -> str:
    """What a yes without name leaves out."""
    return _("Without name: no full name, no documents, and not what to call the person.")


def never(key: RowKey) -> str:
    """Sections that this row can never carry."""
    return sections(code for code in SECTIONS if not packet.may_carry(*key, code))


def effect(one: Effect) -> str:
    """What happens to a running request, as one sentence."""
    slots = {"service": lists.label("service", one.running.service), "sections": sections(one.lost)}
    if one.ends:
        return _("%(service)s: this referral ends at once. What was shared there can no longer be opened.") % slots
    if not one.lost:
        return _("%(service)s: continues, but what to call the person is no longer shown there.") % slots
    if one.unnamed:
        return (
            _(
                "%(service)s: continues, but “%(sections)s” is taken out and can no longer be opened. "
                "What to call the person is no longer shown there."
            )
            % slots
        )
    return _("%(service)s: continues, but “%(sections)s” is taken out and can no longer be opened.") % slots


def child_said_no() -> list[str]:
    """What a child's no means: it stands, and nobody urges."""
    return [_("The child said no."), _("Nothing is sent there. All other help continues as it is.")]


def child_says_now(code: str) -> str:
    """A yes that only the child gives, asked again after its no."""
    return _("The child says now: %(answer)s") % {"answer": choice(code)}


def only_child(*, own: bool, when: str = "") -> str:
    """What stands beside a no that only the child turns into a yes. `own`: it is known that the child said it."""
    if when:
        return _("The child said no %(when)s. Only the child, asked again, can change that.") % {"when": when}
    if own:
        return _("The child said no. Only the child, asked again, can change that.")
    return _("No was said here. Only the child, asked again, can change that.")


def child_said_no_for_good() -> list[str]:
    """The same to the police."""
    return [
        _("The child said no. That is final: nothing is sent to the police while the person is a child."),
        _("All other help continues as it is."),
    ]


def then(key: RowKey, current: str, *, child: bool = True, unheard: bool = False) -> str:
    """What follows from the answer that stands. `unheard`: a no that the person has not said themselves."""
    if current == "not_live" and not child:
        return case.asked_as_child()
    police = key[0] == "police"
    if unheard and current in ("refused", "withdrawn"):
        return _("Nothing is sent there. The no is not certain to be theirs: ask the person.")
    if current in ("refused", "withdrawn"):
        if police:
            return _(
                "Nothing is sent to the police. All other help continues as it is. Ask again only if the "
                "person raises it."
            )
        return _("Nothing is sent there. All other help continues as it is. Ask again only if the person raises it.")
    return {
        "asked_again": _("Agreed before."),
        "expired": _("Ask again before anything is sent."),
        "not_live": _("It is not valid yet: an adult who may speak and the child's own answer are needed."),
    }.get(current, _("Not asked so far. Nothing is sent there until the person says so."))
