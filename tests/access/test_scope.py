"""One rule for lists and things, and it stands without row security: asked here as the owner, who sees every row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q

from hamkori.access import context, scope
from hamkori.access.actor import SYSTEM, Actor
from hamkori.access.models import World
from hamkori.access.permissions import PERMISSIONS, Permission
from hamkori.access.policy import Row
from hamkori.access.scope import granted, may, register_scopes, require, rows_of, scopes_of, visible
from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.people.models import Membership, Organisation, User
from hamkori.refusal import NotAllowed, NotVisible
from tests.access import cast
from tests.access.cast import Cast
from tests.database import god

pytestmark = pytest.mark.django_db

NOBODY = Actor(user_id=None, membership_id=None, organisation_id=None)
BEGINNERS = {"zarina", "firuza", "dilshod"}
"""Who may begin a file for Umed: that asks for the body, and for no file that is there."""


@pytest.fixture
def world() -> Iterator[Cast]:
    """A world seen without any wall but the policy."""
    made = Cast()
    with god():
        yield made


def actor(who: Membership) -> Actor:
    """As the middleware would make her, with a session: who stands in for a supervisor is told to those on the case."""
    context.set_token(cast.sign_in(who))
    held = cast.RoleHeld.objects.filter(membership=who, ended_at=None).values_list("role_code", flat=True)
    return Actor(
        user_id=who.user_id,
        membership_id=who.pk,
        organisation_id=who.organisation_id,
        compartment=who.organisation.compartment_code,
        roles=frozenset(held),
    )


def row(found: Row | None) -> tuple[str, str]:
    """By which role and in which relation."""
    assert found is not None
    return found.role, found.scope


def who_may(world: Cast, permission: Permission, thing: object) -> set[str]:
    names = ("malika", "zarina", "firuza", "dilshod", "rustam", "karim", "gulnora", "parvina")
    return {name for name in names if may(actor(getattr(world, name)), permission, thing)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("permission", "names"),
    [
        ("case.view", {"zarina", "firuza", "malika"}),
        ("case.edit", {"zarina", "firuza"}),
        ("case.register", {"zarina"}),
        ("case.close", {"zarina", "malika"}),
        ("case.reopen", {"malika"}),
        ("section.open", {"zarina", "firuza", "malika"}),
        ("team.admit", {"zarina"}),
        ("team.leave", {"zarina", "firuza"}),
    ],
)
def test_who_reaches_a_case(world: Cast, permission: Permission, names: set[str]) -> None:
    assert who_may(world, permission, world.case) == names


@pytest.mark.parametrize(
    ("permission", "names"),
    [
        ("referral.view", {"zarina", "firuza", "malika", "gulnora"}),
        ("referral.accept", {"gulnora"}),
        ("referral.recall", {"zarina", "firuza", "malika"}),
        ("packet.open", set()),
        ("referral.confirm", {"zarina", "firuza", "malika"}),
    ],
)
def test_who_reaches_a_waiting_referral(world: Cast, permission: Permission, names: set[str]) -> None:
    assert who_may(world, permission, world.refers()) == names


def test_the_named_worker_reaches_an_accepted_referral(world: Cast) -> None:
    referral = world.refers(state="accepted")
    cast.named(referral, world.parvina)
    assert who_may(world, "packet.open", referral) == {"parvina"}
    assert who_may(world, "referral.view", referral) == {"zarina", "firuza", "malika", "gulnora", "parvina"}


def test_a_referral_is_not_there_before_its_time(world: Cast) -> None:
    early = world.refers(visible_in=timedelta(seconds=30))
    draft = world.refers(state="draft")
    for referral in (early, draft):
        with pytest.raises(NotVisible):
            require(actor(world.gulnora), "referral.accept", referral)
    cast.advance(timedelta(minutes=1))
    assert row(require(actor(world.gulnora), "referral.accept", early)) == ("desk_officer", "receiver_desk")


def test_who_left_or_is_suspended_reaches_nothing(world: Cast) -> None:
    case = cast.case_of(world.umed)
    cast.on_team(case, world.zarina, "lead", ended_at=datetime.now(UTC))
    cast.on_team(case, world.firuza, "member", suspended_at=datetime.now(UTC))
    for permission in PERMISSIONS:
        if permission.startswith(("case.", "section.", "team.", "need.", "screening.", "consent.")):
            expected = BEGINNERS if permission == "case.begin" else set()
            assert who_may(world, permission, case) == expected, permission


def test_a_member_stands_in_only_where_there_is_no_supervisor(people: Cast) -> None:
    """As the app: row security hides the supervisor's row from her, and that must not make her one."""
    firuza = cast.acting(people.firuza)
    assert not may(firuza, "case.reopen", people.case)
    bare = cast.case_of(people.umed)
    cast.on_team(bare, people.zarina, "lead")
    cast.on_team(bare, people.firuza)
    assert may(firuza, "case.reopen", bare)
    assert not may(cast.acting(people.zarina), "case.reopen", bare), "nobody approves herself"


