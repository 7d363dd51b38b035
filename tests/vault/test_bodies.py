"""A desk opens by its officers, a body's continuity by two custodians together and by neither alone."""

from dataclasses import replace
from itertools import permutations
from uuid import uuid4

import pytest

from hamkori.vault.bodies import (
    BodyWrap,
    NewBodyKey,
    TooFewCustodians,
    admit_officer,
    continue_case,
    make_continuity,
    make_desk,
    open_key,
    open_peeled,
    peel,
)
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.sections import Epoch, Held, mint, open_wrap
from tests.vault.cast import KEYRING, TRUST, Somebody, on_team, somebody

PANOH = uuid4()
GULNORA, SITORA = somebody("Gulnora"), somebody("Sitora")
KARIM, LOLA, NOZIM = somebody("Karim"), somebody("Lola"), somebody("Nozim")
CUSTODIANS = {who.key.id: who for who in (KARIM, LOLA, NOZIM)}


def desk() -> NewBodyKey:
    return make_desk(KEYRING, PANOH, uuid4(), 1, [GULNORA.key], [KARIM.key, LOLA.key])


def continuity(*custodians: Somebody) -> NewBodyKey:
    return make_continuity(KEYRING, PANOH, uuid4(), 1, [who.key for who in custodians])


def wrap_for(made: NewBodyKey, first: Somebody, second: Somebody | None = None) -> bytes:
    inner = second.key.id if second else None
    return next(wrap.wrap for wrap in made.wraps if (wrap.recipient, wrap.inner) == (first.key.id, inner))


# Desk ---------------------------------------------------------------------------------------------------------------


def test_the_first_officer_makes_the_desks_key_and_admits_the_next() -> None:
    made = desk()
    assert [(wrap.recipient, wrap.inner, len(wrap.wrap)) for wrap in made.wraps] == [
        (GULNORA.key.id, None, 100),
        (KARIM.key.id, LOLA.key.id, 152),
        (LOLA.key.id, KARIM.key.id, 152),
    ]

    opened = open_key(KEYRING, GULNORA.opened, made.key, wrap_for(made, GULNORA))
    admitted = admit_officer(KEYRING, opened, made.key, SITORA.key)
    assert (admitted.recipient, admitted.inner) == (SITORA.key.id, None)
    hers = open_key(KEYRING, SITORA.opened, made.key, admitted.wrap)
    assert (hers.id, hers.private.raw) == (made.key.id, made.opened.private.raw)


def test_a_desks_key_renewed_after_a_leaving_is_another_key() -> None:
    old = desk()
    new = make_desk(KEYRING, PANOH, uuid4(), 2, [SITORA.key], [KARIM.key, LOLA.key])
    assert new.key.public != old.key.public
    with pytest.raises(Sealed):
        open_key(KEYRING, GULNORA.opened, new.key, wrap_for(old, GULNORA))


def test_an_officers_wrap_opens_for_nobody_else_and_for_no_other_key() -> None:
    made, other = desk(), desk()
    wrap = wrap_for(made, GULNORA)
    with pytest.raises(Sealed):
        open_key(KEYRING, SITORA.opened, made.key, wrap)
    with pytest.raises(Sealed):  # same desk and number, another pair: the wrap is good, the public half is not its own
        open_key(KEYRING, GULNORA.opened, other.key, wrap)


def test_a_planted_desk_key_or_officer_is_refused() -> None:
    made = desk()
    spy = somebody("spy", Keyring.fresh("test"))
    planted = replace(made.key, public=spy.key.public)

    with pytest.raises(Untrusted) as alarm:
        open_key(KEYRING, GULNORA.opened, planted, wrap_for(made, GULNORA))
    assert (alarm.value.what, alarm.value.row) == ("body_key", made.key.id)
    with pytest.raises(Untrusted):
        admit_officer(KEYRING, made.opened, planted, SITORA.key)
    with pytest.raises(Untrusted) as alarm:
        admit_officer(KEYRING, made.opened, made.key, spy.key)
    assert alarm.value.what == "person_key"
    with pytest.raises(Untrusted):
        make_desk(KEYRING, PANOH, uuid4(), 1, [spy.key], [KARIM.key, LOLA.key])
    with pytest.raises(Untrusted):
        make_desk(KEYRING, PANOH, uuid4(), 1, [GULNORA.key], [KARIM.key, spy.key])


def test_only_the_desks_own_key_is_sealed_to_an_officer() -> None:
    made = desk()
    with pytest.raises(Sealed):
        admit_officer(KEYRING, desk().opened, made.key, SITORA.key)
    both = continuity(KARIM, LOLA)
    with pytest.raises(Untrusted):  # the continuity key is never handed to one person
        admit_officer(KEYRING, both.opened, both.key, SITORA.key)


