"""Faults in who works at a case alone, and until when."""

from __future__ import annotations

from tests.faults.fault import Fault, of

VAULT = "tests/vault/test_alone.py"
LOCKS_NOTHING = "tests/attacks/test_a_lock_that_locks_nothing.py"
AT_A_CASE = "tests/casework/test_alone_at_a_case.py"
TAKE, STEPS, TEAM, SERVER, LOCK = (
    "casework/case/machinery/take.py",
    "casework/referral/machinery/steps.py",
    "casework/case/actions/team.py",
    "vault/server.py",
    "vault/alone.py",
)
OURS = "    alone_at(case.pk)\n"

ALONE = of(
    "alone",
    (
        "each lock of a transaction takes a file of its own",
        SERVER,
        "held = hold(settings.HAMKORI_MARKS, place, seconds, beside)",
        "held = hold(settings.HAMKORI_MARKS, place, seconds)",
        ("tests/vault/test_alone.py",),
    ),
    (
        "one lock that is let go takes the others of its file with it",
        LOCK,
        'fcntl.fcntl(self.handle, OF_ITS_OWN, struct.pack("hhqqi4x", kind, os.SEEK_SET, place, 1, 0))',
        'fcntl.fcntl(self.handle, OF_ITS_OWN, struct.pack("hhqqi4x", kind, os.SEEK_SET, place, kind == 1, 0))',
        ("tests/vault/test_alone.py",),
    ),
    (
        "her yes is heard by who was released while she waited",
        "casework/consent/actions/consent.py",
        "    _lock(case)\n    if gives or again:\n        own_row.on_team(act.actor, case.pk)",
        "    if gives or again:\n        own_row.on_team(act.actor, case.pk)\n    _lock(case)",
        ("tests/attacks/test_released_while_she_waits.py",),
    ),
    (
        "the lock of a case is the database's",
        TAKE,
        '    alone_at(case.pk)\n    definer.run("case_lock", ',
        '    definer.run("case_lock", ',
        (LOCKS_NOTHING,),
    ),
    ("the lock of a request is the database's", STEPS, "    alone_at(referral.pk)\n", "", (AT_A_CASE,)),
    (
        "a step of a case waits for the database alone",
        TAKE,
        "    alone_at(case.pk)\n    door.take(CASE",
        "    door.take(CASE",
        (AT_A_CASE,),
    ),
    (
        "whoever releases waits for nobody",
        TEAM,
        '    as a member again, they are gone all the same.\n    """\n    alone_at(case.pk)\n',
        '    as a member again, they are gone all the same.\n    """\n',
        (AT_A_CASE,),
    ),
    (
        "a mark that waits for its commit holds nothing",
        SERVER,
        "partial(_raise, kind, thing, number, tuple(_mine.held.values()))",
        "partial(_raise, kind, thing, number, ())",
        (VAULT,),
    ),
    ("a press holds nothing", SERVER, "        here.held.append(held)\n", "        pass\n", (VAULT,)),
    (
        "a press lets go before it is over",
        SERVER,
        "            outer.held += here.held\n",
        "            pass\n",
        (VAULT,),
    ),
    ("what was let go is held", SERVER, "if held is None or not held.stands:", "if held is None:", (VAULT,)),
    ("nobody waits", LOCK, "    while time.monotonic() < until:\n", "    while False:\n", (VAULT,)),
    ("all cases have one place", LOCK, ") % BYTES if OF_ITS_OWN is not None else 0", ") % 1", (VAULT,)),
    ("an id in another type has a place of its own", LOCK, "if not isinstance(thing, UUID):", "if False:", (VAULT,)),
)

TWICE = (
    Fault(
        "alone: a case is opened again beside her word",
        "src/hamkori/casework/consent/machinery/opened_again.py",
        OURS,
        "",
        (LOCKS_NOTHING,),
        explained="`reopen` holds the case already; where neither does, her no beside the opening is lost and it is red",
    ),
)
"""What is asked for at two places, and held if one of them stays."""
