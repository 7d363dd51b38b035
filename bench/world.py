"""The demonstration's world, many times over: coded rows only, since a copy of sealed text would open for nobody.

Each copy gets ids derived from the originals, so that copies refer to copies. Team and desk stay the same people:
their lists grow, which is what is measured.
"""

from __future__ import annotations

import psycopg

COPIED: dict[str, tuple[str, ...]] = {
    # table: columns that are ids of copied rows
    "case": ("id", "older_case_id"),
    "case_access": ("id", "case_id"),
    "case_step": ("id", "case_id"),
    "person_link": ("id", "case_id"),
    "consent": ("id", "case_id"),
    "consent_row": ("id", "consent_id"),
    "referral": ("id",),
    "referral_sender": ("referral_id", "consent_id"),
    "referral_origin": ("referral_id", "case_id"),
    "referral_card": ("referral_id",),
    "referral_step": ("id", "referral_id"),
    "referral_step_by": ("step_id",),
    "referral_question": ("id", "referral_id"),
    "referral_access": ("id", "referral_id"),
    "referral_clock": ("id", "referral_id"),
    "referral_own_case": ("referral_id", "case_id"),
}
NEW = {"person_link": ("token",)}


def multiply(owner: psycopg.Connection, times: int) -> dict[str, int]:
    """Adds `times - 1` copies and tells the planner; returns the rows of each table now."""
    remember_originals(owner)
    with owner.transaction():
        owner.execute("set local session_replication_role = 'replica'")
        for copy in range(1, times):
            for table, ids in COPIED.items():
                owner.execute(_statement(owner, table, ids), {"copy": f"#{copy}"})
    for table in ("case", "referral"):
        _codes(owner, table)
    owner.execute("analyze")
    return {table: _count(owner, table) for table in COPIED}


def _statement(owner: psycopg.Connection, table: str, ids: tuple[str, ...]) -> str:
    columns = [row[0] for row in owner.execute(_COLUMNS, [table]).fetchall()]
    made = []
    for column in columns:
        if column in (*ids, *NEW.get(table, ())):
            made.append(f'md5("{column}"::text || %(copy)s)::uuid')
        elif column == "code" and table in ("case", "referral"):
            # Only another one for now; `_codes` gives codes that anybody could type.
            made.append("lpad(to_hex((('x' || substr(md5(id::text || %(copy)s), 1, 8))::bit(32))::int), 8, '0')")
        else:
            made.append(f'"{column}"')
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f'insert into "{table}" ({names}) select {", ".join(made)} from "{table}"'
        f' where "{ids[0]}" in (select id from bench_original)'
    )


_COLUMNS = "select column_name from information_schema.columns where table_name = %s order by ordinal_position"


def remember_originals(owner: psycopg.Connection) -> None:
    """Originals are what is there now: a later copy must not copy copies."""
    owner.execute("create table if not exists bench_original (id uuid primary key)")
    for table, ids in COPIED.items():
        owner.execute(f'insert into bench_original select "{ids[0]}" from "{table}" on conflict do nothing')


def _codes(owner: psycopg.Connection, table: str) -> None:
    """Real codes for the copies: a card with anything else is refused."""
    copies = owner.execute(f'select id from "{table}" where id not in (select id from bench_original)').fetchall()
    codes: set[str] = {row[0] for row in owner.execute(f'select code from "{table}"').fetchall()}
    made: list[str] = []
    while len(made) < len(copies):
        drawn = owner.execute("select code_draw() from generate_series(1, %s)", [len(copies) - len(made)]).fetchall()
        made += {row[0] for row in drawn} - codes
        codes.update(made)
    owner.execute(
        f'update "{table}" t set code = x.code from unnest(%s::uuid[], %s::text[]) x (id, code) where t.id = x.id',
        [[row[0] for row in copies], made],
    )


def _count(owner: psycopg.Connection, table: str) -> int:
    row = owner.execute(f'select count(*) from "{table}"').fetchone()
    return int(row[0]) if row else 0
