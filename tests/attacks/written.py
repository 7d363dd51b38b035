"""The row of the ledger that a step by a statement of one's own brings, or it is not taken (ADR 0061)."""

WRITTEN = "select ledger_append(%s, 'done', '', '', 'referral', %s, null, '', null, null, '', null, null)"
"""Values: the act, the request."""
