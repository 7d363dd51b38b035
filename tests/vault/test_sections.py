"""Rule M: who is entitled when the section is next written can read it, and nobody else ever."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.vault import bytes as raw
from hamkori.vault import tags
from hamkori.vault.bytes import Sealed, Secret, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import PartRow, PersonKey, TeamRow, commitment, tag_body, tag_epoch, tag_person
from hamkori.vault.sections import (
    Epoch,
    Field,
    Held,
    hand_on,
    hand_on_to_body,
    hand_over,
    lock_field,
    mint,
    open_wrap,
    unlock_field,
)
from tests.vault.cast import KEYRING, TRUST, continuity, on_team, somebody

UMED, CASE = uuid4(), uuid4()
ZARINA, FIRUZA, DILSHOD = somebody("Zarina"), somebody("Firuza"), somebody("Dilshod")
BODY = continuity(UMED)
IDENTITY = Epoch(CASE, "identity", 1)


def test_the_writer_mints_for_all_who_hold_the_section_and_for_continuity() -> None:
    team = [
        on_team(ZARINA, CASE, {"identity", "needs"}),
        on_team(FIRUZA, CASE, {"identity", "psychosocial"}),
        on_team(DILSHOD, CASE, {"legal"}),
    ]
    minted = mint(TRUST, IDENTITY, team, BODY.key, UMED, ZARINA.opened)

    assert set(minted.wraps) == {ZARINA.key.id, FIRUZA.key.id, BODY.key.id}
    assert {len(wrap) for wrap in minted.wraps.values()} == {100}
    assert minted.refused == ()
    assert minted.commitment == commitment(minted.key)
    for holder in (ZARINA.opened, FIRUZA.opened, BODY.opened):
        key = open_wrap(KEYRING, holder, IDENTITY, minted.wraps[holder.id], minted.tag)
        assert key.raw == minted.key.raw
    for wrap in minted.wraps.values():
        with pytest.raises(Sealed):
            open_wrap(KEYRING, DILSHOD.opened, IDENTITY, wrap, minted.tag)


def test_two_epochs_share_no_key() -> None:
    team = [on_team(ZARINA, CASE, {"identity"})]
    first = mint(TRUST, IDENTITY, team, BODY.key, UMED, ZARINA.opened)
    second = mint(TRUST, Epoch(CASE, "identity", 2), team, BODY.key, UMED, ZARINA.opened)
    assert first.key.raw != second.key.raw


@given(
    epochs=st.tuples(
        *[st.builds(Epoch, st.sampled_from([CASE, uuid4()]), st.sampled_from(["identity", "needs"]), st.integers(1, 3))]
        * 2
    ).filter(lambda two: two[0] != two[1])
)
def test_a_wrap_moved_to_another_case_section_or_epoch_stays_shut(epochs: tuple[Epoch, Epoch]) -> None:
    here, there = epochs
    minted = mint(TRUST, here, [on_team(ZARINA, here.case, {here.section})], BODY.key, UMED, ZARINA.opened)
    with pytest.raises(Sealed):
        open_wrap(KEYRING, ZARINA.opened, there, minted.wraps[ZARINA.key.id], minted.tag)


def test_who_left_gets_no_wrap_of_the_next_epoch() -> None:
    """Her row has ended, so it is not among the live ones: old epochs were hers, new ones are not."""
    both = [on_team(ZARINA, CASE, {"identity"}), on_team(FIRUZA, CASE, {"identity"})]
    old = mint(TRUST, IDENTITY, both, BODY.key, UMED, ZARINA.opened)
    later = Epoch(CASE, "identity", 2)
    new = mint(TRUST, later, both[:1], BODY.key, UMED, ZARINA.opened)

    assert FIRUZA.key.id not in new.wraps
    for wrap in (*new.wraps.values(), old.wraps[FIRUZA.key.id]):
        with pytest.raises(Sealed):
            open_wrap(KEYRING, FIRUZA.opened, later, wrap, new.tag)
    place = Field(CASE, "identity", "identity.family_name", uuid4(), 2, 2)
    locked = lock_field(new.key, place, "new name")
    with pytest.raises(Sealed):
        unlock_field(old.key, place, locked)


# Planted rows -------------------------------------------------------------------------------------------------------


def test_a_planted_epoch_is_refused_though_its_wrap_opens() -> None:
    """The database's owner mints an epoch himself, seals it to Zarina and waits for her to write under his key."""
    his = Secret.new()
    wrap = raw.seal(ZARINA.key.public, his, raw.wrap_context(*IDENTITY, ZARINA.key.id))

    for tag in (bytes(32), b"", tag_epoch(Keyring.fresh("test"), *IDENTITY, his)):
        with pytest.raises(Untrusted) as alarm:
            open_wrap(KEYRING, ZARINA.opened, IDENTITY, wrap, tag)
        assert (alarm.value.what, alarm.value.row) == ("section_key", CASE)


