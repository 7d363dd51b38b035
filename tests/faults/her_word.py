"""Faults in what her newest word is, and in what waits for it."""

from __future__ import annotations

from tests.faults.fault import of

FORMS = "tests/attacks/test_an_older_form_of_her_word.py"
WITHOUT_NAME = "tests/attacks/test_without_her_name_is_not_written.py"
OPENED = "tests/casework/test_opened_again.py"
OPENED_BY_HIM = "tests/attacks/test_opened_again.py"
BY_WHOM = "tests/casework/test_opened_again_by_whom.py"
RECORD = "casework/consent/actions/consent.py"
CARRIED = "tests/attacks/test_what_she_ended_is_carried_on.py"
HIDDEN = "tests/attacks/test_whom_she_does_not_want_is_hidden.py"
LAPSED = "tests/attacks/test_what_lapsed_after_it_was_accepted.py"
PERMITS = "casework/referral/machinery/permits.py"
ANOTHER_YEAR = "tests/attacks/test_a_yes_of_another_year.py"
AGAIN = "casework/consent/machinery/opened_again.py"
AGAIN_SQL = "casework/walls/22_opened_again.sql"
NOT_WRITTEN = "tests/attacks/test_her_no_is_not_written.py"
OTHERWISE = "tests/attacks/test_her_no_in_a_case_that_is_called_otherwise.py"
CALLED = "tests/attacks/test_called_an_adult_while_she_is_asked.py"
SEEN = "    if seen not in (None, taken.last_said(case.pk, stands)):"
UNWRITTEN_NO = "tests/attacks/test_an_older_form_after_an_unwritten_no.py"

