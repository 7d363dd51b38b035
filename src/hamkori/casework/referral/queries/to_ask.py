"""What the person said, as the page reads it on which somebody is referred: what is to be asked again is not asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hamkori.casework.consent.queries.consent import ASK_AGAIN
from hamkori.casework.consent.queries.said import Word
from hamkori.casework.consent.queries.unheard import unheard
from hamkori.casework.consent.rules import consent as rules


def brought_of(word: Word) -> frozenset[rules.RowKey]:
    """What is a no that somebody else brought, and was not asked since; asked only where there is a no."""
    if not any(row.answer in rules.NOES for row in word.as_rules.values()):
        return frozenset()
    return frozenset(rules.keys_of(unheard(word.version.case_id)))


def no_before(word: Word) -> frozenset[rules.RowKey]:
    """Of a case that was opened again: what the person said no to before it was closed, but to the police, and is asked
    again (ADR 225).
    """
    opened = word.version.step_code == ASK_AGAIN
    return frozenset(
        key for key, row in word.as_rules.items() if opened and key[0] != "police" and row.answer in rules.NOES
    )


def answers(word: Word | None) -> dict[str, Any]:
    """What `Prepared` knows of what the person said last; nothing where nobody has asked."""
    if word is None:
        return {"rows": {}, "asked_at": None, "asked_in": "", "excluded": frozenset()}
    brought = brought_of(word)
    return {
        "rows": to_ask(word, brought),
        "brought": brought,
        "no_before": no_before(word),
        "asked_at": word.version.at,
        "asked_in": word.version.language_code,
        "excluded": word.refused,
        "withdrawn": word.version.step_code == "withdraw",
    }


def to_ask(word: Word, brought: frozenset[rules.RowKey]) -> dict[rules.RowKey, rules.Row]:
    """What the person said. Of a case that was opened again a no, but one to the police, is asked again as all else;
    nothing is sent on it all the same (ADR 0179). So is what somebody else `brought` (ADR 0190).
    """
    asks = no_before(word) | brought
    return {key: replace(row, answer="not_asked") if key in asks else row for key, row in word.as_rules.items()}
