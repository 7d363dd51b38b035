"""`@action`: asked of the policy, written down; a refusal leaves one row and nothing else."""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from hamkori import action as acts
from hamkori.access import context
from hamkori.access.actor import SYSTEM, Actor
from hamkori.access.models import Operation
from hamkori.action import Act, action, record_refusal
from hamkori.audit import ledger
from hamkori.casework.case.models import Case, CaseClock
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible, Refusal
from hamkori.vault.bytes import Sealed, Untrusted
from tests.access import cast
from tests.access.cast import Cast
from tests.access.doing import editing, risk, rows, told
from tests.database import as_role, god

pytestmark = pytest.mark.django_db

ROW = UUID("00000000-0000-4000-8000-0000000000aa")


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
        act.note(consent_id=consent, count=2, reason="in_person", case_id=people.case.pk, seal_no=4)
        return act.actor.operation

    referral = people.refers(state="draft")
    operation = uuid4()
    assert discard(cast.acting(people.zarina).doing(operation), referral) == operation
    (row,) = rows()
    assert (row.section_code, row.seal_no, row.consent_id, row.count) == ("needs", 4, consent, 2)
    assert (row.reason_code, row.case_id, row.object_id) == ("in_person", people.case.pk, referral.pk)
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
    assert risk(people.case) == "not_asked"
    (row,) = rows()
    assert (row.action_code, row.decision_code, row.reason_code) == ("case.edit", "refused", reason)
    assert (row.object_id, row.membership_id) == (people.case.pk, getattr(people, who).pk)


def test_a_guard_undoes_everything_and_names_itself(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    with pytest.raises(NotNow, match="case_open"):
        editing(NotNow("case_open"))(actor, people.case)
    assert risk(people.case) == "not_asked"
    assert told() == [("case.edit", "refused", "case_open")]
    assert not Operation.objects.exists(), "a refusal is not stored: the same operation may be tried again"
    editing()(actor, people.case)
    assert risk(people.case) == "high"


def test_what_was_typed_wrongly_is_no_row(people: Cast) -> None:
    with pytest.raises(Invalid):
        editing(Invalid({"risk": "?"}))(cast.acting(people.zarina), people.case)
    assert risk(people.case) == "not_asked"
    assert told() == []


def test_a_fault_undoes_everything_and_is_no_refusal(people: Cast) -> None:
    with pytest.raises(ZeroDivisionError):
        editing(ZeroDivisionError())(cast.acting(people.zarina), people.case)
    assert risk(people.case) == "not_asked"
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


@pytest.mark.alarms
def test_a_proof_that_the_database_does_not_believe_is_a_mismatch_and_no_wall(people: Cast) -> None:
    with pytest.raises(NotNow, match="tag_mismatch") as caught:
        raising("select knock('x', 1, '\\x00')")(cast.acting(people.zarina), people.case)
    assert caught.value.__cause__ is None
    (row,) = rows()
    assert (row.action_code, row.object_kind_code, row.reason_code) == ("tag.mismatch", "proof", "case.edit")


def test_a_row_that_cannot_be_saved_because_it_is_hidden_is_an_alarm(people: Cast) -> None:
    other = cast.case_of(people.umed)

    @action("case.edit", on="case")
    def edit(act: Act, case: Case) -> None:
        other.risk_code = "high"
        other.save(update_fields=["risk_code"])

    with pytest.raises(NotVisible):
        edit(cast.acting(people.zarina), people.case)
    assert told() == [("wall.mismatch", "failed", "case.edit")]


@pytest.mark.alarms
@pytest.mark.parametrize(("error", "kind"), [(Untrusted("team", ROW), "team"), (Sealed(), "sealed")])
def test_what_the_server_cannot_confirm_undoes_the_act_and_leaves_a_row(
    error: Exception, kind: str, people: Cast
) -> None:
    with pytest.raises(NotNow, match="tag_mismatch") as caught:
        editing(error)(cast.acting(people.zarina), people.case)
    assert risk(people.case) != "high"
    assert caught.value.__cause__ is None
    (row,) = rows()
    assert (row.action_code, row.decision_code, row.reason_code) == ("tag.mismatch", "failed", "case.edit")
    assert (row.object_kind_code, row.object_id) == (kind, ROW if kind == "team" else None)
    assert (row.membership_id, row.organisation_id) == (people.zarina.pk, people.zarina.organisation_id)


@pytest.mark.alarms
def test_the_row_of_a_mismatch_outlives_the_doors_own_rollback(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    with pytest.raises(NotNow) as caught, transaction.atomic():
        editing(Untrusted("team", ROW))(actor, people.case)
    assert told() == []
    record_refusal(actor, caught.value)
    assert told() == [("tag.mismatch", "failed", "case.edit")]


@pytest.mark.alarms
def test_sixty_alarms_an_hour_are_kept_and_no_words(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    for number in range(62):
        with pytest.raises(NotNow):
            editing(Untrusted("team", UUID(int=number)))(actor, people.case)
    assert told() == [("tag.mismatch", "failed", "case.edit")] * 60
    for kind, reason in (("a name", "case.edit"), ("team", "Zarina was here"), ("", "")):
        with pytest.raises(DatabaseError, match="not an alarm"), transaction.atomic():
            ledger.alarm(ledger.LedgerRow(action="tag.mismatch", decision="failed", kind=kind, reason=reason))


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
