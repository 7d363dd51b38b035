"""What is taken back reaches whoever helps: a notice, a line on both pages, and nothing to open."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import form_of
from tests.web.senders import Senders, page_text, press, state
from tests.web.test_place_found import found_of

pytestmark = pytest.mark.django_db

HERE = "The person withdrew consent to share this part"
THERE = "Consent to share this part was withdrawn"


def helped(house: Senders) -> tuple[Case, Referral]:
    """A case with a referral that was accepted, with contact and needs."""
    house.agreed(case := house.case())
    referral = house.sent(case, sections=["contact", "needs"])
    house.accepted(referral)
    return case, referral


def told(house: Senders, slug: str) -> list[str]:
    with god():
        mine = Notice.objects.filter(membership=house.world.membership(slug)).order_by("at")
        return list(mine.values_list("key_code", flat=True))


def take_back(house: Senders, case: Case, **what: object) -> None:
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="by_phone", **what)  # type: ignore[arg-type]


def test_a_part_that_is_taken_back_is_said_to_whoever_helps_and_on_both_pages(house: Senders) -> None:
    case, referral = helped(house)
    page = f"/referrals/{referral.code}/"
    assert HERE not in page_text(house.browser("shelter-worker").get(page))
    take_back(house, case, sections=["contact"])
    assert state(referral) == "accepted", "help goes on"
    assert told(house, "shelter-worker")[-1] == "narrowed"
    assert "narrowed" not in told(house, "caseworker-cso") + told(house, "desk-shelter")
    theirs = page_text(house.browser("shelter-worker").get(page))
    assert f"{HERE}: How to reach the person safely (today" in theirs
    assert f"{THERE}: How to reach the person safely (today" in page_text(house.browser().get(page))
    assert HERE not in page_text(house.browser("desk-shelter").get(page)), "the desk never held it"
    take_back(house, case, sections=["contact"])
    assert told(house, "shelter-worker").count("narrowed") == 1, "what is gone is not taken back again"


def test_before_anybody_accepted_there_is_nobody_to_tell(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case, sections=["contact", "needs"])
    take_back(house, case, sections=["contact"])
    assert state(referral) == "sent"
    assert "narrowed" not in told(house, "desk-shelter")
    house.accepted(referral)
    assert HERE not in page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))


def test_the_whole_consent_ends_the_referral_and_is_said_to_be_ended_and_no_more(house: Senders) -> None:
    case, referral = helped(house)
    take_back(house, case, sections=["needs"])
    take_back(house, case, rows=[("shelter_social", "help")])
    assert state(referral) == "withdrawn"
    assert told(house, "shelter-worker")[-1] == "closed"
    parvina, first = house.browser("shelter-worker"), "Do not wait for the person: "
    home = parvina.get("/").content.decode()
    assert page_text(parvina.get("/")).index(first) < page_text(parvina.get("/")).index("Open the referral")
    seen = re.findall(r'name="key" value="(\w+)"', home)
    parvina.post("/seen/", {"operation": str(uuid4()), "key": seen})
    assert first in page_text(parvina.get("/")), "it stands until it is opened"
    ended = page_text(parvina.get(f"/referrals/{referral.code}/"))
    assert first not in page_text(parvina.get("/"))
    assert HERE not in ended, "how it ended is the sender's"


def test_what_is_deleted_is_said_once_for_the_parts_of_a_group(house: Senders) -> None:
    """Red before: at the telephone the same sentence once more, 50 px below, with an end of its own."""
    case = house.case()
    parts = ["contact", "needs", "identity"]
    house.agreed(case, sections=set(parts))
    house.accepted(house.sent(case, sections=parts))
    shown = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert shown.count("Help goes on. This is deleted at Shelter Kulob") == 1
    common, _part, reached = shown.partition("How to reach the person safely")
    assert "This is deleted at Shelter Kulob, and they are told." in common
    assert reached.index("They are told not to call and not to write.") < reached.index("Needs, risk, plan")


def test_before_it_the_page_shows_who_read_and_what_stops_and_after_it_what_to_say(house: Senders) -> None:
    case, referral = helped(house)
    address = f"/cases/{case.code}/consent/withdraw/"
    before = page_text(house.browser().get(address))
    assert "This is deleted at Shelter Kulob, and they are told." in before
    assert "has already opened" not in before, "nobody has read it yet"
    assert before.index("Everything, to everybody") < before.index(
        "Or only one kind of help, or a part Shelter and social help"
    )
    assert "<details open" not in house.browser().get(address).content.decode(), "the groups are looked through"
    house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
    assert "Shelter Kulob has already opened:" in page_text(house.browser().get(address))
    both = ["shelter_social:help:contact", "shelter_social:help:needs"]
    form = {"operation": str(uuid4()), "took": both, "how_said": "by_phone"}
    with god():
        versions = Consent.objects.filter(case=case).count()
    went = house.browser().post(address, form)
    assert went["Location"] == f"{address}?done={versions + 1}", "several ticks are one word"
    after = page_text(house.browser().get(went["Location"]))
    assert "It was deleted at Shelter Kulob. They were told not to call the person and not to write." in after
    assert "Ҳоло дар Shelter Kulob инҳо нестанд: тарзи тамос бо шумо; эҳтиёҷоти шумо." in after, "as consent was read"
    assert "Nothing of this is at Shelter Kulob now: how to reach you; what you need." in after, (
        "and in the reader's own language"
    )
    assert "Shelter Kulob read it (today" in after
    assert "cannot reach the person any more" in after
    assert "What we wrote ourselves stays here, locked." in after
    assert state(referral) == "accepted"
    whole = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": "in_person"}
    answer = house.browser().get(house.browser().post(address, whole)["Location"])
    assert 'class="btn"' not in answer.content.decode().partition("<main")[2], "no strong button after a no"
    ended = page_text(answer)
    assert "has stopped. What was shared is deleted there; they were told." in ended
    assert "We stopped the referral to Shelter Kulob and deleted there what we had shared." in ended
    assert "The place at Shelter Kulob has ended. Where does the person sleep tonight?" in ended
    no = "The person said no to everything. Our own help goes on. Ask for consent again only if the person raises it."
    assert f"sleep tonight? {no} A place was found" in ended, "nobody is urged after a no to everything"
    case_page = house.browser().get(f"/cases/{case.code}/").content.decode()
    assert re.search(r'<a class="btn quiet push"[^>]*/consent/"', case_page), "nor is the first button one to refer"
    assert state(referral) == "withdrawn"
    made_up = house.browser().get(f"{address}?done=1")
    assert "There is nothing to withdraw." in page_text(made_up), "no other version has such a page"


def test_one_tick_is_for_all_purposes_of_a_group(house: Senders) -> None:
    """Red before: who takes something back from the lawyers ticked it twice, and the other line stayed open."""
    case = house.case()
    house.agreed(case, kind="legal", sections={"contact", "legal"})
    house.agreed(case, kind="legal", purpose="justice", sections={"contact", "legal"})
    address, browser = f"/cases/{case.code}/consent/withdraw/", house.browser()
    shown = browser.get(address).content.decode()
    assert shown.index('value="legal:*"') < shown.index('value="legal:*:contact"') < shown.index('value="legal:help"')
    assert "What to call the person" in shown, "no papers go: of the name only this"
    form = {"operation": str(uuid4()), "took": ["legal:*:contact"], "how_said": "by_phone"}
    after = page_text(browser.get(browser.post(address, form)["Location"]))
    # Red before: two lines, "Lawyers: help: …" and "Lawyers: a case or a claim: …".
    assert "Lawyers: How to reach the person safely" in after
    assert after.partition("What is agreed now")[0].count("How to reach the person safely") == 1
    with god():
        newest = Consent.objects.filter(case=case).latest("number")
        rows = {row.purpose_code: row.sections for row in ConsentRow.objects.filter(consent=newest, kind_code="legal")}
    assert rows == {"help": ["legal"], "justice": ["legal"]}


def test_what_was_not_taken_back_is_said_to_stay_there(house: Senders) -> None:
    """Red before: "we deleted there what we had shared", and all but one part stayed."""
    case, _referral = helped(house)
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:contact"], "how_said": "by_phone"}
    to = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)["Location"]
    after = page_text(house.browser().get(to))
    row = page_text(house.browser().get(f"/cases/{case.code}/consent/"))
    assert "Shared: Needs, risk, plan. Not shared any more: How to reach the person safely." in row
    nothing = (
        "Nothing of this is at Shelter Kulob now: how to reach you. This stays there, as you agreed: what you wanted"
    )
    assert f"{nothing} them to know; what you need." in after


def test_a_whole_and_a_part_of_another_are_one_word(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="legal", sections={"contact", "legal"})
    house.agreed(case, kind="health", purpose="justice", sections={"contact"})
    form = {"operation": str(uuid4()), "took": ["shelter_social:help", "legal:help:legal"], "how_said": "in_person"}
    went = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)
    court = "Shared: How to reach the person safely. Needs a yes for a criminal case too."
    assert court in page_text(house.browser().get(went["Location"])), "nobody said yes to the police"
    with god():
        newest = Consent.objects.filter(case=case).latest("number")
        rows = {row.kind_code: row for row in ConsentRow.objects.filter(consent=newest)}
    assert (rows["shelter_social"].answer_code, rows["legal"].answer_code) == ("withdrawn", "yes")
    assert rows["legal"].sections == ["contact"]


def test_the_name_alone_that_is_taken_back_is_said_to_whoever_helps_and_on_both_pages(house: Senders) -> None:
    """No papers went: the name stood in the contact alone. Red before: nobody was told, and no page had a line."""
    case, referral = helped(house)
    page, address = f"/referrals/{referral.code}/", f"/cases/{case.code}/consent/withdraw/"
    assert "No name is shown at Shelter Kulob any more, and they are told." in page_text(house.browser().get(address))
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:identity"], "how_said": "by_phone"}
    after = page_text(house.browser().get(house.browser().post(address, form)["Location"]))
    assert "No name is shown at Shelter Kulob any more, and they were told. Help goes on." in after
    assert "Shelter Kulob does not see your name any more." in after
    assert "as you agreed: what you wanted them to know; how to reach you; what you need." in after, (
        "nothing was deleted"
    )
    assert state(referral) == "accepted"
    assert told(house, "shelter-worker").count("narrowed") == 1
    assert "narrowed" not in told(house, "caseworker-cso") + told(house, "desk-shelter")
    theirs = "The person withdrew the name (today"
    assert theirs in page_text(house.browser("shelter-worker").get(page))
    assert "The name was withdrawn (today" in page_text(house.browser().get(page))
    take_back(house, case, sections=["needs"])
    assert told(house, "shelter-worker").count("narrowed") == 2, "the name is not taken back a second time"
    house.agreed(case)
    assert theirs not in page_text(house.browser("shelter-worker").get(page)), "the name is shown again"
    assert "The name was withdrawn" not in page_text(house.browser().get(page))


def test_of_a_name_that_never_went_nobody_is_told(house: Senders) -> None:
    case = house.case()
    house.agreed(case, answer="without_name")
    referral = house.sent(case, sections=["contact", "needs"])
    house.accepted(referral)
    take_back(house, case, sections=["identity"])
    take_back(house, case, sections=["needs"])
    assert told(house, "shelter-worker").count("narrowed") == 1, "of the needs alone"
    assert "withdrew the name" not in page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))


def test_the_page_says_that_the_own_team_goes_on(house: Senders) -> None:
    case = house.case()
    house.agreed(case, kind="psychological", sections={"contact"})
    address = f"/cases/{case.code}/consent/withdraw/"
    form = {"operation": str(uuid4()), "took": ["psychological:help"], "how_said": "in_person"}
    before, went = page_text(house.browser().get(address)), house.browser().post(address, form)
    after = page_text(house.browser().get(went["Location"]))
    for shown in (before, after):
        assert "The answers are about other organisations" in shown
        assert "Our own team goes on, with our own psychologist or lawyer" in shown
    assert "(Social worker)" in after, "each with their work"


def test_an_answer_that_ends_something_says_who_read_it_first_and_what_became_of_it_afterwards(house: Senders) -> None:
    """Red before: the page said what ends and not who had read it, and the line after it said "Next: refer"."""
    case, referral = helped(house)
    address = f"/cases/{case.code}/consent/"
    less = form_of(house.browser().get(address)) | {
        "s_shelter_social_help": ["needs"],
        "language": "tg",
        "read": "on",
        "how_given": "spoken",
    }
    unread = page_text(house.browser().post(address, less))
    assert "is taken out and can no longer be opened" in unread
    assert "They are told not to call the person and not to write." in unread
    assert "Call them" not in unread, "nobody has read it yet"
    house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
    asked = house.browser().post(address, less)
    text = page_text(asked)
    assert "Shelter Kulob unlocked: How to reach the person safely (today" in text
    assert "Call them and ask them not to use it." in text
    assert "No number of this referral desk is recorded. The coordinator can look for one." in text
    house.browser().post(address, form_of(asked))
    saved = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "Shelter Kulob can no longer unlock: How to reach the person safely. They were told." in saved
    assert "They were told not to call the person and not to write." in saved
    assert state(referral) == "accepted"
    no = form_of(house.browser().get(address)) | {"a_shelter_social_help": "no", "how_said": "in_person"}
    asked = house.browser().post(address, no)
    assert "Shelter Kulob unlocked:" in page_text(asked)
    house.browser().post(address, form_of(asked))
    saved = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "has stopped. What was shared is deleted there; they were told." in saved


def test_who_is_there_already_is_not_put_out_and_both_ends_say_the_same(house: Senders) -> None:
    """Red before: "the place has ended" above "help may go on", and the shelter read "Ended" on its last line."""
    case, referral = helped(house)
    page, stays = f"/referrals/{referral.code}/", "The person is at Shelter Kulob: the bed does not end with this."
    address = f"/cases/{case.code}/consent/withdraw/"
    assert stays not in page_text(house.browser().get(address)), "nobody has come yet"
    parvina = house.browser("shelter-worker")
    assert parvina.post(f"{page}serve/", press(referral)).status_code == 303
    assert stays in page_text(house.browser().get(f"{page}withdraw/"))
    shown = page_text(house.browser().get(address))
    bed = "deleted there. The bed there does not end with this: ask whether the person stays."
    assert shown.index(bed) < shown.index("In person: withdraw"), "above the button"
    form = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person"}
    after = page_text(house.browser().get(house.browser().post(address, form)["Location"]))
    no = "The person said no to everything. Our own help goes on. Ask for consent again only if the person raises it."
    stays_there = "at Shelter Kulob; the bed has not ended with this. Does the person stay?"
    both = "Say that the person stays Say that the person leaves"
    assert after.index(stays_there) < after.index(f"{no} {both} If the person wants no help")
    assert "The help there does not end with this: tell them what you want." in after
    seen = page_text(house.browser().get(f"/cases/{case.code}/"))
    stay = "Does the person stay in the shelter?"
    assert f"{stay} The bed at Shelter Kulob did not end with the withdrawal. Say that the person stays" in seen
    for one in ("/", "/cases/"):
        listed = page_text(house.browser().get(one))
        assert (stay in listed, "No place for tonight" in listed) == (True, False), one
    assert "has ended. Where" not in after
    assert "without us" not in after
    ask, row = "Help that has begun may go on if the person wants it: ask only", "Ask the person whether help goes on: "
    home = page_text(parvina.get("/"))
    assert home.index(row) < home.index("Open the referral")
    assert "Do not wait" not in home
    ended = page_text(parvina.get(page))
    assert ended.index(ask) < ended.index("Nothing of it can be opened") < ended.index("Your own case stays: ")
    theirs = "The person withdrew consent for everything that the sender had shared."
    assert ended.count("withdr") == ended.count(theirs) == 1, "where help had begun only the person's word ends it"
    assert "the person withdrew consent for everything that the sender had shared: ask only in person" in home
    own = re.findall(r'href="(/cases/\d+/)">([^<]*)<', parvina.get(page).content.decode())
    assert [said for _to, said in own] == ["Open your own case"], "once, and not to the whole consent of it"
    mine = page_text(parvina.get(own[0][0]))
    assert "This case began with referral" in mine
    assert "What was sent with it can no longer be opened." in mine, "red before: what was sent with it is read there"
    assert "is read there" not in mine
    assert row not in page_text(parvina.get("/"))


def test_a_place_that_ended_by_the_persons_word_stands_on_today_as_none_for_tonight(house: Senders) -> None:
    """Red before: nothing asked where they sleep, unless a place for tonight had been asked for within the last day."""
    case = house.case({"need_tonight_codes": ["not_asked"]})
    house.agreed(case)
    house.agreed(case, kind="legal", sections={"contact"})
    referral = house.sent(case)
    house.accepted(referral)
    assert "No place for tonight" not in page_text(house.browser().get("/"))
    take_back(house, case, rows=[("shelter_social", "help")])
    for who in ("caseworker-cso", "supervisor-cso"):
        assert "No place for tonight" in page_text(house.browser(who).get("/")), who
    with house.as_() as zarina:
        assert counts(zarina).without_place == 1
    ask = f'href="/cases/{case.code}/consent/#id_a_shelter_social_help_0"'
    assert ask not in house.browser().get("/").content.decode(), "nobody is urged after a no"
    assert 'id="id_a_shelter_social_help_0"' in house.browser().get(f"/cases/{case.code}/consent/").content.decode()
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    house.browser().post(*found_of(page, f"/cases/{case.code}/place-found/"))
    assert "No place for tonight" not in page_text(house.browser().get("/"))
    assert "No place for tonight" not in page_text(house.browser().get(f"/cases/{case.code}/"))
    with house.as_() as zarina:
        assert counts(zarina).without_place == 0


def test_that_night_is_over_after_a_day(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case)
    house.accepted(house.sent(case))
    take_back(house, case)
    assert "No place for tonight" in page_text(house.browser().get("/"))
    page = house.browser().get(f"/cases/{case.code}/")
    assert (
        "No place for tonight The person said no to shelters. If they ask for a place, ask again what may be shared."
        in page_text(page)
    )
    assert "A place was found" in page_text(page), "also where something else is needed"
    pass_time(hours=25)
    assert "No place for tonight" not in page_text(house.browser().get("/"))


ENDINGS = ("End this referral only", "Stop everything, everywhere")


def test_stop_everything_arrives_ticked_and_the_button_is_right_under_it(house: Senders) -> None:
    """Red before: nothing was ticked, the button stood under all other boxes, and how it was said was asked twice."""
    case, referral = helped(house)
    here, address = f"/referrals/{referral.code}/withdraw/", f"/cases/{case.code}/consent/withdraw/?all=1"
    shown = house.browser().get(here).content.decode()
    assert 'name="everything"' in shown
    assert "End it: they get nothing more" in shown
    # Red before: the two were twins, one right under the other.
    only, whole = (shown.partition("<form")[2].partition(text)[0].rpartition("<button")[2] for text in ENDINGS)
    assert ("btn quiet" in only, "btn danger" in whole) == (True, True)
    assert shown.index(ENDINGS[0]) < shown.index("Or everything:") < shown.index(ENDINGS[1])
    between = shown.partition(ENDINGS[0])[2].partition("Or everything:")[0]
    assert '<section class="stack-s apart"' in between, "a group of its own"
    pressed = form_of(house.browser().get(here)) | {"everything": "1"}
    asker = house.browser()
    told = asker.post(here, pressed | {"how_said": "by_phone"})
    assert (told.status_code, told["Location"]) == (302, address), "red before: the address said how it was told"
    assert state(referral) == "accepted", "nothing is ended before the page of the consent says so"
    page = asker.get(told["Location"]).content.decode()
    assert "How the person told you: By telephone" in page
    assert "How did the person tell you?" not in page
    said = [page.index(one) for one in ("Phone, code word: withdraw", "Told in another way", "In person: withdraw")]
    assert said == sorted(said)
    other = f"/cases/{house.case().code}/consent/withdraw/?all=1"
    assert "How the person told you: By telephone" not in asker.get(other).content.decode(), "of another case"
    assert asker.post(here, pressed | {"how_said": "other-canary"})["Location"] == address
    page = asker.get(address).content.decode()
    assert "How did the person tell you?" in page
    assert re.findall(r'value="([^"]+)"[^>]*\schecked', page) == ["all"]
    assert page.index("Our own notes stay") < page.index('name="how_said"'), "what it leaves is read before"
    assert "Help does not depend" not in page, "beside lines that say which help stops"
    house.browser().post(address, form_of(house.browser().get(address)) | {"how_said": "by_phone"})
    assert state(referral) == "withdrawn"
