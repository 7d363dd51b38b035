"""What the database calls a number at the start of the pages raises marks; no mark may give anything by that.

`numbered_casework` is a function, so it is its owner's. Whatever kind it names, without a tag, is believed, "to believe
its end only takes away": since an age has marks (`child`, `adult`) that is no longer so. He answers with a mark
`adult`, later than the one that says that she is a child, and her former yes, which ended when her age was settled,
carries requests once more. Or with `left` of a release key, whose number is a moment: what may wait six days waits
until then, and the old key lives. Red on 3f58cb0.

The database may name what is over, and show what carries our tag; of her age and of keys it says nothing (ADR 0067).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hamkori.casework import raising
from hamkori.casework.consent.queries.age import changed
from hamkori.casework.referral.actions import release
from hamkori.people import raising as of_people
from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.hers import says, sends
from tests.attacks.owned import owner
from tests.attacks.planting import own_marks
from tests.attacks.test_former_permits import later, settles
from tests.casework.racing import House, state

__all__ = ["later", "own_marks"]
pytestmark = pytest.mark.alarms

HIS = """
drop function numbered_casework(bigint, bytea);
create function numbered_casework(p_at bigint, p_proof bytea)
  returns table (kind text, thing text, number bigint, said text, tag bytea, by_clock boolean)
  language sql stable security definer set search_path = '' as $$
    select '{kind}', '{thing}', {number}::bigint, null::text, null::bytea, false $$;
grant execute on function numbered_casework(bigint, bytea) to hk_app;
"""


OF_PEOPLE = """
drop function numbered_rows(bigint, bytea);
create function numbered_rows(p_at bigint, p_proof bytea)
  returns table (kind text, said jsonb, tag bytea, by_clock boolean)
  language sql stable security definer set search_path = '' as $$
    select 'ended', jsonb_build_array('{kind}', '{thing}', {number}), ''::bytea, false $$;
grant execute on function numbered_rows(bigint, bytea) to hk_app;
"""


@pytest.fixture
def ours() -> Iterator[None]:
    names = ("numbered_casework(bigint, bytea)", "numbered_rows(bigint, bytea)")
    kept = [(name, owner(f"select pg_get_functiondef('{name}'::regprocedure) as made")[0]["made"]) for name in names]
    yield
    for name, made in kept:
        owner(f"drop function {name}")
        owner(made)
        owner(f"grant execute on function {name} to hk_app")


@pytest.mark.usefixtures("ours")
def test_no_answer_of_the_database_makes_her_an_adult(house: House, later: Any) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    was = owner('select is_child, age_band_code, age_settled_at from "case" where id = %s', case.pk)[0]
    settles(house, case)
    settled = changed(case.pk)
    later(16)
    with pytest.raises(NotNow):
        sends(house, draft)
    owner(HIS.format(kind="adult", thing=case.pk.hex, number=settled + 1))
    raising.raise_marks(keyring())
    owner(
        'update "case" set is_child = %s, age_band_code = %s, age_settled_at = %s where id = %s', *was.values(), case.pk
    )
    tried()
    with pytest.raises(NotNow):
        sends(house, draft)
    assert state(draft) == "draft"
    assert server.marks().least("adult", case.pk) == 0


@pytest.mark.usefixtures("ours")
def test_no_answer_of_the_database_keeps_an_old_release_key_alive(house: House, own_marks: None) -> None:
    """One spoilt seal under it, and it waits for years; its owner holds a backup that it opens."""
    now = datetime.now(UTC)
    owner(HIS.format(kind=release.LEFT, thing="1", number=int(now.timestamp()) + 10 * 365 * 86400))
    raising.raise_marks(keyring())
    tried()
    assert release._waits_until(1, now) <= now + timedelta(days=7)


@pytest.mark.usefixtures("ours", "own_marks")
@pytest.mark.parametrize("kind", ["adult", "child", release.LEFT, release.BEGUN, "consent", "known", "factor"])
def test_no_end_of_people_is_an_end_of_something_else(house: House, kind: str) -> None:
    """One step a start, of whatever it named."""
    case = house.case()
    owner(OF_PEOPLE.format(kind=kind, thing=case.pk.hex, number=9))
    for _ in range(2):
        of_people.raise_marks(keyring())
    assert server.marks().least(kind, case.pk) == 0
    tried()
