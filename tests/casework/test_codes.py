"""Codes are drawn at random: one that is taken is drawn again, and nobody who writes notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from hamkori.casework.actions import case as cases
from hamkori.casework.actions import codes, consent, receive, send
from hamkori.casework.models import Case, Referral
from hamkori.casework.rules.codes import new_code
from tests.cast import FACTS, SEALED, World, build
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def draws(monkeypatch: pytest.MonkeyPatch, *first: str) -> None:
    """The next codes that are drawn; afterwards chance goes on."""
    waiting: Iterator[str] = iter(first)
    monkeypatch.setattr(codes, "new_code", lambda: next(waiting, None) or new_code())


def test_a_taken_code_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        draws(monkeypatch, case.code, case.code, "20000008")
        assert cases.begin(zarina, codes=FACTS, sealed=SEALED).code == "20000008"
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
        yes = consent.Answer("shelter_social", "help", "yes", frozenset({"contact", "needs"}))
        consent.record(zarina, case, answers=[yes], asking=asking)
        first = send.write(zarina, case, service=world.services["HOME-02"], purpose="help", urgency="urgent")
        draws(monkeypatch, first.code)
        second = send.write(
            zarina, case, service=world.services["HOME-02"], purpose="help", urgency="urgent", told_body=True
        )
        assert second.code != first.code
        assert second.sender.sections == first.sender.sections
        send.send(zarina, second, version=second.version)
    with world.as_("desk-shelter") as gulnora:
        got = Referral.objects.get(pk=second.pk)
        named = [world.people["shelter-worker"].membership_id]
        tomorrow = timezone.localdate() + timedelta(days=1)
        receive.accept(gulnora, got, version=got.version, team=named, arrival_on=tomorrow, arrival_part="morning")
    with world.as_("shelter-worker") as parvina:
        got = Referral.objects.get(pk=second.pk)
        draws(monkeypatch, case.code)
        assert receive.serve(parvina, got, version=got.version).code != case.code
    with god():
        assert Case.objects.count() == 3
        assert len(set(Case.objects.values_list("code", flat=True))) == 3


def test_it_gives_up_loudly_when_every_draw_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        monkeypatch.setattr(codes, "new_code", lambda: case.code)
        with pytest.raises(IntegrityError, match="case_code_key"):
            cases.begin(zarina, codes=FACTS, sealed=SEALED)


def test_another_fault_is_not_tried_again(world: World) -> None:
    tried: list[str] = []

    def wrong(code: str) -> None:
        tried.append(code)
        with connection.cursor() as cursor:
            cursor.execute("insert into calendar_day default values")

    with god(), pytest.raises(IntegrityError):
        codes.with_new_code(wrong)
    assert len(tried) == 1
