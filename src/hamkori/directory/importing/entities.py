"""What HSDS 3.0 calls its objects, how they hang on each other, and which fields of them are read here.

Source: schemas and documentation of Open Referral's Human Services Data Specification 3.0. A package writes children
inside their parent (as the standard asks of JSON) or flat, with the parent's id in a field; both are read.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hamkori.directory.importing import limits, values

Fields = dict[str, Any]
Reader = Callable[[Mapping[str, Any], str], Any]

KNOWN = (
    *("organization", "service", "service_at_location", "location", "address", "phone", "contact", "schedule"),
    *("service_area", "language", "attribute", "taxonomy_term", "taxonomy", "funding", "accessibility", "cost_option"),
    *("program", "required_document", "organization_identifier", "metadata", "meta_table_description", "unit", "url"),
    "service_capacity",
)
"""Every object of the standard."""
ODD_PLURALS = {"address": "addresses", "metadata": "metadata"}
_WHERE = {"phones": "phone", "contacts": "contact", "attributes": "attribute"}
# parent: field that holds its children: what they are.
CHILDREN: Mapping[str, Mapping[str, str]] = {
    "organization": {**_WHERE, "locations": "location", "services": "service"},
    "service": {
        **_WHERE,
        "organization": "organization",
        "schedules": "schedule",
        "service_areas": "service_area",
        "service_at_locations": "service_at_location",
        "languages": "language",
    },
    "service_at_location": {
        **_WHERE,
        "schedules": "schedule",
        "service_areas": "service_area",
        "location": "location",
        "service": "service",
    },
    "location": {**_WHERE, "addresses": "address", "schedules": "schedule", "languages": "language"},
    "contact": {"phones": "phone", "attributes": "attribute"},
    "phone": {"languages": "language"},
    "service_area": {"attributes": "attribute"},
    "attribute": {"taxonomy_term": "taxonomy_term"},
}
# What a flat row says about its parents: field: kind of parent.
_ANY = {
    "organization_id": "organization",
    "service_id": "service",
    "location_id": "location",
    "service_at_location_id": "service_at_location",
}
PARENTS: Mapping[str, Mapping[str, str]] = {
    "service": {"organization_id": "organization"},
    "location": {"organization_id": "organization"},
    "service_at_location": {"service_id": "service", "location_id": "location"},
    "address": {"location_id": "location"},
    "phone": {**_ANY, "contact_id": "contact"},
    "contact": _ANY,
    "schedule": _ANY,
    "service_area": {"service_id": "service", "service_at_location_id": "service_at_location"},
    "language": {"service_id": "service", "location_id": "location", "phone_id": "phone"},
    "attribute": {"taxonomy_term_id": "taxonomy_term"},
}


def of_file(name: str) -> str | None:
    """Which object a file holds: by its name (`services.json`, `service_full.json`), or its folder's."""
    for part in reversed(name.lower().removesuffix(".json").split("/")):
        fitting = [
            entity for entity in KNOWN if re.fullmatch(rf"(?:{entity}|{_plural(entity)})(?:[-_. ].*)?", part, re.DOTALL)
        ]
        if fitting:
            return max(fitting, key=len)
    return None


def _plural(entity: str) -> str:
    """As file names say it."""
    return ODD_PLURALS.get(entity) or (f"{entity[:-1]}ies" if entity.endswith("y") else f"{entity}s")


def _phone(row: Mapping[str, Any], name: str) -> str:
    # The standard's own example writes the number in quotation marks.
    number = values.text(row, name, 60, needed=True).strip('"').strip()
    if not re.fullmatch(r"[+0-9 ()./-]{3,40}", number):
        raise values.BadValue(name, "no_telephone")
    return number


_named = partial(values.plain, needed=True)
_code = partial(values.text, longest=limits.CODE)
_age = partial(values.number, low=0, high=150)
_degrees = partial(values.number, low=-180, high=180)
_place = partial(values.one_of, allowed=frozenset({"physical", "postal", "virtual"}))
_status = partial(
    values.one_of, allowed=frozenset({"active", "inactive", "defunct", "temporarily closed"}), needed=True
)

READERS: Mapping[str, Mapping[str, Reader]] = {
    "organization": {"name": _named},
    "service": {
        "name": _named,
        "description": values.prose,
        "status": _status,
        "minimum_age": _age,
        "maximum_age": _age,
    },
    "service_at_location": {},
    "location": {"location_type": _place, "latitude": _degrees, "longitude": _degrees},
    "address": {
        **dict.fromkeys(("address_1", "address_2", "city", "region", "state_province"), values.plain),
        "address_type": _place,
    },
    "phone": {"number": _phone},
    "contact": {},
    "schedule": {
        **dict.fromkeys(("freq", "byday", "opens_at", "closes_at", "valid_from", "valid_to"), _code),
        **dict.fromkeys(("byweekno", "bymonthday", "byyearday"), _code),
        "interval": partial(values.number, low=1, high=1000),
        "timezone": partial(values.number, low=-14, high=14),
    },
    "service_area": {"name": values.text, "extent": partial(values.text, longest=limits.TEXT), "uri": values.text},
    "language": {"code": _code, "name": values.text},
    "attribute": {"link_id": values.uuid, "link_entity": _code},
    "taxonomy_term": {"code": _code, "name": values.text, "term_uri": values.text},
}
"""What is understood and used, and how each field of it is read; the other objects are known and left."""


def read(entity: str, row: Mapping[str, Any]) -> Fields:
    """The fields of an object that are used. BadValue: one cannot be."""
    return {name: reader(row, name) for name, reader in READERS[entity].items()}
