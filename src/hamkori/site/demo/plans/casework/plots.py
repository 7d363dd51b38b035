"""What happens in the invented world, as tables: 30 cases begun, 60 referrals, every state and every ending.

Days and hours are before the moment at which the demonstration is made. Sex and age bands follow the bands of an
invented sample in the format of the statistics' exchange; nothing here comes from a person.
"""

from __future__ import annotations

from typing import NamedTuple


class CasePlot(NamedTuple):
    """One case: who leads, days since it began, what is known in codes, and what is special about it."""

    key: str
    lead: str
    days: int
    sex: str
    age: str
    region: str
    needs: tuple[str, ...]
    special: str = ""
    risk: str = "ordinary"
    language: str = "tg"
    flags: tuple[str, ...] = ()


Z, N, F = "zarina@umed.example", "nigora@umed.example", "firuza@umed.example"
SOC, WOM, HOT = "nargis@social.example", "tahmina@women.example", "umeda@hotline.example"
PSY, INT, PAM = "lola@psych.example", "anna@intorg.example", "davlat@other.example"
HOS, STA, LAW, MIA = (
    "bahrom@hospital.example",
    "mavluda@stateshelter.example",
    "dilshod@legal.example",
    "said@mia.example",
)

CASES: tuple[CasePlot, ...] = (
    CasePlot("C1", Z, 12, "female", "a18_29", "TJ-KT", ("safe_place", "doctor"), "police_refused", "raised"),
    CasePlot("C2", Z, 30, "female", "a30_47", "TJ-KT", ("safe_place",), "former_team", flags=("step_free",)),
    CasePlot("C3", Z, 26, "male", "a18_29", "TJ-KT", ("food_clothes_fare",), "", language="uz"),
    CasePlot("C4", Z, 24, "female", "a9_17", "TJ-KT", ("safe_place", "child_things"), "child", "high"),
    CasePlot("C5", Z, 40, "female", "a18_29", "TJ-KT", ("someone_to_talk",), "paused_accepted"),
    CasePlot("C6", Z, 55, "male", "a30_47", "TJ-KT", ("food_clothes_fare",), "closed goals_met"),
    CasePlot("C7", Z, 48, "female", "a48_plus", "TJ-KT", ("doctor",), "closed lost_contact"),
    CasePlot("C8", Z, 9, "female", "a18_29", "TJ-SU", ("safe_place",), "", "raised", "ru"),
    CasePlot("C9", Z, 0, "other_or_not_said", "unknown", "TJ-KT", ("not_asked",), "draft"),
    CasePlot("C10", N, 21, "male", "a18_29", "TJ-KT", ("keep_away",), "police_refused", "raised"),
    CasePlot("C11", N, 34, "female", "a30_47", "TJ-KT", ("safe_place",), "closed person_withdrew"),
    CasePlot("C12", N, 44, "female", "a18_29", "TJ-KT", ("nothing_now",), "reopened"),
    CasePlot("C13", N, 18, "male", "a9_17", "TJ-KT", ("child_things",), "child suspected"),
    CasePlot("C14", SOC, 28, "female", "a18_29", "TJ-KT", ("safe_place",), ""),
    CasePlot("C15", SOC, 22, "male", "a48_plus", "TJ-KT", ("doctor",), ""),
    CasePlot("C16", SOC, 15, "female", "a0_8", "TJ-KT", ("child_things",), "child"),
    CasePlot("C17", WOM, 33, "female", "a30_47", "TJ-SU", ("someone_to_talk",), "police_refused"),
    CasePlot("C18", WOM, 27, "female", "a18_29", "TJ-SU", ("safe_place",), "police_agreed"),
    CasePlot("C19", HOT, 38, "male", "a30_47", "TJ-DU", ("food_clothes_fare",), "", language="ru"),
    CasePlot("C20", HOT, 16, "female", "a18_29", "TJ-DU", ("safe_place",), "police_agreed", "raised"),
    CasePlot("C21", PSY, 42, "female", "a30_47", "TJ-DU", ("someone_to_talk",), "closed goals_met"),
    CasePlot("C22", PSY, 19, "female", "a9_17", "TJ-DU", ("someone_to_talk",), "child"),
    CasePlot("C23", INT, 36, "male", "a18_29", "TJ-DU", ("language",), "", language="prs"),
    CasePlot("C24", INT, 14, "female", "a30_47", "TJ-DU", ("food_clothes_fare",), ""),
    CasePlot("C25", PAM, 41, "male", "a30_47", "TJ-GB", ("food_clothes_fare",), "paused_serving", language="sgh"),
    CasePlot("C26", PAM, 20, "female", "a18_29", "TJ-GB", ("safe_place",), "", language="wbl"),
    CasePlot("C27", HOS, 32, "female", "a18_29", "TJ-RA", ("doctor",), "ends_waiting", "raised",
             flags=("urgent_health",)),
    CasePlot("C28", STA, 46, "male", "a18_29", "TJ-DU", ("safe_place",), "closed goals_met"),
    CasePlot("C29", LAW, 25, "female", "a30_47", "TJ-SU", ("nothing_now",), ""),
    CasePlot("C30", HOT, 0, "female", "adult_age_unknown", "TJ-DU", ("safe_place",), "draft"),
)  # fmt: skip


