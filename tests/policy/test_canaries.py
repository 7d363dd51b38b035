"""Words that stand in sealed fields only, looked for everywhere else: dump, logs, mail, pages of every role."""

import gzip
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.http import HttpResponse

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.sections import FUNCTION_SECTION
from hamkori.casework.case.rules.sheets import SHEET_FIELDS
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, disclosure, on_the_way, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.notices.mail import send_due
from hamkori.vault import typed
from tests.database import as_role, god
from tests.policy import browsing, searching
from tests.policy.moments import Moments
from tests.policy.rooms.casework.world import CODES
from tests.policy.world import TODAY, TOMORROW, World

FLOOR = 200
PAGES = 19
LEADS = ("identity", "contact", "place", "needs", "health")
CODED = {"district": "TJ-KT-01", "safe_to_talk": "yes", "by_code": "yes"}
"""Fields that hold a code of a list and no words."""
VISITORS = (
    *("Zarina", "Firuza", "Dilshod", "Malika", "Nigina", "Bahor", "Rustam", "Karim", "Safar", "Gulnora", "Parvina"),
    *("Lola", "Hamid", "Farhod", "Jamshed", "Orzu", "Bahrom", "Mavluda", "Ismoil"),
)
IN_A_HURRY, FEW_PAGES = ("Zarina", "Parvina", "Lola"), 14
"""Whom `--fast` lets look, and at how many pages: her own worker, the one who meets her, and one who must not know."""
WHOLE = "test_the_words_stand_nowhere_but_where_they_may"
LEFT = ("RL", "RB")
PACKET = ("identity", "contact", "needs")


@dataclass
class Canaries:
    """The planted words: number -> (case, section), and who may read them there."""

    where: dict[int, tuple[str, str]] = field(default_factory=dict)
    readers: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def word(self, thing: str, name: str) -> str:
        number = len(self.where) + 1
        self.where[number] = (thing, name)
        return f"{searching.LATIN}{number:04d} {searching.CYRILLIC}"

    def sheet(self, thing: str, name: str) -> dict[str, str]:
        return {one: CODED.get(one) or self.word(thing, name) for one in SHEET_FIELDS[name]}

    def reads(self, who: str, function: str, thing: str) -> None:
        for name in FUNCTION_SECTION[function]:
            self.readers.setdefault((thing, name), set()).add(who)

    def wrongly_shown(self, who: str, page: bytes) -> set[tuple[str, str]]:
        """What a page shows that its reader does not hold."""
        found = {place for number, place in self.where.items() if f"{searching.LATIN}{number:04d}".encode() in page}
        return {place for place in found if who not in self.readers.get(place, set())}


def plant(world: World, canaries: Canaries) -> None:
    """Nine cases of Zarina's, one of them with a whole team and a request, and one of the police."""
    for number in range(1, 10):
        thing = f"C{number}"
        with world.as_("Zarina") as zarina:
            sealed = {name: canaries.sheet(thing, name) for name in LEADS}
            case = cases.begin(zarina, codes=CODES, sealed=sealed)
            world.things[thing] = cases.register(zarina.doing(None), case, version=case.version).pk
        canaries.reads("Zarina", "social_worker", thing)
        canaries.reads("Malika", "supervisor", thing)
    two_versions(world, canaries)
    typing(world, canaries)
    for who, function, name in (("Firuza", "psychologist", "psychosocial"), ("Dilshod", "lawyer", "legal")):
        with world.as_("Zarina") as zarina:
            team.admit(zarina, world.case("C1"), membership=world.membership(who))
        with world.as_(who) as actor:
            fields = canaries.sheet("C1", name)
            section.write_section(actor, world.case("C1"), section=name, fields=fields, seal_no=0)
        canaries.reads(who, function, "C1")
    with world.as_("Jamshed") as jamshed:
        names = ("identity", "contact", "place", "needs", "criminal")
        case = cases.begin(jamshed, codes=CODES, sealed={name: canaries.sheet("CJ", name) for name in names})
        world.things["CJ"] = cases.register(jamshed.doing(None), case, version=case.version).pk
    canaries.reads("Jamshed", "investigator", "CJ")


