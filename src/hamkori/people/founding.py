"""Organisations that no screen founds: by the world builder, an import, the command line. All with the owner's login.

Whoever writes one goes through here, because a row without a tag is nobody's: it is shown to nobody and gets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.people.facts import Institution, required
from hamkori.people.models import Organisation
from hamkori.vault import server
from hamkori.vault.asked import require_asked
from hamkori.vocabulary.country import LANGUAGES


def found(
    *,
    slug: str,
    names: Mapping[str, str],
    kind: str,
    compartment: str,
    region: str,
    actor_type: str = "",
    has_desk: bool = True,
    execute: Callable[[str, Sequence[Any]], object] | None = None,
) -> UUID:
    """A new organisation under our tag; its id. `execute`: of another connection than Django's."""
    en, tg, ru, fr = (names.get(language, "") for language in LANGUAGES)
    made = Institution(uuid4(), 1, slug, en, tg, ru, fr, kind, compartment, has_desk)
    values = [
        made.id, slug, en, tg, ru, fr, kind, compartment, actor_type, region, has_desk, server.trust().tag(made.fact),
    ]  # fmt: skip
    statement = (
        "insert into organisation (id, slug, name_en, name_tg, name_ru, name_fr, kind_code, compartment_code,"
        " actor_type_code, region_code, has_desk, tag, is_active, version)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true, 1)"
    )
    if execute is not None:
        execute(statement, values)
    else:
        definer.write(statement, *values)
    return made.id


def rename(
    organisation_id: UUID, language: str, name: str, *, only: Callable[[Institution], bool] = lambda _body: True
) -> bool:
    """Its name in this language, under the next number. False: it is called so, or `only` says no to what is believed.

    What somebody else has changed is not vouched for on the way, and no organisation gets the name of the one that was
    asked for: Untrusted.
    """
    rows = Organisation.objects.select_for_update().filter(pk=organisation_id)
    body = required(lambda: next((Institution.of(row) for row in rows.all()), None))
    if body is None:
        return False
    require_asked("org", (body.id,), (organisation_id,))
    if body.names[language] == name or not only(body):
        return False
    number = server.trust().next_number("org", body.id, body.version)
    changed = replace(body, version=number, **{f"name_{language}": name})  # type: ignore[arg-type]
    Organisation.objects.filter(pk=body.id).update(
        version=number, tag=server.trust().tag(changed.fact), **{f"name_{language}": name}
    )
    server.mark("org", body.id, number)
    return True
