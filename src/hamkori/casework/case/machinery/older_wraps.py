"""A case whose parts lie under an older continuity key is sealed on to the present one when a member opens it.

Nobody but the people of a case can open it, so nobody else can do this; and once two people have made the next key,
what is not sealed on is lost to the organisation on the day when the case's people are gone.
"""

from __future__ import annotations

from uuid import UUID

from hamkori import definer
from hamkori.action import Act
from hamkori.casework.case.models import Case, SectionWrap
from hamkori.people.queries import body_key
from hamkori.vault import server
from hamkori.vault.bytes import OpenKey, Sealed, Untrusted
from hamkori.vault.recipients import CONTINUITY
from hamkori.vault.sections import Epoch, hand_on_to_body, open_wrap


def seal_on(act: Act, case: Case, holder: OpenKey) -> int:
    """Seals what the reader opens and the present key does not yet; how many. It never keeps them from reading.

    Nothing goes to a key, or from an epoch, that is not believed: the alarm is raised.
    """
    organisation = act.actor.organisation_id
    found = _older(case.pk)
    if not found or organisation is None:
        return 0
    trust = server.trust()
    try:
        key = body_key(organisation, CONTINUITY)
    except Untrusted as error:
        server.alarm(error)
        return 0
    if key is None:
        return 0
    made = []
    for row, section, number, tag, seal in found:
        epoch = Epoch(case.pk, section, number)
        try:
            opened = open_wrap(trust.keyring, holder, epoch, bytes(seal), bytes(tag))
            wrap = hand_on_to_body(trust.keyring, epoch, opened, key, organisation)
        except (Sealed, Untrusted):
            trust.alarms.raise_for("epoch", f"{case.pk.hex}.{section}")
            continue
        made.append(SectionWrap(section_key_id=row, recipient_key_id=key.id, seal=wrap))
    SectionWrap.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _older(case: UUID) -> list[tuple[UUID, str, int, bytes, bytes]]:
    return definer.rows("older_wraps", case, columns="section_key_id section_code epoch tag seal")
