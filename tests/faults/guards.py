"""Faults in a guard that a rule and the database both decide: one of the two says something else."""

from __future__ import annotations

from tests.faults.fault import of

BOTH = ("tests/casework/test_guards_in_both.py",)
OF_TEAMS = ("tests/casework/test_guards_of_teams.py",)
OF_STEPS = ("tests/casework/test_guards_of_steps.py",)
# Each of these names its guard first; the test itself plants them too.
ANSWERS, SENDING = "casework/referral/queries/answers.py", "casework/referral/rules/sending.py"
OF_A_CASE, CLOCKS = "casework/case/queries/answers.py", "casework/case/rules/clocks.py"
STEPS, TEAM, CLOSING = (
    "casework/walls/20_case_steps.sql",
    "casework/case/rules/team.py",
    "casework/case/rules/closing.py",
)

GUARDS = of(
    "guards",
    (
        "who keeps an organisation's key elsewhere joins a team here",
        STEPS,
        "m.organisation_id = p_body and not public.roles_clash(m.user_id, '{}')",
        "m.organisation_id = p_body",
        OF_TEAMS,
    ),
    ("who does not work any more is let in", STEPS, "and m.suspended_at is null and u.is_active", "", OF_TEAMS),
    (
        "a supervisor closes as if she led",
        STEPS,
        "case p_side when 'SV' then p_values ->> 'outcome_code' in ('lost_contact', 'not_a_victim', 'deceased', 'duplicate')",
        "case p_side when 'SV' then true",
        BOTH,
    ),
    (
        "a duplicate is told by when it was registered",
        STEPS,
        "older.begun_at < c.begun_at",
        "older.opened_at < c.opened_at",
        BOTH,
    ),
    (
        "a lead who is suspended stays for another",
        TEAM,
        "and not row.suspended for row in leads",
        "for row in leads",
        OF_TEAMS,
    ),
    (
        "a lead agrees with herself",
        CLOSING,
        "return Side.SENDER_SUPERVISOR in sides and Side.LEAD not in sides",
        "return True",
        BOTH,
    ),
    (
        "under_two_moves: a third move is offered",
        ANSWERS,
        "referral.moves < clocks.MOVES_AT_MOST",
        "referral.moves <= clocks.MOVES_AT_MOST",
        OF_STEPS,
    ),
    (
        "under_three: a fourth question is offered",
        ANSWERS,
        "len(self.answered) < clocks.QUESTIONS_AT_MOST",
        "len(self.answered) <= clocks.QUESTIONS_AT_MOST",
        OF_STEPS,
    ),
    ("no_open_question: a question is asked while one is open", ANSWERS, "None not in self.answered", "True", OF_STEPS),
    ("not_missed: heard against the receiver's word", ANSWERS, "referral.missed_at is None", "True", OF_STEPS),
    ("not_disputed_before: a result is questioned twice", ANSWERS, "not referral.was_disputed", "True", OF_STEPS),
    (
        "told_body: it goes without her being told where to",
        ANSWERS,
        "lambda: referral.told_body",
        "lambda: True",
        OF_STEPS,
    ),
    ("team_named: it is accepted and nobody is named", ANSWERS, 'bool(said["team"])', "True", OF_STEPS),
    (
        "arrival_given: somebody comes at a part of the day that is none",
        ANSWERS,
        'return code in codelist("part_of_day").codes',
        'return code != ""',
        OF_STEPS,
    ),
    (
        "no_twin: a twin of another kind of help holds it up",
        ANSWERS,
        "        referral__service_code=facts.referral.service_code,\n",
        "",
        OF_STEPS,
    ),
    (
        "section_agreed: a part that she did not agree to share goes",
        ANSWERS,
        'return {"section": extra[0]} if extra else True',
        "return True",
        OF_STEPS,
    ),
    (
        "case_open: it goes from a case that is not registered",
        SENDING,
        'return state == "open"',
        'return state != "closed"',
        OF_STEPS,
    ),
    ("not_own_body: it goes to the own organisation", SENDING, "receiver != sender", "True", OF_STEPS),
    ("desk_ready: it goes where no desk is", SENDING, '"desk_ready": desk_ready', '"desk_ready": True', OF_STEPS),
    (
        "not_yet_visible: it is stopped when the desk has it",
        CLOCKS,
        "seen_at is not None and now < seen_at",
        "seen_at is not None and now <= seen_at",
        OF_STEPS,
    ),
    (
        "within_24h: an acceptance is given back a day later",
        CLOCKS,
        "now < accepted_at + UNACCEPT_WINDOW",
        "now <= accepted_at + UNACCEPT_WINDOW",
        OF_STEPS,
    ),
    (
        "screening_done: nothing is decided in danger",
        OF_A_CASE,
        'case.has_danger or "completed" in',
        '"completed" in',
        OF_STEPS,
    ),
    (
        "no_screening: signs that were replaced are thrown away",
        OF_A_CASE,
        'self.screenings <= {"draft"}',
        '"completed" not in self.screenings',
        OF_STEPS,
    ),
)
