"""That a no was brought by somebody else, and which answers and referrals it ended: who reads it, asked by everybody's
own SQL (ADR 0190, 0195).

No commit is red here: the walls stood and nothing asked them.
"""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god, raw
from tests.web.consenting import form_of
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

SENDERS, RECEIVERS = ("caseworker-cso", "supervisor-cso"), ("desk-shelter", "shelter-worker")
HOW = ["through_other", "by_message", "by_phone_no_word"]
CASE = "select case_unheard(%s)::text"
ANSWER = "select answer_unheard(%s, 'shelter_social', 'help')"
ENDED_OF = "select case_ended_unheard(%s)::text"
SINCE = "select case_brought(%s)::text"
ENDED = "select (select ended_alone_unheard(r) from referral r where r.id = %s)"
BROUGHT = "select referral_no_brought(%s)"
NOBODYS = "select (select ended_unheard(r) from referral r where r.id = %s)"
COLUMNS = (
    "select how_said_code from referral_sender where referral_id = %s",
    (
        "select s.how_said_code from consent s join referral_origin o on o.case_id = s.case_id where o.referral_id = %s"
        " and s.how_said_code <> ''"
    ),
    "select reason_code from referral_step where referral_id = %s and step_code = 'withdraw' and reason_code <> ''",
)
"""Where it stands who brought it."""
WORDS = ("through_other", "by_message", "by_phone_no_word")


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def withdrawn(house: Senders, how: str) -> tuple[Case, Referral]:
    """A bed was accepted, and help with it was said no to by somebody else."""
    house.agreed(case := house.case())
    house.accepted(sent := house.sent(case), part="now")
    form = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": how}
    assert house.browser().post(f"/cases/{case.code}/consent/withdraw/", form).status_code == 303
    pass_time(minutes=1)
    return case, sent


def ended(house: Senders, how: str) -> tuple[Case, Referral]:
    """The one referral was ended so, and the yes stands."""
    house.agreed(case := house.case())
    house.accepted(sent := house.sent(case), part="now")
    at = f"/referrals/{sent.code}/withdraw/"
    form = form_of(house.browser().get(f"{at}?only=1")) | {"how_said": how}
    form.pop("everything", None)
    form.pop("nothing_more", None)
    assert house.browser().post(at, form).status_code == 303
    pass_time(minutes=1)
    return case, sent


def asked(house: Senders, who: str, statement: str, *values: object) -> object:
    with house.as_(who):
        return answered(statement, *values)


@pytest.mark.parametrize("how", HOW)
def test_the_team_alone_reads_which_answers_were_brought(house: Senders, how: str) -> None:
    case, _sent = withdrawn(house, how)
    for who in PEOPLE:
        reads = who in SENDERS
        assert asked(house, who, CASE, case.pk) == ("{shelter_social:help}" if reads else "{}"), who
        assert asked(house, who, ANSWER, case.pk) is reads, who
        tried(2)


@pytest.mark.parametrize("how", HOW)
def test_the_team_alone_reads_which_referral_ended_so(house: Senders, how: str) -> None:
    case, sent = ended(house, how)
    for who in PEOPLE:
        reads = who in SENDERS
        assert (asked(house, who, ENDED_OF, case.pk) not in ("{}", None, "42501")) is reads, who
        for statement in (ENDED, NOBODYS):
            assert asked(house, who, statement, sent.pk) == "42501", f"{who}: they ask the ledger, or for both sides"
        assert (asked(house, who, SINCE, case.pk) not in (None, "42501")) is reads, who
        tried(4)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("made", [withdrawn, ended])
def test_whoever_helps_reads_that_the_person_was_not_asked_and_not_who_brought_it(
    house: Senders, made: object, how: str
) -> None:
    _case, sent = made(house, how)  # type: ignore[operator]
    for who in PEOPLE:
        said = asked(house, who, BROUGHT, sent.pk)
        if who in SENDERS:
            assert said is True, who
            continue
        assert said in (True, None), who
        assert who in RECEIVERS or said is None, who
        for statement in COLUMNS:
            try_it = f"select ({statement} limit 1)"
            assert asked(house, who, try_it, sent.pk) not in WORDS, (who, statement)
            tried()


@pytest.mark.parametrize("made", [withdrawn, ended])
def test_the_clock_and_whoever_has_no_login_call_none_of_them(house: Senders, made: object) -> None:
    """The functions are granted to the pages' login alone; that of the clock, and any other, is refused by name."""
    case, sent = made(house, "through_other")  # type: ignore[operator]
    calls = (
        ("case_unheard(uuid)", f"select case_unheard('{case.pk}')"),
        ("answer_unheard(uuid, text, text)", f"select answer_unheard('{case.pk}', 'health', 'help')"),
        ("case_ended_unheard(uuid)", f"select case_ended_unheard('{case.pk}')"),
        ("case_brought(uuid)", f"select case_brought('{case.pk}')"),
        ("ended_alone_unheard(referral)", f"select ended_alone_unheard(null::referral), '{sent.pk}'"),
    )
    with raw("hk_clock") as clock:
        for _name, statement in calls:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                clock.execute(statement)
            clock.rollback()
            tried()
    with god():
        for name, _statement in calls:
            for role in ("public", "hk_clock"):
                granted = answered("select has_function_privilege(%s, %s, 'execute')", role, f"public.{name}")
                assert granted is False, (role, name)
                tried()


@pytest.mark.parametrize("how", HOW)
def test_nobody_unsays_by_hand_that_it_was_brought(house: Senders, how: str) -> None:
    """To make it the person's own, or to make the person's own a brought one, takes an action with its ledger row."""
    case, sent = withdrawn(house, how)
    attempts = (
        ("update consent set how_said_code = 'in_person' where case_id = %s returning 1", case.pk),
        ("update referral_sender set how_said_code = 'in_person' where referral_id = %s returning 1", sent.pk),
        ("delete from consent where case_id = %s returning 1", case.pk),
    )
    for who in PEOPLE:
        for statement, pk in attempts:
            assert asked(house, who, statement, pk) == "42501", (who, statement)
            tried()
    assert asked(house, SENDERS[0], CASE, case.pk) == "{shelter_social:help}"
