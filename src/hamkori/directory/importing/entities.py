"""What HSDS 3.0 calls its objects, how they hang on each other, and which fields of them are read here.

Source: schemas and documentation of Open Referral's Human Services Data Specification 3.0. A package writes children
inside their parent (as the standard asks of JSON) or flat, with the parent's id in a field; both are read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from hamkori.directory.importing import limits, values

Fields = dict[str, Any]
Reader = Callable[[Mapping[str, Any]], Fields]

# Every object of the standard: its name, and the plural that file names use.
PLURALS = {
    "organization": "organizations",
    "service": "services",
    "service_at_location": "service_at_locations",
    "location": "locations",
    "address": "addresses",
    "phone": "phones",
    "contact": "contacts",
    "schedule": "schedules",
    "service_area": "service_areas",
    "language": "languages",
    "attribute": "attributes",
    "taxonomy_term": "taxonomy_terms",
    "taxonomy": "taxonomies",
    "funding": "fundings",
    "accessibility": "accessibilities",
    "cost_option": "cost_options",
    "program": "programs",
    "required_document": "required_documents",
    "organization_identifier": "organization_identifiers",
    "metadata": "metadata",
    "meta_table_description": "meta_table_descriptions",
    "unit": "units",
    "url": "urls",
    "service_capacity": "service_capacities",
}
# What is understood and used; the others are known and left.
READ = frozenset(
    {
        "organization",
        "service",
        "service_at_location",
        "location",
        "address",
        "phone",
        "contact",
        "schedule",
        "service_area",
        "language",
        "attribute",
        "taxonomy_term",
    }
)
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
STATUSES = frozenset({"active", "inactive", "defunct", "temporarily closed"})
PLACES = frozenset({"physical", "postal", "virtual"})


def of_file(name: str) -> str | None:
    """Which object a file holds: by its name (`services.json`, `service_full.json`), or its folder's."""
    for part in reversed(name.lower().removesuffix(".json").split("/")):
        fitting = [
            entity
            for entity, plural in PLURALS.items()
            if re.fullmatch(rf"(?:{entity}|{plural})(?:[-_. ].*)?", part, re.DOTALL)
        ]
        if fitting:
            return max(fitting, key=len)
    return None


def _organization(row: Mapping[str, Any]) -> Fields:
    return {"name": values.plain(row, "name", needed=True)}


def _service(row: Mapping[str, Any]) -> Fields:
    return {
        "name": values.plain(row, "name", needed=True),
        "description": values.prose(row, "description"),
        "status": values.one_of(row, "status", STATUSES, needed=True),
        "minimum_age": values.number(row, "minimum_age", 0, 150),
        "maximum_age": values.number(row, "maximum_age", 0, 150),
    }


def _location(row: Mapping[str, Any]) -> Fields:
    return {
        "location_type": values.one_of(row, "location_type", PLACES),
        "latitude": values.number(row, "latitude", -180, 180),
        "longitude": values.number(row, "longitude", -180, 180),
    }


def _address(row: Mapping[str, Any]) -> Fields:
    names = ("address_1", "address_2", "city", "region", "state_province")
    return {
        **{name: values.plain(row, name) for name in names},
        "address_type": values.one_of(row, "address_type", PLACES),
    }


def _phone(row: Mapping[str, Any]) -> Fields:
    # The standard's own example writes the number in quotation marks.
    number = values.text(row, "number", 60, needed=True).strip('"').strip()
    if not re.fullmatch(r"[+0-9 ()./-]{3,40}", number):
        raise values.BadValue("number", "no_telephone")
    return {"number": number}


def _schedule(row: Mapping[str, Any]) -> Fields:
    names = ("freq", "byday", "opens_at", "closes_at", "valid_from", "valid_to", "byweekno", "bymonthday", "byyearday")
    return {
        **{name: values.text(row, name, limits.CODE) for name in names},
        "interval": values.number(row, "interval", 1, 1000),
        "timezone": values.number(row, "timezone", -14, 14),
    }


def _service_area(row: Mapping[str, Any]) -> Fields:
    return {
        "name": values.text(row, "name"),
        "extent": values.text(row, "extent", limits.TEXT),
        "uri": values.text(row, "uri"),
    }


def _language(row: Mapping[str, Any]) -> Fields:
    return {"code": values.text(row, "code", limits.CODE), "name": values.text(row, "name")}


def _attribute(row: Mapping[str, Any]) -> Fields:
    return {"link_id": values.uuid(row, "link_id"), "link_entity": values.text(row, "link_entity", limits.CODE)}


def _taxonomy_term(row: Mapping[str, Any]) -> Fields:
    return {
        "code": values.text(row, "code", limits.CODE),
        "name": values.text(row, "name"),
        "term_uri": values.text(row, "term_uri"),
    }


READERS: Mapping[str, Reader] = {
    "organization": _organization,
    "service": _service,
    "service_at_location": lambda row: {},
    "location": _location,
    "address": _address,
    "phone": _phone,
    "contact": lambda row: {},
    "schedule": _schedule,
    "service_area": _service_area,
    "language": _language,
    "attribute": _attribute,
    "taxonomy_term": _taxonomy_term,
}
