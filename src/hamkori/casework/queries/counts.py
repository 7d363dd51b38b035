"""The numbers beside the places of the rail: one query, on every page of a signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from hamkori.access.actor import Actor
from hamkori.casework.queries.today import CASE_CLOCKS, RECEIVER_CLOCKS, SENDER_CLOCKS


@dataclass(frozen=True)
class Counts:
    """What the rail shows: one query for every page."""

    now: datetime
    open_cases: int
    late: int
    waiting: int
    desk_waiting: int
    desk_late: int
    national_late: int


_COUNTS = """
with mine as (
  select a.case_id, a.kind_code from case_access a
   where a.membership_id = %(me)s and a.ended_at is null and a.suspended_at is null and a.kind_code = any (%(kinds)s)),
sent as (
  select o.referral_id, r.state_code from mine m join referral_origin o on o.case_id = m.case_id
    join referral r on r.id = o.referral_id
   where r.state_code in ('sent', 'accepted', 'serving', 'finished', 'disputed')),
got as (
  select x.referral_id from referral_access x join referral r on r.id = x.referral_id
   where x.membership_id = %(me)s and x.ended_at is null and x.kind_code = any (%(got)s)
     and r.state_code in ('accepted', 'serving', 'disputed')),
desk as (
  select r.answer_due_at from referral r
   where %(desk)s and r.to_organisation_id = %(org)s and r.state_code = 'sent' and r.visible_at <= (select hk_now()))
select hk_now(),
  (select count(*) from mine m join "case" c on c.id = m.case_id where c.state_code = 'open'),
  (select count(*) from mine m join "case" c on c.id = m.case_id
    where c.state_code = 'open' and m.kind_code in ('lead', 'supervisor')
      and (c.next_step_on is null or c.next_step_on < (hk_now() at time zone %(zone)s)::date))
  + (select count(*) from mine m join "case" c on c.id = m.case_id and c.state_code = 'open'
      join case_clock k on k.case_id = m.case_id where k.due_at <= hk_now()
      and (k.clock_code = 'child' and m.kind_code = any (%(child)s)
           or k.clock_code = 'consent' and m.kind_code = any (%(consent)s)))
  + (select count(*) from sent s join referral_clock k on k.referral_id = s.referral_id
      where k.due_at <= hk_now() and k.clock_code = any (%(sender)s))
  + (select count(*) from got g join referral_clock k on k.referral_id = g.referral_id
      where k.due_at <= hk_now() and k.clock_code = any (%(receiver)s)),
  (select count(*) from sent s where s.state_code = 'sent'),
  (select count(*) from desk), (select count(*) from desk d where d.answer_due_at <= hk_now()),
  (select case when %(national)s then (select count(*) from referrals_late()) else 0 end)
"""


def counts(actor: Actor) -> Counts:
    """Open cases, what is late, what waits. One query, on every page."""
    roles = actor.roles
    worker = bool(roles & {"case_worker", "hotline_operator"})
    kinds = [*(["lead", "member"] if worker else []), *(["supervisor"] if "supervisor" in roles else [])]
    got = [
        *(["worker"] if "case_worker" in roles else []),
        *(["supervisor"] if "supervisor" in roles else []),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "me": actor.membership_id,
                "org": actor.organisation_id,
                "kinds": kinds,
                "got": got,
                "desk": "desk_officer" in roles,
                "national": "national_coordinator" in roles,
                "zone": settings.TIME_ZONE,
                "child": list(CASE_CLOCKS["child"]),
                "consent": list(CASE_CLOCKS["consent"]),
                "sender": list(SENDER_CLOCKS),
                "receiver": list(RECEIVER_CLOCKS),
            },
        )
        row = cursor.fetchone()
    assert row is not None
    at, cases, late, waiting, desk, desk_late, national = row
    return Counts(at, cases, late + desk_late + national, waiting, desk, desk_late, national)
