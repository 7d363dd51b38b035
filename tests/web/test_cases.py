"""The list and the pages of a case: who sees what, what opens, what is refused, and that nothing typed is lost."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.consent.actions import consent
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, operation, press, text
from tests.web.scene import again

pytestmark = pytest.mark.django_db

OVERHEAD = 10


# ---------------------------------------------------------------- the page


def test_the_page_shows_codes_and_keeps_words_shut(world) -> None:
    case = world.case()
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    assert "Canary" not in page
    assert "Signs of trafficking" in page
    assert "Not asked" in page
    assert case.code not in page.split("<title>")[1].split("</title>")[0]


def test_a_section_opens_on_a_click_and_the_opening_is_written_down(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    assert "Canary-Call-Name" in text(client.get(f"/cases/{case.code}/?open=contact"))
    with god():
        row = Ledger.objects.filter(action_code="section.open").latest("id")
    assert (row.section_code, row.membership_id) == ("contact", world.zarina.membership_id)
    sealed = doors.client_for(world.zarina, vault=False).get(f"/cases/{case.code}/?open=contact")
    assert sealed["Location"].startswith("/account/unlock/?next=")


def test_a_supervisor_sees_the_case_and_opens_no_name(world) -> None:
    case = world.case()
    client = doors.client_for(world.saida)
    page = text(client.get(f"/cases/{case.code}/"))
    assert "?open=contact" not in page
    assert "?open=needs" not in page, "nothing is written there"
    with doors.acting(world.zarina) as zarina:
        mine = Case.objects.get(pk=case.pk)
        cases.edit(zarina, mine, version=mine.version, codes={}, sealed={"needs": {"needs": "Canary"}})
    assert "?open=needs" in text(client.get(f"/cases/{case.code}/"))
    assert client.get(f"/cases/{case.code}/?open=contact").status_code == 403
    assert client.get(f"/cases/{case.code}/edit/").status_code == 403


def test_the_case_page_is_cheap(world) -> None:
    case = world.case()
    world.accepted(world.sent(case))
    client = doors.client_for(world.zarina)
    client.get(f"/cases/{case.code}/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/cases/{case.code}/").status_code == 200
    assert len(queries) <= OVERHEAD + 12, "\n".join(query["sql"][:140] for query in queries)


def test_her_answers_and_a_late_request_stand_on_the_page(world) -> None:
    case = world.case()
    referral = world.sent(case)
    pass_time(hours=3)
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    assert "Shelter, social help: <b>Consent given</b>" in page
    assert "Shelter-Kulob has not answered" in page
    assert "only the summary" in page
    assert f"/referrals/{referral.code}/" in page
    world.served(world.accepted(referral))
    with doors.acting(world.saida) as actor:
        cases.close(actor, again(case), version=again(case).version, outcome="lost_contact")
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    assert ("Shelter, social help: <b>Consent was given</b>" in page, "Consent given" in page) == (True, False), (
        "nothing is sent"
    )


def test_a_yes_to_one_of_two_purposes_is_no_whole_yes(world) -> None:
    case = world.case()
    answers = [
        consent.Answer("police", "protection", "yes", frozenset({"contact"})),
        consent.Answer("police", "justice", "no", frozenset()),
    ]
    with doors.acting(world.zarina) as actor:
        asking = consent.Asking(
            language="tg", how_given="spoken", how_said="in_person", until_on=timezone.localdate() + timedelta(days=60)
        )
        consent.record(actor, again(case), answers=answers, asking=asking)
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    assert "Police: <b>to protect yes, criminal case no</b>" in page
    assert "police to protect yes, criminal case no" in page, "and on the telephone"


def test_the_receivers_own_file_leads_to_its_request_and_copies_nothing(world) -> None:
    own = world.served(world.accepted(world.sent(world.case())))
    client = doors.client_for(world.parvina)
    page = text(client.get(f"/cases/{own.code}/"))
    assert "This case began with referral" in page
    assert "Nothing is written here yet." in text(client.get(f"/cases/{own.code}/?open=contact"))


def test_the_summary_for_paper_names_nobody(world) -> None:
    case = world.case()
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/print/"))
    assert "Canary" not in page
    assert "Registered" in page
    assert ">Next step</dt>" in page
    assert ">Outcome</dt>" not in page, "nothing has ended yet"
    assert "data-print hidden>" in page, "a button that only a script shows, and no paper"


# ---------------------------------------------------------------- writing


def test_a_sealed_part_is_written_and_read_again(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    sent = press(client, address, wishes="Canary-Wish")
    assert sent.status_code == 303
    assert "Canary-Wish" in text(client.get(f"/cases/{case.code}/?open=needs"))
    assert client.get(f"/cases/{case.code}/section/?of=psychosocial").status_code == 403
    assert client.get(f"/cases/{case.code}/section/?of=nothing").status_code == 404


def test_two_who_write_at_once_see_both_and_choose(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    mine = {**fields(client.get(address)), "wishes": "Mine-Of-Zarina"}
    with doors.acting(world.zarina) as actor:
        section.write_section(actor, again(case), section="needs", fields={"wishes": "Theirs-First"}, seal_no=0)
    both = client.post(address, mine)
    assert both.status_code == 409
    page = text(both)
    assert "You, in another window, saved this today " in page
    assert "Mine-Of-Zarina" in page
    assert "Theirs-First" in page
    nothing_chosen = client.post(address, fields(both))
    assert nothing_chosen.status_code == 409, "mine would have gone over theirs unseen"
    chosen = client.post(address, {**fields(nothing_chosen), "keep_wishes": "theirs"})
    assert chosen.status_code == 303, text(chosen)
    page = text(client.get(f"/cases/{case.code}/?open=needs"))
    assert "Theirs-First" in page
    assert "Saved, with the versions that you chose." in page
    assert "Mine-Of-Zarina" not in page
    assert "Mine-Of-Zarina" in text(client.get(f"/cases/{case.code}/set-aside/?of=needs"))


def test_the_open_sheet_needs_a_step_and_a_day(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/edit/"
    wrong = press(client, address, next_step_code="", next_step_on="soon")
    assert wrong.status_code == 400
    assert "Choose the next step." in text(wrong)
    assert "soon" in text(wrong)
    in_a_week = (timezone.localdate() + timedelta(days=7)).isoformat()
    assert press(client, address, next_step_code="call_back", next_step_on=in_a_week).status_code == 303
    assert again(case).next_step_code == "call_back"


def test_an_old_version_is_refused_and_changes_nothing(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    old = fields(client.get(f"/cases/{case.code}/edit/"))
    press(client, f"/cases/{case.code}/edit/", next_step_code="refer")
    late = client.post(f"/cases/{case.code}/edit/", {**old, "next_step_code": "close", "operation": operation()})
    assert late.status_code == 409
    for said in (
        "Refer to a service",
        "Before",
        "You, in another window, saved this",
        "One field was changed in both windows",
    ):
        assert said in text(late)
    unchosen = client.post(f"/cases/{case.code}/edit/", fields(late))
    assert unchosen.status_code == 409
    assert again(case).next_step_code == "refer"
    theirs = {**fields(unchosen), "keep_next_step_code": "theirs", "risk_code": "high"}
    assert client.post(f"/cases/{case.code}/edit/", theirs).status_code == 303
    assert (again(case).next_step_code, again(case).risk_code) == ("refer", "high")


def test_the_same_press_twice_is_one_act(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    sheet = {**fields(client.get(f"/cases/{case.code}/edit/")), "next_step_code": "refer"}
    first, second = (client.post(f"/cases/{case.code}/edit/", sheet) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert again(case).version == case.version + 1


# ---------------------------------------------------------------- the team


def test_a_colleague_is_added_reads_by_function_and_is_taken_off(world) -> None:
    case = world.case()
    lead, farida = doors.client_for(world.zarina), doors.client_for(world.farida)
    assert press(lead, f"/cases/{case.code}/admit/", membership=str(world.farida.membership_id)).status_code == 303
    assert "Canary-Call-Name" in text(farida.get(f"/cases/{case.code}/?open=contact"))
    assert farida.get(f"/cases/{case.code}/?open=place").status_code == 403
    page = text(lead.get(f"/cases/{case.code}/who/"))
    for part in ("Farida", "Saida", "on the team", "can open all parts but “Where the person stays”"):
        assert part in page
    whom = f"/cases/{case.code}/release/?whom={world.farida.membership_id}"
    sent = fields(lead.get(whom))
    assert lead.post(whom, sent).status_code == 303
    assert lead.post(whom, sent)["Location"] == f"/cases/{case.code}/who/"
    for once_more in (partial(lead.get, whom), partial(lead.post, whom, sent | {"operation": operation()})):
        shown = text(lead.get(once_more()["Location"]))
        assert "This colleague is not on the team now." in shown
    assert "without a right" not in text(lead.get(f"/cases/{case.code}/history/")), "a second press is no such try"
    assert farida.get(f"/cases/{case.code}/").status_code == 404


def test_who_may_not_join_is_not_offered_and_not_taken(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    page = text(client.get(f"/cases/{case.code}/admit/"))
    assert "Manzura" in page
    assert "Karim" not in page, "custodians have no cases"
    refused = press(client, f"/cases/{case.code}/admit/", membership=str(world.parvina.membership_id))
    assert refused.status_code == 400
    assert "This person cannot be added." in text(refused)
    assert doors.client_for(world.saida).get(f"/cases/{case.code}/admit/").status_code == 403


def test_a_member_leaves_by_herself(world) -> None:
    case = world.case()
    press(doors.client_for(world.zarina), f"/cases/{case.code}/admit/", membership=str(world.manzura.membership_id))
    manzura = doors.client_for(world.manzura)
    assert press(manzura, f"/cases/{case.code}/leave/").status_code == 303
    assert manzura.get(f"/cases/{case.code}/").status_code == 404
    happened = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/"))
    left = happened.split("A colleague left")[1].split("</li>")[0]
    assert "Manzura" in left, "who it was, though not on the team any more"
    with god():
        assert CaseAccess.objects.filter(case=case, ended_at=None).count() == 2


# ---------------------------------------------------------------- ends


def test_a_case_with_a_waiting_request_cannot_be_closed(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/close/"
    opened_before = {**fields(client.get(address), address), "outcome": "goals_met"}
    waits = world.sent(case)
    refused = client.post(address, opened_before)
    assert refused.status_code == 400
    for page in (text(refused), text(client.get(address))):
        assert "1 referral is not finished, or is disputed. End it first." in page
        assert f'href="/referrals/{waits.code}/">NGO shelter' in page, "what stands in the way is named, and opens"
        assert 'name="outcome"' not in page, "nothing is asked that would be refused"
    assert again(case).state_code == "open"


def test_the_lead_closes_and_the_supervisor_opens_again(world) -> None:
    case = world.case(need_tonight_codes=["safe_place"])
    lead, above = doors.client_for(world.zarina), doors.client_for(world.saida)
    page = text(lead.get(f"/cases/{case.code}/close/"))
    assert page.count("Words for help, steps and reasons are provisional.") == 1
    assert "lost_contact" not in page
    assert "Only a supervisor closes a case with: Contact was lost" in page
    theirs = text(above.get(f"/cases/{case.code}/close/"))
    assert "Only a supervisor" not in theirs
    assert "The lead worker closes a case with: The agreed goals are reached" in theirs, "none of theirs says so"
    assert "The lead worker closes" not in page
    assert "no organisation here gave one" in page
    undecided = ">The decision on the signs is still open.</a>"
    assert f'href="/cases/{case.code}/screening/"{undecided}' in page, "it is said, forbids nothing, and opens"
    assert press(lead, f"/cases/{case.code}/close/", outcome="goals_met").status_code == 400, "it is read first"
    assert press(lead, f"/cases/{case.code}/close/", outcome="goals_met", sure="on").status_code == 303
    closed = text(lead.get(f"/cases/{case.code}/"))
    assert "This case is closed" in closed
    assert "The supervisor opens this case again: speak with Saida" in closed, (
        "who stands before the person may not do it"
    )
    assert "can still be withdrawn" not in closed, "she has agreed to nothing"
    assert lead.get(f"/cases/{case.code}/reopen/").status_code == 403
    assert lead.get(f"/cases/{case.code}/close/").status_code == 409
    assert press(above, f"/cases/{case.code}/reopen/", reason="returned").status_code == 303
    assert again(case).state_code == "open"


def test_a_duplicate_points_to_an_older_file_that_she_reaches(world) -> None:
    older, newer = world.case(), world.case()
    above = doors.client_for(world.saida)
    address = f"/cases/{newer.code}/close/"
    assert press(above, address, outcome="duplicate", older="").status_code == 400
    assert press(above, address, outcome="duplicate", older="12345678").status_code == 400
    shown = f"{older.code[:4]} {older.code[4:]}"
    assert press(above, address, outcome="duplicate", older=shown, sure="on").status_code == 303
    assert again(newer).older_case_id == older.pk
    # Red on 54b1dfa: closed otherwise after it was opened again, it went on calling itself a duplicate.
    assert press(above, f"/cases/{newer.code}/reopen/", reason="closed_by_mistake").status_code == 303
    assert press(doors.client_for(world.zarina), address, outcome="goals_met", sure="on").status_code == 303
    assert again(newer).older_case_id is None


def test_a_child_is_told_of_and_an_age_is_settled(world) -> None:
    case, client = world.case(age_band_code="child_age_unknown"), doors.client_for(world.zarina)
    tell = f"/cases/{case.code}/tell_child_protection/"
    assert tell in text(client.get(f"/cases/{case.code}/"))
    asked = text(client.get(tell))
    for word in ("guardianship", "Recorded for this child", "National coordinator", "the time limit goes on"):
        assert (word in asked, " checked" in asked) == (True, False), word
    for unsaid in ({}, {"told": "recorded", "other_told": "Canary-Office"}, {"told": "another"}):
        assert press(client, tell, **unsaid).status_code == 400, "the time limit does not stop before it is said who"
    answers = {"": "Not reached yet: tried ", "place": "A shelter reached today ", "else": "Coordinator reached today "}
    answers["another"] = "in the locked part"
    for told, said in answers.items():
        press(client, tell, **({"told": told, "other_told": "Canary-Office"} if told else {"do": "not_reached"}))
        saved = text(client.get(f"/cases/{case.code}/"))
        assert (said in saved, again(case).told_child_protection_at is None) == (True, told != "another")
        if told == "else":  # red before: a call that reached nobody took from the page whom one had reached
            press(client, tell, do="not_reached")
            assert re.search(
                r"Coordinator reached today .* told\. Not reached yet: tried", text(client.get(f"/cases/{case.code}/"))
            )
    assert (saved.count("in the locked part"), saved.count("Child protection is not told yet")) == (2, 4), (
        "in the history"
    )
    assert all(word in saved for word in ("Reached nobody", "Reached a shelter", "Reached the coordinator")), (
        "whom it reached"
    )
    for late in ({"do": "not_reached"}, {"told": "else"}):
        refused = press(client, tell, **late)
        assert (refused.status_code, "told already" in text(refused)) == (400, True), "one truth"
    assert "Canary-Office ·" in text(refused), "two contacts do not run together"
    shown = text(client.get(f"/cases/{case.code}/?open=contact"))
    assert all(word in shown and word not in saved for word in ("Canary-Office", "guardianship")), "beside the recorded"
    assert press(client, f"/cases/{case.code}/settle_age/", age_band="a18_29", reason="papers").status_code == 303
    assert not again(case).is_child
    assert press(client, f"/cases/{case.code}/settle_age/").status_code == 400


def test_what_the_page_offers_is_what_the_door_lets_through(world) -> None:
    """Every link of the file's own menu opens for whoever sees it; whoever does not see it is refused."""
    case = world.case()
    ways = ("edit", "settle_age", "admit", "history", "print", "close")
    for who in (world.zarina, world.saida):
        client = doors.client_for(who)
        page = text(client.get(f"/cases/{case.code}/"))
        for way in ways:
            offered = f'href="/cases/{case.code}/{way}/' in page
            assert (client.get(f"/cases/{case.code}/{way}/").status_code == 200) == offered, (who.name, way)


def test_a_supervisor_reads_what_to_do_while_the_lead_worker_is_absent(world) -> None:
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on="2026-01-02")
    above = doors.client_for(world.saida)
    alone = "If the lead worker is absent, nobody else is on the team"
    for page in ("", "who/"):
        shown = text(above.get(f"/cases/{case.code}/{page}"))
        assert alone in shown, page
        assert "A new lead worker cannot be named yet." in shown
        assert "lead worker is absent" not in text(doors.client_for(world.zarina).get(f"/cases/{case.code}/{page}"))


def test_begin_has_no_supervisor_and_the_lead_still_works(world) -> None:
    with doors.acting(world.parvina) as actor:
        own = cases.begin(actor)
    page = doors.client_for(world.parvina).get(f"/cases/{own.code}/")
    assert "This registration is not finished." in text(page)
