"""Where an hour is written, behind its lock, no page says another time beside it, and it need not pass (ADR 135)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.refusal import NotNow
from hamkori.web.words.referral import part_of_day
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, steps, version
from tests.web.test_accepted_tonight import at_hour, waits, yes
from tests.web.test_agreed_by_telephone import agreed as agreed_by_telephone
from tests.web.test_received import look, press, taken
from tests.web.test_told_person import ABOVE, DESK, HELPER, LEAD, page, says, today

pytestmark = pytest.mark.django_db
WRITTEN = "hour and place: open to read"
LOCKED = "what was agreed is locked for the team"
EVERYBODY = (LEAD, ABOVE, HELPER, DESK)


def written(who: str) -> str:
    """Whoever supervises opens nothing."""
    return LOCKED if who == ABOVE else WRITTEN


def on_page(who: str) -> str:
    """The same on the page of the referral: to the team the locked box below it says that it is written."""
    return "Hour, meeting point, whom to ask for" if who == LEAD else written(who)


def tonight(house: Senders, **line: str) -> Referral:
    """A place for tonight, accepted at six; an hour behind its lock, if any."""
    at_hour(18)
    referral = waits(house)
    with god():
        day = timezone.localdate(now())
    said = yes(house, referral, when=f"{day.isoformat()}.evening", **line)
    assert house.browser(DESK).post(f"/referrals/{referral.code}/accept/", said).status_code == 303
    pass_time(minutes=1)
    return referral


def misses(house: Senders, referral: Referral) -> int:
    form = {"operation": str(uuid4()), "version": str(version(referral))}
    done: int = house.browser(HELPER).post(f"/referrals/{referral.code}/miss/", form).status_code
    return done


def read(house: Senders, referral: Referral) -> str:
    """The sender's page with hour and place open."""
    return house.browser().get(f"/referrals/{referral.code}/?open=meeting").content.decode()


def times(shown: str) -> set[str]:
    return set(re.findall(r"\b\d\d:\d\d\b", shown))


def ours(referral: Referral) -> str:
    """When our own time limit ends, which nobody promised to the person."""
    with god():
        one = Referral.objects.get(pk=referral.pk)
    assert one.agreed_at is not None
    return timezone.localtime(one.agreed_at + timedelta(hours=3)).strftime("%H:%M")


def test_nobody_reads_a_second_time_beside_the_hour_of_tonight(house: Senders) -> None:
    """Red before: "arrives by 21:00" on Today, "If nobody came by 21:00" at the desk; the person came at 19:30."""
    referral = tonight(house, hour="19:30")
    limit = ours(referral)
    for who in EVERYBODY:
        shown = page(house, referral, who)
        assert "onight" in shown, who
        assert on_page(who) in shown, who
        assert not {limit, "19:30"} & times(shown), who
    assert says(house, referral, "told", read(house, referral))[0] == 200
    for who in (LEAD, ABOVE, HELPER):
        shown = today(house, who)
        assert f"tonight; {written(who)}" in shown, who
        assert limit not in shown, who
        assert "arrives by" not in shown, who
    for who, where in ((LEAD, "/referrals/"), (DESK, "/desk/"), (LEAD, "/cases/")):
        shown = page_text(house.browser(who).get(where))
        assert "tonight" in shown, where
        assert limit not in shown, where


def test_now_says_no_time_of_ours_where_an_hour_is_written(house: Senders) -> None:
    """Red before: "expected: now, by 21:00" in the lists of both sides."""
    at_hour(18)
    referral = waits(house)
    said = yes(house, referral, when="now", hour="19:30")
    assert house.browser(DESK).post(f"/referrals/{referral.code}/accept/", said).status_code == 303
    pass_time(minutes=1)
    limit = ours(referral)
    lists = ((LEAD, "/referrals/"), (DESK, "/desk/"), (LEAD, "/cases/"), (LEAD, "/"), (HELPER, "/"), (ABOVE, "/"))
    for who, where in lists:
        shown = page_text(house.browser(who).get(where))
        assert "today" in shown, (who, where)
        assert not re.search(r"\bnow[;,]|: now\b", shown), (who, where)
        assert limit not in shown, (who, where)
    with god():
        case = ReferralOrigin.objects.get(referral=referral).case.code
    for who, where in ((LEAD, f"/cases/{case}/"), (ABOVE, f"/cases/{case}/"), (LEAD, f"/cases/{case}/print/")):
        shown = page_text(house.browser(who).get(where))
        assert where.endswith("print/") or written(who) in shown, (who, where)
        assert limit not in shown, (who, where)
    for who in EVERYBODY:
        assert limit not in times(page(house, referral, who)), who


def test_now_as_agreed_by_telephone_is_said_at_no_other_time(house: Senders) -> None:
    """Red before: "at the latest by 21:00", with the hour of the telephone behind the lock."""
    _case, sent = agreed_by_telephone(house)
    desk = house.browser(DESK)
    assert (
        desk.post(f"/referrals/{sent.code}/accept/", yes(house, sent, when="now", line_unread="1")).status_code == 303
    )
    told = page_text(desk.get(f"/referrals/{sent.code}/"))
    sentence = "Accepted. The person comes as you agreed by telephone: open what is written."
    assert sentence in told
    assert "at the latest" not in told
    pass_time(minutes=1)
    for who in EVERYBODY:
        assert ours(sent) not in times(page(house, sent, who)), who


