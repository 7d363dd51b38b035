"""Faults in the ledger, and in what is shown to whom."""

from __future__ import annotations

from tests.faults.fault import of

ACCESS = "tests/access"
AUDIT = "tests/audit"
LEDGER_SQL = "audit/walls/10_ledger.sql"
LOOKING_SQL = "audit/walls/30_looking.sql"
ALARM_SQL = "audit/walls/20_alarm.sql"
AS_MADE = "audit/walls_as_made.py"
NO_ROW = "tests/attacks/test_acts_that_leave_no_row.py"


def uncompared(what: str, old: str, new: str) -> tuple[str, str, str, str, tuple[str, ...]]:
    """A fault by which something of the ledger's walls is compared with nothing."""
    return f"the ledger's walls are compared without {what}", AS_MADE, old, new, (f"{AUDIT}/test_walls_as_made.py",)


def of_functions(what: str, field: str) -> tuple[str, str, str, str, tuple[str, ...]]:
    """The same of one field of its functions."""
    here, made = "_functions(connection)", "functions()"
    less = f"one._replace({field}=None) for one in"
    return uncompared(f"{what} of a function", f"{here} ^ {made}", f"{{{less} {here}}} ^ {{{less} {made}}}")


def of_columns(what: str, less: str) -> tuple[str, str, str, str, tuple[str, ...]]:
    """The same of one part of its columns."""
    here, made = "set(connection.execute(COLUMNS, [list(TABLES)]).fetchall())", "_columns()"
    new = f"{{{less} for one in {here}}} ^ {{{less} for one in {made}}}"
    return uncompared(f"{what} of a column", f"{here} ^ {made}", new)


