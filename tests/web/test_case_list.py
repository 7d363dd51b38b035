"""The list of cases: what is urgent stands first, and a row says what comes next."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries import case_list
from hamkori.casework.work.queries.due import to_plan_by
from hamkori.web.kit import moments
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import text
from tests.web.senders import page_text

pytestmark = pytest.mark.django_db


def test_the_most_urgent_stand_first_and_a_higher_risk_first_within_a_day(world) -> None:
    calm, risky, soon, late, asked = (world.case() for _ in range(5))
    world.sent(asked)
    today = timezone.localdate()
    with god():
        for case, risk, days in (
            (calm, "ordinary", 5),
            (risky, "high", 5),
            (soon, "ordinary", 1),
            (late, "ordinary", -1),
            (asked, "high", 9),  # but an urgent answer is due
        ):
            Case.objects.filter(pk=case.pk).update(risk_code=risk, next_step_on=today + timedelta(days=days))
    with doors.acting(world.zarina) as actor:
        found = [line.code for line in case_list.listing(actor, case_list.Filters()).lines]
    assert found == [asked.code, late.code, soon.code, risky.code, calm.code], "urgent now, above what is late"
    page = text(doors.client_for(world.zarina).get("/cases/"))
    assert "late since yesterday" in page
    with god():
        Referral.objects.update(
            service_code="LEGAL-01"
        )  # no place for the night is asked for, but the answer is urgent
    stands = page_text(doors.client_for(world.zarina).get("/cases/"))
    assert re.search("No answer yet answer by .*late since yesterday", stands, re.IGNORECASE), "why it stands first"
    assert "1 case is late or stopped" in page
    assert "Lead worker" not in page
    above = text(doors.client_for(world.saida).get("/cases/"))
    assert "Zarina" in above, "a supervisor sees who leads"
    listed = doors.client_for(world.saida).get("/cases/").content.decode()
    hers, others = f"/cases/?lead={world.zarina.membership_id}", f"/cases/?lead={world.manzura.membership_id}"
    assert f'<a href="{hers}">Zarina,\u00a0alone</a>' in listed, "one tap to the cases of one worker"
    assert calm.code in doors.client_for(world.saida).get(hers).content.decode()
    assert "No case matches." in text(doors.client_for(world.saida).get(others))
    assert calm.code in doors.client_for(world.zarina).get(others).content.decode(), "of a supervisor alone"


def test_a_case_whose_help_stopped_stands_above_an_own_step_that_is_late_as_on_today(world) -> None:
    calm, stopped, late = (world.case() for _ in range(3))
    referral = world.sent(stopped)
    with doors.acting(world.gulnora) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        receive.decline(actor, mine, version=mine.version, reason="full")
    today = timezone.localdate()
    with god():
        for case, days in ((calm, 0), (stopped, 9), (late, -1)):
            Case.objects.filter(pk=case.pk).update(next_step_on=today + timedelta(days=days), risk_code="ordinary")
        Case.objects.filter(pk=calm.pk).update(risk_code="high")
    for who in (world.zarina, world.saida):
        with doors.acting(who) as actor:
            found = [line.code for line in case_list.listing(actor, case_list.Filters()).lines]
        assert found == [stopped.code, late.code, calm.code]
    page = doors.client_for(world.zarina).get("/cases/").content.decode()
    row = page.partition(f'href="/cases/{stopped.code}/"')[2].partition("</tr>")[0]
    assert "Call the coordinator" in row, "nobody else is listed"
    assert 'class="t-wait">declined' in row, "amber, not red"
    assert "t-late" not in row
    assert "Urgent: late or stopped" in doors.client_for(world.zarina).get("/").content.decode(), "above it there, too"
    with doors.acting(world.zarina) as actor:
        confirm.settle(actor, Referral.objects.get(pk=referral.pk), reason="mistake")
        found = [line.code for line in case_list.listing(actor, case_list.Filters()).lines]
    assert found == [late.code, calm.code, stopped.code], "nobody waits for it any more"


def test_a_consent_that_ended_says_its_last_day_as_today_does(world) -> None:
    case = world.case()
    referral = world.sent(case)
    world.accepted(referral)
    world.served(referral)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() + timedelta(days=99))
    last = timezone.localdate() + timedelta(days=60)  # so long the scene's consent is valid
    pass_time(days=62)
    day = moments.day(last, timezone.localdate() + timedelta(days=62))
    client = doors.client_for(world.zarina)
    assert f"ended {day}" in text(client.get("/cases/"))
    assert day in text(client.get("/"))


def test_a_case_without_a_next_step_is_late_since_a_day_on_both_pages(world) -> None:
    """Red before: it was red without a date."""
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=None)
        since = moments.day(to_plan_by(Case.objects.get(pk=case.pk)), timezone.localdate() + timedelta(days=4))
    pass_time(days=4)
    client = doors.client_for(world.zarina)
    assert f'<span class="when soon">{since}</span>' in text(client.get("/"))
    assert f"late since {since}" in text(client.get("/cases/"))


def test_who_is_expected_today_or_tomorrow_leads_the_case_and_its_row(world) -> None:
    """Red before: both said what is planned for a day in a week, the person who comes tonight stood in grey below."""
    calm, case = world.case(), world.case()
    referral = world.sent(case)
    today = timezone.localdate()
    with god():
        Case.objects.filter(pk=calm.pk).update(next_step_on=today + timedelta(days=3), risk_code="high")
        Case.objects.filter(pk=case.pk).update(next_step_on=today + timedelta(days=6), risk_code="ordinary")
    world.accepted(referral, days=1)
    lead = doors.client_for(world.zarina)

    def read() -> tuple[str, str]:
        row = lead.get("/cases/").content.decode().partition(f'href="/cases/{case.code}/"')[2].partition("</tr>")[0]
        steps = lead.get(f"/cases/{case.code}/").content.decode()
        return row, re.split(r">\s*What is next\s*</h2>", steps)[1].partition("</ul>")[0]

    row, steps = read()
    for said in ("The person is expected", "tomorrow, evening"):
        assert said in row
        assert said in steps
    assert steps.index("The person is expected") < steps.index("Meet again"), "then what is planned"
    assert f'href="/referrals/{referral.code}/">Tell the person the time' in steps
    supervised = text(doors.client_for(world.saida).get(f"/cases/{case.code}/"))
    assert "The person is expected" in supervised
    assert "Tell the person the time" not in supervised, "the team tells"
    with doors.acting(world.zarina) as actor:
        found = [line.code for line in case_list.listing(actor, case_list.Filters()).lines]
    assert found == [case.code, calm.code], "before a higher risk of a later day"
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=today)
    row, steps = read()
    assert "Meet again" in row, "the earlier day decides"
    assert steps.index("Meet again") < steps.index("The person is expected")
    with doors.acting(world.zarina) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.hear(actor, mine, version=mine.version, heard="came")
    assert not any("The person is expected" in one for one in read()), "once it was said that the person is there"


def test_emergency_care_that_is_missing_is_said_first(world) -> None:
    """Red before: "No answer yet", and of the hospital that had said no two letters were left, "+2"."""
    case = world.case()
    gone = world.sent(case)
    with doors.acting(world.gulnora) as actor:
        mine = Referral.objects.get(pk=gone.pk)
        receive.decline(actor, mine, version=mine.version, reason="full")
    pass_time(minutes=1)
    late = world.sent(case)
    with god():
        Referral.objects.filter(pk=gone.pk).update(service_code="HEALTH-01")
        Referral.objects.filter(pk=late.pk).update(service_code="LEGAL-01")
        Case.objects.filter(pk=case.pk).update(need_tonight_codes=["nothing_now"])
    for who in (world.zarina, world.saida):
        page = doors.client_for(who).get("/cases/").content.decode()
        row = page.partition(f'href="/cases/{case.code}/"')[2].partition("</tr>")[0]
        said = re.findall(r'class="tag ([^"]*)"[^>]*>(?:<span>)?([^<]+)', row)
        assert "No answer yet" in row
        assert said[0] == ("late", "No emergency care"), (who, said)
    with god():
        Referral.objects.filter(pk=late.pk).update(service_code="HEALTH-01")
    assert "No emergency care" not in doors.client_for(world.zarina).get("/cases/").content.decode(), "asked again"


def test_a_supervisor_reads_who_needs_a_doctor_as_the_team_does(world) -> None:
    """Red before: what was planned, and no word of the doctor."""
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(need_tonight_codes=["safe_place", "doctor"])
    for who in (world.zarina, world.saida):
        page = doors.client_for(who).get("/cases/").content.decode()
        assert "Needs a doctor" in page.partition(f'href="/cases/{case.code}/"')[2].partition("</tr>")[0], who
