"""Roles, posts and rows of a case as a fact is to have them, written by the owner (tests/supposed.py)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from hamkori.casework.case.models import Case
from tests.supposed import owner

LEAD, COLLEAGUE, THIRD, ABOVE = "caseworker-cso", "colleague-cso", "psychologist-cso", "supervisor-cso"
BODY, OTHER = "cso-kulob", "cso-pamir"
AT_WORK = ("works", "ended", "suspended", "inactive")
ROW = ("none", "live", "suspended", "ended")
KINDS = ("lead", "member", "supervisor")


def of_roles(post: UUID, roles: Iterable[str]) -> None:
    owner("update role_held set ended_at = now() where membership_id = %s and ended_at is null", post)
    for role in roles:
        owner(
            "insert into role_held (id, membership_id, role_code, since) values (%s, %s, %s, now())",
            *(uuid4(), post, role),
        )


def at_work(post: UUID, user: UUID, how: str) -> None:
    if how in ("ended", "suspended"):
        owner(f"update membership set {how}_at = now() where id = %s", post)
    elif how == "inactive":
        owner("update app_user set is_active = false where id = %s", user)


def row_of(case: Case, post: UUID, kind: str, how: str, found: UUID | None = None) -> None:
    """Her row of a case, as it is to be."""
    owner("update case_access set ended_at = now() where case_id = %s and membership_id = %s", case.pk, post)
    if how != "none":
        owner(
            "insert into case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since,"
            " suspended_at, ended_at) values (%s, %s, %s, %s, '{}', '{}', '', now(), now(),"
            " case when %s then now() end, case when %s then now() end)",
            *(found or uuid4(), case.pk, post, kind, how == "suspended", how == "ended"),
        )
