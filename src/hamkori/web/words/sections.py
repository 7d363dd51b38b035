"""What the sections of a case are called, everywhere alike, and what each holds: in the case, when asked, when sent."""

from collections.abc import Container, Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.consent.rules.packet import TEXT
from hamkori.web.words import Audience
from hamkori.web.words.lists import label, several

HER_WORDS: Final = {
    Audience.SENDER: gettext_lazy("The person's own words"),
    Audience.RECEIVER: gettext_lazy("In the person's own words"),
}
YOURS: Final = {
    TEXT: gettext_lazy("what you wanted them to know"),
    "identity": gettext_lazy("your full name and documents"),
    "contact": gettext_lazy("how to reach you"),
    "place": gettext_lazy("where you stay"),
    "screening": gettext_lazy("the signs and our decision"),
    "needs": gettext_lazy("what you need"),
    "health": gettext_lazy("what we wrote about your health"),
    "psychosocial": gettext_lazy("what helps you and what hurts"),
    "legal": gettext_lazy("your legal matters"),
}
"""As the person hears it."""
NO_TELEPHONE: Final = gettext_lazy("No safe telephone is written.")
NOT_WRITTEN: Final = gettext_lazy("Nothing of the name: what to call the person is not written.")
HOLDS: Final = {
    Audience.FILE: {
        "identity": gettext_lazy("Legal names, date of birth, documents."),
        "contact": gettext_lazy("What to call the person, whether it is safe to talk, telephone, hours, code word."),
        "place": gettext_lazy("District, address, where the person stays, works or learns."),
        "screening": gettext_lazy("Answers to the signs of trafficking."),
        "needs": gettext_lazy("Needs, wishes, why the risk is what it is."),
        "health": gettext_lazy("What a health service needs to know."),
        "psychosocial": gettext_lazy("What helps, what hurts, what not to ask again."),
        "legal": gettext_lazy("Documents, steps taken, lawyer."),
        "criminal": gettext_lazy("The police's own notes on the criminal case. They are sent to nobody."),
    },
    Audience.ASKED: {
        "identity": gettext_lazy("legal names, date of birth, documents held; no scan, no photograph"),
        "contact": gettext_lazy("what to call the person, safe telephone, hours, code word, interpreter"),
        "screening": gettext_lazy("the decision and the parts in words, no single answers"),
        "needs": gettext_lazy("needs, wishes, reasons of the risk"),
        "health": gettext_lazy("what this service needs, medicines, allergy"),
        "psychosocial": gettext_lazy("distress, what helps, what is not to be asked again"),
        "legal": gettext_lazy("documents, steps taken, lawyer"),
        "place": gettext_lazy("address, where the person stays"),
    },
}
"""Whoever ticks a part for sending reads of it what the person was asked."""


def name(section: str, to: Audience = Audience.FILE) -> str:
    """What a section is called, or her own words; '' for none."""
    if section == TEXT and to in HER_WORDS:
        return str(HER_WORDS[to])
    return label("packet_section", section)


def opened(section: str) -> str:
    """The same of what a receiver opened: the person's own words lie there also where none were written, and whether
    they were is locked.
    """
    return _("The person's own words, if written") if section == TEXT else name(section, Audience.SENDER)


def yours(sections: Iterable[str]) -> str:
    """Sections as they are named to the person, with semicolons between, in one order."""
    wanted = frozenset(sections)
    return several(str(said) for section, said in YOURS.items() if section in wanted)


def names(sections: Iterable[str]) -> str:
    """Sections of the file, with semicolons between."""
    return several(name(section) for section in sections if section in HOLDS[Audience.FILE])


def of_name(sections: Iterable[str], *, named: bool, empty: Container[str] = (), called: bool | None = None) -> str:
    """What of the name goes with these sections. `named`: the person agreed to that. `empty`: what is not written;
    `called`: whether what to call the person is, None where nobody has read that.
    """
    goes = {*sections}
    if not named:
        return _("Nothing of the name: not even what to call the person.")
    if "contact" not in goes:
        if "identity" in goes:
            return _("Of the name: the full name and documents.")
        return str(NOT_WRITTEN) if "contact" in empty else _("Nothing of the name.")
    if called is False:
        return _("Of the name: the full name and documents.") if "identity" in goes else str(NOT_WRITTEN)
    if "identity" in goes:
        return (
            _("Of the name: what to call the person, the full name and documents.")
            if called
            else _("Of the name: what to call the person, if written, the full name and documents.")
        )
    return (
        _("Of the name: what to call the person. Not the full name and documents.")
        if called
        else _("Of the name: what to call the person, if written. Not the full name and documents.")
    )


def holds(section: str, to: Audience = Audience.FILE, *, named: bool = True) -> str:
    """What a section holds, in one line. Not `named`: what is sent goes without her name."""
    if to is Audience.SENDER and section == "contact" and not named:
        return _("safe telephone, hours, code word, interpreter; not what to call the person")
    return str(HOLDS[Audience.FILE if to is Audience.FILE else Audience.ASKED].get(section, ""))
