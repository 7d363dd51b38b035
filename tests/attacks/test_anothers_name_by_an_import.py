"""An import gives the name of the package to the organisation that the database names: the tag over it is ours.

Which organisation an entry of a package is, `organisation_source` says, which carries no tag; that one with a desk
looks after its own name is asked of a column in one reading and tagged by another (`save._body`); and `rename` goes by
the row that it finds, and not by the one that it was asked for. The owner points the shelter's entry at his
accomplice's body. After the next honest import it is called Shelter Kulob, and everybody's list believes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from hamkori.directory.importing.draft import Body
from hamkori.directory.importing.save import Saving, known
from hamkori.directory.importing.table import Row
from hamkori.people.actions import posts
from hamkori.people.founding import found, rename
from hamkori.people.queries import organisation
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.database import god
from tests.directory import packages

pytestmark = pytest.mark.alarms

SOURCE = "register"


@contextmanager
def without_a_desk_when_counted(body: Any) -> Iterator[None]:
    """A view in the place of the table: whoever asks only whether there is such a row hears that it has no desk."""
    counted = f"id = '{body}' and position('name_en' in current_query()) = 0"
    said = f"case when {counted} then false else has_desk end as has_desk"
    names = ", ".join(said if name == "has_desk" else f'"{name}"' for name in _columns("organisation"))
    owner(
        "alter table organisation rename to organisation_as_made;"
        f"create view organisation as select {names} from organisation_as_made"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner("drop view organisation; alter table organisation_as_made rename to organisation")


@contextmanager
def found_instead(asked: Any, answered: Any) -> Iterator[None]:
    """Whoever asks for one organisation is given the other: its id is an id still, and compared as the owner likes."""
    names = ", ".join("id::their_id as id" if name == "id" else f'"{name}"' for name in _columns("organisation"))
    owner(
        "create domain their_id as uuid; create function is_of(their_id, uuid) returns boolean language sql stable as"
        f" $$ select $1::uuid = case when $2 = '{asked}' then '{answered}'::uuid else $2 end $$;"
        "create operator = (leftarg = their_id, rightarg = uuid, function = is_of);"
        "alter table organisation rename to organisation_as_made;"
        f"create view organisation as select {names} from organisation_as_made"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop view organisation; alter table organisation_as_made rename to organisation;"
            "drop operator = (their_id, uuid); drop function is_of(their_id, uuid); drop domain their_id"
        )


@contextmanager
def counted_to(user: Any, post: Any) -> Iterator[None]:
    """Whoever asks for all posts of a person is told of another's too."""
    said = f"case when id = '{post}' and position('m.user_id = $' in current_query()) > 0 then '{user}'::uuid"
    names = ", ".join(
        f"{said} else user_id end as user_id" if name == "user_id" else f'"{name}"' for name in _columns("membership")
    )
    owner(
        "alter table membership rename to membership_as_made;"
        f"create view membership as select {names} from membership_as_made; grant select on membership to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner("drop view membership; alter table membership_as_made rename to membership")


def taken_in(entry: UUID, name: str) -> None:
    """The next honest import of this entry."""
    package = Row("organization", entry, "package.json", {"name": name, "status": "active"})
    body = known(SOURCE).by_external[entry]
    Saving(SOURCE, "en", timezone.now())._body(Body(row=package, actor_type=body.actor_type, known=body))


def entry_of(body: Any) -> UUID:
    """What the database says of an entry of the package: it is this organisation."""
    entry = uuid4()
    owner("insert into organisation_source (id, source_code, external_id, organisation_id)"
          " values (gen_random_uuid(), %s, %s, %s)", SOURCE, entry, body)  # fmt: skip
    return entry


def without_a_desk(slug: str, name: str) -> UUID:
    """An organisation as an import made it."""
    with transaction.atomic(), god():
        return found(slug=slug, names={"en": name}, kind="cso", compartment="service", region="TJ-KT", has_desk=False)


def called(house: House, body: Any) -> str:
    return house.as_(LEAD, lambda _actor: organisation(body).names["en"])


def test_no_organisation_gets_anothers_name_under_our_tag(house: House) -> None:
    shelter, pamir = house.world.bodies["shelter-kulob"], house.world.bodies["cso-pamir"]
    before, entry = alarms(), entry_of(shelter)
    owner("update organisation_source set organisation_id = %s where external_id = %s", pamir, entry)
    with suppress(Untrusted), without_a_desk_when_counted(pamir), transaction.atomic(), god():
        taken_in(entry, "Shelter Kulob")
    name, told = called(house, pamir), alarms() != before
    tried()
    assert name == "Cso Pamir", f"everybody reads {name!r} for Cso Pamir, under our tag; alarm: {told}"


def test_nor_does_one_without_a_desk_that_the_entry_was_pointed_at(house: House) -> None:
    other = without_a_desk("accomplice", "Accomplice")
    entry = entry_of(other)
    with transaction.atomic(), god():
        taken_in(entry, "Shelter Kulob")
    tried()
    assert called(house, other) == "Accomplice"


def test_nor_does_one_that_is_found_in_the_place_of_another(house: House) -> None:
    first, second = without_a_desk("first", "First"), without_a_desk("second", "Second")
    with pytest.raises(Untrusted), found_instead(first, second), transaction.atomic(), god():
        rename(first, "en", "Shelter Kulob")
    tried()
    assert (called(house, first), called(house, second)) == ("First", "Second")


def test_the_command_says_in_one_line_that_a_body_was_changed(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Red before: a traceback."""
    pamir = house.world.bodies["cso-pamir"]
    body = packages.body("Pamir", "ngo", "TJ-GB")
    owner("insert into organisation_source (id, source_code, external_id, organisation_id)"
          " values (gen_random_uuid(), 'a', %s, %s)", body["id"], pamir)  # fmt: skip
    owner("update organisation set name_en = 'Shelter Kulob' where id = %s", pamir)
    folder = packages.write(tmp_path / "a", organizations=[body])
    before = alarms()
    try:
        with god(), pytest.raises(SystemExit) as end:
            call_command("import_directory", str(folder), "--apply")
    finally:
        owner(
            "update organisation set name_en = 'Cso Pamir' where id = %s", pamir
        )  # as the others of this file know it
    assert end.value.code == 1
    tried()
    assert capsys.readouterr().err.rpartition("\nhamkori: ")[2].startswith("The import was broken off: ")
    assert f" org {pamir.hex}" in alarms()[len(before) :]


def test_nobody_gets_the_new_name_of_another_person(house: House) -> None:
    """Her posts were listed by her id, and each was read again by its own: by whatever post the database had named."""
    lead, other = house.world.people[LEAD], house.world.people[COLLEAGUE]
    with (
        pytest.raises(Untrusted),
        counted_to(other.user_id, lead.membership_id),
        transaction.atomic(),
        god(),
    ):
        posts.rename(keyring(), other.user_id, "Farangis")
    tried()
