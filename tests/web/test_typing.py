"""What somebody types is kept for them alone: the page is killed, they come back, and it is offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions import section
from hamkori.casework.work.actions import clock
from hamkori.vault.models import TypedDraft
from tests.cast import pass_time
from tests.database import as_role, god
from tests.web.forms_of import fields, operation, text
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

Show = Callable[..., Shown]
CANARY = "Canary-Typed-Word"


@pytest.fixture
def case(house: Senders):
    return house.case(needs={"needs": "Canary-Needs", "wishes": "", "risk_reasons": ""})


def part(case) -> str:
    return f"/cases/{case.code}/section/?of=needs"


def typing(house: Senders, case, who: str = "caseworker-cso", **typed: Any):
    """Three seconds after somebody typed, as the script sends it."""
    client = house.browser(who)
    form = fields(client.get(part(case)))
    return client.post("/typing/", {**form, "wishes": CANARY, **typed, "of": part(case)})


def rows() -> int:
    with god():
        return TypedDraft.objects.count()


# --- in a browser ---------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1366, "light")])
def test_the_page_is_killed_and_what_was_typed_is_offered_again(
    house: Senders, show: Show, case, width: int, scheme: str
) -> None:
    """Red before: a telephone that took the tab away took a quarter of an hour with it."""
    page = show(part(case), width=width, scheme=scheme).page
    page.clock.install()
    page.reload()
    for words in ("Canary", f"{CANARY} and"):
        page.locator("[name=wishes]").fill(words)
        page.clock.run_for(1_600)
    page.get_by_text("Kept for you alone at").wait_for()
    page.locator("[name=wishes]").fill(f"{CANARY} and more")
    with page.expect_response("**/typing/"):
        page.clock.run_for(3_100)
    page.goto("about:blank")

    back = show(part(case), width=width, scheme=scheme).page
    back.get_by_text("You were writing here today").wait_for()
    shot(back, f"typed-{width}-{scheme}")
    assert back.locator("[name=wishes]").input_value() == "", "nothing is put there unasked"
    assert back.evaluate("document.documentElement.scrollWidth") <= width
    saves = back.locator("main form .actions button[type=submit]").first
    if width == 360:  # Red before: whoever saved below the offer saved the empty field
        back.locator("[name=needs]").fill("Canary-Anew")
        saves.click()
        back.get_by_text("Not saved yet: what you were writing is in the form again.").wait_for()
        assert back.locator("[name=needs]").input_value() == "Canary-Anew", "what was typed anew stays"
        shot(back, f"typed-put-back-first-{width}-{scheme}")
    else:
        back.get_by_role("button", name="Put back").click()
    assert back.locator("[name=wishes]").input_value() == f"{CANARY} and more"
    assert back.locator("[data-typed]").count() == 0
    saves.click()
    back.get_by_text(f"{CANARY} and more").wait_for()
    assert rows() == 0, "it is saved, and kept no longer"


@pytest.mark.browser
def test_put_back_over_what_a_colleague_saved_meanwhile_is_asked_or_put_together(
    house: Senders, show: Show, case
) -> None:
    assert typing(house, case).status_code == 200
    with house.as_() as actor:
        section.write_section(actor, case, section="needs", fields={"needs": "Theirs-Need"}, seal_no=1)
    page = show(part(case)).page
    page.get_by_role("button", name="Put back").click()
    page.locator("main form .actions button[type=submit]").first.click()
    page.get_by_text("Theirs-Need").wait_for()
    assert page.get_by_text(CANARY).is_visible(), "what was typed stands beside what was saved meanwhile"


@pytest.mark.browser
def test_the_first_page_of_a_registration_is_offered_at_the_next_one(house: Senders, show: Show) -> None:
    """Its address is another each time."""
    page = show("/cases/new/").page
    page.clock.install()
    page.reload()
    page.locator("[name=call_name]").fill(CANARY)
    page.locator("[name=need_tonight_codes][value=doctor]").check(force=True)
    with page.expect_response("**/typing/"):
        page.clock.run_for(3_100)
    page.goto("about:blank")
    back = show("/cases/new/").page
    back.get_by_role("button", name="Put back").click()
    assert back.locator("[name=call_name]").input_value() == CANARY
    assert back.locator("[name=need_tonight_codes][value=doctor]").is_checked()
    back.locator("main form .actions button[type=submit]").first.click()
    back.locator("[name=district]").wait_for()
    assert rows() == 0


@pytest.mark.browser
def test_a_referral_is_put_back_as_it_was_and_nothing_is_sent(house: Senders, show: Show, case) -> None:
    """Red before: the need was "Tonight" again, no service was chosen, and the words stood in a hidden field."""
    house.agreed(case)
    page = show(f"/cases/{case.code}/refer/").page
    page.clock.install()
    page.reload()
    with page.expect_response("**/refer/"):
        page.locator("#id_need").select_option("HOME")
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.get_by_text("Change urgency or parts").click()
    page.get_by_text("Add what the person wants them to know").click()
    page.locator("[name=urgency]").last.check()
    page.locator("[name=sections]").first.uncheck()
    page.locator("#id_agreed_text").fill(CANARY)
    with page.expect_response("**/typing/"):
        page.clock.run_for(3_100)
    page.goto("about:blank")
    back = show(f"/cases/{case.code}/refer/").page
    ticked = back.locator("[name=sections]:checked").count
    back.get_by_role("button", name="Put back").click()
    back.get_by_text("What you were writing is in the form again.").wait_for()
    assert back.locator("#id_agreed_text").input_value() == CANARY
    assert back.locator("#id_agreed_text").is_visible()
    assert back.locator("#id_need").input_value() == "HOME"
    assert back.get_by_role("region", name="Chosen service").get_by_text("Shelter Kulob").is_visible()
    assert back.locator("[name=urgency]").last.is_checked()
    assert not back.locator("[name=sections]").first.is_checked()
    assert ticked() == back.locator("[name=sections]").count() - 1
    assert back.locator("[data-typed]").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("press", ["language", "theme"])
def test_a_language_or_a_look_pressed_at_once_loses_no_word(house: Senders, show: Show, case, press: str) -> None:
    """Red before: only what was three seconds old was kept, and these buttons fetch the page anew."""
    page = show(part(case)).page
    page.locator("[name=wishes]").fill(CANARY)
    page.get_by_text("Language and look").click()
    page.locator(f"button[name={press}]").nth(1).click()
    page.locator("[data-typed]").wait_for()
    assert page.locator("[name=wishes]").input_value() == ""
    page.locator("[data-put-back]").click()
    assert page.locator("[name=wishes]").input_value() == CANARY


@pytest.mark.browser
@pytest.mark.parametrize("press", ["Lock now", "Sign out"])
def test_the_lock_and_the_way_out_pressed_at_once_lose_no_word(house: Senders, show: Show, case, press: str) -> None:
    """What is typed is kept before the vault closes: after that nobody could lock it for its writer."""
    page = show(part(case)).page
    page.locator("[name=wishes]").fill(CANARY)
    page.get_by_role("button", name=press).click()
    page.wait_for_url(lambda url: "/section/" not in url)
    assert rows() == 1
    back = text(Senders(house.world).browser().get(part(case)))
    assert "You were writing here today" in back
    assert CANARY in back


@pytest.mark.browser
def test_what_is_being_typed_stays_when_an_older_one_is_thrown_away(house: Senders, show: Show, case) -> None:
    """Red before: the page was fetched anew, and offered the one before that."""
    typing(house, case)
    typing(house, case)
    page = show(part(case)).page
    page.locator("[name=wishes]").fill("Canary-New")
    page.get_by_role("button", name="Throw away").click()
    page.locator("[data-typed]").wait_for(state="detached")
    assert page.locator("[name=wishes]").input_value() == "Canary-New"
    page.get_by_text("Kept for you alone at").wait_for()
    assert rows() == 1


@pytest.mark.browser
def test_what_cannot_be_kept_is_said_on_the_form(house: Senders, show: Show, case) -> None:
    page = show(part(case)).page
    page.clock.install()
    page.reload()
    page.route("**/typing/", lambda route: route.fulfill(status=409))
    page.locator("[name=wishes]").fill("Canary")
    page.clock.run_for(3_100)
    page.get_by_text("What you type is not being kept.").wait_for()


# --- by the server --------------------------------------------------------------------------------------------------


def test_it_is_offered_until_it_is_thrown_away(house: Senders, case) -> None:
    assert typing(house, case).status_code == 200
    client = house.browser()
    page = client.get(part(case))
    assert "You were writing here today" in text(page)
    assert CANARY in text(page)
    draft = page.content.decode().partition('name="draft" value="')[2][:36]
    away = client.post("/typing/drop/", {**fields(page), "draft": draft, "next": part(case)})
    assert (away.status_code, away["Location"]) == (303, part(case))
    assert CANARY not in text(client.get(part(case)))
    assert rows() == 0


def test_nothing_older_is_offered_once_it_is_thrown_away(house: Senders, case) -> None:
    """Red before: the one before the newest came in its place, as often as somebody had begun."""
    typing(house, case)
    typing(house, case)
    client = house.browser()
    page = client.get(part(case))
    draft = page.content.decode().partition('name="draft" value="')[2][:36]
    assert f'name="of" value="{part(case)}"' in page.content.decode()
    client.post("/typing/drop/", {**fields(page), "draft": draft, "of": part(case), "next": part(case)})
    assert CANARY not in text(client.get(part(case)))
    assert rows() == 0


def test_a_name_typed_at_a_first_contact_is_offered_and_gone_once_it_is_saved(house: Senders) -> None:
    client = house.browser()
    begun = client.post("/cases/first/", {**fields(client.get("/cases/first/", follow=True)), "danger": "talk"})
    who = begun["Location"]
    typed = {**fields(client.get(who)), "call_name": CANARY, "sex_code": "female"}
    assert client.post("/typing/", {**typed, "of": who}).status_code == 200
    page = client.get(who)
    assert "You were writing here today" in text(page)
    said = {"call_name": CANARY, "sex_code": "female", "district": "TJ-KT-01", "do": "stop"}
    saved = client.post(who, {**fields(page), **said})
    assert (saved.status_code, rows()) == (303, 0)


def test_of_another_form_and_in_lists_and_addresses_it_is_not_there(house: Senders, case) -> None:
    typing(house, case)
    for address in (f"/cases/{case.code}/section/?of=contact", f"/cases/{case.code}/", "/", "/cases/"):
        assert CANARY not in text(house.browser().get(address))
    other = house.case()
    assert CANARY not in text(house.browser().get(part(other)))


def test_what_arrives_after_it_was_saved_is_not_kept(house: Senders, case) -> None:
    """A request that was under way when the button was pressed."""
    client = house.browser()
    form = fields(client.get(part(case)))
    assert client.post(part(case), {**form, "wishes": "Saved"}).status_code == 303
    late = client.post("/typing/", {**form, "wishes": CANARY, "of": part(case)})
    assert (late.status_code, late.content) == (200, b"")
    assert rows() == 0


def test_a_save_takes_all_that_was_typed_into_this_form(house: Senders, case) -> None:
    typing(house, case)
    typing(house, case)
    assert rows() == 2
    client = house.browser()
    assert client.post(part(case), {**fields(client.get(part(case))), "wishes": "Saved"}).status_code == 303
    assert rows() == 0


def test_with_a_locked_vault_nothing_is_kept_and_nothing_is_offered(house: Senders, case) -> None:
    typing(house, case)
    shut = house.browser(vault=False)
    form = {"operation": operation(), "wishes": CANARY, "of": part(case)}
    assert shut.post("/typing/", form).status_code == 409
    assert CANARY not in text(shut.get(part(case)))


def test_after_seven_days_it_is_gone_from_the_page_and_from_the_database(house: Senders, case) -> None:
    typing(house, case)
    pass_time(days=7, minutes=1)
    assert CANARY not in text(house.browser().get(part(case)))
    with as_role("hk_clock"):
        assert clock.sweep()["typed"] == 1
    assert rows() == 0


def test_a_form_without_a_draft_or_with_a_strange_address_keeps_nothing(house: Senders, case) -> None:
    client = house.browser()
    for said in (
        {"operation": "no", "of": part(case)},
        {"operation": operation(), "of": "https://elsewhere.example/"},
        {"operation": operation(), "of": "/" + "x" * 400},
        {"operation": operation()},
    ):
        assert client.post("/typing/", {"wishes": CANARY, **said}).status_code == 400
    long = {"operation": operation(), "of": part(case), "wishes": "x" * 300_000}
    assert client.post("/typing/", long).status_code == 413
    assert rows() == 0


def test_no_more_than_forty_are_kept_for_one_person(house: Senders, case) -> None:
    client = house.browser()
    for number in range(42):
        form = {"operation": operation(), "of": f"/cases/?{number}", "wishes": CANARY}
        assert client.post("/typing/", form).status_code == 200
    assert rows() == 40


# --- nobody else ----------------------------------------------------------------------------------------------------


def test_nothing_of_it_is_in_the_ledger_or_in_the_row(house: Senders, case) -> None:
    with god():
        before = Ledger.objects.count()
    typing(house, case)
    with god():
        (row,) = TypedDraft.objects.values()
        words = " ".join(str(bytes(one) if isinstance(one, memoryview) else one) for one in row.values())
    assert CANARY not in words
    assert case.code not in words
    with god():
        opened = Ledger.objects.count() - before
    assert opened == 1, "the part was opened to be written; what is typed is no act"


@pytest.mark.parametrize("who", ["supervisor-cso", "desk-shelter"])
def test_a_colleague_and_a_stranger_read_nothing_of_it(house: Senders, case, who: str) -> None:
    typing(house, case)
    with god():
        draft = TypedDraft.objects.get().pk
    client = house.browser(who)
    assert CANARY not in text(client.get(part(case)))
    client.post("/typing/drop/", {"operation": operation(), "draft": str(draft), "next": "/"})
    assert rows() == 1, "and throws nothing away"
    client.post("/typing/", {"operation": str(draft), "wishes": "Over", "of": part(case)})
    assert CANARY in text(house.browser().get(part(case))), "and writes nothing over it"


def test_the_pages_own_login_reads_no_row(house: Senders, case) -> None:
    typing(house, case)
    with house.as_("caseworker-cso"), connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('hk_app', 'typed', 'select, insert, update, delete')")
        assert cursor.fetchone() == (False,)


def test_who_owns_the_database_gives_the_row_to_a_colleague_and_it_is_not_found(house: Senders, case) -> None:
    """The name of the form is made of the writer's key: the colleague's page asks for another one."""
    typing(house, case)
    with god():
        TypedDraft.objects.update(user_id=house.world.people["supervisor-cso"].user_id)
    for who in ("supervisor-cso", "caseworker-cso"):
        assert CANARY not in text(house.browser(who).get(part(case)))


@pytest.mark.alarms
def test_who_owns_the_database_moves_it_to_another_form_and_it_does_not_open(house: Senders, case) -> None:
    other = house.case()
    typing(house, case)
    client = house.browser()
    client.post("/typing/", {"operation": operation(), "of": part(other), "wishes": "Other"})
    with god():
        mine, theirs = TypedDraft.objects.order_by("at")
        place = bytes(theirs.place)
        theirs.delete()
        TypedDraft.objects.filter(pk=mine.pk).update(place=place)
    page = client.get(part(other))
    assert page.status_code == 200
    assert CANARY not in text(page)


@pytest.mark.alarms
def test_who_owns_the_database_puts_the_words_of_two_in_one_place(house: Senders, case) -> None:
    """Even under the colleague's own name and place, what Zarina typed does not open."""
    typing(house, case)
    other = house.browser("supervisor-cso")
    assert other.post("/typing/", {"operation": str(uuid4()), "of": "/today/x/", "w": "x"}).status_code == 200
    assert other.post("/typing/", {"operation": str(uuid4()), "of": "/cases/", "w": "x"}).status_code == 200
    zarina = house.world.people["caseworker-cso"].user_id
    with god():
        body = bytes(TypedDraft.objects.get(user_id=zarina).body)
        TypedDraft.objects.exclude(user_id=zarina).update(body=body)
    assert CANARY not in json.dumps(text(other.get("/cases/")))
