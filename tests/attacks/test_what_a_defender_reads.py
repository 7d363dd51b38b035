"""After a leak: who looked, who tried, whose door was it, what did the receiver open.

The hole: none of these left a trace that says it. Opening a case page, its summary on paper or its record left no row;
a stranger's try kept no case; a failed sign-in kept no account; the sender's record had nothing of what a receiver had
opened.
"""

from __future__ import annotations

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.attacks.counted import tried
from tests.database import god
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


def rows(action: str) -> list[Ledger]:
    with god():
        return list(Ledger.objects.filter(action_code=action).order_by("id"))


def test_looking_and_paper_stand_in_the_record(scene: Scene) -> None:
    case, lead = scene.case(), doors.client_for(scene.zarina)
    for page in ("", "consent/", "print/", "print/", "consent/print/", "history/", ""):
        assert lead.get(f"/cases/{case.code}/{page}").status_code == 200, page
    said = [len(rows(one)) for one in ("case.view", "case.print", "consent.print", "case.history")]
    assert said == [1, 2, 1, 1], "looking once an hour, paper each time"
    assert {row.case_id for one in ("case.view", "case.print", "case.history") for row in rows(one)} == {case.pk}
    record = text(doors.client_for(scene.saida).get(f"/cases/{case.code}/history/"))
    for words in ("Opened the case", "Opened the summary for paper", "Read this record", "consent text for paper"):
        assert words in record
    assert "Another step in this case" not in record
    tried(4)


def test_a_strangers_try_stands_with_the_case_and_tells_her_side_nothing(scene: Scene) -> None:
    case = scene.case()
    colleague, elsewhere = doors.client_for(scene.manzura), doors.client_for(scene.parvina)
    for client in (colleague, elsewhere):
        for address in (f"/cases/{case.code}/", f"/cases/{case.code}/history/"):
            assert client.get(address).status_code == 404
            tried()
    absent = "00000000"
    assert elsewhere.get(f"/cases/{absent}/").status_code == 404
    found = rows("page.view")
    mine = [row for row in found if row.case_id is None]
    assert {row.case_id for row in found} == {None, case.pk}
    assert {row.object_id for row in mine} == {None}, "what her own organisation reads is the same for every code"
    kept = [row for row in found if row.case_id == case.pk]
    assert {row.organisation_id for row in kept} == {scene.umed}
    assert {row.membership_id for row in kept} == {scene.manzura.membership_id, None}
    record = text(doors.client_for(scene.saida).get(f"/cases/{case.code}/history/"))
    assert record.count("Tried to open this without a right to it") == 4
    assert "Manzura" in record
    assert "Parvina" not in record, "staff lists do not cross organisations"
    assert "Panoh" in record or "Shelter" in record


def test_a_failed_sign_in_keeps_the_account_and_answers_alike(scene: Scene) -> None:
    pages = set()
    for email in (scene.zarina.email, "nobody@example.org"):
        page = doors.stranger().post("/account/sign-in/", {"login": email, "password": "not this one"})
        pages.add(page.status_code)
        tried()
    failed = [row for row in rows("session.begin") if row.decision_code == "failed"]
    assert [(row.user_id, row.organisation_id) for row in failed] == [(scene.zarina.user_id, scene.umed), (None, None)]
    assert len(pages) == 1


def test_the_sender_reads_what_was_opened_by_which_organisation(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    with doors.acting(scene.parvina) as parvina:
        for _ in range(2):
            open_packet(parvina, Referral.objects.get(pk=referral.pk))
    parts = {row.section_code for row in rows("packet.open")}
    assert {"text", "contact"} <= parts
    lead = doors.client_for(scene.zarina)
    for address in (f"/referrals/{referral.code}/", f"/cases/{case.code}/history/"):
        page = text(lead.get(address))
        assert page.count("Opened what was sent: ") >= len(parts), address
        assert "Opened what was sent: The person&#x27;s own words" in page
        assert "Parvina" not in page
    assert "2 times" in text(lead.get(f"/referrals/{referral.code}/"))
    own = text(doors.client_for(scene.parvina).get(f"/referrals/{referral.code}/"))
    assert "Opened what was sent" not in own
    tried(2)
