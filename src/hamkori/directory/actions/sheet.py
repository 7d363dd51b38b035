"""All that a desk says of a service, and what of it cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from hamkori.directory.importing.values import visible
from hamkori.directory.rules.hours import Stretch
from hamkori.people.rules.desk_phone import kept
from hamkori.refusal import Invalid
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import COUNTRY
from hamkori.vocabulary.open_text import no_case_code

NAME = 200
TEXT = 4000
PHONE = 40
ADDRESS = 300


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that a desk says of a service. Texts by language; areas may be the country, regions or units."""

    region: str
    names: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True
    is_full: bool = False
    admits: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    week: tuple[Stretch, ...] = ()
    phone: str = ""
    address: str = ""


def check(sheet: Sheet, *, shelters: bool) -> None:
    """Invalid with a sentence for each field that cannot be used."""
    wrong = {**_texts(sheet), **_codes(sheet), **_contact(sheet, shelters=shelters)}
    if wrong:
        raise Invalid(wrong)


def _texts(sheet: Sheet) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for kind, written, longest in (("name", sheet.names, NAME), ("text", sheet.texts, TEXT)):
        for language, words in written.items():
            if len(words) > longest:
                wrong[f"{kind}_{language}"] = _("Shorten this text.")
            elif not visible(words):
                wrong[f"{kind}_{language}"] = _("This text holds characters that cannot be seen. Type it again.")
            elif not no_case_code(words):
                wrong[f"{kind}_{language}"] = _(
                    "This may be the number of a case or a referral. Take it out: everybody reads this."
                )
    return wrong


def _codes(sheet: Sheet) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if sheet.region not in codelist("region"):
        wrong["region"] = _("Choose a region.")
    areas = {COUNTRY, *codelist("region").codes, *codelist("area").codes}
    groups, languages = set(codelist("admission_group").codes), set(codelist("language").codes)
    for name, codes, known in (
        ("admits", sheet.admits, groups),
        ("languages", sheet.languages, languages),
        ("areas", sheet.areas, areas),
    ):
        if not set(codes) <= known:
            wrong[name] = _("Choose from the list.")
    return wrong


def _contact(sheet: Sheet, *, shelters: bool) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for name, written, longest in (
        ("phone", kept(sheet.phone, in_demo=settings.DEMO), PHONE),
        ("address", sheet.address, ADDRESS),
    ):
        if written and shelters:
            wrong[name] = _("A shelter has no address and no telephone here.")
        elif len(written) > longest:
            wrong[name] = _("Shorten this text.")
        elif not visible(written):
            wrong[name] = _("This text holds characters that cannot be seen. Type it again.")
    return wrong
