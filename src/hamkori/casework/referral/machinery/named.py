"""Who is named at a request, on the receiver's side, and who of them is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from hamkori import definer
from hamkori.casework.referral.models import Referral
from hamkori.people.queries import Colleague
from hamkori.vault import tags
from hamkori.vault.server import trust


@dataclass(frozen=True, slots=True)
class Part:
    """A worker's row of referral_access. `believed`: their organisation named them, and nobody released them since."""

    id: UUID
    membership: UUID
    believed: bool


def named_there(referral: Referral, people: Mapping[UUID, Colleague]) -> list[Part]:
    """The workers as the database names them. A row that is not believed raises the alarm; the others work on."""
    found = []
    team = definer.rows("referral_team", referral.pk, columns="kind_code access_id membership_id sections tag")
    for row, member, sections, tag in (said for kind, *said in team if kind == "worker"):
        one = people.get(member)
        known = one is not None and trust().believes(
            tags.part(row, referral.pk, member, one.user_id, sections), bytes(tag)
        )
        found.append(Part(row, member, known))
    return found
