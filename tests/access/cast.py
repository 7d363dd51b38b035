"""Two bodies, their people, one case and one referral: as few records as access, ledger and notices need.

They are written behind the walls, by the owner. Tests of casework make theirs by actions.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hamkori.access import context
from hamkori.access.actor import Actor
from hamkori.access.models import AccessSession, World
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.referral.models import Referral, ReferralAccess, ReferralOrigin
from hamkori.people.models import Membership, Organisation, RoleHeld, User
from tests.database import god


def _now() -> datetime:
    return datetime.now(UTC)


def body(slug: str, compartment: str = "service") -> Organisation:
    with god():
        return Organisation.objects.create(
            slug=f"{slug}-{secrets.token_hex(4)}",
            name_en=slug,
            kind_code="cso",
            compartment_code=compartment,
            region_code="TJ.KT",
        )


def member(of: Organisation, name: str, *roles: str, supervisor: Membership | None = None) -> Membership:
    with god():
        user = User.objects.create(email=f"{name}-{uuid4().hex}@example.org", name=name, language_code="en")
        made = Membership.objects.create(
            user=user, organisation=of, function_code="social_worker", supervisor=supervisor, since=_now()
        )
        for role in roles:
            RoleHeld.objects.create(membership=made, role_code=role, since=_now())
        return made


def sign_in(who: Membership) -> str:
    """A live session; returns its token. Nobody acts by it yet."""
    token = context.new_token()
    with god():
        AccessSession.objects.create(
            token_hash=context.token_hash(token),
            membership=who,
            level_code="full",
            issued_at=_now(),
            idle_until=_now() + timedelta(minutes=15),
            expires_at=_now() + timedelta(hours=8),
        )
    return token


def acting(who: Membership) -> Actor:
    """She signs in and acts from here on in this transaction."""
    context.set_token(sign_in(who))
    actor = context.current_actor()
    assert actor is not None
    return actor


def nobody() -> None:
    """From here on nobody acts."""
    context.set_token("")


def advance(by: timedelta) -> None:
    """The test world's clock is this far ahead."""
    with god():
        World.objects.update_or_create(id=1, defaults={"world_code": "test", "offset": by})


def case_of(organisation: Organisation, state: str = "open") -> Case:
    with god():
        return Case.objects.create(
            code=f"{secrets.randbelow(10**8):08d}", organisation=organisation, state_code=state, begun_at=_now()
        )


def on_team(case: Case, who: Membership, kind: str = "member", **ended: datetime) -> CaseAccess:
    with god():
        return CaseAccess.objects.create(
            case=case, membership=who, kind_code=kind, tag=b"t", opened_at=_now(), since=_now(), **ended
        )


def referral_of(case: Case, to: Organisation, state: str = "sent", visible_in: timedelta = timedelta(0)) -> Referral:
    with god():
        made = Referral.objects.create(
            code=f"{secrets.randbelow(10**8):08d}",
            from_organisation=case.organisation,
            to_organisation=to,
            service_id=uuid4(),
            service_code="HOME-02",
            recipient_kind_code="shelter_social",
            purpose_code="help",
            urgency_code="normal",
            state_code=state,
            written_at=_now(),
            visible_at=None if state == "draft" else _now() + visible_in,
        )
        ReferralOrigin.objects.create(referral=made, case=case)
        return made


def named(referral: Referral, who: Membership, kind: str = "worker") -> ReferralAccess:
    with god():
        return ReferralAccess.objects.create(referral=referral, membership=who, kind_code=kind, since=_now())


@dataclass
class Cast:
    """Umed leads a case of hers to Panoh: the people of the oracle's first story (docs/design/access.md#the-oracle)."""

    umed: Organisation = field(default_factory=lambda: body("umed"))
    panoh: Organisation = field(default_factory=lambda: body("panoh"))

    def __post_init__(self) -> None:
        self.malika = member(self.umed, "malika", "supervisor")
        self.zarina = member(self.umed, "zarina", "case_worker", supervisor=self.malika)
        self.firuza = member(self.umed, "firuza", "case_worker")
        self.dilshod = member(self.umed, "dilshod", "case_worker")
        self.rustam = member(self.umed, "rustam", "administrator")
        self.karim = member(self.umed, "karim", "custodian")
        self.gulnora = member(self.panoh, "gulnora", "desk_officer")
        self.parvina = member(self.panoh, "parvina", "case_worker")
        self.case = case_of(self.umed)
        on_team(self.case, self.zarina, "lead")
        on_team(self.case, self.firuza)
        on_team(self.case, self.malika, "supervisor")

    def refers(self, **how: object) -> Referral:
        return referral_of(self.case, self.panoh, **how)  # type: ignore[arg-type]


def ids(*who: Membership) -> set[UUID]:
    return {one.pk for one in who}
