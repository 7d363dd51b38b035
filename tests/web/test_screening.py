"""The signs and the decision as a worker meets them: danger first, page by page, two editors, and no verdict."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case, Screening
from hamkori.casework.screening.actions import screening as act
from tests import doors
from tests.cast import FACTS, SEALED
from tests.database import god
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

OVERHEAD, BUDGET = 10, 12


class House:
    """Zarina leads a case, Saida supervises, Manzura works beside her, Parvina belongs elsewhere."""

    def __init__(self, scene: Scene) -> None:
        self.zarina, self.saida, self.manzura, self.parvina = scene.zarina, scene.saida, scene.manzura, scene.parvina

    def case(self, *, band: str = "a18_29", registered: bool = True, signs: list[str] | None = None) -> Case:
        """A case of Zarina's, with Manzura on its team."""
        sealed = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-guardianship"}}
        with doors.acting(self.zarina) as zarina:
            case = cases.begin(zarina, codes={**FACTS, "age_band_code": band}, sealed=sealed)
            if registered:
                case = cases.register(zarina, case, version=case.version)
                team.admit(zarina, case, membership=self.manzura.membership_id)
                case = Case.objects.get(pk=case.pk)
            if signs is not None:
                act.start(zarina, case, signs=signs)
        return case


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def signs(case: Case, part: str = "") -> str:
    return f"/cases/{case.code}/screening/" + (f"?part={part}" if part else "")


def hidden(page: HttpResponse) -> dict[str, str]:
    """What the page's form carries unseen, and what is chosen in it."""
    text = page.content.decode()
    main = text[text.index("<main") :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", main):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") == "hidden" or (given.get("type") == "radio" and "checked" in tag):
            found[given["name"]] = given.get("value", "")
    return found


def save(client: doors.DoorClient, case: Case, part: str, **answers: str) -> HttpResponse:
    """Fills a page as a browser does, and presses the button."""
    page = client.get(signs(case, part))
    assert page.status_code == 200, page
    data = hidden(page) | {f"a_{code}": answer for code, answer in answers.items()} | {"go": "next"}
    return client.post(signs(case, part), data)


def begin(client: doors.DoorClient, case: Case) -> HttpResponse:
    return client.post(signs(case), {"operation": str(uuid4()), "do": "start"})


def finish(client: doors.DoorClient, case: Case) -> HttpResponse:
    return client.post(signs(case), hidden(client.get(signs(case, "check"))))


def draft(case: Case) -> Screening:
    with god():
        return Screening.objects.get(case=case, state_code="draft")


def test_from_danger_to_the_decision(house: House) -> None:
    case, client = house.case(signs=["EX04"]), doors.client_for(house.zarina)
    first = client.get(signs(case))
    assert "Danger now" in first.content.decode()
    assert save(client, case, "danger", safe_to_talk="yes", danger_now="no")["Location"].endswith("?part=acts")
    assert save(client, case, "acts", ACT1="present")["Location"].endswith("?part=forms")
    assert save(client, case, "forms", farm_work="happened")["Location"].endswith("?part=DR")
    page = client.get(signs(case, "EX")).content.decode()
    assert "from the registration" in page
    assert hidden(client.get(signs(case, "EX")))["a_EX04"] == "present"
    save(client, case, "DR", DR01="present", DR02="present")
    save(client, case, "EX", EX01="present", EX08="present")
    save(client, case, "CD", CD01="present", CD02="present")
    looked = client.get(signs(case, "check")).content.decode()
    assert "Present: 2" in looked
    assert finish(client, case)["Location"] == signs(case)
    shown = client.get(signs(case)).content.decode()
    assert "Many signs together" in shown
    assert "Deceived about the nature of the job" in shown
    with god():
        row = Screening.objects.get(case=case)
        assert (row.state_code, row.set_codes) == ("completed", ["AL"])
        assert b"present" not in bytes(row.body)
    decided = client.post(
        f"/cases/{case.code}/decide/",
        hidden(client.get(f"/cases/{case.code}/decide/")) | {"decision": "presumed", "reason": "signs_together"},
    )
    assert decided.status_code == 303
    with god():
        assert Case.objects.get(pk=case.pk).decision_code == "presumed"


