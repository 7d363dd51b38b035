"""Plays the cases: registered, asked, screened, decided, staffed, closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.rules.packet import IN, RULE, TRANSFER
from hamkori.casework.referral.rules.card import FLAGS
from hamkori.casework.screening.actions import screening
from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.plans.casework import sheets
from hamkori.site.demo.plans.casework.plots import CASES, CasePlot, come_along
from hamkori.site.demo.plans.people.bodies import AREAS, PEOPLE


class Casebook:
    """The cases of the world by their keys, and everything that a worker does in them."""

    def __init__(self, director: Director, hands: Hands) -> None:
        self.hands = hands
        self.director = director
        self.plots = {plot.key: plot for plot in CASES}

    def case(self, key: str) -> Case:
        """The case as it stands now."""
        return Case.objects.get(pk=self.hands.known("cases", key))

    @contextmanager
    def lead(self, key: str) -> Iterator[tuple[Actor, Case]]:
        """The lead of a case, at work on it."""
        with self.hands.by(self.plots[key].lead) as actor:
            yield actor, self.case(key)

    def plan(self) -> None:
        """All cases; referrals: `Sent`."""
        for number, plot in enumerate(CASES):
            began = self.director.before(days=plot.days, hours=0.5)
            self.director.at(began, self._begin, plot, number)
            if plot.special == "draft":
                continue
            self.director.at(began + timedelta(minutes=20), self._register, plot)
            self.director.at(began + timedelta(hours=1), self._ask, plot)
            self.director.at(began + timedelta(hours=2), self._screen, plot)
            self._plan_special(plot, began)
            if not plot.special.startswith("closed"):
                self.director.at(self.director.before(hours=0.2), self._next_step, plot, number)
            if number % 5 == 0:
                self.director.at(began + timedelta(hours=4), self._gap, plot)

    def _plan_special(self, plot: CasePlot, began: datetime) -> None:
        director = self.director
        word, _space, detail = plot.special.partition(" ")
        if word == "child":
            director.at(began + timedelta(hours=3), self._tell, plot)
        if word == "closed":
            director.at(director.before(days=3), self._close, plot, detail)
        if word == "reopened":
            director.at(director.before(days=10), self._close, plot, "person_withdrew")
            director.at(director.before(days=6), self._reopen, plot)
        if plot.key == "C1":
            director.at(began + timedelta(hours=5), self._admit, plot, "firuza@kulob.example")
        if word == "former_team":
            director.at(began + timedelta(hours=5), self._admit, plot, "nigora@kulob.example")
            director.at(director.before(days=8), self._leave, plot, "nigora@kulob.example")

    def _begin(self, plot: CasePlot, number: int) -> None:
        districts = AREAS[plot.region]
        codes = {
            "sex_code": plot.sex,
            "age_band_code": plot.age,
            "language_code": plot.language,
            "need_tonight_codes": list(plot.needs),
            "risk_code": plot.risk,
            **dict(zip(FLAGS, come_along(plot, number), strict=True)),
            "needs_interpreter": plot.language not in ("tg", "ru"),
        }
        contact = {"call_name": plot.called, "safe_to_talk": "yes", "hours": "10:00-12:00"}
        if plot.special.startswith("child"):
            contact["child_contact"] = "Шуъбаи ҳифзи ҳуқуқи кӯдак"
        place = {"district": districts[number % len(districts)]}
        with self.hands.by(plot.lead) as actor:
            case = cases.begin(actor, codes=codes, sealed={"contact": contact, "place": place})
            self.hands.remember("cases", plot.key, made=case.pk)

    def _register(self, plot: CasePlot) -> None:
        with self.lead(plot.key) as (actor, case):
            cases.register(actor, case, version=case.version)
            for part, fields in sheets.of(int(plot.key[1:]), PEOPLE[plot.lead].function).items():
                section.write_section(actor.doing(None), case, section=part, fields=fields, seal_no=0)

    def _ask(self, plot: CasePlot) -> None:
        police = {"police_refused": "no", "police_agreed": "yes"}.get(plot.special, "not_asked")
        child = plot.special.startswith("child")
        until = self.director.end.date() + timedelta(days=100)
        moment = self.director.calendar.day(self.director.before(days=plot.days))
        until = min(until, moment + timedelta(days=175))
        until = self._short(plot, until)
        answers = [self._answer(kind, purpose, police, child) for kind, purpose in RULE if kind != TRANSFER]
        asking = consent.Asking(
            language="tg" if plot.language in ("tg", "ru") else "ru",
            how_given="child_speaker" if child else "spoken",
            how_said="in_person",
            until_on=until,
            speaker="guardianship_body" if child else "",
            child_answer="agrees" if child else "",
            as_child=child,
        )
        with self.lead(plot.key) as (actor, case):
            if plot.special == "child suspected":
                self._relative_said_no(actor, case)
            consent.record(actor.doing(None), case, answers=answers, asking=asking)

    @staticmethod
    def _relative_said_no(actor: Actor, case: Case) -> None:
        """A relative who may be involved spoke first; it counted for nothing, and is on record."""
        said = consent.Asking(
            how_said="in_person", speaker="relative", speaker_suspected=True, child_answer="agrees", as_child=True
        )
        no = consent.Answer(kind="shelter_social", purpose="help", answer="no")
        consent.record(actor, case, answers=[no], asking=said)

    def _short(self, plot: CasePlot, until: date) -> date:
        """Where an agreement ran out: the help pauses, or the request that waits ends."""
        ended = {"paused_accepted": 17, "paused_serving": 12, "ends_waiting": 28}
        if plot.special in ended:
            return self.director.calendar.day(self.director.before(days=ended[plot.special]))
        return until

    @staticmethod
    def _answer(kind: str, purpose: str, police: str, child: bool) -> consent.Answer:
        if kind == "police" and police != "yes":
            return consent.Answer(kind=kind, purpose=purpose, answer=police)
        agreed = frozenset(part for part, rule in RULE[kind, purpose].items() if rule == IN)
        return consent.Answer(kind=kind, purpose=purpose, answer="yes", sections=agreed, by_child=child)

    def _screen(self, plot: CasePlot) -> None:
        with self.lead(plot.key) as (actor, case):
            number = int(plot.key[1:])
            row = screening.start(actor.doing(None), case, signs=["DR01"])
            danger = {"safe_to_talk": "yes", "danger_now": "no", "hurt_or_ill": "no", "held_or_watched": "no"}
            danger |= {"looked_for": "not_known", "thoughts_of_death": "no"}
            pages = {
                "danger": danger,
                "acts": {"ACT1": "present", "ACT4": "present"},
                "forms": sheets.form(number, child=case.is_child),
                "signs": sheets.signs(number),
            }
            for part, answers in pages.items():
                row = screening.save(actor.doing(None), case, seal_no=row.seal_no, part=part, answers=answers)
            screening.complete(actor.doing(None), case)
            case.refresh_from_db()
            decision, reason = sheets.decision(number)
            cases.decide(actor.doing(None), case, version=case.version, decision=decision, reason=reason)

    def _next_step(self, plot: CasePlot, number: int) -> None:
        steps = ("meet", "call_back", "review_needs", "review_risk", "refer")
        day = self.director.calendar.day(self.director.end) + timedelta(days=number % 8 - 1)
        codes = {"next_step_code": steps[number % len(steps)], "next_step_on": day}
        with self.lead(plot.key) as (actor, case):
            cases.edit(actor, case, version=case.version, codes=codes)

    def _gap(self, plot: CasePlot) -> None:
        with self.lead(plot.key) as (actor, case):
            cases.record_gap(actor, case, service_codes=["MHPSS-04"], district=AREAS[plot.region][0])

    def _tell(self, plot: CasePlot) -> None:
        with self.lead(plot.key) as (actor, case):
            cases.tell_child_protection(actor, case, version=case.version)

    def _close(self, plot: CasePlot, outcome: str) -> None:
        by = PEOPLE[plot.lead].supervisor if outcome == "lost_contact" else plot.lead
        with self.hands.by(by) as actor:
            case = self.case(plot.key)
            cases.close(actor, case, version=case.version, outcome=outcome)

    def _reopen(self, plot: CasePlot) -> None:
        with self.hands.by(PEOPLE[plot.lead].supervisor) as actor:
            case = self.case(plot.key)
            cases.reopen(actor, case, version=case.version, reason="returned")

    def _admit(self, plot: CasePlot, email: str) -> None:
        with self.lead(plot.key) as (actor, case):
            team.admit(actor, case, membership=self.hands.known("members", email))

    def _leave(self, plot: CasePlot, email: str) -> None:
        with self.hands.by(email) as actor:
            team.leave(actor, self.case(plot.key))
