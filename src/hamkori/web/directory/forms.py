"""The filters of the list, and the sheet that a desk fills in for its service."""

import re
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hamkori.directory.actions.sheet import ADDRESS, NAME, PHONE, TEXT, Sheet
from hamkori.directory.queries import Filters, Listing
from hamkori.directory.rules.hours import DAY, Stretch, stretches
from hamkori.people.rules.desk_phone import bare
from hamkori.vocabulary import areas, codelist, regions
from hamkori.vocabulary.country import COUNTRY, READ_FIRST
from hamkori.web.kit.forms import KitForm, LongText, Segments, TextField, Ticks
from hamkori.web.words import directory as words
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded, Codes

LISTS = {"group": "service_group", "region": "region", "language": "language", "admits": "admission_group"}


_filter = partial(Coded, but={"other", "unknown"}, required=False, widget=forms.Select)


def _places() -> list[Any]:
    """The country, then each region with its units."""
    said = lists.language()
    return [
        (COUNTRY, _("the whole country")),
        *(
            (
                region.label(said),
                [
                    (region.code, _("all of %(region)s") % {"region": region.label(said)}),
                    *((unit.code, unit.label(said)) for unit in areas(region.code)),
                ],
            )
            for region in regions()
        ),
    ]


class FilterForm(KitForm):
    """What to look for; it is sent by GET, so that an address holds all of it."""

    q = forms.CharField(label=_("Name of an organisation or a service"), required=False, max_length=100)
    group = _filter(LISTS["group"], _("Kind of help"), none=_("every kind"))
    region = _filter(LISTS["region"], _("Works in"), none=_("all regions"))
    language = _filter(LISTS["language"], _("Speaks"), none=_("any language"))
    admits = _filter(LISTS["admits"], _("Admits"), none=_("any group"))
    open = forms.CharField(required=False, widget=forms.HiddenInput)
    own = forms.CharField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, str]:
        """What of the address is a filter, in the order of the form. What no filter can mean is left out."""
        self.is_valid()
        found: dict[str, str] = {}
        for name in ("q", "group", "region", "language", "admits", "open", "own"):
            value = str(self.cleaned_data.get(name) or "").strip()
            known = name not in LISTS or value in codelist(LISTS[name])
            if value and known and (name not in ("open", "own") or value == "1"):
                found[name] = value
        return found

    def filters(self) -> Filters:
        """The same for the query."""
        asked = self.asked()
        return Filters(
            group=asked.get("group", ""),
            region=asked.get("region", ""),
            language=asked.get("language", ""),
            admits=asked.get("admits", ""),
            open_only="open" in asked,
            words=asked.get("q", ""),
            own="own" in asked,
        )

    @staticmethod
    def said(name: str, value: str) -> str:
        """A filter in words."""
        if name in LISTS:
            return lists.label(LISTS[name], value)
        return str({"open": _("has room"), "own": _("our own")}.get(name, value))


class ServiceForm(KitForm):
    """Everything that a desk says of its service. A shelter's form has no telephone and no address."""

    is_full = forms.ChoiceField(
        label=_("Is there room now?"),
        choices=[("no", _("There is room")), ("yes", _("Full"))],
        widget=Segments,
    )
    is_active = forms.ChoiceField(
        label=_("Is it offered?"),
        choices=[("yes", _("Yes")), ("no", _("Not now"))],
        widget=Segments,
    )
    region = Coded("region", _("Region"), widget=forms.Select)
    areas = forms.MultipleChoiceField(
        label=_("Where it works"),
        choices=_places,
        required=False,
        widget=Ticks,
        help_text=_("Nothing ticked: only the region above is said."),
    )
    admits = Codes("admission_group", _("Whom it admits"), required=False)
    languages = Codes("language", _("Languages"), but={"unknown"}, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shelters: bool, adding: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in READ_FIRST:
            name = {"language": lists.label("language", code)}
            self.fields[f"name_{code}"] = TextField(
                label=_("Name, in %(language)s") % name, required=False, max_length=NAME
            )
            self.fields[f"text_{code}"] = TextField(
                label=_("What it offers, in %(language)s") % name, required=False, max_length=TEXT, widget=LongText
            )
        for day in range(1, 8):
            self.fields[f"day_{day}"] = TextField(label=words.weekday(day), required=False, max_length=80)
        if not shelters:
            self.fields["phone"] = TextField(label=_("Telephone"), required=False, max_length=PHONE)
            self.fields["address"] = TextField(label=_("Address"), required=False, max_length=ADDRESS)
        if adding:
            kind = Coded("service", _("What is offered"), none=_("choose"), widget=forms.Select)
            self.fields["service_code"] = kind

    def clean(self) -> dict[str, Any]:
        """The week, read from what was typed for each day."""
        cleaned = super().clean() or self.cleaned_data
        week: list[Stretch] = []
        for day in range(1, 8):
            try:
                week += typed_hours(day, cleaned.get(f"day_{day}", ""))
            except ValueError:
                self.add_error(f"day_{day}", _("Write the hours like this: 08:00-12:00, 13:00-17:00"))
        cleaned["week"] = tuple(week)
        return cleaned

    def sheet(self) -> Sheet:
        """The valid form for the action."""
        given = self.cleaned_data
        return Sheet(
            region=given["region"],
            names={code: given[f"name_{code}"] for code in READ_FIRST},
            texts={code: given[f"text_{code}"] for code in READ_FIRST},
            is_active=given["is_active"] == "yes",
            is_full=given["is_full"] == "yes",
            admits=tuple(given["admits"]),
            languages=tuple(given["languages"]),
            areas=tuple(given["areas"]),
            week=given["week"],
            phone=given.get("phone", ""),
            address=given.get("address", ""),
        )


def values(shown: Listing) -> dict[str, Any]:
    """A service as the form holds it."""
    return {
        "is_full": "yes" if shown.is_full else "no",
        "is_active": "yes" if shown.is_active else "no",
        "region": shown.region,
        "areas": list(shown.areas),
        "admits": list(shown.admits),
        "languages": list(shown.languages),
        "version": shown.version,
        **{f"name_{code}": shown.names[code] for code in READ_FIRST},
        **{f"text_{code}": shown.texts[code] for code in READ_FIRST},
        **{f"day_{day}": words.stretches(day, shown.week) for day in range(1, 8)},
        **({} if shown.is_shelter else {"phone": bare(shown.phone), "address": shown.address}),
    }


def typed_hours(day: int, typed: str) -> list[Stretch]:
    """`08:00-12:00, 13-17.30` as stretches; past midnight goes on into the next day. ValueError: it is not that."""
    found: list[Stretch] = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", typed))):
        match = re.fullmatch(r"(\d\d?)(?:[:.](\d\d))?\s*[-\u2013\u2014]\s*(\d\d?)(?:[:.](\d\d))?", part)
        if match is None:
            raise ValueError(part)
        opens, closes = (int(match[i]) * 60 + int(match[i + 1] or 0) for i in (1, 3))
        if opens >= DAY or closes > DAY or any(int(match[i] or 0) > 59 for i in (2, 4)):
            raise ValueError(part)
        found += stretches(day, opens, closes % DAY) if closes % DAY != opens else stretches(day, 0, 0)
    return found