def test_danger_marks_the_case_before_anything_is_finished(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    assert (
        "Finish the questions about the signs first, or mark danger."
        in client.get(f"/cases/{case.code}/decide/").content.decode()
    )
    save(client, case, "danger", held_or_watched="yes")
    with god():
        assert Case.objects.get(pk=case.pk).has_danger
    assert "Danger is marked" in client.get(signs(case, "acts")).content.decode()
    data = hidden(client.get(f"/cases/{case.code}/decide/")) | {"decision": "presumed", "reason": "own_account"}
    assert client.post(f"/cases/{case.code}/decide/", data).status_code == 303
    every = {"danger_now": "no", "hurt_or_ill": "no", "held_or_watched": "not_known", "looked_for": "no"}
    save(client, case, "danger", thoughts_of_death="no", **every)
    with god():
        assert Case.objects.get(pk=case.pk).has_danger, "unknown is never no"
    save(client, case, "danger", thoughts_of_death="no", **{**every, "held_or_watched": "no"})
    with god():
        assert not Case.objects.get(pk=case.pk).has_danger


def test_a_doctor_who_is_needed_today_is_a_need_and_no_danger(house: House) -> None:
    """Red before: "Somebody is in danger, call 112", beside "in danger: no", of a man with a cut on his hand."""
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger", danger_now="no", hurt_or_ill="yes")
    with god():
        found = Case.objects.get(pk=case.pk)
    assert (found.has_danger, found.doctor_code) == (False, "yes")
    assert "doctor" in found.need_tonight_codes
    assert "not_asked" not in found.need_tonight_codes
    assert "Needs a doctor: nobody is asked now" in client.get(f"/cases/{case.code}/").content.decode()
    save(client, case, "danger", danger_now="yes", hurt_or_ill="yes")
    with god():
        found = Case.objects.get(pk=case.pk)
    assert found.has_danger
    assert found.need_tonight_codes.count("doctor") == 1


def test_danger_and_a_doctor_said_together_are_both_kept(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger", held_or_watched="yes", hurt_or_ill="yes")
    with god():
        found = Case.objects.get(pk=case.pk)
    assert found.has_danger
    assert "doctor" in found.need_tonight_codes


def test_where_it_is_not_safe_nothing_more_is_asked(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    answer = save(client, case, "danger", safe_to_talk="no")
    assert answer["Location"].endswith("?part=danger")
    assert "Ask nothing more" in client.get(answer["Location"]).content.decode()


def test_nothing_asked_is_an_answer_but_danger_must_have_been_looked_at(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    refused = finish(client, case)
    assert refused.status_code == 409
    assert "Answer the danger questions" in refused.content.decode()
    save(client, case, "danger")
    assert finish(client, case).status_code == 303


def test_without_confirmed_weights_nothing_is_computed(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger")
    save(client, case, "forms", sexual_exploitation="happening")
    save(client, case, "DR", DR01="present")
    finish(client, case)
    shown = client.get(signs(case)).content.decode().lower()
    assert "no result is computed here" in shown
    assert "weights not confirmed" in shown
    assert "deceived about the nature of the job" in shown
    for word in ("insufficient", "not enough", "presumed victim"):
        assert word not in shown, word


@pytest.mark.parametrize(
    ("forms", "word"),
    [
        ({"begging": "happening"}, "many signs together"),
        ({"construction": "planned"}, "a child: keep open"),
    ],
)
def test_a_child_is_never_told_no(house: House, forms: dict[str, str], word: str) -> None:
    case, client = house.case(band="a9_17", signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger")
    save(client, case, "forms", **forms)
    finish(client, case)
    shown = client.get(signs(case)).content.decode().lower()
    assert word in shown
    assert "not shown" not in shown
    assert "not enough" not in shown


def test_two_editors_of_a_page_lose_nothing(house: House) -> None:
    case = house.case(signs=[])
    zarina, manzura = doors.client_for(house.zarina), doors.client_for(house.manzura)
    hers = hidden(zarina.get(signs(case, "acts")))
    theirs = hidden(manzura.get(signs(case, "acts")))
    manzura.post(signs(case, "acts"), theirs | {"a_ACT1": "present", "a_ACT2": "absent", "go": "next"})
    mine = hers | {"a_ACT1": "absent", "a_ACT3": "present", "go": "next"}
    both = zarina.post(signs(case, "acts"), mine)
    assert both.status_code == 409
    text = both.content.decode()
    assert "Manzura" in text
    assert text.count("two_versions") == 0
    assert set(re.findall(r'name="(keep_\w+)"', text)) == {"keep_ACT1"}, "what one changed alone needs no choice"
    unchosen = zarina.post(signs(case, "acts"), hidden(both) | {"keep_ACT1": ""})
    assert unchosen.status_code == 409
    assert "Choose one of the two." in unchosen.content.decode()
    assert zarina.post(signs(case, "acts"), hidden(both) | {"keep_ACT1": "mine"}).status_code == 303
    kept = hidden(zarina.get(signs(case, "acts")))
    assert (kept["a_ACT1"], kept["a_ACT2"], kept["a_ACT3"]) == ("absent", "absent", "present")


def test_another_page_saved_meanwhile_is_no_conflict(house: House) -> None:
    case = house.case(signs=[])
    zarina, manzura = doors.client_for(house.zarina), doors.client_for(house.manzura)
    hers = hidden(zarina.get(signs(case, "acts")))
    save(manzura, case, "danger", danger_now="no")
    assert zarina.post(signs(case, "acts"), hers | {"a_ACT1": "present", "go": "stop"}).status_code == 303
    assert hidden(zarina.get(signs(case, "acts")))["a_ACT1"] == "present"
    assert hidden(zarina.get(signs(case, "danger")))["a_danger_now"] == "no"


def test_a_wrong_answer_is_kept_out_and_writes_nothing(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    before = draft(case).seal_no
    answer = save(client, case, "acts", ACT1="maybe", ACT2="present")
    assert answer.status_code == 200
    assert "answer to correct" in answer.content.decode()
    assert hidden(answer)["a_ACT2"] == "present", "what was chosen stays"
    assert draft(case).seal_no == before
    data = hidden(client.get(signs(case, "acts")))
    assert client.post(signs(case, "acts"), {**data, "version": "x"}).status_code == 400
    assert client.post(signs(case, "nonsense"), data).status_code == 409


def test_the_same_page_sent_twice_is_saved_once(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    data = hidden(client.get(signs(case, "acts"))) | {"a_ACT1": "present", "go": "next"}
    first, second = client.post(signs(case, "acts"), data), client.post(signs(case, "acts"), data)
    assert first["Location"] == second["Location"]
    assert draft(case).seal_no == 2
    with god():
        rows = Ledger.objects.filter(operation_id=data["operation"], decision_code="done")
        assert rows.count() == 1


def test_where_one_list_is_confirmed_and_says_nothing_the_other_is_named_as_the_reason(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger")
    finish(client, case)
    text = client.get(signs(case)).content.decode()
    assert "the weights of the other are not confirmed" in text
    assert "the weights of these signs are not confirmed" not in text
    assert "insufficient" not in text.lower()


def test_left_and_resumed_discarded_and_begun_again(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    assert "Begin" in client.get(signs(case)).content.decode()
    begin(client, case)
    save(client, case, "danger", danger_now="no")
    assert ">How the person came there</h1>" in client.get(signs(case)).content.decode(), "goes on where it was left"
    asked = client.get(signs(case) + "discard/")
    assert "this cannot be undone" in asked.content.decode()
    assert client.post(signs(case) + "discard/", hidden(asked)).status_code == 303
    assert "Begin" in client.get(signs(case)).content.decode()
    assert client.get(signs(case) + "discard/").status_code == 409


def test_after_another_talk_only_danger_is_asked_anew(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger", danger_now="no")
    save(client, case, "acts", ACT1="present")
    save(client, case, "DR", DR01="present")
    finish(client, case)
    begin(client, case)
    assert hidden(client.get(signs(case, "danger")))["a_danger_now"] == "not_asked"
    page = client.get(signs(case, "DR"))
    assert hidden(page)["a_DR01"] == "present"
    assert "from the former talk" in page.content.decode()
    save(client, case, "danger")
    finish(client, case)
    with god():
        states = list(Screening.objects.filter(case=case).values_list("state_code", flat=True))
    assert sorted(states) == ["completed", "superseded"]


def test_a_supervisor_reads_what_is_finished_and_writes_nothing(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    saida = doors.client_for(house.saida)
    assert "not all asked yet" in saida.get(signs(case)).content.decode()
    save(client, case, "danger")
    save(client, case, "DR", DR01="present")
    finish(client, case)
    with god():
        before = Ledger.objects.filter(membership_id=house.saida.membership_id, action_code="section.open").count()
    shown = saida.get(signs(case)).content.decode()
    assert "Deceived about the nature of the job" in shown
    assert "Look at the signs again" not in shown
    with god():
        rows = Ledger.objects.filter(membership_id=house.saida.membership_id, action_code="section.open")
        assert rows.count() == before + 1
        assert rows.latest("id").section_code == "screening"
    assert begin(saida, case).status_code == 403
    assert saida.get(f"/cases/{case.code}/decide/").status_code == 403


def test_strangers_find_nothing(house: House) -> None:
    case, parvina = house.case(signs=[]), doors.client_for(house.parvina)
    for address in (signs(case), signs(case, "danger"), signs(case) + "discard/", f"/cases/{case.code}/decide/"):
        assert parvina.get(address).status_code == 404
        assert parvina.post(address, {"operation": str(uuid4())}).status_code == 404
    assert doors.client_for(house.zarina).get("/cases/1234/screening/").status_code == 404


def test_sealed_until_she_gives_her_passphrase(house: House) -> None:
    case = house.case(signs=[])
    client = doors.client_for(house.zarina, vault=False)
    assert client.get(signs(case))["Location"].startswith("/account/unlock/")


def test_a_closed_case_begins_nothing(house: House) -> None:
    case = house.case()
    with doors.acting(house.zarina) as zarina:
        cases.close(zarina, case, version=case.version, outcome="goals_met")
    client = doors.client_for(house.zarina)
    assert begin(client, case).status_code == 409
    assert client.get(f"/cases/{case.code}/decide/").status_code == 409


def test_a_decision_needs_both_answers_and_a_fitting_reason(house: House) -> None:
    case, client = house.case(signs=[]), doors.client_for(house.zarina)
    save(client, case, "danger")
    finish(client, case)
    address = f"/cases/{case.code}/decide/"
    page = client.get(address)
    assert "decision" not in hidden(page), "nothing is chosen in advance"
    assert "reason" not in hidden(page)
    missing = client.post(address, hidden(page) | {"decision": "not"})
    assert "Choose a reason." in missing.content.decode()
    assert hidden(missing)["decision"] == "not"
    unfit = client.post(address, hidden(page) | {"decision": "not", "reason": "more_time"})
    assert "Choose another" in unfit.content.decode()
    with god():
        assert Case.objects.get(pk=case.pk).decided_at is None
    data = hidden(page) | {"decision": "not", "reason": "otherwise_explained"}
    assert client.post(address, data).status_code == 303
    assert client.post(address, data).status_code in (302, 303)
    with god():
        after = Case.objects.get(pk=case.pk)
        assert (after.decision_code, after.state_code) == ("not", "open"), "it closes nothing"
    stale = client.post(address, hidden(page) | {**data, "operation": str(uuid4()), "decision": "presumed"})
    assert stale.status_code == 409
    assert hidden(stale)["decision"] == "presumed"
    assert "changed since you opened" in stale.content.decode()


def test_pages_ask_the_database_little(house: House) -> None:
    case, client = house.case(signs=["EX04"]), doors.client_for(house.zarina)
    client.get(signs(case, "EX"))
    for address in (signs(case, "EX"), signs(case, "check"), f"/cases/{case.code}/decide/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        # The last question is the test's own browser, which puts the token away.
        assert len(asked) - 1 <= BUDGET + OVERHEAD, "\n".join(query["sql"][:110] for query in asked)