AUDITED = of(
    "audit",
    (
        "a secret is shown before its row",
        "action.py",
        "        append(self.row.saying(columns))\n        self.written += 1\n        return self._key",
        "        self.written += 1\n        return self._key",
        (ACCESS,),
    ),
    (
        "a role that is not held is written down",
        LEDGER_SQL,
        "case when p_role in ('', 'anyone') or public.has_role(p_role) then p_role else '' end",
        "p_role",
        (AUDIT, ACCESS),
    ),
    (
        "refusals fill the ledger",
        LEDGER_SQL,
        "  if p_reason = 'not_visible' and 60 <= (",
        "  if p_reason = 'not_visible' and 60000 <= (",
        (AUDIT, ACCESS),
    ),
    (
        "two leaves are one",
        "audit/merkle.py",
        "map(measured, fields)",
        "(measured(one)[4:] for one in fields)",
        (AUDIT,),
    ),
    (
        "a node is read as a leaf",
        "audit/merkle.py",
        'hashlib.sha256(b"\\x01" + level[n]',
        'hashlib.sha256(b"\\x00" + level[n]',
        (AUDIT,),
    ),
    (
        "a missing row is not named",
        "audit/verify.py",
        '            yield Fault("missing", number)',
        "            continue",
        (AUDIT,),
    ),
    (
        "an added row is not named",
        "audit/verify.py",
        '            yield Fault("added", row.id)',
        "            continue",
        (AUDIT,),
    ),
    (
        "a count that the owner planted is taken for the worker's",
        "audit/verify.py",
        "for row in told if evidence.chain.is_ours(row)",
        "for row in told",
        ("tests/attacks/test_taken_out_and_counted_back.py",),
    ),
    (
        "a row has the time at which its statement began",
        LEDGER_SQL,
        "public.hk_now() + (pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()), p_action",
        "public.hk_now(), p_action",
        ("tests/attacks/test_a_statement_that_takes_long.py",),
    ),
    (
        "a head of a number that was given twice is taken for a lost one",
        "audit/witness.py",
        "return (head.batch, head.chain) == (self.batch, self.chain)",
        "return self.restored < head.batch <= self.batch",
        (AUDIT, "tests/attacks/test_heads_after_a_restore.py"),
    ),
    (
        "the sealer goes on with rows hidden from it",
        "audit/sealer.py",
        "    if hidden := walls_as_made.hidden(connections[using].connection):",
        "    if hidden := '':",
        ("tests/attacks/test_rows_that_the_sealer_does_not_see.py",),
    ),
    *(
        of_functions(what, field)
        for what, field in {
            "the word strict": "is_strict",
            "the rights": "is_definer",
            "the volatility": "volatility",
            "the word parallel": "parallel",
            "the language": "language",
            "the arguments": "arguments",
            "the answer": "answer",
            "the text": "body",
            "the settings": "settings",
            "the owner": "owner",
        }.items()
    ),
    uncompared("another room's functions", ' == "audit" or made.name in triggered', ' == "audit"'),
    uncompared("the columns of a trigger", "t.tgattr::text", "''"),
    uncompared("the arguments of a trigger", "t.tgnargs::int", "0"),
    uncompared("the schema of a trigger's function", "n.nspname::text", "'public'"),
    uncompared(
        "triggers that are gone", "fetchall()) ^ (STAY | OF_OTHER_ROOMS)", "fetchall()) - (STAY | OF_OTHER_ROOMS)"
    ),
    uncompared("the log of a table", "c.relpersistence::text", "'p'"),
    uncompared("row security", "c.relrowsecurity", "true"),
    uncompared("row security of the owner", "c.relforcerowsecurity", "false"),
    uncompared("the owner of a table", "pg_catalog.pg_get_userbyid(c.relowner)::text", "'hk_owner'"),
    of_columns("the type", "(*one[:2], *one[3:])"),
    of_columns("null", "(*one[:3], *one[4:])"),
    uncompared("the default of a column", "not a.atthasdef and ", ""),
    uncompared("the numbering of a column", "a.attidentity::text = '' and ", ""),
    uncompared("the collation of a column", " and a.attcollation = t.typcollation", ""),
    uncompared("policies that are not the worker's", "if one not in said]", "if not one]"),
    uncompared(
        "policies that an operator of the owner's hides",
        'c.relname = any(%s)\n"""\nPLAIN',
        "c.relname = any(%s) and (polcmd <> 'r' or polroles && array['hk_clock'::regrole::oid]"
        ' or polroles = array[\'hk_app\'::regrole::oid])\n"""\nPLAIN',
    ),
    uncompared("operators", "if connection.execute(OPERATORS, [OWNER]).fetchone():", "if False:"),
    (
        "an act may leave no row",
        "audit/ledger.py",
        'some=not system and row.reason == "not_visible"',
        "some=True",
        (AUDIT, NO_ROW),
    ),
    (
        "a door of the ledger that does not answer is believed",
        "audit/ledger.py",
        "if number is None or not (number or some):",
        "if not (number or some):",
        (f"{AUDIT}/test_ledger.py",),
    ),
    (
        "a trigger swallows a row of the ledger",
        LEDGER_SQL,
        "  if not found then return public.ledger_lacks_row(); end if;",
        "",
        (NO_ROW,),
    ),
    (
        "another room's act leaves no row",
        "casework/walls/37_release.sql",
        "null, '', null, null, '', null, p_epoch), public.ledger_lacks_row());\nend $$;",
        "null, '', null, null, '', null, p_epoch), 0);\nend $$;",
        (NO_ROW,),
    ),
    (
        "an alarm is kept out by an index of the owner's",
        ALARM_SQL,
        "p_line) then\n    raise;",
        "p_line) then\n    return 0;",
        (f"{AUDIT}/test_ledger.py",),
    ),
    (
        "a case's history is its team's",
        LOOKING_SQL,
        "if not public.case_sides(p_case) && array['L', 'SV'] then",
        "if not public.case_sides(p_case) && array['S', 'SV'] then",
        (AUDIT, "tests/policy", "tests/web/test_cases.py"),
    ),
    (
        "a list without a row of the policy shows all",
        "access/scope.py",
        "    if not rows:\n        return queryset.none()\n",
        "    if not rows:\n        return queryset\n",
        (ACCESS,),
    ),
    (
        "an empty scope grants",
        "access/scope.py",
        "if model._default_manager.filter(condition, pk=thing.pk).exists():",
        "if model._default_manager.filter(pk=thing.pk).exists():",
        (ACCESS,),
    ),
    (
        "a refusal names what is hidden",
        "access/scope.py",
        "    if thing is None or may(actor, scopes_of(type(thing)).view, thing):\n",
        "    if True:\n",
        (ACCESS,),
    ),
)
