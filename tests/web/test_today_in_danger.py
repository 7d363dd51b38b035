"""Danger answered with yes stands above everything, for the worker and the supervisor, until help was asked for."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.database import god
from tests.web.scene import Scene
from tests.web.senders import page_text
from tests.web.test_today import declined, home, whats

pytestmark = pytest.mark.django_db

DANGER = {"has_danger": True, "risk_code": "high"}


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="what" href="([^"]+)"', page)


def form_of(page: str, action: str) -> tuple[str, dict[str, str]]:
    """A form of the page as a browser sends it."""
    inside = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    return action, dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside))


def test_danger_in_an_unfinished_registration_is_first_for_worker_and_supervisor(scene: Scene) -> None:
    with god():
        Case.objects.filter(pk=scene.case().pk).update(next_step_on="2026-01-01")
    with doors.acting(scene.zarina) as actor:
        draft = cases.begin(actor, codes=DANGER, sealed={"contact": {"call_name": "Canary-Name", "by_code": True}})
    ours, above = home(scene.zarina), home(scene.saida)
    assert (rows(ours)[0], rows(above)[0]) == (f"/cases/{draft.code}/register/", f"/cases/{draft.code}/")
    assert len(rows(ours)) == len(rows(above)) == 2, "it is one row, and no draft beside it"
    assert "lead worker: Zarina" in above.split("Late or stopped")[0]
    for page in (ours, above):
        assert "Somebody is in danger" in page
        assert "call now: 112" in page
        assert "Canary" not in page, "nothing that is locked"
        assert '<span aria-hidden="true">2</span>' in page, "danger is one of the rows that the rail counts"
        assert "1 in danger · 1 late" in page
        said = re.sub("</?span>", "", page).replace("\N{NO-BREAK SPACE}", " ")
        assert "· 1 in danger · 1 late or stopped" in said, "and Today says the same"
    assert ">Open the registration<" in ours
    file = doors.client_for(scene.saida).get(f"/cases/{draft.code}/").content.decode()
    assert f'action="/cases/{draft.code}/tell_lead/"' in file
    assert file.index("Somebody is in danger.") < file.index("This registration is not finished."), "the worst first"
    assert whats(scene.zarina) == whats(scene.saida) == [("next_step", True)], "danger is no lateness"
    client = doors.client_for(scene.saida)
    form = form_of(above, f"/cases/{draft.code}/tell_lead/")
    assert form[1]["page_of"], "it says of which case it is"
    told = client.post(*form, follow=True)
    assert told.redirect_chain[-1][0] == f"/#r{draft.code}", "one press on Today, and Today again, at its row"
    number = f"{draft.code[:4]}\xa0{draft.code[4:]}"
    assert f"Told: Zarina, case {number}. Nobody else" in told.content.decode()
    assert f'<a class="code" href="/cases/{draft.code}/">{number}</a>\xa0· <span><b>your supervisor asks' in home(
        scene.zarina
    )
    assert f"/cases/{draft.code}/tell_lead/" not in told.content.decode(), "once"
    assert "close the case" not in told.content.decode(), "a draft cannot be closed"
    assert draft.code not in home(scene.manzura), "a colleague without a place in the case"
    for who in (scene.zarina, scene.saida):
        listed = doors.client_for(who).get("/cases/").content.decode()
        assert rows(listed)[0].startswith(f"/cases/{draft.code}/")
        assert doors.client_for(who).get(rows(home(who))[0], follow=True).status_code == 200


def test_it_stays_when_the_case_is_open_until_somebody_was_asked_for_help(scene: Scene) -> None:
    case = scene.case(**DANGER)
    assert rows(home(scene.zarina)) == [f"/cases/{case.code}/refer/"]
    assert rows(home(scene.saida)) == [f"/cases/{case.code}/"]
    assert "Nobody helps now" in home(scene.saida)
    sent = scene.sent(case)
    assert rows(home(scene.zarina)) != [f"/cases/{case.code}/refer/"]
    assert rows(home(scene.saida)) == [f"/referrals/{sent.code}/"], "nobody has answered yet"
    assert whats(scene.zarina) == [("sent.waiting", False)]
    declined(scene, sent)
    assert whats(scene.zarina) == [("stopped.declined", False)], "one row"
    assert "Somebody is in danger" in home(scene.zarina)
    with doors.acting(scene.zarina) as actor:
        confirm.settle(actor, Referral.objects.get(pk=sent.pk), reason="other_help")
    assert rows(home(scene.zarina)) == [f"/cases/{case.code}/refer/"], "as long as nobody has accepted the person"
    assert "Nobody helps now" in home(scene.saida)
    assert whats(scene.zarina) == []
    page = page_text(doors.client_for(scene.saida).get(f"/cases/{case.code}/"))
    box = page.partition("Nobody helps now")[2].partition("Tell the team")[0]
    for said in ("Lead worker: Zarina", "If the lead worker is absent", "National coordinator: "):
        assert said in box, "the page says what Today says, and what a supervisor can do"


def test_what_arrived_is_said_below_it(scene: Scene) -> None:
    scene.accepted(scene.sent(scene.case()), days=4)
    scene.case(**DANGER)
    above, _, below = home(scene.zarina).partition("Somebody is in danger")
    assert ('href="#news"' in above, '<a href="#news">1 new thing</a>' in below) == (False, True)
