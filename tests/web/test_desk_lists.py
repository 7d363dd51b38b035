"""The desk's three lists: who took it, what ended and in which word, the first rows of each, and the minute's poll."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.actions import clock
from tests.cast import pass_time, pass_time_until
from tests.database import as_role
from tests.web.senders import Senders, page_text, version
from tests.web.test_desk import no, press, waits

pytestmark = pytest.mark.django_db
PARTIAL = 6_000


def test_afterwards_the_inbox_says_who_took_it_and_how_it_ended(house: Senders) -> None:
    taken, gone, back = waits(house), waits(house), waits(house)
    house.accepted(taken)
    with house.as_() as zarina:
        sending.recall(zarina, gone, version=version(gone), reason="mistake")
        sending.withdraw(zarina, back, how_said="in_person")
    answer = house.browser("desk-shelter").get("/desk/")
    text = page_text(answer)
    assert "Shelter Worker" in text
    assert "agreed for tomorrow, morning" in text
    table = answer.content.decode().split("<tbody>")[1]
    rows = {code: row for row in table.split("<tr>") for code in (gone.code, back.code) if code in row}
    how = {code: re.findall(r"<td[^>]*>(.*?)</td>", row)[0] for code, row in rows.items()}
    assert set(how) == {gone.code, back.code}
    assert set(how.values()) == {"Ended"}, "the desk does not learn which of the two it was"
    assert "Sent by mistake" not in text
    pass_time(days=31)
    assert gone.code not in house.browser("desk-shelter").get("/desk/?list=over").content.decode()


def how_it_ended(house: Senders, *referrals: Referral) -> list[str]:
    """What the desk's list says of each."""
    table = house.browser("desk-shelter").get("/desk/?list=over").content.decode().split("<tbody>")[1]
    rows = [next(row for row in table.split("<tr>") if one.code in row) for one in referrals]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row)[0] for row in rows]


def time_goes(hours: int) -> None:
    pass_time(hours=hours)
    with as_role("hk_clock"):
        assert "failed" not in clock.tick()


def test_the_desk_reads_what_ended_a_referral_in_the_senders_words(house: Senders) -> None:
    pass_time_until(1, 10)  # over a weekend no working time goes by, and nothing expires
    met, outlived, silent = waits(house), waits(house), waits(house)
    for one in (met, outlived):
        house.accepted(one)
    for hours in (3, 4, 41):
        time_goes(hours)
    with house.as_("shelter-worker") as parvina:
        receive.miss(parvina, Referral.objects.get(pk=met.pk), version=version(met))
    with house.as_() as zarina:
        sending.recall(zarina, Referral.objects.get(pk=met.pk), version=version(met), reason="placed_elsewhere")
    assert how_it_ended(house, met, silent) == ["Ended: the person did not come", "Expired without an answer"]
    for days in (60, 31):
        time_goes(days * 24)
    assert how_it_ended(house, outlived) == ["Expired: the consent has ended"]
    for who in ("desk-shelter", "shelter-worker", "caseworker-cso"):
        page = page_text(house.browser(who).get(f"/referrals/{outlived.code}/"))
        assert "Expired: the consent has ended" in page, who
        assert "without an answer" not in page, who


def test_the_inbox_shows_the_first_of_each_list_and_the_way_to_all(
    house: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hamkori.casework.referral.queries.desk.FIRST_ROWS", 1)
    ended = [waits(house), waits(house)]
    with house.as_() as zarina:
        for referral in ended:
            sending.recall(zarina, referral, version=version(referral), reason="mistake")
    desk = house.browser("desk-shelter")
    page = desk.get("/desk/").content.decode()
    assert sum(referral.code in page for referral in ended) == 1
    assert "All 2 that have ended" in page
    alone = desk.get("/desk/?list=over").content.decode()
    assert all(referral.code in alone for referral in ended)


def test_the_minutes_poll_is_small_and_silent_when_nothing_changed(house: Senders) -> None:
    first = waits(house)
    for _ in range(8):
        waits(house)
    desk = house.browser("desk-shelter")
    page = desk.get("/desk/").content.decode()
    assert page.count(f"/referrals/{first.code}/") == 2, "the row and its button"
    assert "All 9 that wait" in page
    address = re.search(r'hx-get="([^"]+)"', page)
    assert address is not None
    again = desk.get(address[1], headers={"HX-Request": "true"})
    assert again.status_code == 204
    press(house, first, "decline", no(first))
    changed = desk.get(address[1], headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "<title>(8) Incoming referrals – Hamkori</title>" in changed.content.decode()
    assert 'data-announce="8 referrals wait for an answer."' in changed.content.decode()
    assert first.code not in changed.content.decode()
    assert len(changed.content) <= PARTIAL, len(changed.content)
    last = desk.get("/desk/?list=waiting&page=2")
    assert last.status_code == 200
    assert desk.get("/desk/?list=waiting&page=x").status_code == 200
