"""Faults by which what she takes away does not hold where the database has not kept it."""

from __future__ import annotations

from tests.faults.fault import of

WITHOUT_NAME = "tests/attacks/test_without_her_name_is_not_written.py"
LESS = "tests/attacks/test_a_yes_to_less_is_not_written.py"
HIDDEN = "tests/attacks/test_whom_she_does_not_want_is_hidden.py"
NO = "casework/consent/machinery/her_no.py"
NOT_WRITTEN = "tests/attacks/test_her_no_is_not_written.py"
BROKEN = "tests/attacks/test_her_no_while_the_connection_breaks.py"
MARKS = "casework/consent/machinery/her_marks.py"
AGAIN = "tests/attacks/test_agreed_again_after_an_outage.py"
CHANGED = "tests/attacks/test_change_the_answer_is_pressed_and_it_is_saved.py"
UNWRITTEN_NO = "tests/attacks/test_an_older_form_after_an_unwritten_no.py"

HER_NO = of(
    "her word",
    (
        "that she spoke against something is not marked",
        MARKS,
        "    yield Mark(taken.AGAINST, case.pk, partial(taken.above_all, case.pk), omitted, only_refused=omitted)\n",
        "",
        (UNWRITTEN_NO,),
    ),
    (
        "her no is marked while its act lasts, and not its page",
        NO,
        "    when_over(stop)  # the",
        "    stop()  # the",
        ("tests/attacks/test_her_no_waits_after_its_act.py",),
    ),
    (
        "what the act itself let through counts for nothing",
        NO,
        "            press.let = True",
        "            pass",
        ("tests/attacks/test_her_no_that_is_asked_twice.py",),
    ),
    (
        "a yes to less says nothing against an older yes",
        "casework/consent/machinery/her_marks.py",
        "    if not every:\n",
        "    if not every or all(one.beside_a_yes for one in every):\n        yield from every\n",
        ("tests/attacks/test_an_older_wider_yes.py",),
    ),
    (
        "a page that came too late is spoilt",
        "web/consent/unread.py",
        "return otherwise if away is None else away",
        "return otherwise",
        ("tests/attacks/test_a_slow_database_is_no_attack.py",),
    ),
    (
        "a slow database is an attack",
        NO,
        "LONG = 10\n",
        "LONG = 1\n",
        ("tests/attacks/test_a_slow_database_is_no_attack.py",),
    ),
    (
        "whoever gets another post while she waits is an attack",
        NO,
        '("post", actor.membership_id), (ERASED',
        "(ERASED",
        ("tests/attacks/test_her_post_changes_while_she_waits.py",),
    ),
    (
        "the clock begins when the policy has answered",
        NO,
        "    let: bool | None = None\n",
        "    let: bool | None = False\n",
        ("tests/attacks/test_her_no_waits_before_its_act.py",),
    ),
    (
        "she wants it ended, and its page is read first",
        "web/referrals/steps.py",
        'if request.method == "POST" and not everything and form.is_valid():  # it needs',
        "if False:  # it needs",
        ("tests/attacks/test_she_wants_it_ended_on_a_page.py",),
    ),
    (
        "her no that is never answered is not marked",
        NO,
        "partial(_raise, held, press)",
        "lambda: None",
        ("tests/attacks/test_her_no_that_is_never_answered.py",),
    ),
    (
        "what ended while she waited is an attack",
        NO,
        "if isinstance(error, NotVisible) and press.there and press.there.is_over:",
        "if False:",
        ("tests/attacks/test_waiting_while_something_honest_happens.py",),
    ),
    (
        "her no is lost with whoever was released while she waited",
        NO,
        "            if plain or _was_sent_before(error) or not (press.let",
        "            if isinstance(error, NotVisible) or plain or not (press.let",
        ("tests/attacks/test_released_while_she_says_no.py",),
    ),
    (
        "an alarm of no row stands for the alarm of hers",
        NO,
        "if not (_is_mismatch(error) and _names_something(error)):",
        "if not _is_mismatch(error):",
        ("tests/attacks/test_her_no_is_refused_in_our_words.py",),
    ),
    (
        "the database speaks in our words",
        "action.py",
        "cause.diag.message_primary in OURS:",
        'cause.diag.message_primary == "":',
        ("tests/attacks/test_her_no_is_refused_in_our_words.py",),
    ),
    (
        "her word gets a number below what she took away",
        "casework/consent/queries/taken.py",
        '    if marks().given.least("consent", case) < highest:',
        "    if False:",
        ("tests/attacks/test_numbers_begin_anew_below_her_no.py",),
    ),
    (
        "her page ends where nobody can read what it shows",
        "web/consent/unread.py",
        '        alarm(changed or Untrusted("row", "unread"))\n        return otherwise\n',
        "        raise\n",
        ("tests/attacks/test_her_no_fails_on_its_page.py",),
    ),
    (
        "a page on which nobody can read her word gives something",
        "web/consent/views.py",
        "_record(actor, found, form, unread=spoilt)",
        "_record(actor, found, form)",
        ("tests/attacks/test_her_no_fails_on_its_page.py",),
    ),
    (
        "what she takes back is undone with the press that fails",
        NO,
        "marks().raise_to(one.kind, one.name, one.number())",
        "pass",
        (NOT_WRITTEN, "tests/attacks/test_a_number_at_the_end.py"),
    ),
    (
        "what she takes back is undone with the page around it",
        NO,
        "over_unless_committed(one.kind, one.name, one.number)",
        "pass",
        (NOT_WRITTEN,),
    ),
    (
        "what she takes back is forgotten with the connection",
        NO,
        "not (press.let or self._still_may(actor, thing))",
        "not self._still_may(actor, thing)",
        (BROKEN, "tests/attacks/test_her_no_in_an_outage.py"),
    ),
    (
        "a child's no is held by no mark",
        MARKS,
        'if (by_child or answer.answer == "no") and key in rules.ROWS:',
        'if answer.answer == "no" and key in rules.ROWS:',
        ("tests/attacks/test_a_childs_no_is_not_written.py",),
    ),
    (
        "a child's no that was not written is final for nobody",
        MARKS,
        "            if by_child:\n",
        "            if False:\n",
        ("tests/attacks/test_a_childs_no_is_not_written.py",),
    ),
    (
        "a guard of ours takes away what it refused",
        NO,
        "plain = isinstance(error, Refusal) and error.ours and self.guarded(error, *args, **kwargs)",
        "plain = False",
        (NOT_WRITTEN,),
    ),
    (
        "what goes without her name is not held",
        MARKS,
        'if answer.answer == "without_name":',
        "if False:",
        (WITHOUT_NAME,),
    ),
    (
        "what a yes with her name leaves out is not held",
        MARKS,
        'elif answer.answer == "yes" and not asking.child_says_no(answer):',
        "elif False:",
        (LESS,),
    ),
    (
        "who agrees without her papers has no name any more",
        MARKS,
        "{*less, rules.PAPERS}",
        '{*less, "identity"}',
        (LESS,),
    ),
    (
        "whom the database hides for a moment is wanted again",
        "casework/consent/queries/taken.py",
        "against = max(since, marks().least(TAKEN, name))",
        "against = since",
        (HIDDEN,),
    ),
    (
        "another form under one press is an attack",
        NO,
        'return isinstance(error, NotNow) and error.ours and error.guard == "sent_before"',
        "return False",
        ("tests/attacks/test_pressed_again_with_another_answer.py",),
    ),
    (
        "what her marks have shut stands as accepted after her next word",
        "casework/referral/machinery/permits.py",
        "            if isinstance(error, NotNow):\n                ends(referral.pk)\n",
        "",
        (AGAIN,),
    ),
    (
        "a request that she wants ended opens where that was not written",
        "casework/referral/queries/permit.py",
        "    if wants_ended(referral.pk) or (",
        "    if (",
        (NOT_WRITTEN,),
    ),
    (
        "what she thought better of is saved where her page came too late",
        "web/consent/views.py",
        '    if "again" in request.POST or not form.is_valid():\n        raise not_read(',
        "    if not form.is_valid():\n        raise not_read(",
        (CHANGED,),
    ),
    (
        "what nobody can say that it ends is done unsaid",
        "web/consent/views.py",
        '    if "seen" not in request.POST and not (spoilt and form.gives):',
        "    if False:",
        (CHANGED,),
    ),
    (
        "a column makes her a child by our own mark",
        "casework/consent/actions/consent.py",
        "    if child and not asking.as_child and ages.by_column(case, stood):",
        "    if False:",
        ("tests/attacks/test_called_a_child_while_she_says_no.py",),
    ),
    (
        "the clock believes any row that no worker is known",
        "casework/work/machinery/clock_failures.py",
        "    if fault == WORKER_REFUSED and not _is_known():",
        "    if fault == WORKER_REFUSED:",
        ("tests/attacks/test_a_row_that_knows_no_worker.py",),
    ),
)
