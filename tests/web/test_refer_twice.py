"""Two referrals to one service do not go out without a word; a supervisor ends one whose worker is away."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.consent.actions.consent import rows_of
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralSender
from hamkori.notices.models import Notice
from hamkori.web.words import lists
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, referrals, state, version

pytestmark = pytest.mark.django_db

ALREADY = "Shelter Kulob was already asked"


def address(case) -> str:
    return f"/cases/{case.code}/refer/"


def test_a_second_referral_to_the_same_service_is_named_and_goes_on_purpose_only(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    zarina = house.browser()
    assert ALREADY not in page_text(zarina.post(address(case), house.screen(case, do="")))
    first = house.sent(case)
    house.accepted(first)
    said = r"Asked already: Shelter Kulob, today \d\d:\d\d, a place only from [\w ]+, morning"
    assert re.search(said, page_text(zarina.get(address(case))))
    looked = zarina.post(address(case), house.screen(case, do=""))
    assert f"{ALREADY} (today) and has accepted that referral." in page_text(looked)
    assert f'href="/referrals/{first.code}/"' in looked.content.decode()
    unsaid = zarina.post(address(case), house.screen(case))
    assert "Send a second referral" in page_text(unsaid)
    assert len(referrals()) == 1, "nothing was written"
    draft = zarina.post(address(case), house.screen(case, do="draft"))
    assert draft.status_code == 303, "a draft reaches nobody"
    meant = zarina.post(address(case), house.screen(case, another="on"))
    assert meant.status_code == 303
    assert sorted(state(one) for one in referrals()) == ["accepted", "draft", "sent"]


def test_what_waits_there_is_named_where_it_stands_in_the_way(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    waiting = house.sent(case)
    looked = house.browser().post(address(case), house.screen(case, do=""))
    assert f"{ALREADY} (today). That referral waits for an answer." in page_text(looked)
    assert f'href="/referrals/{waiting.code}/"' in looked.content.decode()
    pass_time(hours=3)
    late = house.browser().post(address(case), house.screen(case))
    assert "Send a second referral" in page_text(late), "late, it does not block; it is still named"


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(("step", "form"), [("recall", {"reason": "mistake"}), ("withdraw", {"how_said": "by_phone"})])
def test_a_supervisor_ends_one_referral_for_a_worker_who_is_away(
    house: Senders, step: str, form: dict[str, str], accepted: bool
) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    if accepted:
        house.accepted(referral)
    above = house.browser("supervisor-cso")
    page = above.get(f"/referrals/{referral.code}/").content.decode()
    assert f"/referrals/{referral.code}/{step}/" in page
    asked = above.get(f"/referrals/{referral.code}/{step}/")
    assert f"/cases/{case.code}/consent/" not in asked.content.decode(), "the consents are the team's to ask about"
    done = above.post(
        f"/referrals/{referral.code}/{step}/", {**form, "operation": str(uuid4()), "version": version(referral)}
    )
    assert done.status_code == 303
    with god():
        assert ReferralSender.objects.get(referral=referral).ending_code == {"recall": "recalled"}.get(
            step, "withdrawn"
        )
        told = set(Notice.objects.filter(key_code="closed").values_list("membership_id", flat=True))
        assert all(row.answer != "no" for row in rows_of(case).values())
    others = {house.world.membership("desk-shelter")}  # who counts the beds reads it too (ADR 0131)
    others |= {house.world.membership("shelter-worker")} if accepted else set()
    assert told == {*others, house.world.membership("caseworker-cso")}, "the worker reads it when back"


def test_who_declined_is_said_to_have_been_asked_before(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    assert "Asked before" not in page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME-02"))
    gone = house.sent(case)
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=gone.pk)
        receive.decline(desk, card, version=card.version, reason="full", suggested_service="")
    page = page_text(house.browser().get(f"/referrals/{gone.code}/again/"))
    assert re.search(r"Asked already: Shelter Kulob, declined today \d\d:\d\d, no place now", page), "when, and why"
    assert "No place now ·" not in page.replace("\u00a0", " "), "once"
    assert "They said no" not in page


def test_where_nobody_else_is_listed_the_way_leads_on(house: Senders) -> None:
    """Red before: after a call that reached nobody the nearest was the one that had just been called."""
    case = house.case()
    house.agreed(case)
    gone, shelter = house.sent(case), house.world.services["HOME-02"]
    pass_time(hours=3)
    zarina, at = house.browser(), f"/referrals/{gone.code}/again/"
    page = zarina.get(at)
    call = f"/referrals/{gone.code}/call/"
    assert f'href="/cases/{case.code}/"' in page.content.decode()
    form = {**fields(page, address(case)), "need": "tonight"}
    searched = zarina.post(address(case), form)
    tonight = lists.label("need_tonight", "safe_place")
    assert f"What was said to be needed: {tonight}. Nobody else is listed" in page_text(searched), "what was searched"
    for shown in (page, searched):
        assert shown.content.decode().count('form="called"') == 2, "that the coordinator was called is recorded there"
        for answer in ("no_coordinator", "coordinator"):
            said = {**fields(shown, call), "operation": str(uuid4()), "answer": answer}
            assert zarina.post(call, said)["Location"] == f"/referrals/{gone.code}/", answer
    assert '<details class="fold" open' in searched.content.decode().partition("Other help")[0][-200:]
    text = page_text(page)
    need = lists.label("service_group", "HOME")
    assert f"{need}. Nobody else is listed for this person." in text, "of which help this is said"
    assert "National coordinator: not recorded." in text
    assert page.content.decode().index("Asked already") < page.content.decode().index(f'value="{shelter}"')
    assert ", no answer yet" in text
    form = {**fields(page, address(case)), "district": "TJ-KT-01", "operation": str(uuid4()), "do": "gap"}
    assert "Recorded: nothing here fits" not in page_text(zarina.get(f"{at}?gap=kept")), "an address alone says nothing"
    kept = zarina.post(f"/cases/{case.code}/gap/record/", form)
    assert kept["Location"] == f"{at}?gap=kept", "and back to where one asks"
    after = page_text(zarina.get(kept["Location"]))
    assert "Recorded: nothing here fits" in after
    assert "Record a missing service" not in after, "once is enough"
    closes(house)
    assert "All these referral desks are closed" not in page_text(zarina.get(at)), "of whom there is nobody"
