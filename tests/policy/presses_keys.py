"""The presses of the key holders: a shared key is asked for, agreed to, refused, or taken back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from hamkori.people.actions import continuity
from hamkori.people.models import BodyKey, TwoPerson
from tests.database import god
from tests.policy.pressing import House, Ready

HOLDER, OTHER_HOLDER = "custodian-one@secretariat", "custodian-two@secretariat"


def keys_create(house: House) -> Ready:
    """The key of an organisation without cases is due again, and nothing waits."""
    with transaction.atomic(), god():
        TwoPerson.objects.all().delete()
        keys = BodyKey.objects.filter(organisation_id=house.world.bodies["secretariat"], kind_code="continuity")
        keys.update(ended_at=timezone.now())
    return Ready(HOLDER, "/keys/create/", {"reason": "left"}, {"reason": "joined"})


def _asked_for(house: House) -> Any:
    keys_create(house)
    return house.do(HOLDER, continuity.ask, reason="left")


def keys_agree(house: House) -> Ready:
    return Ready(OTHER_HOLDER, f"/keys/{_asked_for(house)}/agree/", {})


def keys_refuse(house: House) -> Ready:
    address = f"/keys/{_asked_for(house)}/refuse/"
    return Ready(OTHER_HOLDER, address, {"reason": "not_known"}, {"reason": "not_agreed"})


def keys_take_back(house: House) -> Ready:
    return Ready(HOLDER, f"/keys/{_asked_for(house)}/take_back/", {})
