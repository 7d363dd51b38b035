"""The pages that are asked, by personas who entered through the demonstration's door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.test import Client


@dataclass(frozen=True)
class People:
    """Ids that the plain statements need."""

    values: dict[str, Any]
    case_code: str

    @classmethod
    def find(cls, owner: psycopg.Connection) -> People:
        """Zarina's membership, the shelter, and her first open case that was not copied."""
        row = owner.execute(
            "select m.id from membership m join app_user u on u.id = m.user_id where u.email = 'zarina@kulob.example'"
        ).fetchone()
        shelter = owner.execute("select id from organisation where slug = 'shelter-kulob'").fetchone()
        assert row is not None
        assert shelter is not None
        case = owner.execute(
            'select c.id, c.code from "case" c join case_access a on a.case_id = c.id and a.ended_at is null'
            " where a.membership_id = %s and a.kind_code = 'lead' and c.state_code = 'open'"
            " and c.id in (select id from bench_original) and exists (select 1 from consent k join consent_row w"
            " on w.consent_id = k.id where k.case_id = c.id and w.kind_code = 'shelter_social' and w.until > hk_now())"
            " order by c.begun_at limit 1",
            [row[0]],
        ).fetchone()
        assert case is not None
        return cls({"caseworker": row[0], "shelter": shelter[0], "case": case[0]}, case[1])


def entered(persona: str) -> Client:
    """A browser that went in by the persona's button."""
    client = Client(SERVER_NAME="localhost")
    response = client.post("/demo/enter", {"persona": persona})
    assert response.status_code in (302, 303), response.status_code
    return client


def get(client: Client, url: str) -> None:
    """One page; anything but 200 is no measurement."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)


def asked(people: People) -> Iterator[tuple[str, str, Client]]:
    """Name, address, browser."""
    zarina = entered("caseworker-cso")
    yield "Today", "/", zarina
    yield "case list", "/cases/", zarina
    yield "sent list", "/referrals/", zarina
    yield "case page", f"/cases/{people.case_code}/", zarina
    yield "inbox", "/desk/", entered("desk-shelter")
