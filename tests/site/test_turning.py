"""Turning the keys of the keyring: what held goes on, nothing is half, and an old version goes when unused."""

from __future__ import annotations

import argparse
import json
import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.audit.models import Ledger
from hamkori.casework.consent.queries import said
from hamkori.casework.referral.actions import disclosure
from hamkori.people import sign_in, totp
from hamkori.site.keys import turning
from hamkori.site.keys import versions as versions_of
from hamkori.site.launch import keys as launched
from hamkori.site.management.commands import keys as command
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import NAMES
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House, now
from tests.cast import PASSPHRASE
from tests.database import god
from tests.site import turned
from tests.site.turned import a_day_later, all_under, as_owner, counted, killed_turn, path, sql, turn, versions

house = turned.house
open_database = turned.open_database


def told(action: str, name: str) -> list[int | None]:
    with transaction.atomic(), god():
        found = Ledger.objects.filter(action_code=action, object_kind_code=name).order_by("id")
        return list(found.values_list("count", flat=True))


def signs_in(house: House, who: str) -> bool:
    """With her passphrase, as at the door: committed."""
    ring = server.keyring()
    with transaction.atomic(), sign_in.acting(ring, f"{who}@example.org", PASSPHRASE) as actor:
        return actor.vault_open


def everybody_signs_in(house: House) -> None:
    for (email,) in sql("select email from app_user"):
        assert signs_in(house, email.partition("@")[0])


def finished(house: House, name: str) -> None:
    """What a test before has begun is finished: the next turn begins a version."""
    while len(versions(name)) > 1:
        a_day_later()
        everybody_signs_in(house)
        turn(name)


def finished_proof() -> None:
    while len(versions("proof")) > 1:
        a_day_later()
        turn("proof")


def factors(user: Any) -> bool:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select type, data from mfa_authenticator where user_id = %s", [user])
        rows = cursor.fetchall()
    ring = server.keyring()
    read = [(row_type, json.loads(data) if isinstance(data, str) else data) for row_type, data in rows]
    return len(read) == 2 and all(totp.number_of(ring, user, row_type, data) for row_type, data in read)


def lives(house: House, case: Any, accepted: Any) -> None:
    """All that was there before is there: her word, teams, a packet, keys, a second factor; and work goes on."""
    assert house.as_(LEAD, lambda _actor: said.newest(case.pk)) is not None
    assert house.as_(WORKER, lambda actor: disclosure.open_packet(actor, now(accepted)))
    assert factors(house.world.people[LEAD].user_id)
    _another, referral = house.sent()
    house.as_(DESK, lambda actor: house.accept(actor, referral))
    _same, more = house.sent(case)
    house.as_(DESK, lambda actor: house.accept(actor, more))


def test_the_tag_key_is_turned_while_work_goes_on(house: House) -> None:
    case, accepted = house.accepted()
    finished(house, "tag")
    before = versions("tag")
    first = turn("tag")
    assert first.number == before[-1] + 1
    assert first.anew > 30
    assert counted("tag").keys() >= {"org", "post", "key", "bodykey", "team", "part", "epoch", "consent"}
    assert all_under("tag") == {first.number}
    assert first.left == 0
    assert (first.waits, first.forgotten) == ({}, ()), "forms of the last day may carry a tag of before"
    a_day_later()
    assert turn("tag").forgotten == before
    assert versions("tag") == (first.number,)
    lives(house, case, accepted)
    assert told("key.begin", "tag")[-1] == first.number
    assert told("key.forget", "tag")[-1] == before[-1]
    assert sql(
        "select 1 from key_version where name_code = 'tag' and number = %s and forgotten_at is null", first.number
    )


def test_an_old_tag_waits_for_the_forms_of_a_day(house: House) -> None:
    finished(house, "tag")
    done = turn("tag")
    assert done.until is not None
    assert timedelta(hours=23) < done.until - turning.clock() <= timedelta(days=1)
    assert (done.waits, done.forgotten) == ({}, ())
    assert len(versions("tag")) == 2
    again = turn("tag")
    assert (again.number, again.anew, again.forgotten) == (done.number, 0, ()), "no further version is begun"
    assert again.until == done.until, "nor is it longer"
    a_day_later()
    assert turn("tag").forgotten == (done.number - 1,)
    assert versions("tag") == (done.number,)


