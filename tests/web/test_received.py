"""The receiver's team: opening the packet, other times, nobody came, help, results; and nothing after an ending."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse

from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral, ReferralOwnCase
from hamkori.people.actions.welcome import make_person
from hamkori.people.models import User
from hamkori.vault.server import keyring
from tests import doors
from tests.cast import PASSPHRASE, pass_time, tomorrow
from tests.database import god
from tests.web.senders import BUDGET, OVERHEAD, Senders, counted, page_text, state, steps, version

pytestmark = pytest.mark.django_db
TEAM = "shelter-worker"
SAID_ONCE = 1
"""A sentence that is read out of the session: that it is gone is kept there, with a proof."""


def taken(house: Senders, sections: tuple[str, ...] = ("contact",)) -> Referral:
    """A request that the shelter has accepted; the shelter worker meets her."""
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case)
    referral = house.sent(case, sections=list(sections))
    house.accepted(referral, {"place": "canary-place"})
    return referral


def press(
    house: Senders, referral: Referral, step: str, who: str = TEAM, *, vault: bool = True, **values: object
) -> HttpResponse:
    form = {"operation": str(uuid4()), "version": version(referral), **values}
    return house.browser(who, vault=vault).post(f"/referrals/{referral.code}/{step}/", form)


def look(house: Senders, referral: Referral, who: str = TEAM, query: str = "", *, vault: bool = True) -> HttpResponse:
    return house.browser(who, vault=vault).get(f"/referrals/{referral.code}/{query}")


def record(referral: Referral) -> Referral:
    with god():
        return Referral.objects.get(pk=referral.pk)


def supervisor(house: Senders) -> None:
    """The shelter worker's supervisor, who is named beside her when the desk accepts."""
    house.world.people["shelter-supervisor"] = make_person(
        keyring(),
        organisation_id=house.world.bodies["shelter-kulob"],
        email="shelter-supervisor@example.org",
        name="Shelter Supervisor",
        roles=("supervisor",),
        passphrase=PASSPHRASE,
    )
    with god():
        User.objects.update(language_code="en")
    doors.works(house.world.membership(TEAM), supervisor_id=house.world.membership("shelter-supervisor"))


# --- the packet ----------------------------------------------------------------------------------------------


def test_the_packet_is_closed_until_she_opens_it_and_opening_is_written_down(house: Senders) -> None:
    referral = taken(house, ("contact", "needs"))
    closed = page_text(look(house, referral))
    assert "Shared information" in closed
    assert "Canary" not in closed
    opened = page_text(look(house, referral, query="?open=packet"))
    assert "Canary-Words" in opened
    danger = "If these words speak of danger, ask the sender about the risk."
    assert (danger in closed, danger in opened) == (False, True), "the summary says no raised risk"
    assert "What to call the person Canary-Call-Name" in opened
    assert "Canary-Wish" in opened
    with god():
        rows = Ledger.objects.filter(action_code="packet.open", decision_code="done", object_id=referral.pk)
        assert sorted(row.section_code for row in rows) == ["contact", "needs", "text"], "a row for each part"


def test_what_is_not_for_her_function_is_named_and_not_shown(house: Senders) -> None:
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case)
    referral = house.sent(case, sections=["contact", "needs"])
    doors.works(house.world.membership(TEAM), function="investigator")
    house.accepted(referral)
    text = page_text(look(house, referral, query="?open=packet"))
    assert "Canary-Call-Name" in text
    assert "Canary-Wish" not in text
    assert re.search("Not shared with you .*Not for your function: [^:]*Needs, risk, plan", text)


def test_a_sealed_reader_is_sent_to_her_passphrase_and_back(house: Senders) -> None:
    referral = taken(house)
    answer = look(house, referral, query="?open=packet", vault=False)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/unlock/?next=%2Freferrals%2F")
    assert answer["Location"].endswith("open%3Dpacket%23packet"), "the page begins at what was unlocked"


def test_the_desk_and_strangers_open_nothing(house: Senders) -> None:
    referral = taken(house)
    assert "Canary" not in page_text(look(house, referral, "desk-shelter", "?open=packet"))
    for slug in ("stranger", "lawyer", "shelter-social", "coordinator"):
        assert look(house, referral, slug, "?open=packet").status_code == 404, slug
        assert press(house, referral, "serve", slug).status_code == 404, slug
    for step in ("serve", "finish", "expect", "miss", "amend", "staff", "withdraw"):
        assert press(house, referral, step, "desk-shelter").status_code == 403, step
    for step in ("accept", "ask", "decline"):
        assert press(house, referral, step).status_code == 403, step


