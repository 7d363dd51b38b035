"""`@action`: asked of the policy, done once, written down; a refusal leaves one row and nothing else."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from hamkori import action as acts
from hamkori.access import context
from hamkori.access.actor import SYSTEM, Actor
from hamkori.access.models import Operation
from hamkori.action import Act, AlreadyDone, Disclosure, action, answered, disclosure, first_stands, record_refusal
from hamkori.audit.models import Ledger
from hamkori.casework.models import Case, CaseAccess, CaseClock
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible, Refusal
from tests.access import cast
from tests.access.cast import Cast
from tests.database import as_role, god

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_actions() -> Iterator[None]:
    """Actions made here are of these tests only."""
    before = list(acts.ACTIONS)
    yield
    acts.ACTIONS[:] = before


@pytest.fixture
def people() -> Cast:
    return Cast()


def rows() -> list[Ledger]:
    with god():
        return list(Ledger.objects.order_by("id"))


def told() -> list[tuple[str, str, str]]:
    return [(row.action_code, row.decision_code, row.reason_code) for row in rows()]


def risk(case: Case) -> str:
    with god():
        return Case.objects.get(pk=case.pk).risk_code


def editing(refusal: BaseException | None = None):
    @action("case.edit", on="case")
    def edit(act: Act, case: Case, *, risk: str = "high") -> object:
        Case.objects.filter(pk=case.pk).update(risk_code=risk)
        if refusal is not None:
            raise refusal
        return act.at

    return edit


def test_what_is_done_is_in_the_ledger_with_the_row_of_the_policy(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    cast.advance(timedelta(days=2))
    at = editing()(actor, people.case, risk="raised")
    assert risk(people.case) == "raised"
    assert timedelta(0) <= context.now() - at < timedelta(minutes=1)
    (row,) = rows()
    assert (row.action_code, row.decision_code) == ("case.edit", "done")
    assert (row.object_kind_code, row.object_id, row.case_id) == ("case", people.case.pk, people.case.pk)
    assert (row.role_code, row.scope_code) == ("case_worker", "own_team")
    assert (row.membership_id, row.operation_id) == (people.zarina.pk, None)


def test_an_act_adds_its_own_columns(people: Cast) -> None:
    consent = uuid4()

    @action("referral.discard", on="referral")
    def discard(act: Act, referral: object) -> UUID | None:
        act.note(section="needs", seal_no=3)
        act.note(consent_id=consent, count=2, reason="idle", case_id=people.case.pk, seal_no=4)
        return act.operation

    referral = people.refers(state="draft")
    operation = uuid4()
    assert discard(cast.acting(people.zarina).doing(operation), referral) == operation
    (row,) = rows()
    assert (row.section_code, row.seal_no, row.consent_id, row.count) == ("needs", 4, consent, 2)
    assert (row.reason_code, row.case_id, row.object_id) == ("idle", people.case.pk, referral.pk)
    assert (row.object_kind_code, row.operation_id, row.scope_code) == ("referral", operation, "sender_team")


def test_an_action_keeps_the_name_and_words_of_its_body() -> None:
    edit = editing()
    assert (edit.__name__, edit.permission, edit.on, edit.discloses) == ("edit", "case.edit", "case", False)
    assert edit.body.__name__ == "edit"


def test_the_thing_comes_first(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    with pytest.raises(TypeError, match="the case comes first"):
        editing()(actor, case=people.case)
    with pytest.raises(TypeError, match="the case comes first"):
        editing()(actor, people.case.pk)


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "refusal", "reason"),
    [
        ("dilshod", NotVisible, "not_visible"),  # a colleague, not on the team
        ("rustam", NotVisible, "not_visible"),
        ("parvina", NotVisible, "not_visible"),
        ("malika", NotAllowed, "not_allowed"),  # a supervisor sees it and does not edit
    ],
)
def test_who_may_not_is_refused_and_written_down(people: Cast, who: str, refusal: type[Refusal], reason: str) -> None:
    actor = cast.acting(getattr(people, who))
    with pytest.raises(refusal):
        editing()(actor, people.case)
    assert risk(people.case) == "ordinary"
    (row,) = rows()
    assert (row.action_code, row.decision_code, row.reason_code) == ("case.edit", "refused", reason)
    assert (row.object_id, row.membership_id) == (people.case.pk, getattr(people, who).pk)


def test_a_guard_undoes_everything_and_names_itself(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    with pytest.raises(NotNow, match="case_open"):
        editing(NotNow("case_open"))(actor, people.case)
    assert risk(people.case) == "ordinary"
    assert told() == [("case.edit", "refused", "case_open")]
    assert not Operation.objects.exists(), "a refusal is not stored: the same operation may be tried again"
    editing()(actor, people.case)
    assert risk(people.case) == "high"


def test_what_was_typed_wrongly_is_no_row(people: Cast) -> None:
    with pytest.raises(Invalid):
        editing(Invalid({"risk": "?"}))(cast.acting(people.zarina), people.case)
    assert risk(people.case) == "ordinary"
    assert told() == []


def test_a_fault_undoes_everything_and_is_no_refusal(people: Cast) -> None:
    with pytest.raises(ZeroDivisionError):
        editing(ZeroDivisionError())(cast.acting(people.zarina), people.case)
    assert risk(people.case) == "ordinary"
    assert told() == []


def raising(statement: str):
    @action("case.edit", on="case")
    def step(act: Act, case: Case) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return step


def definer(body: str) -> None:
    """A function as casework's walls have them."""
    with god(), connection.cursor() as cursor:
        cursor.execute(
            f"create function a_step() returns void language plpgsql security definer as $$ begin {body} end $$"
        )
        cursor.execute("grant execute on function a_step() to hk_app")