class Plot(NamedTuple):
    """One referral: its case, where to, for which purpose, how urgent, hours since it was sent, and its end."""

    case: str
    body: str
    service: str
    urgency: str
    hours: float
    end: str
    detail: str = ""
    purpose: str = "help"


REFERRALS: tuple[Plot, ...] = (
    # C1: the shelter has accepted, the lawyer serves, the social service has it on its desk; the police were refused
    Plot("C1", "shelter-kulob", "HOME-02", "urgent", 5, "accepted", "meeting"),
    Plot("C1", "legal-aid", "LEGAL-01", "normal", 150, "serving", "added"),
    Plot("C1", "social-protection", "SOC-01", "within_a_day", 7, "sent"),
    # draft 3
    Plot("C2", "women-committee", "SOC-02", "normal", 3, "draft"),
    Plot("C8", "psych-centre", "MHPSS-01", "normal", 2, "draft"),
    Plot("C14", "hospital", "HEALTH-01", "within_a_day", 4, "draft"),
    # sent 9 with the one above: reminded 3, late 3, question 1, child 1
    Plot("C8", "shelter-kulob", "HOME-02", "urgent", 1.4, "sent", "reminded"),
    Plot("C10", "hospital", "HEALTH-01", "within_a_day", 14, "sent", "reminded"),
    Plot("C20", "mia-centre", "SAFE-01", "urgent", 1.2, "sent", "reminded", "protection"),
    Plot("C26", "shelter-kulob", "HOME-02", "urgent", 3.2, "sent", "late"),
    Plot("C18", "psych-centre", "MHPSS-02", "within_a_day", 30, "sent", "late"),
    Plot("C29", "social-protection", "COORD-01", "within_a_day", 27, "sent", "late"),
    Plot("C24", "legal-aid", "LEGAL-02", "within_a_day", 5, "sent", "question"),
    Plot("C4", "social-protection", "CHILD-01", "urgent", 0.6, "sent", "child"),
    # accepted 7 with the one above: one missed, one paused
    Plot("C20", "legal-aid", "LEGAL-01", "normal", 50, "accepted"),
    Plot("C15", "hospital", "HEALTH-02", "within_a_day", 60, "accepted", "missed"),
    Plot("C5", "psych-centre", "MHPSS-01", "normal", 480, "accepted", "paused"),
    Plot("C16", "hospital", "HEALTH-01", "within_a_day", 20, "accepted"),
    Plot("C22", "social-protection", "CHILD-01", "within_a_day", 30, "accepted"),
    Plot("C23", "migration-service", "DOC-01", "normal", 55, "accepted"),
    # serving 9 with the one above
    Plot("C2", "shelter-kulob", "HOME-02", "urgent", 600, "serving"),
    Plot("C4", "shelter-kulob", "HOME-02", "urgent", 500, "serving"),
    Plot("C14", "shelter-kulob", "HOME-02", "urgent", 560, "serving"),
    Plot("C17", "psych-centre", "MHPSS-01", "normal", 620, "serving"),
    Plot("C19", "migration-service", "WORK-01", "normal", 700, "serving"),
    Plot("C13", "social-protection", "CHILD-01", "urgent", 400, "serving"),
    Plot("C25", "int-org", "WORK-02", "normal", 900, "serving", "paused"),
    Plot("C18", "mia-centre", "JUST-01", "normal", 520, "serving", "", "justice"),
    # finished 4: one of them unconfirmed past its target
    Plot("C3", "int-org", "BASIC-03", "within_a_day", 200, "finished"),
    Plot("C15", "women-committee", "SOC-02", "normal", 480, "finished", "late"),
    Plot("C24", "social-protection", "SOC-01", "within_a_day", 150, "finished"),
    Plot("C29", "psych-centre", "MHPSS-02", "normal", 300, "finished"),
    # disputed 1
    Plot("C10", "legal-aid", "LEGAL-03", "normal", 400, "disputed", "", "justice"),
    # confirmed 9: all six results
    Plot("C6", "int-org", "WORK-02", "normal", 1200, "confirmed", "given"),
    Plot("C6", "migration-service", "WORK-01", "normal", 1150, "confirmed", "partly"),
    Plot("C7", "hospital", "HEALTH-01", "urgent", 1100, "confirmed", "not_reached"),
    Plot("C11", "shelter-kulob", "HOME-02", "urgent", 780, "confirmed", "refused"),
    Plot("C12", "psych-centre", "MHPSS-01", "normal", 1000, "confirmed", "given"),
    Plot("C21", "social-protection", "SOC-01", "normal", 950, "confirmed", "not_needed"),
    Plot("C28", "int-org", "BASIC-03", "within_a_day", 1050, "confirmed", "given"),
    Plot("C28", "migration-service", "DOC-01", "normal", 1000, "confirmed", "not_given"),
    Plot("C3", "hospital", "HEALTH-01", "within_a_day", 560, "confirmed", "given"),
    # declined 7: all reasons
    Plot("C8", "state-shelter", "HOME-01", "urgent", 40, "declined", "full"),
    Plot("C19", "shelter-kulob", "HOME-02", "urgent", 840, "declined", "not_admitted"),
    Plot("C26", "social-protection", "SOC-01", "normal", 300, "declined", "outside_area"),
    Plot("C20", "shelter-kulob", "HOME-02", "urgent", 300, "declined", "cannot_keep_safe"),
    Plot("C23", "psych-centre", "MHPSS-01", "normal", 700, "declined", "no_language"),
    Plot("C2", "hospital", "HEALTH-01", "within_a_day", 640, "declined", "wrong_service"),
    Plot("C12", "women-committee", "SOC-02", "normal", 900, "declined", "conflict"),
    # lapsed 3
    Plot("C17", "social-protection", "SOC-01", "urgent", 500, "lapsed", "no_answer"),
    Plot("C26", "state-shelter", "HOME-01", "urgent", 420, "lapsed", "no_answer"),
    Plot("C27", "psych-centre", "MHPSS-01", "normal", 720, "lapsed", "consent_ended"),
    # recalled 2, withdrawn 3, unaccepted 2, discarded 1
    Plot("C14", "state-shelter", "HOME-01", "urgent", 600, "recalled", "placed_elsewhere"),
    Plot("C22", "hospital", "HEALTH-01", "within_a_day", 300, "recalled", "need_changed"),
    Plot("C3", "legal-aid", "LEGAL-01", "normal", 480, "withdrawn", "sent"),
    Plot("C16", "psych-centre", "MHPSS-02", "normal", 260, "withdrawn", "accepted"),
    Plot("C19", "hospital", "HEALTH-02", "within_a_day", 500, "withdrawn", "serving"),
    Plot("C24", "state-shelter", "HOME-01", "urgent", 250, "unaccepted", "no_place_now"),
    Plot("C18", "social-protection", "COORD-01", "normal", 600, "unaccepted", "conflict"),
    Plot("C4", "psych-centre", "MHPSS-02", "normal", 450, "discarded"),
)  # fmt: skip
