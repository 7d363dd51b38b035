"""Requests as they stand on a case and rest on her word: what blocks closing, what a word of hers ends or narrows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.action import Act
from hamkori.casework.case.machinery.above import Above
from hamkori.casework.case.machinery.corrected import say_what_differs
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.machinery.tagged import erased
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.machinery.resting import Held, Resting
from hamkori.casework.consent.queries.said import Word
from hamkori.casework.referral.machinery import permits, steps, stopping
from hamkori.casework.referral.machinery.her_word import Patience, leave_to_the_clock
from hamkori.casework.referral.machinery.telling import tell
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.referral.queries.helped_on import slept
from hamkori.casework.referral.queries.otherwise import otherwise
from hamkori.casework.referral.rules.lifecycle import REFERRAL, blocking, conditions
from hamkori.lifecycle import Answer, Context
from hamkori.lifecycle import take as decide_step


class OnCase(Above):
    """One of the rooms above a case."""

    def answers(self, case: Case) -> Context:
        def nothing_waits() -> Answer:
            waiting = blocking(ReferralOrigin.objects.filter(case=case).values_list("referral__state_code", flat=True))
            return {"n": waiting} if waiting else True

        return {"no_open_referral": nothing_waits}

    def said_otherwise(self, case: Case) -> bool:
        """Of what was sent and somebody reads, as much as it says (ADR 152); while no consent is valid for it nobody is
        told (ADR 156).
        """
        return any(one.live for one in otherwise(case))

    def age_written(self, case: Case, at: datetime, *, changed: bool) -> None:
        self.age_settled(case, at, child=case.is_child, settled_at=None)

    def age_settled(self, case: Case, at: datetime, *, child: bool, settled_at: datetime | None) -> None:
        """Nothing leaves on the yes of an adult once the person is a child: what no desk can see yet is a draft again.
        What a desk can see stays as it is, for as long as that yes is good (ADR 137).
        """
        if child:
            stopping.stop_unseen(case)

    @contextmanager
    def closing(self, act: Act, case: Case) -> Iterator[None]:
        """Drafts are thrown away with the case. Who sent somebody whose bed did not end with their word is told (ADR
        0150).
        """
        drafts = list(ReferralOrigin.objects.filter(case=case, referral__state_code="draft").values_list("referral"))
        yield
        for (draft,) in drafts:
            permits.ended(draft)
            erased(draft)
        for referral in slept(case):
            add(act.actor, key="news", sides=(Side.SENDER,), about=("referral", referral))


class OnHerWord(Resting):
    """One of the rooms that rest on her word."""

    def helps(self, case: Case) -> bool:
        return ReferralOrigin.objects.filter(case=case, referral__state_code="serving").exists()

    def renew(self, case: Case, word: Word, at: datetime, held: Held | None = None) -> None:
        permits.renew(case, word, at, held=held)

    def carry_out(self, act: Act, case: Case, word: Word, how_said: str, held: Held | None = None) -> None:
        """Derive once more for each open referral: not agreed any more: withdraw; a section less: that section goes.

        Where the person has agreed again, summaries say what was not told meanwhile (ADR 156). Waits for nobody: of
        what is held nothing opens, and the clock does the rest.
        """
        patience = Patience()
        hits = definer.rows("consent_hits", case.pk, columns="referral_id refused dropped")

        def end(referral_id: UUID) -> None:
            if not patience.has(partial(_end, act.actor, referral_id, how_said)):
                leave_to_the_clock(referral_id, how_said)

        for referral_id, refused, dropped in hits:
            if refused:
                end(referral_id)
            else:
                patience.has(partial(_drop, referral_id, dropped))
        if word.version.step_code == "give":
            patience.has(partial(say_what_differs, case))  # what is held is corrected with the next change of the case
        permits.renew(case, word, act.at, patience.has, held, end)

    def unknown(self, case: Case) -> None:
        permits.all_ended(case)


def _end(actor: Actor, referral_id: UUID, how_said: str) -> None:
    referral = Referral.objects.get(pk=referral_id)
    steps.lock_referral(referral)
    if referral.state_code not in permits.OPEN:
        return  # whoever was faster has ended it
    row = decide_step(REFERRAL, referral.state_code, "withdraw", Side.SENDER, {"how_said": True})
    met = conditions(referral.state_code, Side.SENDER)
    permits.ended(referral.pk)
    steps.referral_take(referral, "withdraw", referral.version, {"how_said_code": how_said})
    tell(actor, row, referral_id, Side.SENDER, met)


def _drop(referral_id: UUID, sections: list[str]) -> None:
    definer.run("packet_section_drop", referral_id, sections)