def test_what_is_kept_locked_is_locked_again_and_waits_for_sessions(house: House) -> None:
    case, accepted = house.accepted()
    _waiting_case, waiting = house.sent()
    finished(house, "kept")
    done = turn("kept")
    assert done.left == 0
    assert done.until is not None, "sessions"
    assert timedelta(hours=7) < done.until - turning.clock() <= timedelta(hours=8)
    assert done.anew >= 3 + 2 * len({one.user_id for one in house.world.people.values()}) - 1
    found = counted("kept")
    assert set(found["seeds of second factors"]) == set(found["permits of referrals"]) == {done.number}
    lives(house, case, accepted)
    a_day_later()
    assert turn("kept").forgotten == (done.number - 1,)
    house.as_(DESK, lambda actor: house.accept(actor, waiting))
    assert factors(house.world.people[LEAD].user_id)


def test_a_passphrase_goes_over_at_the_next_sign_in_with_the_same_key(house: House) -> None:
    finished(house, "pepper")
    old = versions("pepper")[-1]
    done = turn("pepper")
    everybody = done.waits["passphrases"]
    assert everybody == counted("pepper")["passphrases"][old] > 5
    user = house.world.people[LEAD].user_id
    box = sql("select login_hash, box, salt, key_no from credential where user_id = %s", user)
    assert signs_in(house, LEAD)
    after = sql("select login_hash, box, salt, key_no from credential where user_id = %s", user)
    assert sql("select pepper_no from credential where user_id = %s", user) == [(done.number,)]
    assert (after[0][0] != box[0][0], after[0][1] != box[0][1]) == (True, True), "both outputs are new"
    assert after[0][2:] == box[0][2:], "the root is not"
    assert signs_in(house, LEAD), "and again"
    assert turn("pepper").waits == {"passphrases": everybody - 1}
    with pytest.raises(sign_in.WrongPassphrase), transaction.atomic():
        sign_in.acting(server.keyring(), f"{LEAD}@example.org", "not hers").__enter__()
    everybody_signs_in(house)
    assert turn("pepper").forgotten == (old,)
    for who in (LEAD, WORKER, DESK):
        assert signs_in(house, who)


def test_a_credential_under_a_pepper_that_nobody_has_is_a_changed_row(house: House) -> None:
    user = house.world.people[COLLEAGUE].user_id
    (kept,) = sql("select login_hash from credential where user_id = %s", user)
    sql("update credential set login_hash = '\\x7fff'::bytea || substr(login_hash, 3) where user_id = %s", user)
    with pytest.raises(Untrusted, match=f"credential {user}"):
        signs_in(house, COLLEAGUE)
    sql("alter table credential disable trigger credential_is_of_today")
    sql("update credential set login_hash = %s where user_id = %s", bytes(kept[0]), user)
    sql("alter table credential enable trigger credential_is_of_today")
    assert signs_in(house, COLLEAGUE)


def test_proofs_go_on_and_the_old_key_goes_after_two_minutes(house: House, capsys: Any) -> None:
    finished_proof()
    old = versions("proof")[-1]
    done = turn("proof")
    assert done.until is not None
    assert done.forgotten == ()
    assert {no for (no,) in sql("select no from session_proof")} >= {old, done.number}
    assert signs_in(house, LEAD)
    assert turn("proof").anew == 0, "within the minute nothing is made a second time"
    capsys.readouterr()
    with as_owner():
        assert command.turn("proof") == 0
    said = capsys.readouterr().out
    assert "a minute" not in said, "red before: it is kept for two"
    assert "Not finished: the older one stays for two minutes, for proofs on their way." in said
    assert versions_of.KEYS["proof"].lasts == timedelta(minutes=2)
    (until,) = re.findall(r"is kept until (.*) UTC", said)
    assert datetime.strptime(f"{until} +0000", "%Y-%m-%d %H:%M %z") >= done.until, "whole minutes, and none too early"
    a_day_later()
    assert turn("proof").forgotten == (old,)
    assert signs_in(house, LEAD)