def two_versions(world: World, canaries: Canaries) -> None:
    """In C1 Zarina wrote the needs in two windows, and kept what stood there: her other words are for her alone."""
    with world.as_("Zarina") as zarina:
        other = dict.fromkeys(SHEET_FIELDS["needs"], canaries.word("C1", "set aside"))
        kept = dict.fromkeys(other, "theirs")
        section.write_section(
            zarina, world.case("C1"), section="needs", fields=other, seal_no=1, was=dict.fromkeys(other, ""), keep=kept
        )
    canaries.readers["C1", "set aside"] = {"Zarina"}


def typing(world: World, canaries: Canaries) -> None:
    """And she types there, without having saved it yet."""
    words = {"wishes": [canaries.word("C1", "typed")]}
    with world.as_("Zarina") as zarina:
        assert zarina.user_id
        assert zarina.keys
        form = f"/cases/{world.case('C1').code}/section/?of=needs"
        assert typed.keep(zarina.user_id, zarina.keys, form, uuid4(), words, now())
    canaries.readers["C1", "typed"] = {"Zarina"}


def refer(world: World, canaries: Canaries) -> None:
    """C1 goes to Panoh, which accepts; Parvina reads the packet, and with Zarina what was agreed by telephone."""
    canaries.readers["C1", "text"] = {"Zarina", "Firuza", "Dilshod", "Malika", "Parvina"}
    canaries.readers["C1", "meeting"] = {"Zarina", "Firuza", "Dilshod", "Parvina"}
    to_panoh(world, canaries, "C1", "RC", agreed=True)
    for name in PACKET:
        canaries.readers["C1", name].add("Parvina")


def helped(world: World, canaries: Canaries) -> None:
    """C2 went there too and was helped: a note came back with the result, for Zarina alone."""
    canaries.readers |= {("C2", "text"): {"Zarina", "Malika"}, ("C2", "meeting"): set(), ("C2", "note"): {"Zarina"}}
    to_panoh(world, canaries, "C2", "RN")
    with world.as_("Parvina") as parvina:
        request = world.referral("RN")
        note = canaries.word("C2", "note")
        receive.finish(parvina, request, version=request.version, result="not_needed", note=note)


def left(world: World, canaries: Canaries) -> None:
    """C3 was at Panoh and left it without a word: a note came with the result, and the coordinator has a row of it. C4
    left so, too, and is said to be back.
    """
    for thing, name in zip(("C3", "C4"), LEFT, strict=True):
        canaries.readers |= {(thing, "text"): {"Zarina", "Malika"}, (thing, "meeting"): set()}
        canaries.readers[thing, "note"] = {"Zarina"}
        to_panoh(world, canaries, thing, name)
        with world.as_("Parvina") as parvina:
            receive.serve(parvina, world.referral(name), version=world.referral(name).version)
        with world.as_("Parvina") as parvina:
            mine = world.referral(name)
            note = canaries.word(thing, "note")
            receive.finish(parvina, mine, version=mine.version, result="not_reached", note=note)
    with world.as_("Parvina") as parvina:
        on_the_way.call_sender(parvina, world.referral("RB"), answer="is_back")


def to_panoh(world: World, canaries: Canaries, thing: str, name: str, *, agreed: bool = False) -> None:
    """What she agreed to of a case goes to Panoh under a name of its own, and is accepted there. `agreed`: where they
    meet was agreed by telephone before.
    """
    asking = consent.Asking(language="tg", how_given="spoken", until_on=TODAY + timedelta(days=60))
    with world.as_("Zarina") as zarina:
        answer = consent.Answer("shelter_social", "help", "yes", frozenset(PACKET))
        consent.record(zarina, world.case(thing), answers=[answer], asking=asking)
    with world.as_("Zarina") as zarina:
        text = canaries.word(thing, "text")
        draft = send.write(
            zarina,
            world.case(thing),
            service=world.services["Panoh"],
            purpose="help",
            urgency="urgent",
            sections=list(PACKET),
            agreed_text=text,
            told_body=True,
        )
        world.things[name] = draft.pk
    with world.as_("Zarina") as zarina:
        send.send(zarina, world.referral(name), version=world.referral(name).version)
    line = {one: canaries.word(thing, "meeting") for one in ("hour", "place", "ask_for")}
    if agreed:
        with world.as_("Zarina") as zarina:
            confirm.call(zarina, world.referral(name), answer="said_yes")
        with world.as_("Zarina") as zarina:
            confirm.arrange(zarina, world.referral(name), line=line)
    with world.as_("Gulnora") as gulnora:
        receive.accept(
            gulnora,
            world.referral(name),
            version=world.referral(name).version,
            team=[world.membership("Parvina")],
            arrival_on=TOMORROW,
            arrival_part="morning",
            meeting=None if agreed else line,
        )


