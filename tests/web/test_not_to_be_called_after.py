"""That nobody is to call the person stands after the referral, too: the own case stays, with the number they noted."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, send
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, press
from tests.web.test_not_to_be_called import QUIET, ROW
from tests.web.test_withdrawing import helped, take_back

pytestmark = pytest.mark.django_db

DELETE = "If you wrote a number or an address down yourselves, delete it"


def begun(house: Senders, referral: Referral) -> str:
    """Help has begun: the address of the own case of who helps."""
    house.browser("shelter-worker").post(f"/referrals/{referral.code}/serve/", press(referral))
    with god():
        return f"/cases/{ReferralOwnCase.objects.get(referral=referral).case.code}/"


def quiet(house: Senders) -> tuple[Case, Referral, str]:
    """Help has begun, and the person has taken back how to reach them."""
    case, referral = helped(house)
    own = begun(house, referral)
    take_back(house, case, sections=["contact"])
    return case, referral, own


def confirmed(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        done = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, done, version=done.version, her_view="content", agrees=True)


def again(house: Senders, case: Case) -> Referral:
    """The same organisation is asked once more, and may call the person."""
    house.agreed(case)
    return house.sent(case, sections=["contact", "needs"])


def test_it_stands_in_the_own_case_and_on_the_referral_after_help_has_ended(house: Senders) -> None:
    """Red before: gone from all three at the press of Finish, while the number stood in the own case."""
    _case, referral, own = quiet(house)
    parvina, page = house.browser("shelter-worker"), f"/referrals/{referral.code}/"
    house.finished(referral, "given")
    assert ROW in page_text(parvina.get("/")), "nobody has read it yet"
    for ends in (confirmed, None):
        theirs = page_text(parvina.get(page))
        assert QUIET in theirs
        assert f"{DELETE}, also in your own case." in theirs
        assert "Help goes on" not in theirs
        assert QUIET in page_text(parvina.get(own))
        assert f"{DELETE}." in page_text(parvina.get(own))
        assert ROW not in page_text(parvina.get("/")), "it was read"
        if ends is not None:
            ends(house, referral)
    for other in ("desk-shelter", "caseworker-cso"):
        assert QUIET not in page_text(house.browser(other).get(page))


def test_whoever_joins_the_own_case_later_reads_it_too(house: Senders) -> None:
    """Red before: the own case said nothing of a referral to whoever was not named in it."""
    _case, referral, own = quiet(house)
    with house.as_("shelter-worker") as parvina:
        mine = Case.objects.get(code=own.split("/")[2])
        team.admit(parvina, mine, membership=house.world.membership("shelter-social"))
    colleague = house.browser("shelter-social")
    assert colleague.get(f"/referrals/{referral.code}/").status_code == 404
    assert QUIET in page_text(colleague.get(own))
    assert "This case began with referral" not in page_text(colleague.get(own))
    house.finished(referral, "given")
    assert QUIET in page_text(colleague.get(own))


def test_what_the_person_says_after_the_end_is_not_heard_there(house: Senders) -> None:
    case, referral = helped(house)
    own = begun(house, referral)
    house.finished(referral, "given")
    pages = (own, f"/referrals/{referral.code}/", "/")
    parvina = house.browser("shelter-worker")
    before = [QUIET in page_text(parvina.get(one)) for one in pages]
    take_back(house, case, sections=["contact"])
    assert before == [QUIET in page_text(parvina.get(one)) for one in pages] == [False] * 3
    assert ROW not in page_text(parvina.get("/"))


def test_what_was_sent_again_before_the_end_says_otherwise(house: Senders) -> None:
    case, referral, own = quiet(house)
    house.agreed(case)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        send.add(zarina, mine, version=mine.version, sections=["contact"])
    house.finished(referral, "given")
    for one in (own, f"/referrals/{referral.code}/"):
        assert QUIET not in page_text(house.browser("shelter-worker").get(one))


def test_a_later_referral_with_the_way_to_the_person_says_otherwise(house: Senders) -> None:
    case, first, own = quiet(house)
    house.finished(first, "given")
    confirmed(house, first)
    pass_time(minutes=1)
    second = again(house, case)
    house.accepted(second)
    parvina = house.browser("shelter-worker")
    assert QUIET in page_text(parvina.get(own)), "until the person has come, nobody knows there that it is the same one"
    assert begun(house, second) == own
    for one in (own, f"/referrals/{first.code}/", f"/referrals/{second.code}/"):
        assert QUIET not in page_text(parvina.get(one))
    house.finished(second, "given")
    assert QUIET not in page_text(parvina.get(own))


def test_of_what_was_taken_back_as_a_whole_a_later_referral_says_nothing(house: Senders) -> None:
    """It had the way to the person, and ended with the person's no to everything: the former word stands again."""
    case, first, own = quiet(house)
    house.finished(first, "given")
    pass_time(minutes=1)
    second = again(house, case)
    house.accepted(second)
    begun(house, second)
    parvina = house.browser("shelter-worker")
    assert QUIET not in page_text(parvina.get(own))
    take_back(house, case, rows=[("shelter_social", "help")])
    assert QUIET in page_text(parvina.get(own))


def test_a_second_withdrawal_in_the_later_referral_counts(house: Senders) -> None:
    case, first, own = quiet(house)
    house.finished(first, "given")
    pass_time(minutes=1)
    second = again(house, case)
    house.accepted(second)
    begun(house, second)
    take_back(house, case, sections=["contact"])
    parvina = house.browser("shelter-worker")
    assert page_text(parvina.get(own)).count(QUIET) == 1, "said once"
    house.finished(second, "given")
    assert QUIET in page_text(parvina.get(f"/referrals/{second.code}/"))


def test_the_desk_of_what_the_person_ended_reads_it_too(house: Senders) -> None:
    """Red before: the officer, who may be about to call, read that it had ended and no word of that."""
    _case, referral, _own = quiet(house)
    desk, page = house.browser("desk-shelter"), f"/referrals/{referral.code}/"
    assert QUIET not in page_text(desk.get(page)), "while help goes on it is for those who help"
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=referral.pk), how_said="in_person")
    for slug in ("desk-shelter", "shelter-worker"):
        assert QUIET in page_text(house.browser(slug).get(page)), slug