def test_a_definer_says_what_does_not_exist(people: Cast) -> None:
    definer("raise exception 'not_visible' using errcode = 'HK404';")
    with pytest.raises(NotVisible):
        raising("select a_step()")(cast.acting(people.zarina), people.case)
    assert told() == [("case.edit", "refused", "not_visible")]


def test_a_definer_says_what_is_not_allowed(people: Cast) -> None:
    definer("raise exception 'case.edit' using errcode = 'HK403';")
    with pytest.raises(NotAllowed, match=r"case\.edit"):
        raising("select a_step()")(cast.acting(people.zarina), people.case)
    assert told() == [("case.edit", "refused", "not_allowed")]


def test_a_definer_names_its_guard_and_the_values_of_its_sentence(people: Cast) -> None:
    definer(
        "raise exception 'from_state' using errcode = 'HK409', detail = json_build_object('state', 'closed')::text;"
    )
    with pytest.raises(NotNow) as caught:
        raising("select a_step()")(cast.acting(people.zarina), people.case)
    assert (caught.value.guard, caught.value.values) == ("from_state", {"state": "closed"})
    assert told() == [("case.edit", "refused", "from_state")]


def test_a_definer_needs_no_values(people: Cast) -> None:
    definer("raise exception 'no_twin' using errcode = 'HK409';")
    with pytest.raises(NotNow) as caught:
        raising("select a_step()")(cast.acting(people.zarina), people.case)
    assert (caught.value.guard, caught.value.values) == ("no_twin", {})


def test_a_wall_that_refuses_what_the_policy_allowed_is_an_alarm(
    people: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "hamkori.action"), pytest.raises(NotVisible) as caught:
        raising("update \"case\" set state_code = 'closed'")(cast.acting(people.zarina), people.case)
    assert caught.value.__cause__ is None, "the database's words may repeat what somebody typed"
    assert told() == [("wall.mismatch", "failed", "case.edit")]
    assert [record.getMessage() for record in caplog.records] == [
        "wall.mismatch: the database refused what the policy allowed (case.edit)"
    ]


def test_a_row_that_cannot_be_saved_because_it_is_hidden_is_an_alarm(people: Cast) -> None:
    other = cast.case_of(people.umed)

    @action("case.edit", on="case")
    def edit(act: Act, case: Case) -> None:
        other.risk_code = "high"
        other.save(update_fields=["risk_code"])

    with pytest.raises(NotVisible):
        edit(cast.acting(people.zarina), people.case)
    assert told() == [("wall.mismatch", "failed", "case.edit")]


def test_other_errors_of_the_database_are_faults(people: Cast) -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        raising("select 1 / 0")(cast.acting(people.zarina), people.case)
    assert told() == []


def test_a_broken_promise_shows_inside_the_action(people: Cast) -> None:
    """A foreign key is checked at commit, after the page has said that all is well, unless somebody asks earlier."""

    @action("case.edit", on="case")
    def edit(act: Act, case: Case) -> None:
        with as_role("hk_owner"):
            CaseClock.objects.create(
                case_id=uuid4(), clock_code="child", row_code="child", started_at=act.at, due_at=act.at
            )

    with pytest.raises(IntegrityError):
        edit(cast.acting(people.zarina), people.case)
    assert told() == []


