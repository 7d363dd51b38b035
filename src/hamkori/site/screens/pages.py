"""Every page by a name: whose eyes, which address. The addresses are found in the invented world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

ZARINA, MALIKA, GULNORA, PARVINA = "caseworker-cso", "supervisor-cso", "desk-shelter", "shelter-worker"
NARGIS, FARIDA, SITORA, OLIM = "social-service", "coordinator", "stranger", "olim@commission.example"
KARIM = "karim@keys.example"  # a key holder
NOBODY = ""


@dataclass(frozen=True)
class Page:
    """A page in one state. `who` empty: a stranger. `press`: what is clicked first. Not `whole`: a part of a page.
    `form`: asks for one step. `opens`: how many sealed parts it opens.
    """

    name: str
    who: str
    path: str
    status: int = 200
    press: str = ""
    checks_words: bool = True
    whole: bool = True
    form: bool = False
    opens: int = 0


CASE_OF = """
    select c.code from "case" c join case_access a on a.case_id = c.id and a.ended_at is null and a.kind_code = 'lead'
    join membership m on m.id = a.membership_id join app_user u on u.id = m.user_id
    where u.email = %s and c.state_code = %s {more} order by c.begun_at desc limit 1
"""
SENT_BY = """
    select r.code from referral r join referral_sender x on x.referral_id = r.id
    join referral_origin o on o.referral_id = r.id
    join case_access a on a.case_id = o.case_id and a.kind_code = 'lead'
    join membership m on m.id = a.membership_id join app_user u on u.id = m.user_id
    where u.email = %s and coalesce(nullif(x.ending_code, ''), r.state_code) = %s {more}
    order by r.written_at desc limit 1
"""
GOT_BY = """
    select r.code from referral r join organisation b on b.id = r.to_organisation_id
    where b.slug = %s and r.state_code = %s {more} order by r.written_at desc limit 1
"""
OF_ZARINA, OF_SHELTER, OF_SOCIAL = "zarina@umed.example", "shelter-kulob", "social-protection"
ASKED = (
    "and exists (select 1 from consent k where k.case_id = c.id)"
    " and exists (select 1 from referral_origin o where o.case_id = c.id)"
)


OPENED_BY = {"refer": 1, "edit": 2, "again": 2, "add": 1, "screening": 1}
"""Steps whose page opens a sealed part: what was written before stands in the form."""


class World:
    """Codes of the invented world, looked up behind the walls."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner

    def first(self, question: str, *values: str, more: str = "") -> str:
        """The code, or nothing if the world has none."""
        row = self.owner.execute(question.format(more=more).encode(), list(values)).fetchone()
        return str(row[0]) if row else ""


def pages(owner: psycopg.Connection) -> list[Page]:
    """All of them; a page whose thing is not in the world is left out and missed by the test of this list."""
    world = World(owner)
    return [*_doors(), *_homes(), *_cases(world), *_sent(world), *_received(world), *_directory(world), *_errors()]


def _doors() -> Iterator[Page]:
    yield Page("front", NOBODY, "/")
    yield Page("sign-in", NOBODY, "/account/sign-in/")
    yield Page("mail", NOBODY, "/demo/mail/", checks_words=False)
    # The style guide shows every component at once, in the language of those who build.
    yield Page("style-guide", NOBODY, "/styleguide/", checks_words=False)


def _homes() -> Iterator[Page]:
    for name, who in (("case-worker", ZARINA), ("supervisor", MALIKA), ("desk", GULNORA), ("coordinator", FARIDA)):
        yield Page(f"today-{name}", who, "/")
    yield Page("today-empty", SITORA, "/")
    yield Page("today-auditor", OLIM, "/")
    yield Page("account", ZARINA, "/account/")
    yield Page("account-devices", ZARINA, "/account/devices/")
    yield Page("account-passphrase", ZARINA, "/account/passphrase/")
    yield Page("unlock", ZARINA, "/account/unlock/")
    yield Page("keys", KARIM, "/keys/")
    yield Page("keys-of-nobody", ZARINA, "/keys/", status=403)
    yield Page("late-answers", FARIDA, "/coordination/late/")