def test_hidden_is_not_there_and_seen_is_not_allowed(world: Cast) -> None:
    with pytest.raises(NotVisible):
        require(actor(world.dilshod), "case.edit", world.case)
    with pytest.raises(NotAllowed, match=r"case\.edit"):
        require(actor(world.malika), "case.edit", world.case)
    with pytest.raises(NotAllowed, match=r"case\.begin"):
        require(actor(world.karim), "case.begin")
    assert row(require(actor(world.zarina), "case.edit", world.case)) == ("case_worker", "own_team")
    assert row(require(actor(world.zarina), "case.begin")) == ("case_worker", "own_organisation")


def test_a_thing_that_does_not_exist_looks_like_a_hidden_one(world: Cast) -> None:
    with pytest.raises(NotVisible):
        require(actor(world.zarina), "case.edit", Case(organisation=world.umed))


def test_may_is_exactly_what_is_visible(world: Cast) -> None:
    """For everybody, every permission and every thing there is: the list and the question never differ."""
    cast.named(world.refers(state="accepted"), world.parvina)
    world.refers()
    bare = cast.case_of(world.umed)
    cast.on_team(bare, world.dilshod, "lead")
    cast.on_team(bare, world.firuza)
    everybody = [actor(one) for one in Membership.objects.all()]
    asked = 0
    for model in (Case, Referral, Organisation, Membership, User):
        words, things = scopes_of(model), list(model._default_manager.all())
        for one in everybody:
            for permission in PERMISSIONS:
                needed = {row.scope for row in rows_of(one, permission)} - scope.WITHOUT_OBJECT
                if not needed or not needed <= set(words.conditions):
                    continue
                seen = set(visible(one, permission, model._default_manager.all()).values_list("pk", flat=True))
                for thing in things:
                    assert may(one, permission, thing) == (thing.pk in seen)
                    asked += 1
    assert asked > 300


def test_a_list_never_shows_a_thing_twice(world: Cast) -> None:
    """Somebody who stands in two relations to one referral still has one line."""
    referral = world.refers(state="accepted")
    cast.named(referral, world.gulnora)
    both = cast.RoleHeld.objects.create(membership=world.gulnora, role_code="case_worker", since=datetime.now(UTC))
    assert both.role_code == "case_worker"
    found = list(visible(actor(world.gulnora), "referral.view", Referral.objects.all()))
    assert found == [referral]


def test_nobody_and_a_forged_role_get_nothing(world: Cast) -> None:
    for permission in PERMISSIONS:
        assert not may(NOBODY, permission)
    pretender = Actor(
        user_id=world.rustam.user_id,
        membership_id=world.rustam.pk,
        organisation_id=world.umed.pk,
        roles=frozenset({"system", "king"}),
    )
    assert not may(pretender, "referral.lapse")
    assert not visible(pretender, "referral.lapse", Referral.objects.all()).exists()
    assert may(pretender, "directory.view"), "what everybody may, she may"


def test_the_system_needs_no_relation_and_has_no_other_permission(world: Cast) -> None:
    referral = world.refers()
    assert row(granted(SYSTEM, "referral.lapse", referral)) == ("system", "clock")
    assert list(visible(SYSTEM, "referral.lapse", Referral.objects.all())) == [referral]
    assert not may(SYSTEM, "referral.accept", referral)
    assert not may(SYSTEM, "directory.view")
    assert not visible(SYSTEM, "case.view", Case.objects.all()).exists()


def test_scopes_of_people_and_bodies(world: Cast) -> None:
    assert who_may(world, "desk.open_key", world.panoh) == {"gulnora"}
    assert who_may(world, "desk.open_key", world.umed) == set()
    assert who_may(world, "account.manage", world.zarina) == {"zarina"}
    assert who_may(world, "account.manage", world.zarina.user) == {"zarina"}
    assert who_may(world, "colleague.view", world.zarina) == {"malika", "zarina", "firuza", "dilshod"}
    assert len(who_may(world, "directory.view", world.panoh)) == 8


def test_who_reads_the_ledger(world: Cast) -> None:
    for number, of in enumerate((world.umed, world.panoh), 1):
        Ledger.objects.create(
            id=number,
            cluster=1,
            tx=1,
            at=datetime.now(UTC),
            action_code="x",
            decision_code="done",
            organisation_id=of.pk,
        )
    secretariat = cast.body("secretariat", "oversight")
    seen = {
        name: set(visible(actor(who), "ledger.read", Ledger.objects.all()).values_list("id", flat=True))
        for name, who in {
            "auditor": cast.member(world.umed, "said", "auditor"),
            "oversight": cast.member(secretariat, "nargis", "auditor"),
            "lead": world.zarina,
            "administrator": world.rustam,
        }.items()
    }
    assert seen == {"auditor": {1}, "oversight": {1, 2}, "lead": set(), "administrator": set()}


def test_a_model_says_its_scopes_once() -> None:
    with pytest.raises(ValueError, match="Case has its scopes already"):
        register_scopes(Case, {"lead": lambda one: Q()}, kind="case", view="case.view")
    with pytest.raises(KeyError):
        scopes_of(World)


def test_an_actor_asks_for_one_write_and_stays_herself(people: Cast) -> None:
    from uuid import uuid4

    asked, operation = cast.acting(people.zarina), uuid4()
    doing = asked.doing(operation)
    assert (doing.operation, doing.membership_id, asked.operation) == (operation, people.zarina.pk, None)
    assert not asked.vault_open