def test_the_tag_of_one_key_does_not_vouch_for_another() -> None:
    minted = mint(TRUST, IDENTITY, [on_team(ZARINA, CASE, {"identity"})], BODY.key, UMED, ZARINA.opened)
    wrap = raw.seal(ZARINA.key.public, Secret.new(), raw.wrap_context(*IDENTITY, ZARINA.key.id))
    with pytest.raises(Untrusted):
        open_wrap(KEYRING, ZARINA.opened, IDENTITY, wrap, minted.tag)


def spoilt_rows() -> list[tuple[str, Callable[[], object]]]:
    spy = somebody("spy", Keyring.fresh("test"))
    good = on_team(FIRUZA, CASE, {"needs"})
    foreign = PersonKey(spy.opened.id, FIRUZA.key.user, 1, spy.opened.public, FIRUZA.key.tag)
    return [
        ("a key that is not hers", replace(good, key=foreign)),
        ("a section added", replace(good, sections=frozenset({"needs", "identity"}))),
        ("a right to write added", replace(good, writes=frozenset({"identity"}))),
        ("another kind", replace(good, kind="lead")),
        ("another row", replace(good, id=uuid4())),
        ("another membership", replace(good, membership=uuid4())),
        ("another person's key", replace(good, key=DILSHOD.key)),
        ("her key's number", replace(good, key=replace(FIRUZA.key, key_no=2))),
        ("no tag", replace(good, tag=b"")),
        ("another case", on_team(FIRUZA, uuid4(), {"needs", "identity"})),
        ("an ended row put back", ended(on_team(FIRUZA, CASE, {"needs"}))),
    ]


def ended(row: TeamRow) -> TeamRow:
    TRUST.marks.raise_to("team", row.id, 2)
    return row


@pytest.mark.parametrize(("how", "row"), spoilt_rows(), ids=lambda part: part if isinstance(part, str) else "")
def test_nothing_is_sealed_to_a_planted_team_row_and_the_write_goes_on(how: str, row) -> None:
    needs = Epoch(CASE, "needs", 1)
    minted = mint(TRUST, needs, [on_team(ZARINA, CASE, {"needs"}), row], BODY.key, UMED, ZARINA.opened)

    assert set(minted.wraps) == {ZARINA.key.id, BODY.key.id}
    assert minted.refused == (row.membership,), how
    with pytest.raises(Untrusted):
        hand_on(TRUST, needs, minted.key, row)


def test_a_receivers_worker_counts_as_she_was_named_until_she_is_released() -> None:
    row, referral, member = uuid4(), uuid4(), uuid4()
    held = frozenset({"contact"})
    fact = tags.part(row, referral, member, FIRUZA.key.user, held)
    part = PartRow(
        id=row, referral=referral, membership=member, sections=held, tag=KEYRING.tag(fact.covered), key=FIRUZA.key
    )

    assert part.believed(TRUST)
    spy = somebody("spy", Keyring.fresh("test"))
    for changed in (
        {"id": uuid4()},
        {"referral": uuid4()},
        {"membership": uuid4()},
        {"sections": frozenset({"contact", "health"})},
        {"key": DILSHOD.key},
        {"key": replace(FIRUZA.key, public=spy.opened.public)},
        {"tag": b""},
    ):
        assert not replace(part, **changed).believed(TRUST), changed
    TRUST.marks.raise_to("part", row, 2)
    assert not part.believed(TRUST)


def test_a_writer_without_a_good_row_of_her_own_mints_nothing() -> None:
    with pytest.raises(Untrusted) as alarm:
        mint(TRUST, IDENTITY, [on_team(FIRUZA, CASE, {"identity"})], BODY.key, UMED, ZARINA.opened)
    assert alarm.value.row == ZARINA.key.id


def test_no_mint_without_this_bodys_own_continuity_key() -> None:
    team = [on_team(ZARINA, CASE, {"identity"})]
    panoh = uuid4()
    for wrong in (
        continuity(panoh).key,
        replace(BODY.key, public=DILSHOD.key.public),
        replace(BODY.key, kind="desk", tag=tag_body(KEYRING, UMED, "desk", 1, BODY.key.public)),
        replace(BODY.key, tag=bytes(32)),
    ):
        with pytest.raises(Untrusted) as alarm:
            mint(TRUST, IDENTITY, team, wrong, UMED, ZARINA.opened)
        assert alarm.value.what == "body_key"


# Handing on ---------------------------------------------------------------------------------------------------------