def test_a_refusal_stays_one_when_it_cannot_be_written_down(people: Cast, caplog: pytest.LogCaptureFixture) -> None:
    actor = cast.acting(people.zarina)
    cast.nobody()  # her session has ended in the meantime
    with caplog.at_level(logging.ERROR, "hamkori.action"), pytest.raises(NotVisible):
        editing()(actor, people.case)
    assert told() == []
    assert "could not be written" in caplog.records[-1].getMessage()


def test_a_door_that_rolled_back_writes_the_refusal_again(people: Cast) -> None:
    actor = cast.acting(people.malika)
    with pytest.raises(NotAllowed) as caught, transaction.atomic():
        editing()(actor, people.case)
    assert told() == [], "the view's savepoint took the row away"
    record_refusal(actor, caught.value)
    assert told() == [("case.edit", "refused", "not_allowed")]
    assert rows()[0].object_id == people.case.pk


def test_a_door_writes_what_a_query_refused(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    for refusal in (NotAllowed("case.view"), NotVisible(), NotNow("vault_open"), Invalid({"q": "?"})):
        record_refusal(actor, refusal)
    assert told() == [("case.view", "refused", "not_allowed"), ("page.view", "refused", "not_visible")]


# --- operations ------------------------------------------------------------------------------------------------------


def test_sent_twice_done_once(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    editing()(actor, people.case, risk="raised")
    answered(actor, "/cases/48273162/")
    with pytest.raises(AlreadyDone) as caught:
        editing()(actor, people.case, risk="high")
    assert (caught.value.step, caught.value.url_path, caught.value.object_id) == (
        "case.edit",
        "/cases/48273162/",
        people.case.pk,
    )
    assert risk(people.case) == "raised", "the first stands, also when the second says something else"
    assert told() == [("case.edit", "done", "")]


def test_the_first_stands_even_when_the_thing_is_out_of_sight_by_now(people: Cast) -> None:
    @action("team.leave", on="case")
    def leave(act: Act, case: Case) -> None:
        with as_role("hk_owner"):
            CaseAccess.objects.filter(case=case, membership=act.actor.membership_id).update(ended_at=act.at)

    actor = cast.acting(people.firuza).doing(uuid4())
    leave(actor, people.case)
    with pytest.raises(AlreadyDone):
        leave(actor, people.case)
    with pytest.raises(AlreadyDone):
        first_stands(actor)
    with pytest.raises(NotVisible):
        leave(actor.doing(uuid4()), people.case)


def test_nobody_stands_where_nothing_was_asked(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    first_stands(actor)
    answered(actor, "/nowhere/")
    first_stands(actor.doing(uuid4()))
    assert not Operation.objects.exists()


def test_an_operation_is_its_own_persons(people: Cast) -> None:
    operation = uuid4()
    editing()(cast.acting(people.zarina).doing(operation), people.case)
    editing()(cast.acting(people.firuza).doing(operation), people.case)
    assert told() == [("case.edit", "done", "")] * 2
    assert Operation.objects.count() == 1, "and she sees her own only"


def test_an_operation_names_what_it_made(people: Cast) -> None:
    made = uuid4()

    @action("case.begin")
    def begin(act: Act) -> UUID:
        act.note(kind="case", object_id=made, case_id=made)
        return made

    actor = cast.acting(people.zarina).doing(uuid4())
    assert begin(actor) == made
    with pytest.raises(AlreadyDone) as caught:
        begin(actor)
    assert caught.value.object_id == made
    (row,) = rows()
    assert (row.object_kind_code, row.object_id, row.case_id) == ("case", made, made)
    assert (row.role_code, row.scope_code) == ("case_worker", "own_organisation")


def test_without_an_object_the_role_decides(people: Cast) -> None:
    @action("case.begin")
    def begin(act: Act) -> None: ...

    with pytest.raises(NotAllowed):
        begin(cast.acting(people.karim))
    assert told() == [("case.begin", "refused", "not_allowed")]


@pytest.mark.django_db(transaction=True)
def test_the_same_operation_from_two_threads_at_once(people: Cast) -> None:
    operation, token = uuid4(), cast.sign_in(people.zarina)
    with transaction.atomic():
        context.set_token(token)
        actor = context.current_actor()
    assert actor is not None
    first_is_in, outcomes = threading.Event(), []

    @action("case.edit", on="case")
    def edit(act: Act, case: Case, risk: str) -> None:
        first_is_in.set()
        Case.objects.filter(pk=case.pk).update(risk_code=risk)

    def doing(risk: str) -> None:
        try:
            with transaction.atomic():
                context.set_token(token)
                try:
                    edit(actor.doing(operation), people.case, risk)
                    outcomes.append((risk, "done"))
                except AlreadyDone:
                    outcomes.append((risk, "already done"))
        finally:
            connection.close()

    threads = [threading.Thread(target=doing, args=[risk]) for risk in ("raised", "high")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(word for _, word in outcomes) == ["already done", "done"]
    (winner,) = [risk for risk, word in outcomes if word == "done"]
    assert risk(people.case) == winner
    assert told() == [("case.edit", "done", "")]


# --- the clock -------------------------------------------------------------------------------------------------------


def test_the_clock_does_what_is_the_clocks_and_no_more(people: Cast) -> None:
    @action("referral.lapse", on="referral")
    def lapse(act: Act, referral: object) -> None: ...

    @action("referral.accept", on="referral")
    def accept(act: Act, referral: object) -> None: ...

    referral = people.refers()
    system: Actor = SYSTEM.doing(uuid4())
    with as_role("hk_clock"):
        lapse(system, referral)
        with pytest.raises(NotVisible):
            accept(system, referral)
    assert [(row.action_code, row.decision_code, row.role_code, row.membership_id) for row in rows()] == [
        ("referral.lapse", "done", "system", None),
        ("referral.accept", "refused", "system", None),
    ]
    with pytest.raises(NotVisible):
        lapse(cast.acting(people.rustam), referral)


# --- reading secrets -------------------------------------------------------------------------------------------------


KEY = object()


def holding(who: object) -> Actor:
    from dataclasses import replace

    return replace(cast.acting(who), keys=KEY)  # type: ignore[arg-type]


def test_a_secret_is_read_after_its_ledger_row_was_written(people: Cast) -> None:
    seen: list[object] = []

    @disclosure("section.open", on="case")
    def open_sections(act: Disclosure, case: Case, *sections: str) -> None:
        seen.append(act.actor.keys)
        for section in sections:
            key = act.disclose(section=section)
            seen.append((key, [row.section_code for row in rows()]))

    open_sections(holding(people.zarina), people.case, "contact", "needs")
    assert seen == [None, (KEY, ["contact"]), (KEY, ["contact", "needs"])]
    assert told() == [("section.open", "done", "")] * 2, "one row per section, and no other"
    assert open_sections.discloses


def test_a_sealed_vault_shows_nothing(people: Cast) -> None:
    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> object:
        return act.disclose(section="contact")

    with pytest.raises(NotNow, match="vault_open"):
        open_section(cast.acting(people.zarina), people.case)
    assert told() == [("section.open", "refused", "vault_open")]


def test_no_log_no_data(people: Cast) -> None:
    reached = []

    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> None:
        with god(), connection.cursor() as cursor:
            cursor.execute("revoke execute on all functions in schema public from hk_app")
        act.disclose(section="contact")
        reached.append("the key")

    with pytest.raises(NotVisible):
        open_section(holding(people.zarina), people.case)
    assert reached == []


def test_a_disclosure_without_a_row_is_a_fault(people: Cast) -> None:
    @disclosure("section.open", on="case")
    def open_section(act: Disclosure, case: Case) -> str:
        return "what was never asked for"

    with pytest.raises(RuntimeError, match="without a ledger row"):
        open_section(holding(people.zarina), people.case)
    assert told() == []


# --- the house -------------------------------------------------------------------------------------------------------


def test_every_action_asks_for_a_permission_that_somebody_has() -> None:
    import importlib
    import pkgutil

    import hamkori
    from hamkori.access import policy

    for module in pkgutil.walk_packages(hamkori.__path__, "hamkori."):
        if ".actions" in module.name:
            importlib.import_module(module.name)
    granted = {row.permission for row in policy.POLICY}
    house = [one for one in acts.ACTIONS if one.__module__.startswith("hamkori.")]
    assert {one.permission for one in house} <= granted
    kinds = {one.permission: one.on for one in house if one.on}
    assert set(kinds.values()) <= {"case", "referral", "organisation", "service", "membership", "user", "ledger", "gap"}
