"""How many cases still lie under a key that was replaced; for those who hold keys, without telling which."""

from __future__ import annotations

from hamkori import definer


def cases_under_older_key() -> int:
    """Cases of the acting key holder's organisation with a part that the present continuity key does not open yet."""
    return int(definer.value("cases_under_older_key"))
