"""Two people write at once: only what both changed is asked, the rest is put together, and the other hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case, SetAside
from hamkori.casework.work.actions import clock
from hamkori.notices.models import Notice
from tests import doors
from tests.cast import World, pass_time
from tests.database import as_role, god
from tests.web import test_short_way as short
from tests.web.forms_of import fields, operation, press, text
from tests.web.scene import Scene
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: Scene) -> Case:
    """Zarina's, with Manzura on the team, who writes the same parts; the needs are written."""
    case = world.case()
    with doors.acting(world.zarina) as actor:
        team.admit(actor, case, membership=world.manzura.membership_id)
    with doors.acting(world.zarina) as actor:
        section.write_section(
            actor, case, section="needs", fields={"needs": "doctor", "wishes": "home", "risk_reasons": ""}, seal_no=0
        )
    return case


def met(world: Scene, case: Case, theirs: dict[str, str], mine: dict[str, str]):
    """Zarina opens the part, Manzura saves hers meanwhile, Zarina saves."""
    address = f"/cases/{case.code}/section/?of=needs"
    client = doors.client_for(world.zarina)
    open_form = fields(client.get(address))
    assert press(doors.client_for(world.manzura), address, **theirs).status_code == 303
    return client, address, client.post(address, {**open_form, **mine})


def sheet(world: Scene, case: Case) -> dict[str, str]:
    with doors.acting(world.zarina) as actor:
        return dict(section.open_section(actor, case, section="needs").fields)


def told(world: Scene) -> list[str]:
    with god():
        return list(Notice.objects.filter(membership=world.manzura.membership_id).values_list("key_code", flat=True))


def test_fields_that_only_one_of_two_changed_are_put_together_and_nobody_is_asked(world, case) -> None:
    """Red before: both were asked about, and a field that nobody here had touched was called "yours"."""
    client, _address, saved = met(world, case, {"wishes": "Theirs-Wish"}, {"needs": "Mine-Need"})
    assert saved.status_code == 303, text(saved)
    assert sheet(world, case) == {"needs": "Mine-Need", "wishes": "Theirs-Wish", "risk_reasons": ""}
    assert "put together with what a colleague changed meanwhile" in text(client.get(saved["Location"]))
    assert "other_writer" not in told(world), "nothing of theirs was lost"


def test_the_same_change_twice_is_no_question(world, case) -> None:
    _client, _address, saved = met(world, case, {"wishes": "sew"}, {"wishes": "sew", "needs": "doctor, clothes"})
    assert saved.status_code == 303
    assert sheet(world, case)["needs"] == "doctor, clothes"


def test_what_both_changed_is_asked_and_the_button_is_the_answer(world, case) -> None:
    client, address, asked = met(
        world,
        case,
        {"needs": "Theirs-Need", "wishes": "Theirs-Wish"},
        {"needs": "Mine-Need", "risk_reasons": "Mine-Why"},
    )
    assert asked.status_code == 409
    page = text(asked)
    for said in (
        "doctor",
        "Mine-Need",
        "Theirs-Need",
        "Manzura saved this today",
        "changed by Manzura, kept",
        "changed by you, not saved before you choose",
    ):
        assert said in page
    assert page.count("Keep mine") == 1, "one field, one question"
    chosen = client.post(address, {**fields(asked), "keep_needs": "mine"})
    assert chosen.status_code == 303, text(chosen)
    assert sheet(world, case) == {"needs": "Mine-Need", "wishes": "Theirs-Wish", "risk_reasons": "Mine-Why"}
    assert told(world).count("other_writer") == 1
    colleague = doors.client_for(world.manzura)
    aside = f"/cases/{case.code}/set-aside/?of=needs"
    assert aside in text(colleague.get(f"/cases/{case.code}/"))
    for reader in (client, colleague):
        read = text(reader.get(aside))
        assert "Theirs-Need" in read
        assert "Mine-Need" not in read


def test_of_two_fields_one_is_chosen_after_the_other_and_then_all_is_saved(world, case) -> None:
    client, address, asked = met(
        world, case, {"needs": "Theirs-Need", "wishes": "Theirs-Wish"}, {"needs": "Mine-Need", "wishes": "Mine-Wish"}
    )
    one_left = client.post(address, {**fields(asked), "keep_needs": "theirs"})
    assert (one_left.status_code, text(one_left).count("Keep mine")) == (409, 1)
    assert sheet(world, case)["needs"] == "Theirs-Need"
    assert client.post(address, {**fields(one_left), "keep_wishes": "mine"}).status_code == 303
    assert sheet(world, case) == {"needs": "Theirs-Need", "wishes": "Mine-Wish", "risk_reasons": ""}


