"""What is a shelter, for the one purpose of never holding its address or telephone.

Wide on purpose: the group HOME, a body whose type can shelter, and then *every* service of such a body, because an
office is often in the same house. The walls hold the same rule as triggers.
"""

from collections.abc import Iterable

from hamkori.vocabulary import codelist

GROUP = "HOME"


def shelters(service_code: str) -> bool:
    """Whether this kind of help is a place to stay."""
    services = codelist("service")
    return service_code in services and services.entry(service_code).data.get("group") == GROUP


def body_shelters(actor_type: str, service_codes: Iterable[str]) -> bool:
    """Whether a body of this type that offers these kinds of help is treated as a shelter in all it offers."""
    types = codelist("actor_type")
    abilities = types.entry(actor_type).data.get("capabilities", ()) if actor_type in types else ()
    able = isinstance(abilities, (list, tuple)) and "shelter" in abilities
    return able or any(shelters(code) for code in service_codes)
