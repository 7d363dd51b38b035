"""No place for tonight stands first under "Call now", for the worker and the supervisor, until somebody has one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from hamkori.people.actions import desk_phone
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_place_found import found_of
from tests.web.test_today import home
from tests.web.test_today_in_danger import form_of, rows

pytestmark = pytest.mark.django_db

NEEDED = {"need_tonight_codes": ["safe_place"]}


def without(who: doors.Person) -> int:
    with doors.acting(who) as actor:
        return counts(actor).without_place


def called(page: str) -> str:
    """What stands under "Call now"; the list after it begins with the next heading."""
    return page.partition("Call now")[2].partition("<h2")[0]


def first_of(who: doors.Person) -> tuple[str, str]:
    """The first case in the list, and what is to do in it."""
    page = doors.client_for(who).get("/cases/").content.decode()
    found = re.search(r'<th scope="row"><a href="/cases/(\w+)/">.*?</th>\s*<td[^>]*>(?:<[^>]+>)?([^<]+)<', page, re.S)
    assert found is not None
    return found[1], found[2]


def test_it_is_first_for_worker_and_supervisor_until_somebody_was_asked(scene: Scene) -> None:
    with god():
        Case.objects.filter(pk=scene.case().pk).update(next_step_on="2026-01-01")
    case = scene.case(**NEEDED)
    ours, above = home(scene.zarina), home(scene.saida)
    assert (rows(ours)[0], rows(above)[0]) == (
        f"/cases/{case.code}/consent/#id_a_shelter_social_help_0",
        f"/cases/{case.code}/",
    ), "nothing is agreed yet: the worker asks the person"
    assert ours.count("No place for tonight") == above.count("No place for tonight") == 1
    assert "lead worker: Zarina" in called(above)
    assert f'action="/cases/{case.code}/tell_lead/"' in called(above)
    assert without(scene.zarina) == without(scene.saida) == 1, "the rail counts it"
    assert "1 to call now\N{NO-BREAK SPACE}·</span> <span>1 late or stopped" in ours
    assert case.code not in home(scene.manzura)
    file = doors.client_for(scene.saida).get(f"/cases/{case.code}/").content.decode()
    assert ">No place for tonight<" in file
    assert "A place was found" not in file, "the team says that"
    for who in (scene.zarina, scene.saida):
        assert first_of(who) == (case.code, "No place for tonight"), "above a step that is late"
    scene.sent(case)
    for who in (scene.zarina, scene.saida):
        file = doors.client_for(who).get(f"/cases/{case.code}/").content.decode()
        assert '<section class="alarm wait"' in file, "asked is no place yet"
        assert ">No place for tonight yet<" in file
        assert first_of(who) == (case.code, "No place for tonight yet"), "asked, and still first"
    assert (without(scene.zarina), without(scene.saida)) == (0, 0), "what waits has a row of its own"
    assert home(scene.zarina).count("No place for tonight") == home(scene.zarina).count("No place for tonight yet") == 1
    asked = re.compile(r'No place for tonight yet(?:</\w+>)+\s*<td class="([\w-]*)')
    for tone in ("bold", "t-late"):
        listed = {
            (*asked.findall(doors.client_for(who).get("/cases/").content.decode()),)
            for who in (scene.zarina, scene.saida)
        }
        assert listed == {(tone,)}, "red once their answer is late, and not before"
        pass_time(hours=3)


def test_a_place_from_tomorrow_on_is_none_for_tonight(scene: Scene) -> None:
    """Red before: once a shelter had accepted for tomorrow, nobody on the sender's side was told of tonight."""
    with god():
        pass_time(seconds=(midnight() - now()).total_seconds() + 86400 - 1800)  # half past eleven at night
    case = scene.case(**NEEDED)
    referral = scene.sent(case)
    scene.accepted(referral, days=(timezone.localdate(midnight()) - timezone.localdate()).days)
    lacks = "No place for tonight: accepted from tomorrow, evening"
    with doors.acting(scene.gulnora) as gulnora:
        desk_phone.record(gulnora, phone="+992 00 000 00 11")
    for who in (scene.zarina, scene.saida):
        client = doors.client_for(who)
        row = called(home(who)).replace("\N{NO-BREAK SPACE}", " ")
        assert ", +992 00 000 00 11" in row, "whom to call first stands in the row, by name"
        assert (", or ask another" in row) == (who is scene.zarina), "a supervisor asks nobody"
        title, _colon, since = lacks.partition(": ")
        assert called(home(who)).count(title) == without(who) == 1, "the rail counts what Today says"
        assert since in row, "the title says what is missing, the line below from when there is one"
        for page in (f"/cases/{case.code}/", f"/referrals/{referral.code}/"):
            assert client.get(page).content.decode().count(f"{lacks}<") == 1, page
        assert first_of(who) == (case.code, lacks)
        assert "No place<" not in client.get("/cases/").content.decode(), "once"
    file = doors.client_for(scene.zarina).get(f"/cases/{case.code}/").content.decode()
    for said in ("ask whether the person can come today.", "Ask another organisation", "A place was found"):
        assert said in file.partition(lacks)[2].partition("</section>")[0], said
    assert "Ask another organisation" in called(home(scene.zarina))
    ask = re.search(r'href="([^"]+/refer/[^"]*)"[^>]*>\s*Ask another organisation', file)
    assert ask
    offered = doors.client_for(scene.zarina).get(ask[1]).content.decode()
    # Red before: all that was said to be needed, a hospital beside shelters, and an ambulance above a search for a bed.
    assert ask[1].endswith("/refer/?need=HOME")
    assert '<option value="HOME" selected' in offered, "another can be chosen"
    assert "call an ambulance" not in offered
    first, _line, rest = offered.partition(", a place only from tomorrow, evening")
    assert "Asked already: " in first[-200:], "whoever accepted already is no way on"
    assert (f'value="{referral.service_id}"' in first, f'value="{referral.service_id}"' in rest) == (False, True)
    other = scene.case()
    offered = doors.client_for(scene.zarina).get(f"/cases/{other.code}/refer/?need=HOME").content.decode()
    told = re.search(r"Asked for another person: [^<]+, a place only from tomorrow\.", offered)
    assert (bool(told), "has room" in offered) == (True, False), "said wherever it is offered"
    hers = replace(scene, zarina=scene.manzura).case()
    offered = doors.client_for(scene.manzura).get(f"/cases/{hers.code}/refer/?need=HOME").content.decode()
    assert (f'value="{referral.service_id}"' in offered, "Asked for another person" in offered) == (True, False), (
        "not to a colleague who may not read that referral"
    )
    tonight = scene.sent(case)
    page = doors.client_for(scene.zarina).get(f"/referrals/{referral.code}/").content.decode()
    assert "Nobody has a place for tonight yet: wait for" in page, "another one is asked for this very night"
    assert f"/referrals/{tonight.code}/recall/" not in page
    pass_time(hours=6, minutes=31)  # midnight ends no night
    for who in (scene.zarina, scene.saida):
        assert (without(who), "No place for tonight" in home(who)) == (0, False), "it is the day of the arrival"
        assert "No place for tonight" not in doors.client_for(who).get(f"/referrals/{referral.code}/").content.decode()