class Collected(logging.Handler):
    """Every record of every logger, with whatever was hung onto it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")

    @property
    def text(self) -> bytes:
        return "\n".join(self.lines).encode("utf-8", "backslashreplace")


@contextmanager
def logs() -> Iterator[Collected]:
    # Everything that we and the libraries can say; Django as the settings let it speak: at DEBUG its templates name
    # what they show, and the settings keep it at WARNING.
    collected = Collected()
    loud = [logging.getLogger(), logging.getLogger("hamkori")]
    levels = [logger.level for logger in loud]
    heard = [logging.getLogger(), logging.getLogger("django")]
    for logger in heard:
        logger.addHandler(collected)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    try:
        yield collected
    finally:
        for logger in heard:
            logger.removeHandler(collected)
        for logger, level in zip(loud, levels, strict=True):
            logger.setLevel(level)


@dataclass
class Planted:
    """Where the words were, and what was collected while people worked."""

    canaries: Canaries
    dump: bytes
    log: bytes
    server_log: bytes
    mails: bytes
    pages: dict[tuple[str, str], HttpResponse]
    opened: dict[str, dict[str, str]]
    who_left: list[str]
    """The numbers of the referrals of who left without a word."""


def collect(moments: Moments, visitors: tuple[str, ...], most: int) -> Planted:
    canaries = Canaries()
    with moments.branch("start", "canary") as world, logs() as collected:
        plant(world, canaries)
        refer(world, canaries)
        helped(world, canaries)
        left(world, canaries)
        with world.as_("Parvina") as parvina:
            opened = disclosure.open_packet(parvina, world.referral("RC"))
        mail.outbox = []
        with transaction.atomic(), as_role("hk_clock"):
            assert send_due("https://hamkori.example/") >= 1
        mails = b"\n".join(message.message().as_bytes() for message in mail.outbox)
        pages, who_left = visit(world, visitors, most), numbers(world, *LEFT)
        dump = moments.dump("canary")
    return Planted(canaries, dump, collected.text, moments.server_log(), mails, pages, opened, who_left)


def numbers(world: World, *things: str) -> list[str]:
    with transaction.atomic(), god():
        return [str(Referral.objects.get(pk=world.things[one]).code) for one in things]


def visit(world: World, visitors: tuple[str, ...], most: int) -> dict[tuple[str, str], HttpResponse]:
    """What everybody's browser shows, led by links from her first page and from the address of C1 and its request."""
    with transaction.atomic(), god():
        code = Case.objects.get(pk=world.things["C1"]).code
    (request,) = numbers(world, "RC")
    (noted,) = numbers(world, "RN")
    first = ["/", f"/cases/{code}/", f"/cases/{code}/?open=identity", f"/cases/{code}/edit/", f"/referrals/{request}/"]
    first += [f"/referrals/{request}/?open=packet", f"/referrals/{request}/?open=meeting", "/cases/", "/referrals/"]
    first += [f"/referrals/{one}/" for one in numbers(world, *LEFT)]
    first += [f"/referrals/{noted}/?open=note", f"/referrals/{noted}/confirm/"]
    first += [f"/cases/{code}/set-aside/?of=needs", f"/cases/{code}/section/?of=needs"]
    first += ["/desk/", "/coordination/late/", "/directory/", "/account/", "/account/devices/"]
    found = {}
    for who in visitors:
        client = browsing.browser(world, who)
        for address, answer in browsing.walk(client, first, most):
            found[who, address] = answer
    return found