def _cases(world: World) -> Iterator[Page]:
    yield Page("cases", ZARINA, "/cases/")
    yield Page("cases-supervisor", MALIKA, "/cases/")
    yield Page("cases-empty", SITORA, "/cases/")
    yield Page("cases-nothing-found", ZARINA, "/cases/?q=11111111")
    yield Page("register-1", ZARINA, "/cases/new/")
    yield Page("register-1-errors", ZARINA, "/cases/new/", press="main form.stack button[type=submit]", status=400)
    draft = world.first(CASE_OF, OF_ZARINA, "draft")
    if draft:
        yield Page("case-draft", ZARINA, f"/cases/{draft}/")
        yield Page("register-2", ZARINA, f"/cases/{draft}/register/?page=2", opens=1)
        yield Page("register-3", ZARINA, f"/cases/{draft}/register/?page=3", opens=2)
    case = world.first(CASE_OF, OF_ZARINA, "open", more=ASKED + " and not c.is_child")
    child = world.first(CASE_OF, OF_ZARINA, "open", more=ASKED + " and c.is_child")
    closed = world.first(CASE_OF, OF_ZARINA, "closed")
    if case:
        at = f"/cases/{case}"
        yield Page("case", ZARINA, f"{at}/")
        yield Page("case-opened", ZARINA, f"{at}/?open=contact", opens=1)
        yield Page("case-supervisor", MALIKA, f"{at}/")
        yield Page("case-edit", ZARINA, f"{at}/edit/")
        yield Page("case-section", ZARINA, f"{at}/section/?of=needs", opens=1)
        yield Page("case-print", ZARINA, f"{at}/print/")
        for step in ("who", "admit", "leave", "close", "screening", "decide", "consent", "refer"):
            yield Page(f"case-{step}", ZARINA, f"{at}/{step}/", form=step != "who", opens=OPENED_BY.get(step, 0))
        yield Page("consent-supervisor", MALIKA, f"{at}/consent/")
        yield Page("consent-errors", ZARINA, f"{at}/consent/", press="main form.cols .actions.tall button[type=submit]")
        yield Page("consent-withdraw", ZARINA, f"{at}/consent/withdraw/")
        yield Page("consent-print", ZARINA, f"{at}/consent/print/", checks_words=False)
        yield Page("refer-chosen", ZARINA, f"{at}/refer/", press="main [name=service]")
    if child:
        yield Page("case-child", ZARINA, f"/cases/{child}/")
        yield Page("consent-child", ZARINA, f"/cases/{child}/consent/")
        yield Page("settle-age", ZARINA, f"/cases/{child}/settle_age/")
    if closed:
        yield Page("case-closed", ZARINA, f"/cases/{closed}/")
        yield Page("case-reopen", MALIKA, f"/cases/{closed}/reopen/")


def _sent(world: World) -> Iterator[Page]:
    yield Page("referrals", ZARINA, "/referrals/")
    yield Page("referrals-empty", SITORA, "/referrals/")
    for state in ("draft", "sent", "accepted", "serving", "finished", "confirmed", "declined", "withdrawn"):
        code = world.first(SENT_BY, OF_ZARINA, state) or world.first(SENT_BY, "nargis@social.example", state)
        who = ZARINA if world.first(SENT_BY, OF_ZARINA, state) else NARGIS
        if code:
            yield Page(f"sent-{state}", who, f"/referrals/{code}/")
    steps = {"sent": ("recall", "withdraw"), "draft": ("edit",), "serving": ("add",), "declined": ("again",)}
    for state, words in steps.items():
        code = world.first(SENT_BY, OF_ZARINA, state)
        for word in words if code else ():
            yield Page(f"sent-{word}", ZARINA, f"/referrals/{code}/{word}/", form=True, opens=OPENED_BY.get(word, 0))


def _received(world: World) -> Iterator[Page]:
    yield Page("desk", GULNORA, "/desk/")
    yield Page("desk-social", NARGIS, "/desk/")
    yield Page("desk-empty", SITORA, "/desk/")
    # A part that the inbox asks for each minute: no page of its own.
    yield Page("desk-waiting", GULNORA, "/desk/waiting/", whole=False)
    sent = world.first(GOT_BY, OF_SHELTER, "sent")
    if sent:
        yield Page("card", GULNORA, f"/referrals/{sent}/")
        press = 'form[action*="/accept/"] button[type=submit]'
        yield Page("card-errors", GULNORA, f"/referrals/{sent}/", press=press)
    for state in ("accepted", "serving", "disputed", "declined", "confirmed"):
        code = world.first(GOT_BY, OF_SHELTER, state)
        if code:
            yield Page(f"got-{state}", PARVINA if state in ("accepted", "serving") else GULNORA, f"/referrals/{code}/")
    serving = world.first(GOT_BY, OF_SHELTER, "serving")
    if serving:
        yield Page("packet-opened", PARVINA, f"/referrals/{serving}/?open=packet", opens=1)
        yield Page("got-staff", PARVINA, f"/referrals/{serving}/staff/")
        yield Page("got-withdraw", PARVINA, f"/referrals/{serving}/withdraw/")


def _directory(world: World) -> Iterator[Page]:
    yield Page("directory", ZARINA, "/directory/")
    yield Page("directory-empty", ZARINA, "/directory/?q=qwrtpsd")
    mine = world.first(
        "select s.id from service s join organisation b on b.id = s.organisation_id where b.slug = %s limit 1",
        OF_SHELTER,
    )
    yield Page("service", ZARINA, f"/directory/{mine}/")
    yield Page("service-edit", GULNORA, f"/directory/{mine}/edit/")
    yield Page("service-add", GULNORA, "/directory/add/")


def _errors() -> Iterator[Page]:
    yield Page("not-found", ZARINA, "/cases/11111111/", status=404)
    yield Page("not-allowed", FARIDA, "/cases/new/", status=403)
