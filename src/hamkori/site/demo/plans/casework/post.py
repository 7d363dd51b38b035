"""Plays the referrals: written, sent, answered, served, finished, confirmed, and every other ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.rules.packet import RULE, D
from hamkori.casework.referral.actions import confirm, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.site.demo.plans.casework.casebook import Casebook
from hamkori.site.demo.plans.casework.plots import REFERRALS, Plot
from hamkori.site.demo.plans.people.bodies import BODIES, worker_of

Scene = Callable[[], None]

ACCEPTED = ("accepted", "serving", "finished", "disputed", "confirmed", "unaccepted")
SERVED = ("serving", "finished", "disputed", "confirmed")
WITHOUT_SERVING = ("not_reached", "refused", "not_needed")


class Post:
    """The referrals of the world, in the order of the plots."""

    def __init__(self, book: Casebook) -> None:
        self.book = book
        self.hands = book.hands
        self.director = book.director

    def plan(self) -> None:
        """Everything that happens to each referral."""
        for number, plot in enumerate(REFERRALS):
            sent = self.director.before(hours=plot.hours)
            self._at(sent, number, plot, self._write)
            if plot.end == "draft":
                continue
            if plot.end == "discarded":
                self._at(sent + timedelta(days=1), number, plot, self._discard)
                continue
            for hours in (1.05, 2.05, 6.1, 12.1, 24.1, 48.2):
                self.director.tick_at(sent + timedelta(hours=hours))
            self._plan_answer(number, plot, sent)

    def _at(self, moment: datetime, number: int, plot: Plot, scene: Callable[[int, Plot], None]) -> None:
        self.director.at(moment, lambda: scene(number, plot))

    def _plan_answer(self, number: int, plot: Plot, sent: datetime) -> None:
        soon = {"urgent": 0.5, "within_a_day": 4.0, "normal": 20.0}[plot.urgency]
        answered = sent + timedelta(hours=soon)
        end, detail = plot.end, plot.detail
        if end == "sent" and detail == "question":
            self._at(answered, number, plot, self._question)
        if end == "declined":
            self._at(answered, number, plot, self._decline)
        if end == "recalled":
            self._at(answered, number, plot, self._recall)
        if end == "withdrawn" and detail == "sent":
            self._at(answered, number, plot, self._withdraw)
        if end in ACCEPTED or (end == "withdrawn" and detail in ("accepted", "serving")):
            self._at(answered, number, plot, self._accept)
            self._plan_arrival(number, plot, answered)

    def _plan_arrival(self, number: int, plot: Plot, answered: datetime) -> None:
        end, detail = plot.end, plot.detail
        arrives = self.director.morning_after(answered)
        if end == "unaccepted":
            self._at(answered + timedelta(hours=3), number, plot, self._unaccept)
        if end == "accepted" and detail == "missed":
            self._at(self.director.morning_after(answered, 1, 15), number, plot, self._miss)
        if end == "withdrawn" and detail == "accepted":
            self._at(answered + timedelta(hours=5), number, plot, self._withdraw)
        serves = end in SERVED and detail not in WITHOUT_SERVING
        if serves or detail == "serving":
            self._at(arrives, number, plot, self._serve)
        if detail == "serving" and end == "withdrawn":
            self._at(arrives + timedelta(days=2), number, plot, self._withdraw)
        if detail == "added":
            self._at(arrives + timedelta(days=1), number, plot, self._add)
        if end in ("finished", "disputed", "confirmed"):
            finished = arrives + timedelta(days=3)
            self._at(finished, number, plot, self._finish)
            if end == "disputed":
                self._at(finished + timedelta(days=1), number, plot, self._dispute)
            if end == "confirmed":
                self._at(finished + timedelta(days=2), number, plot, self._confirm)

    def _referral(self, number: int) -> Referral:
        return Referral.objects.get(pk=self.hands.known("referrals", str(number)))

    # --- sender -------------------------------------------------------------------------------------------------
    def _write(self, number: int, plot: Plot) -> None:
        with self.book.lead(plot.case) as (actor, case):
            rows = consent.rows_of(case)
            kind = next(key[0] for key in RULE if self._fits(plot, key[0]))
            held = {part for part, letter in RULE[kind, plot.purpose].items() if letter == D}
            mine = held & set(rows[kind, plot.purpose].sections)
            draft = send.write(
                actor,
                case,
                service=self.hands.known("services", plot.body, plot.service),
                purpose=plot.purpose,
                urgency=plot.urgency,
                sections=sorted(mine),
                needed_from=self.director.calendar.day(self.director.before(hours=plot.hours)),
                agreed_text="Ӯ метарсад, ки ӯро меҷӯянд. Лутфан оҳиста гап занед.",
                told_body=plot.end != "draft",
            )
            self.hands.remember("referrals", str(number), made=draft.pk)
            if plot.end not in ("draft", "discarded"):
                typed = BODIES[plot.body].names["en"] if kind == "police" else ""
                send.send(actor.doing(None), draft, version=draft.version, typed_body=typed)

    @staticmethod
    def _fits(plot: Plot, kind: str) -> bool:
        group = plot.service.split("-")[0]
        if BODIES[plot.body].compartment == "law_enforcement":
            return kind == "police"
        special = {"HEALTH": "health", "MHPSS": "psychological", "LEGAL": "legal"}
        return kind == special.get(group, "shelter_social")

    def _sender(self, number: int, plot: Plot, act: Callable[..., object], **fields: object) -> None:
        with self.book.lead(plot.case) as (actor, _case):
            referral = self._referral(number)
            act(actor, referral, version=referral.version, **fields)

    def _discard(self, number: int, plot: Plot) -> None:
        self._sender(number, plot, send.discard)

    def _recall(self, number: int, plot: Plot) -> None:
        self._sender(number, plot, send.recall, reason=plot.detail)

    def _withdraw(self, number: int, plot: Plot) -> None:
        with self.book.lead(plot.case) as (actor, _case):
            send.withdraw(actor, self._referral(number), how_said="by_phone")

    def _add(self, number: int, plot: Plot) -> None:
        self._sender(number, plot, send.add, sections=["contact"])

    def _dispute(self, number: int, plot: Plot) -> None:
        self._sender(number, plot, confirm.dispute, reason="only_part")

    def _confirm(self, number: int, plot: Plot) -> None:
        self._sender(number, plot, confirm.confirm, her_view="content", agrees=True)

    # --- receiver -----------------------------------------------------------------------------------------------
    def _receiver(self, number: int, plot: Plot, act: Callable[..., object], **fields: object) -> None:
        with self.hands.by(self._worker(plot)) as actor:
            referral = self._referral(number)
            act(actor, referral, version=referral.version, **fields)

    @staticmethod
    def _worker(plot: Plot) -> str:
        """Who meets her: at the shelter the shelter worker, elsewhere who answers there."""
        return "parvina@panoh.example" if plot.body == "shelter-kulob" else worker_of(plot.body)

    def _desk(self, number: int, plot: Plot, act: Callable[..., object], **fields: object) -> None:
        with self.hands.by(worker_of(plot.body)) as actor:
            referral = self._referral(number)
            act(actor, referral, version=referral.version, **fields)

    def _question(self, number: int, plot: Plot) -> None:
        self._desk(number, plot, receive.ask, question_code="has_papers")

    def _decline(self, number: int, plot: Plot) -> None:
        suggested = {"suggested_service": "COORD-01"} if plot.detail == "wrong_service" else {}
        self._desk(number, plot, receive.decline, reason=plot.detail, **suggested)

    def _accept(self, number: int, plot: Plot) -> None:
        answered = self.director.before(hours=plot.hours) + timedelta(
            hours={"urgent": 0.5, "within_a_day": 4.0, "normal": 20.0}[plot.urgency]
        )
        meeting = (
            {"hour": "10:30", "place": "Назди дарвозаи бозор", "ask_for": "Парвина"}
            if plot.detail == "meeting"
            else None
        )
        self._desk(
            number,
            plot,
            receive.accept,
            team=[self.hands.known("members", self._worker(plot))],
            arrival_on=self.director.calendar.day(answered) + timedelta(days=1),
            arrival_part="morning",
            meeting=meeting,
        )

    def _unaccept(self, number: int, plot: Plot) -> None:
        self._desk(number, plot, receive.unaccept, reason=plot.detail)

    def _miss(self, number: int, plot: Plot) -> None:
        self._receiver(number, plot, receive.miss)

    def _serve(self, number: int, plot: Plot) -> None:
        self._receiver(number, plot, receive.serve)

    def _finish(self, number: int, plot: Plot) -> None:
        result = plot.detail if plot.end == "confirmed" else "given"
        reason = {"reason": "no_place_now"} if result == "not_given" else {}
        self._receiver(number, plot, receive.finish, result=result, **reason)