def test_a_newcomer_gets_the_history_that_her_function_holds() -> None:
    lead = on_team(ZARINA, CASE, {"identity", "needs"})
    held = []
    for section, number in (("identity", 1), ("identity", 2), ("needs", 1)):
        epoch = Epoch(CASE, section, number)
        minted = mint(TRUST, epoch, [lead], BODY.key, UMED, ZARINA.opened)
        held.append(Held(epoch, minted.wraps[ZARINA.key.id], minted.tag))

    given_on, shut = hand_over(TRUST, ZARINA.opened, held, on_team(DILSHOD, CASE, {"identity", "legal"}))
    assert set(given_on) == {Epoch(CASE, "identity", 1), Epoch(CASE, "identity", 2)}
    assert shut == ()
    for epoch, _, tag in held[:2]:
        open_wrap(KEYRING, DILSHOD.opened, epoch, given_on[epoch], tag)


def test_no_hand_gives_a_section_to_a_function_that_does_not_hold_it() -> None:
    minted = mint(TRUST, IDENTITY, [on_team(ZARINA, CASE, {"identity"})], BODY.key, UMED, ZARINA.opened)
    for row in (on_team(DILSHOD, CASE, {"legal"}), on_team(DILSHOD, uuid4(), {"identity"})):
        with pytest.raises(Untrusted) as alarm:
            hand_on(TRUST, IDENTITY, minted.key, row)
        assert alarm.value.row == row.id


def test_one_spoilt_wrap_does_not_keep_her_from_the_rest() -> None:
    lead = on_team(ZARINA, CASE, {"identity"})
    good = mint(TRUST, IDENTITY, [lead], BODY.key, UMED, ZARINA.opened)
    second, third = Epoch(CASE, "identity", 2), Epoch(CASE, "identity", 3)
    planted = raw.seal(ZARINA.key.public, Secret.new(), raw.wrap_context(*third, ZARINA.key.id))
    held = [
        Held(second, bytes(100), good.tag),
        Held(third, planted, good.tag),
        Held(IDENTITY, good.wraps[ZARINA.key.id], good.tag),
    ]

    given_on, shut = hand_over(TRUST, ZARINA.opened, held, on_team(FIRUZA, CASE, {"identity"}))
    assert set(given_on) == {IDENTITY}
    assert shut == (second, third)


def test_a_new_continuity_key_receives_the_epochs_that_a_member_opens() -> None:
    minted = mint(TRUST, IDENTITY, [on_team(ZARINA, CASE, {"identity"})], BODY.key, UMED, ZARINA.opened)
    renewed = continuity(UMED)

    wrap = hand_on_to_body(KEYRING, IDENTITY, minted.key, renewed.key, UMED)
    assert open_wrap(KEYRING, renewed.opened, IDENTITY, wrap, minted.tag).raw == minted.key.raw
    with pytest.raises(Untrusted):
        hand_on_to_body(KEYRING, IDENTITY, minted.key, continuity(uuid4()).key, UMED)


# Fields -------------------------------------------------------------------------------------------------------------

fields = st.builds(
    Field,
    st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.sampled_from(["identity", "contact"]),
    st.sampled_from(["identity.family_name", "contact.call_name"]),
    st.sampled_from([UUID(int=3), UUID(int=4)]),
    st.integers(1, 2),
    st.integers(1, 2),
    st.sampled_from([(), ("agreed_text", UUID(int=5)), ("agreed_text", UUID(int=6)), ("other", UUID(int=5))]),
)


@given(place=fields, text=st.text(max_size=400))
def test_a_field_reads_back_in_every_script(place: Field, text: str) -> None:
    key = Secret.new()
    locked = lock_field(key, place, text)
    assert unlock_field(key, place, locked) == text
    assert raw.epoch_of(locked) == place.epoch


@given(places=st.tuples(fields, fields).filter(lambda two: two[0] != two[1]))
def test_swapped_text_of_another_place_epoch_or_edit_stays_shut(places: tuple[Field, Field]) -> None:
    """Somebody who writes the database puts one person's text in another's row, the words for one
    request under another, or an older text back.
    """
    key = Secret.new()
    with pytest.raises(Sealed):
        unlock_field(key, places[1], lock_field(key, places[0], "text"))


def test_tags_are_over_the_whole_row() -> None:
    """The same person, but a new key number or public half: another tag."""
    user, public = uuid4(), ZARINA.key.public
    made = {
        tag_person(KEYRING, user, 1, public),
        tag_person(KEYRING, user, 2, public),
        tag_person(KEYRING, uuid4(), 1, public),
        tag_person(KEYRING, user, 1, FIRUZA.key.public),
    }
    assert len(made) == 4


def test_nothing_is_handed_on_to_whose_post_rests() -> None:
    row, needs = on_team(FIRUZA, CASE, {"needs"}), Epoch(CASE, "needs", 1)
    holders = [on_team(ZARINA, CASE, {"needs"}), row]
    assert FIRUZA.key.id in mint(TRUST, needs, holders, BODY.key, UMED, ZARINA.opened).wraps
    TRUST.marks.raise_to("left", row.membership, 1)
    with pytest.raises(Untrusted, match="post"):
        row.require(TRUST)
    assert FIRUZA.key.id not in mint(TRUST, needs, holders, BODY.key, UMED, ZARINA.opened).wraps
