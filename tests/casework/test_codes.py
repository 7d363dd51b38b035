"""Codes are drawn at random by the database: one that is taken is drawn again, and nobody who writes notices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from hamkori.vocabulary.codes import is_code
from tests.cast import FACTS, SEALED, World, build
from tests.code_of import code_of, new_code
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


PLANTED = (
    "create table planted (number serial, code text)",
    "alter function code_draw() rename to code_draw_as_it_was",
    """create function code_draw() returns text language plpgsql volatile security definer set search_path = '' as $$
       declare v_code text;
       begin
         delete from public.planted p where p.number = (select min(x.number) from public.planted x)
           returning p.code into v_code;
         return coalesce(v_code, public.code_draw_as_it_was());
       end $$""",
)


def draws(*first: str) -> None:
    """The next codes that are drawn; afterwards chance goes on."""
    with god(), connection.cursor() as cursor:
        cursor.execute("select to_regprocedure('code_draw_as_it_was()') where %s", [True])
        if cursor.fetchone() == (None,):
            for statement in PLANTED:
                cursor.execute(statement)
        cursor.execute("insert into public.planted (code) select unnest(%s::text[])", [list(first)])


def test_a_taken_code_is_drawn_again(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        draws(case.code, case.code, "20000008")
        assert cases.begin(zarina, codes=FACTS, sealed=SEALED).code == "20000008"
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
        yes = consent.Answer("shelter_social", "help", "yes", frozenset({"contact", "needs"}))
        consent.record(zarina, case, answers=[yes], asking=asking)
        first = send.write(zarina, case, service=world.services["HOME-02"], purpose="help", urgency="urgent")
        draws(first.code)
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
        draws(case.code)
        assert receive.serve(parvina, got, version=got.version).code != case.code
    with god():
        assert Case.objects.count() == 3
        assert len(set(Case.objects.values_list("code", flat=True))) == 3


def test_it_gives_up_loudly_when_every_draw_is_taken(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        draws(*[case.code] * 9)
        with pytest.raises(OperationalError, match="eight codes in a row were taken"):
            cases.begin(zarina, codes=FACTS, sealed=SEALED)


def test_what_is_drawn_is_right_and_at_random() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute("select code_draw() from generate_series(1, %s)", [2_000])
        drawn = [code for (code,) in cursor.fetchall()]
        digits = [new_code()[:-1] for _ in range(500)]
        cursor.execute("select code_of(d) from unnest(%s::text[]) with ordinality u (d, n) order by n", [digits])
        assert [code for (code,) in cursor.fetchall()] == [code_of(one) for one in digits]
    assert all(is_code(code) for code in drawn)
    assert len(set(drawn)) > 1_990
    for place in range(7):
        counts = [sum(code[place] == digit for code in drawn) for digit in "0123456789"]
        assert min(counts) > 120, (place, counts)  # 200 each; less than 120 in one place: once in 10^8 runs
