"""Packages written for one test: small, in a folder of their own, with ids that say what they are."""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

SUGHD = Path(__file__).resolve().parent.parent / "data" / "hsds" / "sughd"


def ident(name: str) -> str:
    """A UUID that is always the same for a name."""
    return str(uuid5(NAMESPACE_URL, f"https://example.org/hsds/{name}"))


def term(code: str) -> dict[str, Any]:
    return {"id": ident(f"term {code}"), "code": code, "name": code, "description": code}


def attributes(owner: str, *codes: str) -> list[dict[str, Any]]:
    return [{"id": ident(f"{owner} {code}"), "taxonomy_term": term(code)} for code in codes]


def phone(name: str, number: str) -> dict[str, Any]:
    return {"id": ident(f"phone {name}"), "number": number}


def place(name: str, line: str, city: str = "Кӯлоб", region: str = "Хатлон") -> dict[str, Any]:
    """A location with one address."""
    address = {"address_1": line, "city": city, "state_province": region, "country": "TJ", "address_type": "physical"}
    return {
        "id": ident(f"place {name}"),
        "location_type": "physical",
        "latitude": 37.91374,
        "longitude": 69.78,
        "addresses": [{"id": ident(f"address {name}"), **address}],
    }


def body(name: str, *codes: str, **more: Any) -> dict[str, Any]:
    terms = attributes(name, *codes)
    return {"id": ident(name), "name": name, "description": "", "attributes": terms, **more}


def service(name: str, owner: str, *codes: str, **more: Any) -> dict[str, Any]:
    return {
        "id": ident(name),
        "organization_id": ident(owner),
        "name": name,
        "status": "active",
        "attributes": attributes(name, *codes),
        **more,
    }


def write(folder: Path, **files: Any) -> Path:
    """Files by their stem; text and bytes as they are, everything else as JSON."""
    folder.mkdir(exist_ok=True)
    for stem, content in files.items():
        target = folder / f"{stem}.json"
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder
