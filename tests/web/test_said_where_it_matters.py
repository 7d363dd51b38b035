"""What follows is said where somebody waits or decides: no answer, a no, and a risk beside a threat."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, answering, closes, page_text, records
from tests.web.test_short_way import case_of, to_check
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
SILENT = "If nobody answers, the coordinator is told, and can call them."


def test_the_referral_says_while_it_waits_what_happens_if_nobody_answers(house: Senders) -> None:
    """Red before: it was said once, on the page after sending."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    at, zarina = f"/referrals/{referral.code}/", house.browser()
    assert page_text(zarina.get(at)).count(SILENT) == 1
    house.agreed(other := house.case())
    sent = page_text(zarina.post(f"/cases/{other.code}/refer/", house.screen(other), follow=True))
    assert "Sent to Shelter Kulob. " in sent
    assert sent.count("the coordinator is told, and can call them") == 1, "red before: beside the state too"
    house.accepted(referral)
    assert SILENT not in page_text(zarina.get(at))
    late = house.sent(case)
    pass_time(hours=30)
    assert SILENT not in page_text(zarina.get(f"/referrals/{late.code}/")), "the coordinator has been told by then"


def test_who_declines_reads_where_the_sender_reads_it(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    shown = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert "The sender reads this at once on Today." in shown


def test_a_no_that_a_call_had_announced_asks_for_no_call_there(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    records(house)
    closes(house)
    another(house)
    referral = house.sent(case)
    at, zarina = f"/referrals/{referral.code}/", house.browser()
    assert zarina.post(f"{at}call/", {"operation": str(uuid4()), "answer": "said_no"}).status_code == 303
    pass_time(minutes=1)
    form = {**answering(referral), "reason": "full"}
    assert house.browser("desk-shelter").post(f"{at}decline/", form).status_code == 303
    for who in ("caseworker-cso", "supervisor-cso"):
        shown = house.browser(who).get("/")
        assert "declined" in page_text(shown).casefold()
        assert f'{at}call/"' not in shown.content.decode(), "what was said there is known"
        assert "Referral desk: 00" not in page_text(shown)


def test_the_last_page_asks_whether_an_ordinary_risk_fits_a_threat(house: Senders, zarina) -> None:
    """Red before: "Risk: ordinary" went beside "somebody looks for the person", and nothing asked."""
    at = to_check(zarina)
    assert "Is that so?" not in page_text(zarina.get(at))
    case, hides = case_of(at), "You said that somebody looks for the person, or that they must stay hidden."
    said = {"need_tonight_codes": ["safe_place", "keep_away"]}
    for codes, asked in (
        ({**said, "risk_code": "ordinary"}, hides),
        ({**said, "risk_code": "raised"}, ""),
        ({"need_tonight_codes": ["safe_place"], "risk_code": "ordinary"}, ""),
        ({"has_danger": True}, "You said that somebody is in danger."),
    ):
        with house.as_() as actor:
            found = Case.objects.get(pk=case.pk)
            cases.edit(actor, found, version=found.version, codes=codes)
        for address in (at, f"/cases/{case.code}/refer/"):
            shown = zarina.get(address)
            if "refer" in address:
                shown = zarina.post(address, house.screen(case, do="", shown_for=""))
            text = page_text(shown)
            assert ("Is that so?" in text) is bool(asked), (codes, address)
            assert asked in text
        if asked:
            assert f'href="/cases/{case.code}/edit/?all=1#id_risk_code"' in shown.content.decode()
