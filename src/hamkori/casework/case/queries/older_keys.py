"""How many cases still lie under a key that was replaced; for those who hold keys, without telling which."""

from __future__ import annotations

from django.db import connection


def cases_under_older_key() -> int:
    """Cases of the acting key holder's organisation with a part that the present continuity key does not open yet."""
    with connection.cursor() as cursor:
        cursor.execute("select cases_under_older_key()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
