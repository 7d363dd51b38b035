"""She takes back one part of what may go, from a word that the owner has changed: the rest of it gets our tag.

`consent.withdraw` says that of a version that is not believed a part is not taken back (Untrusted). It asks whether
rows are named, and where only parts are (`sections`, the page's "some of what may go"), none is: then it takes
whatever stands. Its forged "yes", and its forged parts, are copied into the next version, tagged, marked and believed.
Nobody is wanted from then on, with an alarm; once she takes an organisation again, it gets what the owner has written.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.refusal import NotNow
from hamkori.vault.bytes import Untrusted
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says, sends, version_of
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms


def forged(case: Case, kind: str, said: str) -> None:
    owner("alter table consent_row disable trigger user")
    owner(f"update consent_row set {said} where consent_id = %s and kind_code = %s", version_of(case)["id"], kind)
    owner("alter table consent_row enable trigger user")


def takes_a_part_back(house: House, case: Case) -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        consent.withdraw(actor, found, sections=["health"], how_said="in_person")

    with suppress(NotNow):
        house.as_(LEAD, do)


def believed(house: House, case: Case) -> dict[str, tuple[str, frozenset[str]]]:
    """Her answers, as anything is done on them; nothing where they are not believed."""
    with suppress(Untrusted):
        word = house.as_(LEAD, lambda _actor: newest(case.pk))
        return {kind: (row.answer, row.sections) for (kind, _purpose), row in word.as_rules.items()}
    return {}


def test_her_no_is_no_yes_because_she_took_a_part_back(house: House) -> None:
    case = house.case()
    says(house, case)
    says(house, case, "no", kind="legal")
    forged(case, "legal", "answer_code = 'yes', sections = '{contact,legal}', until = now() + interval '50 days'")
    takes_a_part_back(house, case)
    tried()
    assert believed(house, case).get("legal", ("no",))[0] != "yes", "her no to a lawyer is a yes under our tag"


def test_nor_goes_more_to_whom_she_takes_again(house: House) -> None:
    """She said no to the shelter; it is the one body that she takes again, for something else."""
    case = house.case()
    draft = house.draft(case)
    says(house, case)
    says(house, case, "no")
    forged(case, "shelter_social", "answer_code = 'yes', sections = '{contact}', until = now() + interval '50 days'")
    takes_a_part_back(house, case)
    read: dict[str, Any] = {}
    with suppress(NotNow, Untrusted):
        says(house, case, kind="health", again=(house.world.bodies["shelter-kulob"],))
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    tried()
    assert read == {}, "she said no to the shelter's help, and her name is read there"