def both(page, name: str = "both_needs") -> str:
    """What stands in the box of both texts."""
    return fields(page)[name][0]


def test_both_texts_are_kept_theirs_first_and_may_be_mended(world, case) -> None:
    """Red before: one of two true texts had to go."""
    client, address, asked = met(world, case, {"needs": "Theirs-Need"}, {"needs": "Mine-Need", "risk_reasons": "Why"})
    assert text(asked).count("Keep both") == 1
    assert both(asked).split() == ["Theirs-Need", "Mine-Need"]
    kept = client.post(address, {**fields(asked), "both_needs": "Theirs-Need, and Mine-Need", "keep_needs": "both"})
    assert kept.status_code == 303, text(kept)
    assert sheet(world, case) == {"needs": "Theirs-Need, and Mine-Need", "wishes": "home", "risk_reasons": "Why"}
    aside = text(doors.client_for(world.manzura).get(f"/cases/{case.code}/set-aside/?of=needs"))
    assert "Theirs-Need" in aside, "what Zarina made of it, Manzura may compare"


def test_of_two_texts_one_is_kept_whole_and_then_the_other(world, case) -> None:
    client, address, asked = met(
        world, case, {"needs": "Theirs-Need", "wishes": "Theirs-Wish"}, {"needs": "Mine-Need", "wishes": "Mine-Wish"}
    )
    left = client.post(address, {**fields(asked), "both_wishes": "Mended-Wish", "keep_needs": "both"})
    assert (left.status_code, text(left).count("Keep both")) == (409, 1)
    assert both(left, "both_wishes") == "Mended-Wish", "what was mended there is not lost"
    assert client.post(address, {**fields(left), "keep_wishes": "both"}).status_code == 303
    assert sheet(world, case)["needs"].split() == ["Theirs-Need", "Mine-Need"]
    assert sheet(world, case)["wishes"] == "Mended-Wish"


def test_both_texts_that_are_too_long_together_say_so_and_stay(world, case) -> None:
    client, address, asked = met(world, case, {"needs": "t" * 2500}, {"needs": "m" * 2500})
    again = client.post(address, {**fields(asked), "keep_needs": "both"})
    assert again.status_code == 409
    assert "There is room for 4000 letters here" in text(again)
    assert both(again).startswith("t" * 2500)
    assert sheet(world, case)["needs"] == "t" * 2500, "nothing was saved"
    assert client.post(address, {**fields(again), "both_needs": "short", "keep_needs": "both"}).status_code == 303
    assert sheet(world, case)["needs"] == "short"


def test_an_answer_a_number_and_a_name_have_no_text_of_both(world, case) -> None:
    address = f"/cases/{case.code}/section/?of=contact"
    client = doors.client_for(world.zarina)
    open_form = fields(client.get(address))
    assert press(doors.client_for(world.manzura), address, call_name="A", safe_phone="1").status_code == 303
    asked = client.post(address, {**open_form, "call_name": "B", "safe_phone": "2"})
    assert asked.status_code == 409
    assert ("Keep mine" in text(asked), "Keep both" in text(asked)) == (True, False)


def test_a_choice_is_for_the_version_that_was_shown(world, case) -> None:
    client, address, asked = met(world, case, {"needs": "Theirs-Need"}, {"needs": "Mine-Need"})
    assert press(doors.client_for(world.manzura), address, needs="Theirs-Newer").status_code == 303
    again = client.post(address, {**fields(asked), "keep_needs": "mine"})
    assert again.status_code == 409
    assert "Theirs-Newer" in text(again)
    assert sheet(world, case)["needs"] == "Theirs-Newer"


def test_codes_that_only_one_changed_are_put_together(world, case) -> None:
    """Red before: who had opened the page earlier wrote an old risk over a newer one."""
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/edit/"
    old = fields(client.get(address))
    assert press(doors.client_for(world.manzura), address, risk_code="high").status_code == 303
    assert client.post(address, {**old, "next_step_code": "call_back"}).status_code == 303
    with god():
        found = Case.objects.get(pk=case.pk)
    assert (found.risk_code, found.next_step_code) == ("high", "call_back")
    late = client.post(address, {**old, "risk_code": "raised", "operation": operation()})
    assert late.status_code == 409
    assert "Manzura saved this" not in text(late), "Zarina herself saved last"
    assert client.post(address, {**fields(late), "keep_risk_code": "theirs"}).status_code == 303


# --- who reads it, and how long -------------------------------------------------------------------------------------


