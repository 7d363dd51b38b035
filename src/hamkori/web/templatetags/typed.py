"""A form whose typing is kept for its writer (`kit/drafts.py`)."""

import json
from typing import Any

from django import template
from django.template import Context

from hamkori.web.kit import drafts, moments
from hamkori.web.templatetags.kit_parts import now_of

register = template.Library()


@register.inclusion_tag("components/typing_offer.html", takes_context=True)
def typing_offer(context: Context, of: str = "") -> dict[str, Any]:
    """What was typed into the form of this page and not saved, with two buttons. Stands before the form.

    `of`: what `data-draft-of` says, where the form has it.
    """
    request = context["request"]
    found = drafts.offered(request, of)
    if found is None:
        return {"words": ""}
    words = json.dumps(dict(found.fields), ensure_ascii=False)
    return {
        "words": words,
        "when": moments.moment(found.at, now_of(context)),
        "draft": found.id,
        "of": of or request.get_full_path(),
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/typing_state.html", takes_context=True)
def typing_state(context: Context) -> dict[str, Any]:
    """Where a form says that what is typed is kept; and that a form which came back holds what was not saved."""
    request = context.get("request")
    return {"unsaved": request is not None and request.method == "POST"}