def test_whoever_read_the_keyring_a_moment_too_early_does_it_once_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agreement tagged with the old key after the floor moved: the database refuses it, and it is done again."""
    case = house.case()
    finished(house, "tag")
    stale, asked = server.trust(), []
    number = turn("tag").number
    read = server.trust

    def first_stale() -> Any:
        asked.append(1)
        return stale if len(asked) == 1 else read()

    monkeypatch.setattr("hamkori.casework.consent.machinery.her_versions.trust", first_stale)
    house.agreed(case)
    assert len(asked) == 2
    assert {
        int.from_bytes(bytes(tag)[:2], "big") for (tag,) in sql("select tag from consent where case_id = %s", case.pk)
    } == {number}


@pytest.mark.parametrize(
    ("table", "name", "make"),
    [
        ("membership", "tag", lambda ring: ("tag", ring.tag(b"x"))),
        ("section_key", "tag", lambda ring: ("tag", ring.tag(b"x"))),
        ("referral_sender", "kept", lambda ring: ("permit", ring.lock_kept("permit.x", b"{}"))),
        ("credential", "pepper", lambda ring: ("login_hash", ring.newest("pepper").to_bytes(2, "big") + bytes(32))),
    ],
)
def test_nothing_is_stored_under_a_version_that_is_on_its_way_out(
    house: House, table: str, name: str, make: Any
) -> None:
    house.sent()
    finished(house, name)
    column, value = make(server.keyring())
    turn(name)
    with pytest.raises(DatabaseError, match="release_epoch"):
        sql(f"update {table} set {column} = %s", value)


def test_a_seed_is_not_stored_under_a_version_that_is_on_its_way_out(house: House) -> None:
    finished(house, "kept")
    rows = sql("select id, data::text from mfa_authenticator")
    turn("kept")
    with pytest.raises(DatabaseError, match="release_epoch"):
        sql("update mfa_authenticator set data = %s::jsonb where id = %s", rows[0][1], rows[0][0])
    sql("update mfa_authenticator set data = jsonb_set(data, '{used_mask}', '1') where type = 'recovery_codes'")


@pytest.mark.bulk
@pytest.mark.parametrize("name", ["tag", "kept", "proof", "pepper"])
def test_a_turn_that_is_killed_anywhere_is_gone_on_with(house: House, name: str) -> None:
    """A real process, killed before and after each commit and each change of the file: nothing lost, nothing half."""
    case, accepted = house.accepted()
    at = 0
    while True:
        at += 1
        finished_proof() if name == "proof" else finished(house, name)
        before = versions(name)
        ended = killed_turn(name, at)
        if ended == 0:
            break
        left = versions(name)
        assert set(left) <= {*before, before[-1] + 1}
        assert left[-1] in (before[-1], before[-1] + 1)
        under = all_under(name)
        assert under <= set(left), "nothing lies under a version that is gone"
        assert house.as_(LEAD, lambda _actor: said.newest(case.pk)) is not None
        assert signs_in(house, LEAD)
    assert at > {"proof": 5, "pepper": 5}.get(name, 10)
    lives(house, case, accepted)


@pytest.mark.parametrize("name", ["tag", "kept", "proof", "pepper"])
def test_a_turn_that_is_killed_at_some_moment_is_gone_on_with(house: House, name: str) -> None:
    case, accepted = house.accepted()
    at, before = random.randint(1, 13), versions(name)[-1]
    killed_turn(name, at)
    assert versions(name)[-1] in (before, before + 1), at
    assert all_under(name) <= set(versions(name)), at
    assert signs_in(house, LEAD), at
    a_day_later()
    last = versions(name)[-1]
    assert turn(name).number in (last, last + 1)
    lives(house, case, accepted)


def test_the_status_of_the_keys_says_what_lies_where_and_what_waits(house: House, capsys: Any) -> None:
    said_before: list[str] = []
    with as_owner():
        turning.look(path(), said_before.append)
    assert [line.partition(":")[0] for line in said_before if not line.startswith(" ")] == [*NAMES, "release"]
    finished(house, "pepper")
    turn("pepper")
    lines: list[str] = []
    with as_owner():
        assert turning.look(path(), lines.append) >= 1
    newest = versions("pepper")[-1]
    assert any(line.startswith(f"pepper: version {newest}, and older: ") for line in lines)
    assert any("passphrases under" in line and line.endswith(", to be done again") for line in lines)
    assert (
        "  Not finished: each person's is renewed when they next sign in. Then once more: ./hamkori keys rotate pepper"
        in lines
    )
    parser = argparse.ArgumentParser()
    launched.configure(parser)
    for name in NAMES:
        assert parser.parse_args(["rotate", name]).name == name
    with as_owner():
        assert command.turn("pepper") == command.look() == 0
    text = capsys.readouterr().out
    assert f"pepper: everything new is made under version {newest}." in text
    assert "Not finished: each person's is renewed" in text
    assert "@" not in text, "numbers, and nobody's name"