# Continuity ---------------------------------------------------------------------------------------------------------


def test_each_two_of_three_key_holders_hold_a_pair_in_both_orders() -> None:
    made = continuity(KARIM, LOLA, NOZIM)
    held = [(wrap.recipient, wrap.inner) for wrap in made.wraps]
    assert held == list(permutations([who.key.id for who in (KARIM, LOLA, NOZIM)], 2))


def test_any_two_open_it_whoever_begins_and_no_one_alone() -> None:
    made = continuity(KARIM, LOLA, NOZIM)
    for pair in made.wraps:
        assert pair.inner is not None
        request = uuid4()
        first, second = CUSTODIANS[pair.recipient], CUSTODIANS[pair.inner]
        peeled = peel(KEYRING, first.opened, pair.wrap, request)
        opened = open_peeled(KEYRING, second.opened, made.key, peeled, request)
        assert opened.private.raw == made.opened.private.raw
        for alone in (first, second):
            with pytest.raises(Sealed):
                open_key(KEYRING, alone.opened, made.key, pair.wrap)
        with pytest.raises(Sealed):
            open_peeled(KEYRING, first.opened, made.key, peeled, request)
        with pytest.raises(Sealed):
            peel(KEYRING, second.opened, pair.wrap, request)


def test_two_others_cannot_use_a_pair() -> None:
    made = continuity(KARIM, LOLA, NOZIM)
    pair: BodyWrap = made.wraps[0]
    for first, second in permutations(CUSTODIANS.values(), 2):
        if (first.key.id, second.key.id) == (pair.recipient, pair.inner):
            continue
        request = uuid4()
        with pytest.raises(Sealed):
            open_peeled(KEYRING, second.opened, made.key, peel(KEYRING, first.opened, pair.wrap, request), request)


def test_what_the_first_passes_on_serves_one_request_and_no_thief() -> None:
    """It lies in the database until the second is there: a dump and her passphrase must not be enough."""
    made, request = continuity(KARIM, LOLA), uuid4()
    peeled = peel(KEYRING, KARIM.opened, made.wraps[0].wrap, request)

    with pytest.raises(Sealed):
        open_peeled(KEYRING, LOLA.opened, made.key, peeled, uuid4())
    with pytest.raises(Sealed):
        open_key(KEYRING, LOLA.opened, made.key, peeled)
    with pytest.raises(Untrusted):
        open_peeled(Keyring.fresh("test"), LOLA.opened, made.key, peeled, request)
    with pytest.raises(Untrusted):
        open_peeled(KEYRING, LOLA.opened, replace(made.key, tag=bytes(32)), peeled, request)


@pytest.mark.parametrize("custodians", [[], [KARIM], [KARIM, KARIM], [KARIM, LOLA, KARIM]])
def test_two_custodians_are_two_people(custodians: list[Somebody]) -> None:
    with pytest.raises(TooFewCustodians):
        continuity(*custodians)
    with pytest.raises(TooFewCustodians):
        make_desk(KEYRING, PANOH, uuid4(), 1, [GULNORA.key], [who.key for who in custodians])


def test_two_custodians_give_one_case_to_the_named_colleague() -> None:
    """Zarina is gone. Karim peels, Lola opens; Parvina gets what her function holds, and they see no text."""
    made, case, request = continuity(KARIM, LOLA), uuid4(), uuid4()
    zarina, parvina = somebody("Zarina"), somebody("Parvina")
    team, held, tags = [on_team(zarina, case, {"identity", "needs"})], [], {}
    for section in ("identity", "needs"):
        epoch = Epoch(case, section, 1)
        minted = mint(TRUST, epoch, team, made.key, PANOH, zarina.opened)
        held.append(Held(epoch, minted.wraps[made.key.id], minted.tag))
        tags[epoch] = minted.tag

    peeled = peel(KEYRING, KARIM.opened, made.wraps[0].wrap, request)
    row = on_team(parvina, case, {"needs"})
    wraps, shut = continue_case(TRUST, LOLA.opened, made.key, peeled, request, held, row)

    assert shut == ()
    assert set(wraps) == {Epoch(case, "needs", 1)}
    for epoch, wrap in wraps.items():
        open_wrap(KEYRING, parvina.opened, epoch, wrap, tags[epoch])
    with pytest.raises(Untrusted):
        continue_case(TRUST, LOLA.opened, made.key, peeled, request, held, replace(row, tag=bytes(32)))
    with pytest.raises(Untrusted):
        continue_case(TRUST, LOLA.opened, desk().key, peeled, request, held, row)
