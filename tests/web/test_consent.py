"""Her word as a worker writes it down: kind by kind, nothing chosen for her, and a "no" that bites at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.consent import texts
from hamkori.casework.consent.models import Consent, ConsentExcluded, ConsentRow
from hamkori.casework.consent.rules import packet
from hamkori.casework.consent.rules.consent import ROWS
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral
from hamkori.casework.referral.queries.referrals import sender_state
from tests import doors
from tests.database import god
from tests.web.consenting import House, ask, form_of, page
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

OVERHEAD, BUDGET = 10, 12


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def rows(case: Case) -> dict[tuple[str, str], ConsentRow]:
    with god():
        newest = Consent.objects.filter(case=case).order_by("-number").first()
        return {(row.kind_code, row.purpose_code): row for row in ConsentRow.objects.filter(consent=newest)}


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def versions(case: Case) -> int:
    with god():
        return Consent.objects.filter(case=case).count()


def state(referral: Referral) -> str:
    with god():
        return sender_state(Referral.objects.get(pk=referral.pk))


def packets(referral: Referral) -> set[str]:
    with god():
        sealed = set(PacketSeal.objects.filter(referral=referral.pk).values_list("section_code", flat=True))
        return sealed | set(PacketBody.objects.filter(referral=referral.pk).values_list("section_code", flat=True))


def test_nothing_is_chosen_for_her_and_all_is_said_before(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    answer = client.get(page(case))
    form, text = form_of(answer), answer.content.decode()
    assert {form[f"a_{kind}_{purpose}"][0] for kind, purpose in ROWS} == {"not_asked"}
    assert "how_given" not in form
    for key in ROWS:
        ticked = set(form.get(f"s_{key[0]}_{key[1]}", []))
        assert ticked == {section for section, rule in packet.RULE[key].items() if rule == packet.IN}
    assert "Help does not depend on any answer." in text
    assert texts.consent("tg").blocks[0].text in text
    assert form["language"] == ["tg"], "from the registration; that it was read is said by nobody"
    assert "read" not in form
    assert "canary" not in text.lower()


def test_her_answers_are_kept_as_a_version_and_the_rest_carries_over(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    assert ask(client, case, a_shelter_social_help="yes", a_police_justice="no").status_code == 303
    first = rows(case)
    assert set(first[("shelter_social", "help")].sections) == {"contact", "needs"}
    assert first[("police", "justice")].answer_code == "no"
    assert ("health", "help") not in first
    assert ask(client, case, a_health_help="yes", s_health_help=["contact"]).status_code == 303
    second = rows(case)
    assert second[("shelter_social", "help")].answer_code == "yes"
    assert second[("police", "justice")].answer_code == "no"
    assert second[("health", "help")].sections == ["contact"]
    shown = client.get(page(case)).content.decode()
    assert "Version 2" in shown
    assert "Version 1" in shown
    assert "Zarina" in shown


def test_without_name_takes_the_name_out_whatever_was_ticked(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_legal_help="without_name", s_legal_help=["identity", "contact", "legal"])
    assert set(rows(case)[("legal", "help")].sections) == {"contact", "legal"}


def test_what_is_missing_is_said_at_its_place_and_nothing_is_written(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    bare = form_of(client.get(page(case)))
    for given, sentence in (
        ({}, "Nothing was asked."),
        (
            {"a_health_help": "yes", "language": "", "read": "on", "how_given": "spoken"},
            "In which language was it read?",
        ),
        ({"a_health_help": "yes", "how_given": "spoken"}, "Read the text aloud first."),
        ({"a_health_help": "yes", "language": "tg"}, "How did the person say yes?"),
        ({"a_health_help": "no"}, "Say how the person told you."),
        ({"a_health_help": "perhaps"}, "One of these cannot be chosen any more."),
        (
            {"a_health_help": "yes", "s_health_help": ["place"], "read": "on", "how_given": "spoken"},
            "cannot be chosen any more",
        ),
    ):
        answer = client.post(page(case), bare | given)
        assert answer.status_code == 400, given
        assert sentence in answer.content.decode(), given
    kept = client.post(page(case), bare | {"a_health_help": "yes", "language": "ru"})
    assert form_of(kept)["a_health_help"] == ["yes"]
    assert versions(case) == 0


def test_who_signs_did_not_say_it(house: House) -> None:
    """Red before: a yes by sign language was recorded as "Said it", without a word."""
    case, client = house.case(), doors.client_for(house.zarina)
    answer = ask(client, case, a_health_help="yes", language="sign")
    assert answer.status_code == 400
    assert "Who signs says nothing aloud. Mark how it really was." in answer.content.decode()
    assert form_of(answer)["a_health_help"] == ["yes"], "what was marked is kept"
    assert versions(case) == 0
    assert ask(client, case, a_health_help="yes", language="sign", how_given="through_interpreter").status_code < 400
    assert versions(case) == 1


def test_parts_that_were_changed_are_never_passed_over(house: House) -> None:
    """Red on 3f58cb0: "health no longer" was dropped, the page said nothing, and health went on."""
    case, client = house.case(), doors.client_for(house.zarina)
    for more in ({}, {"a_police_justice": "no", "how_said": "in_person"}, {"a_legal_help": "yes"}):
        answer = ask(client, case, s_health_help=["contact"], **more)
        assert answer.status_code == 400, more
        text = answer.content.decode()
        assert "What may be shared was changed here. Mark the answer too, or put the ticks back." in text
        assert "Nothing was asked." not in text
        assert text.count("Say how the person told you.") == 0, "one thing to mend, and no other"
        assert form_of(answer)["s_health_help"] == ["contact"], "what was changed stays on the form"
        assert versions(case) == 0
    ask(client, case, a_health_help="yes", s_health_help=["contact", "needs"])
    ask(client, case, s_health_help=["contact"], a_police_justice="no")
    assert rows(case)[("health", "help")].sections == ["contact"], "under a yes that stands they are the answer"
    assert ask(client, case, a_legal_help="no", how_said="in_person").status_code == 303, "untouched ticks ask nothing"


@pytest.mark.parametrize(("days", "fits"), [(0, True), (90, True), (180, True), (181, False), (-1, False)])
def test_until_has_its_limits(house: House, days: int, fits: bool) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    until = (timezone.localdate() + timedelta(days=days)).strftime("%d.%m.%Y")
    answer = ask(client, case, a_health_help="yes", until=until)
    assert (answer.status_code == 303) is fits
    assert versions(case) == int(fits)
    if not fits:
        assert "Choose a day from today on, at most 180 days ahead." in answer.content.decode()
        assert form_of(answer)["until"] == [until]


def test_days_are_chosen_and_another_day_is_written(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    offered = form_of(client.get(page(case)))
    assert (offered["days"], offered["until"]) == (["90"], [""])
    for more, days in (({}, 90), ({"days": "30"}, 30), ({"days": "30", "until": day(5)}, 5)):
        assert ask(client, case, a_health_help="yes", anew=["health:help"], seen="1", **more).status_code == 303
        ends = rows(case)[("health", "help")].until
        assert ends is not None
        assert timezone.localdate(ends - timedelta(seconds=1)).isoformat() == day(days)


def test_the_same_answers_sent_twice_are_one_version(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    data = form_of(client.get(page(case))) | {
        "a_health_help": "yes",
        "language": "tg",
        "read": "on",
        "how_given": "spoken",
    }
    assert client.post(page(case), data)["Location"] == client.post(page(case), data)["Location"]
    assert versions(case) == 1


def test_a_childs_no_to_the_police_is_told_as_final(house: House) -> None:
    case, client = house.case(band="a9_17"), doors.client_for(house.zarina)
    assert "is final, unless the child's answer below" in client.get(page(case)).content.decode()
    assert ask(client, case, a_police_justice="no", how_said="in_person").status_code == 303
    assert "That is final: nothing is sent to the police while" in client.get(page(case)).content.decode()
    who = {"speaker": "parent", "suspected": "no", "child_answer": "agrees"}
    later = ask(client, case, a_police_justice="yes", **who)
    assert later.status_code == 409
    assert "The child has said no to the police. That is final" in later.content.decode()
    assert versions(case) == 1


def test_a_child_is_asked_with_an_adult_who_may_speak(house: House) -> None:
    case, client = house.case(band="a9_17"), doors.client_for(house.zarina)
    missing = ask(client, case, a_health_help="yes")
    text = missing.content.decode()
    for sentence in ("A child needs an adult who may speak.", "Say whether this adult", "Ask the child too"):
        assert sentence in text
    suspected = ask(client, case, a_health_help="yes", speaker="parent", suspected="yes", child_answer="agrees")
    assert "Parent: this adult may be involved. Choose another person." in suspected.content.decode()
    assert versions(case) == 0
    given = ask(client, case, a_health_help="yes", speaker="guardianship_body", suspected="no", child_answer="agrees")
    assert given.status_code == 303
    with god():
        version = Consent.objects.get(case=case)
        assert (version.asked_as_child, version.speaker_code) == (True, "guardianship_body")
    ask(client, case, a_health_help="yes", speaker="parent", suspected="no", child_answer="says_no")
    shown = client.get(page(case)).content.decode()
    assert "The child said no. Nothing is sent there." in shown, "a child's no stands"
    assert "It is not valid yet" not in shown, "and nobody is sent to find another speaker"
    home = client.get(f"/cases/{case.code}/").content.decode()
    assert "Doctors: <b>The child said no</b>" in home
    assert "Ask again" not in home
    above = doors.client_for(house.saida).get(page(case)).content.decode()
    assert "The child said no" in above


def test_an_adult_is_not_asked_about_a_speaker(house: House) -> None:
    form = doors.client_for(house.zarina).get(page(house.case())).content.decode()
    assert 'name="speaker"' not in form
    assert "An adult spoke for the child" not in form


def test_a_no_shows_what_it_ends_and_then_ends_it(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    referral = house.sent(case)
    assert packets(referral) == {"contact", "text"}
    shown = ask(client, case, a_shelter_social_help="no", how_said="in_person")
    assert shown.status_code == 200
    assert "this referral ends at once" in shown.content.decode()
    assert (state(referral), versions(case)) == ("sent", 1), "nothing is written before it was seen"
    back = client.post(page(case), form_of(shown) | {"again": "1"})
    assert form_of(back)["a_shelter_social_help"] == ["no"]
    assert client.post(page(case), form_of(shown)).status_code == 303
    assert state(referral) == "withdrawn"
    assert packets(referral) == set()
    assert rows(case)[("shelter_social", "help")].answer_code == "no"


def test_a_body_she_does_not_want_gets_nothing_more(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    referral = house.sent(case)
    bare = form_of(client.get(page(case)))
    shown = client.post(page(case), bare | {"excluded": [str(house.shelter)], "how_said": "in_person"})
    assert "this referral ends at once" in shown.content.decode()
    assert client.post(page(case), form_of(shown)).status_code == 303
    assert state(referral) == "withdrawn"
    with god():
        newest = Consent.objects.filter(case=case).latest("number")
        assert ConsentExcluded.objects.filter(consent=newest, organisation=house.shelter).exists()
    assert rows(case)[("shelter_social", "help")].answer_code == "yes", "her yes to others stays"
    assert form_of(client.get(page(case)))["excluded"] == [str(house.shelter)]


def test_she_takes_everything_back(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    referral = house.sent(case)
    address = page(case, "withdraw/")
    data = form_of(client.get(address)) | {"took": ["all"], "how_said": "by_phone"}
    assert "waits for an answer; it stops." in client.get(address).content.decode(), "said before the press"
    shown = client.post(address, data)
    assert shown.status_code == 303
    assert client.post(address, data).status_code in (302, 303)
    assert state(referral) == "withdrawn"
    assert packets(referral) == set()
    assert versions(case) == 2, "sent twice, done once"
    assert rows(case)[("shelter_social", "help")].answer_code == "withdrawn"
    with god():
        assert not CaseClock.objects.filter(case=case, clock_code="consent").exists(), "nothing is left to run out"
    assert "There is nothing to withdraw." in client.get(address).content.decode()


def test_what_began_after_its_effects_were_shown_ends_with_the_rest(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    address = page(case, "withdraw/")
    ask(client, case, a_health_help="yes", s_health_help=["contact"])
    first = house.sent(case)
    form = form_of(client.get(address)) | {"took": ["all"], "how_said": "by_phone"}
    with doors.acting(house.zarina) as zarina:
        recalled = Referral.objects.get(pk=first.pk)
        send.recall(zarina, recalled, version=recalled.version, reason="mistake")
    second = house.sent(case)
    assert client.post(address, form).status_code == 303, "nobody presses twice for her"
    assert (state(first), state(second)) == ("recalled", "withdrawn")
    assert packets(second) == set()


def test_she_takes_one_section_back_and_the_request_goes_on(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    referral = house.sent(case)
    address = page(case, "withdraw/")
    form = form_of(client.get(address)) | {"took": ["shelter_social:help:contact"], "how_said": "in_person"}
    assert client.post(address, form).status_code == 303
    assert state(referral) == "sent"
    assert packets(referral) == {"text"}
    assert rows(case)[("shelter_social", "help")].sections == ["needs"]


def test_some_rows_and_how_she_said_it(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", a_legal_help="yes")
    address = page(case, "withdraw/")
    bare = form_of(client.get(address))
    for given, sentence in (
        ({"how_said": "in_person"}, "Tick at least one."),
        ({"took": ["all"]}, "Say how the person told you."),
    ):
        assert sentence in client.post(address, bare | given).content.decode()
    assert versions(case) == 1
    client.post(address, form_of(client.get(address)) | {"took": ["legal:help"], "how_said": "through_other"})
    after = rows(case)
    assert (after[("legal", "help")].answer_code, after[("health", "help")].answer_code) == ("withdrawn", "yes")


def test_she_may_take_back_when_the_case_is_closed(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    with doors.acting(house.zarina) as zarina:
        case = Case.objects.get(pk=case.pk)
        cases.close(zarina, case, version=case.version, outcome="goals_met")
    address = page(case, "withdraw/")
    data = form_of(client.get(address)) | {"took": ["all"], "how_said": "by_phone"}
    assert client.post(address, data).status_code == 303
    assert rows(case)[("shelter_social", "help")].answer_code == "withdrawn"


def test_a_supervisor_reads_and_strangers_find_nothing(house: House) -> None:
    case = house.case()
    house.agreed(case)
    saida, parvina = doors.client_for(house.saida), doors.client_for(house.parvina)
    shown = saida.get(page(case)).content.decode()
    assert "Version 1" in shown
    assert "Save the answers" not in shown
    one = {"operation": str(uuid4()), "a_health_help": "yes"}
    assert saida.post(page(case), one).status_code == 403
    assert saida.get(page(case, "withdraw/")).status_code == 403
    back = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person"}
    assert saida.post(page(case, "withdraw/"), back).status_code == 403
    assert versions(case) == 1
    for more in ("", "withdraw/", "print/"):
        assert parvina.get(page(case, more)).status_code == 404
    assert parvina.post(page(case), one).status_code == 404


def test_on_paper_two_languages_stand_side_by_side_without_a_name(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    text = client.get(page(case, "print/")).content.decode()
    table = text[text.index("<table") : text.index("</table>")]
    for language in ("tg", "en"):
        assert texts.consent(language).blocks[0].text in table
    assert case.code not in table
    assert ": <b>ҳа, бо ном; рӯзи охирин" in table
    other = client.get(page(case, "print/?in=en")).content.decode()
    assert texts.consent("tg").title in other


def asked_of(asked: CaptureQueriesContext) -> int:
    """Questions of the page; the last one is the test's own browser, which puts the token away."""
    return len(asked) - 1


def test_pages_ask_the_database_little(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    for _again in range(3):
        house.agreed(case)
    client.get(page(case))
    for more in ("", "withdraw/", "print/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(case, more)).status_code == 200
        assert asked_of(asked) <= BUDGET + OVERHEAD, "\n".join(query["sql"][:110] for query in asked)