def test_while_her_agreement_has_ended_nothing_opens_and_finishing_works(house: Senders) -> None:
    referral = taken(house)
    pass_time(days=61)
    text = page_text(look(house, referral))
    assert "The person's consent is not valid, so nothing can be read now." in text
    shut = look(house, referral, query="?open=packet")
    assert shut.status_code == 409
    assert "The person's consent is not valid, so nothing can be read now." in page_text(shut)
    assert press(house, referral, "serve").status_code == 409
    assert state(referral) == "accepted"
    assert press(house, referral, "finish", result="not_reached").status_code == 303
    assert state(referral) == "finished"


def _withdrawn_by_her_worker(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        case = Case.objects.first()
        assert case is not None
        consent.withdraw(zarina, case, how_said="in_person")


def _recalled(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        sending.recall(zarina, record(referral), version=version(referral), reason="placed_elsewhere")


def _given_back(house: Senders, referral: Referral) -> None:
    assert press(house, referral, "unaccept", reason="no_place_now").status_code == 303


def _withdrawn_here(house: Senders, referral: Referral) -> None:
    assert press(house, referral, "withdraw", how_said="in_person").status_code == 303


def _finished(house: Senders, referral: Referral) -> None:
    assert press(house, referral, "finish", result="not_needed").status_code == 303


ENDINGS: dict[str, tuple[Callable[[Senders, Referral], None], str]] = {
    "consent withdrawn": (_withdrawn_by_her_worker, "Do not wait for the person: this referral has ended."),
    "recalled": (_recalled, "Do not wait for the person: this referral has ended."),
    "given back": (_given_back, "This referral was returned."),
    "her word here": (_withdrawn_here, "Do not wait for the person: this referral has ended."),
    "finished": (_finished, "Help has ended."),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_after_every_ending_the_page_shows_its_fate_and_nothing_else(house: Senders, how: str) -> None:
    referral = taken(house)
    assert "Canary-Call-Name" in page_text(look(house, referral, query="?open=packet"))
    end, sentence = ENDINGS[how]
    end(house, referral)
    shut = look(house, referral, query="?open=packet")
    assert shut.status_code == 409
    assert sentence in page_text(shut), "whoever loads the page again reads what became of it"
    assert "withdrawn" not in page_text(shut).lower(), "whose word ended it is not for this side"
    assert "Nothing was changed" not in page_text(shut)
    for slug in (TEAM, "desk-shelter"):
        text = page_text(look(house, referral, slug))
        assert sentence in text, text
        assert "Canary" not in text
        assert "Woman, 18" not in text, "the card is gone too"
        assert "Help was found elsewhere" not in text, "the sender's reason is not the receiver's"
    with god():
        assert not PacketBody.objects.exists()
        assert not PacketSeal.objects.exists()
    assert press(house, referral, "serve").status_code == 409


# --- times ---------------------------------------------------------------------------------------------------


def another_time(days: int = 2, **more: object) -> dict[str, object]:
    return {"arrival_on": (tomorrow() + timedelta(days=days)).isoformat(), "arrival_part": "evening", **more}


def test_the_time_moves_twice_and_no_more(house: Senders) -> None:
    referral = taken(house)
    assert press(house, referral, "expect", **another_time(place="canary-second-place")).status_code == 303
    assert press(house, referral, "expect", **another_time(3)).status_code == 303
    third = press(house, referral, "expect", **another_time(4))
    assert third.status_code == 409
    assert "Moved twice already. Speak with the sender." in page_text(third)
    assert record(referral).arrival_on == tomorrow() + timedelta(days=3)
    with god():
        assert PacketBody.objects.get(section_code="meeting").packet_no == 3, "no former line outlives its time"


def test_a_bad_time_is_kept_and_writes_nothing(house: Senders) -> None:
    referral = taken(house)
    answer = press(house, referral, "expect", **another_time(-9, ask_for="canary-guard"))
    assert answer.status_code == 400
    assert "Choose a day between" in page_text(answer)
    assert 'value="canary-guard"' in answer.content.decode()
    assert record(referral).arrival_on == tomorrow()
    assert steps(referral) == ["send", "accept"]


def test_nobody_came_can_be_said_when_the_time_is_over(house: Senders) -> None:
    referral = taken(house)
    assert "/miss/" not in look(house, referral).content.decode()
    early = press(house, referral, "miss")
    assert early.status_code == 409
    assert "The agreed time has not come yet." in page_text(early)
    pass_time(days=2)
    assert "/miss/" in look(house, referral).content.decode()
    assert press(house, referral, "miss").status_code == 303
    assert record(referral).missed_at is not None
    assert "The person did not come. The sender was told" in page_text(look(house, referral))
    assert "did not come" in page_text(house.browser("desk-shelter").get("/desk/"))


# --- help and result -----------------------------------------------------------------------------------------


def test_when_she_comes_the_body_gets_its_own_file(house: Senders) -> None:
    referral = taken(house)
    values = {"operation": str(uuid4()), "version": version(referral)}
    first, second = (press(house, referral, "serve", **values) for _ in range(2))
    assert first.status_code == 303, "a day early too: the page asks once more, and does not refuse"
    assert first["Location"] == second["Location"]
    assert steps(referral).count("serve") == 1
    with god():
        own = ReferralOwnCase.objects.select_related("case").get(referral=referral.pk).case
    page = look(house, referral).content.decode()
    assert f"/cases/{own.code}/" in page
    assert own.code not in look(house, referral, "desk-shelter").content.decode()
    with god():
        assert not PacketBody.objects.filter(section_code="meeting").exists()


def test_before_the_agreed_day_it_is_asked_once_more_and_on_that_day_it_is_one_press(house: Senders) -> None:
    """Red before: right after the acceptance the one filled button was that which nothing undoes (ADR 141)."""
    referral = taken(house)
    early = look(house, referral)
    asked = early.content.decode()
    assert "Agreed: tomorrow, morning. Has the person come already?" in page_text(early)
    assert "Yes, the person has come" in asked
    fold = asked[: asked.index(f'action="/referrals/{referral.code}/serve/"')].rpartition("<details")[2]
    assert fold.startswith(' class="card fold no-print" data-land id="come">'), "a closed fold around it"
    assert ("The person came before the agreed time" in fold, asked.count("/serve/")) == (True, 1)
    filled = re.findall(r'class="btn" href="([^"]+)"', asked)
    assert filled == [f"/referrals/{referral.code}/?open=packet#packet"], "what is next"
    assert re.search(r'class="btn quiet"[^>]*>(?:<svg.*?</svg>)?Yes, the person has come', asked, re.S)
    pass_time(days=1)
    then = look(house, referral)
    assert "Has the person come already?" not in page_text(then)
    assert 'aria-label="This referral"' not in then.content.decode().partition("/serve/")[0], "right under the title"
    fold = then.content.decode().partition("/serve/")[0].rpartition("<details")[2]
    assert "</details>" in fold, "no fold around it"
    assert press(house, referral, "serve").status_code == 303


def test_serving_while_sealed_asks_for_the_passphrase_first(house: Senders) -> None:
    referral = taken(house)
    answer = press(house, referral, "serve", vault=False)
    assert answer.status_code == 409
    assert "/account/unlock/" in answer.content.decode()
    assert state(referral) == "accepted"


def test_results_fit_the_state_and_a_failure_needs_a_reason(house: Senders) -> None:
    referral = taken(house)
    page = look(house, referral).content.decode()
    offered = set(re.findall(r'name="result" value="([a-z_]+)"', page))
    assert offered == {"not_needed", "refused", "not_given"}, "before the agreed time nobody was sought in vain"
    assert press(house, referral, "finish", result="given").status_code == 400, "before she came nothing was given"
    without = press(house, referral, "finish", result="not_given", reason="")
    assert without.status_code == 400
    assert "Choose a reason." in page_text(without)
    assert state(referral) == "accepted"
    assert press(house, referral, "finish", result="not_given", reason="no_place_now").status_code == 303
    assert record(referral).result_code == "not_given"
    text = page_text(look(house, referral))
    assert "We could not give it" in text


def test_a_questioned_result_is_mended_by_team_or_supervisor(house: Senders) -> None:
    supervisor(house)
    referral = taken(house)
    press(house, referral, "serve")
    press(house, referral, "finish", result="given", sleeps="no")
    with house.as_() as zarina:
        confirm.dispute(zarina, record(referral), version=version(referral), reason="only_part")
    text = page_text(look(house, referral))
    assert "The sender disputes this result." in text
    assert press(house, referral, "amend", result="partly", reason="").status_code == 400
    mended = press(house, referral, "amend", "shelter-supervisor", result="partly", reason="mistake")
    assert mended.status_code == 303
    assert state(referral) == "finished"
    assert record(referral).result_code == "partly"
    assert press(house, referral, "amend", "desk-shelter", result="given", reason="mistake").status_code == 403


def test_her_word_here_ends_this_and_leaves_the_own_file(house: Senders) -> None:
    referral = taken(house)
    press(house, referral, "serve")
    link = "/withdraw/"
    assert link in look(house, referral).content.decode()
    asked = house.browser(TEAM).get(f"/referrals/{referral.code}/withdraw/")
    assert "The person wants to stop" in page_text(asked)
    unsaid = press(house, referral, "withdraw", how_said="")
    assert unsaid.status_code == 400
    assert state(referral) == "serving"
    assert press(house, referral, "withdraw", how_said="in_person").status_code == 303
    assert state(referral) == "withdrawn"
    with god():
        assert ReferralOwnCase.objects.get(referral=referral.pk).case.state_code == "open"


def test_her_word_here_ends_what_it_finds_though_the_page_was_read_before(house: Senders) -> None:
    referral = taken(house)
    read = {"operation": str(uuid4()), "version": version(referral), "how_said": "in_person"}
    press(house, referral, "serve")
    assert house.browser(TEAM).post(f"/referrals/{referral.code}/withdraw/", read).status_code == 303
    assert state(referral) == "withdrawn"
    again = {**read, "operation": str(uuid4())}
    assert house.browser(TEAM).post(f"/referrals/{referral.code}/withdraw/", again).status_code == 303
    assert "This referral had already ended." in page_text(look(house, referral))


# --- who helps -----------------------------------------------------------------------------------------------


def test_a_colleague_joins_with_keys_and_one_leaves_without(house: Senders) -> None:
    referral = taken(house, ("contact", "needs"))
    newcomer, mine = (str(house.world.membership(slug)) for slug in ("shelter-social", TEAM))
    page = page_text(house.browser(TEAM).get(f"/referrals/{referral.code}/staff/"))
    assert "Shelter Social" in page
    alone = press(house, referral, "staff", leaves=[mine])
    assert alone.status_code == 409
    assert "Name another person first." in page_text(alone)
    sealed = press(house, referral, "staff", vault=False, joins=[newcomer])
    assert sealed.status_code == 409
    assert "/account/unlock/" in sealed.content.decode()
    assert re.search(rf'value="{newcomer}"[^>]*checked', sealed.content.decode())
    assert look(house, referral, "shelter-social").status_code == 404
    assert press(house, referral, "staff", joins=[newcomer]).status_code == 303
    assert "Canary-Call-Name" in page_text(look(house, referral, "shelter-social", "?open=packet"))
    both = press(house, referral, "staff", joins=[str(uuid4())], leaves=[mine])
    assert both.status_code == 400
    gone = press(house, referral, "staff", leaves=[mine])
    assert gone.status_code == 303
    assert gone["Location"] == "/", "she has no page there any more"
    assert look(house, referral, query="?open=packet").status_code == 404


def test_the_supervisor_steers_without_reading(house: Senders) -> None:
    supervisor(house)
    referral = taken(house)
    text = page_text(look(house, referral, "shelter-supervisor", "?open=packet"))
    assert "Shelter Worker" in text
    assert "Accepted" in text
    for hidden in ("Canary", "Woman, 18", "Shared information", "Summary without a name", "Has the person come?"):
        assert hidden not in text, hidden
    newcomer = str(house.world.membership("shelter-social"))
    assert press(house, referral, "serve", "shelter-supervisor").status_code == 403
    assert press(house, referral, "staff", "shelter-supervisor", joins=[newcomer]).status_code == 303
    text = page_text(look(house, referral, "shelter-social", "?open=packet"))
    assert "Canary" not in text
    assert "You cannot open this yet" in text


def test_the_pages_ask_little(house: Senders) -> None:
    referral = taken(house)
    house.browser(TEAM)
    for address in (f"/referrals/{referral.code}/", f"/referrals/{referral.code}/staff/"):
        with counted():
            assert house.browser(TEAM).get(address).status_code == 200
    press(house, referral, "serve")
    with counted(BUDGET + OVERHEAD + SAID_ONCE):
        page = look(house, referral)
    assert 'fold" open' not in page.content.decode(), "what deletes the shared information lies folded"
    press(house, referral, "finish", result="given", sleeps="no")
    with counted(BUDGET + OVERHEAD + SAID_ONCE):
        assert look(house, referral).status_code == 200