@pytest.fixture
def planted(moments: Moments, request: pytest.FixtureRequest) -> Planted:
    """One world for all of it: making it takes longer than looking. Where the whole is looked at, both look at that."""
    whole = any(item.name == WHOLE for item in request.session.items)
    visitors, most = (VISITORS, PAGES) if whole else (IN_A_HURRY, FEW_PAGES)
    return moments.once("canaries", partial(collect, moments, visitors, most))


def test_the_words_are_on_no_page_of_these_three(planted: Planted) -> None:
    """What `--fast` keeps of the whole: the same words, dump, logs and mail, and a few pages."""
    there_are_enough(planted)
    a_dump_holds_none(planted)
    no_log_holds_one(planted)
    no_mail_holds_one(planted)
    no_page_shows_one_to_whoever_does_not_hold_it(planted, at_least=30)


@pytest.mark.bulk
def test_the_words_stand_nowhere_but_where_they_may(planted: Planted, count: Counter[str]) -> None:
    count["canaries planted"] += len(planted.canaries.where)
    count["pages looked at for canaries"] += len(planted.pages)
    there_are_enough(planted)
    a_dump_holds_none(planted)
    no_log_holds_one(planted)
    no_mail_holds_one(planted)
    no_page_shows_one_to_whoever_does_not_hold_it(planted, at_least=150)
    the_coordinator_reads_who_left(planted)


def there_are_enough(planted: Planted) -> None:
    assert len(planted.canaries.where) >= FLOOR
    assert {place[1] for place in planted.canaries.where.values()} >= {
        *("identity", "contact", "place", "needs", "health", "psychosocial", "legal", "criminal", "text", "meeting"),
        *("set aside", "typed", "note"),
    }
    assert searching.LATIN in planted.opened["contact"]["call_name"]
    assert searching.LATIN in planted.opened["text"]["agreed_text"]


def a_dump_holds_none(planted: Planted) -> None:
    for table in (
        b"contact",
        b"packet_body",
        b"set_aside",
        b"typed",
        b"ledger",
        b"notice",
        b"django_session",
        b"operation",
    ):
        assert b"COPY public." + table + b" " in planted.dump, table
    assert searching.find(planted.dump) == set()


def no_log_holds_one(planted: Planted) -> None:
    assert logging.getLogger("django.template").getEffectiveLevel() >= logging.WARNING
    assert searching.find(planted.log) == set()
    assert searching.find(planted.server_log) == set()


def no_mail_holds_one(planted: Planted) -> None:
    assert b"Subject: Hamkori" in planted.mails
    assert searching.find(planted.mails) == set()


def the_coordinator_reads_who_left(planted: Planted) -> None:
    """Else nothing was looked at: her row of it, on both of her pages (ADR 0174)."""
    for page in ("/", "/coordination/late/"):
        shown = planted.pages["Mavluda", page].content.decode()
        assert all(f"/coordination/{number}/call/" in shown for number in planted.who_left), page


def no_page_shows_one_to_whoever_does_not_hold_it(planted: Planted, *, at_least: int) -> None:
    wrong, rightful = [], 0
    for (who, address), answer in planted.pages.items():
        shown = planted.canaries.wrongly_shown(who, answer.content)
        wrong += [f"{who} {address}: {place}" for place in shown]
        rightful += searching.LATIN.encode() in answer.content
        heads = str(dict(answer.items())).encode()
        if searching.find(heads) or searching.find(address.encode()):
            wrong.append(f"{who} {address}: in its head or address")
    assert len(planted.pages) >= at_least
    assert not wrong, "\n".join(wrong)
    assert rightful >= 3, "no page showed any: the walk has lost its way"


def test_a_planted_one_is_found_in_every_disguise() -> None:
    """The control: the same search finds what was written down."""
    with logs() as collected:
        logging.getLogger("hamkori.control").warning("somebody wrote %s here", searching.LATIN)
        logging.getLogger("django.control").error("here too", extra={"value": searching.CYRILLIC})
    assert {"latin raw", "cyrillic raw"} <= searching.find(collected.text)
    assert "packed latin raw" in searching.find(b"before" + gzip.compress(collected.text) + b"after")
    for name, pattern in searching.patterns().items():
        assert name in searching.find(b"..." + pattern + b"..."), name