def set_aside(world: Scene, case: Case) -> str:
    client, address, asked = met(world, case, {"needs": "Theirs-Need"}, {"needs": "Mine-Need"})
    assert client.post(address, {**fields(asked), "keep_needs": "mine"}).status_code == 303
    return f"/cases/{case.code}/set-aside/?of=needs"


def test_nobody_but_the_two_reads_it(world, case) -> None:
    """The supervisor reads the part itself; she was none of the two."""
    aside = set_aside(world, case)
    assert "Theirs-Need" not in text(doors.client_for(world.saida).get(aside))
    assert aside not in text(doors.client_for(world.saida).get(f"/cases/{case.code}/"))
    assert doors.client_for(world.gulnora).get(aside).status_code in (403, 404)
    shut = doors.client_for(world.manzura, vault=False).get(aside)
    assert "Theirs-Need" not in text(shut)


@pytest.mark.alarms
@pytest.mark.parametrize("name", ["first_by", "second_by"])
def test_another_name_in_the_row_opens_nothing(world, case, name: str) -> None:
    """Whoever owns the database writes the supervisor in: she holds the part's key, and the row does not open."""
    aside = set_aside(world, case)
    with god():
        SetAside.objects.update(**{name: world.saida.membership_id})
    answer = doors.client_for(world.saida).get(aside)
    assert answer.status_code != 200
    assert "Theirs-Need" not in text(answer)


@pytest.mark.alarms
def test_another_day_in_the_row_opens_nothing(world, case) -> None:
    aside = set_aside(world, case)
    with god():
        row = SetAside.objects.get()
        SetAside.objects.update(at=row.at - timedelta(days=1))
    assert doors.client_for(world.zarina).get(aside).status_code != 200


def test_nobody_adds_one_in_anothers_name_and_nobody_changes_one(world, case) -> None:
    set_aside(world, case)
    with doors.acting(world.manzura), connection.cursor() as cursor:
        cursor.execute("select count(*) from set_aside")
        assert cursor.fetchone() == (1,)
    with doors.acting(world.saida), connection.cursor() as cursor:
        cursor.execute("select count(*) from set_aside")
        assert cursor.fetchone() == (0,)


def test_after_thirty_days_it_is_gone_from_the_page_and_from_the_database(world, case) -> None:
    aside = set_aside(world, case)
    pass_time(days=30, minutes=1)
    client = doors.client_for(world.zarina)
    assert "There is no other version of this part." in text(client.get(aside))
    with as_role("hk_clock"):
        assert clock.sweep()["set_aside"] == 1
    with god():
        assert not SetAside.objects.exists()


def test_two_windows_of_one_person_are_no_colleague(world, case) -> None:
    """Red before: the page called the other window "my colleague", and told oneself what one had done."""
    address = f"/cases/{case.code}/section/?of=needs"
    client = doors.client_for(world.zarina)
    first = fields(client.get(address))
    assert press(client, address, needs="First-Window").status_code == 303
    asked = client.post(address, {**first, "needs": "Second-Window"})
    assert asked.status_code == 409
    page = text(asked)
    assert "You, in another window, saved this today" in page
    assert "Leave the other version" in page
    assert "olleague" not in page.split("These can read it")[0]
    chosen = client.post(address, {**fields(asked), "keep_needs": "mine"})
    assert chosen.status_code == 303
    assert sheet(world, case)["needs"] == "Second-Window"
    assert "Saved, with the versions that you chose." in text(client.get(chosen["Location"]))
    with god():
        assert not Notice.objects.filter(key_code="other_writer").exists()


def test_of_coded_answers_too(world, case) -> None:
    address = f"/cases/{case.code}/edit/"
    client = doors.client_for(world.zarina)
    first = fields(client.get(address))
    assert press(client, address, risk_code="high").status_code == 303
    asked = client.post(address, {**first, "risk_code": "raised"})
    assert asked.status_code == 409
    assert "You, in another window, saved this today" in text(asked)
    assert "The other version is not kept." in text(asked)
    chosen = client.post(address, {**fields(asked), "keep_risk_code": "theirs"})
    assert "Saved, with the versions that you chose." in text(client.get(chosen["Location"]))


def test_a_language_that_a_colleague_recorded_meanwhile_stands(small_world: World) -> None:
    """Red before: the press that says in which language consent was read wrote over it."""
    zarina = Senders(small_world).browser()
    check = short.to_check(zarina)
    with god():
        Case.objects.update(language_code="ru")
    late = short.press(zarina, check, do="language")
    assert (late.status_code, short.case_of(check).language_code) == (409, "ru")
