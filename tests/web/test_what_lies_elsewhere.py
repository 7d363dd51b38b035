"""A part sent and written further: who wrote it is led to send it again, who reads it sees as of when it is."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.cast import pass_time
from tests.web.forms_of import fields, press, text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db
OLD, NEW = "Canary-Old-Reason", "Canary-New-Reason"
WISH = "Canary-Wish"


def plain(answer) -> str:
    """The page without its marks, in one line."""
    main = text(answer).split("<main")[1].replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def write(client: doors.DoorClient, case: Case, **said: str):
    return press(client, f"/cases/{case.code}/section/?of=needs", **said)


def served(world: Scene) -> tuple[Case, Referral, doors.DoorClient]:
    """Needs are written, sent, and help has begun there; then some time goes by."""
    case, lead = world.case(), doors.client_for(world.zarina)
    write(lead, case, risk_reasons=OLD, wishes=WISH)
    referral = world.sent(case)
    world.accepted(referral)
    world.served(referral)
    pass_time(hours=3)
    return case, referral, doors.client_for(world.zarina)


def test_who_writes_further_in_a_part_that_was_sent_is_led_to_send_it_again(world) -> None:
    case, referral, lead = served(world)
    before = plain(lead.get(f"/cases/{case.code}/"))
    assert "it was changed since" not in before
    written = write(lead, case, risk_reasons=NEW)
    page = lead.get(written["Location"].split("#")[0])
    assert "What another organisation was sent is still as it was." in plain(page)
    assert re.search(r"Shelter-Kulob has this part as of .+? \d\d:\d\d\. Send what was changed\?", plain(page))
    way = f"/referrals/{referral.code}/add/?part=needs"
    assert f'href="{way}"' in text(page)
    shut = lead.get(f"/cases/{case.code}/")
    assert re.search(r"Shelter-Kulob has a copy of \d+ \w+; it was changed since\.", plain(shut))
    assert f'href="{way}"' in text(shut)
    assert "Canary" not in plain(shut)
    # There the part is ticked; nothing is sent before it is pressed.
    assert fields(lead.get(way))["sections"] == ["needs"]
    assert fields(lead.get(f"/referrals/{referral.code}/add/"))["sections"] == []
    assert fields(lead.get(f"/referrals/{referral.code}/add/?part=legal"))["sections"] == []
    assert press(lead, way, sections="needs").status_code in (302, 303)
    assert "it was changed since" not in plain(lead.get(f"/cases/{case.code}/"))


def test_only_the_part_that_was_written_further_and_only_while_help_continues(world) -> None:
    case, referral, lead = served(world)
    write(lead, case, risk_reasons=NEW)
    page = plain(lead.get(f"/cases/{case.code}/"))
    assert page.count("it was changed since") == 1
    # Another part that is sent further leaves it as it is.
    assert press(lead, f"/referrals/{referral.code}/add/", sections="contact").status_code in (302, 303)
    assert plain(lead.get(f"/cases/{case.code}/")).count("it was changed since") == 1
    press(lead, f"/referrals/{referral.code}/withdraw/", how_said="in_person")
    page = plain(lead.get(f"/cases/{case.code}/"))
    assert "Shelter-Kulob has a copy" not in page
    assert "copy sent" not in page


def test_who_reads_what_was_sent_sees_as_of_when_it_is(world) -> None:
    case, referral, lead = served(world)
    write(lead, case, risk_reasons=NEW, wishes="")
    worker = doors.client_for(world.parvina)
    page = plain(worker.get(f"/referrals/{referral.code}/?open=packet"))
    assert OLD in page
    assert NEW not in page
    assert len(re.findall(r"As it was sent \w+ \d\d:\d\d ", page)) == 1, "once for all parts"
    assert "later than the referral" not in page
    press(lead, f"/referrals/{referral.code}/add/?part=needs", sections="needs")
    page = plain(worker.get(f"/referrals/{referral.code}/?open=packet"))
    assert NEW in page
    assert OLD not in page
    assert WISH not in page, "what the sender emptied is not read any more"
    assert page.count("later than the referral") == 1
    assert re.search(r"Needs[^.]* As it was sent \w+ \d\d:\d\d, later than the referral ", page)
    # What was emptied altogether goes empty: nothing of before is read there, and both sides are told.
    write(lead, case, risk_reasons="")
    assert press(lead, f"/referrals/{referral.code}/add/?part=needs", sections="needs").status_code in (302, 303)
    page = plain(worker.get(f"/referrals/{referral.code}/?open=packet"))
    assert NEW not in page
    assert re.search(r"later than the referral The sender emptied this part: what was shown here is no longer", page)
    assert "it was changed since" not in plain(lead.get(f"/cases/{case.code}/"))


def test_the_page_on_which_a_part_is_written_says_where_a_copy_is(world) -> None:
    case, _referral, lead = served(world)
    page = plain(lead.get(f"/cases/{case.code}/section/?of=needs"))
    assert re.search(r"These can read it: Zarina, Saida\. A copy of \d+ \w+ is at Shelter-Kulob\.", page)
    assert "A copy of" not in plain(lead.get(f"/cases/{case.code}/section/?of=place"))


def test_a_part_in_which_nothing_was_written_is_not_listed_as_if_it_were_there(world) -> None:
    case = world.case()
    world.served(referral := world.accepted(world.sent(case)))
    locked = plain(doors.client_for(world.parvina).get(f"/referrals/{referral.code}/"))
    assert "own words, if written; How to reach the person safely. Each opening" in locked
    lead = doors.client_for(world.zarina)
    for page in (f"/cases/{case.code}/", f"/cases/{case.code}/who/"):
        assert "Needs, risk, plan (not sent yet)" in plain(lead.get(page))
        assert "How to reach the person safely (not sent yet)" not in plain(lead.get(page))


def test_beside_a_part_stands_who_holds_it_and_how_many_copies_there_are(world) -> None:
    """In one line: who they are, and which organisation has which part, stands on the same page."""
    case, _referral, lead = served(world)
    page = plain(lead.get(f"/cases/{case.code}/"))
    assert "How to reach the person safely only you · 1 copy sent Open" in page
    assert "Needs, risk, plan you and 1 colleague · 1 copy sent Open" in page, "Saida"
    assert "you and 1 colleague Open" in page
    assert "only you Open" in page
    assert re.search(r"Shelter-Kulob , [^.]*own words; How to reach the person safely", page), "who has which"
    press(lead, f"/cases/{case.code}/admit/", membership=str(world.manzura.membership_id))
    page = plain(lead.get(f"/cases/{case.code}/"))
    assert "How to reach the person safely you and 1 colleague · 1 copy sent Open" in page
    assert "you and 2 colleagues · 1 copy sent Open" in page


def test_a_supervisor_is_told_of_the_parts_that_she_holds_and_sends_nothing(world) -> None:
    case, referral, lead = served(world)
    write(lead, case, risk_reasons=NEW)
    answer = doors.client_for(world.saida).get(f"/cases/{case.code}/")
    page = plain(answer)
    assert "Shelter-Kulob has a copy" in page
    assert page.count("1 copy sent") == 1, "needs, and not how to reach the person"
    assert f"/referrals/{referral.code}/add/" not in text(answer)


def test_how_many_there_can_open_it_stands_without_their_names(world) -> None:
    case, referral, lead = served(world)
    page = plain(lead.get(f"/cases/{case.code}/who/"))
    assert "1 person there can open it: Shelter worker." in page
    assert re.search(r"Sent [^.:]+:\d\d\. 1 person there", page), "nobody there has opened it"
    parvina = doors.client_for(world.parvina)
    parvina.get(f"/referrals/{referral.code}/?open=packet")
    assert re.search(r"Sent [^.:]+:\d\d, opened [^.:]+:\d\d\.", plain(lead.get(f"/cases/{case.code}/who/")))
    assert "Parvina" not in page
    # The supervisor's session is not told who it is sealed to.
    assert "can open it:" not in plain(doors.client_for(world.saida).get(f"/cases/{case.code}/who/"))


def test_what_hamkori_refused_does_not_read_as_if_the_person_had(world) -> None:
    case = world.case()
    sealed = doors.client_for(world.zarina, vault=False)
    assert sealed.get(f"/cases/{case.code}/?open=contact").status_code == 302
    page = plain(sealed.get(f"/cases/{case.code}/history/"))
    assert "Not done, Hamkori refused it: “Opened a locked part" in page
    assert "Refused: " not in page


def test_what_happened_names_the_part_that_was_sent_again_to_both_sides(world) -> None:
    """Red before: "Further parts were sent" to who sent it, "The sender added something to read" to who reads it."""
    case, referral, lead = served(world)
    worker = doors.client_for(world.parvina)
    page = f"/referrals/{referral.code}/"
    write(lead, case, risk_reasons=NEW)
    assert press(lead, f"{page}add/?part=needs", sections="needs").status_code in (302, 303)
    pass_time(minutes=1)
    assert "Needs, risk, plan: the sender sent this again" in plain(worker.get("/")), "before it is opened"
    assert "Needs, risk, plan: sent again" in plain(lead.get(page))
    assert "Needs, risk, plan: the sender sent this again" in plain(worker.get(page))
    assert "Further parts were sent" not in plain(lead.get(page))
    # A supervisor who does not hold the other part is not told which it was.
    assert press(lead, f"{page}add/", sections="contact").status_code in (302, 303)
    assert "How to reach the person safely: sent again" in plain(lead.get(page))
    above = plain(doors.client_for(world.saida).get(page))
    assert ("Needs, risk, plan: sent again" in above, "reach the person safely: sent" in above) == (True, False)
    assert "Further parts were sent" in above
