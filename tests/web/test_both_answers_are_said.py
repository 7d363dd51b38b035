"""Two opposite answers of one desk by telephone: both are said, by whom and when, until one of them is said again."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral
from hamkori.people.queries import names
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import asked
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db

BOTH = "They said both: call once more before anybody sets out"
LEAD, ABOVE, HERS = "caseworker-cso", "supervisor-cso", "coordinator"
OURS = r"%s called today \d\d:\d\d: %s, not confirmed in Hamkori yet"

NAMED = {
    "said_yes": r"%(name)s called today \d\d:\d\d: yes, not confirmed in Hamkori yet",
    "said_no": r"%(name)s called today \d\d:\d\d(?:: no, not confirmed|, answer by)",
}
"""Of a no the row may begin with what was said."""


def name(house: Senders, who: str) -> str:
    with house.as_(who) as actor:
        assert actor.membership_id is not None
        return names([actor.membership_id])[actor.membership_id]


def says(house: Senders, sent: Referral, answer: str, who: str) -> None:
    at = f"/coordination/{sent.code}/call/" if who == HERS else f"/referrals/{sent.code}/call/"
    answered = house.browser(who).post(at, {"operation": str(uuid4()), "answer": answer})
    assert answered.status_code == 303, answered.status_code
    pass_time(minutes=1)


def pages(house: Senders, code: str, sent: Referral) -> list[str]:
    """Today of both, the head of the referral and the case, as they are read."""
    found = [page_text(house.browser(who).get("/")) for who in (LEAD, ABOVE)]
    head = page_text(house.browser().get(f"/referrals/{sent.code}/")).partition("What happened")[0]
    return [*found, head, page_text(house.browser().get(f"/cases/{code}/")).partition("What happened")[0]]


@pytest.mark.parametrize("newest", ["said_yes", "said_no"])
def test_both_are_said_until_one_is_said_again(house: Senders, newest: str) -> None:
    """Red before: of Malika's no and Zarina's yes the yes alone stood, as "Your team called"."""
    until(9)
    case, sent = asked(house)
    other = "said_no" if newest == "said_yes" else "said_yes"
    says(house, sent, other, ABOVE)
    assert not any(BOTH in one for one in pages(house, case.code, sent))
    says(house, sent, newest, LEAD)
    for number, one in enumerate(pages(house, case.code, sent)):
        assert one.count(BOTH) == 1, (number, one)
        assert "Your team called" not in one
        for answer, who in ((newest, LEAD), (other, ABOVE)):
            assert re.search(NAMED[answer] % {"name": name(house, who)}, one), (number, answer, one)
    says(house, sent, newest, ABOVE)
    assert not any(BOTH in one for one in pages(house, case.code, sent)), "called once more, it is so"


def test_the_coordinators_answer_is_one_of_them(house: Senders) -> None:
    until(20)
    case, sent = asked(house)
    says(house, sent, "said_no", HERS)
    says(house, sent, "said_yes", LEAD)
    for number, one in enumerate(pages(house, case.code, sent)):
        assert BOTH in one, (number, one)
        assert re.search(OURS % ("[Tt]he coordinator", "no"), one), (number, one)


def test_who_heard_both_knows_it(house: Senders) -> None:
    until(9)
    case, sent = asked(house)
    says(house, sent, "said_no", LEAD)
    says(house, sent, "said_yes", LEAD)
    assert not any(BOTH in one for one in pages(house, case.code, sent))
