"""What hk_app's own SQL may write through `ledger_append` and `notice_add`: what they document, and no more.

Red on ff6e3b1: any text was a ledger row's act or reason, also a name, and an act of the clock could be written as
one's own; a notice took any key, any side and any number.
"""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.audit.models import Ledger
from hamkori.notices.models import Notice
from hamkori.notices.texts import OWN, keys
from tests.access import cast
from tests.access.cast import Cast
from tests.attacks.counted import tried
from tests.database import god

pytestmark = pytest.mark.django_db

ROW = {
    "p_action": "case.view",
    "p_decision": "done",
    "p_role": "",
    "p_scope": "",
    "p_kind": "",
    "p_object": None,
    "p_case": None,
    "p_section": "",
    "p_seal_no": None,
    "p_consent": None,
    "p_reason": "",
    "p_operation": None,
    "p_count": None,
}
TEXTS = ("Зарина", "Zarina Rahimova", "zarina r", "a" * 41, "<b>", "'", "\n", "12345678 code", "кейс", "A", "x@y", None)
NUMBERS = ("p_count", "p_seal_no")
OTHERS_ACTS = (
    "referral.lapse",
    "referral.remind",
    "case.recompute",
    "ledger.restore",
    "ledger.mend",
    "key.begin",
    "key.forget",
    "tag.adopt",
    "tag.vouch",
    "tag.rebuild",
    "release.destroy",
    "tag.mismatch",
)


def refused(statement: str, values: list[object], code: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.sqlstate == code
    tried()


def append(code: str, **instead: object) -> None:
    values = {**ROW, **instead}
    refused(f"select ledger_append({', '.join(['%s'] * len(values))})", list(values.values()), code)


def test_the_ledger_takes_no_word_and_no_act_of_others() -> None:
    cast.acting(Cast().zarina)
    for column in ("p_action", "p_role", "p_scope", "p_kind", "p_section", "p_reason"):
        for text in TEXTS:
            append("22023", **{column: text})
    for column in NUMBERS:
        append("22023", **{column: -1})
    append("22023", p_decision="perhaps")
    for act in OTHERS_ACTS:
        append("42501", p_action=act)
    with god():
        assert not Ledger.objects.exists()


def test_the_ledger_takes_no_word_that_is_in_none_of_our_lists() -> None:
    """Red on 3f5130e: each was written, and a row of the ledger stays."""
    cast.acting(Cast().zarina)
    append("22023", p_action="zarina_rahimova.lenin_street")
    for column in ("p_scope", "p_kind", "p_section"):
        append("22023", **{column: "davrons_daughter"})
    values = {**ROW, "p_reason": "tel_992900123456", "p_role": "sold_by_her_uncle"}
    with connection.cursor() as cursor:
        cursor.execute(f"select ledger_append({', '.join(['%s'] * len(values))})", list(values.values()))
    with god():
        assert [(row.reason_code, row.role_code) for row in Ledger.objects.all()] == [("", "")]
    tried()


NOTICE = "select notice_add('referral', %s, %s, %s, %s, %s, %s, false)"


def test_a_notice_takes_known_keys_and_sides_only() -> None:
    people = Cast()
    referral = people.refers()
    cast.acting(people.zarina)
    for key in (*TEXTS, "unknown", ""):
        refused(NOTICE, [referral.pk, ["S"], key, "", "", False], "22023")
    for sides in (["X"], ["S", "everybody"], None, ["s"]):
        refused(NOTICE, [referral.pk, sides, "news", "", "", False], "22023")
    for text in (text for text in TEXTS if text != "A"):
        refused(NOTICE, [referral.pk, ["S"], "news", text, "", False], "22023")
        refused(NOTICE, [referral.pk, ["S"], "news", "", text, False], "22023")
    refused(NOTICE, [referral.pk, ["S"], "news", "", "", None], "22023")
    with god():
        assert not Notice.objects.exists()


def test_a_member_tells_nothing_in_a_clocks_name() -> None:
    """Red on d339dde: who told a late request's rung beforehand, by some other word, kept the clock from telling it."""
    people = Cast()
    referral = people.refers()
    cast.acting(people.zarina)
    for clock, rung in (("answer", "reminder"), ("answer", "told"), ("answer", ""), ("", "told")):
        refused(NOTICE, [referral.pk, ["D", "N"], "news", clock, rung, False], "22023")


def test_of_a_draft_nobody_elsewhere_is_told() -> None:
    """Red on d339dde: drafts without end, and a mail about each to every desk that was named in one."""
    people = Cast()
    draft = people.refers(state="draft")
    cast.acting(people.zarina)
    for side in ("D", "DS", "R", "RV", "N"):
        refused(NOTICE, [draft.pk, ["S", side], "now", "", "", True], "22023")


BY_DOORS_OF_THEIR_OWN = ("decision", "told", "corrected", "age_there", "narrowed", "other_writer", *OWN)
"""What is said of a decision of two, her own account and another's writing comes by definers that take no side."""


TO_THE_COORDINATOR = ("closed_there",)
"""Of what is urgent and waits, to the coordinator and nobody beside (tests/web/test_coordinator_is_told.py)."""


def test_every_key_that_has_a_sentence_is_taken() -> None:
    people = Cast()
    referral = people.refers()
    cast.acting(people.zarina)
    with connection.cursor() as cursor:
        for key in (key for key in keys() if key not in (*BY_DOORS_OF_THEIR_OWN, *TO_THE_COORDINATOR)):
            cursor.execute(NOTICE, [referral.pk, ["D"], key, "", "", False])
            assert cursor.fetchone()[0] == 1, key
    for key in (*BY_DOORS_OF_THEIR_OWN, *TO_THE_COORDINATOR):
        refused(NOTICE, [referral.pk, ["D"], key, "", "", False], "22023")


def test_a_flood_of_notices_ends() -> None:
    people = Cast()
    referral = people.refers()
    cast.acting(people.zarina)
    with connection.cursor() as cursor:
        for _ in range(80):
            cursor.execute(NOTICE, [referral.pk, ["D"], "news", "", "", True])
    with god():
        assert Notice.objects.count() == 60
    tried(20)