def test_whoever_reads_the_hour_says_that_nobody_came_from_then_on(house: Senders) -> None:
    """Red before: two hours later, once our own time was over."""
    referral = tonight(house, hour="19:30")
    shown = page(house, referral, HELPER)
    assert "The person did not come" in shown
    assert "Press it once the hour that is written is over." in shown
    assert "once the time is over" not in shown
    assert misses(house, referral) == 303
    assert steps(referral)[-1] == "miss"
    assert "The person did not come" in today(house)


def test_where_no_hour_is_written_the_time_has_to_pass(house: Senders) -> None:
    referral = tonight(house)
    assert "Nobody came? You can say so here once the time is over" in page(house, referral, HELPER)
    assert misses(house, referral) == 409
    pass_time(hours=4)
    shown = page(house, referral, HELPER)
    assert "Press it once the hour that is written is over." not in shown
    assert misses(house, referral) == 303


def test_before_the_agreed_part_of_the_day_nobody_is_missed(house: Senders) -> None:
    """Also with an hour: it lies in that part."""
    at_hour(11)
    referral = taken(house)
    line = {"operation": str(uuid4()), "stands": "1", "hour": "09:30"}
    assert press(house, referral, "expect", **line).status_code == 303
    pass_time(minutes=1)
    shown = page_text(look(house, referral))
    assert "Nobody came" not in shown, "red before: say so here then, and nothing to press; it comes with its time"
    assert "once the time is over" not in shown
    assert "Once the agreed time is over you can say here that nobody came." in shown, "red before: yes, or nothing"
    assert misses(house, referral) == 409
    with house.as_(HELPER) as parvina, pytest.raises(NotNow, match="arrival_passed"):
        receive.miss(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    assert "If nobody came at the hour that is written" in page_text(look(house, referral, DESK))


def test_who_accepts_just_before_midnight_reads_and_says_nothing_of_now(house: Senders) -> None:
    """Red before: the only button of today was called "Now", and "now" stood above the agreed half past twelve."""
    at_hour(23)
    _case, sent = agreed_by_telephone(house)
    desk = house.browser(DESK)
    shown = desk.get(f"/referrals/{sent.code}/").content.decode()
    button = re.search(r'<button[^>]*name="when"[^>]*value="now"[^>]*>(.*?)</button>', shown, re.DOTALL)
    assert button is not None
    assert "As agreed by telephone" in button[1]
    assert (
        desk.post(f"/referrals/{sent.code}/accept/", yes(house, sent, when="now", line_unread="1")).status_code == 303
    )
    pass_time(minutes=1)
    for who in EVERYBODY:
        assert "onight" in page(house, sent, who), who
        assert on_page(who) in page(house, sent, who), who
        assert f"now; {WRITTEN}" not in page(house, sent, who).lower(), who
    pass_time(minutes=60)
    assert "onight" in page(house, sent), "midnight is over, and the night is not"


def test_a_line_without_an_hour_says_now_to_whoever_opens_it(house: Senders) -> None:
    """A meeting point alone is written: the person comes at once."""
    at_hour(13)
    referral = waits(house)
    said = yes(house, referral, when="now", place="canary-gate")
    assert house.browser(DESK).post(f"/referrals/{referral.code}/accept/", said).status_code == 303
    pass_time(minutes=1)
    for who in (LEAD, HELPER):
        shut = page_text(house.browser(who).get(f"/referrals/{referral.code}/"))
        assert "oday" in shut, who
        assert on_page(who) in shut, who
        opened = page_text(house.browser(who).get(f"/referrals/{referral.code}/?open=meeting"))
        assert "ow, by " in opened, who


def test_until_when_now_lasts_is_said_only_where_no_hour_is_known_to_be_written() -> None:
    zone = timezone.get_current_timezone()
    at = datetime(2026, 11, 29, 13, 0, tzinfo=zone)
    late, night = at + timedelta(hours=4), datetime(2026, 11, 29, 23, 32, tzinfo=zone)
    morning = night + timedelta(hours=9)
    said = {
        (False, at, at): "now, by 16:00",
        (True, at, at): f"today; {WRITTEN}",
        (None, at, at): "today",
        (None, at, late): "today",
        (True, at, late): f"today; {WRITTEN}",
        (False, night, night): "now, by tomorrow 02:32",
        (True, night, night): f"tonight; {WRITTEN}",
        (True, night, night + timedelta(hours=2)): f"tonight; {WRITTEN}",
        (True, night, morning): f"yesterday, at night; {WRITTEN}",
    }
    for (written, agreed, then), words in said.items():
        assert part_of_day(agreed.date(), "now", agreed, then, written=written) == words, (written, agreed, then)
    assert part_of_day(at.date(), "evening", at, late, written=True) == f"tonight; {WRITTEN}"
