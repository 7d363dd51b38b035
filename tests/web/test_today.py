"""Today: each role sees what waits for her, the most urgent first, and the rail counts the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.today import today
from hamkori.notices.queries import lines, unread_of
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

OVERHEAD = 10


@pytest.fixture
def world(scene: Scene) -> Scene:
    return scene


def home(who: doors.Person) -> str:
    answer = doors.client_for(who).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def whats(who: doors.Person) -> list[tuple[str, bool]]:
    """Codes of what waits for her, and whether it is late; what is counted must be what is late."""
    with doors.acting(who) as actor:
        found = today(actor, "en")
        assert counts(actor).late == len(found.late), [row.what for row in found.late]
        return [(row.what, row.late) for row in found.rows if row in found.late or row in found.due]


def test_a_quiet_day_says_so_and_names_the_next_target(world) -> None:
    world.sent(world.case(), urgency="normal")
    page = home(world.zarina)
    assert "Nothing is late, and nothing is due today." in page
    assert "New case" in page
    assert "No answer is due." in home(world.manzura)


def test_silence_is_late_for_sender_supervisor_and_desk(world) -> None:
    case = world.case()
    world.sent(case)
    assert whats(world.gulnora) == [("desk.answer", False)]
    assert whats(world.zarina) == []
    pass_time(hours=3)
    assert whats(world.gulnora) == [("desk.answer", True)]
    assert whats(world.zarina) == [("sent.answer", True)]
    assert whats(world.saida) == [("sent.answer", True)]
    page = home(world.zarina)
    assert "No answer yet" in page
    assert f"{case.code[:4]}\xa0{case.code[4:]}" in page
    assert "since" in page
    desk = home(world.gulnora)
    assert "Answer a referral" in desk
    assert case.code[:4] + "\xa0" + case.code[4:] not in desk, "no card shows the case's code"


def test_the_receivers_worker_sees_who_comes_today(world) -> None:
    referral = world.sent(world.case())
    assert whats(world.parvina) == []
    world.accepted(referral)
    with doors.acting(world.parvina) as actor:
        (row,) = today(actor, "en").rows
    assert (row.what, row.part, row.case) == ("got.arrival", "evening", "")
    assert "Canary" not in home(world.parvina)
    pass_time(days=1)
    assert ("got.arrival", True) in whats(world.parvina)
    assert ("sent.arrival", True) in whats(world.zarina), "the sender must know that nobody saw her come"


def test_a_result_waits_for_the_senders_confirmation(world) -> None:
    referral = world.sent(world.case())
    world.accepted(referral)
    world.served(referral)
    with doors.acting(world.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(actor, mine, version=mine.version, result="given")
    pass_time(days=15)  # five working days, also after a Friday evening with feast days behind it
    assert ("sent.confirm", True) in whats(world.zarina)
    with doors.acting(world.zarina) as actor:
        done = Referral.objects.get(pk=referral.pk)
        confirm.confirm(actor, done, version=done.version, her_view="content", agrees=True)
    assert "sent.confirm" not in [what for what, _late in whats(world.zarina)]


def test_a_question_of_the_desk_is_due_and_a_child_is_never_forgotten(world) -> None:
    child = world.case(age_band_code="a9_17")
    referral = world.sent(world.case())
    with doors.acting(world.gulnora) as actor:
        waiting = Referral.objects.get(pk=referral.pk)
        receive.ask(actor, waiting, version=waiting.version, question_code="interpreter")
    assert ("question", False) in whats(world.zarina)
    pass_time(hours=25)
    assert ("child", True) in whats(world.zarina)
    assert ("child", True) in whats(world.saida)
    assert f'href="/cases/{child.code}/"' in home(world.zarina)


def test_nothing_is_headed_where_nothing_waits(world) -> None:
    assert "At a glance" not in home(world.manzura)
    world.case()
    assert "At a glance" in home(world.zarina)


def test_a_case_without_a_next_step_shows_late(world) -> None:
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=None)
    assert whats(world.zarina) == [("no_next_step", True)]
    assert whats(world.saida) == [("no_next_step", True)]


def test_news_is_there_until_it_was_seen(world) -> None:
    world.accepted(world.sent(world.case()))
    client = doors.client_for(world.zarina)
    assert "1 referral was accepted." in client.get("/").content.decode()
    with doors.acting(world.zarina) as actor:
        assert unread_of(actor).count() == 1
    opened = client.get("/today/seen/")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "This is the address of a button." in opened.content.decode()
    assert client.post("/today/seen/", {"key": ["accepted", "nonsense"]})["Location"] == "/"
    assert "1 referral was accepted." not in client.get("/").content.decode()


def test_what_needs_her_now_comes_first_then_the_newest(world) -> None:
    case = world.case()
    for key, urgent in (("accepted", False), ("now", True), ("result", False)):
        with doors.acting(world.saida) as above:
            add(above, key=key, sides=["L"], about=("case", case.pk), urgent=urgent)
        pass_time(minutes=10)
    with doors.acting(world.zarina) as actor:
        assert [line.key for line in lines(actor)] == ["now", "result", "accepted"]


def test_every_role_has_a_home(world) -> None:
    for role in ("administrator", "auditor", "custodian", "national_coordinator"):
        who = doors.person(world.zarina.organisation_id, role.title(), (role,))
        assert "Today" in home(who)


def test_the_coordinator_sees_which_body_is_late_and_no_case(world) -> None:
    case = world.case()
    referral = world.sent(case)
    who = doors.person(doors.body("secretariat", compartment="oversight"), "Nigora", ("national_coordinator",))
    pass_time(hours=3)
    page = home(who)
    assert "Call: Shelter-Kulob" in page
    assert referral.code[:4] + "\xa0" + referral.code[4:] in page
    assert case.code[:4] + "\xa0" + case.code[4:] not in page
    assert whats(who) == [("national.late", True)]


def test_the_rail_leads_where_the_role_may_go(world) -> None:
    assert 'href="/cases/"' in home(world.zarina)
    assert 'href="/desk/"' not in home(world.zarina)
    desk = home(world.gulnora)
    assert 'href="/desk/"' in desk
    assert 'href="/cases/"' not in desk
    assert 'href="/cases/new/"' not in desk


def test_strangers_find_the_doors(world) -> None:
    page = doors.stranger().get("/").content.decode()
    assert "/account/sign-in/" in page
    assert "Due today" not in page


def test_today_is_cheap_however_much_waits(world) -> None:
    client = doors.client_for(world.zarina)
    for _ in range(3):
        world.sent(world.case())
    pass_time(hours=3)
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    assert len(queries) <= OVERHEAD + 12, "\n".join(query["sql"][:140] for query in queries)


def test_what_was_accepted_waits_on_today_until_its_day(world) -> None:
    referral = world.sent(world.case())
    world.accepted(referral)
    world.served(referral)
    page = home(world.parvina)
    assert "Accepted by you" in page
    assert "Say what was done" in page
    assert "Accepted by you" not in home(world.zarina)
