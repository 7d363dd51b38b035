"""Which words a member's row of the ledger may hold: acts, kinds, scopes, parts and reasons of our lists.

The database compares with them as they were at the last migrate. Whoever slips a statement into a page writes rows in
their own name; a name in the place of a code would stay for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from hamkori.access.permissions import PERMISSIONS
from hamkori.access.policy import Scope
from hamkori.casework.case.queries.child_calls import ANSWERS, PUT_BACK, SETTLED
from hamkori.casework.case.rules.lifecycle import WITH_US
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.referral.actions.coordination import CALL_ANSWERS
from hamkori.refusal import SENTENCES
from hamkori.vocabulary import codelist, list_names

A_WORD = re.compile(r"[a-z0-9_.]{1,40}")
# Acts that are no permission: what a page refused, and what is done at the door and at the vault.
OTHER_ACTS = ("page.view", "wall.mismatch", "session.begin", "session.second_factor", "vault.seal")
KINDS = (
    *("case", "referral", "service", "directory", "ledger", "user", "membership", "session"),
    *("two_person", "body_key", "marks", "organisation", "call"),
)
# Reasons that stand in no list of codes and are no guard.
OTHER_REASONS = (
    *("not_allowed", "not_visible", "new_device", "other_body", "other_browser", "passphrase", "recovery_codes"),
    *("authenticator", "one", "others", "ask", "agree", "refuse", "take_back", "no_answer", "consent_ended"),
    *("in_step", "recorded", "taken_away", "called", WITH_US, SETTLED, PUT_BACK, *ANSWERS, *CALL_ANSWERS),
)


def _codes() -> Iterable[str]:
    return (code for name in list_names() for code in codelist(name).codes)


def words() -> Mapping[str, tuple[str, ...]]:
    """All of each column. A reason may be any code of ours: of which list follows from the act."""
    acts = (*PERMISSIONS, *OTHER_ACTS)
    reasons = (*OTHER_REASONS, *SENTENCES, *acts, *_codes())
    return {
        "act": acts,
        "kind": ("", *KINDS),
        "scope": ("", *get_args(Scope)),
        "section": ("", *SECTIONS, *codelist("packet_section").codes, "text", "meeting", "result"),
        "reason": ("", *(word for word in dict.fromkeys(reasons) if A_WORD.fullmatch(word))),
    }


def function() -> str:
    """The function that knows them."""
    cases = " ".join(f"when '{of}' then array['" + "','".join(known) + "']" for of, known in words().items())
    return (
        "create or replace function ledger_knows(p_of text, p_word text) returns boolean"
        " language sql immutable parallel safe set search_path = '' as $$"
        f" select coalesce(p_word = any (case p_of {cases} end), false) $$"
    )