HER_WORD = of(
    "her word",
    (
        "it is refused where somebody was faster",
        "casework/referral/actions/send.py",
        "    if not lock(referral, Patience()) and referral.state_code in LIVE:\n        return leave_to_the_clock",
        "    read = referral.version\n    lock(referral, Patience())\n    _same_version(referral, read)\n    if False:\n        return leave_to_the_clock",
        ("tests/attacks/test_her_word_in_a_race.py",),
    ),
    ("an older form gives over a newer word", RECORD, SEEN, "    if False:", (FORMS,)),
    (
        "a no is refused because its form is older",
        RECORD,
        "seen if gives or again else None)  # what",
        "seen)  # what",
        (FORMS,),
    ),
    (
        "a form knows only what was written down",
        RECORD,
        "taken.last_said(case.pk, stands)",
        "stands",
        (UNWRITTEN_NO,),
    ),
    (
        "a no that comes before the number of an older yes is not looked for again",
        RECORD,
        "    _still_said(case, stands, seen if gives or again else None)  # what",
        "    # what",
        (UNWRITTEN_NO,),
    ),
    (
        "a child's plain no to the police gives way to a yes",
        "casework/consent/machinery/asking.py",
        'return self.as_child and (alone or self.child_answer in ("", "says_no"))',
        "return False",
        ("tests/casework/test_child.py",),
    ),
    (
        "no mark says that she was asked as a child",
        RECORD,
        "    held = ages.asked_as_child(case, machine_time(act.at))",
        "    held = None",
        ("tests/attacks/test_a_child_of_whom_nothing_is_known_any_more.py",),
    ),
    (
        "her age in a draft is written by her rows alone",
        "casework/case/actions/case.py",
        "or any(room.was_asked(case.pk) for room in above.rooms)  # by",
        "or False  # by",
        ("tests/attacks/test_an_adult_who_is_asked_as_a_child.py", CALLED),
    ),
    (
        "her age is what her form was drawn for",
        "casework/consent/queries/age.py",
        "    if number := changed(case.pk):\n        return server",
        "    if (number := changed(case.pk)) and not by_form:\n        return server",
        ("tests/attacks/test_settled_while_her_form_is_open.py",),
    ),
    (
        "a page that is filled in says her age once more",
        "web/cases/register_forms.py",
        'if age != cleaned["age_drawn"] else',
        "if True else",
        ("tests/attacks/test_called_an_adult_while_her_page_is_filled_in.py",),
    ),
    (
        "what cannot be confirmed is shown as her word",
        "casework/consent/queries/consent.py",
        "sure=word is words[0] or is_ours(word)",
        "sure=True",
        ("tests/attacks/test_taken_back_from_a_changed_word.py",),
    ),
    (
        "what a child said no to is known by its rows alone",
        RECORD,
        "    said_by_child(word)\n",
        "",
        ("tests/attacks/test_taken_back_from_a_changed_word.py",),
    ),
    (
        "every child has said no to the police where nothing is known",
        "casework/consent/queries/taken.py",
        "marks().least(TAKEN, child(case, key)) > 0)",
        "marks().least(TAKEN, child(case, key)) >= 0)",
        ("tests/attacks/test_taken_back_from_a_changed_word.py",),
    ),
    (
        "whom she does not want is the list that was ticked",
        RECORD,
        "(excluded_of(former) - again) | without",
        "without",
        (FORMS,),
    ),
    (
        "a body that is not listed is one that she takes again",
        "web/consent/forms.py",
        'gone = {value for value in data.getlist("stood") if value not in listed}',
        "gone: set[str] = set()",
        (FORMS,),
    ),
    (
        "her name stays where no papers were to go",
        "casework/consent/rules/consent.py",
        '"without_name" or "identity" in taken',
        '"without_name" or ("identity" in taken and "identity" in sections)',
        ("tests/rules/test_consent.py",),
    ),
    (
        "a row that her word points at is held",
        "people/walls/20_keys.sql",
        "where o.id = v_org for no key update;",
        "where o.id = v_org for update;",
        ("tests/policy/test_grants.py",),
    ),
    (
        "a case is opened again with her former yes",
        AGAIN,
        "if row.answer_code not in AGREES:",
        "if True:",
        (OPENED,),
    ),
    (
        "the walls open a case again on her former yes",
        "casework/walls/20_case_steps.sql",
        "  if (select k.step_code from public.consent k where k.case_id = p_case",
        "  if false and (select k.step_code from public.consent k where k.case_id = p_case",
        (OPENED, BY_WHOM),
    ),
    (
        "a no is lost when a case is opened again",
        AGAIN_SQL,
        "w.answer_code in ('no', f.answer_code)",
        "true",
        (BY_WHOM,),
    ),
    (
        "whom she does not want is forgotten where nobody is named",
        AGAIN_SQL,
        "coalesce(e.organisation_id <> all (p_without), true)",
        "e.organisation_id <> all (p_without)",
        (BY_WHOM,),
    ),
    (
        "whoever opens a case again may write a yes",
        AGAIN_SQL,
        "not in ('no', 'withdrawn', 'not_asked')",
        "not in ('no', 'withdrawn', 'not_asked', 'yes')",
        (BY_WHOM,),
    ),
    (
        "an answer is added to what a case was opened again with",
        "casework/walls/10_case.sql",
        "c.id = consent_row.consent_id and c.membership_id = (select me()) and c.step_code <> 'ask_again'",
        "c.id = consent_row.consent_id and c.membership_id = (select me())",
        (OPENED, BY_WHOM),
    ),
    (
        "help that goes on ends at her next word about something else",
        "casework/walls/35_packets.sql",
        "not in ('yes', 'without_name', 'not_asked')",
        "not in ('yes', 'without_name')",
        (OPENED,),
    ),
    (
        "what goes on is never read again",
        "casework/referral/machinery/permits.py",
        "permit.sections if waits and word.lets(permit.to) else permit.sections & allowed",
        "permit.sections & allowed",
        (OPENED,),
    ),
    (
        "a version without a yes may be taken out again",
        AGAIN,
        '    mark("consent", version.case_id, version.number)\n',
        "",
        (OPENED_BY_HIM,),
    ),
    (
        "a closed case that is called open sends",
        "casework/consent/queries/said.py",
        'if case.state_code == "open" and marks()',
        'if case.state_code == "draft" and marks()',
        (OPENED_BY_HIM,),
    ),
    (
        "a case stays closed for what leaves it",
        "casework/consent/machinery/on_case.py",
        "        opened_again.opened(case.pk)\n",
        "",
        (OPENED_BY_HIM,),
    ),
    (
        "a part is taken back from a word that is not believed",
        RECORD,
        "everything = taken is None and not narrowed",
        "everything = taken is None",
        ("tests/attacks/test_a_part_taken_back_from_a_changed_word.py",),
    ),
    (
        "until when a yes counts is said by the database's clock",
        "casework/referral/actions/send.py",
        "_answer_by(machine_time(act.at), referral, case)",
        "_answer_by(act.at, referral, case)",
        (ANOTHER_YEAR,),
    ),
    (
        "days off make a yes count for as long as there are some",
        "casework/case/rules/clocks.py",
        "usual + min(lapse - told, row.rungs[-1].after.at_most)",
        "lapse + (lapse - told)",
        (ANOTHER_YEAR,),
    ),
    (
        "she agrees for years where the database says that they are over",
        RECORD,
        "cal.day(machine_time(act.at))",
        "cal.day(act.at)",
        (ANOTHER_YEAR,),
    ),
    (
        "a permit is written anew by the database's clock",
        "casework/referral/machinery/permits.py",
        "    at = machine_time(at)\n    for referral in _open(case):",
        "    for referral in _open(case):",
        (ANOTHER_YEAR,),
    ),
    (
        "what is asked again ends when the database says",
        AGAIN,
        "min(row.until, version.at, machine_time(version.at))",
        "min(row.until, version.at)",
        (ANOTHER_YEAR,),
    ),
    (
        "a question of two waits for the database's clock",
        "people/actions/continuity.py",
        "min(act.at, _moment(act.at)) + LASTS",
        "act.at + LASTS",
        ("tests/attacks/test_keys_made_alone.py",),
    ),
    (
        "a child's first word is lost with the press that fails",
        "casework/consent/queries/said.py",
        "return tuple(_refused(taken.refused_by_child(case, 0)))",
        "return ()",
        ("tests/attacks/test_a_childs_first_word_is_not_written.py",),
    ),
    (
        "who is called an adult is asked as one",
        "casework/consent/queries/age.py",
        "return server.marks().least(CHILD, case.pk) == number\n    return case",
        "return case.is_child\n    return case",
        (CALLED,),
    ),
    (
        "what a form asked of a child is dropped",
        "web/consent/forms.py",
        'self.child = child or (data is not None and data.get("asked_as") == CHILD)',
        "self.child = child",
        (CALLED,),
    ),
    (
        "her no is refused in a case that is called otherwise",
        RECORD,
        'if not isinstance(refusal, NotNow) or refusal.guard == "case_open":',
        "if not isinstance(refusal, NotNow):",
        (OTHERWISE,),
    ),
    (
        "a form that gives something too takes away what was refused",
        RECORD,
        'return refusal.guard == "how_said" or bool(wanted_again) or any(answer.answer in AGREES for answer in answers)',
        'return refusal.guard == "how_said" or bool(wanted_again)',
        (NOT_WRITTEN,),
    ),
    (
        "what she took back goes on under the permit of before",
        "casework/referral/queries/permit.py",
        "or (not is_draft and takes_from(permit.case, permit.consent, permit.needed, permit.to))",
        "or False",
        (NOT_WRITTEN,),
    ),
    (
        "her name is read on under the permit of before",
        "casework/referral/queries/permit.py",
        'named=permit.named and "identity" not in _taken(permit)',
        "named=permit.named",
        (WITHOUT_NAME,),
    ),
    (
        "a section that she took back is read on under the permit of before",
        "casework/referral/queries/permit.py",
        "if one not in gone)",
        "if one)",
        (WITHOUT_NAME,),
    ),
    (
        "what she took back is sent on the word of before",
        "casework/consent/queries/said.py",
        "return as_taken_back(found)",
        "return found",
        (NOT_WRITTEN,),
    ),
    (
        "whom she has once spoken against never gets anything",
        RECORD,
        "if refused_by_mark(case.pk, body):",
        "if False:",
        (HIDDEN,),
    ),
    (
        "her next yes carries on what she ended, where the database did not name it",
        PERMITS,
        "        if _ends(permit, word):",
        "        if False:",
        (CARRIED,),
    ),
    (
        "who is not to get it goes on, where the database did not name it",
        PERMITS,
        "return not word.lets(permit.to) or any(",
        "return any(",
        (CARRIED,),
    ),
    (
        "her next yes carries on what had lapsed",
        PERMITS,
        "    if permit.lapsed(at):\n        return replace(permit, sections=frozenset(), until=None)\n",
        "",
        (LAPSED,),
    ),
    (
        "what is asked anew forgets when it ran out",
        PERMITS,
        "rules.run_out(rows, permit.needed, age) or permit.ends",
        "until",
        (LAPSED,),
    ),
    (
        "what waited when her agreement ended is accepted",
        PERMITS,
        "if permit.ends is not None and permit.ends <= at:",
        "if False:",
        (LAPSED,),
    ),
    (
        "where she was to come is told of what had lapsed",
        "casework/referral/queries/permit.py",
        "    if permit.lapsed(at):\n        return replace(said, live=False)\n",
        "",
        (LAPSED,),
    ),
    (
        "something is added to what had lapsed",
        PERMITS,
        '    if permit.lapsed(at):\n        raise NotNow("from_state", state="lapsed")\n',
        "",
        (LAPSED,),
    ),
)
