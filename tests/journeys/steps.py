"""What the people of the journeys do again and again, each as she would do it at the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.journeys.people import Somebody
from tests.journeys.play import Play

CALL_NAME = "Canary-Call-Name"
HER_WORDS = "Canary-Her-Words: she is afraid that somebody follows her"
SHELTER = "Shelter, Khatlon (demo)"


def tomorrow(play: Play) -> date:
    """The day after today, by the world's clock: it stands where it stood when the world was built, which may be before
    a midnight that the machine has passed since.
    """
    at: datetime = play.one("select hk_now()")
    return at.astimezone(ZoneInfo("Asia/Dushanbe")).date() + timedelta(days=1)


def register(
    her: Somebody,
    *,
    name: str = CALL_NAME,
    need: str = "A safe place to sleep",
    age: str = "18\u201129",
    child_contact: str = "",
    refer: bool = False,
) -> str:
    """Three pages; the code of the new case."""
    her.go("/cases/new/")
    her.choose(need)
    her.type("What to call the person", name)
    her.press("Continue")
    her.page.locator("select[name=district]").select_option(value="TJ-KT-01")
    her.choose("Woman or girl")
    her.choose(age, exact=True)
    her.press("Continue")
    code = her.code
    if child_contact:
        her.page.locator("[name=child_contact]").fill(child_contact)
    her.press("Register and refer now" if refer else "Register only")
    return code


def agree(
    her: Somebody,
    code: str,
    yes: Iterable[str] = ("shelter_social_help",),
    no: Iterable[str] = (),
    *,
    child: bool = False,
) -> None:
    """Her answers, row by row; what is not named stays "not asked"."""
    her.go(f"/cases/{code}/consent/")
    for row in yes:
        her.page.locator(f"[name=a_{row}][value=yes]").check(force=True)
    for row in no:
        her.page.locator(f"[name=a_{row}][value=no]").check(force=True)
    if yes:
        her.page.locator("input[name=language][value=tg]").check(force=True)
        her.page.locator(".tongue .reading:visible summary").click()
        her.page.locator("[name=read]").check(force=True)
        her.choose("An adult spoke for the child" if child else "Said it", exact=True)
    else:
        her.page.locator(".how-no:visible [name=how_said][value=in_person]").check(force=True)
    if child:
        her.choose("Guardianship authority")
        her.page.locator("[name=suspected][value=no]").check(force=True)
        her.choose("The child says yes")
    her.press("Save the answers")


@contextmanager
def page_follows(her: Somebody) -> Iterator[None]:
    """What she does inside exchanges a part of the request's page; afterwards the new part stands.

    The answer alone is not enough: a press between the answer and the exchange meets a part that is thrown away.
    """
    her.page.locator("#side").evaluate("side => { side.dataset.before = 'yes'; }")
    with her.page.expect_response("**/refer/"):
        yield
    her.page.locator("#side[data-before]").wait_for(state="detached")


def choose_service(her: Somebody, code: str, body: str, *, need: str = "") -> None:
    """The request's page with one body chosen."""
    her.go(f"/cases/{code}/refer/")
    if need:
        with page_follows(her):
            her.page.locator("select[name=need]").select_option(value=need)
    choose_body(her, body)


def choose_body(her: Somebody, body: str) -> None:
    """Chooses a body's service, also one that something speaks against; the page says what would go, or nothing."""
    mark = her.page.get_by_role("button", name=re.compile(f"^(Choose|Ask anyway) {re.escape(body)}")).first
    if not mark.is_visible():
        folded = re.compile(f"Asked already: .*{re.escape(body)}|Others, and what speaks against them")
        her.page.locator("main summary", has_text=folded).first.click()
    with page_follows(her):
        mark.click()
    her.page.locator("main").locator(".slip, .note").first.wait_for()


def send(her: Somebody, *, urgency: str = "Urgent", words: str = HER_WORDS) -> str:
    """From the chosen body to the request that waits; its code."""
    box = her.page.locator("[name=urgency]").and_(her.page.get_by_label(urgency, exact=False)).first
    if not box.is_checked():
        her.unfold("Change urgency or parts")
        with page_follows(her):
            box.check(force=True)
    text = her.page.locator("#id_agreed_text")
    if not text.is_visible():
        her.page.locator("main summary", has_text=re.compile("wants them to know|own words")).first.click()
    text.fill(words)
    her.page.get_by_role("button", name="I have told the person. Send").first.click()
    her.page.wait_for_url("**/referrals/*/")
    waits = re.compile("Waiting for an answer|No place for tonight yet")
    her.page.locator("main").get_by_text(waits).first.wait_for()
    return her.code


def referred(her: Somebody, body: str = SHELTER, **registering: str) -> tuple[str, str]:
    """A new person, asked and referred: the codes of her case and of the request."""
    code = register(her, **registering)  # type: ignore[arg-type]
    agree(her, code)
    choose_service(her, code, body)
    return code, send(her)


def accept(desk: Somebody, referral: str, worker: str = "Parvina") -> None:
    """The desk says yes: who meets her, when."""
    desk.go(f"/referrals/{referral}/")
    for box in desk.form("accept").locator("[name=team]:checked").all():
        box.uncheck(force=True)  # whoever is signed in stands ticked beforehand
    desk.choose(worker)
    desk.form("accept").locator(f'[name=when][value="{tomorrow(desk.play).isoformat()}.morning"]').click()
    desk.sees("Accepted for")


def follow(her: Somebody, referral: str, what: str) -> None:
    """From Today to a referral, by the one row that says so of it."""
    row = her.page.locator(f'main .work :is(.what, .line)[href="/referrals/{referral}/"]')
    assert row.inner_text().startswith(what), row.inner_text()
    row.click()
    her.page.wait_for_url(f"**/referrals/{referral}/")
