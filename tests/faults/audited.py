"""Faults in the ledger, and in what is shown to whom."""

from __future__ import annotations

from tests.faults.fault import of

ACCESS = "tests/access"
AUDIT = "tests/audit"
LEDGER_SQL = "audit/walls/10_ledger.sql"
LOOKING_SQL = "audit/walls/30_looking.sql"

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
    ("two leaves are one", "audit/merkle.py", "return len(text).to_bytes(4) + text", "return text", (AUDIT,)),
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
        "        if hidden := walls_as_made.hidden(connections[using].connection):",
        "        if hidden := '':",
        ("tests/attacks/test_rows_that_the_sealer_does_not_see.py",),
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
