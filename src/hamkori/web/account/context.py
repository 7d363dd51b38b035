"""What every page of a signed-in person shows of them: name, role, body, and until when the vault is open."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.crypto import salted_hmac

from hamkori.access.actor import Actor
from hamkori.people.queries import shown
from hamkori.people.rules import first_role
from hamkori.web.account import bound
from hamkori.web.words.lists import label
from hamkori.web.words.people import function_label

OF_WHOM = "hamkori.web.of_whom"
"""A page that waits covered knows its reader again by it, in the next session too; it says nothing of who that is."""


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """Context processor; asks the database nothing."""
    found = getattr(request, "signed_in", None)
    if found is None:
        return {}
    language = translation.get_language() or "en"
    actor = found.actor
    return {
        "actor_name": shown(actor.name),
        "actor_role": _here_as(actor),
        "body_name": found.body_name(language),
        "vault_open_until": found.until if actor.vault_open else None,
        "of_whom": salted_hmac(OF_WHOM, str(actor.membership_id)).hexdigest()[:16],
        "sign_asked": bound.ask(request),
    }


def _here_as(actor: Actor) -> str:
    """As what a person is here: who answers for the desk by that, a case worker by their function, else the role."""
    if "desk_officer" in actor.roles:
        return label("role", "desk_officer")
    return function_label(actor.function) or label("role", first_role(actor.roles))
