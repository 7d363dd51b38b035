"""A referral ends while its receiver expects the person: the page that stays open says so as long as it is read."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, records
from tests.web.test_withdrawing import take_back

pytestmark = pytest.mark.django_db
WAIT_NOT = "Do not wait for the person: this referral has ended."


@pytest.mark.parametrize("by_her_word", [True, False])
def test_the_ended_page_says_not_to_wait_however_often_it_is_opened(house: Senders, *, by_her_word: bool) -> None:
    """Red before: Today said so until the referral was opened once, and its page that nothing of it can be opened."""
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    worker, at = house.browser("shelter-worker"), f"/referrals/{sent.code}/"
    old = fields(worker.get(at), f"{at}serve/")
    assert WAIT_NOT not in page_text(worker.get(at))
    pass_time(minutes=1)
    if by_her_word:
        take_back(house, case)
    else:
        with house.as_() as zarina:
            found = Referral.objects.get(pk=sent.pk)
            send.recall(zarina, found, version=found.version, reason="placed_elsewhere")
    texts = [page_text(worker.get(at)) for _again in range(2)]
    for text in (*texts, page_text(house.browser("desk-shelter").get(at))):
        assert f"{WAIT_NOT} Nothing of it can be opened here any more." in text
        assert "withdrew" not in text, "who ended it is the sender's"
        assert "If the person is with you, call at once." in text
    said = page_text(worker.post(f"{at}serve/", {**old, "operation": str(uuid4())}))
    assert "You have said already" not in said, 'red before: "Accepted: now", as if they had come'
    assert "This referral ended (" in said
    assert "Nothing was written." in said


def test_who_helped_already_or_never_expected_anybody_reads_it_as_before(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    with house.as_("shelter-worker") as parvina:
        found = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, found, version=found.version)
    take_back(house, case)
    assert WAIT_NOT not in page_text(house.browser("shelter-worker").get(f"/referrals/{sent.code}/"))
    second = house.case()
    house.agreed(second)
    waits = house.sent(second)
    pass_time(minutes=1)
    take_back(house, second)
    assert WAIT_NOT not in page_text(house.browser("desk-shelter").get(f"/referrals/{waits.code}/"))