def test_it_ends_once_a_place_was_found_or_the_person_is_there(scene: Scene) -> None:
    found, came = (scene.case(**NEEDED) for _number in range(2))
    waits = [scene.sent(case) for case in (found, came)]
    for referral in waits:
        scene.accepted(referral, days=2)
    assert without(scene.zarina) == 2
    client, at = doors.client_for(scene.zarina), f"/cases/{found.code}/"
    client.post(*found_of(client.get(at).content.decode(), f"{at}place-found/"))
    assert without(scene.zarina) == 1
    with doors.acting(scene.zarina) as actor:
        mine = Referral.objects.get(pk=waits[1].pk)
        confirm.hear(actor, mine, version=mine.version, heard="came")
    assert (without(scene.zarina), "No place for tonight" in home(scene.zarina)) == (0, False)


def midnight() -> datetime:
    """The one that is next, on the wall of the house."""
    with god():
        day = timezone.localdate(now()) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def test_a_shelter_that_declined_is_one_row_and_stands_there_too(scene: Scene) -> None:
    referral = scene.sent(scene.case(**NEEDED))
    with doors.acting(scene.gulnora) as actor:
        waiting = Referral.objects.get(pk=referral.pk)
        receive.decline(actor, waiting, version=waiting.version, reason="full")
    for who in (scene.zarina, scene.saida):
        page = home(who)
        assert rows(page)[0] == f"/referrals/{referral.code}/"
        assert "No place for tonight" in called(page)
        assert re.search(r">declined today ", called(page)), "what happened then stands beside its hour"
        assert "Late or stopped" not in page, "once"
        assert without(who) == 1, "it is counted where it stands"
    scene.accepted(scene.sent(scene.case(**NEEDED)))
    assert without(scene.zarina) == 1, "the same one"
    assert home(scene.zarina).count("No place for tonight") == 1, "one that accepted has it"


