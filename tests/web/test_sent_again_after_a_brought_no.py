"""Somebody else's no had ended a referral, and the person wants it: it is sent again, and both read so (ADR 201)."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at
from tests.web.test_a_brought_no_on_both_sides import shown_after
from tests.web.test_heard_through_somebody import shown
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import BOTH, NEEDED, today, until

pytestmark = pytest.mark.django_db
AGAIN = "Send it again: the person wants it after all"
WHETHER_ON = "Ask the person whether help"


@pytest.mark.parametrize("begun", ["waits", "accepted", "serving"])
def test_until_it_was_sent_again_both_read_so(house: Senders, begun: str) -> None:
    """Red before: of what waited nothing said so, and of begun help it was asked whether it goes on."""
    until(12)
    house.agreed(case := house.case(NEEDED))
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    if begun != "waits":
        house.accepted(sent, part="now")
    if begun == "serving":
        with house.as_("shelter-worker") as parvina:
            receive.serve(parvina, found := Referral.objects.get(pk=sent.pk), version=found.version)
    pass_time(minutes=1)
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="through_other")
    pass_time(minutes=1)
    for who in BOTH:
        assert AGAIN not in today(house, who), f"{who}: nobody has asked"
    house.agreed(case)
    pass_time(minutes=1)
    if begun == "accepted":
        assert AGAIN not in today(house), "they are called first"
        shown_after(house, sent, "reached")
        pass_time(minutes=1)
    for who in BOTH:
        for page in (today(house, who), file(house, sent, who), shown(house, at(sent), who)):
            assert AGAIN in page, who
            assert WHETHER_ON not in page, who
    way = f'href="{at(sent)}again/"'
    assert way in house.browser().get("/").content.decode()
    assert way in house.browser().get(f"/cases/{case.code}/").content.decode()
    assert way not in house.browser("supervisor-cso").get(at(sent)).content.decode(), "who works on the case sends it"
    house.sent(case)
    pass_time(minutes=1)
    for who in BOTH:
        for page in (today(house, who), file(house, sent, who), shown(house, at(sent), who)):
            assert AGAIN not in page, who


def test_not_where_the_person_says_no(house: Senders) -> None:
    until(12)
    house.agreed(case := house.case(NEEDED))
    pass_time(minutes=1)
    sent = house.sent(case)
    pass_time(minutes=1)
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="by_message")
    house.agreed(case, answer="no")
    pass_time(minutes=1)
    for who in BOTH:
        assert AGAIN not in today(house, who), who
        assert AGAIN not in shown(house, at(sent), who), who
