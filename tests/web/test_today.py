"""Today: each role sees what waits for it, the gravest first, and the rail counts the same."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.case_list import totals
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.today import today
from hamkori.notices.queries import lines, unread_of
from tests import doors
from tests.cast import FACTS, SEALED, pass_time
from tests.database import god
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db
OVERHEAD = 10


def home(who: doors.Person) -> str:
    answer = doors.client_for(who).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def whats(who: doors.Person) -> list[tuple[str, bool]]:
    """Codes of what waits for her, and whether it is late; what is counted must be what is late."""
    with doors.acting(who) as actor:
        found, rail = today(actor, "en"), counts(actor)
        late, calls = [row for row in found.late if not row.not_here], rail.to_call + rail.without_place
        assert (rail.late, rail.in_danger, calls) == (len(late), len(found.danger), len(found.unread)), found.late
        cases = {row.case for row in found.late if row.case}
        assert totals(actor, found.now).late == len(cases), "and the list of cases counts the same"
        return [(row.what, row.late) for row in found.rows if row in (*found.late, *found.soon) or row.for_a_call]


def test_a_quiet_day_says_so_and_names_the_next_target(world) -> None:
    quiet, colleagues = "No answer is due from you or to you.", " Your colleagues may have cases that you do not see"
    assert quiet + colleagues in home(world.gulnora)
    world.sent(world.case(), urgency="normal")
    assert all(word in home(world.zarina) for word in ("Nothing is late, and nothing is due today.", "New case"))
    assert (quiet in home(world.manzura), colleagues in home(world.manzura)) == (True, False)


def test_silence_is_late_for_sender_supervisor_and_desk(world) -> None:
    case = world.case()
    world.sent(case)
    assert whats(world.gulnora) == [("desk.answer", False)]
    assert whats(world.zarina) == [("sent.waiting", False)]
    own = world.case()
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2026-01-02")
    assert code_of(home(world.zarina))[1] == f"/cases/{own.code}/edit/", "what is urgent and near stands above it"
    assert "Urgent: no answer yet" in home(world.zarina)
    with god():
        Case.objects.filter(pk=own.pk).update(state_code="closed")
    pass_time(hours=3)
    assert whats(world.gulnora) == [("desk.answer", True)]
    assert whats(world.zarina) == [("sent.answer", True)]
    assert whats(world.saida) == [("sent.answer", True)]
    page = home(world.zarina)
    assert "No answer yet" in page
    assert f"{case.code[:4]}\xa0{case.code[4:]}" in page
    assert "since" in page
    desk = home(world.gulnora)
    assert "Read and answer" in desk
    assert case.code[:4] + "\xa0" + case.code[4:] not in desk, "no card shows the case's code"


def test_the_receivers_worker_sees_who_comes_today(world) -> None:
    referral = world.sent(world.case())
    assert whats(world.parvina) == []
    world.accepted(referral)
    with doors.acting(world.parvina) as actor:
        (row,) = today(actor, "en").rows
    late = row.part in ("evening", "now")
    assert (row.what, late, row.case) == ("got.arrival", True, ""), "late in the day it is now"
    own = world.case()
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2026-01-02")
        CaseAccess.objects.filter(case=own.pk, kind_code="lead").update(membership_id=world.parvina.membership_id)
    page = home(world.parvina)
    assert code_of(page) == [f"/referrals/{referral.code}/", f"/cases/{own.code}/edit/"], "who comes stands first"
    assert [word for word in ("Expected soon", "Next steps that are late", "Late or stopped") if word in page] == [
        "Expected soon",
        "Next steps that are late",
    ]
    assert re.search(r'<span class="when">(tonight|today, evening|now, by [^<]+)</span>', page.lower()), "once"
    assert "Canary" not in page
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
    assert "Ask the person how it was" in text(doors.client_for(world.zarina).get("/cases/")), "late there, too"
    with doors.acting(world.zarina) as actor:
        done = Referral.objects.get(pk=referral.pk)
        confirm.confirm(actor, done, version=done.version, her_view="content", agrees=True)
    assert "sent.confirm" not in [what for what, _late in whats(world.zarina)]


def test_a_question_of_the_desk_is_due_and_a_child_is_never_forgotten(world) -> None:
    child = world.case(age_band_code="a9_17")
    assert whats(world.zarina) == [("adult_first", False), ("child", False)], "from the moment of registration"
    with doors.acting(world.zarina) as actor:
        draft = cases.begin(actor, codes={**FACTS, "need_tonight_codes": ["not_asked"]}, sealed=SEALED)
    page = home(world.zarina)
    above = page.index(f'href="/cases/{child.code}/#child"')
    assert above < page.index(f'href="/cases/{draft.code}/register/'), "before what is only not finished"
    referral = world.sent(world.case())
    with doors.acting(world.gulnora) as actor:
        waiting = Referral.objects.get(pk=referral.pk)
        receive.ask(actor, waiting, version=waiting.version, question_code="interpreter")
    assert ("question", False) in whats(world.zarina)
    pass_time(hours=25)
    assert ("child", True) in whats(world.zarina)
    assert ("child", True) in whats(world.saida)


def test_nothing_is_headed_where_nothing_waits_and_nothing_is_only_counted(world) -> None:
    world.case()
    page = home(world.zarina)
    for heading in ("Late or stopped", "Today and soon", "What arrived", "At a glance"):
        assert heading not in page, heading


def test_a_case_without_a_next_step_shows_late(world) -> None:
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=None)
    assert whats(world.zarina) == [("no_next_step", False)], "it has its first working day"
    assert whats(world.saida) == []
    page = doors.client_for(world.zarina).get("/cases/").content.decode()
    assert "Choose the next step" in page
    assert "is late or stopped" not in page
    pass_time(days=4)
    assert whats(world.zarina) == [("no_next_step", True)]
    assert whats(world.saida) == [("no_next_step", True)]


def test_news_is_there_until_it_was_seen(world) -> None:
    world.accepted(world.sent(world.case()), days=4)
    client = doors.client_for(world.zarina)
    assert "Accepted: NGO shelter" in client.get("/").content.decode()
    with doors.acting(world.zarina) as actor:
        assert unread_of(actor).count() == 1
    opened = client.get("/today/seen/")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "This is the address of a button." in opened.content.decode()
    assert client.post("/today/seen/", {"key": ["accepted", "nonsense"]})["Location"] == "/"
    assert "Accepted: NGO shelter" not in client.get("/").content.decode()


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
    world.sent(world.case())
    pass_time(hours=3)
    page = home(who)
    assert page.count("Call: Shelter-Kulob") == page.count("No number recorded") == 1, "one organisation, one call"
    assert (len(re.findall(r">\d{4}\xa0\d{4}<", page)), whats(who)) == (2, [("national.late", True)] * 2), "two lines"


def test_a_late_answer_to_a_dispute_is_a_whole_row_without_a_number(world) -> None:
    """Red before: the row named an organisation and nothing that is late there."""
    referral = world.sent(world.case())
    world.accepted(referral)
    world.served(referral)
    with doors.acting(world.parvina) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(parvina, mine, version=mine.version, result="given")
    with doors.acting(world.zarina) as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.dispute(zarina, mine, version=mine.version, reason="only_part")
    who = doors.person(doors.body("secretariat", compartment="oversight"), "Nigora", ("national_coordinator",))
    pass_time(days=20)
    page = home(who)
    assert " data-land>The answer to a disputed result\xa0· only they can give it: ask them" in page
    assert referral.code[:4] + "\xa0" + referral.code[4:] not in page, "of a dispute only the organisation is told"


def test_the_rail_leads_where_the_role_may_go(world) -> None:
    assert 'href="/cases/"' in home(world.zarina)
    assert 'href="/desk/"' not in home(world.zarina)
    desk = home(world.gulnora)
    assert 'href="/desk/"' in desk
    assert 'href="/cases/"' not in desk
    assert 'href="/cases/first/"' not in desk


def test_strangers_find_the_doors(world) -> None:
    assert "/account/sign-in/" in doors.stranger().get("/").content.decode()


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
    # Red before: each row had the same title of three lines, the kind of help.
    said = (">Here now<", ">Woman, 18\u201129</a>", " Accommodation", "Say how it ended")
    assert [one in page for one in said] == [True, True, True, False], "what was done is said in days"
    own = re.findall(r'<a class="code" href="(/cases/\d+/)">', page)[0]
    shown = (worker := doors.client_for(world.parvina)).get(f"/referrals/{referral.code}/?do=finish")
    assert re.search('id="finish" open>.*Write: Needs, risk, plan</a>', shown.content.decode(), re.DOTALL)
    assert "referred the person does not see it." in text(worker.get(f"{own}section/?of=needs"))
    assert text(shown).count("Do not speak with the police or another organisation unless") == 1
    assert "Say how it ended" not in home(world.zarina)


def code_of(page: str) -> list[str]:
    """Where the rows lead, in their order."""
    return re.findall(r'<a class="what" href="([^"]+)"', page)


def declined(world: Scene, referral: Referral, suggested: str = "") -> None:
    with doors.acting(world.gulnora) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.decline(actor, mine, version=mine.version, reason="full", suggested_service=suggested)


def test_what_was_declined_stays_until_another_is_asked(world) -> None:
    case = world.another().case()
    first = world.sent(case)
    declined(world, first, suggested="HOME-01")
    assert whats(world.zarina) == [("stopped.declined", False)]
    assert whats(world.saida) == [("stopped.declined", False)]
    page = home(world.zarina)
    for word in ("Declined: NGO shelter", "Shelter-Kulob: No place now", "State shelter", "Ask another"):
        assert word in page, word
    assert code_of(page)[0] == f"/referrals/{first.code}/"
    assert f'<a class="btn quiet small" href="/referrals/{first.code}/again/">' in page, "one tap to the services"
    above = home(world.saida)
    assert f"/referrals/{first.code}/again/" not in above
    assert code_of(above)[0] == f"/referrals/{first.code}/"
    assert "Ask another" not in above, "who may not send one is not asked to"
    assert "lead worker: Zarina" in above
    asks = doors.client_for(world.zarina).get(f"/referrals/{first.code}/").content.decode()
    assert f"/referrals/{first.code}/again/" in asks
    assert "stopped" in doors.client_for(world.zarina).get(f"/cases/{case.code}/").content.decode()
    assert first.code in doors.client_for(world.zarina).get("/referrals/?show=needs_me").content.decode()
    assert case.code in doors.client_for(world.zarina).get("/cases/?late=1").content.decode()
    pass_time(minutes=1)
    world.sent(case)
    assert whats(world.zarina) == [("sent.waiting", False)], "the same help was asked for again"
    assert first.code not in doors.client_for(world.zarina).get("/referrals/?show=needs_me").content.decode()


@pytest.mark.parametrize(
    ("service", "state", "clears"),
    [
        ("HOME-01", "sent", True),
        ("HOME-01", "accepted", True),
        ("HOME-01", "ended", False),
        ("LEGAL-01", "sent", False),
    ],
)
def test_help_of_the_same_group_that_is_asked_for_elsewhere_clears_the_row(
    world, service: str, state: str, clears: bool
) -> None:
    first = world.sent(case := world.another().case())
    declined(world, first, suggested="LEGAL-01")  # asked for besides: it does not take the first need's place (ADR 109)
    pass_time(minutes=1)
    second = world.sent(case)
    with god():
        # As if it were another kind of help. `whats` holds the rows of Today against the number in the rail.
        Referral.objects.filter(pk=second.pk).update(service_code=service)
        ended = {"ended_at": second.sent_at} if state == "ended" else {}
        Referral.objects.filter(pk=second.pk).update(state_code=state, **ended)
    stopped = [] if clears else [("stopped.declined", False)]
    assert [one for one in whats(world.zarina) if one[0].startswith("stopped")] == stopped
    row = (", waiting for an answer: Information on rights", "Still without: NGO shelter")
    shown, again = home(world.zarina), f'<a href="/referrals/{first.code}/again/">Ask another'
    asks = service == "LEGAL-01"
    assert [one in shown for one in (*row, again, "Nothing more to do")] == [asks] * 4
    assert shown.count(f'/referrals/{second.code}/">Open the referral') in ({1} if asks else {0, 1}), "one for both"
    file = doors.client_for(world.zarina).get(f"/cases/{case.code}/").content.decode()
    assert (f"/referrals/{first.code}/again/" in file) is not clears


def test_a_late_answer_leads_to_the_services_in_one_tap_too(world) -> None:
    referral = world.sent(world.another().case())
    zarina = doors.client_for(world.zarina)
    assert zarina.get(f"/referrals/{referral.code}/again/").status_code == 200, "what is urgent is asked twice at once"
    pass_time(hours=3)
    assert f'href="/referrals/{referral.code}/again/"' in home(world.zarina)
    assert f'href="/referrals/{referral.code}/again/"' in zarina.get(f"/referrals/{referral.code}/").content.decode()


def test_who_did_not_come_is_on_today_of_worker_and_supervisor_at_once(world) -> None:
    referral = world.sent(world.case())
    world.accepted(referral)
    pass_time(days=1)
    with doors.acting(world.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.miss(actor, mine, version=mine.version)
    assert whats(world.zarina) == whats(world.saida) == [("stopped.missed", False)]
    assert "The person did not come" in home(world.zarina)
    assert doors.client_for(world.zarina).get(f"/referrals/{referral.code}/again/").status_code == 200
    with doors.acting(world.parvina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.expect(
            actor,
            mine,
            version=mine.version,
            arrival_on=timezone.localdate() + timedelta(days=3),
            arrival_part="morning",
        )
    assert whats(world.zarina) == [("sent.comes", False)], "another time was agreed: it stands under Later"


def test_a_missing_person_stands_above_what_stopped_and_an_own_step_below_both(world) -> None:
    own, no, gone = world.case(), world.case(), world.case()
    world.accepted(lost := world.sent(gone))
    declined(world, stopped := world.sent(no))
    with god():
        Case.objects.filter(pk=gone.pk).update(next_step_code="signs", next_step_on="2026-01-01")
        Case.objects.filter(pk=own.pk).update(next_step_on="2026-01-02")
        Referral.objects.filter(pk=stopped.pk).update(urgency_code="normal")  # what is urgent stands above
    pass_time(days=1)
    first = [f"/referrals/{lost.code}/", f"/referrals/{stopped.code}/", f"/cases/{own.code}/edit/"]
    page = home(world.zarina)
    assert code_of(page) == first
    assert page.index(f"/cases/{gone.code}/screening/") < page.index(first[1]), "a line of the row of who is missing"


def test_news_are_rows_until_there_are_many_and_nothing_that_ended_is_new(world) -> None:
    accepted = []
    for _ in range(5):
        accepted.append(world.sent(world.case()))
        world.accepted(accepted[-1], days=4)
    rows = [f"/referrals/{one.code}/" for one in reversed(accepted)]
    assert [row for row in code_of(home(world.zarina).partition('id="news"')[2]) if row in rows] == rows, "newest first"
    world.accepted(world.sent(world.case()), days=4)
    page = home(world.zarina)
    assert re.search(r'(?s)&nbsp; <a href="#news">6 new things</a></small>.+6 \w+ were accepted\.', page)
    assert not set(rows) & set(code_of(home(world.zarina).partition('id="news"')[2]))
    world.served(accepted[0])
    assert not re.search(r"6 \w+ were accepted\.", home(world.zarina)), "the first is past that"
    waiting = world.sent(world.case())
    assert "/referrals/" + waiting.code in home(world.gulnora)
    with doors.acting(world.zarina) as actor:
        mine = Referral.objects.get(pk=waiting.pk)
        send.recall(actor, mine, version=mine.version, reason="placed_elsewhere")
    page = home(world.gulnora)
    assert "new request" not in page
    assert "Ended: NGO shelter" in page
