"""Mail says how many and where to look. A mailbox is read by more people than its owner."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction

from hamkori.access.actor import SYSTEM
from hamkori.casework.case.machinery import notices as actions
from hamkori.casework.referral.models import Referral
from hamkori.definer import HkNow
from hamkori.notices.actions import read
from hamkori.notices.mail import message, send_due, send_head
from hamkori.notices.models import Notice, NoticeMail
from hamkori.people.models import Membership, User
from hamkori.vocabulary.country import LANGUAGES
from tests.access import cast
from tests.access.cast import Cast
from tests.database import as_role, god, raw

TODAY = "https://hamkori.example/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return Cast()


def tell(side: str, referral: Referral, urgent: bool = False, by_mail: bool = True) -> None:
    with as_role("hk_clock"):
        actions.add(SYSTEM, key="news", sides=[side], about=("referral", referral.pk), urgent=urgent, mail=by_mail)


def send() -> int:
    with as_role("hk_clock"):
        return send_due(TODAY)


def sent() -> list[tuple[str, str]]:
    found = [(one.to[0].split("-")[0], one.body.strip()) for one in mail.outbox]
    mail.outbox.clear()
    return sorted(found)


ONE = f"1 referral has news.\nSign in to read more: {TODAY}"
THREE = f"3 referrals have news.\nSign in to read more: {TODAY}"


def test_what_is_urgent_goes_at_once(people: Cast) -> None:
    tell("D", people.refers(), urgent=True)
    assert send() == 1
    assert sent() == [("gulnora", ONE)]
    assert send() == 0, "once"


def test_the_others_wait_five_minutes_and_become_one(people: Cast) -> None:
    for _ in range(3):
        tell("L", people.refers())
    assert send() == 0
    cast.advance(timedelta(minutes=4))
    assert send() == 0
    cast.advance(timedelta(minutes=6))
    assert send() == 1
    assert sent() == [("zarina", THREE)]


def test_an_urgent_one_takes_the_others_along(people: Cast) -> None:
    tell("L", people.refers())
    tell("L", people.refers())
    tell("L", people.refers(), urgent=True)
    assert send() == 1
    assert sent() == [("zarina", THREE)]
    cast.advance(timedelta(minutes=10))
    assert send() == 0


def test_each_person_gets_her_own(people: Cast) -> None:
    tell("S", people.refers(), urgent=True)
    assert send() == 2
    assert sent() == [("firuza", ONE), ("zarina", ONE)]


def test_who_has_two_places_gets_one_mail(people: Cast) -> None:
    """Red before: who keeps the keys of eight organisations got eight mails in one minute."""
    with god():
        desk = Membership.objects.get(user__email__startswith="gulnora")
        desk.user = User.objects.get(email__startswith="zarina")
        desk.save()
    referral = people.refers()
    for side in ("D", "L"):
        tell(side, referral, urgent=True)
    assert (send(), sent()) == (1, [("zarina", ONE.replace("1 referral has", "2 referrals have"))])
    with god():
        Membership.objects.filter(pk=desk.pk).update(ended_at=HkNow())
    for side in ("D", "L"):
        tell(side, referral, urgent=True)
    assert (send(), sent()) == (1, [("zarina", ONE)]), "the place that ended tells nothing more"


def test_what_was_read_or_is_not_for_mail_is_not_mailed(people: Cast) -> None:
    tell("L", people.refers(), urgent=True)
    tell("D", people.refers(), by_mail=False)
    read(cast.acting(people.zarina))
    cast.advance(timedelta(minutes=10))
    assert send() == 0


def test_a_desk_gets_no_mail_before_the_referral_is_visible(people: Cast) -> None:
    tell("D", people.refers(visible_in=timedelta(seconds=30)), urgent=True)
    assert send() == 0
    cast.advance(timedelta(seconds=31))
    assert send() == 1


@pytest.mark.parametrize("gone", ["left", "blocked"])
def test_who_is_gone_by_then_gets_none(people: Cast, gone: str) -> None:
    tell("L", people.refers(), urgent=True)
    with god():
        if gone == "left":
            Membership.objects.filter(pk=people.zarina.pk).update(ended_at=people.zarina.since)
        else:
            User.objects.filter(pk=people.zarina.user_id).update(is_active=False)
    assert send() == 0
    with god():
        assert not NoticeMail.objects.filter(mailed_at=None).exists(), "and it is not tried for ever"


def test_a_mail_carries_no_code_and_no_name(people: Cast) -> None:
    referral = people.refers()
    tell("L", referral, urgent=True)
    send()
    (one,) = mail.outbox
    assert one.subject == "Hamkori"
    assert one.to == [people.zarina.user.email]
    written = one.message().as_string()
    for word in (referral.code, people.case.code, "panoh", "umed", "zarina", "gulnora"):
        assert word not in written.replace(people.zarina.user.email, "")
    assert not one.message().is_multipart()


def test_a_mail_is_in_the_language_of_its_reader() -> None:
    texts = {language: message("a@example.org", language, {"news": 1}, TODAY).body for language in LANGUAGES}
    assert all(TODAY in text for text in texts.values())
    assert texts["en"].strip() == ONE


class Broken(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError


def test_a_mail_that_could_not_be_handed_over_is_tried_again(people: Cast, settings: pytest.FixtureRequest) -> None:
    tell("L", people.refers(), urgent=True)
    working = settings.EMAIL_BACKEND  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = f"{__name__}.Broken"  # type: ignore[attr-defined]
    with pytest.raises(ConnectionRefusedError), transaction.atomic():
        send()
    settings.EMAIL_BACKEND = working  # type: ignore[attr-defined]
    assert send() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_mail(people: Cast) -> None:
    tell("L", people.refers(), urgent=True)
    with raw("hk_clock") as other:
        assert other.execute("select 1 from notice_mail where mailed_at is null for update").fetchone()
        assert send() == 0, "another worker has it in hand"
    assert send() == 1


def test_the_clock_changes_nothing_of_a_notice_but_that_it_was_mailed(people: Cast) -> None:
    tell("L", people.refers())
    with as_role("hk_clock"):
        for change in ({"read_at": None}, {"key_code": "now"}, {"mailed_at": None}):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Notice.objects.update(**change)


def test_every_auditor_of_a_live_body_is_told_the_head_and_nobody_else(people: Cast) -> None:
    head = f"12:{'ab' * 32}"
    cast.member(people.umed, "said", "auditor")
    secretariat = cast.body("secretariat", "oversight")
    cast.member(secretariat, "nargis", "auditor")
    gone = cast.member(secretariat, "olim", "auditor")
    away = cast.member(secretariat, "lola", "auditor")
    closed = cast.body("closed")
    cast.member(closed, "sino", "auditor")
    with god():
        Membership.objects.filter(pk=gone.pk).update(ended_at="2020-01-01T00:00:00Z")
        User.objects.filter(pk=away.user_id).update(is_active=False)
        type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    with as_role("hk_clock"):
        assert send_head(head) == 2
    said = f"Today's head of the record of access: {head}"
    assert [(name, body.splitlines()[0]) for name, body in sent()] == [("nargis", said), ("said", said)]


def test_without_an_auditor_no_mail_is_sent(people: Cast) -> None:
    with as_role("hk_clock"):
        assert send_head("1:00") == 0
    assert sent() == []