def test_the_worker_says_that_a_place_was_found(scene: Scene) -> None:
    case = scene.case(**NEEDED)
    client, at = doors.client_for(scene.zarina), f"/cases/{case.code}/place-found/"
    page = client.get(f"/cases/{case.code}/")
    assert ">No place for tonight<" in page.content.decode()
    other_tab = form_of(client.get(f"/cases/{case.code}/").content.decode(), at)
    none = client.post(*form_of(page.content.decode(), at))
    assert (none.status_code, "Say whose place it is." in none.content.decode()) == (409, True), "an old window"
    said = client.post(*found_of(page.content.decode(), at), follow=True).content.decode()
    assert "a place for tonight was found" in said
    assert "A place was found" not in said
    late = client.post(other_tab[0], {**other_tab[1], "whose": "another"})
    known = re.search(r"was recorded already \([\d:]+\): ([^.]+)\. Nothing was", late.content.decode())
    assert (late.status_code, known and known[1]) == (409, "people the person knows"), "and whose it is"
    assert 'id="id_need_tonight_codes_0"' in client.get(f"/cases/{case.code}/edit/?all=1").content.decode()
    with god():
        assert Case.objects.get(pk=case.pk).need_tonight_codes == ["nothing_now"]
    assert (without(scene.zarina), "No place for tonight" in home(scene.saida)) == (0, False)
    file = doors.client_for(scene.saida).get(f"/cases/{case.code}/").content.decode()
    assert re.search(r"A place for tonight was found(?s:.){,300}Zarina", file), "who said so, for the next morning"
    with doors.acting(scene.zarina) as actor:
        back = Case.objects.get(pk=case.pk)
        cases.edit(actor, back, version=back.version, codes=NEEDED)
    assert "A place for tonight is needed" in client.get(f"/cases/{case.code}/").content.decode(), "it was put back"


def test_a_child_and_high_risk_stand_first_among_whom_to_call_and_say_it(scene: Scene) -> None:
    calm, raised, adult, child = (scene.case(age_band_code=age, **NEEDED) for age in ("a18_29",) * 3 + ("a9_17",))
    with god():
        for case, risk in ((raised, "raised"), (adult, "high"), (child, "high")):
            Case.objects.filter(pk=case.pk).update(risk_code=risk)
    for who in (scene.zarina, scene.saida):
        said = called(home(who))
        first, rest = ([said.index(f">{case.code[:4]}") for case in pair] for pair in ((child, adult), (raised, calm)))
        assert max(first) < min(rest)
        assert (said.count("Risk: high"), said.count("Risk: raised")) == (2, 0), "a raised one moves nobody"


def test_a_child_alone_is_said_and_leads_to_whom_to_call(scene: Scene) -> None:
    with doors.acting(scene.zarina) as actor:
        case = scene.case(age_band_code="a9_17", **NEEDED)
        case = Case.objects.get(pk=case.pk)
        today = timezone.localdate()
        alone = {"next_step_code": "ask_agreement", "next_step_on": today}
        cases.edit(actor, case, version=case.version, codes=alone)
    ours = home(scene.zarina)
    assert "No place for tonight: child alone" in called(ours)
    assert "No place for tonight: child alone" in called(home(scene.saida))
    assert rows(ours)[0] == f"/cases/{case.code}/", "where the numbers and the button stand"
    page = doors.client_for(scene.zarina).get(f"/cases/{case.code}/").content.decode()
    assert page.count("No place for tonight yet.") == page.count("A place was found") == 1


def test_an_unfinished_registration_says_it_at_once_and_tonight_ends(scene: Scene) -> None:
    with doors.acting(scene.zarina) as actor:
        draft = cases.begin(actor, codes=NEEDED, sealed={"contact": {"by_code": True}})
    assert rows(home(scene.zarina)) == [f"/cases/{draft.code}/register/"], "one row, and no draft beside it"
    assert rows(home(scene.saida)) == [f"/cases/{draft.code}/"]
    pass_time(hours=25)
    assert (without(scene.zarina), without(scene.saida)) == (0, 0), "that night is over"
    assert "No place for tonight" not in home(scene.zarina)
