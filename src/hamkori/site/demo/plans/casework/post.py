"""Plays the referrals: written, sent, answered, served, finished, confirmed, and every other ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.rules.packet import IN, RULE
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.site.demo.plans.casework.casebook import Casebook
from hamkori.site.demo.plans.casework.plots import Plot
from hamkori.site.demo.plans.people.bodies import BODIES, worker_of

ACCEPTED = ("accepted", "serving", "finished", "disputed", "confirmed", "unaccepted")
SERVED = ("serving", "finished", "disputed", "confirmed")
WITHOUT_SERVING = ("not_reached", "refused", "not_needed")
SOON = {"urgent": 0.5, "within_a_day": 4.0, "normal": 20.0}  # hours until somebody answers


class Sent:
    """One referral of the world and whoever acts on it: the sender, the desk, and who meets her."""

    def __init__(self, book: Casebook, number: int, plot: Plot) -> None:
        self.book, self.plot, self.name = book, plot, str(number)
        self.hands, self.director = book.hands, book.director
        self.sender, self.desk = book.plots[plot.case].lead, worker_of(plot.body)
        # At the shelter the shelter worker, elsewhere who answers there.
        self.meets = "parvina@panoh.example" if plot.body == "shelter-kulob" else self.desk
        self.sent = self.director.before(hours=plot.hours)
        self.answered = self.sent + timedelta(hours=SOON[plot.urgency])

    def plan(self) -> None:
        """Everything that happens to it."""
        self.director.at(self.sent, self._write)
        if self.plot.end == "draft":
            return
        if self.plot.end == "discarded":
            self._at(self.sent + timedelta(days=1), self.sender, send.discard)
            return
        # What nobody answers ends in working time, days later where it was sent before a weekend (ADR 163).
        days = (72.2, 96.2, 120.2) if self.plot.end == "lapsed" else ()
        for hours in (1.05, 2.05, 6.1, 12.1, 24.1, 48.2, *days):
            self.director.tick_at(self.sent + timedelta(hours=hours))
        self._plan_answer(self.plot.end, self.plot.detail)

    def _plan_answer(self, end: str, detail: str) -> None:
        if end == "sent" and detail == "question":
            self._at(self.answered, self.desk, receive.ask, question_code="has_papers")
        if end == "declined":
            suggested = {"suggested_service": "COORD-01"} if detail == "wrong_service" else {}
            self._at(self.answered, self.desk, receive.decline, reason=detail, **suggested)
        if end == "recalled":
            self._at(self.answered, self.sender, send.recall, reason=detail)
        if end == "withdrawn" and detail == "sent":
            self._at(self.answered, self.sender, _withdraw)
        if end in ACCEPTED or (end == "withdrawn" and detail in ("accepted", "serving")):
            self.director.at(self.answered, self._accept)
            self._plan_arrival(end, detail)

    def _plan_arrival(self, end: str, detail: str) -> None:
        arrives = self.director.morning_after(self.answered)
        if end == "unaccepted":
            self._at(self.answered + timedelta(hours=3), self.desk, receive.unaccept, reason=detail)
        if end == "accepted" and detail == "missed":
            self._at(self.director.morning_after(self.answered, 1, 15), self.meets, receive.miss)
        if end == "withdrawn" and detail == "accepted":
            self._at(self.answered + timedelta(hours=5), self.sender, _withdraw)
        if (end in SERVED and detail not in WITHOUT_SERVING) or detail == "serving":
            self._at(arrives, self.meets, receive.serve)
        if end == "serving" and self.plot.body == "shelter-kulob" and self.plot.case != "C2":  # that one is forgotten
            self.director.at(arrives + timedelta(hours=1), self._settle_in)
        if detail == "serving" and end == "withdrawn":
            self._at(arrives + timedelta(days=2), self.sender, _withdraw)
        if detail == "added":
            self._at(arrives + timedelta(days=1), self.sender, send.add, sections=["contact"])
        if end in ("finished", "disputed", "confirmed"):
            finished = arrives + timedelta(days=3)
            result = detail if end == "confirmed" else "given"
            reason = {"reason": "no_place_now"} if result == "not_given" else {}
            self._at(finished, self.meets, receive.finish, result=result, **reason)
            if end == "disputed":
                self._at(finished + timedelta(days=1), self.sender, confirm.dispute, reason="only_part")
            if end == "confirmed":
                self._at(finished + timedelta(days=2), self.sender, confirm.confirm, her_view="content", agrees=True)

    def _at(self, moment: datetime, who: str, act: Callable[..., object], **fields: object) -> None:
        self.director.at(moment, self._act, who, act, **fields)

    def _act(self, who: str, act: Callable[..., object], **fields: object) -> None:
        with self.hands.by(who) as actor:
            referral = Referral.objects.get(pk=self.hands.known("referrals", self.name))
            act(actor, referral, version=referral.version, **fields)

    def _write(self) -> None:
        plot = self.plot
        with self.book.lead(plot.case) as (actor, case):
            rows = consent.rows_of(case)
            kind = next(key[0] for key in RULE if self._fits(key[0]))
            held = {part for part, rule in RULE[kind, plot.purpose].items() if rule == IN}
            mine = held & set(rows[kind, plot.purpose].sections)
            draft = send.write(
                actor,
                case,
                service=self.hands.known("services", plot.body, plot.service),
                purpose=plot.purpose,
                urgency=plot.urgency,
                sections=sorted(mine),
                needed_from=self.director.calendar.day(self.sent),
                agreed_text="Ман метарсам, ки маро меҷӯянд. Лутфан оҳиста гап занед.",
                told_body=plot.end != "draft",
            )
            self.hands.remember("referrals", self.name, made=draft.pk)
            if plot.end not in ("draft", "discarded"):
                typed = BODIES[plot.body].names["en"] if kind == "police" else ""
                send.send(actor.doing(None), draft, version=draft.version, typed_body=typed)

    def _fits(self, kind: str) -> bool:
        group = self.plot.service.split("-")[0]
        if BODIES[self.plot.body].compartment == "law_enforcement":
            return kind == "police"
        special = {"HEALTH": "health", "MHPSS": "psychological", "LEGAL": "legal"}
        return kind == special.get(group, "shelter_social")

    def _accept(self) -> None:
        meeting = {"hour": "10:30", "place": "Назди дарвозаи бозор", "ask_for": "Парвина"}
        self._act(
            self.desk,
            receive.accept,
            team=[self.hands.known("members", self.meets)],
            arrival_on=self.director.calendar.day(self.answered) + timedelta(days=1),
            arrival_part="morning",
            meeting=meeting if self.plot.detail == "meeting" else None,
        )

    def _settle_in(self) -> None:
        """Whoever met the person tells child protection of a child, and says what comes next in the own case."""
        with self.hands.by(self.meets) as actor:
            pair = ReferralOwnCase.objects.get(referral=self.hands.known("referrals", self.name))
            case = Case.objects.get(pk=pair.case_id)
            if case.is_child:
                case = cases.tell_child_protection(actor, case, version=case.version)
            day = self.director.calendar.day(self.director.end) + timedelta(days=2 if case.is_child else 4)
            codes = {"next_step_code": "review_needs", "next_step_on": day}
            cases.edit(actor.doing(None), case, version=case.version, codes=codes)


def _withdraw(actor: Actor, referral: Referral, **_version: object) -> None:
    send.withdraw(actor, referral, how_said="by_phone")
