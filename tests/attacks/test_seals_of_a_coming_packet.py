"""Who receives a request seals on what was sent, and takes no number of a packet that the sender has yet to make.

Red on c288705: a worker of the receiving team wrote seals of packet 2 to her own key, and whatever the sender wanted to
add from then on was a fault of the page.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from hamkori.casework.referral.actions import disclosure, send
from hamkori.casework.referral.models import PacketSeal, Referral
from tests.attacks import counted
from tests.attacks.test_after_it_was_sent import accepted
from tests.cast import World

pytestmark = pytest.mark.django_db

SECTIONS = ("text", "contact", "needs", "identity")


@pytest.mark.parametrize("section", SECTIONS)
def test_the_sender_adds_though_the_receiver_was_there_first(small_world: World, section: str) -> None:
    referral = accepted(small_world)
    key = small_world.people["shelter-worker"].key
    assert key is not None
    planted = PacketSeal(
        referral=referral,
        packet_no=2,
        section_code=section,
        recipient_key_id=key.id,
        release_epoch=1,
        seal=b"\0",
        at=timezone.now(),
    )
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with small_world.as_("shelter-worker"), refused, transaction.atomic():
        planted.save(force_insert=True)
    counted.tried()
    with small_world.as_("caseworker-cso") as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        send.add(zarina, mine, version=mine.version, sections=["contact"])
    with small_world.as_("shelter-worker") as parvina:
        assert "contact" in disclosure.open_packet(parvina, Referral.objects.get(pk=referral.pk))
