"""Faults in what counts as a press that was done."""

from __future__ import annotations

from tests.faults.fault import of

NEVER, OPERATIONS = "tests/attacks/test_a_press_that_was_never_done.py", "tests/access/test_operations.py"
READ = "tests/casework/test_changed_beside_a_press.py"
ROOM = "operations.py"

PRESSES = of(
    "presses",
    (
        "a press was done because the database says so",
        ROOM,
        "if server.keyring().tag_holds(found.fact(number), bytes(tag)) and _committed(number):",
        "if True:",
        (NEVER, OPERATIONS),
    ),
    (
        "a press that failed was done by its tag",
        ROOM,
        " and _committed(number):",
        ":",
        (NEVER, OPERATIONS),
    ),
    (
        "a press whose row is not taken goes on without it",
        ROOM,
        "        first_stands(actor)\n        raise _nobodys(actor)",
        "        first_stands(actor)",
        (NEVER,),
    ),
    (
        "a press is vouched for while it may be undone alone",
        ROOM,
        "if here.outer is not None:",
        "if False:",
        (OPERATIONS,),
    ),
    (
        "what is undone with another act is vouched for",
        ROOM,
        "with press(), transaction.atomic():",
        "with transaction.atomic():",
        (OPERATIONS,),
    ),
    (
        "an act that is undone at its end is vouched for",
        ROOM,
        "elif here.made and not connection.needs_rollback:",
        "elif here.made:",
        (OPERATIONS,),
    ),
    (
        "a planted press answers a refusal without an alarm",
        "web/middleware.py",
        'return _undone(request, mismatch(actor, error, "page.view"))',
        "return None",
        ("tests/web/test_middleware.py",),
    ),
    (
        "a press on another summary than was read is taken",
        "casework/referral/queries/as_read.py",
        "if not now or read != now:",
        "if False:",
        (READ, "tests/web/test_as_read.py"),
    ),
    (
        "a press that says no summary is taken",
        "web/kit/posting.py",
        'request.POST.get("summary", "")',
        'request.POST.get("summary")',
        ("tests/web/test_as_read.py",),
    ),
    (
        "an age is put right beside an answer",
        "casework/walls/20_case_steps.sql",
        "for no key update of r  -- whoever answers",
        "-- whoever answers",
        (READ,),
    ),
    (
        "an answer locks nothing before it compares",
        "casework/referral/actions/receive.py",
        "    lock_referral(referral)\n    as_read.same_to_answer(referral, read)\n    values = {",
        "    as_read.same_to_answer(referral, read)\n    values = {",
        (READ,),
    ),
)
