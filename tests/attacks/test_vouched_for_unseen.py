"""Two people vouch for a row by its id: for whatever it says at that moment, and not for what they have looked at.

`tags status` named the row whose tag does not hold, of a team by its id alone; they looked at it and compared it with
paper. `tags vouch KIND ID` read it anew and tagged what it found (`tagging.vouch`): nothing of what was shown was named
in the command. The owner spoils the tag of an honest row, waits, and lets it name his accomplice for the second
reading. Red on b0769ca: tagged, and the next key of the case was sealed to her, without an alarm.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import transaction

from hamkori.casework.case.actions import section
from hamkori.site.tags import tagging
from tests.attacks.counted import tried
from tests.attacks.owned import owner, sections_read
from tests.attacks.test_planted_casework import PSYCHOLOGIST, team_row
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.database import god

pytestmark = pytest.mark.alarms

BY = (f"{LEAD}@example.org", "supervisor-cso@example.org")


def test_what_two_people_looked_at_is_what_is_vouched_for(house: House) -> None:
    case, said = house.case(COLLEAGUE), list[str]()
    row = team_row(case, house, COLLEAGUE)
    owner("alter table case_access disable trigger user")
    owner("update case_access set tag = '\\x01' where id = %s", row["id"])
    with transaction.atomic(), god():
        tagging.look(said.append)
    (line,) = (one for one in said if str(row["id"]) in one)
    assert team_row(case, house, COLLEAGUE)["membership_id"] == house.world.membership(COLLEAGUE), "as it is on paper"
    owner("update case_access set membership_id = %s where id = %s",
          house.world.membership(PSYCHOLOGIST), row["id"])  # fmt: skip
    assert COLLEAGUE in line.lower().replace(" ", "-"), "they were shown whom it names"
    before = alarms()
    with suppress(tagging.NotVouched), transaction.atomic(), god():
        tagging.vouch("team", row["id"], line.rpartition(" ")[2], BY)
    owner("alter table case_access enable trigger user")
    fields = {"needs": "later"}
    house.as_(LEAD, lambda actor: section.write_section(actor, case, section="needs", fields=fields, seal_no=0))
    told = alarms() != before
    tried()
    opened = {who for who, where in sections_read(house.world, case.pk) if where == "needs"}
    assert PSYCHOLOGIST not in opened, f"they were shown {line!r}, and she is sealed to; alarm: {told}"
